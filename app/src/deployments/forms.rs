//! What the log's box asks.
#![allow(missing_docs, reason = "the server macro writes structs that cannot be documented")]

use leptos::prelude::*;
use stackyard_domain::access::enter_anyhow;
use stackyard_domain::deployments as service;
use stackyard_domain::{Ctx, Error};
use stackyard_model::deployment::{LogMatches, LogWindow};
use stackyard_model::id::DeploymentId;

use crate::error::AppError;
use crate::forms::{refuse, request};

/// Lines that a search finds.
const FOUND: u32 = 1_000;

/// Lines of a deployment's log, at most `count` from the line `from` on.
#[server(name = ReadLog, prefix = "/forms", endpoint = "deployments/read-log")]
pub async fn read_log(
    #[server(default)] workspace: String,
    #[server(default)] deployment: String,
    #[server(default)] from: String,
    #[server(default)] count: String,
) -> Result<LogWindow, AppError> {
    let ctx = request()?;
    let (from, count) = (from.parse().unwrap_or(1), count.parse().unwrap_or(1));
    read(&ctx, &workspace, &deployment, (from, count)).await.map_err(|error| refuse(&ctx, &error))
}

/// The lines of a deployment's log in which `q` stands.
#[server(name = FindInLog, prefix = "/forms", endpoint = "deployments/find-in-log")]
pub async fn find_in_log(
    #[server(default)] workspace: String,
    #[server(default)] deployment: String,
    #[server(default)] q: String,
) -> Result<LogMatches, AppError> {
    let ctx = request()?;
    find(&ctx, &workspace, &deployment, &q).await.map_err(|error| refuse(&ctx, &error))
}

async fn read(
    ctx: &Ctx,
    workspace: &str,
    deployment: &str,
    (from, count): (u64, u32),
) -> Result<LogWindow, Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    service::log_lines(ctx, &here, &id(deployment)?, from, count).await
}

async fn find(ctx: &Ctx, workspace: &str, deployment: &str, q: &str) -> Result<LogMatches, Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    service::find_in_log(ctx, &here, &id(deployment)?, q, FOUND).await
}

fn id(deployment: &str) -> Result<DeploymentId, Error> {
    deployment.parse().map_err(|_| Error::NotFound)
}
