//! What ends before its time: sessions that are revoked, permissions that go, accounts that are disabled.

use serde_json::json;
use stackyard_domain::workspaces::{self, SettingsInput};
use stackyard_domain::{Error, access, accounts, ci, permissions, repositories, sessions};
use stackyard_model::Role;
use stackyard_model::activity::What;
use stackyard_model::id::RepositoryId;
use stackyard_oidc::Issuers;
use stackyard_oidc::http_client;

use crate::support::{Answer, ORIGIN, PASSWORD, Place, TestApp};

async fn take(app: &TestApp, session: &str, stack: &str) -> Answer {
    app.post("/api/v1/locks")
        .bearer(session)
        .json(&json!({"key": format!("acme/infra/{stack}/vpc")}))
        .send()
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_session_is_401_and_the_others_go_on() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let here = app.enter(&acme.workspace).await;
    let other = repositories::add(&app.operator(), &here, "github.com", "acme/other").await.unwrap();
    let (one, two) = (app.session(&acme).await, app.session(&acme).await);
    let token = app.repository_token(&acme).await;
    let operator = app.operator();
    let revoke = async |repository: Option<&RepositoryId>| {
        ci::revoke_sessions(&operator, &here, repository).await.unwrap()
    };
    assert_eq!(revoke(Some(&other.id)).await, 0);
    assert_eq!(take(&app, &one, "a").await.status, 201);
    assert_eq!(revoke(Some(&acme.repository.id)).await, 2);
    for session in [&one, &two] {
        let answer = take(&app, session, "b").await;
        assert_eq!((answer.status.as_u16(), &*answer.refusal().0), (401, "Unauthorized"));
    }
    assert_eq!(take(&app, &token, "b").await.status, 201, "a repository token is no session");
    let fresh = app.session(&acme).await;
    assert_eq!(take(&app, &fresh, "c").await.status, 201);
    assert_eq!(revoke(None).await, 1);
    assert_eq!(revoke(None).await, 0);
    let log = app.log(&acme).await;
    let told: Vec<_> = log.iter().filter(|event| event.what() == Some(What::CiSessionRevoked)).collect();
    let mut notes: Vec<_> = told.iter().map(|event| event.details.note.as_deref().unwrap()).collect();
    notes.sort_unstable();
    assert_eq!(notes, ["1 session", "2 sessions"], "what ended nothing is not told");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_who_manage_tokens_revoke_sessions_and_only_their_own_workspaces() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    for role in [Role::Viewer, Role::Member, Role::Billing] {
        let person = app.person(role.label()).await;
        app.add_member(&acme.workspace, &person, role).await;
        let ctx = app.ctx_of(&person).await;
        let here = access::enter_anyhow(&ctx, "acme").await.unwrap();
        let refused = ci::revoke_sessions(&ctx, &here, None).await.unwrap_err();
        assert!(matches!(refused, Error::Forbidden(_)), "{role}: {refused}");
    }
    let stranger = app.person("Stan").await;
    app.workspace(&stranger, "elsewhere").await;
    let ctx = app.ctx_of(&stranger).await;
    let there = access::enter_anyhow(&ctx, "elsewhere").await.unwrap();
    let refused = ci::revoke_sessions(&ctx, &there, Some(&acme.repository.id)).await.unwrap_err();
    assert!(matches!(refused, Error::NotFound), "{refused}");
    assert_eq!(ci::revoke_sessions(&ctx, &there, None).await.unwrap(), 0);
    assert_eq!(take(&app, &session, "a").await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_last_permission_goes_the_next_call_is_403() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    assert_eq!(take(&app, &session, "a").await.status, 201);
    let here = app.enter(&acme.workspace).await;
    for permission in permissions::list(&app.operator(), &here, &acme.repository.id).await.unwrap() {
        permissions::remove(&app.operator(), &here, &acme.repository.id, &permission.id).await.unwrap();
    }
    let answer = take(&app, &session, "b").await;
    assert_eq!((answer.status.as_u16(), &*answer.refusal().0), (403, "NoPermission"));
}

async fn own_audience_only(app: &TestApp, acme: &Place, own_audience_only: bool) {
    let here = app.enter(&acme.workspace).await;
    let input = SettingsInput {
        name: acme.workspace.name.clone(),
        slug: acme.workspace.slug.clone(),
        description: String::new(),
        own_audience_only,
        members_see_all: true,
    };
    workspaces::update(&app.operator(), &here, input).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_a_shared_audience_are_refused_as_soon_as_the_workspace_is_stricter() {
    let app = TestApp::start().await;
    let mut config = app.issuer.config("github.com");
    config.audiences.push(ORIGIN.to_owned());
    let app = app.trusting(Issuers::new(vec![config], http_client().unwrap()).unwrap());
    let acme = app.acme_with_locks().await;
    let shared = app.session(&acme).await;
    let answer = app.exchange(&app.claims().set("aud", ORIGIN), acme.workspace.id.as_str()).await;
    let own = answer.envelope()["data"]["token"].as_str().unwrap().to_owned();
    let token = app.repository_token(&acme).await;
    assert_eq!(take(&app, &shared, "a").await.status, 201);

    own_audience_only(&app, &acme, true).await;
    let answer = take(&app, &shared, "b").await;
    assert_eq!((answer.status.as_u16(), &*answer.refusal().0), (403, "AudienceRefused"));
    assert_eq!(take(&app, &own, "c").await.status, 201);
    assert_eq!(take(&app, &token, "d").await.status, 201, "a repository token has no audience");

    own_audience_only(&app, &acme, false).await;
    assert_eq!(take(&app, &shared, "b").await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_is_signed_out_at_once_and_cannot_come_back_until_enabled() {
    let app = TestApp::start().await;
    let (olga, mira) = (app.person("Olga").await, app.person("Mira").await);
    let account = async |cookie: &str| app.get("/account").cookie(cookie).send().await.status.as_u16();
    let try_it = async |email: &str, password: &str| {
        let fields = [("email", email), ("password", password)];
        let call = app.post("/forms/sign-in").header("accept", "application/json").form(&fields);
        let answer = call.send().await;
        (answer.status.as_u16(), answer.text().replace(answer.header("x-trace-id"), "TRACE"))
    };
    accounts::disable(&app.operator(), "OLGA@example.com").await.unwrap();
    assert_eq!(account(&olga.cookie).await, 303);
    assert_eq!(account(&mira.cookie).await, 200);
    let wrong = try_it("mira@example.com", "wrong wrong wrong").await;
    assert_eq!(try_it("olga@example.com", PASSWORD).await, wrong, "the same answer as to a wrong password");
    assert_eq!(wrong.0, 400);

    accounts::enable(&app.operator(), "olga@example.com").await.unwrap();
    assert_eq!(account(&olga.cookie).await, 303, "her browsers stay signed out");
    assert_eq!(try_it("olga@example.com", PASSWORD).await.0, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_operator_disables_accounts() {
    let app = TestApp::start().await;
    let (olga, _mira) = (app.person("Olga").await, app.person("Mira").await);
    let ctx = app.ctx_of(&olga).await;
    for refused in
        [accounts::disable(&ctx, "mira@example.com").await, accounts::enable(&ctx, "mira@example.com").await]
    {
        assert!(matches!(refused, Err(Error::NotFound)));
    }
    assert!(matches!(accounts::disable(&app.operator(), "nobody@example.com").await, Err(Error::NotFound)));
    let anonymous = app.operator().with_actor(stackyard_domain::Actor::Anonymous);
    sessions::sign_in(&anonymous, "mira@example.com", PASSWORD).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_under_way_does_not_outlive_the_password_it_was_made_with() {
    let app = TestApp::start().await;
    app.person("Olga").await;
    let operator = app.operator();
    let fields = [("email", "olga@example.com"), ("password", PASSWORD)];
    let tries = (0..4).map(|_| app.post("/forms/sign-in").html().form(&fields).send());
    let change = accounts::set_password(&operator, "olga@example.com", "quite another password");
    let (answers, changed) = futures::join!(futures::future::join_all(tries), change);
    changed.unwrap();
    for answer in answers {
        let cookie = answer.header("set-cookie");
        if let Some(secret) = cookie.strip_prefix("stackyard_3000=").and_then(|rest| rest.split(';').next()) {
            let page = app.get("/account").cookie(secret).send().await;
            assert_eq!(page.status, 303, "the cookie of the old password is still good");
        }
    }
}
