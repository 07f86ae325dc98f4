//! The form of a deployment, and what its log's box asks.
#![allow(missing_docs, reason = "the server macro writes structs that cannot be documented")]

use leptos::prelude::*;
use stackyard_domain::access::enter_anyhow;
use stackyard_domain::deployments as service;
use stackyard_domain::{Ctx, Error};
use stackyard_model::deployment::{LogMatches, LogWindow};
use stackyard_model::id::DeploymentId;
use stackyard_model::workspace::Workspace;

use crate::error::AppError;
use crate::forms::{Done, Sent, finish, refuse, request};
use crate::paths;

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

/// Marks a deployment as cancelled, with a reason.
#[server(name = CancelDeployment, prefix = "/forms", endpoint = "deployments/cancel")]
pub async fn cancel_deployment(
    #[server(default)] workspace: String,
    #[server(default)] deployment: String,
    #[server(default)] reason: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("deployments/cancel", &back).with("deployment", &deployment).with("reason", &reason);
    let result = cancel(&ctx, &workspace, &deployment, &reason).await;
    finish(&ctx, sent, result, |(workspace, id)| {
        Done::to(paths::deployment(&workspace, &id))
            .saying("The deployment is marked as cancelled. Your reason is kept in Activity.")
    })
    .await
}

async fn cancel(
    ctx: &Ctx,
    workspace: &str,
    deployment: &str,
    reason: &str,
) -> Result<(Workspace, DeploymentId), Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    let id = id(deployment)?;
    service::cancel(ctx, &here, &id, reason).await?;
    Ok((here.workspace().clone(), id))
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
