//! Who may come to a route at all. What they may do there, the services decide.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use stackyard_app::paths;
use stackyard_domain::{Actor, Ctx, Error, ci, credentials, sessions};
use stackyard_model::credential::Scope;

use super::cookies;
use crate::api::is_api;
use crate::failure::Failure;
use crate::routes::Who;
use crate::state::AppState;

/// What one route asks of those who come.
#[derive(Clone)]
pub struct Guard {
    /// The shared state.
    pub state: AppState,
    /// Who may come.
    pub who: Who,
    /// Most bytes of a body.
    pub limit: usize,
}

/// Finds out who asks and lets in whom the route is for.
pub async fn check(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    match admit(&guard, &mut request).await {
        Ok(renewed) => {
            let mut response = next.run(request).await;
            // A form that ends or begins a session says so itself.
            if let Some(cookie) = renewed.filter(|_| !response.headers().contains_key(header::SET_COOKIE)) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(refusal) => *refusal,
    }
}

/// Lets the request in, and gives the cookie that keeps its session for longer, when it is time to.
async fn admit(guard: &Guard, request: &mut Request) -> Result<Option<HeaderValue>, Box<Response>> {
    let refuse = |failure: Failure| Box::new(failure.into_response());
    if announced(request.headers()) > guard.limit {
        return Err(refuse(Failure::too_large(guard.limit)));
    }
    let Some(ctx) = request.extensions().get::<Ctx>().cloned() else {
        return Err(refuse(Failure::internal("a request without a context")));
    };
    let actor = match guard.who {
        Who::Anybody => return Ok(None),
        Who::Ci => workload(&ctx, request.headers()).await,
        Who::Credential(scope) => credential(&ctx, request.headers(), scope).await,
        Who::Public | Who::SignedIn | Who::Member => person(&guard.state, &ctx, request.headers()).await,
    };
    let actor = actor.map_err(|error| refuse(error.into()))?;
    let must_sign_in = matches!(guard.who, Who::SignedIn | Who::Member) && matches!(actor, Actor::Anonymous);
    if must_sign_in {
        return Err(Box::new(sign_in_first(request)));
    }
    let renewed = match &actor {
        Actor::User(user) => user.kept_for.and_then(|kept_for| {
            let cookies = &guard.state.cookies;
            let secret = cookies::value(request.headers(), &cookies.session)?;
            cookies.keep_session(secret, kept_for).parse().ok()
        }),
        _ => None,
    };
    request.extensions_mut().insert(ctx.with_actor(actor));
    Ok(renewed)
}

/// The size that the client says its body has. One that says nothing is stopped while it is read.
fn announced(headers: &HeaderMap) -> usize {
    headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0)
}

/// The person whose cookie this is. A bearer token makes cookies ignored (rules §12).
async fn person(state: &AppState, ctx: &Ctx, headers: &HeaderMap) -> Result<Actor, Error> {
    if bearer(headers).is_some() {
        return Ok(Actor::Anonymous);
    }
    let Some(cookie) = cookies::value(headers, &state.cookies.session) else {
        return Ok(Actor::Anonymous);
    };
    let signed_in = sessions::authenticate(ctx, cookie).await?;
    Ok(signed_in.map_or(Actor::Anonymous, |signed_in| Actor::User(Arc::new(signed_in))))
}

/// The run or the repository token whose bearer token this is.
async fn workload(ctx: &Ctx, headers: &HeaderMap) -> Result<Actor, Error> {
    // None at all is as unknown as one that was never made.
    ci::authenticate(ctx, bearer(headers).unwrap_or_default()).await
}

/// The access token or API key whose bearer token this is, if it may be used for what the route is for.
async fn credential(ctx: &Ctx, headers: &HeaderMap, scope: Scope) -> Result<Actor, Error> {
    let actor = credentials::authenticate(ctx, bearer(headers).unwrap_or_default()).await?;
    if let Actor::Credential(credential) = &actor {
        credential.require(scope)?;
    }
    Ok(actor)
}

/// The bearer token of a request.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn sign_in_first(request: &Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    if is_api(path) {
        return Failure::from(Error::Unauthenticated).into_response();
    }
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Redirect::to(&paths::sign_in(path)).into_response();
    }
    // What was sent is lost, and coming back to a form's address would find nothing.
    Redirect::to(paths::SIGN_IN).into_response()
}

/// Refuses methods that a path does not take. The `Allow` header is the router's.
pub async fn other_method(request: Request) -> Response {
    if request.method() == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    let message = "This address does not take this method. The header Allow says which ones it does.";
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message).into_response()
}
