//! Instances by stack: what is in sync, what drifted, what failed.

mod list;

pub use list::list;
