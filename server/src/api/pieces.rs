//! What all uploads of the CLI have in common: how they name their repository, and which piece of an upload they are.

use serde::Deserialize;
use serde_json::Value;
use stackyard_domain::uploads::{Batch, NamedRepository};

use crate::failure::Failure;

/// How an upload names its repository; all empty for a checkout without a remote.
#[derive(Deserialize)]
pub(super) struct Repository {
    #[serde(default)]
    repo_url: String,
    #[serde(default)]
    repo_host: String,
    #[serde(default)]
    repo_owner: String,
    #[serde(default)]
    repo_name: String,
}

impl Repository {
    /// As the services take it. The address may hold credentials, so nothing of it goes on.
    pub(super) fn named(self) -> NamedRepository {
        NamedRepository {
            host: Some(self.repo_host),
            has_url: !self.repo_url.is_empty(),
            owner: self.repo_owner,
            name: self.repo_name,
        }
    }
}

/// Which piece of an upload a request is: pieces have all three.
#[derive(Deserialize)]
pub(super) struct Pieces {
    #[serde(default)]
    batch_id: Option<String>,
    #[serde(default)]
    batch_index: Option<i32>,
    #[serde(default)]
    batch_total: Option<i32>,
}

impl Pieces {
    /// The piece, of so many bytes; none for an upload that is whole.
    ///
    /// # Errors
    /// When some of the three are missing.
    pub(super) fn batch(self, bytes: usize) -> Result<Option<Batch>, Failure> {
        match (self.batch_id, self.batch_index, self.batch_total) {
            (None, None, None) => Ok(None),
            (Some(id), Some(index), Some(total)) => Ok(Some(Batch { id, index, total, bytes })),
            _ => Err(Failure::bad_request(
                "`batch_id`, `batch_index` and `batch_total` belong together. Send all of them or none.",
            )),
        }
    }
}

/// Of a component's settings only `pro` is read.
#[derive(Deserialize)]
pub(super) struct Settings {
    #[serde(default)]
    pub(super) pro: Option<Value>,
}
