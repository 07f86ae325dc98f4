//! Deployments: what is being rolled out, how it went, and its log.

mod cancel;
pub mod forms;
mod list;
mod log;
mod one;

pub(crate) use list::DeploymentLines;
pub use cancel::cancel;
pub use list::list;
pub use one::one;
