//! The activity log: every change writes its event in its own transaction (rules §10).

mod entry;
mod queries;
mod service;
mod traces;

pub(crate) use entry::{Denial, Entry, record, record_denial, record_refusal};
pub(crate) use queries::{count_since, find_denied_by_trace};
pub(crate) use service::{fold_denials, visible};
pub use service::{get, list, recent};
