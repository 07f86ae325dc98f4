//! `POST /api/v1/affected-stacks`: what a commit changes, and what depends on that (rules §7).

use axum::extract::{Extension, Request};
use serde::Deserialize;
use stackyard_domain::Ctx;
use stackyard_domain::affected::{self, AffectedItem, AffectedUpload};

use super::pieces::{Pieces, Repository, Settings};
use super::{Answer, Done, body};

/// An upload, or a piece of one.
#[derive(Deserialize)]
struct Upload {
    #[serde(flatten)]
    repository: Repository,
    #[serde(flatten)]
    pieces: Pieces,
    head_sha: String,
    #[serde(default)]
    base_sha: String,
    stacks: Vec<Item>,
}

/// What clients before 1.206 send beside these is not kept.
#[derive(Deserialize)]
struct Item {
    stack: String,
    component: String,
    #[serde(default)]
    settings: Option<Settings>,
    #[serde(default)]
    dependents: Option<Vec<Item>>,
    #[serde(default)]
    included_in_dependents: bool,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    deletion_type: Option<String>,
}

impl From<Item> for AffectedItem {
    fn from(item: Item) -> Self {
        Self {
            stack: item.stack,
            component: item.component,
            pro: item.settings.and_then(|settings| settings.pro),
            dependents: item.dependents.unwrap_or_default().into_iter().map(Self::from).collect(),
            included_in_dependents: item.included_in_dependents,
            deleted: item.deleted,
            deletion_type: item.deletion_type,
        }
    }
}

/// Upload what a commit affects
///
/// Or a piece of it: `head_sha`, `base_sha`, `stacks` with their `dependents`. Needs the permission Affected Stacks Create.
#[utoipa::path(post, path = "/api/v1/affected-stacks", tag = "Workflows", operation_id = "uploadAffectedStacks",
    request_body = Object,
    responses((status = 200, description = "What became of it", body = Object)))]
pub async fn upload(Extension(ctx): Extension<Ctx>, request: Request) -> Answer {
    let (sent, bytes): (Upload, _) = body::read_counted(request).await?;
    let input = AffectedUpload {
        repository: sent.repository.named(),
        head_sha: sent.head_sha,
        base_sha: sent.base_sha,
        batch: sent.pieces.batch(bytes)?,
        stacks: sent.stacks.into_iter().map(AffectedItem::from).collect(),
    };
    Done::ok(&affected::upload(&ctx, input).await?)
}
