//! For whatever watches the server.

use axum::extract::State;
use http::StatusCode;

use crate::failure::chain;
use crate::state::AppState;

/// The process answers.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// The process can do its work: the database answers.
pub async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    match state.parts.deps.db.read().await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(cause = chain(&error), "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
