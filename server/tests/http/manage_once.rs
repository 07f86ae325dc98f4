//! The management API: doing a request once, by its `Idempotency-Key`.

use std::time::Duration;

use serde_json::{Value, json};
use stackyard::routes::{ROUTES, Route, Verb, Who};
use stackyard_domain::idempotency::{self, Begun};
use stackyard_domain::{Actor, credentials, digest, groups};
use stackyard_model::credential::Scope;
use stackyard_model::{PermissionKind, Role};

use crate::manage::{acme, data, group, lists, lock, walk};
use crate::support::{Answer, TestApp};

/// Sends a `POST` that is to be done once.
async fn once(app: &TestApp, bearer: &str, path: &str, key: &str, body: &Value) -> Answer {
    let call = app.post(&format!("/api/v1/{path}")).bearer(bearer).header("idempotency-key", key);
    call.json(body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_a_key_is_done_once_and_its_secret_is_not_told_twice() {
    let app = TestApp::start().await;
    let (place, bearer) = acme(&app).await;
    let invite = async |key: &str, email: &str| {
        once(&app, &bearer, "invitations", key, &json!({"email": email, "role": "viewer", "way": "copied"}))
            .await
    };
    let first = invite("one", "kim@example.com").await;
    assert_eq!(first.status, 201, "{}", first.text());
    let link = data(&first)["link"].as_str().unwrap().to_owned();
    assert!(link.contains("/invite/invite_"), "{link}");
    let again = invite("one", "kim@example.com").await;
    assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (201, "true"));
    let mut told = data(&first);
    told.as_object_mut().unwrap().remove("link");
    assert_eq!(data(&again), told);
    let log = app.log(&place).await;
    assert_eq!(log.iter().filter(|event| event.action == "invited").count(), 1);
    let other = invite("one", "lee@example.com").await;
    assert_eq!((other.status.as_u16(), other.refusal().0.as_str()), (422, "IdempotencyKeyReused"));
    // Another credential's keys are its own.
    let second = app.key(&place.workspace, &[Scope::InvitationsWrite]).await;
    let body = json!({"email": "lee@example.com", "role": "viewer", "way": "copied"});
    assert_eq!(once(&app, &second, "invitations", "one", &body).await.status, 201);
    app.clock.advance(Duration::from_secs(24 * 3600));
    let anew = invite("one", "max@example.com").await;
    assert_eq!(anew.status, 201, "after a day the key is free: {}", anew.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_post_is_done_once_with_its_key() {
    let app = TestApp::start().await;
    let (place, bearer) = acme(&app).await;
    app.allow(&place, PermissionKind::LocksCreate, ["*", "*", "*"]).await;
    let session = app.session(&place).await;
    let (lock, group) = (lock(&app, &session, "vpc").await, group(&app, &bearer, "Ops").await);
    let (invitation, _) = app.invite(&place, "ida@example.com", Role::Viewer).await;
    let members = walk(&app, &bearer, "members").await;
    let invited = |email: &str| json!({"email": email, "role": "viewer", "way": "copied"});
    let kind = |kind: &str| json!({"kind": kind});
    let name = |name: &str| json!({"name": name});
    let cases = [
        ("invitations".to_owned(), invited("kim@example.com"), invited("lee@example.com")),
        (format!("invitations/{invitation}/resend"), json!({"way": "copied"}), json!({"way": "mailed"})),
        ("groups".to_owned(), name("Platform"), name("Other")),
        (format!("groups/{group}/members"), json!({"members": members}), json!({"members": []})),
        ("repositories".to_owned(), name("acme/other"), name("acme/third")),
        (lists(&place).pop().unwrap(), kind("ws:locks:delete"), kind("ws:instances:create")),
        (format!("locks/{lock}/release"), json!({"reason": "it hangs"}), json!({"reason": "in the way"})),
    ];
    let is_post = |route: &&Route| matches!(route.who, Who::Credential(_)) && route.method == Verb::Post;
    assert_eq!(ROUTES.iter().filter(is_post).count(), cases.len(), "none is left out");
    for (path, body, other) in cases {
        let first = once(&app, &bearer, &path, &path, &body).await;
        assert!(first.status.is_success(), "{path}: {}", first.text());
        let events = app.log(&place).await.len();
        let again = once(&app, &bearer, &path, &path, &body).await;
        let replayed = (again.status, again.header("idempotent-replayed"));
        assert_eq!(replayed, (first.status, "true"), "{path}: {}", again.text());
        let mut told = data(&first);
        told.as_object_mut().unwrap().remove("link");
        assert_eq!(data(&again), told, "{path}");
        let refused = once(&app, &bearer, &path, &path, &other).await;
        assert_eq!(refused.status, 422, "{path}: {}", refused.text());
        assert_eq!(refused.refusal().0, "IdempotencyKeyReused", "{path}");
        assert_eq!(app.log(&place).await.len(), events, "{path}: once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_claimed_may_be_tried_again_after_a_day() {
    let app = TestApp::start().await;
    let (_, bearer) = acme(&app).await;
    let body = json!({"name": "Platform"});
    // As far as the server came: the key is claimed, and nobody says what became of it.
    let ctx = app.operator().with_actor(Actor::Anonymous);
    let ctx = ctx.clone().with_actor(credentials::authenticate(&ctx, &bearer).await.unwrap());
    let request = digest(&["POST /api/v1/groups", &body.to_string()]);
    let begun = idempotency::begin(&ctx, "k", &request).await.unwrap();
    assert!(matches!(begun, Begun::First(_)), "{begun:?}");
    let day = Duration::from_secs(24 * 3600);
    for later in [Duration::ZERO, day - Duration::from_secs(1)] {
        app.clock.advance(later);
        let refused = once(&app, &bearer, "groups", "k", &body).await;
        assert_eq!(refused.status, 409, "it may have been done: {}", refused.text());
        assert_eq!(refused.refusal().0, "IdempotencyKeyInUse");
    }
    assert!(walk(&app, &bearer, "groups").await.is_empty());
    app.clock.advance(Duration::from_secs(1));
    let done = once(&app, &bearer, "groups", "k", &body).await;
    assert_eq!(done.status, 201, "{}", done.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_done_may_be_tried_again_with_its_key() {
    let app = TestApp::start().await;
    let (_, bearer) = acme(&app).await;
    let taken = group(&app, &bearer, "Platform").await;
    let make = async || once(&app, &bearer, "groups", "k", &json!({"name": "Platform"})).await;
    assert_eq!(make().await.status, 400);
    let gone = app.call("DELETE", &format!("/api/v1/groups/{taken}")).bearer(&bearer).send().await;
    assert_eq!(gone.status, 200, "{}", gone.text());
    assert_eq!(make().await.status, 201);
    for key in ["", &"x".repeat(256)] {
        assert_eq!(once(&app, &bearer, "groups", key, &json!({"name": "Third"})).await.status, 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_same_requests_at_the_same_moment_one_is_done() {
    let app = TestApp::start().await;
    let (place, bearer) = acme(&app).await;
    let body = json!({"name": "Platform"});
    let make = || once(&app, &bearer, "groups", "k", &body);
    let (a, b, c, d) = tokio::join!(make(), make(), make(), make());
    let mut done = 0;
    for answer in [a, b, c, d] {
        match (answer.status.as_u16(), answer.header("idempotent-replayed")) {
            (201, "") => done += 1,
            (201, "true") => {}
            (409, _) => assert_eq!(answer.refusal().0, "IdempotencyKeyInUse"),
            other => panic!("{other:?}: {}", answer.text()),
        }
    }
    assert_eq!(done, 1);
    let here = app.enter(&place.workspace).await;
    assert_eq!(groups::list(&app.operator(), &here).await.unwrap().len(), 1);
}
