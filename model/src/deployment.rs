//! Deployments: one change being rolled out to a target, with its log (rules §9).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Ts;
use crate::activity::ActorType;
use crate::id::{DeploymentId, InstanceId, RepositoryId};
use crate::role::words;

words! {
    /// How far a deployment is.
    DeploymentStatus {
        /// It waits for its turn.
        Queued = "queued", "Queued";
        /// It runs.
        InProgress = "in_progress", "In progress";
        /// It is done.
        Success = "success", "Success";
        /// It did not work.
        Failure = "failure", "Failure";
        /// It was given up.
        Cancelled = "cancelled", "Cancelled";
    }
}

impl DeploymentStatus {
    /// Whether nothing comes after it.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Success | Self::Failure | Self::Cancelled)
    }
}

words! {
    /// How a deployment became known.
    DeploymentSource {
        /// A workflow said so itself, step by step.
        Workflow = "workflow", "Workflow";
        /// It reported what an apply came to.
        Status = "status", "Status report";
    }
}

/// One deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// Its id.
    pub id: DeploymentId,
    /// The repository that it is of.
    pub repository_id: RepositoryId,
    /// The instance that it rolls out.
    pub instance_id: InstanceId,
    /// That instance's stack.
    pub stack: String,
    /// That instance's component, with its slashes.
    pub component: String,
    /// The environment.
    pub environment: Option<String>,
    /// The commit.
    pub commit: Option<String>,
    /// The branch of the run.
    pub branch: Option<String>,
    /// What it is called.
    pub title: Option<String>,
    /// What is said of it.
    pub message: Option<String>,
    /// How far it is.
    pub status: DeploymentStatus,
    /// How it became known.
    pub source: DeploymentSource,
    /// The exit code of what it ran.
    pub exit_code: Option<i32>,
    /// What kind of actor deploys.
    pub actor_type: ActorType,
    /// The run or token.
    pub actor_id: String,
    /// What people call it.
    pub actor_name: String,
    /// The workflow's file, when a run deploys.
    pub workflow: Option<String>,
    /// Where the run can be watched.
    pub run_url: Option<String>,
    /// Bytes of its log.
    pub log_size: i64,
    /// Lines of its log, the last one also when it has no end yet.
    pub log_lines: i64,
    /// Since when its log is deleted, because it was too old.
    pub log_forgotten_at: Option<Ts>,
    /// When a status or a piece of the log came last.
    pub heard_at: Ts,
    /// When it was recorded.
    pub created_at: Ts,
    /// When it began to run; none when nobody said so.
    pub started_at: Option<Ts>,
    /// When it ended.
    pub finished_at: Option<Ts>,
}

/// After how long without a word a deployment is thought to be dead.
const SILENT_AFTER: Duration = Duration::from_secs(3600);

impl Deployment {
    /// Since when nothing is heard of it, when it runs and that is long ago: its job may have died.
    #[must_use]
    pub fn silent_since(&self, now: Ts) -> Option<Ts> {
        let is_silent = self.status == DeploymentStatus::InProgress && self.heard_at + SILENT_AFTER <= now;
        is_silent.then_some(self.heard_at)
    }
}

/// How many deployments have which status; [`COUNTED_MAX`](crate::workspace::COUNTED_MAX) and one for more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentCounts {
    /// Waiting.
    pub queued: i64,
    /// Running.
    pub in_progress: i64,
    /// Done.
    pub success: i64,
    /// Failed.
    pub failure: i64,
    /// Given up.
    pub cancelled: i64,
}

impl DeploymentCounts {
    /// How many have this status.
    #[must_use]
    pub const fn of(&self, status: DeploymentStatus) -> i64 {
        match status {
            DeploymentStatus::Queued => self.queued,
            DeploymentStatus::InProgress => self.in_progress,
            DeploymentStatus::Success => self.success,
            DeploymentStatus::Failure => self.failure,
            DeploymentStatus::Cancelled => self.cancelled,
        }
    }

    /// Notes how many have this status.
    pub const fn set(&mut self, status: DeploymentStatus, count: i64) {
        match status {
            DeploymentStatus::Queued => self.queued = count,
            DeploymentStatus::InProgress => self.in_progress = count,
            DeploymentStatus::Success => self.success = count,
            DeploymentStatus::Failure => self.failure = count,
            DeploymentStatus::Cancelled => self.cancelled = count,
        }
    }

    /// All of them.
    #[must_use]
    pub const fn all(&self) -> i64 {
        self.queued + self.in_progress + self.success + self.failure + self.cancelled
    }
}

/// A page of deployments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentPage {
    /// The newest first.
    pub items: Vec<Deployment>,
    /// How many there are, whatever status is wanted.
    pub counts: DeploymentCounts,
    /// Where the next page begins; none when this is the last.
    pub next_cursor: Option<String>,
}

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// Which line, from 1.
    pub number: u64,
    /// It without its end. Escape sequences and carriage returns inside are still there.
    pub text: String,
    /// Whether there is more of it than is shown.
    pub cut: bool,
}

/// Some lines of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogWindow {
    /// The lines, one after the other.
    pub lines: Vec<LogLine>,
    /// How many the log has; none when it was deleted, because it was too old.
    pub total: u64,
    /// Bytes of the log.
    pub size: u64,
    /// Whether the deployment has ended, so that hardly more lines come.
    pub done: bool,
}

/// Where a text stands in a log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogMatches {
    /// The numbers of the lines, from 1, ascending.
    pub lines: Vec<u64>,
    /// Whether there are more than were wanted.
    pub more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_counted() {
        let mut counts = DeploymentCounts::default();
        for (status, count) in DeploymentStatus::ALL.iter().zip(1..) {
            counts.set(*status, count);
            assert_eq!(counts.of(*status), count);
        }
        assert_eq!(counts.all(), 15);
    }
}
