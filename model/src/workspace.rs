//! Workspaces, as pages and the API show them.

use serde::{Deserialize, Serialize};

use crate::id::{MemberId, WorkspaceId};
use crate::{Action, Role, Ts};

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Workspace {
    /// Its id, which workflows name in `ATMOS_PRO_WORKSPACE_ID`. Public.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Its place in addresses.
    pub slug: String,
    /// What it is for; may be empty.
    pub description: String,
    /// The logo's version, part of its address; none when it has no logo.
    pub logo: Option<String>,
    /// Take only tokens made for this server's own audience (rules §5).
    pub own_audience_only: bool,
    /// Whether members and viewers see every repository, or only those granted to them.
    pub members_see_all: bool,
    /// When it was made.
    pub created_at: Ts,
}

/// A workspace and what the person who asks is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// The workspace.
    pub workspace: Workspace,
    /// The membership's id.
    pub member_id: MemberId,
    /// The person's role.
    pub role: Role,
    /// When the person was last here, to the minute.
    pub last_active_at: Option<Ts>,
}

impl Membership {
    /// Whether the person may do `action` here.
    #[must_use]
    pub const fn may(&self, action: Action) -> bool {
        self.role.may(action)
    }
}

/// Where counting events stops: one more stands for all that are more.
pub const COUNTED_MAX: i64 = 10_000;

/// The totals of the overview; all are counted when asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Repositories configured.
    pub repositories: i64,
    /// Permissions of all repositories.
    pub permissions: i64,
    /// Locks held now.
    pub locks: i64,
    /// Instances in the inventories of all repositories.
    pub instances: i64,
    /// Those of them that are not as they are written.
    pub drifted: i64,
    /// Those of them whose last plan or apply failed.
    pub broken: i64,
    /// Deployments recorded during the last 7 days; [`COUNTED_MAX`] and one for more.
    pub deployments: i64,
    /// Requests let in during the last 7 days; [`COUNTED_MAX`] and one for more.
    pub allowed: i64,
    /// Requests refused during the last 7 days; [`COUNTED_MAX`] and one for more.
    pub denied: i64,
    /// Active members.
    pub members: i64,
    /// Workspaces the person belongs to.
    pub workspaces: i64,
}
