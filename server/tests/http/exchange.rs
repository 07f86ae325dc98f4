//! A workflow's token becomes a session, or is told why not (rules §5).

use std::time::Duration;

use crate::support::TestApp;
use stackyard_domain::repositories;
use stackyard_model::PermissionKind;
use stackyard_oidc::testing::Answer as Keys;

#[tokio::test(flavor = "multi_thread")]
async fn a_matching_workflow_gets_a_session_that_works() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    let body = serde_json::json!({"key": "acme/infra/dev/vpc"});
    let answer = app.post("/api/v1/locks").bearer(&session).json(&body).send().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_workspace_and_a_strange_repository_are_answered_alike() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let stranger = app.claims().repository("evil/infra", 99, 98);
    let nowhere = "ws_0000000000000000000000000000";
    let unknown = app.exchange(&stranger, nowhere).await;
    let strange = app.exchange(&stranger.clone().set("jti", "another"), acme.workspace.id.as_str()).await;
    assert_eq!((unknown.status.as_u16(), strange.status.as_u16()), (404, 404));
    let (unknown, strange) = (unknown.refusal(), strange.refusal());
    assert_eq!(unknown.0, strange.0);
    assert_eq!(unknown.1.replace(nowhere, "WS"), strange.1.replace(acme.workspace.id.as_str(), "WS"));
    assert!(unknown.1.contains("evil/infra") && unknown.1.contains("99"), "{}", unknown.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_without_any_permission_is_told_the_whole_trace() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    app.allow(&acme, PermissionKind::LocksCreate, ["plan.yaml", "main", "*"]).await;
    let answer = app.exchange(&app.claims(), acme.workspace.id.as_str()).await;
    assert_eq!(answer.status, 403);
    let body = answer.envelope();
    let text = body["errorMessage"].as_str().unwrap();
    assert!(text.contains("`deploy.yaml`") && text.contains("`plan.yaml`"), "{text}");
    assert!(text.ends_with("\n\n"), "the client's trace id stands alone: {text:?}");
    let why = format!("Why: http://localhost:3000/why/{}", answer.header("x-trace-id"));
    assert!(text.contains(&why), "{text}");
    assert!(body["context"].is_object());
    assert!(body.get("data").is_none(), "a 403 has no validation errors");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_taken_once_also_from_two_connections_at_once() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let claims = app.claims();
    let workspace = acme.workspace.id.as_str();
    let (one, two) = tokio::join!(app.exchange(&claims, workspace), app.exchange(&claims, workspace));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400], "{} {}", one.text(), two.text());
    let refused = if one.status.is_success() { two } else { one };
    assert_eq!(refused.refusal().0, "TokenReplayed");
    assert_eq!(app.exchange(&claims, workspace).await.refusal().0, "TokenReplayed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_is_used_up_as_well() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    let claims = app.claims();
    assert_eq!(app.exchange(&claims, acme.workspace.id.as_str()).await.status, 403);
    app.allow(&acme, PermissionKind::LocksCreate, ["*", "*", "*"]).await;
    assert_eq!(app.exchange(&claims, acme.workspace.id.as_str()).await.refusal().0, "TokenReplayed");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_not_right_are_400_with_their_reason() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let expired =
        app.claims().set("exp", app.now().as_seconds() - 120).set("iat", app.now().as_seconds() - 900);
    for (claims, said, counted) in [
        (expired, "expired at", "TokenExpired"),
        (app.claims().set("aud", "https://elsewhere.example"), "audience", "TokenAudience"),
        (app.claims().set("iss", "https://evil.example"), "not trusted", "TokenUnknownIssuer"),
        (app.claims().remove("repository_id"), "`repository_id`", "TokenClaimMissing"),
        (
            app.claims().set("ref", "refs/heads/main\n::error::x"),
            "control character",
            "TokenControlCharacter",
        ),
    ] {
        let answer = app.exchange(&claims, acme.workspace.id.as_str()).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        let (tag, text) = answer.refusal();
        assert_eq!(tag, "TokenRefused");
        assert!(text.contains(said), "{said}: {text}");
        assert_eq!(app.exchanges(counted), 1, "{said}: the figures say why");
    }
    assert_eq!(app.exchanges("TokenRefused"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_cannot_be_fetched_are_503_and_come_back() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    app.issuer.keys_answer(Keys::Error);
    let answer = app.exchange(&app.claims(), acme.workspace.id.as_str()).await;
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(!answer.header("retry-after").is_empty());
    answer.envelope();
    assert_eq!(app.exchanges("IssuerUnavailable"), 1);
    app.issuer.keys_answer(Keys::Honest);
    app.clock.advance(Duration::from_secs(61));
    assert_eq!(app.exchange(&app.claims(), acme.workspace.id.as_str()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_away_refuses_the_next_call_with_403_and_what_ends_with_401() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let (first, second) = (app.session(&acme).await, app.session(&acme).await);
    let here = app.enter(&acme.workspace).await;
    let body = serde_json::json!({"key": "acme/infra/dev/vpc"});

    app.clock.advance(Duration::from_secs(3601));
    let answer = app.post("/api/v1/locks").bearer(&first).json(&body).send().await;
    assert_eq!(answer.status, 401, "an expired session");
    answer.envelope();

    let third = app.session(&acme).await;
    repositories::remove(&app.operator(), &here, &acme.repository.id, "acme/infra").await.unwrap();
    let answer = app.post("/api/v1/locks").bearer(&third).json(&body).send().await;
    assert_eq!(answer.status, 403, "a 401 would make the client exchange again: {}", answer.text());
    let answer = app.post("/api/v1/locks").bearer(&second).json(&body).send().await;
    assert_eq!(answer.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_no_bearer_token_is_let_in() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    for authorization in ["", "Bearer", "Bearer ", "Bearer x", "Basic YTpi", "Bearer ci_wrong", &session] {
        let answer = app.post("/api/v1/locks").header("authorization", authorization).body("{}").send().await;
        assert_eq!(answer.status, 401, "{authorization}");
        assert_eq!(answer.refusal().0, "Unauthorized", "{authorization}");
    }
    let cookie = app.post("/api/v1/locks").cookie(&acme.owner.cookie).by_our_page().body("{}").send().await;
    assert_eq!(cookie.status, 401, "a person's cookie is no credential here");
}
