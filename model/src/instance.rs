//! Instances: one component in one stack, as pages and the API show them (rules §7).

use serde::{Deserialize, Serialize};

use crate::Ts;
use crate::deployment::Deployment;
use crate::id::{InstanceId, RepositoryId};
use crate::lock::Lock;
use crate::role::words;

words! {
    /// What the last plan or apply said of an instance.
    InstanceStatus {
        /// Nobody has reported yet.
        Unknown = "unknown", "Unknown";
        /// What is there is what is written.
        InSync = "in_sync", "In sync";
        /// What is there is not what is written.
        Drifted = "drifted", "Drifted";
        /// The plan or apply failed.
        Error = "error", "Error";
    }
}

words! {
    /// What was run.
    ReportCommand {
        /// Compares.
        Plan = "plan", "plan";
        /// Changes; `deploy` is reported as this too.
        Apply = "apply", "apply";
    }
}

/// One component in one stack of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    /// Its id.
    pub id: InstanceId,
    /// The repository that manages it.
    pub repository_id: RepositoryId,
    /// The stack.
    pub stack: String,
    /// The component, with its slashes.
    pub component: String,
    /// What applies it: `terraform`, `helmfile`, …
    pub component_type: String,
    /// Whether it is managed at all.
    pub enabled: bool,
    /// Whether it is looked at for drift.
    pub drift_enabled: bool,
    /// What the last report said.
    pub status: InstanceStatus,
    /// The last report's command.
    pub last_command: Option<ReportCommand>,
    /// The last report's exit code.
    pub last_exit_code: Option<i32>,
    /// When it was last planned.
    pub planned_at: Option<Ts>,
    /// When it was last applied.
    pub applied_at: Option<Ts>,
    /// Where the run of the last plan can be watched.
    pub plan_run_url: Option<String>,
    /// Where the run of the last apply can be watched.
    pub apply_run_url: Option<String>,
    /// Since when the inventory does not have it any more.
    pub absent_since: Option<Ts>,
    /// When it was first uploaded.
    pub created_at: Ts,
}

/// One instance with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceDetails {
    /// The instance.
    pub instance: Instance,
    /// Its `settings.pro` as JSON, when it has any.
    pub settings: Option<String>,
    /// Its latest deployments, the newest first.
    pub deployments: Vec<Deployment>,
    /// The lock that is held on it.
    pub lock: Option<Lock>,
}
