//! The one table of routes. Nothing is mounted that is not in it, except the pages and forms that `app` lists
//! itself with the same words; the test `matrix` calls every entry as everybody.

use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;

use crate::state::AppState;
use crate::{api, web};

/// Who may come to a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anybody, and nobody asks who it is.
    Anybody,
    /// Anybody; those who are signed in are known.
    Public,
    /// People with an account.
    SignedIn,
    /// People in the workspace that the path names; to all others there is no such place.
    Member,
    /// A workflow's run with its session, or a repository token.
    Ci,
}

/// One way to call this server.
pub struct Route {
    /// The method; `GET` also answers `HEAD`.
    pub method: Method,
    /// The path as axum writes it.
    pub path: &'static str,
    /// Who may come.
    pub who: Who,
    /// Most bytes of a body.
    pub limit: usize,
    /// The handler.
    pub mount: fn(MethodFilter) -> MethodRouter<AppState>,
}

/// Most bytes of a body where nothing else is said (rules §6).
pub const MIB: usize = 1024 * 1024;

const fn route(
    method: Method,
    path: &'static str,
    who: Who,
    limit: usize,
    mount: fn(MethodFilter) -> MethodRouter<AppState>,
) -> Route {
    Route { method, path, who, limit, mount }
}

/// Every route that is not a page or a form of `app`.
pub static ROUTES: &[Route] = &[
    route(Method::GET, "/healthz", Who::Anybody, 0, |filter| on(filter, web::health::alive)),
    route(Method::GET, "/readyz", Who::Anybody, 0, |filter| on(filter, web::health::ready)),
    route(Method::GET, "/pkg/{*path}", Who::Anybody, 0, |filter| on(filter, web::assets::file)),
    route(Method::GET, "/favicon.ico", Who::Anybody, 0, |filter| on(filter, web::well_known::icon)),
    route(Method::GET, "/robots.txt", Who::Anybody, 0, |filter| on(filter, web::well_known::robots)),
    route(Method::GET, "/workspaces/{id}/logo/{version}", Who::Member, 0, |filter| {
        on(filter, web::logo::show)
    }),
    route(Method::POST, "/forms/workspaces/{slug}/logo", Who::Member, 6 * MIB, |filter| {
        on(filter, web::logo::upload)
    }),
    route(Method::POST, "/api/v1/auth/github-oidc", Who::Anybody, MIB, |filter| {
        on(filter, api::auth::exchange)
    }),
    route(Method::POST, "/api/v1/locks", Who::Ci, MIB, |filter| on(filter, api::locks::take)),
    route(Method::DELETE, "/api/v1/locks", Who::Ci, MIB, |filter| on(filter, api::locks::release)),
];
