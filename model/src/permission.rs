//! Repository permissions: their kinds, their patterns, the events they allow (rules §3).

use serde::{Deserialize, Serialize};

use crate::Ts;
use crate::id::{PermissionId, RepositoryId};
use crate::role::words;

words! {
    /// What a workflow may be allowed to do.
    PermissionKind {
        /// Upload which stacks a change affects.
        AffectedStacksCreate = "ws:affected_stacks:create", "Affected Stacks Create";
        /// Record deployments and their logs.
        DeploymentsCreate = "ws:deployments:create", "Deployments Create";
        /// Take locks.
        LocksCreate = "ws:locks:create", "Locks Create";
        /// Release locks.
        LocksDelete = "ws:locks:delete", "Locks Delete";
        /// Upload the inventory.
        InstancesCreate = "ws:instances:create", "Instances Create";
        /// Report plan and apply results.
        InstancesUpdate = "ws:instances:update", "Instances Update";
        /// Commit files to a branch.
        CommitsCreate = "ws:commits:create", "Commits Create";
    }
}

impl PermissionKind {
    /// One sentence that says what the kind lets a workflow do.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::AffectedStacksCreate => "Lets workflows upload affected stacks for dependency analysis.",
            Self::DeploymentsCreate => "Lets workflows record deployments and their logs.",
            Self::LocksCreate => "Lets workflows lock an instance so that nothing else deploys it.",
            Self::LocksDelete => "Lets workflows release a lock.",
            Self::InstancesCreate => "Lets workflows register the instances they manage.",
            Self::InstancesUpdate => "Lets workflows report plan and apply results.",
            Self::CommitsCreate => "Lets workflows commit files to a branch through the GitHub App.",
        }
    }
}

words! {
    /// One of the things that a permission looks at.
    Dimension {
        /// The workflow's file name.
        Workflow = "workflow", "Workflow";
        /// The branch, or the full ref of what is not a branch.
        Branch = "branch", "Branch";
        /// The GitHub environment of the job.
        Environment = "environment", "Environment";
        /// The event that started the run.
        Event = "event", "Event";
    }
}

words! {
    /// How a pattern is read (rules §3).
    PatternKind {
        /// `*`: everything, a missing value included.
        Any = "any", "any";
        /// No special character: the value itself.
        Exact = "exact", "exact";
        /// Anything else: a regular expression that must match the whole value.
        Regex = "regex", "regex";
    }
}

/// Characters that make a pattern a regular expression.
pub const SPECIAL: &[char] = &['\\', '^', '$', '*', '+', '?', '(', ')', '[', ']', '{', '}', '|'];

/// Most characters in a pattern.
pub const PATTERN_MAX: usize = 256;

impl PatternKind {
    /// How `pattern` is read. Says nothing about whether it is valid.
    #[must_use]
    pub fn of(pattern: &str) -> Self {
        if pattern == "*" {
            Self::Any
        } else if pattern.contains(SPECIAL) {
            Self::Regex
        } else {
            Self::Exact
        }
    }
}

/// The pattern that lets a merge queue's branches of the same target through, for such a branch (rules §2).
#[must_use]
pub fn merge_queue_pattern(branch: &str) -> Option<String> {
    let (target, _) = branch.strip_prefix("gh-readonly-queue/")?.rsplit_once("/pr-")?;
    Some(format!("gh-readonly-queue/{}/pr-.*", escaped(target)))
}

/// The text as a part of a regular expression that matches it and nothing else.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '.' || SPECIAL.contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

words! {
    /// Events that a permission treats on their own; every other event is allowed (rules §3).
    SpecialEvent {
        /// Runs of a proposed change: allowed unless unticked.
        PullRequest = "pull_request", "pull_request";
        /// Runs the base's workflow for a stranger's change.
        PullRequestTarget = "pull_request_target", "pull_request_target";
        /// Runs after another workflow, with its own trust.
        WorkflowRun = "workflow_run", "workflow_run";
        /// Runs for whoever may comment.
        IssueComment = "issue_comment", "issue_comment";
    }
}

impl SpecialEvent {
    /// Whether the event runs with trust that the author of the change does not have.
    #[must_use]
    pub const fn is_risky(self) -> bool {
        !matches!(self, Self::PullRequest)
    }
}

/// Which of the special events a permission allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Events {
    /// Allow `pull_request`; ticked by default.
    pub pull_request: bool,
    /// Allow `pull_request_target`.
    pub pull_request_target: bool,
    /// Allow `workflow_run`.
    pub workflow_run: bool,
    /// Allow `issue_comment`.
    pub issue_comment: bool,
}

impl Default for Events {
    fn default() -> Self {
        Self { pull_request: true, pull_request_target: false, workflow_run: false, issue_comment: false }
    }
}

impl Events {
    /// Whether `event` is ticked.
    #[must_use]
    pub const fn has(self, event: SpecialEvent) -> bool {
        match event {
            SpecialEvent::PullRequest => self.pull_request,
            SpecialEvent::PullRequestTarget => self.pull_request_target,
            SpecialEvent::WorkflowRun => self.workflow_run,
            SpecialEvent::IssueComment => self.issue_comment,
        }
    }

    /// Whether a run started by `event_name` may use the permission. A missing event (a repository token) may.
    #[must_use]
    pub fn allow(self, event_name: Option<&str>) -> bool {
        event_name.and_then(|name| name.parse().ok()).is_none_or(|event| self.has(event))
    }

    /// The ticked events as stored: their names, comma-separated, in a fixed order.
    #[must_use]
    pub fn to_list(self) -> String {
        let names: Vec<_> =
            SpecialEvent::ALL.iter().filter(|event| self.has(**event)).map(SpecialEvent::as_str).collect();
        names.join(",")
    }

    /// Reads [`Events::to_list`]; unknown names are left out.
    #[must_use]
    pub fn from_list(list: &str) -> Self {
        let has = |event: SpecialEvent| list.split(',').any(|name| name == event.as_str());
        Self {
            pull_request: has(SpecialEvent::PullRequest),
            pull_request_target: has(SpecialEvent::PullRequestTarget),
            workflow_run: has(SpecialEvent::WorkflowRun),
            issue_comment: has(SpecialEvent::IssueComment),
        }
    }
}

/// One permission, as pages and the API show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    /// Its id.
    pub id: PermissionId,
    /// The repository it belongs to.
    pub repository_id: RepositoryId,
    /// What it allows.
    pub kind: PermissionKind,
    /// Pattern for the workflow's file name.
    pub workflow: String,
    /// Pattern for the branch.
    pub branch: String,
    /// Pattern for the environment, compared without case.
    pub environment: String,
    /// Which special events it allows.
    pub events: Events,
    /// Counts edits, from 1.
    pub version: i32,
    /// When it was made.
    pub created_at: Ts,
    /// When it was last edited.
    pub updated_at: Ts,
}

/// What a permission form holds, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionInput {
    /// A [`PermissionKind`] word.
    pub kind: String,
    /// Pattern for the workflow; empty means `*`.
    #[serde(default)]
    pub workflow: String,
    /// Pattern for the branch; empty means `*`.
    #[serde(default)]
    pub branch: String,
    /// Pattern for the environment; empty means `*`.
    #[serde(default)]
    pub environment: String,
    /// Which special events it allows.
    pub events: Events,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_tells_its_kind() {
        for (pattern, kind) in [
            ("*", PatternKind::Any),
            ("main", PatternKind::Exact),
            ("atmos-terraform-plan.yaml", PatternKind::Exact),
            ("feature/x", PatternKind::Exact),
            ("**", PatternKind::Regex),
            ("^(main|develop)$", PatternKind::Regex),
            (".*\\.yml$", PatternKind::Regex),
            ("prod.*", PatternKind::Regex),
            ("main\\.x", PatternKind::Regex),
        ] {
            assert_eq!(PatternKind::of(pattern), kind, "{pattern}");
        }
    }

    #[test]
    fn a_merge_queue_has_one_pattern_for_its_target() {
        let pattern = |branch| merge_queue_pattern(branch).unwrap_or_default();
        assert_eq!(pattern("gh-readonly-queue/main/pr-7-4f5eef"), "gh-readonly-queue/main/pr-.*");
        assert_eq!(
            pattern("gh-readonly-queue/release/1.x+y/pr-7-4f"),
            r"gh-readonly-queue/release/1\.x\+y/pr-.*"
        );
        assert_eq!(merge_queue_pattern("feature/pr-7"), None);
        assert_eq!(merge_queue_pattern("gh-readonly-queue/main"), None);
    }

    #[test]
    fn risky_events_are_refused_unless_ticked() {
        let events = Events::default();
        assert!(events.allow(Some("push")) && events.allow(Some("pull_request")) && events.allow(None));
        assert!(!events.allow(Some("pull_request_target")));
        assert!(!events.allow(Some("workflow_run")) && !events.allow(Some("issue_comment")));
        assert_eq!(Events::from_list(&events.to_list()), events);
        let all = Events {
            pull_request: false,
            pull_request_target: true,
            workflow_run: true,
            issue_comment: true,
        };
        assert_eq!(Events::from_list(&all.to_list()), all);
        assert!(!all.allow(Some("pull_request")));
    }
}
