//! `POST /api/v1/git/commit` and `POST /api/v1/sts`: what needs a GitHub App, which this server does not have. Both
//! answer so that the client stops at once and its log says why (rules §6).

use axum::extract::Request;
use http::StatusCode;

use super::{Answer, body};
use crate::failure::Failure;

const TAG: &str = "GitHubAppNeeded";

/// Refuses to commit. Below 500, since the client tries those again.
pub async fn commit(request: Request) -> Answer {
    body::drain(request).await?;
    let message = "Commits through this server need its GitHub App, and the GitHub App features are not set up here. \
                   Commit and push in the workflow itself.";
    Err(Failure::new(StatusCode::CONFLICT, TAG, message))
}

/// Refuses to give out GitHub tokens. The client reads no text here; of all statuses, 403 makes it say the nearest:
/// that this workspace has none to give.
pub async fn sts(request: Request) -> Answer {
    body::drain(request).await?;
    let message = "Tokens for other repositories need this server's GitHub App, and the GitHub App features are not \
                   set up here. Give the job a token of its own for them.";
    Err(Failure::new(StatusCode::FORBIDDEN, TAG, message))
}
