//! The forms of permissions.
#![allow(clippy::too_many_arguments, reason = "a form's fields are its function's arguments")]
#![allow(missing_docs, reason = "the server macro writes structs that cannot be documented")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use stackyard_domain::access::enter_anyhow;
use stackyard_domain::{Ctx, Error, Here, permissions};
use stackyard_model::id::RepositoryId;
use stackyard_model::permission::{Events, Permission, PermissionInput};
use stackyard_model::workspace::Workspace;

use crate::error::AppError;
use crate::forms::{Done, Sent, finish, refuse, request, ticked};
use crate::paths;

/// Adds a permission.
#[server(name = AddPermission, prefix = "/forms", endpoint = "permissions/add")]
pub async fn add_permission(
    #[server(default)] workspace: String,
    #[server(default)] repository: String,
    #[server(default)] kind: String,
    #[server(default)] workflow: String,
    #[server(default)] branch: String,
    #[server(default)] environment: String,
    #[server(default)] pull_request: String,
    #[server(default)] pull_request_target: String,
    #[server(default)] workflow_run: String,
    #[server(default)] issue_comment: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let events = events(&pull_request, &pull_request_target, &workflow_run, &issue_comment);
    let input = PermissionInput { kind, workflow, branch, environment, events };
    let sent = keep(Sent::new("permissions/add", &back), &input);
    let result = add(&ctx, &workspace, &repository, input).await;
    finish(&ctx, sent, result, |(workspace, permission)| {
        Done::to(paths::permissions(&workspace, &permission.repository_id))
            .saying(format!("{} is added. The next request can use it.", permission.kind.label()))
    })
    .await
}

/// Edits a permission.
#[server(name = UpdatePermission, prefix = "/forms", endpoint = "permissions/update")]
pub async fn update_permission(
    #[server(default)] workspace: String,
    #[server(default)] repository: String,
    #[server(default)] permission: String,
    #[server(default)] version: String,
    #[server(default)] kind: String,
    #[server(default)] workflow: String,
    #[server(default)] branch: String,
    #[server(default)] environment: String,
    #[server(default)] pull_request: String,
    #[server(default)] pull_request_target: String,
    #[server(default)] workflow_run: String,
    #[server(default)] issue_comment: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let events = events(&pull_request, &pull_request_target, &workflow_run, &issue_comment);
    let input = PermissionInput { kind, workflow, branch, environment, events };
    let sent = keep(Sent::new("permissions/update", &back), &input).with("permission", &permission);
    let result = update(&ctx, (&workspace, &repository, &permission), input, &version).await;
    finish(&ctx, sent, result, |(workspace, permission)| {
        Done::to(paths::permissions(&workspace, &permission.repository_id))
            .saying(format!("{} is saved. The next request is decided by it.", permission.kind.label()))
    })
    .await
}

/// Removes a permission.
#[server(name = RemovePermission, prefix = "/forms", endpoint = "permissions/remove")]
pub async fn remove_permission(
    #[server(default)] workspace: String,
    #[server(default)] repository: String,
    #[server(default)] permission: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = remove(&ctx, &workspace, &repository, &permission).await;
    finish(&ctx, Sent::button(&back), result, |(workspace, repository)| {
        Done::to(paths::permissions(&workspace, &repository))
            .saying("The permission is removed. The next request that needs it is refused.")
    })
    .await
}

/// Adds the starter set.
#[server(name = AddStarterSet, prefix = "/forms", endpoint = "permissions/starter-set")]
pub async fn add_starter_set(
    #[server(default)] workspace: String,
    #[server(default)] repository: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = starter_set(&ctx, &workspace, &repository).await;
    finish(&ctx, Sent::button(&back), result, |count| {
        Done::to(back).saying(format!("The starter set is added: {count} permissions. Narrow them where you can."))
    })
    .await
}

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternProblem {
    /// What is wrong and how to mend it.
    pub message: String,
    /// The character, counted from 1.
    pub column: Option<u32>,
}

/// Says what is wrong with a pattern; nothing when it is valid. For those who are signed in: compiling takes time.
#[server(name = CheckPattern, prefix = "/forms", endpoint = "permissions/check-pattern")]
pub async fn check_pattern(#[server(default)] pattern: String) -> Result<Option<PatternProblem>, AppError> {
    let ctx = request()?;
    ctx.signed_in().map_err(|error| refuse(&ctx, &error))?;
    let problem = permissions::check_pattern(&pattern).err();
    Ok(problem.map(|problem| PatternProblem { message: problem.message, column: problem.column }))
}

fn events(pull_request: &str, pull_request_target: &str, workflow_run: &str, issue_comment: &str) -> Events {
    Events {
        pull_request: ticked(pull_request),
        pull_request_target: ticked(pull_request_target),
        workflow_run: ticked(workflow_run),
        issue_comment: ticked(issue_comment),
    }
}

fn keep(sent: Sent, input: &PermissionInput) -> Sent {
    let tick = |ticked: bool| if ticked { "true" } else { "" };
    sent.with("kind", &input.kind)
        .with("workflow", &input.workflow)
        .with("branch", &input.branch)
        .with("environment", &input.environment)
        .with("pull_request", tick(input.events.pull_request))
        .with("pull_request_target", tick(input.events.pull_request_target))
        .with("workflow_run", tick(input.events.workflow_run))
        .with("issue_comment", tick(input.events.issue_comment))
}

async fn enter(ctx: &Ctx, workspace: &str, repository: &str) -> Result<(Here, RepositoryId), Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    let repository = repository.parse().map_err(|_| Error::NotFound)?;
    Ok((here, repository))
}

async fn add(
    ctx: &Ctx,
    workspace: &str,
    repository: &str,
    input: PermissionInput,
) -> Result<(Workspace, Permission), Error> {
    let (here, repository) = enter(ctx, workspace, repository).await?;
    let permission = permissions::add(ctx, &here, &repository, input).await?;
    Ok((here.workspace().clone(), permission))
}

async fn update(
    ctx: &Ctx,
    (workspace, repository, permission): (&str, &str, &str),
    input: PermissionInput,
    version: &str,
) -> Result<(Workspace, Permission), Error> {
    let (here, repository) = enter(ctx, workspace, repository).await?;
    let permission = permission.parse().map_err(|_| Error::NotFound)?;
    let permission = permissions::update_version(ctx, &here, &repository, &permission, input, version).await?;
    Ok((here.workspace().clone(), permission))
}

async fn remove(
    ctx: &Ctx,
    workspace: &str,
    repository: &str,
    permission: &str,
) -> Result<(Workspace, RepositoryId), Error> {
    let (here, repository) = enter(ctx, workspace, repository).await?;
    let permission = permission.parse().map_err(|_| Error::NotFound)?;
    permissions::remove(ctx, &here, &repository, &permission).await?;
    Ok((here.workspace().clone(), repository))
}

async fn starter_set(ctx: &Ctx, workspace: &str, repository: &str) -> Result<usize, Error> {
    let (here, repository) = enter(ctx, workspace, repository).await?;
    Ok(permissions::add_starter_set(ctx, &here, &repository).await?.len())
}
