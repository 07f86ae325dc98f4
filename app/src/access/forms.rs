//! The forms of access.
#![allow(missing_docs, reason = "the server macro writes structs that cannot be documented")]

use leptos::prelude::*;
use stackyard_domain::access::{self, AskInput, enter_anyhow};
use stackyard_domain::{Ctx, Error, Here};
use stackyard_model::access::{AccessRequest, Grantee};
use stackyard_model::id::{AccessRequestId, RepositoryId};

use crate::error::AppError;
use crate::forms::{Done, Sent, finish, request};
use crate::paths;

/// Gives a member or a group a role on a repository.
#[server(name = GrantAccess, prefix = "/forms", endpoint = "access/grant")]
pub async fn grant_access(
    #[server(default)] workspace: String,
    #[server(default)] repository: String,
    #[server(default)] who: String,
    #[server(default)] role: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("access/grant", &back).with("who", &who).with("role", &role);
    let result = async {
        let (here, id) = of_repository(&ctx, &workspace, &repository).await?;
        let to = access::grant(&ctx, &here, &id, &who, &role).await?;
        Ok::<(Here, RepositoryId, Grantee), Error>((here, id, to))
    };
    finish(&ctx, sent, result.await, |(here, id, to)| {
        Done::to(paths::repository_access(here.workspace(), &id))
            .saying(format!("{} has it from the next request on.", to.name()))
    })
    .await
}

/// Takes a role on a repository back.
#[server(name = RevokeAccess, prefix = "/forms", endpoint = "access/revoke")]
pub async fn revoke_access(
    #[server(default)] workspace: String,
    #[server(default)] repository: String,
    #[server(default)] grant: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = async {
        let (here, id) = of_repository(&ctx, &workspace, &repository).await?;
        let grant = grant.parse().map_err(|_| Error::NotFound)?;
        let to = access::revoke(&ctx, &here, &id, &grant).await?;
        Ok::<(Here, RepositoryId, Grantee), Error>((here, id, to))
    };
    finish(&ctx, Sent::button(&back), result.await, |(here, id, to)| {
        Done::to(paths::repository_access(here.workspace(), &id))
            .saying(format!("The role of {} is taken back.", to.name()))
    })
    .await
}

/// Asks for a role, or for one on a repository.
#[server(name = AskForAccess, prefix = "/forms", endpoint = "access/ask")]
pub async fn ask_for_access(
    #[server(default)] workspace: String,
    #[server(default)] what: String,
    #[server(default)] role: String,
    #[server(default)] repository: String,
    #[server(default)] resource_role: String,
    #[server(default)] reason: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("access/ask", &back)
        .with("what", &what)
        .with("role", &role)
        .with("repository", &repository)
        .with("resource_role", &resource_role)
        .with("reason", &reason);
    let result = async {
        let here = enter_anyhow(&ctx, &workspace).await?;
        let input = AskInput { what, role, repository, resource_role, reason };
        access::ask(&ctx, &here, input).await?;
        Ok(here)
    };
    finish(&ctx, sent, result.await, |here| {
        said(&here, "You asked. An owner or admin decides, and the answer stands here.")
    })
    .await
}

/// Takes one's own request back.
#[server(name = CancelRequest, prefix = "/forms", endpoint = "access/cancel")]
pub async fn cancel_request(
    #[server(default)] workspace: String,
    #[server(default)] request_id: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = async {
        let (here, id) = of_request(&ctx, &workspace, &request_id).await?;
        access::cancel(&ctx, &here, &id).await?;
        Ok(here)
    };
    finish(&ctx, Sent::button(&back), result.await, |here| said(&here, "Your request is cancelled.")).await
}

/// Grants a request, for a time or for good.
#[server(name = ApproveRequest, prefix = "/forms", endpoint = "access/approve")]
pub async fn approve_request(
    #[server(default)] workspace: String,
    #[server(default)] request_id: String,
    #[server(default)] days: String,
    #[server(default)] note: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("access/approve", &back)
        .with("request_id", &request_id)
        .with("days", &days)
        .with("note", &note);
    let result = async {
        let (here, id) = of_request(&ctx, &workspace, &request_id).await?;
        let granted = access::approve(&ctx, &here, &id, &days, &note).await?;
        Ok::<(Here, AccessRequest), Error>((here, granted))
    };
    finish(&ctx, sent, result.await, |(here, granted)| {
        said(&here, &format!("{} has {} from the next request on.", granted.member_name, granted.asked.label()))
    })
    .await
}

/// Turns a request down.
#[server(name = RejectRequest, prefix = "/forms", endpoint = "access/reject")]
pub async fn reject_request(
    #[server(default)] workspace: String,
    #[server(default)] request_id: String,
    #[server(default)] note: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("access/reject", &back).with("request_id", &request_id).with("note", &note);
    let result = async {
        let (here, id) = of_request(&ctx, &workspace, &request_id).await?;
        access::reject(&ctx, &here, &id, &note).await?;
        Ok(here)
    };
    finish(&ctx, sent, result.await, |here| said(&here, "The request is rejected.")).await
}

async fn of_repository(ctx: &Ctx, workspace: &str, repository: &str) -> Result<(Here, RepositoryId), Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    Ok((here, repository.parse().map_err(|_| Error::NotFound)?))
}

async fn of_request(ctx: &Ctx, workspace: &str, id: &str) -> Result<(Here, AccessRequestId), Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    Ok((here, id.parse().map_err(|_| Error::NotFound)?))
}

fn said(here: &Here, said: &str) -> Done {
    Done::to(paths::access_requests(here.workspace())).saying(said)
}
