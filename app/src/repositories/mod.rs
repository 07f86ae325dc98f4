//! The repositories of a workspace.

mod add;
pub mod forms;
mod held;
mod list;
mod setup;

pub use list::{list, remove};
pub use setup::setup;
