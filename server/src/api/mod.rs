//! The HTTP API: it answers the `atmos` CLI exactly, and is the management API for scripts and services.

pub mod affected;
pub mod auth;
mod body;
pub mod deployments;
pub mod envelope;
pub mod github;
pub mod instances;
mod json;
pub mod locks;
pub mod manage;
mod pieces;

use envelope::Done;

use crate::failure::Failure;

/// What every handler of the API answers.
pub type Answer = Result<Done, Failure>;

/// Whether a path is the API's, so that its answers are envelopes.
#[must_use]
pub fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}
