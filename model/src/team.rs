//! The people of a workspace, as pages show them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::{MemberId, UserId};
use crate::{MemberStatus, Role, Ts};

/// Who was not here for so long, since they joined or were here last, is inactive.
pub const INACTIVE_AFTER: Duration = Duration::from_secs(90 * 24 * 3600);

/// Somebody in a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TeamMember {
    /// The membership's id.
    pub id: MemberId,
    /// The person's id.
    pub user_id: UserId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whether a mail proved that the address is theirs.
    pub email_verified: bool,
    /// Their role.
    pub role: Role,
    /// Until when they have it, when it was lent to them for a time.
    pub role_until: Option<Ts>,
    /// Whether they may come in, and are still seen here.
    pub status: MemberStatus,
    /// When they joined.
    pub joined_at: Ts,
    /// When they were last here, to the minute.
    pub last_active_at: Option<Ts>,
}

/// How many there are of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TeamCounts {
    /// Those who may come in, and do.
    pub active: i64,
    /// Those who may come in, and were not here for long.
    pub inactive: i64,
    /// Those who are kept out.
    pub suspended: i64,
    /// Invitations that wait, also those whose time is over.
    pub invited: i64,
}

impl TeamCounts {
    /// All members, in or kept out.
    #[must_use]
    pub const fn members(&self) -> i64 {
        self.active + self.inactive + self.suspended
    }
}

/// Ownership that is offered to a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnershipOffer {
    /// To whom.
    pub to: MemberId,
    /// That person's name.
    pub to_name: String,
    /// Until when they may accept.
    pub expires_at: Ts,
}
