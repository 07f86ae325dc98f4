//! The router: everything of the table of routes, and the pages and forms that `app` lists, behind the same door.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, any, get, post};
use http::{Extensions, HeaderMap, StatusCode, Uri, Version, header};
use leptos_axum::generate_route_list;
use stackyard_app::{App, Audience, PAGES, SERVER_FUNCTIONS};
use tower::Service;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use crate::api::is_api;
use crate::failure::Failure;
use crate::middleware::guard::Guard;
use crate::middleware::{door, guard, trace};
use crate::routes::{MIB, ROUTES, Who};
use crate::state::AppState;
use crate::web::pages;

/// How hard gzip tries with a page: a quarter of a millisecond and a tenth of the size. Brotli would save a little more
/// and hold megabytes for each page that is on its way.
const PACKED: i32 = 4;

/// The whole server, as a service.
#[must_use]
pub fn service(state: AppState) -> Front {
    Front { prefix: state.parts.path_prefix.as_deref().map(Arc::from), router: router(state) }
}

fn router(state: AppState) -> Router {
    let guarded = |handlers: MethodRouter<AppState>, who: Who, limit: usize| {
        let guard = Guard { state: state.clone(), who, limit };
        handlers.layer(DefaultBodyLimit::max(limit)).layer(from_fn_with_state(guard, guard::check))
    };
    let mut router = Router::new();
    for route in ROUTES {
        let handler = (route.mount)(route.method.filter());
        router = router.route(route.path, guarded(handler, route.who, route.limit));
    }
    // Also starts the runtime that pages are rendered in.
    for listing in generate_route_list(App) {
        let path = listing.path();
        let audience = PAGES.iter().find(|page| page.path == path).map(|page| page.audience);
        // A page that says nothing is nobody's; the tests of `app` hold the list against its routes.
        router = router.route(path, guarded(get(pages::page), audience.map_or(Who::Member, who), 0));
    }
    for function in SERVER_FUNCTIONS {
        // Whoever may not is told so by the form's service, in the form's way.
        router = router.route(function.path, guarded(post(pages::form), Who::Public, MIB));
    }
    let elsewhere = guarded(any(pages::page), Who::Public, MIB).layer(from_fn(unknown_of_the_api));
    router
        .fallback_service(elsewhere.with_state(state.clone()))
        .method_not_allowed_fallback(guard::other_method)
        .layer(from_fn_with_state(state.clone(), door::check))
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(PACKED)).compress_when(is_page))
        .layer(from_fn_with_state(state.clone(), trace::trace))
        .with_state(state)
}

/// Who may come to a page of `app`.
const fn who(audience: Audience) -> Who {
    match audience {
        Audience::Public => Who::Public,
        Audience::SignedIn => Who::SignedIn,
        Audience::Member(_) | Audience::Hidden(_) => Who::Member,
    }
}

/// Clients of the API are told in its own form, not by a page.
async fn unknown_of_the_api(request: Request, next: axum::middleware::Next) -> Response {
    if !is_api(request.uri().path()) {
        return next.run(request).await;
    }
    let message = "There is no such route. Look at ATMOS_PRO_BASE_URL and ATMOS_PRO_ENDPOINT, and at this server's version.";
    Failure::new(StatusCode::NOT_FOUND, "NotFound", message).into_response()
}

/// The site's files are compressed already, and everything else is small.
fn is_page(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}

/// What stands before the router, since a layer runs after routing: `//` is read as `/`, and a path before the API's
/// is dropped (rules §6).
#[derive(Clone)]
pub struct Front {
    prefix: Option<Arc<str>>,
    router: Router,
}

impl Service<Request> for Front {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        <Router as Service<Request>>::poll_ready(&mut self.router, context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        if let Some(uri) = rewritten(request.uri(), self.prefix.as_deref()) {
            *request.uri_mut() = uri;
        }
        Box::pin(self.router.call(request))
    }
}

/// The address to route by, when it is another than the one that was asked for.
fn rewritten(uri: &Uri, prefix: Option<&str>) -> Option<Uri> {
    let asked = uri.path();
    let mut path = asked.to_owned();
    while path.contains("//") {
        path = path.replace("//", "/");
    }
    if let Some(rest) = prefix.and_then(|prefix| path.strip_prefix(prefix)).filter(|rest| is_api(rest)) {
        path = rest.to_owned();
    }
    if path == asked {
        return None;
    }
    let target = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(target.parse().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routed(target: &str, prefix: Option<&str>) -> String {
        let uri: Uri = target.parse().unwrap();
        rewritten(&uri, prefix).unwrap_or(uri).to_string()
    }

    #[test]
    fn double_slashes_are_read_as_one() {
        assert_eq!(routed("//api//v1/locks?a=//", None), "/api/v1/locks?a=//");
        assert_eq!(routed("////", None), "/");
        assert_eq!(routed("/api/v1/repos/a%2F%2Fb/c", None), "/api/v1/repos/a%2F%2Fb/c");
        assert_eq!(routed("http://localhost:3000//healthz", None), "http://localhost:3000/healthz");
    }

    #[test]
    fn a_prefix_is_dropped_before_the_api_alone() {
        let prefix = Some("/stackyard");
        assert_eq!(routed("/stackyard/api/v1/locks", prefix), "/api/v1/locks");
        assert_eq!(routed("/stackyard//api/v1/locks", prefix), "/api/v1/locks");
        assert_eq!(routed("/api/v1/locks", prefix), "/api/v1/locks");
        assert_eq!(routed("/stackyard/account", prefix), "/stackyard/account");
        assert_eq!(routed("/stackyardapi/v1", prefix), "/stackyardapi/v1");
        assert_eq!(routed("/stackyard/api/v1/locks", None), "/stackyard/api/v1/locks");
    }
}
