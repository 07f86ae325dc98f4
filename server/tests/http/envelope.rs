//! The form of the API's answers, and the limits of what it reads.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::TestApp;
use serde_json::json;
use stackyard::routes::ROUTES;
use stackyard_app::SERVER_FUNCTIONS;

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_there_is_an_envelope_on_the_api() {
    let app = TestApp::start().await;
    for target in ["/api/v1/nothing", "/api", "/api/v2/locks"] {
        let answer = app.get(target).send().await;
        assert_eq!(answer.status, 404, "{target}");
        let body = answer.envelope();
        assert_eq!(body["request"], target);
        assert_eq!(body["errorTag"], "NotFound");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_method_is_refused_with_those_that_are_taken() {
    let app = TestApp::start().await;
    let answer = app.call("PUT", "/api/v1/locks").send().await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.refusal().0, "MethodNotAllowed");
    let mut allowed: Vec<_> = answer.header("allow").split(',').map(str::trim).collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["DELETE", "GET", "HEAD", "POST"]);

    let answer = app.call("OPTIONS", "/api/v1/locks").send().await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("allow").contains("POST"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_takes_the_methods_of_the_table_and_no_others() {
    let app = TestApp::start().await;
    let mut table: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for route in ROUTES {
        table.entry(route.path).or_default().insert(route.method.as_str());
    }
    for function in SERVER_FUNCTIONS {
        table.entry(function.path).or_default().insert("POST");
    }
    for (path, mut methods) in table {
        if methods.contains("GET") {
            methods.insert("HEAD");
        }
        let target = path.replace(['{', '}', '*'], "");
        let answer = app.call("PUT", &target).by_our_page().send().await;
        assert_eq!(answer.status, 405, "{path}: {}", answer.text());
        let allowed: BTreeSet<_> = answer.header("allow").split(',').map(str::trim).collect();
        assert_eq!(allowed, methods, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_is_a_get_without_its_body() {
    let app = TestApp::start().await;
    let answer = app.call("HEAD", "/healthz").send().await;
    assert_eq!((answer.status.as_u16(), answer.bytes.len()), (200, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_a_trace_id_of_its_own() {
    let app = TestApp::start().await;
    let first = app.get("/healthz").send().await;
    let second = app.get("/healthz").send().await;
    assert_eq!(first.header("x-trace-id").len(), 20);
    assert_ne!(first.header("x-trace-id"), second.header("x-trace-id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_answered_as_the_client_decodes_it() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let answer = app.exchange(&app.claims(), acme.workspace.id.as_str()).await;
    assert_eq!(answer.status, 200);
    let body = answer.envelope();
    assert_eq!(body["request"], "/api/v1/auth/github-oidc");
    let token = body["data"]["token"].as_str().unwrap();
    assert!(token.starts_with("ci_") && !token.contains('.'), "{token}");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_bodies_are_told_what_is_wrong_and_where() {
    let app = TestApp::start().await;
    for (body, said) in [
        ("", "empty"),
        ("{\"token\":\"a\",\"workspaceId\":", "not JSON"),
        ("[]", "JSON object"),
        ("{\"workspaceId\":\"ws_1\"}", "token"),
        ("{\"token\":7,\"workspaceId\":\"ws_1\"}", "`token`"),
        ("{\"token\":\"a\",\"workspaceId\":\"ws_\\u0000\"}", "U+0000"),
    ] {
        let answer = app.post("/api/v1/auth/github-oidc").body(body).send().await;
        assert_eq!(answer.status, 400, "{body}");
        let (tag, text) = answer.refusal();
        assert_eq!(tag, "BadRequest");
        assert!(text.contains(said), "{body}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_limit_is_an_envelope_too() {
    let app = TestApp::start().await;
    let body = json!({"token": "x".repeat(2 * 1024 * 1024), "workspaceId": "ws_1"}).to_string();
    let announced = app.post("/api/v1/auth/github-oidc").header("content-length", &body.len().to_string());
    for call in [announced, app.post("/api/v1/auth/github-oidc")] {
        let answer = call.body(body.clone()).send().await;
        assert_eq!(answer.status, 413);
        assert_eq!(answer.refusal().0, "PayloadTooLarge");
    }
}
