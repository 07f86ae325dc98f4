//! The whole log.

mod details;
mod filters;
mod list;

pub(crate) use details::{Facts, Reply};
pub use list::list;
