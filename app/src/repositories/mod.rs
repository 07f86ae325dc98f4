//! The repositories of a workspace.

mod add;
mod choices;
pub mod forms;
mod held;
mod list;
mod setup;
mod tabs;
mod workflow;

pub(crate) use choices::{any_or, name_of};
pub use list::{list, remove};
pub use setup::setup;
pub(crate) use tabs::{RepositoryTab, RepositoryTabs};
