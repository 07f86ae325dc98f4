//! `/api/v1/locks`: what is locked. Workflows take and release locks by the same path.

use axum::extract::Extension;
use serde::{Deserialize, Serialize};
use stackyard_domain::Ctx;
use stackyard_domain::locks::{self, LockFilter};
use stackyard_model::credential::Scope;
use stackyard_model::id::{LockId, RepositoryId};
use stackyard_model::lock::Lock;
use utoipa::ToSchema;

use super::{Answer, Ids, Listed, Params, Sent, enter, listed, one};

/// A lock, held or ended.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeldLock {
    /// Its id, `lock_…`.
    id: String,
    /// The repository, `repo_…`.
    repository_id: String,
    /// `owner/repo/stack/component`.
    key: String,
    /// `run`, `user` or `token`.
    holder_type: String,
    /// The run, person or token.
    holder_id: String,
    /// What people call the holder.
    holder_name: String,
    /// The workflow's file, when a run holds it.
    workflow: Option<String>,
    /// Where the run can be watched.
    run_url: Option<String>,
    /// What the holder said.
    message: String,
    /// The fencing number of this grant, counted by key.
    fence: i64,
    /// When it was taken.
    created_at: String,
    /// When it runs out by itself.
    expires_at: String,
    /// When it ended; null while it is held.
    ended_at: Option<String>,
    /// How it ended: `released`, `expired` or `forced`.
    ended_how: Option<String>,
    /// Who ended it.
    ended_by: Option<String>,
    /// Why, when it was forced.
    ended_reason: Option<String>,
}

impl From<Lock> for HeldLock {
    fn from(lock: Lock) -> Self {
        let ended = lock.ended.as_ref();
        Self {
            ended_at: ended.map(|end| end.at.to_string()),
            ended_how: ended.map(|end| end.how.to_string()),
            ended_by: ended.and_then(|end| end.by.clone()),
            ended_reason: ended.and_then(|end| end.reason.clone()),
            id: lock.id.into(),
            repository_id: lock.repository_id.into(),
            key: lock.key,
            holder_type: lock.holder_type.to_string(),
            holder_id: lock.holder_id,
            holder_name: lock.holder_name,
            workflow: lock.workflow,
            run_url: lock.run_url,
            message: lock.message,
            fence: lock.fence,
            created_at: lock.created_at.to_string(),
            expires_at: lock.expires_at.to_string(),
        }
    }
}

/// Why a lock is ended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forced {
    /// 3 to 500 characters, which the log keeps.
    reason: String,
}

/// List what is locked
///
/// Who runs out first comes first.
#[utoipa::path(get, path = "/api/v1/locks", tag = "Locks", operation_id = "listLocks",
    params(
        ("q" = Option<String>, Query, description = "Words that key, holder and message have to contain"),
        ("repository" = Option<String>, Query, description = "Of this repository alone, `repo_…`"),
        ("limit" = Option<u32>, Query, description = "Entries of the page, 1 to 200; 50 unless said"),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before")),
    responses((status = 200, description = "A page of held locks", body = Listed<HeldLock>)))]
pub async fn list(Extension(ctx): Extension<Ctx>, params: Params) -> Answer {
    let here = enter(&ctx, Scope::LocksRead).await?;
    let filter = LockFilter {
        q: params.text("q").unwrap_or_default().to_owned(),
        repository: params.read::<RepositoryId>("repository", "the id of a repository")?,
        ..LockFilter::default()
    };
    let page = locks::page(&ctx, &here, &filter, params.cursor(), params.limit()?).await?;
    listed::<HeldLock>(page.held, page.next_cursor)
}

/// Read a lock
#[utoipa::path(get, path = "/api/v1/locks/{lock}", tag = "Locks", operation_id = "getLock",
    params(("lock" = String, Path, description = "`lock_…`")),
    responses((status = 200, description = "The lock", body = HeldLock)))]
pub async fn show(Extension(ctx): Extension<Ctx>, Ids(id): Ids<LockId>) -> Answer {
    let here = enter(&ctx, Scope::LocksRead).await?;
    one(&HeldLock::from(locks::get(&ctx, &here, &id).await?))
}

/// End somebody's lock
///
/// With a reason. Whoever holds it is not asked.
#[utoipa::path(post, path = "/api/v1/locks/{lock}/release", tag = "Locks", operation_id = "forceReleaseLock",
    params(("lock" = String, Path, description = "`lock_…`")),
    request_body = Forced,
    responses((status = 200, description = "The lock, ended", body = HeldLock)))]
pub async fn release(Ids(id): Ids<LockId>, sent: Sent) -> Answer {
    let here = enter(&sent.ctx, Scope::LocksWrite).await?;
    let Forced { reason } = sent.read()?;
    sent.once(&[], async {
        locks::force_release(&sent.ctx, &here, &id, &reason).await?;
        one(&HeldLock::from(locks::get(&sent.ctx, &here, &id).await?))
    })
    .await
}
