//! The addresses of this site: how they are made, and which of those that come in may be followed.

use form_urlencoded::Serializer;
use stackyard_model::credential::{CredentialId, CredentialKind};
use stackyard_model::id::{
    AccessRequestId, AffectedId, DeploymentId, GroupId, InstanceId, InvitationId, LockId, MemberId, PermissionId, RepositoryId, RepositoryTokenId,
    UserId,
};
use stackyard_model::workspace::Workspace;

/// Where people sign in.
pub const SIGN_IN: &str = "/sign-in";
/// My account.
pub const ACCOUNT: &str = "/account";
/// Where somebody asks for a new password.
pub const FORGOT: &str = "/forgot";
/// What somebody was told.
pub const NOTICES: &str = "/notices";
/// Where somebody's own picture is sent to: a form with a file, so not a server function.
pub const UPLOAD_PICTURE: &str = "/forms/account/picture";
/// Where a workspace is made.
pub const START: &str = "/start";
/// All my workspaces.
pub const WORKSPACES: &str = "/dashboard/workspaces";

/// Where somebody goes by typing.
pub const JUMP: &str = "/dashboard/jump";

/// Longest path that is followed.
const PATH_MAX: usize = 2048;

/// The path, when it is one of this site: what a form names as its way back, or a sign-in as its `next`.
///
/// Browsers read `\` as `/`, drop tabs and line breaks, and take `//` for another host; so only visible ASCII
/// without `\` passes, beginning with exactly one `/`.
#[must_use]
pub fn checked(path: &str) -> Option<&str> {
    let rest = path.strip_prefix('/')?;
    let harmless = !rest.starts_with('/')
        && path.len() <= PATH_MAX
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    harmless.then_some(path)
}

/// `path` with a query parameter more, before its fragment.
#[must_use]
pub fn with_query(path: &str, name: &str, value: &str) -> String {
    let (path, fragment) =
        path.split_once('#').map_or((path, None), |(path, fragment)| (path, Some(fragment)));
    let joint = if path.contains('?') { '&' } else { '?' };
    let pair = Serializer::new(String::new()).append_pair(name, value).finish();
    match fragment {
        Some(fragment) => format!("{path}{joint}{pair}#{fragment}"),
        None => format!("{path}{joint}{pair}"),
    }
}

/// `path` with those of the parameters that are not empty.
#[must_use]
pub fn with_params(path: &str, params: &[(&str, &str)]) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(params.iter().filter(|(_, value)| !value.is_empty()));
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Where people sign in before they go on to `next`.
#[must_use]
pub fn sign_in(next: &str) -> String {
    with_params(SIGN_IN, &[("next", if next == "/" { "" } else { next })])
}

/// A page of a workspace.
fn within(workspace: &Workspace, page: &[&str]) -> String {
    [&[WORKSPACES, "/", &workspace.slug], page].concat().concat()
}

/// A workspace's overview.
#[must_use]
pub fn overview(workspace: &Workspace) -> String {
    within(workspace, &[])
}

/// A workspace's repositories.
#[must_use]
pub fn repositories(workspace: &Workspace) -> String {
    within(workspace, &["/repositories"])
}

/// Where a repository is added.
#[must_use]
pub fn add_repository(workspace: &Workspace) -> String {
    within(workspace, &["/repositories?add=1"])
}

/// How a repository's workflows are set up.
#[must_use]
pub fn repository_setup(workspace: &Workspace, id: &RepositoryId) -> String {
    within(workspace, &["/repositories/", id.as_str(), "/setup"])
}

/// Where a repository is removed.
#[must_use]
pub fn remove_repository(workspace: &Workspace, id: &RepositoryId) -> String {
    within(workspace, &["/repositories/", id.as_str(), "/remove"])
}

/// A repository's permissions.
#[must_use]
pub fn permissions(workspace: &Workspace, id: &RepositoryId) -> String {
    within(workspace, &["/repositories/", id.as_str(), "/permissions"])
}

/// Where a permission is added.
#[must_use]
pub fn new_permission(workspace: &Workspace, id: &RepositoryId) -> String {
    within(workspace, &["/repositories/", id.as_str(), "/permissions/new"])
}

/// Where a permission is edited.
#[must_use]
pub fn edit_permission(workspace: &Workspace, id: &RepositoryId, permission: &PermissionId) -> String {
    within(workspace, &["/repositories/", id.as_str(), "/permissions/", permission.as_str(), "/edit"])
}

/// Where a permission is removed.
#[must_use]
pub fn remove_permission(workspace: &Workspace, id: &RepositoryId, permission: &PermissionId) -> String {
    within(workspace, &["/repositories/", id.as_str(), "/permissions/", permission.as_str(), "/remove"])
}

/// The events of a repository in a workspace's log.
#[must_use]
pub fn events_of(workspace: &Workspace, id: &RepositoryId) -> String {
    within(workspace, &["/activity?repository=", id.as_str()])
}

/// The id of what leads to a repository's permissions in the list.
#[must_use]
pub fn repository_id(id: &RepositoryId) -> String {
    format!("at-{id}")
}

/// The id of what leads to a permission's form.
#[must_use]
pub fn edit_permission_id(id: &PermissionId) -> String {
    format!("edit-{id}")
}

/// The id of what leads to where a permission is removed.
#[must_use]
pub fn remove_permission_id(id: &PermissionId) -> String {
    format!("remove-{id}")
}

/// Where a repository token is revoked.
#[must_use]
pub fn revoke_token(workspace: &Workspace, id: &RepositoryTokenId) -> String {
    with_params(&settings(workspace), &[("revoke", id.as_str())])
}

/// The id of what leads to where a repository token is revoked.
#[must_use]
pub fn revoke_token_id(id: &RepositoryTokenId) -> String {
    format!("revoke-{id}")
}

/// Where an access token or an API key is made.
#[must_use]
pub fn new_credential(workspace: &Workspace, kind: CredentialKind) -> String {
    with_params(&settings(workspace), &[("new", kind.as_str())])
}

/// Where something is done to an access token or an API key: `rotate`, `switch` or `revoke`.
#[must_use]
pub fn credential(workspace: &Workspace, id: &CredentialId, what: &str) -> String {
    with_params(&settings(workspace), &[("credential", id.as_str()), ("do", what)])
}

/// A workspace's instances, by stack.
#[must_use]
pub fn stacks(workspace: &Workspace) -> String {
    within(workspace, &["/stacks"])
}

/// One instance.
#[must_use]
pub fn instance(workspace: &Workspace, id: &InstanceId) -> String {
    within(workspace, &["/stacks/", id.as_str()])
}

/// A workspace's deployments.
#[must_use]
pub fn deployments(workspace: &Workspace) -> String {
    within(workspace, &["/deployments"])
}

/// One deployment, with its log.
#[must_use]
pub fn deployment(workspace: &Workspace, id: &DeploymentId) -> String {
    within(workspace, &["/deployments/", id.as_str()])
}

/// Where a deployment is marked as cancelled.
#[must_use]
pub fn cancel_deployment(workspace: &Workspace, id: &DeploymentId) -> String {
    within(workspace, &["/deployments/", id.as_str(), "/cancel"])
}

/// A workspace's affected uploads.
#[must_use]
pub fn affected(workspace: &Workspace) -> String {
    within(workspace, &["/stacks/affected"])
}

/// An affected upload, with its order.
#[must_use]
pub fn one_affected(workspace: &Workspace, id: &AffectedId) -> String {
    within(workspace, &["/stacks/affected/", id.as_str()])
}

/// A workspace's locks.
#[must_use]
pub fn locks(workspace: &Workspace) -> String {
    within(workspace, &["/locks"])
}

/// Where a lock is taken.
#[must_use]
pub fn take_lock(workspace: &Workspace) -> String {
    within(workspace, &["/locks?take=1"])
}

/// The history of a lock's key, beside the locks.
#[must_use]
pub fn lock_history(workspace: &Workspace, lock: &LockId) -> String {
    within(workspace, &["/locks?history=", lock.as_str(), "#history"])
}

/// Where somebody else's lock is ended.
#[must_use]
pub fn force_release(workspace: &Workspace, lock: &LockId) -> String {
    within(workspace, &["/locks?force=", lock.as_str(), "#force"])
}

/// The people of a workspace.
#[must_use]
pub fn team(workspace: &Workspace) -> String {
    within(workspace, &["/team"])
}

/// Where people are invited.
#[must_use]
pub fn invite_people(workspace: &Workspace) -> String {
    within(workspace, &["/team/invite"])
}

/// Where the person who asks goes out of a workspace.
#[must_use]
pub fn leave(workspace: &Workspace) -> String {
    within(workspace, &["/team/leave"])
}

/// Where something is done to a member: `role`, `groups`, `access`, `remove` or `transfer`.
#[must_use]
pub fn member(workspace: &Workspace, id: &MemberId, what: &str) -> String {
    within(workspace, &["/team/members/", id.as_str(), "/", what])
}

/// The groups of a workspace.
#[must_use]
pub fn groups(workspace: &Workspace) -> String {
    within(workspace, &["/team/groups"])
}

/// Where a group is made.
#[must_use]
pub fn new_group(workspace: &Workspace) -> String {
    within(workspace, &["/team/groups?new=1"])
}

/// One group.
#[must_use]
pub fn group(workspace: &Workspace, id: &GroupId) -> String {
    within(workspace, &["/team/groups/", id.as_str()])
}

/// Where something is done to a group: `add`, `edit` or `delete`.
#[must_use]
pub fn group_with(workspace: &Workspace, id: &GroupId, what: &str) -> String {
    with_params(&group(workspace, id), &[(what, "1")])
}

/// Requests for access.
#[must_use]
pub fn access_requests(workspace: &Workspace) -> String {
    within(workspace, &["/team/requests"])
}

/// Where access is asked for.
#[must_use]
pub fn ask_for_access(workspace: &Workspace) -> String {
    within(workspace, &["/team/requests?ask=1"])
}

/// Where a request for access is decided.
#[must_use]
pub fn access_request(workspace: &Workspace, id: &AccessRequestId) -> String {
    within(workspace, &["/team/requests/", id.as_str()])
}

/// What one member can reach, and why.
#[must_use]
pub fn effective_access(workspace: &Workspace, id: &MemberId) -> String {
    member(workspace, id, "effective")
}

/// The same as a file.
#[must_use]
pub fn effective_access_export(workspace: &Workspace, id: &MemberId) -> String {
    member(workspace, id, "effective/export")
}

/// Who has access to a repository.
#[must_use]
pub fn repository_access(workspace: &Workspace, id: &RepositoryId) -> String {
    within(workspace, &["/repositories/", id.as_str(), "/access"])
}

/// The same as a file.
#[must_use]
pub fn repository_access_export(workspace: &Workspace, id: &RepositoryId) -> String {
    within(workspace, &["/repositories/", id.as_str(), "/access/export"])
}

/// Where something is done to an invitation: `resend` or `revoke`.
#[must_use]
pub fn invitation(workspace: &Workspace, id: &InvitationId, what: &str) -> String {
    within(workspace, &["/team/invitations/", id.as_str(), "/", what])
}

/// The events of a workspace's log that have these words.
#[must_use]
pub fn events_with(workspace: &Workspace, words: &str) -> String {
    with_params(&activity(workspace), &[("q", words)])
}

/// A workspace's log.
#[must_use]
pub fn activity(workspace: &Workspace) -> String {
    within(workspace, &["/activity"])
}

/// A workspace's log as a file.
#[must_use]
pub fn export(workspace: &Workspace) -> String {
    within(workspace, &["/activity/export"])
}

/// Where a workspace tells open pages that something changed.
#[must_use]
pub fn live(workspace: &Workspace) -> String {
    within(workspace, &["/live"])
}

/// The same, and when a deployment's log grew.
#[must_use]
pub fn live_with_log(workspace: &Workspace, id: &DeploymentId) -> String {
    within(workspace, &["/live?log=", id.as_str()])
}

/// A workspace's settings.
#[must_use]
pub fn settings(workspace: &Workspace) -> String {
    within(workspace, &["/settings"])
}

/// A workspace's logo; none when it has none.
#[must_use]
pub fn logo(workspace: &Workspace) -> Option<String> {
    workspace.logo.as_ref().map(|version| format!("/workspaces/{}/logo/{version}", workspace.id))
}

/// A person's picture, by its version.
#[must_use]
pub fn picture(person: &UserId, version: &str) -> String {
    format!("/people/{person}/picture/{version}")
}

/// Where a workspace's logo is sent to: a form with a file, so not a server function.
#[must_use]
pub fn upload_logo(workspace: &Workspace) -> String {
    format!("/forms/workspaces/{}/logo", workspace.slug)
}

/// Why a request was refused.
#[must_use]
pub fn why(trace_id: &str) -> String {
    format!("/why/{trace_id}")
}

/// What an error means.
#[must_use]
pub fn help(tag: &str) -> String {
    format!("/help/{tag}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        for good in [
            "/",
            "/account",
            "/dashboard/workspaces/acme?add=1#x",
            "/why/01K9V3T6QM4Z",
            "/a//b",
            "/?next=//x",
        ] {
            assert_eq!(checked(good), Some(good));
        }
        for bad in [
            "",
            "account",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "/a\\b",
            "\\\\evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            " /account",
            "/acc ount",
            "/\t/evil.example",
            "/\n/evil.example",
            "/a\r\nSet-Cookie: x=y",
            "/a\u{0}",
            "/ä",
        ] {
            assert_eq!(checked(bad), None, "{bad:?}");
        }
        assert_eq!(checked(&format!("/{}", "x".repeat(PATH_MAX))), None);
    }

    #[test]
    fn a_parameter_goes_before_the_fragment() {
        assert_eq!(with_query("/a", "flash", "x"), "/a?flash=x");
        assert_eq!(with_query("/a?b=1", "flash", "x"), "/a?b=1&flash=x");
        assert_eq!(with_query("/a?b=1#c", "flash", "x y&z"), "/a?b=1&flash=x+y%26z#c");
    }

    #[test]
    fn empty_parameters_are_left_out() {
        assert_eq!(with_params("/a", &[("q", ""), ("kind", "")]), "/a");
        assert_eq!(
            with_params("/a", &[("q", "x/y"), ("kind", ""), ("branch", "a|b%41")]),
            "/a?q=x%2Fy&branch=a%7Cb%2541"
        );
        assert_eq!(sign_in("/"), "/sign-in");
        assert_eq!(sign_in("/account?a=1"), "/sign-in?next=%2Faccount%3Fa%3D1");
    }
}
