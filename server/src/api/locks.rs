//! `POST` and `DELETE /api/v1/locks` (rules §8).

use axum::extract::{Extension, Request};
use serde::Deserialize;
use stackyard_domain::Ctx;
use stackyard_domain::locks::{self, TakeRequest};
use utoipa::ToSchema;

use super::{Answer, Done, body};

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Take {
    /// `owner/repo/stack/component`.
    key: String,
    /// Seconds; 30 unless said, at most 604,800.
    #[serde(default)]
    ttl: Option<i64>,
    /// What others are told meanwhile.
    #[serde(default)]
    lock_message: Option<String>,
}

/// Take a lock
///
/// Needs the permission Locks Create.
#[utoipa::path(post, path = "/api/v1/locks", tag = "Workflows", operation_id = "takeLock", request_body = Take,
    responses((status = 201, description = "The lock", body = Object)))]
pub async fn take(Extension(ctx): Extension<Ctx>, request: Request) -> Answer {
    let wanted: Take = body::read(request).await?;
    let lock = locks::api_take(
        &ctx,
        TakeRequest {
            key: wanted.key,
            ttl: wanted.ttl.unwrap_or_default(),
            lock_message: wanted.lock_message.unwrap_or_default(),
        },
    )
    .await?;
    Done::created(&lock)
}

#[derive(Deserialize, ToSchema)]
struct Release {
    /// `owner/repo/stack/component`.
    key: String,
}

/// Give a lock back
///
/// The body names it. Needs the permission Locks Delete.
#[utoipa::path(delete, path = "/api/v1/locks", tag = "Workflows", operation_id = "releaseLock",
    request_body = Release,
    responses((status = 200, description = "It is released", body = Object)))]
pub async fn release(Extension(ctx): Extension<Ctx>, request: Request) -> Answer {
    let wanted: Release = body::read(request).await?;
    locks::api_release(&ctx, &wanted.key).await?;
    Ok(Done::empty())
}
