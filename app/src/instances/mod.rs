//! Instances by stack: what is in sync, what drifted, what failed; and each on a page of its own.

mod list;
mod one;

pub use list::list;
pub use one::one;
