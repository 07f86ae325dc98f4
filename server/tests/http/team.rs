//! The people of a workspace, through the router.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::json;
use stackyard_domain::access::AskInput;
use stackyard_domain::credentials::CredentialInput;
use stackyard_domain::invitations::InviteInput;
use stackyard_domain::team::{self, TeamFilter, TeamSort};
use stackyard_domain::workspaces::SettingsInput;
use stackyard_domain::{
    Ctx, Error, Here, access, credentials, groups, invitations, locks, permissions, repositories, tokens,
    workspaces,
};
use stackyard_model::credential::{CredentialId, CredentialKind, Overlap, Scope};
use stackyard_model::id::{
    AccessRequestId, GrantId, GroupId, InvitationId, LockId, MemberId, PermissionId, RepositoryId,
    RepositoryTokenId,
};
use stackyard_model::invitation::LinkWay;
use stackyard_model::permission::{Events, PermissionInput};
use stackyard_model::{PermissionKind, Role};

use crate::manage::lock;
use crate::overview::words;
use crate::support::{Answer, PNG, Person, Place, TestApp, assert_refused};

async fn send(app: &TestApp, person: &Person, form: &str, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("workspace", "acme")];
    all.extend_from_slice(fields);
    let call = app.post(&format!("/forms/team/{form}")).cookie(&person.cookie);
    call.header("accept", "application/json").form(&all).send().await
}

async fn member(app: &TestApp, place: &Place, name: &str, role: Role) -> (Person, MemberId) {
    let person = app.person(name).await;
    app.add_member(&place.workspace, &person, role).await;
    let id = app.inside(&person, "acme").await.1.member_id.clone();
    (person, id)
}

async fn owners(app: &TestApp, place: &Place) -> Vec<String> {
    let here = app.enter(&place.workspace).await;
    let filter = TeamFilter { role: Some(Role::Owner), ..TeamFilter::default() };
    let page = team::page(&app.operator(), &here, &filter, "", 10).await.unwrap();
    page.members.into_iter().map(|member| member.name).collect()
}

fn inviting(email: &str) -> InviteInput {
    InviteInput {
        people: email.to_owned(),
        role: "member".to_owned(),
        way: "copied".to_owned(),
        days: "7".to_owned(),
        groups: Vec::new(),
    }
}

fn credential(kind: CredentialKind) -> CredentialInput {
    CredentialInput {
        kind,
        name: "nightly".to_owned(),
        description: String::new(),
        scopes: vec![Scope::GroupsRead.to_string()],
        days: Some(90),
    }
}

/// Asks for a role, as the member, and gives the request.
async fn ask_for(app: &TestApp, person: &Person, role: Role) -> AccessRequestId {
    let (ctx, here) = app.inside(person, "acme").await;
    let input = AskInput {
        what: "role".to_owned(),
        role: role.as_str().to_owned(),
        repository: String::new(),
        resource_role: String::new(),
        reason: "to stand in for Olga".to_owned(),
    };
    access::ask(&ctx, &here, input).await.unwrap();
    access::requests(&ctx, &here, true, "", 1).await.unwrap().items.remove(0).id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_in_force_with_the_next_request_also_ones_own() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, ada_id) = member(&app, &place, "Ada", Role::Admin).await;
    let (_, vera) = member(&app, &place, "Vera", Role::Viewer).await;
    let invite = "/dashboard/workspaces/acme/team/invite";
    assert_eq!(app.get(invite).cookie(&ada.cookie).html().send().await.status, 200);
    let lowered = send(&app, &ada, "change-role", &[("member", ada_id.as_str()), ("role", "member")]).await;
    assert_eq!(lowered.status, 303, "{}", lowered.text());
    assert_eq!(app.get(invite).cookie(&ada.cookie).html().send().await.status, 403);
    let late = send(&app, &ada, "change-role", &[("member", vera.as_str()), ("role", "admin")]).await;
    assert_eq!(late.status, 403, "{}", late.text());
    let owner =
        send(&app, &place.owner, "change-role", &[("member", vera.as_str()), ("role", "owner")]).await;
    assert_eq!((owner.status.as_u16(), owner.json()["errors"][0]["field"].as_str()), (400, Some("role")));
    let log = app.log(&place).await;
    assert!(log.iter().any(|event| event.action == "role_changed" && event.target_name == "Ada"));
}

/// One of everything that the services act on.
struct Things {
    repository: RepositoryId,
    vera: MemberId,
    suspended: MemberId,
    token: RepositoryTokenId,
    invitation: InvitationId,
    group: GroupId,
    grant: GrantId,
    request: AccessRequestId,
    key: CredentialId,
    permission: PermissionId,
    lock: LockId,
}

async fn things(app: &TestApp, place: &Place) -> Things {
    let (_, vera) = member(app, place, "Vera", Role::Viewer).await;
    let (_, suspended) = member(app, place, "Sue", Role::Member).await;
    let (mia, _) = member(app, place, "Mia", Role::Member).await;
    let (operator, here) = (app.operator(), app.enter(&place.workspace).await);
    let repository = place.repository.id.clone();
    team::suspend(&operator, &here, &suspended, team::Decisions::default()).await.unwrap();
    let (token, _) = tokens::create(&operator, &here, &repository, "old", None).await.unwrap();
    let group = groups::create(&operator, &here, "Platform", "").await.unwrap();
    groups::add(&operator, &here, &group, std::slice::from_ref(&vera)).await.unwrap();
    access::grant(&operator, &here, &repository, "vera@example.com", "read").await.unwrap();
    let grant = access::grants_on(&operator, &here, &repository).await.unwrap().remove(0).id;
    let permission = permissions::list(&operator, &here, &repository).await.unwrap().remove(0).id;
    let session = app.session(place).await;
    Things {
        vera,
        suspended,
        token: token.id,
        invitation: app.invite(place, "kim@example.com", Role::Member).await.0,
        group,
        grant,
        request: ask_for(app, &mia, Role::Admin).await,
        key: app.key_for(&place.workspace, &[Scope::GroupsRead], None).await.0,
        permission,
        lock: lock(app, &session, "vpc").await.parse().unwrap(),
        repository,
    }
}

/// Services by name, and what stood against them.
type Refused = Vec<(&'static str, Option<Error>)>;

async fn done_to_people(ctx: &Ctx, here: &Here, things: &Things) -> Refused {
    let Things { vera, suspended, invitation, group, .. } = things;
    let only = std::slice::from_ref(vera);
    let decisions = team::Decisions::default();
    vec![
        ("change a role", team::change_role(ctx, here, vera, "admin").await.err()),
        ("remove", team::remove(ctx, here, vera, decisions).await.err()),
        ("suspend", team::suspend(ctx, here, vera, decisions).await.err()),
        ("restore", team::restore(ctx, here, suspended).await.err()),
        ("invite", invitations::invite(ctx, here, inviting("odo@example.com")).await.err()),
        ("invite anew", invitations::resend(ctx, here, invitation, LinkWay::Copied).await.err()),
        ("take an invitation back", invitations::revoke(ctx, here, invitation).await.err()),
        ("make a group", groups::create(ctx, here, "Second", "").await.err()),
        ("rename a group", groups::update(ctx, here, group, "Infra", "").await.err()),
        ("add to a group", groups::add(ctx, here, group, std::slice::from_ref(suspended)).await.err()),
        ("take out of a group", groups::remove(ctx, here, group, only).await.err()),
        ("set somebody’s groups", groups::set_for(ctx, here, vera, &[], &[]).await.err()),
        ("delete a group", groups::delete(ctx, here, group).await.err()),
    ]
}

async fn done_about_access(ctx: &Ctx, here: &Here, things: &Things) -> Refused {
    let Things { repository, token, grant, request, key, .. } = things;
    let input = credential(CredentialKind::ApiKey);
    vec![
        ("grant", access::grant(ctx, here, repository, "vera@example.com", "admin").await.err()),
        ("revoke a grant", access::revoke(ctx, here, repository, grant).await.err()),
        ("approve", access::approve(ctx, here, request, "1", "").await.err()),
        ("reject", access::reject(ctx, here, request, "not now").await.err()),
        ("make a repository token", tokens::create(ctx, here, repository, "new", None).await.err()),
        ("revoke a repository token", tokens::revoke(ctx, here, token).await.err()),
        ("make a key", credentials::create(ctx, here, input).await.err()),
        ("rotate a key", credentials::rotate(ctx, here, key, Overlap::None).await.err()),
        ("switch a key off", credentials::switch(ctx, here, key, false).await.err()),
        ("revoke a key", credentials::revoke(ctx, here, key).await.err()),
    ]
}

async fn done_to_the_workspace(ctx: &Ctx, here: &Here, things: &Things) -> Refused {
    let Things { repository, permission, lock, .. } = things;
    let input = || PermissionInput {
        kind: PermissionKind::CommitsCreate.as_str().to_owned(),
        workflow: String::new(),
        branch: "main".to_owned(),
        environment: String::new(),
        events: Events::default(),
    };
    let settings = SettingsInput {
        name: "Theirs".to_owned(),
        slug: "theirs".to_owned(),
        description: String::new(),
        own_audience_only: false,
        members_see_all: true,
    };
    let confirmed = repositories::confirm_identity(ctx, here, repository, "acme/platform", 65);
    vec![
        ("confirm an identity", confirmed.await.err()),
        ("add a repository", repositories::add(ctx, here, "github.com", "acme/other").await.err()),
        ("remove a repository", repositories::remove(ctx, here, repository, "acme/infra").await.err()),
        ("add the starter set", permissions::add_starter_set(ctx, here, repository).await.err()),
        ("add a permission", permissions::add(ctx, here, repository, input()).await.err()),
        ("edit a permission", permissions::update(ctx, here, repository, permission, input()).await.err()),
        ("remove a permission", permissions::remove(ctx, here, repository, permission).await.err()),
        ("force a lock", locks::force_release(ctx, here, lock, "it is stuck").await.err()),
        ("set the logo", workspaces::set_logo(ctx, here, PNG.to_vec()).await.err()),
        ("remove the logo", workspaces::remove_logo(ctx, here).await.err()),
        ("change the settings", workspaces::update(ctx, here, settings).await.err()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_began_before_a_role_was_lowered_does_nothing() {
    let app = TestApp::start().await;
    let place = app.acme_with_locks().await;
    let (ada, ada_id) = member(&app, &place, "Ada", Role::Admin).await;
    let things = things(&app, &place).await;
    let renamed = app.claims().repository("acme/platform", 74, 65);
    assert_refused(&app.try_exchange(&place, &renamed).await, 403, "RepositoryHeld");
    let (ctx, here) = app.inside(&ada, "acme").await;
    send(&app, &place.owner, "change-role", &[("member", ada_id.as_str()), ("role", "viewer")]).await;
    let before = app.log(&place).await.len();
    let mut refused = done_to_people(&ctx, &here, &things).await;
    refused.extend(done_about_access(&ctx, &here, &things).await);
    refused.extend(done_to_the_workspace(&ctx, &here, &things).await);
    for (what, error) in refused {
        assert!(matches!(error, Some(Error::Forbidden(_))), "{what}: {error:?}");
    }
    assert_eq!(app.log(&place).await.len(), before, "nothing was done");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_role_for_a_time_does_not_make_it_theirs_for_good() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (mia, id) = member(&app, &place, "Mia", Role::Member).await;
    let (ctx, here) = app.inside(&mia, "acme").await;
    let asked = AskInput {
        what: "role".to_owned(),
        role: "admin".to_owned(),
        repository: String::new(),
        resource_role: String::new(),
        reason: "to stand in".to_owned(),
    };
    access::ask(&ctx, &here, asked).await.unwrap();
    let request = access::requests(&ctx, &here, true, "", 1).await.unwrap().items.remove(0).id;
    let (owner, as_owner) = app.inside(&place.owner, "acme").await;
    access::approve(&owner, &as_owner, &request, "1", "").await.unwrap();
    for role in ["admin", "member", "billing"] {
        let answer = send(&app, &mia, "change-role", &[("member", id.as_str()), ("role", role)]).await;
        assert_eq!(answer.status, 403, "{role}: {}", answer.text());
    }
    // Nor do they make a secret that goes on when the time is over.
    let (hers, as_mia) = app.inside(&mia, "acme").await;
    for kind in CredentialKind::ALL {
        let refused = credentials::create(&hers, &as_mia, credential(*kind)).await;
        assert!(matches!(&refused, Err(Error::Forbidden(why)) if why.contains("lent")), "{refused:?}");
        let (made, _) = credentials::create(&owner, &as_owner, credential(*kind)).await.unwrap();
        let refused = credentials::rotate(&hers, &as_mia, &made.id, Overlap::Hour).await;
        assert!(matches!(&refused, Err(Error::Forbidden(why)) if why.contains("lent")), "{refused:?}");
        credentials::revoke(&hers, &as_mia, &made.id).await.unwrap();
    }
    let changed = team::change_role(&owner, &as_owner, &id, "viewer").await.unwrap();
    assert_eq!((changed.role, changed.role_until), (Role::Viewer, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_lowered_does_not_raise_themselves_by_a_key_they_made_before() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (mia, id) = member(&app, &place, "Mia", Role::Admin).await;
    let (hers, as_mia) = app.inside(&mia, "acme").await;
    let input = CredentialInput {
        scopes: vec![Scope::MembersRead.to_string(), Scope::MembersWrite.to_string()],
        ..credential(CredentialKind::ApiKey)
    };
    let (key, secret) = credentials::create(&hers, &as_mia, input).await.unwrap();
    let (owner, as_owner) = app.inside(&place.owner, "acme").await;
    team::change_role(&owner, &as_owner, &id, "member").await.unwrap();
    let by_key = async |secret: &str| {
        let path = format!("/api/v1/members/{id}");
        app.call("PATCH", &path).bearer(secret).json(&json!({"role": "admin"})).send().await
    };
    assert_eq!(by_key(secret.expose()).await.status, 403, "{}", by_key(secret.expose()).await.text());
    let (_, new) = credentials::rotate(&owner, &as_owner, &key.id, Overlap::Hour).await.unwrap();
    assert_eq!(by_key(secret.expose()).await.status, 403, "her secret counts as long as it is taken");
    assert_eq!(by_key(new.expose()).await.status, 200, "the new one is another’s");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_makes_after_the_dialog_was_shown_is_ended_with_them() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (eve, id) = member(&app, &place, "Eve", Role::Admin).await;
    let dialog = format!("/dashboard/workspaces/acme/team/members/{id}/remove");
    let shown = app.get(&dialog).cookie(&place.owner.cookie).html().send().await.text();
    let names = [
        "release_locks",
        "revoke_tokens",
        "revoke_access_tokens",
        "revoke_api_keys",
        "end_old_secrets",
        "revoke_invitations",
    ];
    for name in names {
        assert!(shown.contains(&format!("name=\"{name}\" value=\"true\"")), "{name}: {shown}");
    }
    let (ctx, here) = app.inside(&eve, "acme").await;
    tokens::create(&ctx, &here, &place.repository.id, "late", None).await.unwrap();
    let fields: Vec<_> =
        [("member", id.as_str())].into_iter().chain(names.map(|name| (name, "true"))).collect();
    assert_eq!(send(&app, &place.owner, "remove", &fields).await.status, 303);
    let left = tokens::list(&app.operator(), &app.enter(&place.workspace).await).await.unwrap();
    assert!(left.iter().all(|token| token.revoked_at.is_some()), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_handed_a_workspace_over_meanwhile_does_not_delete_it() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, ada_id) = member(&app, &place, "Ada", Role::Admin).await;
    let (ctx, here) = app.inside(&place.owner, "acme").await;
    team::offer_ownership(&ctx, &here, &ada_id, "The acme").await.unwrap();
    let (hers, as_ada) = app.inside(&ada, "acme").await;
    team::accept_ownership(&hers, &as_ada).await.unwrap();
    let late = workspaces::delete(&ctx, &here, "The acme").await;
    assert!(matches!(late, Err(Error::Forbidden(_))), "{late:?}");
    let (hers, as_ada) = app.inside(&ada, "acme").await;
    workspaces::delete(&hers, &as_ada, "The acme").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_at_the_owner_and_the_owner_does_not_leave() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, _) = member(&app, &place, "Ada", Role::Admin).await;
    let ctx = app.ctx_of(&place.owner).await;
    let owner = access::enter_anyhow(&ctx, "acme").await.unwrap().member_id.clone();
    for form in ["change-role", "suspend", "remove"] {
        for person in [&ada, &place.owner] {
            let answer = send(&app, person, form, &[("member", owner.as_str()), ("role", "viewer")]).await;
            assert_eq!(answer.status, 403, "{form}: {}", answer.text());
        }
    }
    let left = send(&app, &place.owner, "leave", &[]).await;
    assert_eq!(left.status, 403, "{}", left.text());
    assert!(left.text().contains("Transfer ownership"), "{}", left.text());
    assert_eq!(owners(&app, &place).await, ["Olga"]);
    assert_eq!(send(&app, &ada, "leave", &[]).await.status, 303);
    assert_eq!(app.get("/dashboard/workspaces/acme").cookie(&ada.cookie).send().await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_suspended_finds_nothing_and_comes_back_as_what_they_were() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, id) = member(&app, &place, "Ada", Role::Admin).await;
    let own = app.workspace(&ada, "adas").await;
    assert_eq!(send(&app, &place.owner, "suspend", &[("member", id.as_str())]).await.status, 303);
    assert_eq!(app.get("/dashboard/workspaces/acme").cookie(&ada.cookie).send().await.status, 404);
    let elsewhere = app.get(&format!("/dashboard/workspaces/{}", own.slug)).cookie(&ada.cookie).send().await;
    assert_eq!(elsewhere.status, 200, "their session goes on");
    let again = send(&app, &ada, "restore", &[("member", id.as_str())]).await;
    assert_eq!(again.status, 404, "not by themselves");
    assert_eq!(send(&app, &place.owner, "restore", &[("member", id.as_str())]).await.status, 303);
    let back = app.get("/dashboard/workspaces/acme/team/invite").cookie(&ada.cookie).html().send().await;
    assert_eq!(back.status, 200, "an admin as before");
}

/// Makes a repository token, and takes a lock.
async fn makes_things(app: &TestApp, place: &Place, person: &Person) {
    let repository = place.repository.id.as_str();
    let token = [("workspace", "acme"), ("repository", repository), ("name", "nightly"), ("days", "")];
    let lock = [
        ("workspace", "acme"),
        ("repository", repository),
        ("stack", "dev"),
        ("component", "vpc"),
        ("minutes", "60"),
    ];
    for (form, fields) in [("tokens/create", &token[..]), ("locks/take", &lock[..])] {
        let call = app.post(&format!("/forms/{form}")).html().cookie(&person.cookie);
        assert_eq!(call.form(fields).send().await.status, 303, "{form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_suspended_person_made_is_listed_and_decided() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, id) = member(&app, &place, "Ada", Role::Admin).await;
    makes_things(&app, &place, &ada).await;
    let (_, link) = app.invite(&place, "kim@example.com", Role::Member).await;
    assert!(!link.is_empty());
    let path = format!("/dashboard/workspaces/acme/team/members/{id}/access");
    let page = app.get(&path).cookie(&place.owner.cookie).html().send().await.text();
    assert!(page.contains("Release 1 lock") && page.contains("acme/infra/dev/vpc"), "{page}");
    assert!(page.contains("Revoke 1 repository token") && page.contains("nightly for acme/infra"), "{page}");
    assert!(!page.contains("checked"), "what is not chosen goes on: {page}");
    let decided = [("member", id.as_str()), ("revoke_tokens", "true")];
    assert_eq!(send(&app, &place.owner, "suspend", &decided).await.status, 303);
    assert_eq!(app.locks(&place).await.held.len(), 1, "it was to go on");
    let here = app.enter(&place.workspace).await;
    let token = tokens::list(&app.operator(), &here).await.unwrap().remove(0);
    assert!(token.revoked_at.is_some());
    let log = app.log(&place).await;
    let told = log.iter().find(|event| event.action == "suspended").unwrap();
    assert_eq!(told.details.note.as_deref(), Some("locks kept: 1, tokens ended: 1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_removed_person_made_is_listed_and_decided() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, id) = member(&app, &place, "Ada", Role::Admin).await;
    makes_things(&app, &place, &ada).await;
    let path = format!("/dashboard/workspaces/acme/team/members/{id}/remove");
    let page = app.get(&path).cookie(&place.owner.cookie).html().send().await.text();
    assert!(page.contains("Release 1 lock") && page.contains("acme/infra/dev/vpc"), "{page}");
    assert!(page.contains("Revoke 1 repository token") && page.contains("nightly for acme/infra"), "{page}");
    let decided = [("member", id.as_str()), ("release_locks", "true")];
    let removed = send(&app, &place.owner, "remove", &decided).await;
    assert_eq!(removed.status, 303, "{}", removed.text());
    assert!(app.locks(&place).await.held.is_empty());
    let here = app.enter(&place.workspace).await;
    let token = tokens::list(&app.operator(), &here).await.unwrap().remove(0);
    assert!(token.revoked_at.is_none(), "it was to go on");
    assert_eq!(app.get("/dashboard/workspaces/acme").cookie(&ada.cookie).send().await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_that_removes_somebody_ends_what_is_ticked_and_nothing_else() {
    const ALL: [&str; 4] = ["release_locks", "revoke_tokens", "revoke_access_tokens", "revoke_invitations"];
    for ends in [true, false] {
        let app = TestApp::start().await;
        let place = app.acme().await;
        let (ada, id) = member(&app, &place, "Ada", Role::Admin).await;
        makes_things(&app, &place, &ada).await;
        let (ctx, as_ada) = app.inside(&ada, "acme").await;
        credentials::create(&ctx, &as_ada, credential(CredentialKind::AccessToken)).await.unwrap();
        invitations::invite(&ctx, &as_ada, inviting("kim@example.com")).await.unwrap();
        let mut fields = vec![("member", id.as_str())];
        fields.extend(ALL.iter().filter(|_| ends).map(|name| (*name, "true")));
        let removed = send(&app, &place.owner, "remove", &fields).await;
        assert_eq!(removed.status, 303, "{}", removed.text());
        let (operator, here) = (app.operator(), app.enter(&place.workspace).await);
        assert_eq!(app.locks(&place).await.held.is_empty(), ends);
        let token = tokens::list(&operator, &here).await.unwrap().remove(0);
        assert_eq!(token.revoked_at.is_some(), ends, "{token:?}");
        let token = credentials::list(&operator, &here).await.unwrap().remove(0);
        assert_eq!(token.revoked_at.is_some(), ends, "{token:?}");
        let invited = invitations::list(&operator, &here, "", 10).await.unwrap().items;
        let invited: Vec<_> = invited.iter().map(|one| one.invited_by_name.as_str()).collect();
        let kept: &[&str] = if ends { &[] } else { &["Olga"] };
        assert_eq!(invited, kept, "what is kept is the remover’s");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ownership_passes_when_both_confirm_and_there_is_one_at_every_moment() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, ada_id) = member(&app, &place, "Ada", Role::Admin).await;
    let (ben, ben_id) = member(&app, &place, "Ben", Role::Viewer).await;
    let offer = |to: MemberId, name: &'static str| {
        let (app, owner) = (&app, &place.owner);
        async move { send(app, owner, "offer-ownership", &[("member", to.as_str()), ("name", name)]).await }
    };
    assert_eq!(offer(ada_id.clone(), "acme").await.status, 400, "the name is asked for");
    assert_eq!(offer(ada_id, "The acme").await.status, 303);
    assert_eq!(owners(&app, &place).await, ["Olga"], "nothing changes before it is taken");
    // A later offer takes the place of the earlier one; then both try to take it at once, and twice.
    assert_eq!(offer(ben_id, "The acme").await.status, 303);
    let take = |who: &Person| {
        let (app, who) = (&app, who.clone());
        async move { send(app, &who, "accept-ownership", &[]).await }
    };
    let (a, b, c) = tokio::join!(take(&ada), take(&ben), take(&ben));
    assert_eq!(a.status, 404, "{}", a.text());
    let done = [&b, &c].iter().filter(|answer| answer.status == 303).count();
    assert_eq!(done, 1, "{} {}", b.text(), c.text());
    assert_eq!(owners(&app, &place).await, ["Ben"]);
    let late =
        send(&app, &place.owner, "offer-ownership", &[("member", "mem_0"), ("name", "The acme")]).await;
    assert!([403, 404].contains(&late.status.as_u16()), "{}", late.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_of_ownership_is_turned_down_taken_back_and_over_after_seven_days() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, id) = member(&app, &place, "Ada", Role::Admin).await;
    let (vera, _) = member(&app, &place, "Vera", Role::Viewer).await;
    let fields = [("member", id.as_str()), ("name", "The acme")];
    let offer = || send(&app, &place.owner, "offer-ownership", &fields);
    let end = |who: &Person| {
        let (app, who) = (&app, who.clone());
        async move { send(app, &who, "end-offer", &[]).await.status.as_u16() }
    };
    let take = || send(&app, &ada, "accept-ownership", &[]);
    for who in [&ada, &place.owner] {
        assert_eq!(offer().await.status, 303);
        assert_eq!(end(&vera).await, 404, "it is none of hers");
        assert_eq!(end(who).await, 303, "{}", who.account.name);
        assert_eq!(take().await.status, 404, "after {} ended it", who.account.name);
        assert_eq!(end(who).await, 404, "there is nothing to end any more");
    }
    assert_eq!(offer().await.status, 303);
    app.clock.advance(Duration::from_secs(7 * 24 * 3600));
    assert_eq!(take().await.status, 404, "its time is over");
    assert_eq!(owners(&app, &place).await, ["Olga"]);
    let ended = |event: &&stackyard_model::activity::Event| event.action == "ownership_offer_ended";
    assert_eq!(app.log(&place).await.iter().filter(ended).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn ownership_is_not_offered_to_who_is_suspended_and_not_taken_by_them() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, id) = member(&app, &place, "Ada", Role::Admin).await;
    let fields = [("member", id.as_str()), ("name", "The acme")];
    assert_eq!(send(&app, &place.owner, "offer-ownership", &fields).await.status, 303);
    assert_eq!(send(&app, &place.owner, "suspend", &[("member", id.as_str())]).await.status, 303);
    assert_eq!(send(&app, &ada, "accept-ownership", &[]).await.status, 404);
    let again = send(&app, &place.owner, "offer-ownership", &fields).await;
    assert_eq!(again.status, 403, "{}", again.text());
    assert!(again.text().contains("Restore their access first"), "{}", again.text());
    assert_eq!(owners(&app, &place).await, ["Olga"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_offers_at_once_one_stands() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, ada_id) = member(&app, &place, "Ada", Role::Admin).await;
    let (ben, ben_id) = member(&app, &place, "Ben", Role::Admin).await;
    let to = |id: MemberId| {
        let (app, owner) = (&app, &place.owner);
        async move { send(app, owner, "offer-ownership", &[("member", id.as_str()), ("name", "The acme")]).await }
    };
    let (a, b) = tokio::join!(to(ada_id), to(ben_id));
    assert_eq!((a.status.as_u16(), b.status.as_u16()), (303, 303));
    let (a, b) =
        tokio::join!(send(&app, &ada, "accept-ownership", &[]), send(&app, &ben, "accept-ownership", &[]));
    let taken = [a, b].iter().filter(|answer| answer.status == 303).count();
    assert_eq!(taken, 1);
    assert_eq!(owners(&app, &place).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_lets_their_locks_go_and_whose_invitations_are_kept_are_handed_over() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, _) = member(&app, &place, "Ada", Role::Admin).await;
    makes_things(&app, &place, &ada).await;
    assert_eq!(send(&app, &ada, "leave", &[]).await.status, 303);
    assert!(app.locks(&place).await.held.is_empty());

    let (ben, ben_id) = member(&app, &place, "Ben", Role::Admin).await;
    let (ctx, as_ben) = app.inside(&ben, "acme").await;
    let invited = invitations::invite(&ctx, &as_ben, inviting("kim@example.com")).await.unwrap();
    let link = &invited.links[0].1;
    assert_eq!(send(&app, &place.owner, "remove", &[("member", ben_id.as_str())]).await.status, 303);
    let listed = invitations::list(&app.operator(), &app.enter(&place.workspace).await, "", 1).await.unwrap();
    assert_eq!(listed.items[0].invited_by_name, "Olga");
    let page = app.get(&format!("/invite/{}", link.expose())).html().send().await.text();
    assert!(page.contains("Olga") && !page.contains("Ben"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_narrowed_by_status_and_put_in_order() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (zoe, zoe_id) = member(&app, &place, "Zoe", Role::Member).await;
    app.clock.advance(Duration::from_secs(3600));
    let (ada, _) = member(&app, &place, "Ada", Role::Admin).await;
    let names = |query: &'static str| {
        let (app, owner) = (&app, &place.owner);
        async move {
            let path = format!("/dashboard/workspaces/acme/team?{query}");
            let page = app.get(&path).cookie(&owner.cookie).html().send().await.text();
            let page = page.split_once("<main").unwrap().1;
            // Each row names its address once; the order of those is the order of the rows.
            let mut all: Vec<_> =
                [("Zoe", "zoe@example.com"), ("Ada", "ada@example.com"), ("Olga", "olga@example.com")]
                    .into_iter()
                    .filter_map(|(name, email)| Some((page.find(email)?, name)))
                    .collect();
            all.sort_unstable();
            all.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
        }
    };
    assert_eq!(names("sort=name").await, ["Ada", "Olga", "Zoe"]);
    assert_eq!(names("sort=joined").await, ["Ada", "Zoe", "Olga"]);
    // Who did something last comes first, unless another order is asked for.
    app.clock.advance(Duration::from_secs(3600));
    for person in [&ada, &zoe] {
        app.clock.advance(Duration::from_secs(600));
        app.get("/dashboard/workspaces/acme").cookie(&person.cookie).html().send().await;
    }
    app.clock.advance(Duration::from_secs(600));
    assert_eq!(names("").await, ["Olga", "Zoe", "Ada"]);
    assert_eq!(send(&app, &place.owner, "suspend", &[("member", zoe_id.as_str())]).await.status, 303);
    assert_eq!(names("status=suspended&sort=name").await, ["Zoe"]);
    assert_eq!(names("status=active&sort=name").await, ["Ada", "Olga"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_narrowed_by_the_role_that_counts_a_lent_one_included() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    member(&app, &place, "Ada", Role::Admin).await;
    let (mia, _) = member(&app, &place, "Mia", Role::Member).await;
    let found = async |role: &str| {
        let path = format!("/dashboard/workspaces/acme/team?role={role}");
        let page = app.get(&path).cookie(&place.owner.cookie).html().send().await.text();
        let page = page.split_once("<main").unwrap().1.to_owned();
        let all = [("Ada", "ada@example.com"), ("Mia", "mia@example.com"), ("Olga", "olga@example.com")];
        let there = all.into_iter().filter(|(_, email)| page.contains(email)).map(|(name, _)| name);
        there.collect::<Vec<_>>().join(" ")
    };
    assert_eq!((found("admin").await.as_str(), found("member").await.as_str()), ("Ada", "Mia"));
    let id = ask_for(&app, &mia, Role::Admin).await;
    let here = app.enter(&place.workspace).await;
    access::approve(&app.operator(), &here, &id, "7", "").await.unwrap();
    assert_eq!((found("admin").await.as_str(), found("member").await.as_str()), ("Ada Mia", ""));
    app.clock.advance(Duration::from_secs(7 * 24 * 3600));
    assert_eq!((found("admin").await.as_str(), found("member").await.as_str()), ("Ada", "Mia"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_says_when_somebody_joined_and_was_here_last_or_that_they_never_were() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let nia = app.person("Nia").await;
    app.add_member(&place.workspace, &nia, Role::Member).await;
    app.clock.advance(Duration::from_secs(2 * 3600));
    let row = async || {
        let call = app.get("/dashboard/workspaces/acme/team").cookie(&place.owner.cookie);
        let page = call.html().send().await.text();
        let row = page.split("</tr>").find(|row| row.contains("nia@example.com"));
        words(row.unwrap_or_else(|| panic!("{page}")))
    };
    let text = row().await;
    assert!(text.contains("2 h ago Last active never"), "{text}");
    app.inside(&nia, "acme").await;
    app.clock.advance(Duration::from_secs(3600));
    let text = row().await;
    assert!(text.contains("3 h ago Last active 1 h ago"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_somebody_was_here_last_is_written_at_most_once_a_minute() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let mia = app.person("Mia").await;
    let here = app.enter(&place.workspace).await;
    let id = workspaces::add_member(&app.operator(), &here, &mia.account, Role::Member).await.unwrap();
    let last = async || team::get(&app.operator(), &here, &id).await.unwrap().last_active_at;
    let visit = async || {
        let page = app.get("/dashboard/workspaces/acme").cookie(&mia.cookie).html().send().await;
        assert_eq!(page.status, 200);
    };
    assert_eq!(last().await, None);
    visit().await;
    let first = app.now();
    assert_eq!(last().await, Some(first));
    app.clock.advance(Duration::from_secs(59));
    visit().await;
    assert_eq!(last().await, Some(first));
    app.clock.advance(Duration::from_secs(1));
    visit().await;
    assert_eq!(last().await, Some(app.now()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_people_are_read_in_pages_that_miss_and_double_nobody() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    app.fill_team(&place.workspace, 1_000).await;
    let here = app.enter(&place.workspace).await;
    for sort in [TeamSort::Seen, TeamSort::Name, TeamSort::Joined] {
        let filter = TeamFilter { sort, ..TeamFilter::default() };
        let (mut seen, mut cursor, mut pages) = (HashSet::new(), String::new(), 0);
        loop {
            let page = team::page(&app.operator(), &here, &filter, &cursor, 50).await.unwrap();
            assert_eq!(page.counts.members(), 1_001);
            for member in &page.members {
                assert!(seen.insert(member.id.clone()), "{} twice", member.name);
            }
            pages += 1;
            match page.next_cursor {
                Some(next) => cursor = next,
                None => break,
            }
        }
        assert_eq!((seen.len(), pages), (1_001, 21), "{sort:?}");
    }
    let find = |q: &str| format!("/dashboard/workspaces/acme/team?q={q}");
    let page = app.get(&find("person%20777")).cookie(&place.owner.cookie).html().send().await.text();
    assert!(page.contains("Person 777") && !page.contains("Person 778"), "{page}");
    let nobody = app.get(&find("%25_")).cookie(&place.owner.cookie).html().send().await.text();
    assert!(nobody.contains("Nobody matches"), "{nobody}");
    let began = std::time::Instant::now();
    let page = app.get("/dashboard/workspaces/acme/team").cookie(&place.owner.cookie).html().send().await;
    assert_eq!(page.status, 200);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}
