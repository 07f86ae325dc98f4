//! Which repository a run is of: the host's number decides, the name is a label (rules §1).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests stop the test as tests do"
)]

use serde_json::json;
use stackyard_domain::{Error, repositories};
use stackyard_model::activity::Outcome;
use stackyard_oidc::testing::TestIssuer;
use stackyard_oidc::{Issuers, http_client};

use crate::support::{Place, TestApp, assert_let_in, assert_refused};

/// Confirms what an admin was shown.
async fn confirm(app: &TestApp, place: &Place, name: &str, owner: i64) -> Result<(), Error> {
    let here = app.enter(&place.workspace).await;
    repositories::confirm_identity(&app.operator(), &here, &place.repository.id, name, owner).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_number_at_another_host_is_another_repository() {
    let other = TestIssuer::start().await;
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "*", "*"]).await;
    assert_let_in(&app.try_exchange(&place, &app.claims()).await);
    // The same server, trusting a second issuer, which speaks for another host.
    let configs = vec![app.issuer.config("github.com"), other.config("ghe.example.com")];
    let issuers = Issuers::new(configs, http_client().unwrap()).unwrap();
    let verified = issuers.verify(&other.sign(&app.claims()), app.now()).await.unwrap();
    assert_eq!((verified.host.as_str(), verified.claims.repository_id), ("ghe.example.com", 74));
    let app = app.trusting(issuers);
    let body = json!({"token": other.sign(&app.claims()), "workspaceId": place.workspace.id.as_str()});
    let answer = app.post("/api/v1/auth/github-oidc").json(&body).send().await;
    assert_refused(&answer, 404, "WorkspaceOrRepositoryNotFound");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recycled_name_with_another_number_is_refused_and_shown() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "*", "*"]).await;
    assert_let_in(&app.try_exchange(&place, &app.claims()).await);
    let impostor = app.claims().repository("acme/infra", 9_999, 65);
    assert_refused(&app.try_exchange(&place, &impostor).await, 404, "WorkspaceOrRepositoryNotFound");
    let log = app.log(&place).await;
    let shown = log.iter().find(|event| event.action == "identity_conflict").unwrap();
    assert_eq!(shown.outcome, Outcome::Denied);
    assert!(shown.details.note.as_ref().unwrap().contains("9999"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_repository_is_held_until_an_admin_confirms_it() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "*", "*"]).await;
    assert_let_in(&app.try_exchange(&place, &app.claims()).await);
    let renamed = || app.claims().repository("acme/platform", 74, 65);
    let message = assert_refused(&app.try_exchange(&place, &renamed()).await, 403, "RepositoryHeld");
    assert!(message.contains("`acme/infra`") && message.contains("`acme/platform`"), "{message}");
    let here = app.enter(&place.workspace).await;
    let held = repositories::get(&app.operator(), &here, &place.repository.id).await.unwrap();
    assert_eq!(held.held.unwrap().name, "acme/platform");
    confirm(&app, &place, "acme/platform", 65).await.unwrap();
    assert_let_in(&app.try_exchange(&place, &renamed()).await);
    assert_refused(&app.try_exchange(&place, &app.claims()).await, 403, "RepositoryHeld");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_moved_to_another_owner_is_held_under_the_same_name_too() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "*", "*"]).await;
    assert_let_in(&app.try_exchange(&place, &app.claims()).await);
    let moved = app.claims().set("repository_owner_id", "666");
    assert_refused(&app.try_exchange(&place, &moved).await, 403, "RepositoryHeld");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sibling_repository_that_is_not_configured_is_told_to_the_admins() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "*", "*"]).await;
    assert_let_in(&app.try_exchange(&place, &app.claims()).await);
    let sibling = app.claims().repository("acme/other", 75, 65);
    assert_refused(&app.try_exchange(&place, &sibling).await, 404, "WorkspaceOrRepositoryNotFound");
    let log = app.log(&place).await;
    let shown = log.iter().find(|event| event.repository.as_deref() == Some("acme/other")).unwrap();
    assert_eq!(shown.outcome, Outcome::Denied);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_cannot_flood_the_log_of_a_workspace() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "*", "*"]).await;
    assert_let_in(&app.try_exchange(&place, &app.claims()).await);
    let before = app.log(&place).await.len();
    let stranger = app.claims().repository("evil/infra", 4_242, 666);
    assert_refused(&app.try_exchange(&place, &stranger).await, 404, "WorkspaceOrRepositoryNotFound");
    // A used token of an impostor writes nothing either, however often it is sent.
    let impostor = app.claims().repository("acme/infra", 9_999, 65);
    assert_refused(&app.try_exchange(&place, &impostor).await, 404, "WorkspaceOrRepositoryNotFound");
    let once = app.log(&place).await.len();
    assert_refused(&app.try_exchange(&place, &impostor).await, 404, "WorkspaceOrRepositoryNotFound");
    assert_eq!((once, app.log(&place).await.len()), (before + 1, before + 1));
}
#[tokio::test(flavor = "multi_thread")]
async fn what_is_confirmed_is_what_the_admin_was_shown() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "*", "*"]).await;
    assert_let_in(&app.try_exchange(&place, &app.claims()).await);
    let renamed = app.claims().repository("acme/platform", 74, 65);
    assert_refused(&app.try_exchange(&place, &renamed).await, 403, "RepositoryHeld");
    let list = app.get("/dashboard/workspaces/acme/repositories").cookie(&place.owner.cookie).send().await;
    assert!(list.text().contains("acme/platform"), "{}", list.text());

    // While the admin looks at it, it turns up under another owner.
    let stolen = || app.claims().repository("evil/platform", 74, 666);
    assert_refused(&app.try_exchange(&place, &stolen()).await, 403, "RepositoryHeld");
    let sent = async |name: &str, owner: &str| {
        let fields = [
            ("workspace", "acme"),
            ("repository", place.repository.id.as_str()),
            ("name", name),
            ("owner", owner),
        ];
        let call = app.post("/forms/repositories/confirm-identity").cookie(&place.owner.cookie);
        call.header("accept", "application/json").form(&fields).send().await
    };
    for (name, owner) in
        [("acme/platform", "65"), ("evil/platform", "65"), ("acme/platform", "666"), ("", "")]
    {
        let answer = sent(name, owner).await;
        assert_eq!(answer.status, 409, "{name} {owner}: {}", answer.text());
        assert_eq!(answer.json()["errorTag"], "IdentityChanged");
    }
    assert_refused(&app.try_exchange(&place, &stolen()).await, 403, "RepositoryHeld");
    assert_eq!(sent("evil/platform", "666").await.status, 303);
    assert_let_in(&app.try_exchange(&place, &stolen()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_mistake_within_a_minute_is_one_event() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "*", "*"]).await;
    assert_let_in(&app.try_exchange(&place, &app.claims()).await);
    let before = app.log(&place).await.len();
    for _ in 0..5 {
        let sibling = app.claims().repository("acme/other", 75, 65);
        assert_refused(&app.try_exchange(&place, &sibling).await, 404, "WorkspaceOrRepositoryNotFound");
    }
    assert_eq!(app.log(&place).await.len(), before + 1);
}
