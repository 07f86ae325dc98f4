//! The outermost layer: a trace id, one log line, counters, and the form in which a failure leaves.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use stackyard_domain::Ctx;
use stackyard_model::quote;
use tracing::Instrument as _;

use super::{client, headers};
use crate::api::envelope::{self, Done};
use crate::api::is_api;
use crate::failure::Failure;
use crate::state::AppState;
use crate::web::plain;

/// The header with the trace id of an answer.
pub const TRACE_ID: HeaderName = HeaderName::from_static("x-trace-id");

/// Gives the request its context, and its answer a form, headers and a line in the log.
pub async fn trace(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let _ongoing = state.metrics().request_began();
    let ctx = context(&state, &request);
    let trace_id = ctx.request.trace_id.clone();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let asked = Arc::clone(&ctx.request);
    let as_data = is_api(&path) || wants_data(request.headers());
    request.extensions_mut().insert(ctx);

    let span = tracing::info_span!("request", trace_id);
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span).await;
    let response = answered.unwrap_or_else(|_| Failure::internal("a handler panicked").into_response());
    let failure = response.extensions().get::<Failure>().cloned();
    let mut response = write(&state, response, &path, as_data, &trace_id);
    headers::secure(response.headers_mut(), state.parts.public_url.https);
    if let Ok(value) = HeaderValue::from_str(&trace_id) {
        response.headers_mut().insert(TRACE_ID, value);
    }

    let status = response.status();
    let took = began.elapsed();
    let route = route.as_ref().map_or("unmatched", MatchedPath::as_str);
    state.metrics().request(route, &method, status, took);
    let ms = took.as_secs_f64() * 1000.0;
    // A page or a form of `app` says it in another way than the rest.
    let cause = failure.as_ref().map(|failure| &*failure.cause).or(asked.cause.get().map(String::as_str));
    let status = status.as_u16();
    if status >= 500 {
        tracing::error!(%method, route, status, ms, trace_id, cause, "request");
    } else {
        tracing::info!(%method, route, status, ms, trace_id, cause, "request");
    }
    response
}

fn context(state: &AppState, request: &Request) -> Ctx {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let address = client::address(peer, request.headers(), &state.parts.trusted_proxies);
    let user_agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    state.ctx(address.map(|address| address.to_string()), user_agent.map(quote::plain))
}

/// Whether a script asks, as those of our own pages do.
fn wants_data(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    accept.contains("application/json") && !accept.contains("text/html")
}

/// Writes what a handler left to be written: an envelope on the API and for scripts, a page elsewhere.
fn write(state: &AppState, mut response: Response, path: &str, as_data: bool, trace_id: &str) -> Response {
    let done = response.extensions_mut().remove::<Done>();
    let failure = response.extensions_mut().remove::<Failure>();
    let body = match (&done, &failure) {
        (Some(done), _) => envelope::success(done, path, trace_id),
        (None, Some(failure)) if as_data => envelope::failure(failure, path, trace_id),
        (None, Some(failure)) => return plain::page(state, response, failure, trace_id),
        (None, None) => return response,
    };
    *response.body_mut() = Body::empty();
    let (mut parts, _) = response.into_parts();
    let (name, value) = envelope::CONTENT_TYPE;
    parts.headers.insert(name, value);
    parts.headers.remove(header::CONTENT_LENGTH);
    retry_after(&mut parts.headers, failure.as_ref());
    Response::from_parts(parts, body)
}

/// Says when to come back.
pub fn retry_after(headers: &mut HeaderMap, failure: Option<&Failure>) {
    if let Some(after) = failure.and_then(|failure| failure.retry_after) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
    }
}
