//! `POST /api/v1/auth/github-oidc`: a workflow's token becomes a session (rules §5).

use axum::extract::{Extension, Request, State};
use serde::Deserialize;
use serde_json::json;
use stackyard_domain::{Ctx, ci};
use utoipa::ToSchema;

use super::{Answer, Done, body};
use crate::state::AppState;

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Exchange {
    /// The job's OIDC token.
    token: String,
    /// The workspace, `ws_…`.
    workspace_id: String,
}

/// Exchange an OIDC token for a session
///
/// The answer's `token` is for the other operations of workflows, until `expiresAt`.
#[utoipa::path(post, path = "/api/v1/auth/github-oidc", tag = "Workflows", operation_id = "exchangeToken",
    request_body = Exchange,
    responses((status = 200, description = "A session", body = Object)))]
pub async fn exchange(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    request: Request,
) -> Answer {
    let wanted: Exchange = body::read(request).await?;
    let exchanged = ci::exchange(&ctx, &wanted.token, &wanted.workspace_id).await;
    state.metrics().exchange(exchanged.as_ref().map_or_else(|error| error.reason(), |_| "ok"));
    let exchanged = exchanged?;
    Done::ok(&json!({
        "token": exchanged.token.expose(),
        "expiresAt": exchanged.expires_at.to_rfc3339_seconds(),
    }))
}
