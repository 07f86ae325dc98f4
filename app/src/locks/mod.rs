//! Locks: who holds what, and for how long.

mod force;
pub mod forms;
mod history;
mod list;
mod row;
mod take;

pub use list::list;
pub(crate) use row::split_key;
