//! A workspace's logo. Its form carries a file, so it is not a server function.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Extension, Multipart, Path};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderValue, StatusCode, header};
use stackyard_app::{forms, paths};
use stackyard_domain::flash::{self, Flash};
use stackyard_domain::{Ctx, Error, access, workspaces};
use stackyard_model::FieldErrors;

use crate::failure::Failure;

/// The form's name, by which the page knows what came back to it.
const FORM: &str = "workspaces/logo";
/// The name of the field with the file.
const FIELD: &str = "logo";
/// The version is part of the address, so what a browser keeps is never old.
const CACHED: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
/// An image that is opened by itself runs nothing.
const SANDBOX: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");

/// Shows a logo to members.
pub async fn show(
    Extension(ctx): Extension<Ctx>,
    Path((id, version)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let here = access::enter_anyhow(&ctx, &id).await?;
    let logo = workspaces::logo(&ctx, &here).await?.filter(|logo| logo.version == version);
    let logo = logo.ok_or_else(Failure::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(logo.content_type)),
        (header::CACHE_CONTROL, CACHED),
        (header::CONTENT_SECURITY_POLICY, SANDBOX),
    ];
    Ok((headers, logo.bytes).into_response())
}

/// Takes a new logo and goes back to the settings, with the error at its field when it cannot be used.
pub async fn upload(
    Extension(ctx): Extension<Ctx>,
    Path(slug): Path<String>,
    form: Multipart,
) -> Result<Redirect, Failure> {
    let here = access::enter_anyhow(&ctx, &slug).await?;
    let bytes = file(form).await?;
    let outcome = workspaces::set_logo(&ctx, &here, bytes).await;
    let (errors, notice) = match outcome {
        Ok(()) => (FieldErrors::default(), Some("The logo was changed.".to_owned())),
        Err(Error::Invalid(errors)) => (errors, None),
        Err(error) => return Err(error.into()),
    };
    let said = Flash { form: FORM.to_owned(), values: Vec::new(), errors, notice, secret: None };
    let key = flash::put(&ctx, &said).await?;
    let back = paths::with_query(&paths::settings(here.workspace()), forms::FLASH, key.expose());
    Ok(Redirect::to(&back))
}

async fn file(mut form: Multipart) -> Result<Vec<u8>, Failure> {
    while let Some(field) = form.next_field().await.map_err(|error| unreadable(&error))? {
        if field.name() == Some(FIELD) {
            return beginning(field).await.map_err(|error| unreadable(&error));
        }
    }
    Err(Failure::bad_request("The form has no file. Choose an image, then send it again."))
}

/// The file, or as much of it as shows that it is too large. The rest is read and dropped: a browser that is
/// answered while it still sends shows that the connection broke, and not why.
async fn beginning(mut field: Field<'_>) -> Result<Vec<u8>, MultipartError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        if bytes.len() <= workspaces::LOGO_MAX {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(bytes)
}

fn unreadable(error: &MultipartError) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let message = "The file is too large. A logo has at most 5 MB.";
        return Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLarge", message);
    }
    Failure::bad_request("The file did not arrive whole. Send it again.")
}
