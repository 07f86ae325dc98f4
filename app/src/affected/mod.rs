//! Affected uploads: what a commit changes, what depends on that, and in which order all of it is applied.

mod list;
mod one;

pub use list::list;
pub(crate) use list::StacksTabs;
pub use one::one;
