//! `POST /api/v1/instances` and `PATCH /api/v1/repos/{owner}/{repo}/instances` (rules §7), with the forms of older clients.

use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, Request};
use serde::Deserialize;
use stackyard_domain::Ctx;
use stackyard_domain::instances::{self, InstanceInput, InventoryUpload, ReportInput};
use stackyard_domain::uploads::NamedRepository;
use stackyard_model::Ts;
use utoipa::ToSchema;

use super::pieces::{Pieces, Repository, Settings};
use super::{Answer, Done, body};
use crate::failure::Failure;

/// An inventory, or a piece of one.
#[derive(Deserialize)]
struct Upload {
    #[serde(flatten)]
    repository: Repository,
    #[serde(flatten)]
    pieces: Pieces,
    instances: Vec<Item>,
}

/// What older clients send beside these, variables among it, is not kept.
#[derive(Deserialize)]
struct Item {
    stack: String,
    component: String,
    #[serde(default)]
    component_type: String,
    #[serde(default)]
    settings: Option<Settings>,
}

/// Upload an inventory
///
/// Or a piece of one: `instances` with `stack`, `component`, `component_type` and `settings.pro`. Needs the permission
/// Instances Create.
#[utoipa::path(post, path = "/api/v1/instances", tag = "Workflows", operation_id = "uploadInstances",
    request_body = Object,
    responses((status = 200, description = "What became of it", body = Object)))]
pub async fn upload(Extension(ctx): Extension<Ctx>, request: Request) -> Answer {
    let (sent, bytes): (Upload, _) = body::read_counted(request).await?;
    let item = |item: Item| InstanceInput {
        stack: item.stack,
        component: item.component,
        component_type: item.component_type,
        pro: item.settings.and_then(|settings| settings.pro),
    };
    let input = InventoryUpload {
        repository: sent.repository.named(),
        batch: sent.pieces.batch(bytes)?,
        instances: sent.instances.into_iter().map(item).collect(),
    };
    Done::ok(&instances::upload(&ctx, input).await?)
}

#[derive(Deserialize, ToSchema)]
struct Report {
    /// `plan` or `apply`.
    #[serde(default)]
    command: Option<String>,
    /// What it ended with.
    #[serde(default)]
    exit_code: Option<i32>,
    /// `in_sync` or `drifted`, as older clients send it in place of the two.
    #[serde(default)]
    status: Option<String>,
    /// When it ran, RFC 3339.
    #[serde(default)]
    last_run: Option<String>,
}

/// Report on an instance
///
/// What a plan or an apply came to. Needs the permission Instances Update.
#[utoipa::path(patch, path = "/api/v1/repos/{owner}/{repo}/instances", tag = "Workflows",
    operation_id = "reportInstance",
    params(
        ("owner" = String, Path, description = "The repository's owner; slashes written `%2F`"),
        ("repo" = String, Path, description = "The repository's name"),
        ("stack" = String, Query, description = "The stack"),
        ("component" = String, Query, description = "The component")),
    request_body = Report,
    responses((status = 200, description = "It is noted", body = Object)))]
pub async fn report(
    Extension(ctx): Extension<Ctx>,
    path: Result<Path<(String, String)>, PathRejection>,
    request: Request,
) -> Answer {
    let Path((owner, name)) = path.map_err(|_| unreadable())?;
    let query = request.uri().query().unwrap_or_default().as_bytes();
    let find = |wanted: &str| {
        form_urlencoded::parse(query)
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
            .filter(|value| !value.is_empty())
    };
    let (Some(stack), Some(component)) = (find("stack"), find("component")) else {
        return Err(Failure::bad_request("The address names no instance: add `?stack=…&component=…`."));
    };
    reported(&ctx, (owner, name), (stack, component), request).await
}

/// The same as clients before 1.196 send it: the path names the instance.
pub async fn report_by_path(
    Extension(ctx): Extension<Ctx>,
    path: Result<Path<(String, String, String, String)>, PathRejection>,
    request: Request,
) -> Answer {
    let Path((owner, name, stack, component)) = path.map_err(|_| unreadable())?;
    reported(&ctx, (owner, name), (stack, component), request).await
}

fn unreadable() -> Failure {
    Failure::bad_request("The address is not UTF-8. Send it percent-encoded.")
}

async fn reported(
    ctx: &Ctx,
    (owner, name): (String, String),
    (stack, component): (String, String),
    request: Request,
) -> Answer {
    if [&owner, &name, &stack, &component].iter().any(|part| part.contains('\0')) {
        return Err(Failure::bad_request("The address holds the character U+0000. Send it without."));
    }
    let sent: Report = body::read(request).await?;
    let last_run = match sent.last_run.as_deref() {
        None => None,
        Some(text) => {
            let wrong = "`last_run` is not as expected: a time such as `2026-11-21T09:58:05Z`.";
            let at = text.parse::<Ts>().ok().filter(|at| at.as_seconds() >= 0);
            Some(at.ok_or_else(|| Failure::bad_request(wrong))?)
        }
    };
    let command = match (sent.command, sent.exit_code) {
        (Some(command), Some(exit_code)) => Some((command, exit_code)),
        (None, _) => None,
        (Some(_), None) => {
            return Err(Failure::bad_request("`exit_code` is missing. Send the command's own exit code."));
        }
    };
    let input = ReportInput {
        repository: NamedRepository { host: None, has_url: true, owner, name },
        stack,
        component,
        command,
        status: sent.status,
        last_run,
    };
    instances::report(ctx, input).await?;
    Ok(Done::empty())
}
