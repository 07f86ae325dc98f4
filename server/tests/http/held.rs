//! Requests that are on their way while that by which they came in ends: their bodies come slowly, and what is at the end of
//! them is not done.

use axum::body::{Body, Bytes};
use futures::future::LocalBoxFuture;
use futures::{StreamExt as _, stream};
use stackyard_domain::{accounts, ci, sessions, team, tokens};
use stackyard_model::{PermissionKind, Role};
use tokio::sync::oneshot;

use crate::giving::member;
use crate::support::{Answer, Call, PASSWORD, TestApp};

/// Sends `call` with the first bytes of `body`, does `meanwhile`, and sends the rest.
async fn held(call: Call, body: &str, meanwhile: LocalBoxFuture<'_, ()>) -> Answer {
    let (first, rest) = body.split_at(3);
    let (first, rest) = (Bytes::from(first.to_owned()), Bytes::from(rest.to_owned()));
    let (begun, has_begun) = oneshot::channel::<()>();
    let (go, gone) = oneshot::channel::<()>();
    let first = stream::once(async move {
        let _ = begun.send(());
        first
    });
    let rest = stream::once(async move {
        gone.await.unwrap();
        rest
    });
    let body = Body::from_stream(first.chain(rest).map(Ok::<_, std::io::Error>));
    let (answer, ()) = tokio::join!(call.body(body).send(), async {
        has_begun.await.unwrap();
        meanwhile.await;
        go.send(()).unwrap();
    });
    answer
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_sends_is_not_done_when_they_are_signed_out_or_disabled_meanwhile() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (_, bo) = member(&app, &place, "Bo", Role::Viewer).await;
    let role = async || {
        let (ctx, here) = app.inside(&place.owner, "acme").await;
        team::get(&ctx, &here, &bo).await.unwrap().role
    };
    for what in ["signed out", "disabled", "a new password"] {
        let (ada, _) = member(&app, &place, &format!("Ada-{}", what.len()), Role::Admin).await;
        let form = format!("workspace=acme&member={bo}&role=member");
        let call =
            app.post("/forms/team/change-role").cookie(&ada.cookie).header(FORM.0, FORM.1).by_our_page();
        let answer = held(
            call,
            &form,
            Box::pin(async {
                let hers = app.ctx_of(&ada).await;
                match what {
                    "signed out" => sessions::sign_out(&hers).await.unwrap(),
                    "disabled" => accounts::disable(&app.operator(), &ada.account.email).await.unwrap(),
                    _ => {
                        accounts::change_password(&hers, PASSWORD, "another good password 1").await.unwrap();
                    }
                }
            }),
        )
        .await;
        assert!(!answer.location().contains("/team"), "{what}: {} {}", answer.status, answer.location());
        assert_eq!(role().await, Role::Viewer, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_workflow_sends_is_not_done_when_its_session_or_token_is_revoked_meanwhile() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    app.allow(&place, PermissionKind::LocksCreate, ["*", "*", "*"]).await;
    let (session, token) = (app.session(&place).await, app.repository_token(&place).await);
    let here = app.enter(&place.workspace).await;
    let lock =
        |bearer: &str| app.post("/api/v1/locks").bearer(bearer).header("content-type", "application/json");
    let body = r#"{"key": "acme/infra/dev/vpc", "ttl": 600}"#;
    let answer = held(
        lock(&token),
        body,
        Box::pin(async {
            let made = tokens::list(&app.operator(), &here).await.unwrap();
            tokens::revoke(&app.operator(), &here, &made[0].id).await.unwrap();
        }),
    )
    .await;
    assert_eq!(answer.status, 401, "{}", answer.text());
    let answer = held(
        lock(&session),
        body,
        Box::pin(async {
            ci::revoke_sessions(&app.operator(), &here, None).await.unwrap();
        }),
    )
    .await;
    assert_eq!(answer.status, 401, "{}", answer.text());
    assert!(app.locks(&place).await.held.is_empty());
    let again = held(lock(&app.session(&place).await), body, Box::pin(async {})).await;
    assert_eq!(again.status, 201, "{}", again.text());
}
