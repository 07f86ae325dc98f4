//! Deployments: changes being rolled out to instances, with their logs (rules §9).

mod append;
mod apply;
mod cancel;
mod chunks;
mod create;
mod lines;
mod log;
mod queries;
mod rules;
mod service;
#[cfg(feature = "testing")]
pub mod testing;
mod update;

pub use append::{Appended, append_log};
pub(crate) use apply::{Applied, record_apply};
pub use cancel::cancel;
pub use create::{NewDeployment, create};
pub use log::{LogState, RawLog, find_in_log, log_lines, log_state, raw_log, raw_log_for_run};
pub(crate) use queries::{count_since, of_instance, sweep};
pub use rules::not_there;
pub use service::{DeploymentFilter, get, get_for_run, list_for_run, page};
pub use update::update;
