//! A workspace's logo.

use axum::extract::{Extension, Path, Request};
use axum::response::{Redirect, Response};
use stackyard_app::paths;
use stackyard_domain::{Ctx, access, workspaces};
use stackyard_model::Action;

use super::upload;
use crate::failure::Failure;

/// The form's name, by which the page knows what came back to it.
const FORM: &str = "workspaces/logo";
/// The name of the field with the file.
const FIELD: &str = "logo";

/// Shows a logo to members.
pub async fn show(
    Extension(ctx): Extension<Ctx>,
    Path((id, version)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let here = access::enter_anyhow(&ctx, &id).await?;
    let logo = workspaces::logo(&ctx, &here).await?;
    upload::shown(logo.ok_or_else(Failure::not_found)?, &version)
}

/// Takes a new logo and goes back to the settings, with the error at its field when it cannot be used.
pub async fn upload(
    Extension(ctx): Extension<Ctx>,
    Path(slug): Path<String>,
    request: Request,
) -> Result<Redirect, Failure> {
    let here = access::enter_anyhow(&ctx, &slug).await?;
    // Before anything is read. The service asks again, beside the effect.
    here.require(Action::ManageSettings)?;
    let outcome = match upload::file(request, FIELD).await? {
        Ok(file) => workspaces::set_logo(&ctx, &here, file).await,
        Err(error) => Err(error),
    };
    upload::back(&ctx, FORM, &paths::settings(here.workspace()), outcome, "The logo was changed.").await
}
