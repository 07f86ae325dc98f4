//! Instances: the inventory that workflows upload, and what their plans and applies came to (rules §7).

mod chunks;
mod queries;
mod report;
mod rules;
mod service;
mod upload;

pub(crate) use chunks::sweep;
pub use report::{ReportInput, report};
pub use service::{InstanceCounts, InstanceFilter, InstancePage, page};
pub use upload::{Batch, InstanceInput, InventoryUpload, NamedRepository, Uploaded, upload};
