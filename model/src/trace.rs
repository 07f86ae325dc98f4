//! Decision traces: what was looked for, what was seen, what each permission wanted (rules §4).
//!
//! One trace is the 403's text, the event, `/why/{trace id}`, the simulator and the replay.

use serde::{Deserialize, Serialize};

use crate::id::PermissionId;
use crate::role::words;
use crate::{Dimension, PatternKind, PermissionKind};

words! {
    /// Which claim the branch was read from (rules §2).
    BranchSource {
        /// `head_ref`, on `pull_request`.
        HeadRef = "head_ref", "claim head_ref";
        /// `ref` of a branch, without `refs/heads/`.
        Branch = "branch", "claim ref, without refs/heads/";
        /// `ref` of something else, whole.
        FullRef = "full_ref", "claim ref, whole: not a branch";
        /// No claims: a repository token.
        None = "none", "no claims";
    }
}

/// The values a request was decided by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The workflow's file name; missing for a repository token.
    pub workflow: Option<String>,
    /// The branch or ref.
    pub branch: Option<String>,
    /// Where the branch comes from.
    pub branch_source: BranchSource,
    /// The environment; missing when the job has none.
    pub environment: Option<String>,
    /// The event that started the run.
    pub event: Option<String>,
}

impl Seen {
    /// A repository token's values: all missing (rules §5).
    #[must_use]
    pub const fn nothing() -> Self {
        Self {
            workflow: None,
            branch: None,
            branch_source: BranchSource::None,
            environment: None,
            event: None,
        }
    }

    /// The value of one dimension.
    #[must_use]
    pub fn get(&self, dimension: Dimension) -> Option<&str> {
        match dimension {
            Dimension::Workflow => self.workflow.as_deref(),
            Dimension::Branch => self.branch.as_deref(),
            Dimension::Environment => self.environment.as_deref(),
            Dimension::Event => self.event.as_deref(),
        }
    }
}

/// What one permission wanted in one dimension, and whether it got it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// What was compared.
    pub dimension: Dimension,
    /// The pattern; for the event, the special events that are allowed.
    pub pattern: String,
    /// How the pattern is read.
    pub kind: PatternKind,
    /// Whether the value fits.
    pub open: bool,
}

/// One permission that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// The permission.
    pub permission: PermissionId,
    /// Its version then.
    pub version: i32,
    /// Its kind.
    pub kind: PermissionKind,
    /// Workflow, branch, environment, and the event where it is one that permissions treat on their own.
    pub gates: Vec<Gate>,
}

impl Lane {
    /// How many dimensions do not fit.
    #[must_use]
    pub fn misses(&self) -> usize {
        self.gates.iter().filter(|gate| !gate.open).count()
    }

    /// The dimensions that do not fit, in the order in which they are read.
    pub fn closed(&self) -> impl Iterator<Item = &Gate> {
        self.gates.iter().filter(|gate| !gate.open)
    }
}

/// How a request was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The kind looked for; none at the exchange, where a permission of any kind will do.
    pub wanted: Option<PermissionKind>,
    /// The repository's `owner/name` then.
    pub repository: String,
    /// The values seen.
    pub seen: Seen,
    /// How many permissions the repository has.
    pub total: u32,
    /// How many of them are of the kind looked for.
    pub of_kind: u32,
    /// The permission that granted it.
    pub granted: Option<PermissionId>,
    /// Every permission of the kind, nearest first. In what the CLI is answered, the nearest five.
    pub lanes: Vec<Lane>,
}

impl Trace {
    /// Whether the request was let through.
    #[must_use]
    pub const fn is_granted(&self) -> bool {
        self.granted.is_some()
    }
}
