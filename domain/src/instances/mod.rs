//! Instances: the inventory that workflows upload, and what their plans and applies came to (rules §7).

mod queries;
mod report;
mod rules;
mod service;
mod target;
mod upload;

pub(crate) use queries::InstanceRow;
pub use report::{ReportInput, report};
pub(crate) use service::counts_of;
pub use service::{InstanceCounts, InstanceFilter, InstancePage, get, page};
pub(crate) use target::find as find_target;
pub use upload::{InstanceInput, InventoryUpload, Uploaded, upload};

pub use crate::uploads::{Batch, NamedRepository};
