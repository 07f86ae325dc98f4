//! Notices: what somebody was told.

pub mod forms;
mod list;

pub use list::list;
