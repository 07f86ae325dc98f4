//! Input that nobody sends by mistake: each gets a clear answer, and nothing is lost or doubled.

use crate::support::TestApp;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn truncated_and_mistyped_bodies_are_clear_envelopes_on_every_route_of_the_api() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    let whole = json!({"key": "acme/infra/dev/vpc", "ttl": 30}).to_string();
    for end in 0..whole.len() {
        let cut = whole.get(..end).unwrap().to_owned();
        let answer = app.post("/api/v1/locks").bearer(&session).body(cut).send().await;
        assert_eq!(answer.status, 400, "{end}");
        answer.envelope();
    }
    for wrong in
        ["null", "7", "\"x\"", "[]", "{\"key\":null}", "{\"key\":[]}", "{\"key\":{}}", "{\"key\":true}"]
    {
        for method in ["POST", "DELETE"] {
            let answer = app.call(method, "/api/v1/locks").bearer(&session).body(wrong).send().await;
            assert_eq!(answer.status, 400, "{method} {wrong}");
            answer.envelope();
        }
    }
    for bytes in [&b"\xff\xfe{}"[..], b"{\"key\":\"\xc3\x28\"}", b"{\"key\":\"\\ud800\"}"] {
        let answer = app.post("/api/v1/locks").bearer(&session).body(bytes).send().await;
        assert_eq!(answer.status, 400);
        answer.envelope();
    }
    assert!(app.locks(&acme).await.held.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_megabytes_of_name_are_refused_by_size() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    let body = json!({"key": format!("acme/infra/{}", "x".repeat(10 * 1024 * 1024))});
    let answer = app.post("/api/v1/locks").bearer(&session).json(&body).send().await;
    assert_eq!(answer.status, 413);
    answer.envelope();
    let key = format!("acme/infra/{}", "x".repeat(500_000));
    let answer = app.post("/api/v1/locks").bearer(&session).json(&json!({"key": key})).send().await;
    assert_eq!(answer.status, 400, "a key has an end long before the body has one");
    assert!(answer.text().len() < 2000, "and is not sent back whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_character_that_postgresql_cannot_store_is_refused() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    for body in [r#"{"key":"acme/infra/a\u0000b"}"#, r#"{"key":"acme/infra/x","lockMessage":"\u0000"}"#] {
        let answer = app.post("/api/v1/locks").bearer(&session).body(body).send().await;
        assert_eq!(answer.status, 400);
        assert!(answer.refusal().1.contains("U+0000"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_and_queries_of_nonsense_are_answered() {
    let app = TestApp::start().await;
    for target in [
        "/%00",
        "/api/v1/%00",
        "/api/v1/locks/%2e%2e/%2e%2e",
        "/pkg/../../../etc/passwd",
        "/pkg/%2e%2e%2f%2e%2e%2fCargo.toml",
        "/workspaces/%00/logo/%ff",
        "/?next=%ff%00",
        "/dashboard/workspaces/%F0%9F%92%A9",
    ] {
        let answer = app.get(target).send().await;
        assert!(answer.status.as_u16() < 500, "{target}: {} {}", answer.status, answer.text());
        assert!(!answer.text().contains("[package]") && !answer.text().contains("root:"), "{target}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn four_identical_requests_at_once_make_one_lock() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    let body = json!({"key": "acme/infra/dev/vpc"});
    let send = || app.post("/api/v1/locks").bearer(&session).json(&body).send();
    let (a, b, c, d) = tokio::join!(send(), send(), send(), send());
    let mut statuses = [a, b, c, d].map(|answer| {
        answer.envelope();
        answer.status.as_u16()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
}
