//! Every page and every form's function of this site, and who may use it: one list each, which the server mounts
//! and its tests walk through.

use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::{SsrMode, path};
use server_fn::ServerFn;
use stackyard_model::Action;

use crate::page::{nowhere, page};
use crate::{access, accounts, activity, affected, credentials, deployments, groups, help, instances, invitations, jump, locks, notices, permissions, refusals, repositories, team, tokens, workspaces};

/// Who may use a page or a function. The services decide; this says what they have to decide, for the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    Public,
    /// Whoever is signed in, about themselves.
    SignedIn,
    /// Members of the workspace whose role may do this. Others of the workspace get 403, everybody else 404.
    Member(Action),
    /// Members of the workspace whose role may do this; everybody else, others of the workspace too, gets 404.
    Hidden(Action),
}

/// A page.
#[derive(Debug, Clone, Copy)]
pub struct PageInfo {
    /// Its path as axum writes it.
    pub path: &'static str,
    /// Who may see it.
    pub audience: Audience,
}

/// A form's function. Its workspace is named by the field `workspace`.
#[derive(Debug, Clone, Copy)]
pub struct FunctionInfo {
    /// Its path; always POST.
    pub path: &'static str,
    /// Who may call it.
    pub audience: Audience,
}

const fn seen_by(path: &'static str, audience: Audience) -> PageInfo {
    PageInfo { path, audience }
}

/// Every page. A test holds it against the routes of [`App`].
pub const PAGES: &[PageInfo] = &[
    seen_by("/", Audience::SignedIn),
    seen_by("/setup", Audience::Public),
    seen_by("/invite/{token}", Audience::Public),
    seen_by("/sign-in", Audience::Public),
    seen_by("/forgot", Audience::Public),
    seen_by("/reset/{token}", Audience::Public),
    seen_by("/verify/{token}", Audience::SignedIn),
    seen_by("/account", Audience::SignedIn),
    seen_by("/notices", Audience::SignedIn),
    seen_by("/start", Audience::SignedIn),
    seen_by("/help", Audience::Public),
    seen_by("/help/api", Audience::Public),
    seen_by("/help/{tag}", Audience::Public),
    seen_by("/why/{trace}", Audience::Hidden(Action::SeeResources)),
    seen_by("/dashboard/workspaces", Audience::SignedIn),
    seen_by("/dashboard/jump", Audience::SignedIn),
    seen_by("/dashboard/workspaces/{slug}", Audience::Member(Action::SeeOverview)),
    seen_by("/dashboard/workspaces/{slug}/settings", Audience::Member(Action::SeeOverview)),
    seen_by("/dashboard/workspaces/{slug}/repositories", Audience::Member(Action::SeeResources)),
    seen_by(
        "/dashboard/workspaces/{slug}/repositories/{repo}/setup",
        Audience::Member(Action::SeeResources),
    ),
    seen_by(
        "/dashboard/workspaces/{slug}/repositories/{repo}/remove",
        Audience::Member(Action::ManageRepositories),
    ),
    seen_by(
        "/dashboard/workspaces/{slug}/repositories/{repo}/permissions",
        Audience::Member(Action::SeeResources),
    ),
    seen_by(
        "/dashboard/workspaces/{slug}/repositories/{repo}/permissions/new",
        Audience::Member(Action::ManagePermissions),
    ),
    seen_by(
        "/dashboard/workspaces/{slug}/repositories/{repo}/permissions/{perm}/edit",
        Audience::Member(Action::ManagePermissions),
    ),
    seen_by(
        "/dashboard/workspaces/{slug}/repositories/{repo}/permissions/{perm}/remove",
        Audience::Member(Action::ManagePermissions),
    ),
    seen_by("/dashboard/workspaces/{slug}/stacks", Audience::Member(Action::SeeResources)),
    seen_by("/dashboard/workspaces/{slug}/stacks/affected", Audience::Member(Action::SeeResources)),
    seen_by(
        "/dashboard/workspaces/{slug}/stacks/affected/{affected}",
        Audience::Member(Action::SeeResources),
    ),
    seen_by("/dashboard/workspaces/{slug}/stacks/{instance}", Audience::Member(Action::SeeResources)),
    seen_by("/dashboard/workspaces/{slug}/deployments", Audience::Member(Action::SeeResources)),
    seen_by("/dashboard/workspaces/{slug}/deployments/{deployment}", Audience::Member(Action::SeeResources)),
    seen_by(
        "/dashboard/workspaces/{slug}/deployments/{deployment}/cancel",
        Audience::Member(Action::ForceRelease),
    ),
    seen_by("/dashboard/workspaces/{slug}/locks", Audience::Member(Action::SeeResources)),
    seen_by("/dashboard/workspaces/{slug}/team", Audience::Member(Action::SeeResources)),
    seen_by("/dashboard/workspaces/{slug}/team/invite", Audience::Member(Action::ManageMembers)),
    seen_by("/dashboard/workspaces/{slug}/team/leave", Audience::Member(Action::Leave)),
    seen_by("/dashboard/workspaces/{slug}/team/members/{member}/role", Audience::Member(Action::ManageMembers)),
    seen_by("/dashboard/workspaces/{slug}/team/members/{member}/access", Audience::Member(Action::ManageMembers)),
    seen_by("/dashboard/workspaces/{slug}/team/members/{member}/remove", Audience::Member(Action::ManageMembers)),
    seen_by(
        "/dashboard/workspaces/{slug}/team/members/{member}/transfer",
        Audience::Member(Action::TransferOwnership),
    ),
    seen_by("/dashboard/workspaces/{slug}/team/members/{member}/groups", Audience::Member(Action::ManageGroups)),
    seen_by("/dashboard/workspaces/{slug}/team/members/{member}/effective", Audience::Member(Action::ManageAccess)),
    seen_by("/dashboard/workspaces/{slug}/team/groups", Audience::Member(Action::SeeResources)),
    seen_by("/dashboard/workspaces/{slug}/team/groups/{group}", Audience::Member(Action::SeeResources)),
    seen_by("/dashboard/workspaces/{slug}/team/requests", Audience::Member(Action::RequestAccess)),
    seen_by("/dashboard/workspaces/{slug}/team/requests/{request}", Audience::Member(Action::ManageMembers)),
    seen_by("/dashboard/workspaces/{slug}/repositories/{repo}/access", Audience::Member(Action::ManageAccess)),
    seen_by(
        "/dashboard/workspaces/{slug}/team/invitations/{invitation}/resend",
        Audience::Member(Action::ManageMembers),
    ),
    seen_by(
        "/dashboard/workspaces/{slug}/team/invitations/{invitation}/revoke",
        Audience::Member(Action::ManageMembers),
    ),
    seen_by("/dashboard/workspaces/{slug}/activity", Audience::Member(Action::SeeResources)),
];

const fn called_by<F: ServerFn>(audience: Audience) -> FunctionInfo {
    FunctionInfo { path: F::PATH, audience }
}

/// Every form's function. A test holds it against those that are registered.
pub const SERVER_FUNCTIONS: &[FunctionInfo] = &[
    called_by::<accounts::forms::CompleteSetup>(Audience::Public),
    called_by::<accounts::forms::SignIn>(Audience::Public),
    called_by::<accounts::forms::SetTheme>(Audience::Public),
    called_by::<accounts::forms::ForgotPassword>(Audience::Public),
    called_by::<accounts::forms::ResetPassword>(Audience::Public),
    called_by::<invitations::forms::JoinByInvitation>(Audience::Public),
    called_by::<invitations::forms::DeclineInvitation>(Audience::Public),
    called_by::<invitations::forms::AcceptInvitation>(Audience::SignedIn),
    called_by::<invitations::forms::Invite>(Audience::Member(Action::ManageMembers)),
    called_by::<invitations::forms::ResendInvitation>(Audience::Member(Action::ManageMembers)),
    called_by::<invitations::forms::RevokeInvitation>(Audience::Member(Action::ManageMembers)),
    called_by::<team::forms::ChangeRole>(Audience::Member(Action::ManageMembers)),
    called_by::<team::forms::SuspendMember>(Audience::Member(Action::ManageMembers)),
    called_by::<team::forms::RestoreMember>(Audience::Member(Action::ManageMembers)),
    called_by::<team::forms::RemoveMember>(Audience::Member(Action::ManageMembers)),
    called_by::<team::forms::LeaveWorkspace>(Audience::Member(Action::Leave)),
    called_by::<team::forms::OfferOwnership>(Audience::Member(Action::TransferOwnership)),
    // It is offered to one of those who could also leave.
    called_by::<team::forms::AcceptOwnership>(Audience::Member(Action::Leave)),
    called_by::<team::forms::EndOffer>(Audience::Member(Action::SeeOverview)),
    called_by::<groups::forms::CreateGroup>(Audience::Member(Action::ManageGroups)),
    called_by::<groups::forms::UpdateGroup>(Audience::Member(Action::ManageGroups)),
    called_by::<groups::forms::DeleteGroup>(Audience::Member(Action::ManageGroups)),
    called_by::<groups::forms::AddToGroup>(Audience::Member(Action::ManageGroups)),
    called_by::<groups::forms::RemoveFromGroup>(Audience::Member(Action::ManageGroups)),
    called_by::<groups::forms::SetGroups>(Audience::Member(Action::ManageGroups)),
    called_by::<access::forms::GrantAccess>(Audience::Member(Action::ManageAccess)),
    called_by::<access::forms::RevokeAccess>(Audience::Member(Action::ManageAccess)),
    called_by::<access::forms::AskForAccess>(Audience::Member(Action::RequestAccess)),
    called_by::<access::forms::CancelRequest>(Audience::Member(Action::RequestAccess)),
    called_by::<access::forms::ApproveRequest>(Audience::Member(Action::ManageMembers)),
    called_by::<access::forms::RejectRequest>(Audience::Member(Action::ManageMembers)),
    called_by::<permissions::forms::CheckPattern>(Audience::SignedIn),
    called_by::<jump::forms::Jump>(Audience::SignedIn),
    called_by::<accounts::forms::SignOut>(Audience::SignedIn),
    called_by::<accounts::forms::UpdateProfile>(Audience::SignedIn),
    called_by::<accounts::forms::UpdatePreferences>(Audience::SignedIn),
    called_by::<accounts::forms::ChangePassword>(Audience::SignedIn),
    called_by::<accounts::forms::AskProof>(Audience::SignedIn),
    called_by::<accounts::forms::ProveAddress>(Audience::SignedIn),
    called_by::<accounts::forms::RemovePicture>(Audience::SignedIn),
    called_by::<notices::forms::UpdateNoticeMail>(Audience::SignedIn),
    called_by::<notices::forms::ReadNotice>(Audience::SignedIn),
    called_by::<notices::forms::ReadAllNotices>(Audience::SignedIn),
    called_by::<accounts::forms::RevokeSession>(Audience::SignedIn),
    called_by::<accounts::forms::RevokeOtherSessions>(Audience::SignedIn),
    called_by::<workspaces::forms::CreateWorkspace>(Audience::SignedIn),
    called_by::<workspaces::forms::CheckSlug>(Audience::SignedIn),
    called_by::<workspaces::forms::UpdateWorkspace>(Audience::Member(Action::ManageSettings)),
    called_by::<workspaces::forms::RemoveLogo>(Audience::Member(Action::ManageSettings)),
    called_by::<workspaces::forms::DeleteWorkspace>(Audience::Member(Action::DeleteWorkspace)),
    called_by::<repositories::forms::AddRepository>(Audience::Member(Action::ManageRepositories)),
    called_by::<repositories::forms::RemoveRepository>(Audience::Member(Action::ManageRepositories)),
    called_by::<repositories::forms::ConfirmIdentity>(Audience::Member(Action::ManageRepositories)),
    called_by::<permissions::forms::AddPermission>(Audience::Member(Action::ManagePermissions)),
    called_by::<permissions::forms::UpdatePermission>(Audience::Member(Action::ManagePermissions)),
    called_by::<permissions::forms::RemovePermission>(Audience::Member(Action::ManagePermissions)),
    called_by::<permissions::forms::AddStarterSet>(Audience::Member(Action::ManagePermissions)),
    called_by::<tokens::forms::CreateToken>(Audience::Member(Action::ManageTokens)),
    called_by::<tokens::forms::RevokeToken>(Audience::Member(Action::ManageTokens)),
    called_by::<credentials::forms::CreateCredential>(Audience::Member(Action::ManageTokens)),
    called_by::<credentials::forms::RotateCredential>(Audience::Member(Action::ManageTokens)),
    called_by::<credentials::forms::SwitchCredential>(Audience::Member(Action::ManageTokens)),
    called_by::<credentials::forms::RevokeCredential>(Audience::Member(Action::ManageTokens)),
    called_by::<deployments::forms::ReadLog>(Audience::Member(Action::SeeResources)),
    called_by::<deployments::forms::FindInLog>(Audience::Member(Action::SeeResources)),
    called_by::<deployments::forms::CancelDeployment>(Audience::Member(Action::ForceRelease)),
    called_by::<locks::forms::TakeLock>(Audience::Member(Action::UseLocks)),
    called_by::<locks::forms::ReleaseLock>(Audience::Member(Action::UseLocks)),
    called_by::<locks::forms::ForceRelease>(Audience::Member(Action::ForceRelease)),
];

/// The site. Every page is a document of its own; there is no router in the browser.
///
/// Without its type, so that pages are compiled here and not once more in every crate that mounts them.
#[component]
pub fn App() -> impl IntoView {
    view! {
        <Router>
            <FlatRoutes fallback=nowhere>
                <Route path=path!("/") view=|| page(workspaces::home) ssr=SsrMode::Async />
                <Route path=path!("/setup") view=|| page(accounts::setup) ssr=SsrMode::Async />
                <Route path=path!("/invite/:token") view=|| page(invitations::invite) ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=|| page(accounts::sign_in) ssr=SsrMode::Async />
                <Route path=path!("/forgot") view=|| page(accounts::forgot) ssr=SsrMode::Async />
                <Route path=path!("/reset/:token") view=|| page(accounts::reset) ssr=SsrMode::Async />
                <Route path=path!("/verify/:token") view=|| page(accounts::verify) ssr=SsrMode::Async />
                <Route path=path!("/notices") view=|| page(notices::list) ssr=SsrMode::Async />
                <Route path=path!("/account") view=|| page(accounts::account) ssr=SsrMode::Async />
                <Route path=path!("/start") view=|| page(workspaces::start) ssr=SsrMode::Async />
                <Route path=path!("/help") view=|| page(help::index) ssr=SsrMode::Async />
                <Route path=path!("/help/api") view=|| page(help::reference) ssr=SsrMode::Async />
                <Route path=path!("/help/:tag") view=|| page(help::topic) ssr=SsrMode::Async />
                <Route path=path!("/why/:trace") view=|| page(refusals::why) ssr=SsrMode::Async />
                <Route path=path!("/dashboard/jump") view=|| page(jump::show) ssr=SsrMode::Async />
                <Route path=path!("/dashboard/workspaces") view=|| page(workspaces::list) ssr=SsrMode::Async />
                <Route
                    path=path!("/dashboard/workspaces/:slug")
                    view=|| page(workspaces::overview)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/settings")
                    view=|| page(workspaces::settings)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/repositories")
                    view=|| page(repositories::list)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/repositories/:repo/setup")
                    view=|| page(repositories::setup)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/repositories/:repo/remove")
                    view=|| page(repositories::remove)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/repositories/:repo/permissions")
                    view=|| page(permissions::list)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/repositories/:repo/permissions/new")
                    view=|| page(permissions::new)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/repositories/:repo/permissions/:perm/edit")
                    view=|| page(permissions::edit)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/repositories/:repo/permissions/:perm/remove")
                    view=|| page(permissions::remove)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/stacks")
                    view=|| page(instances::list)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/stacks/affected")
                    view=|| page(affected::list)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/stacks/affected/:affected")
                    view=|| page(affected::one)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/stacks/:instance")
                    view=|| page(instances::one)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/deployments")
                    view=|| page(deployments::list)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/deployments/:deployment")
                    view=|| page(deployments::one)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/deployments/:deployment/cancel")
                    view=|| page(deployments::cancel)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/locks")
                    view=|| page(locks::list)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/team")
                    view=|| page(team::list)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/team/invite")
                    view=|| page(team::invite)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/team/leave")
                    view=|| page(team::leave)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/team/members/:member/role")
                    view=|| page(team::role)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/team/members/:member/access")
                    view=|| page(team::access)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/team/members/:member/remove")
                    view=|| page(team::remove)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/team/members/:member/transfer")
                    view=|| page(team::transfer)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/team/invitations/:invitation/resend")
                    view=|| page(team::resend)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/team/invitations/:invitation/revoke")
                    view=|| page(team::revoke)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/repositories/:repo/access")
                    view=|| page(access::repository)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/team/members/:member/groups")
                    view=|| page(groups::member)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/team/members/:member/effective")
                    view=|| page(access::member)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/team/groups")
                    view=|| page(groups::list)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/team/groups/:group")
                    view=|| page(groups::one)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/team/requests")
                    view=|| page(access::requests)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/team/requests/:request")
                    view=|| page(access::decide)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/dashboard/workspaces/:slug/activity")
                    view=|| page(activity::list)
                    ssr=SsrMode::Async
                />
            </FlatRoutes>
        </Router>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_list_of_pages_is_the_routes() {
        let routes: BTreeSet<String> =
            leptos_axum::generate_route_list(App).iter().map(|route| route.path().to_owned()).collect();
        let listed: BTreeSet<String> = PAGES.iter().map(|page| page.path.to_owned()).collect();
        assert_eq!(routes, listed);
    }

    #[test]
    fn the_list_of_functions_is_what_is_registered() {
        let registered: BTreeSet<&str> = server_fn::axum::server_fn_paths()
            .map(|(path, method)| {
                assert_eq!(method, http::Method::POST, "{path}: nothing changes on GET");
                path
            })
            .collect();
        let listed: BTreeSet<&str> = SERVER_FUNCTIONS.iter().map(|function| function.path).collect();
        assert_eq!(registered, listed);
    }
}
