//! Jumping: places found by typing, in the command palette and on a page of its own for who has no script.

pub mod forms;
mod page;
mod places;

pub use page::show;
