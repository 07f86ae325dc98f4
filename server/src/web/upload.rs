//! Forms that carry a picture, so that they are no server functions; and how pictures are served.

use axum::RequestExt as _;
use axum::body::Body;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::response::{IntoResponse as _, Redirect, Response};
use bytes::BytesMut;
use futures::StreamExt as _;
use http::{HeaderValue, header};
use stackyard_app::{forms, paths};
use stackyard_domain::flash::{self, Flash};
use stackyard_domain::picture::{self, Picture};
use stackyard_domain::{Ctx, Error};
use stackyard_model::FieldErrors;

use crate::failure::Failure;

/// Most bytes of a form: the largest picture and what is around it.
const FORM_MAX: usize = picture::UPLOAD_MAX + 64 * 1024;
/// The version is part of the address, so what a browser keeps is never old.
const CACHED: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
/// An image that is opened by itself runs nothing.
const SANDBOX: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'");

/// A picture as an answer, when it is the version that the address names.
pub fn shown(picture: Picture, version: &str) -> Result<Response, Failure> {
    if picture.version != version {
        return Err(Failure::not_found());
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(picture::CONTENT_TYPE)),
        (header::CACHE_CONTROL, CACHED),
        (header::CONTENT_SECURITY_POLICY, SANDBOX),
    ];
    Ok((headers, picture.bytes).into_response())
}

/// The file in the form's field; an error at that field when it is too large.
pub async fn file(request: Request, field: &'static str) -> Result<Result<Vec<u8>, Error>, Failure> {
    match received(request).await? {
        Some(form) => Ok(Ok(named(form, field).await?)),
        None => Ok(Err(Error::Invalid(FieldErrors::one(field, picture::TOO_LARGE)))),
    }
}

/// Goes back to the form's page: with what was done, or with the error at its field.
pub async fn back(
    ctx: &Ctx,
    form: &str,
    page: &str,
    outcome: Result<(), Error>,
    done: &str,
) -> Result<Redirect, Failure> {
    let (errors, notice) = match outcome {
        Ok(()) => (FieldErrors::default(), Some(done.to_owned())),
        Err(Error::Invalid(errors)) => (errors, None),
        Err(error) => return Err(error.into()),
    };
    let said = Flash { form: form.to_owned(), values: Vec::new(), errors, notice, secret: None };
    let key = flash::put(ctx, &said).await?;
    Ok(Redirect::to(&paths::with_query(page, forms::FLASH, key.expose())))
}

/// The form, none when it is too large for a picture. What is too much is read and dropped: a browser that is answered
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

async fn named(mut form: Multipart, name: &str) -> Result<Vec<u8>, Failure> {
    while let Some(field) = form.next_field().await.map_err(|_| broken())? {
        if field.name() == Some(name) {
            return Ok(field.bytes().await.map_err(|_| broken())?.to_vec());
        }
    }
    Err(Failure::bad_request("The form has no file. Choose an image, then send it again."))
}

fn broken() -> Failure {
    Failure::bad_request("The file did not arrive whole. Send it again.")
}
