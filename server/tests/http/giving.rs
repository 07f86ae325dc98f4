//! What a right to give access does not give: to who has it for a time, and to who acts by what they made before.

use serde_json::json;
use stackyard_domain::access::AskInput;
use stackyard_domain::credentials::{self, CredentialInput};
use stackyard_domain::invitations::{self, InviteInput};
use stackyard_domain::team::{self, Decisions};
use stackyard_domain::{Ctx, Error, Here, access, groups, tokens};
use stackyard_model::access::{Grantee, ResourceRole};
use stackyard_model::credential::{CredentialKind, Overlap, Scope};
use stackyard_model::id::{AccessRequestId, GroupId, MemberId};
use stackyard_model::invitation::LinkWay;
use stackyard_model::{MemberStatus, Role};

use crate::support::{Person, Place, TestApp};

pub async fn member(app: &TestApp, place: &Place, name: &str, role: Role) -> (Person, MemberId) {
    let person = app.person(name).await;
    app.add_member(&place.workspace, &person, role).await;
    let id = app.inside(&person, "acme").await.1.member_id.clone();
    (person, id)
}

pub fn for_role(role: &str) -> AskInput {
    AskInput {
        what: "role".to_owned(),
        role: role.to_owned(),
        repository: String::new(),
        resource_role: String::new(),
        reason: "to stand in".to_owned(),
    }
}

pub fn for_repository(role: &str) -> AskInput {
    AskInput {
        what: "repository".to_owned(),
        role: String::new(),
        repository: "acme/infra".to_owned(),
        resource_role: role.to_owned(),
        reason: "to stand in".to_owned(),
    }
}

async fn ask(app: &TestApp, person: &Person, input: AskInput) -> AccessRequestId {
    let (ctx, here) = app.inside(person, "acme").await;
    access::ask(&ctx, &here, input).await.unwrap();
    access::requests(&ctx, &here, true, "", 1).await.unwrap().items.remove(0).id
}

/// What was asked for, for a day.
pub async fn lend(app: &TestApp, place: &Place, person: &Person, input: AskInput) {
    let id = ask(app, person, input).await;
    let (ctx, here) = app.inside(&place.owner, "acme").await;
    access::approve(&ctx, &here, &id, "1", "").await.unwrap();
}

pub async fn group(app: &TestApp, place: &Place, name: &str) -> GroupId {
    let here = app.enter(&place.workspace).await;
    groups::create(&app.operator(), &here, name, "").await.unwrap()
}

pub fn invitation(email: &str, role: &str, within: &[GroupId]) -> InviteInput {
    InviteInput {
        people: email.to_owned(),
        role: role.to_owned(),
        way: "copied".to_owned(),
        days: "7".to_owned(),
        groups: within.iter().map(ToString::to_string).collect(),
    }
}

#[track_caller]
pub fn assert_lent<T: std::fmt::Debug>(what: &str, result: Result<T, Error>) {
    assert!(matches!(&result, Err(Error::Forbidden(why)) if why.contains("lent")), "{what}: {result:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_an_admin_for_a_time_gives_themselves_nothing_and_makes_nobody_an_admin() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let repository = &place.repository.id;
    let (mia, mia_id) = member(&app, &place, "Mia", Role::Member).await;
    let (bo, bo_id) = member(&app, &place, "Bo", Role::Member).await;
    let (plain, deciding) = (group(&app, &place, "Plain").await, group(&app, &place, "Deciding").await);
    let operators = app.enter(&place.workspace).await;
    access::grant(&app.operator(), &operators, repository, "Deciding", "admin").await.unwrap();
    groups::add(&app.operator(), &operators, &plain, std::slice::from_ref(&mia_id)).await.unwrap();
    let asked = ask(&app, &bo, for_role("admin")).await;
    let asked_too = ask(&app, &bo, for_repository("admin")).await;
    let offered = app.invite(&place, "zoe@example.com", Role::Admin).await.0;
    let (key, _) = app.key_for(&place.workspace, &[Scope::GroupsRead], None).await;
    lend(&app, &place, &mia, for_role("admin")).await;
    let (ctx, here) = app.inside(&mia, "acme").await;
    let before = app.log(&place).await.len();

    let me = std::slice::from_ref(&mia_id);
    let only = std::slice::from_ref(&bo_id);
    assert_lent("a group", groups::add(&ctx, &here, &deciding, me).await);
    assert_lent(
        "her groups",
        groups::set_for(&ctx, &here, &mia_id, &[], std::slice::from_ref(&deciding)).await,
    );
    for role in ["read", "write", "admin"] {
        assert_lent(role, access::grant(&ctx, &here, repository, "mia@example.com", role).await);
        assert_lent(role, access::grant(&ctx, &here, repository, "Plain", role).await);
    }
    assert_lent(
        "an admin of one thing",
        access::grant(&ctx, &here, repository, "bo@example.com", "admin").await,
    );
    assert_lent("an admin", team::change_role(&ctx, &here, &bo_id, "admin").await);
    assert_lent("a group that decides", groups::add(&ctx, &here, &deciding, only).await);
    assert_lent(
        "his groups",
        groups::set_for(&ctx, &here, &bo_id, &[], std::slice::from_ref(&deciding)).await,
    );
    assert_lent(
        "an invitation",
        invitations::invite(&ctx, &here, invitation("a@x.example", "admin", &[])).await,
    );
    let by_group = invitation("a@x.example", "viewer", std::slice::from_ref(&deciding));
    assert_lent("one with a group", invitations::invite(&ctx, &here, by_group).await);
    assert_lent("one sent anew", invitations::resend(&ctx, &here, &offered, LinkWay::Copied).await);
    for request in [&asked, &asked_too] {
        assert_lent("what is asked for", access::approve(&ctx, &here, request, "1", "").await);
    }
    assert_lent("a secret", tokens::create(&ctx, &here, repository, "nightly", None).await);
    credentials::switch(&ctx, &here, &key, false).await.unwrap();
    assert_lent("a secret that was off", credentials::switch(&ctx, &here, &key, true).await);
    assert_eq!(
        app.log(&place).await.len(),
        before + 1,
        "the key was switched off, and nothing else was done"
    );

    // All else that an admin does.
    access::grant(&ctx, &here, repository, "bo@example.com", "write").await.unwrap();
    groups::add(&ctx, &here, &plain, only).await.unwrap();
    groups::remove(&ctx, &here, &plain, me).await.unwrap();
    invitations::invite(&ctx, &here, invitation("a@x.example", "member", &[plain])).await.unwrap();
    team::change_role(&ctx, &here, &bo_id, "billing").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_repository_for_a_time_gives_it_neither_to_themselves_nor_away() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let repository = &place.repository.id;
    let (mia, mia_id) = member(&app, &place, "Mia", Role::Member).await;
    member(&app, &place, "Bo", Role::Member).await;
    let hers = group(&app, &place, "Hers").await;
    let operators = app.enter(&place.workspace).await;
    groups::add(&app.operator(), &operators, &hers, std::slice::from_ref(&mia_id)).await.unwrap();
    lend(&app, &place, &mia, for_repository("admin")).await;
    let (ctx, here) = app.inside(&mia, "acme").await;
    assert_lent("to herself", access::grant(&ctx, &here, repository, "mia@example.com", "admin").await);
    assert_lent("to her group", access::grant(&ctx, &here, repository, "Hers", "read").await);
    assert_lent("to another", access::grant(&ctx, &here, repository, "bo@example.com", "admin").await);
    access::grant(&ctx, &here, repository, "bo@example.com", "write").await.unwrap();
    // What she has for good beside it, she has.
    access::grant(&app.operator(), &operators, repository, "Hers", "admin").await.unwrap();
    access::grant(&ctx, &here, repository, "bo@example.com", "admin").await.unwrap();
    let held = access::grants_on(&ctx, &here, repository).await.unwrap();
    let bos = held.iter().find(|grant| grant.to.name() == "Bo").unwrap();
    assert_eq!((bos.role, bos.expires_at), (ResourceRole::Admin, None));
}

/// A key that somebody makes, and its secret.
pub async fn key(ctx: &Ctx, here: &Here) -> String {
    let input = CredentialInput {
        kind: CredentialKind::ApiKey,
        name: "nightly".to_owned(),
        description: String::new(),
        scopes: [Scope::MembersWrite, Scope::GroupsWrite, Scope::InvitationsWrite, Scope::WorkspaceWrite]
            .map(|scope| scope.to_string())
            .into(),
        days: Some(90),
    };
    credentials::create(ctx, here, input).await.unwrap().1.expose().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_lowered_or_suspended_comes_back_by_no_key_of_their_own() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (mia, mia_id) = member(&app, &place, "Mia", Role::Admin).await;
    let (hers, as_mia) = app.inside(&mia, "acme").await;
    let secret = key(&hers, &as_mia).await;
    let (owner, as_owner) = app.inside(&place.owner, "acme").await;
    let anothers = key(&owner, &as_owner).await;
    let platform = group(&app, &place, "Platform").await;
    team::change_role(&owner, &as_owner, &mia_id, "member").await.unwrap();
    let joins = async |secret: &str| {
        let path = format!("/api/v1/groups/{platform}/members");
        app.call("POST", &path).bearer(secret).json(&json!({"members": [mia_id.as_str()]})).send().await
    };
    let refused = joins(&secret).await;
    assert_eq!(refused.status, 403, "{}", refused.text());
    assert!(refused.text().contains("who made its secret"), "{}", refused.text());
    assert!(groups::members(&owner, &as_owner, &platform).await.unwrap().is_empty());
    assert!(joins(&anothers).await.status.is_success());

    team::suspend(&owner, &as_owner, &mia_id, Decisions::default()).await.unwrap();
    let restores = async |secret: &str| {
        let path = format!("/api/v1/members/{mia_id}");
        app.call("PATCH", &path).bearer(secret).json(&json!({"status": "active"})).send().await
    };
    assert_eq!(restores(&secret).await.status, 403, "{}", restores(&secret).await.text());
    let status = async || team::get(&owner, &as_owner, &mia_id).await.unwrap().status;
    assert_eq!(status().await, MemberStatus::Suspended);
    assert_eq!(restores(&anothers).await.status, 200);
    assert_eq!(status().await, MemberStatus::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_suspended_through_the_api_loses_what_they_made_when_that_is_said() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (mia, mia_id) = member(&app, &place, "Mia", Role::Admin).await;
    let (hers, as_mia) = app.inside(&mia, "acme").await;
    let secret = key(&hers, &as_mia).await;
    tokens::create(&hers, &as_mia, &place.repository.id, "nightly", None).await.unwrap();
    let (owner, as_owner) = app.inside(&place.owner, "acme").await;
    let anothers = key(&owner, &as_owner).await;
    let send = async |query: &str, status: &str| {
        let path = format!("/api/v1/members/{mia_id}{query}");
        app.call("PATCH", &path).bearer(&anothers).json(&json!({"status": status})).send().await
    };
    let works = async || app.get("/api/v1/members").bearer(&secret).send().await.status == 200;
    assert_eq!(send("?revokeKeys=perhaps", "suspended").await.status, 400);
    assert_eq!(send("", "suspended").await.status, 200);
    assert!(works().await, "what is revoked does not come back, so it has to be said");
    assert_eq!(send("", "active").await.status, 200);
    assert_eq!(send("?revokeKeys=true&revokeTokens=true", "suspended").await.status, 200);
    assert!(!works().await);
    let left = team::made_by(&owner, &as_owner, &mia_id).await.unwrap();
    assert!(left.tokens.is_empty() && left.api_keys.is_empty(), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_somebody_copied_ends_when_their_invitations_become_another_s() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (mia, mia_id) = member(&app, &place, "Mia", Role::Admin).await;
    let (hers, as_mia) = app.inside(&mia, "acme").await;
    let copied = invitation("mia.too@example.com", "admin", &[]);
    let outcome = invitations::invite(&hers, &as_mia, copied).await.unwrap();
    let (id, link) = (outcome.ids[0].clone(), outcome.links[0].1.expose().to_owned());
    let (owner, as_owner) = app.inside(&place.owner, "acme").await;
    team::remove(&owner, &as_owner, &mia_id, Decisions::default()).await.unwrap();
    let (ctx, _) = (app.ctx_of(&mia).await, ());
    let refused = invitations::accept(&ctx, &link, "").await.unwrap_err();
    assert!(refused.to_string().contains("may not invite any more"), "{refused}");
    assert!(access::enter_anyhow(&ctx, "acme").await.is_err());
    // The invitation itself waits for whoever it is for.
    let new = invitations::resend(&owner, &as_owner, &id, LinkWay::Copied).await.unwrap().unwrap();
    assert!(invitations::accept(&ctx, &link, "").await.is_err(), "the old link stays dead");
    invitations::accept(&ctx, new.expose(), "").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_never_taken_for_the_name_of_a_group() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (_, bo_id) = member(&app, &place, "Bo", Role::Member).await;
    let (ctx, here) = app.inside(&place.owner, "acme").await;
    for name in ["bo@example.com", "BO@EXAMPLE.COM", "kim@example.com"] {
        let refused = groups::create(&ctx, &here, name, "").await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{name}: {refused:?}");
    }
    let team = group(&app, &place, "@platform").await;
    assert!(groups::update(&ctx, &here, &team, "bo@example.com", "").await.is_err());
    let given = access::grant(&ctx, &here, &place.repository.id, "Bo@Example.com", "read").await.unwrap();
    assert_eq!(given, Grantee::Member(bo_id, "Bo".to_owned()));
    let given = access::grant(&ctx, &here, &place.repository.id, "@platform", "read").await.unwrap();
    assert_eq!(given, Grantee::Group(team, "@platform".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_that_was_rotated_gives_nothing_to_who_made_the_secret_that_is_used() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (mia, mia_id) = member(&app, &place, "Mia", Role::Admin).await;
    let (hers, as_mia) = app.inside(&mia, "acme").await;
    let old = key(&hers, &as_mia).await;
    let (owner, as_owner) = app.inside(&place.owner, "acme").await;
    let id = credentials::list(&owner, &as_owner).await.unwrap().remove(0).id;
    let (_, new) = credentials::rotate(&owner, &as_owner, &id, Overlap::Hour).await.unwrap();
    team::suspend(&owner, &as_owner, &mia_id, Decisions::default()).await.unwrap();
    let restores = async |secret: &str| {
        let path = format!("/api/v1/members/{mia_id}");
        app.call("PATCH", &path).bearer(secret).json(&json!({"status": "active"})).send().await.status
    };
    assert_eq!(restores(&old).await, 403);
    assert_eq!(restores(new.expose()).await, 200);
}
