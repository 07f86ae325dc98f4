//! Repository tokens, as pages show them. The secret itself is shown once, when it is made.

use serde::{Deserialize, Serialize};

use crate::Ts;
use crate::id::{RepositoryId, RepositoryTokenId};

/// A static token for one repository in one workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RepositoryToken {
    /// Its id.
    pub id: RepositoryTokenId,
    /// The repository it is for.
    pub repository_id: RepositoryId,
    /// That repository's `owner/name`.
    pub repository: String,
    /// What people call it; the actor in the log.
    pub name: String,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Ts,
    /// When it stops working by itself.
    pub expires_at: Option<Ts>,
    /// When it was last used; written at most once a minute.
    pub last_used_at: Option<Ts>,
    /// When it was revoked.
    pub revoked_at: Option<Ts>,
}
