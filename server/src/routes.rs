//! The one table of routes. Nothing is mounted that is not in it, except the pages and forms that `app` lists
//! itself with the same words; the test `matrix` calls every entry as everybody.

use axum::routing::{MethodFilter, MethodRouter, on};

use stackyard_model::credential::Scope;

use crate::api::manage;
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
    /// An access token or an API key with this scope.
    Credential(Scope),
}

/// The methods that routes take: those that the router has a filter for, and no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Shows something; `HEAD` is answered too.
    Get,
    /// Does something.
    Post,
    /// Changes something.
    Patch,
    /// Takes something away.
    Delete,
}

impl Verb {
    /// The method's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// How the router knows it.
    #[must_use]
    pub const fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Patch => MethodFilter::PATCH,
            Self::Delete => MethodFilter::DELETE,
        }
    }
}

/// One way to call this server.
pub struct Route {
    /// The method.
    pub method: Verb,
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
/// Most bytes of a body that brings files or lists along.
const UPLOAD: usize = 8 * MIB;

const fn route(
    method: Verb,
    path: &'static str,
    who: Who,
    limit: usize,
    mount: fn(MethodFilter) -> MethodRouter<AppState>,
) -> Route {
    Route { method, path, who, limit, mount }
}

/// An operation of the management API.
const fn managed(
    method: Verb,
    path: &'static str,
    scope: Scope,
    mount: fn(MethodFilter) -> MethodRouter<AppState>,
) -> Route {
    // What only reads or takes away has no body.
    let limit = if matches!(method, Verb::Get | Verb::Delete) { 0 } else { MIB };
    route(method, path, Who::Credential(scope), limit, mount)
}

/// Every route that is not a page or a form of `app`.
pub static ROUTES: &[Route] = &[
    route(Verb::Get, "/healthz", Who::Anybody, 0, |filter| on(filter, web::health::alive)),
    route(Verb::Get, "/readyz", Who::Anybody, 0, |filter| on(filter, web::health::ready)),
    route(Verb::Get, "/pkg/{*path}", Who::Anybody, 0, |filter| on(filter, web::assets::file)),
    route(Verb::Get, "/favicon.ico", Who::Anybody, 0, |filter| on(filter, web::well_known::icon)),
    route(Verb::Get, "/robots.txt", Who::Anybody, 0, |filter| on(filter, web::well_known::robots)),
    route(Verb::Get, web::well_known::SPECULATION_PATH, Who::Anybody, 0, |filter| {
        on(filter, web::well_known::speculation)
    }),
    route(Verb::Get, "/dashboard/workspaces/{slug}/live", Who::Member, 0, |filter| {
        on(filter, web::live::follow)
    }),
    route(Verb::Get, "/dashboard/workspaces/{slug}/activity/export", Who::Member, 0, |filter| {
        on(filter, web::export::activity)
    }),
    route(
        Verb::Get,
        "/dashboard/workspaces/{slug}/team/members/{member}/effective/export",
        Who::Member,
        0,
        |filter| on(filter, web::access_export::member),
    ),
    route(
        Verb::Get,
        "/dashboard/workspaces/{slug}/repositories/{repo}/access/export",
        Who::Member,
        0,
        |filter| on(filter, web::access_export::repository),
    ),
    route(Verb::Get, "/workspaces/{id}/logo/{version}", Who::Member, 0, |filter| on(filter, web::logo::show)),
    route(Verb::Get, "/people/{person}/picture/{version}", Who::SignedIn, 0, |filter| {
        on(filter, web::picture::show)
    }),
    route(Verb::Post, "/forms/account/picture", Who::SignedIn, 64 * MIB, |filter| {
        on(filter, web::picture::upload)
    }),
    route(Verb::Post, "/forms/workspaces/{slug}/logo", Who::Member, 64 * MIB, |filter| {
        on(filter, web::logo::upload)
    }),
    route(Verb::Post, "/api/v1/auth/github-oidc", Who::Anybody, MIB, |filter| {
        on(filter, api::auth::exchange)
    }),
    route(Verb::Post, "/api/v1/locks", Who::Ci, MIB, |filter| on(filter, api::locks::take)),
    route(Verb::Delete, "/api/v1/locks", Who::Ci, MIB, |filter| on(filter, api::locks::release)),
    route(Verb::Post, "/api/v1/affected-stacks", Who::Ci, UPLOAD, |filter| on(filter, api::affected::upload)),
    route(Verb::Post, "/api/v1/instances", Who::Ci, UPLOAD, |filter| on(filter, api::instances::upload)),
    route(Verb::Patch, "/api/v1/repos/{owner}/{repo}/instances", Who::Ci, MIB, |filter| {
        on(filter, api::instances::report)
    }),
    route(
        Verb::Patch,
        "/api/v1/repos/{owner}/{repo}/instances/{stack}/{*component}",
        Who::Ci,
        MIB,
        |filter| on(filter, api::instances::report_by_path),
    ),
    route(Verb::Post, "/api/v1/deployments", Who::Ci, MIB, |filter| on(filter, api::deployments::create)),
    route(Verb::Get, "/api/v1/deployments", Who::Ci, 0, |filter| on(filter, api::deployments::list)),
    route(Verb::Get, "/api/v1/deployments/{deployment}", Who::Ci, 0, |filter| {
        on(filter, api::deployments::show)
    }),
    route(Verb::Patch, "/api/v1/deployments/{deployment}", Who::Ci, MIB, |filter| {
        on(filter, api::deployments::update)
    }),
    route(Verb::Post, "/api/v1/deployments/{deployment}/logs", Who::Ci, MIB, |filter| {
        on(filter, api::deployments::append)
    }),
    route(Verb::Get, "/api/v1/deployments/{deployment}/logs", Who::Ci, 0, |filter| {
        on(filter, api::deployments::log)
    }),
    route(Verb::Post, "/api/v1/git/commit", Who::Ci, UPLOAD, |filter| on(filter, api::github::commit)),
    route(Verb::Post, "/api/v1/sts", Who::Ci, MIB, |filter| on(filter, api::github::sts)),
    route(Verb::Get, "/api/v1/openapi.json", Who::Anybody, 0, |filter| on(filter, manage::document::show)),
    managed(Verb::Get, "/api/v1/workspace", Scope::WorkspaceRead, |filter| {
        on(filter, manage::workspace::show)
    }),
    managed(Verb::Patch, "/api/v1/workspace", Scope::WorkspaceWrite, |filter| {
        on(filter, manage::workspace::update)
    }),
    managed(Verb::Get, "/api/v1/members", Scope::MembersRead, |filter| on(filter, manage::members::list)),
    managed(Verb::Get, "/api/v1/members/{member}", Scope::MembersRead, |filter| {
        on(filter, manage::members::show)
    }),
    managed(Verb::Patch, "/api/v1/members/{member}", Scope::MembersWrite, |filter| {
        on(filter, manage::members::update)
    }),
    managed(Verb::Delete, "/api/v1/members/{member}", Scope::MembersWrite, |filter| {
        on(filter, manage::members::remove)
    }),
    managed(Verb::Get, "/api/v1/invitations", Scope::InvitationsRead, |filter| {
        on(filter, manage::invitations::list)
    }),
    managed(Verb::Post, "/api/v1/invitations", Scope::InvitationsWrite, |filter| {
        on(filter, manage::invitations::create)
    }),
    managed(Verb::Get, "/api/v1/invitations/{invitation}", Scope::InvitationsRead, |filter| {
        on(filter, manage::invitations::show)
    }),
    managed(Verb::Delete, "/api/v1/invitations/{invitation}", Scope::InvitationsWrite, |filter| {
        on(filter, manage::invitations::revoke)
    }),
    managed(Verb::Post, "/api/v1/invitations/{invitation}/resend", Scope::InvitationsWrite, |filter| {
        on(filter, manage::invitations::resend)
    }),
    managed(Verb::Get, "/api/v1/groups", Scope::GroupsRead, |filter| on(filter, manage::groups::list)),
    managed(Verb::Post, "/api/v1/groups", Scope::GroupsWrite, |filter| on(filter, manage::groups::create)),
    managed(Verb::Get, "/api/v1/groups/{group}", Scope::GroupsRead, |filter| {
        on(filter, manage::groups::show)
    }),
    managed(Verb::Patch, "/api/v1/groups/{group}", Scope::GroupsWrite, |filter| {
        on(filter, manage::groups::update)
    }),
    managed(Verb::Delete, "/api/v1/groups/{group}", Scope::GroupsWrite, |filter| {
        on(filter, manage::groups::delete)
    }),
    managed(Verb::Get, "/api/v1/groups/{group}/members", Scope::GroupsRead, |filter| {
        on(filter, manage::groups::members)
    }),
    managed(Verb::Post, "/api/v1/groups/{group}/members", Scope::GroupsWrite, |filter| {
        on(filter, manage::groups::add)
    }),
    managed(Verb::Delete, "/api/v1/groups/{group}/members/{member}", Scope::GroupsWrite, |filter| {
        on(filter, manage::groups::remove)
    }),
    managed(Verb::Get, "/api/v1/repositories", Scope::RepositoriesRead, |filter| {
        on(filter, manage::repositories::list)
    }),
    managed(Verb::Post, "/api/v1/repositories", Scope::RepositoriesWrite, |filter| {
        on(filter, manage::repositories::create)
    }),
    managed(Verb::Get, "/api/v1/repositories/{repository}", Scope::RepositoriesRead, |filter| {
        on(filter, manage::repositories::show)
    }),
    managed(Verb::Delete, "/api/v1/repositories/{repository}", Scope::RepositoriesWrite, |filter| {
        on(filter, manage::repositories::remove)
    }),
    managed(Verb::Get, "/api/v1/repositories/{repository}/permissions", Scope::PermissionsRead, |filter| {
        on(filter, manage::permissions::list)
    }),
    managed(Verb::Post, "/api/v1/repositories/{repository}/permissions", Scope::PermissionsWrite, |filter| {
        on(filter, manage::permissions::create)
    }),
    managed(
        Verb::Get,
        "/api/v1/repositories/{repository}/permissions/{permission}",
        Scope::PermissionsRead,
        |filter| on(filter, manage::permissions::show),
    ),
    managed(
        Verb::Patch,
        "/api/v1/repositories/{repository}/permissions/{permission}",
        Scope::PermissionsWrite,
        |filter| on(filter, manage::permissions::update),
    ),
    managed(
        Verb::Delete,
        "/api/v1/repositories/{repository}/permissions/{permission}",
        Scope::PermissionsWrite,
        |filter| on(filter, manage::permissions::remove),
    ),
    managed(Verb::Get, "/api/v1/locks", Scope::LocksRead, |filter| on(filter, manage::locks::list)),
    managed(Verb::Get, "/api/v1/locks/{lock}", Scope::LocksRead, |filter| on(filter, manage::locks::show)),
    managed(Verb::Post, "/api/v1/locks/{lock}/release", Scope::LocksWrite, |filter| {
        on(filter, manage::locks::release)
    }),
    managed(Verb::Get, "/api/v1/workspace/deployments", Scope::DeploymentsRead, |filter| {
        on(filter, manage::deployments::list)
    }),
    managed(Verb::Get, "/api/v1/workspace/deployments/{deployment}", Scope::DeploymentsRead, |filter| {
        on(filter, manage::deployments::show)
    }),
    managed(Verb::Get, "/api/v1/instances", Scope::InstancesRead, |filter| {
        on(filter, manage::instances::list)
    }),
    managed(Verb::Get, "/api/v1/instances/{instance}", Scope::InstancesRead, |filter| {
        on(filter, manage::instances::show)
    }),
    managed(Verb::Get, "/api/v1/activity", Scope::ActivityRead, |filter| on(filter, manage::activity::list)),
    managed(Verb::Get, "/api/v1/activity/{event}", Scope::ActivityRead, |filter| {
        on(filter, manage::activity::show)
    }),
];
