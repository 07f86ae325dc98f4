//! Affected uploads: what a commit changes and what depends on that, as a graph (rules §7).

mod forest;
mod graph;
mod queries;
mod rules;
mod service;
mod upload;

pub use forest::AffectedItem;
pub(crate) use queries::sweep;
pub use service::{AffectedFilter, get, latest, list};
pub use upload::{AffectedUpload, Uploaded, upload};
