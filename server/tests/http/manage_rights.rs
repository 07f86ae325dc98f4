//! What a credential of the management API may not, whatever its scopes are.

use serde_json::json;
use stackyard_domain::invitations::{Ended, Found, InviteInput};
use stackyard_domain::permissions;
use stackyard_domain::repositories;
use stackyard_domain::workspaces::{self, SettingsInput};
use stackyard_domain::{Actor, Ctx, Error, Here, access, credentials, groups, invitations, team};
use stackyard_model::credential::Scope;
use stackyard_model::permission::{Events, PermissionInput};
use stackyard_model::{Action, Role};

use crate::manage::{acme, data, send};
use crate::support::{Place, TestApp};

/// A credential that came in, and is revoked before its request comes to the transaction.
async fn revoked_on_its_way(app: &TestApp, place: &Place, scope: Scope) -> (Ctx, Here) {
    let (id, bearer) = app.key_for(&place.workspace, &[scope], None).await;
    let ctx = app.operator().with_actor(Actor::Anonymous);
    let actor = credentials::authenticate(&ctx, &bearer).await.unwrap();
    let ctx = ctx.with_actor(actor);
    let here = access::enter_with_credential(&ctx, scope).await.unwrap();
    credentials::revoke(&app.operator(), &app.enter(&place.workspace).await, &id).await.unwrap();
    (ctx, here)
}

fn assert_refused<T: std::fmt::Debug>(result: Result<T, Error>) {
    match result {
        Err(Error::Refused(refused)) => assert_eq!(refused.tag, "Unauthorized"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_revoked_while_its_request_is_on_its_way_changes_nothing() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let vic = app.person("Vic").await;
    app.add_member(&place.workspace, &vic, Role::Viewer).await;
    let member = access::enter_anyhow(&app.ctx_of(&vic).await, "acme").await.unwrap().member_id.clone();
    let before = app.log(&place).await.len();

    let (ctx, here) = revoked_on_its_way(&app, &place, Scope::GroupsWrite).await;
    assert_refused(groups::create(&ctx, &here, "Platform", "").await);
    let (ctx, here) = revoked_on_its_way(&app, &place, Scope::MembersWrite).await;
    assert_refused(team::change_role(&ctx, &here, &member, "admin").await);
    let (ctx, here) = revoked_on_its_way(&app, &place, Scope::RepositoriesWrite).await;
    assert_refused(repositories::add(&ctx, &here, "", "acme/other").await);
    assert_refused(repositories::remove(&ctx, &here, &place.repository.id, "acme/infra").await);
    let (ctx, here) = revoked_on_its_way(&app, &place, Scope::PermissionsWrite).await;
    let input = PermissionInput {
        kind: "ws:locks:create".to_owned(),
        workflow: String::new(),
        branch: String::new(),
        environment: String::new(),
        events: Events::default(),
    };
    assert_refused(permissions::add(&ctx, &here, &place.repository.id, input).await);
    let (ctx, here) = revoked_on_its_way(&app, &place, Scope::WorkspaceWrite).await;
    let now = here.workspace();
    let input = SettingsInput {
        name: "Renamed".to_owned(),
        slug: now.slug.clone(),
        description: String::new(),
        own_audience_only: false,
        members_see_all: true,
    };
    assert_refused(workspaces::update(&ctx, &here, input).await);
    let (ctx, here) = revoked_on_its_way(&app, &place, Scope::InvitationsWrite).await;
    let input = InviteInput {
        people: "kim@example.com".to_owned(),
        role: "viewer".to_owned(),
        way: "copied".to_owned(),
        days: "7".to_owned(),
        groups: Vec::new(),
    };
    assert_refused(invitations::invite(&ctx, &here, input).await);

    // Six keys were made and revoked; nothing else happened.
    assert_eq!(app.log(&place).await.len(), before + 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_is_an_admin_within_its_scopes_and_never_makes_another() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let bearer = app.key(&place.workspace, Scope::ALL).await;
    let ctx = app.operator().with_actor(Actor::Anonymous);
    let ctx = ctx.clone().with_actor(credentials::authenticate(&ctx, &bearer).await.unwrap());
    let here = access::enter_with_credential(&ctx, Scope::GroupsRead).await.unwrap();
    for action in Action::ALL {
        let within = Scope::ALL.iter().any(|scope| scope.actions().contains(action));
        assert_eq!(here.may(*action), within && Role::Admin.may(*action), "{action}");
    }
    assert!(!here.may(Action::ManageTokens) && !here.may(Action::DeleteWorkspace));
    assert!(matches!(credentials::list(&app.operator(), &here).await, Ok(all) if all.len() == 1));
    let id = credentials::list(&app.operator(), &here).await.unwrap().remove(0).id;
    assert!(matches!(credentials::revoke(&ctx, &here, &id).await, Err(Error::Forbidden(_))));
    let narrow = app.key(&place.workspace, &[Scope::LocksRead]).await;
    let ctx = app.operator().with_actor(Actor::Anonymous);
    let ctx = ctx.clone().with_actor(credentials::authenticate(&ctx, &narrow).await.unwrap());
    let here = access::enter_with_credential(&ctx, Scope::LocksRead).await.unwrap();
    assert!(here.may(Action::SeeResources) && !here.may(Action::ForceRelease));
    assert!(matches!(access::enter_with_credential(&ctx, Scope::GroupsRead).await, Err(Error::Refused(_))));
    let standing = access::require_on(&ctx, &here, Action::ManagePermissions, &place.repository.id).await;
    assert!(matches!(standing, Err(Error::Forbidden(_))), "an admin's role on everything is not its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_not_touched_by_any_credential() {
    let app = TestApp::start().await;
    let (place, bearer) = acme(&app).await;
    let owner =
        access::enter_anyhow(&app.ctx_of(&place.owner).await, "acme").await.unwrap().member_id.clone();
    let path = format!("members/{owner}");
    for body in [json!({"role": "viewer"}), json!({"status": "suspended"})] {
        assert_eq!(send(&app, &bearer, "PATCH", &path, &body).await.status, 403, "{body}");
    }
    let removed = app.call("DELETE", &format!("/api/v1/{path}")).bearer(&bearer).send().await;
    assert_eq!(removed.status, 403, "{}", removed.text());
    let vic = app.person("Vic").await;
    app.add_member(&place.workspace, &vic, Role::Viewer).await;
    let member = access::enter_anyhow(&app.ctx_of(&vic).await, "acme").await.unwrap().member_id.clone();
    let made = send(&app, &bearer, "PATCH", &format!("members/{member}"), &json!({"role": "owner"})).await;
    assert_eq!(made.status, 400, "{}", made.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_stands_as_long_as_the_credential_that_made_it() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (id, bearer) = app.key_for(&place.workspace, &[Scope::InvitationsWrite], None).await;
    let body = json!({"email": "kim@example.com", "role": "viewer", "way": "copied"});
    let made = send(&app, &bearer, "POST", "invitations", &body).await;
    let link = data(&made)["link"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let ctx = app.operator().with_actor(Actor::Anonymous);
    let shown = async || invitations::look(&ctx, &link).await.unwrap();
    assert!(matches!(shown().await, Found::Open(_)), "{:?}", shown().await);
    credentials::revoke(&app.operator(), &app.enter(&place.workspace).await, &id).await.unwrap();
    assert!(matches!(shown().await, Found::Ended(_, Ended::Unbacked)), "{:?}", shown().await);
}
