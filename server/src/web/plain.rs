//! The page of a refusal that comes before any page of `app`: no shell, no script, only what happened.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, header};
use stackyard_model::quote::html;

use super::pages::policy;
use crate::failure::Failure;
use crate::middleware::trace::retry_after;
use crate::state::AppState;

/// Writes `failure` as a page, with the headers that `response` has.
#[must_use]
pub fn page(state: &AppState, response: Response, failure: &Failure, trace_id: &str) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    parts.headers.insert(header::CONTENT_SECURITY_POLICY, policy(&state.nonce()));
    parts.headers.remove(header::CONTENT_LENGTH);
    retry_after(&mut parts.headers, Some(failure));
    let status = parts.status;
    let title = status.canonical_reason().unwrap_or("Not done");
    let style =
        state.parts.site.as_ref().map_or_else(String::new, |site| {
            format!(r#"<link rel="stylesheet" href="{}">"#, html(&site.css))
        });
    // Styles are made for the classes of `app` alone, so only such stand here.
    let text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <link rel=\"icon\" href=\"/favicon.ico\" type=\"image/svg+xml\">\
         <title>{title} · Stackyard</title>{style}</head>\n\
         <body><main class=\"mx-auto max-w-[1168px] px-4 py-10 md:px-6\">\
         <h1 class=\"text-[20px] leading-7 font-semibold tracking-[-0.01em]\">{title}</h1>\n\
         <p class=\"mt-1 text-ink-muted\">{}</p>\n<p class=\"mt-4\">Trace id: <code>{}</code></p>\n\
         <p class=\"mt-4\"><a class=\"text-accent underline\" href=\"/\">To the start</a></p></main></body></html>\n",
        html(&failure.message),
        html(trace_id)
    );
    Response::from_parts(parts, Body::from(text))
}
