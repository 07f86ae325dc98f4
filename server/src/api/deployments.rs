//! `/api/v1/deployments`: what workflows say of their deployments, and what they may read again (rules §6, §9).

use axum::extract::{Extension, Path, Request};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use stackyard_domain::Ctx;
use stackyard_domain::deployments::{self, DeploymentFilter, NewDeployment};
use stackyard_model::deployment::DeploymentStatus;
use stackyard_model::id::DeploymentId;
use stackyard_model::quote::code;
use utoipa::ToSchema;

use super::{Answer, Done, body};
use crate::failure::Failure;

/// Deployments of a page when nothing else is said.
const LIMIT: u32 = 50;
/// By what the same request is known when it comes again.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

#[derive(Deserialize, ToSchema)]
struct Create {
    /// The instance's stack.
    stack: String,
    /// The instance's component.
    component: String,
    /// The environment; the run's unless said.
    #[serde(default)]
    environment: Option<String>,
    /// The commit; the run's unless said.
    #[serde(default)]
    commit: Option<String>,
    /// What it is called.
    #[serde(default)]
    title: Option<String>,
    /// What is said of it.
    #[serde(default)]
    message: Option<String>,
    /// `in_progress` unless said, or `queued`.
    #[serde(default)]
    status: Option<String>,
}

/// Record a deployment
///
/// Needs the permission Deployments Create.
#[utoipa::path(post, path = "/api/v1/deployments", tag = "Workflows", operation_id = "createDeployment",
    request_body = Create,
    responses((status = 201, description = "The deployment", body = Object)))]
pub async fn create(Extension(ctx): Extension<Ctx>, headers: HeaderMap, request: Request) -> Answer {
    let idempotency_key = match headers.get(IDEMPOTENCY_KEY) {
        None => None,
        Some(key) => {
            let unreadable = || Failure::bad_request("`Idempotency-Key` is not visible ASCII.");
            Some(key.to_str().map_err(|_| unreadable())?.to_owned())
        }
    };
    let sent: Create = body::read(request).await?;
    let new = NewDeployment {
        stack: sent.stack,
        component: sent.component,
        environment: sent.environment,
        commit: sent.commit,
        title: sent.title,
        message: sent.message,
        status: sent.status.as_deref().map_or(Ok(DeploymentStatus::InProgress), status)?,
        idempotency_key,
    };
    Done::created(&deployments::create(&ctx, new).await?)
}

#[derive(Deserialize, ToSchema)]
struct Update {
    /// `in_progress`, `success`, `failure` or `cancelled`.
    status: String,
    /// What it ended with.
    #[serde(default)]
    exit_code: Option<i32>,
}

/// Say how far a deployment is
///
/// Only the run that recorded it. Needs the permission Deployments Create.
#[utoipa::path(patch, path = "/api/v1/deployments/{deployment}", tag = "Workflows",
    operation_id = "updateDeployment",
    params(("deployment" = String, Path, description = "`dep_…`")),
    request_body = Update,
    responses((status = 200, description = "The deployment", body = Object)))]
pub async fn update(Extension(ctx): Extension<Ctx>, Path(id): Path<String>, request: Request) -> Answer {
    let sent: Update = body::read(request).await?;
    let (id, status) = (known(&id)?, status(&sent.status)?);
    Done::ok(&deployments::update(&ctx, &id, status, sent.exit_code).await?)
}

/// Adds to the log of a deployment: the body as it is, after so many bytes as `?offset=` says.
pub async fn append(Extension(ctx): Extension<Ctx>, Path(id): Path<String>, request: Request) -> Answer {
    let offset = match query(&request, "offset").map(|offset| offset.parse()) {
        Some(Ok(offset)) => offset,
        Some(Err(_)) => return Err(Failure::bad_request("`offset` is not a number of bytes.")),
        None => {
            return Err(Failure::bad_request(
                "`offset` is missing. Add `?offset=` and how many bytes of the log were sent before.",
            ));
        }
    };
    let id = known(&id)?;
    let bytes: Bytes = body::bytes(request).await?;
    Done::ok(&deployments::append_log(&ctx, &id, offset, &bytes).await?)
}

/// List the deployments of the workflow's repository
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/deployments", tag = "Workflows", operation_id = "listOwnDeployments",
    params(
        ("q" = Option<String>, Query, description = "Words in stack, component, environment, commit, branch, title, workflow or run"),
        ("status" = Option<String>, Query, description = "With this status alone"),
        ("environment" = Option<String>, Query, description = "To this environment alone"),
        ("limit" = Option<u32>, Query, description = "Entries of the page; 50 unless said"),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before")),
    responses((status = 200, description = "A page of deployments", body = Object)))]
pub async fn list(Extension(ctx): Extension<Ctx>, request: Request) -> Answer {
    let status = match query(&request, "status") {
        None => None,
        Some(word) => Some(status(&word)?),
    };
    let filter = DeploymentFilter {
        q: query(&request, "q").unwrap_or_default(),
        status,
        environment: query(&request, "environment"),
        ..DeploymentFilter::default()
    };
    let limit = match query(&request, "limit").map(|limit| limit.parse()) {
        None => LIMIT,
        Some(Ok(limit)) => limit,
        Some(Err(_)) => return Err(Failure::bad_request("`limit` is not a number.")),
    };
    let after = query(&request, "cursor").unwrap_or_default();
    Done::ok(&deployments::list_for_run(&ctx, &filter, &after, limit).await?)
}

/// Read a deployment of the workflow's repository
#[utoipa::path(get, path = "/api/v1/deployments/{deployment}", tag = "Workflows",
    operation_id = "getOwnDeployment",
    params(("deployment" = String, Path, description = "`dep_…`")),
    responses((status = 200, description = "The deployment", body = Object)))]
pub async fn show(Extension(ctx): Extension<Ctx>, Path(id): Path<String>) -> Answer {
    Done::ok(&deployments::get_for_run(&ctx, &known(&id)?).await?)
}

/// The log of one, as it came, from `?offset=` on; what comes next begins at `x-next-offset`.
pub async fn log(
    Extension(ctx): Extension<Ctx>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Failure> {
    let offset: u64 = match query(&request, "offset").map(|offset| offset.parse()) {
        None => 0,
        Some(Ok(offset)) => offset,
        Some(Err(_)) => return Err(Failure::bad_request("`offset` is not a number of bytes.")),
    };
    let log = deployments::raw_log_for_run(&ctx, &known(&id)?, offset).await?;
    let next = offset.saturating_add(u64::try_from(log.bytes.len()).unwrap_or(0));
    let mut response = (StatusCode::OK, log.bytes).into_response();
    let headers = response.headers_mut();
    // Somebody else's bytes: shown by nothing.
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert("x-next-offset", HeaderValue::from(next));
    headers.insert("x-size", HeaderValue::from(log.size));
    Ok(response)
}

/// A parameter of the address that is not empty.
fn query(request: &Request, wanted: &str) -> Option<String> {
    form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value.into_owned())
        .filter(|value| !value.is_empty())
}

/// An id that is none is one that is not there.
fn known(id: &str) -> Result<DeploymentId, Failure> {
    id.parse().map_err(|_| Failure::from(deployments::not_there()))
}

fn status(word: &str) -> Result<DeploymentStatus, Failure> {
    word.parse().map_err(|_| {
        let words: Vec<_> = DeploymentStatus::ALL.iter().map(|status| code(status.as_str())).collect();
        Failure::bad_request(format!("{} is no status: {}.", code(word), words.join(", ")))
    })
}
