//! `POST /api/v1/auth/github-oidc`: a workflow's token becomes a session (rules §5).

use axum::extract::{Extension, Request, State};
use serde::Deserialize;
use serde_json::json;
use stackyard_domain::{Ctx, ci};

use super::{Answer, Done, body};
use crate::state::AppState;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Exchange {
    token: String,
    workspace_id: String,
}

/// Exchanges an OIDC token for a session's token.
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
