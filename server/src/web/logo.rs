//! A workspace's logo. Its form carries a file, so it is not a server function.

use axum::RequestExt as _;
use axum::body::Body;
use axum::extract::{Extension, FromRequest as _, Multipart, Path, Request};
use axum::response::{IntoResponse as _, Redirect, Response};
use bytes::BytesMut;
use futures::StreamExt as _;
use http::{HeaderValue, header};
use stackyard_app::{forms, paths};
use stackyard_domain::flash::{self, Flash};
use stackyard_domain::{Ctx, Error, access, workspaces};
use stackyard_model::{Action, FieldErrors};

use crate::failure::Failure;

/// The form's name, by which the page knows what came back to it.
const FORM: &str = "workspaces/logo";
/// The name of the field with the file.
const FIELD: &str = "logo";
/// Most bytes of a form: the largest logo and what is around it.
const FORM_MAX: usize = workspaces::LOGO_MAX + 64 * 1024;
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
    request: Request,
) -> Result<Redirect, Failure> {
    let here = access::enter_anyhow(&ctx, &slug).await?;
    // Before anything is read. The service asks again, beside the effect.
    here.require(Action::ManageSettings)?;
    let outcome = match received(request).await? {
        Some(form) => workspaces::set_logo(&ctx, &here, file(form).await?).await,
        None => Err(Error::Invalid(FieldErrors::one(FIELD, workspaces::LOGO_TOO_LARGE))),
    };
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

/// The form, none when it is too large for a logo. What is too much is read and dropped: a browser that is answered
/// while it still sends shows that the connection broke, and not why. The form's reader gets it in one piece, since it
/// would keep and search through again whatever comes before a file begins.
async fn received(request: Request) -> Result<Option<Multipart>, Failure> {
    let (parts, body) = request.with_limited_body().into_parts();
    let mut stream = body.into_data_stream();
    let mut whole = BytesMut::new();
    let mut fits = true;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| broken())?;
        fits = fits && whole.len() + chunk.len() <= FORM_MAX;
        if fits {
            whole.extend_from_slice(&chunk);
        }
    }
    if !fits {
        return Ok(None);
    }
    let request = Request::from_parts(parts, Body::from(whole.freeze()));
    Ok(Some(Multipart::from_request(request, &()).await.map_err(|_| broken())?))
}

async fn file(mut form: Multipart) -> Result<Vec<u8>, Failure> {
    while let Some(field) = form.next_field().await.map_err(|_| broken())? {
        if field.name() == Some(FIELD) {
            return Ok(field.bytes().await.map_err(|_| broken())?.to_vec());
        }
    }
    Err(Failure::bad_request("The form has no file. Choose an image, then send it again."))
}

fn broken() -> Failure {
    Failure::bad_request("The file did not arrive whole. Send it again.")
}
