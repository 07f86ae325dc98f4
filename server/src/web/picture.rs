//! A person's picture.

use axum::extract::{Extension, Path, Request};
use axum::response::{Redirect, Response};
use stackyard_app::paths;
use stackyard_domain::{Ctx, Error, accounts};

use super::upload;
use crate::failure::Failure;

/// The form's name, by which the page knows what came back to it.
const FORM: &str = "account/picture";
/// The name of the field with the file.
const FIELD: &str = "picture";

/// Shows a picture to the person and to those who share a workspace with them.
pub async fn show(
    Extension(ctx): Extension<Ctx>,
    Path((person, version)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let person = person.parse().map_err(|_| Error::NotFound)?;
    upload::shown(accounts::picture(&ctx, &person).await?, &version)
}

/// Takes a new picture of whoever sends it, and goes back to their account.
pub async fn upload(Extension(ctx): Extension<Ctx>, request: Request) -> Result<Redirect, Failure> {
    let outcome = match upload::file(request, FIELD).await? {
        Ok(file) => accounts::set_picture(&ctx, file).await,
        Err(error) => Err(error),
    };
    upload::back(&ctx, FORM, paths::ACCOUNT, outcome, "Your picture was changed.").await
}
