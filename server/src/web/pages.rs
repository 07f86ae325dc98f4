//! The pages and forms of `app`.

use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::nonce::Nonce;
use leptos::prelude::provide_context;
use leptos_axum::{handle_server_fns_with_context, render_app_async_with_context};
use stackyard_app::context::Assets;
use stackyard_domain::Ctx;

use crate::failure::Failure;
use crate::state::AppState;

const SPECULATION_RULES: HeaderName = HeaderName::from_static("speculation-rules");
/// A list of addresses in quotes.
const SPECULATION: HeaderValue = HeaderValue::from_static("\"/speculation-rules.json\"");

/// What a page may load and run (rules §12).
#[must_use]
pub fn policy(nonce: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// Renders the page at the request's path.
pub async fn page(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    request: Request,
) -> Response {
    let Some(assets) = state.parts.site.clone() else {
        return without_site().into_response();
    };
    let nonce: Arc<str> = state.nonce().into();
    let policy = policy(&nonce);
    let provide = {
        let state = state.clone();
        move || {
            provide(&state, &ctx, &assets);
            provide_context(Nonce::from_value(Arc::clone(&nonce)));
        }
    };
    let render = render_app_async_with_context(provide, stackyard_app::App);
    let mut response = render(request).await;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response.headers_mut().insert(SPECULATION_RULES, SPECULATION);
    response
}

/// Runs the server function of a form.
pub async fn form(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    request: Request,
) -> Response {
    let Some(assets) = state.parts.site.clone() else {
        return without_site().into_response();
    };
    handle_server_fns_with_context(move || provide(&state, &ctx, &assets), request).await.into_response()
}

fn provide(state: &AppState, ctx: &Ctx, assets: &Assets) {
    provide_context(ctx.clone());
    provide_context(assets.clone());
    provide_context(state.cookies.clone());
    provide_context(state.api_reference());
}

fn without_site() -> Failure {
    let message = "This binary was built without its pages' styles and scripts. Build it with: make run";
    Failure::new(StatusCode::SERVICE_UNAVAILABLE, "InternalError", message)
}
