//! The activity log: every change writes its event in its own transaction (rules §10).

mod by_word;
mod denials;
mod entry;
mod export;
mod facets;
mod lists;
mod queries;
mod seal;
mod service;
mod strip;
#[cfg(feature = "testing")]
pub mod testing;
mod traces;
mod visible;
mod words;

pub(crate) use entry::{Denial, Entry, record, record_all, record_denial, record_refusal};
pub use export::{Export, export};
pub(crate) use queries::{by_ids, count_since, find_denied_by_trace};
pub(crate) use seal::{count_sealed, sealed};
pub use seal::{seal, seal_late};
pub(crate) use service::fold_denials;
pub use service::{get, list, of_target, recent};
pub use strip::{Hour, strip};
pub(crate) use visible::{may_see, visible, without_withheld};
