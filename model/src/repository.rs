//! Repositories, as pages and the API show them.

use serde::{Deserialize, Serialize};

use crate::Ts;
use crate::id::RepositoryId;

/// A repository of a workspace. It is known by host and numeric id; the name is a label (rules §1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Repository {
    /// Its id here.
    pub id: RepositoryId,
    /// The host, such as `github.com`.
    pub host: String,
    /// `owner/name` as its host writes it.
    pub name: String,
    /// The host's numeric id; none until the first exchange pins it.
    pub remote_id: Option<i64>,
    /// The numeric id of the owner, pinned together with it.
    pub remote_owner_id: Option<i64>,
    /// A new name or owner that an admin has not confirmed yet. Until then its workflows are refused.
    pub held: Option<NewIdentity>,
    /// How many permissions it has.
    pub permissions: i64,
    /// When a workflow of it last signed in.
    pub last_seen_at: Option<Ts>,
    /// When it was added.
    pub created_at: Ts,
}

impl Repository {
    /// The owner's part of the name.
    #[must_use]
    pub fn owner(&self) -> &str {
        self.name.rsplit_once('/').map_or("", |(owner, _)| owner)
    }

    /// The name without its owner.
    #[must_use]
    pub fn short_name(&self) -> &str {
        self.name.rsplit_once('/').map_or(self.name.as_str(), |(_, name)| name)
    }
}

/// What a repository is called, where that is all that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryName {
    /// Its id here.
    pub id: RepositoryId,
    /// `owner/name` as its host writes it.
    pub name: String,
}

/// The name and owner under which a known repository turned up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewIdentity {
    /// The new `owner/name`.
    pub name: String,
    /// The new owner's numeric id.
    pub remote_owner_id: i64,
    /// When it was first seen.
    pub since: Ts,
}
