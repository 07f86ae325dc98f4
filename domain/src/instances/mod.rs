//! Instances: the inventory that workflows upload, and what their plans and applies came to (rules §7).

mod queries;
mod report;
mod rules;
mod service;
mod upload;

pub use report::{ReportInput, report};
pub use service::{InstanceCounts, InstanceFilter, InstancePage, page};
pub use upload::{InstanceInput, InventoryUpload, Uploaded, upload};

pub use crate::uploads::{Batch, NamedRepository};
