//! The forms of workspaces.
#![allow(clippy::too_many_arguments, reason = "a form's fields are its function's arguments")]
#![allow(missing_docs, reason = "the server macro writes structs that cannot be documented")]

use leptos::prelude::*;
use stackyard_domain::access::enter_anyhow;
use stackyard_domain::workspaces::{self, NewWorkspace, SettingsInput};
use stackyard_domain::{Ctx, Error};
use stackyard_model::workspace::Workspace;

use crate::error::AppError;
use crate::forms::{Done, Sent, finish, refuse, request, ticked};
use crate::paths;

/// Makes a workspace; whoever makes it owns it.
#[server(name = CreateWorkspace, prefix = "/forms", endpoint = "workspaces/create")]
pub async fn create_workspace(
    #[server(default)] name: String,
    #[server(default)] slug: String,
    #[server(default)] description: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("workspaces/create", &back)
        .with("name", &name)
        .with("slug", &slug)
        .with("description", &description);
    let result = workspaces::create(&ctx, NewWorkspace { name, slug, description }).await;
    finish(&ctx, sent, result, |workspace| Done::to(paths::overview(&workspace))).await
}

/// Says what is wrong with a slug; nothing when it is free.
#[server(name = CheckSlug, prefix = "/forms", endpoint = "workspaces/check-slug")]
pub async fn check_slug(#[server(default)] slug: String) -> Result<Option<String>, AppError> {
    let ctx = request()?;
    match workspaces::slug_is_free(&ctx, &slug).await {
        Ok(()) => Ok(None),
        Err(Error::Invalid(errors)) => Ok(errors.at("slug").map(|error| error.message.clone())),
        Err(error) => Err(refuse(&ctx, &error)),
    }
}

/// Changes name, slug, description and whose tokens are taken.
#[server(name = UpdateWorkspace, prefix = "/forms", endpoint = "workspaces/update")]
pub async fn update_workspace(
    #[server(default)] workspace: String,
    #[server(default)] name: String,
    #[server(default)] slug: String,
    #[server(default)] description: String,
    #[server(default)] own_audience_only: String,
    #[server(default)] only_granted: String,
    #[server(default)] mark: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("workspaces/update", &back)
        .with("name", &name)
        .with("slug", &slug)
        .with("description", &description)
        .with("own_audience_only", &own_audience_only)
        .with("only_granted", &only_granted);
    let own_audience_only = ticked(&own_audience_only);
    let members_see_all = !ticked(&only_granted);
    let input = SettingsInput { name, slug, description, own_audience_only, members_see_all };
    let result = update(&ctx, &workspace, input, &mark).await;
    finish(&ctx, sent, result, |workspace| Done::to(paths::settings(&workspace)).saying("The settings are saved."))
        .await
}

/// Takes the logo away.
#[server(name = RemoveLogo, prefix = "/forms", endpoint = "workspaces/remove-logo")]
pub async fn remove_logo(
    #[server(default)] workspace: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = without_logo(&ctx, &workspace).await;
    finish(&ctx, Sent::button(&back), result, |()| Done::to(back).saying("The logo is removed.")).await
}

/// Deletes the workspace and all that is in it.
#[server(name = DeleteWorkspace, prefix = "/forms", endpoint = "workspaces/delete")]
pub async fn delete_workspace(
    #[server(default)] workspace: String,
    #[server(default)] name: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("workspaces/delete", &back).with("name", &name);
    let result = delete(&ctx, &workspace, &name).await;
    finish(&ctx, sent, result, |name| Done::to(paths::WORKSPACES).saying(format!("{name} is deleted."))).await
}

async fn update(ctx: &Ctx, workspace: &str, input: SettingsInput, mark: &str) -> Result<Workspace, Error> {
    workspaces::update_marked(ctx, &enter_anyhow(ctx, workspace).await?, input, mark).await
}

async fn without_logo(ctx: &Ctx, workspace: &str) -> Result<(), Error> {
    workspaces::remove_logo(ctx, &enter_anyhow(ctx, workspace).await?).await
}

async fn delete(ctx: &Ctx, workspace: &str, name: &str) -> Result<String, Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    workspaces::delete(ctx, &here, name).await?;
    Ok(here.workspace().name.clone())
}
