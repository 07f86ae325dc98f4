//! Uploads that come in several pieces, as pages show them while pieces are missing (rules §7).

use serde::{Deserialize, Serialize};

use crate::Ts;
use crate::id::RepositoryId;
use crate::role::words;

words! {
    /// What is uploaded in pieces.
    UploadKind {
        /// Which stacks a change affects.
        Affected = "affected", "Affected stacks";
        /// The inventory.
        Instances = "instances", "Instances";
    }
}

/// An upload of which pieces are missing. It is forgotten an hour after its pieces came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IncompleteUpload {
    /// How the client names the upload.
    pub batch_id: String,
    /// What it is.
    pub kind: UploadKind,
    /// The repository that it is of.
    pub repository_id: RepositoryId,
    /// How many pieces are here.
    pub have: i64,
    /// How many there are.
    pub total: i32,
    /// When the first of those came that are here.
    pub since: Ts,
}
