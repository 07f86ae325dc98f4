//! Locks, as pages and the API show them (rules §8).

use serde::{Deserialize, Serialize};

use crate::Ts;
use crate::id::{LockId, RepositoryId};
use crate::role::words;

words! {
    /// Who holds a lock.
    HolderType {
        /// A workflow's run.
        Run = "run", "Run";
        /// A person.
        User = "user", "Person";
        /// A repository token.
        Token = "token", "Token";
    }
}

words! {
    /// How a lock ended.
    LockEnd {
        /// Its holder, or another workflow that may, gave it back.
        Released = "released", "Released";
        /// Its time ran out.
        Expired = "expired", "Expired";
        /// An admin ended it, with a reason.
        Forced = "forced", "Forced";
    }
}

/// A lock, held or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lock {
    /// Its id.
    pub id: LockId,
    /// The repository whose key it is.
    pub repository_id: RepositoryId,
    /// The key as it was sent: `owner/repo/stack/component`.
    pub key: String,
    /// What kind of holder.
    pub holder_type: HolderType,
    /// The run, person or token.
    pub holder_id: String,
    /// What people call the holder.
    pub holder_name: String,
    /// The workflow's file, when a run holds it.
    pub workflow: Option<String>,
    /// Where the run can be watched.
    pub run_url: Option<String>,
    /// What the holder said.
    pub message: String,
    /// The fencing number of this grant, counted by key.
    pub fence: i64,
    /// When it was taken.
    pub created_at: Ts,
    /// When it runs out by itself.
    pub expires_at: Ts,
    /// How and when it ended, unless it is held.
    pub ended: Option<LockEnded>,
}

/// The end of a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LockEnded {
    /// When.
    pub at: Ts,
    /// How.
    pub how: LockEnd,
    /// Who did it; none for an expiry.
    pub by: Option<String>,
    /// Why, for a forced release.
    pub reason: Option<String>,
}
