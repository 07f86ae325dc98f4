//! Locks as the CLI takes and releases them (rules §8).

use std::time::Duration;

use crate::support::{Answer, TestApp};
use serde_json::{Value, json};
use stackyard_domain::locks::{self, TakeInput};
use stackyard_model::{PermissionKind, Role};

const KEY: &str = "acme/infra/dev/vpc";

async fn take(app: &TestApp, token: &str, body: &Value) -> Answer {
    app.post("/api/v1/locks").bearer(token).json(body).send().await
}

async fn release(app: &TestApp, token: &str, key: &str) -> Answer {
    app.call("DELETE", "/api/v1/locks").bearer(token).json(&json!({"key": key})).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_is_answered_with_what_the_client_decodes() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    let body = json!({"key": KEY, "ttl": 600, "lockMessage": "maintenance of the <network> & friends"});
    let answer = take(&app, &session, &body).await;
    assert_eq!(answer.status, 201);
    let data = answer.envelope()["data"].clone();
    assert_eq!(data["key"], KEY);
    assert_eq!(data["workspaceId"], acme.workspace.id.as_str());
    assert_eq!(data["lockMessage"], "maintenance of the <network> & friends");
    assert!(data["id"].as_str().unwrap().starts_with("lock_"));
    assert!(data["deletedAt"].is_null() && data.as_object().unwrap().contains_key("deletedAt"));
    let at = |name: &str| data[name].as_str().unwrap().parse::<stackyard_model::Ts>().unwrap();
    assert_eq!(at("expiresAt").since(at("createdAt")), Duration::from_secs(600));
    assert_eq!(at("updatedAt"), at("createdAt"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_lock_is_refused_naming_who_holds_it_and_until_when() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    take(&app, &session, &json!({"key": KEY, "lockMessage": "::error::pwned ##[group]"})).await;
    let again = take(&app, &session, &json!({"key": "Acme/Infra/dev/vpc"})).await;
    assert_eq!(again.status, 409, "owner and repository are compared without case: {}", again.text());
    let (_, text) = again.refusal();
    assert!(text.contains("17000000001"), "the holder: {text}");
    assert!(!text.contains("::error") && !text.contains("##[group"), "a runner would act on it: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_ends_by_release_and_by_time() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    assert_eq!(take(&app, &session, &json!({"key": KEY})).await.status, 201);
    let released = release(&app, &session, KEY).await;
    assert_eq!(released.status, 200);
    assert_eq!(released.envelope()["data"], json!({}));
    let again = release(&app, &session, KEY).await;
    assert_eq!(again.status, 404);
    again.envelope();

    assert_eq!(take(&app, &session, &json!({"key": KEY, "ttl": 0})).await.status, 201, "0 means the default");
    app.clock.advance(Duration::from_secs(29));
    assert_eq!(take(&app, &session, &json!({"key": KEY})).await.status, 409);
    app.clock.advance(Duration::from_secs(2));
    assert_eq!(take(&app, &session, &json!({"key": KEY})).await.status, 201);
    assert_eq!(app.locks(&acme).await.held.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_times_that_cannot_be_used_are_400() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    for (body, said) in [
        (json!({"key": "//dev/vpc"}), "remote"),
        (json!({"key": ""}), "key"),
        (json!({"key": KEY, "ttl": -1}), "ttl"),
        (json!({"key": KEY, "ttl": 604_801}), "7 days"),
        (json!({"key": KEY, "ttl": "soon"}), "ttl"),
        (json!({"ttl": 30}), "key"),
    ] {
        let answer = take(&app, &session, &body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        let text = answer.refusal().1;
        assert!(text.to_lowercase().contains(said), "{body}: {text}");
    }
    assert!(app.locks(&acme).await.held.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_repositorys_key_is_403() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    let answer = take(&app, &session, &json!({"key": "acme/other/dev/vpc"})).await;
    assert_eq!(answer.status, 403, "{}", answer.text());
    answer.envelope();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_verb_needs_its_own_permission() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    app.allow(&acme, PermissionKind::LocksCreate, ["*", "*", "*"]).await;
    let session = app.session(&acme).await;
    assert_eq!(take(&app, &session, &json!({"key": KEY})).await.status, 201);
    let refused = release(&app, &session, KEY).await;
    assert_eq!(refused.status, 403);
    assert!(refused.refusal().1.contains("Locks Delete"), "{}", refused.text());
    assert_eq!(app.locks(&acme).await.held.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_token_matches_only_stars() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    app.allow(&acme, PermissionKind::LocksCreate, ["*", "main", "*"]).await;
    let token = app.repository_token(&acme).await;
    assert!(token.starts_with("stackyard_repo_") && !token.contains('.'));
    let refused = take(&app, &token, &json!({"key": KEY})).await;
    assert_eq!(refused.status, 403, "it has no branch");
    app.allow(&acme, PermissionKind::LocksCreate, ["*", "*", "*"]).await;
    assert_eq!(take(&app, &token, &json!({"key": KEY})).await.status, 201);
    let held = app.locks(&acme).await.held;
    assert_eq!(held.first().map(|lock| lock.holder_name.as_str()), Some("nightly"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_lock_is_not_a_workflows_to_release() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let person = app.person("Mira").await;
    app.add_member(&acme.workspace, &person, Role::Member).await;
    let ctx = app.ctx_of(&person).await;
    let here = stackyard_domain::access::enter_anyhow(&ctx, "acme").await.unwrap();
    let input = TakeInput {
        repository: acme.repository.id.to_string(),
        stack: "dev".to_owned(),
        component: "vpc".to_owned(),
        minutes: 10,
        message: "looking".to_owned(),
    };
    locks::take(&ctx, &here, input).await.unwrap();
    let session = app.session(&acme).await;
    let refused = release(&app, &session, KEY).await;
    assert_eq!(refused.status, 403);
    assert!(refused.refusal().1.contains("Mira"), "{}", refused.text());
    assert_eq!(app.locks(&acme).await.held.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_gets_the_lock() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    let body = json!({"key": KEY});
    let answers = futures::future::join_all((0..8).map(|_| take(&app, &session, &body))).await;
    let taken = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.status == 409).count();
    assert_eq!((taken, refused), (1, 7));
    assert_eq!(app.locks(&acme).await.held.len(), 1);
}
