//! The permissions of a repository: what its workflows may do.

mod card;
mod dialog;
pub mod forms;
mod list;

pub use list::{edit, list, new, remove};
