//! The forms of repositories.
#![allow(missing_docs, reason = "the server macro writes structs that cannot be documented")]

use leptos::prelude::*;
use stackyard_domain::access::enter_anyhow;
use stackyard_domain::{Ctx, Error, repositories};
use stackyard_model::repository::Repository;
use stackyard_model::workspace::Workspace;

use crate::error::AppError;
use crate::forms::{Done, Sent, finish, request};
use crate::paths;

/// Adds a repository by its name; its permissions come next.
#[server(name = AddRepository, prefix = "/forms", endpoint = "repositories/add")]
pub async fn add_repository(
    #[server(default)] workspace: String,
    #[server(default)] host: String,
    #[server(default)] name: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("repositories/add", &back).with("host", &host).with("name", &name);
    let result = add(&ctx, &workspace, &host, &name).await;
    finish(&ctx, sent, result, |(workspace, repository)| {
        Done::to(paths::permissions(&workspace, &repository.id))
            .saying(format!("{} is added. It may do nothing here until it has a permission.", repository.name))
    })
    .await
}

/// Removes a repository whose name was typed.
#[server(name = RemoveRepository, prefix = "/forms", endpoint = "repositories/remove")]
pub async fn remove_repository(
    #[server(default)] workspace: String,
    #[server(default)] repository: String,
    #[server(default)] name: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent =
        Sent::new("repositories/remove", &back).with("repository", &repository).with("name", &name);
    let result = remove(&ctx, &workspace, &repository, &name).await;
    finish(&ctx, sent, result, |workspace| {
        Done::to(paths::repositories(&workspace)).saying(format!("{} is removed.", name.trim()))
    })
    .await
}

/// Confirms the name and owner under which a repository turned up, as the page showed them.
#[server(name = ConfirmIdentity, prefix = "/forms", endpoint = "repositories/confirm-identity")]
pub async fn confirm_identity(
    #[server(default)] workspace: String,
    #[server(default)] repository: String,
    #[server(default)] name: String,
    #[server(default)] owner: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = confirm(&ctx, &workspace, &repository, &name, &owner).await;
    finish(&ctx, Sent::button(&back), result, |()| {
        Done::to(back).saying("The new name and owner are confirmed. Its workflows can sign in again.")
    })
    .await
}

async fn add(ctx: &Ctx, workspace: &str, host: &str, name: &str) -> Result<(Workspace, Repository), Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    let repository = repositories::add(ctx, &here, host, name).await?;
    Ok((here.workspace().clone(), repository))
}

async fn remove(ctx: &Ctx, workspace: &str, repository: &str, name: &str) -> Result<Workspace, Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    let repository = repository.parse().map_err(|_| Error::NotFound)?;
    repositories::remove(ctx, &here, &repository, name).await?;
    Ok(here.workspace().clone())
}

async fn confirm(
    ctx: &Ctx,
    workspace: &str,
    repository: &str,
    name: &str,
    owner: &str,
) -> Result<(), Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    let repository = repository.parse().map_err(|_| Error::NotFound)?;
    // A number that no form of ours sends is nobody's owner.
    let owner = owner.parse().unwrap_or(-1);
    repositories::confirm_identity(ctx, &here, &repository, name, owner).await
}
