//! `POST` and `DELETE /api/v1/locks` (rules §8).

use axum::extract::{Extension, Request};
use serde::Deserialize;
use stackyard_domain::Ctx;
use stackyard_domain::locks::{self, TakeRequest};

use super::{Answer, Done, body};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Take {
    key: String,
    /// Seconds.
    #[serde(default)]
    ttl: Option<i64>,
    #[serde(default)]
    lock_message: Option<String>,
}

/// Takes a lock.
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

#[derive(Deserialize)]
struct Release {
    key: String,
}

/// Gives a lock back. The body of a `DELETE` names it.
pub async fn release(Extension(ctx): Extension<Ctx>, request: Request) -> Answer {
    let wanted: Release = body::read(request).await?;
    locks::api_release(&ctx, &wanted.key).await?;
    Ok(Done::empty())
}
