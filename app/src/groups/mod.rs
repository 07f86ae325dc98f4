//! Groups: members together, for granting access.

pub mod forms;
mod list;
mod member;
mod one;

pub use list::list;
pub use member::member;
pub use one::one;
