//! The whole log.

mod details;
mod filters;
mod list;
mod strip;

pub(crate) use details::{Facts, Reply};
pub use list::{filter_of, list};
