//! What the `atmos` CLI sends, sent again: every answer must be of the class that the client takes as it did, and
//! the server must hold what the client was told.

use crate::support::{Answer, Place, TestApp};
use serde::Deserialize;
use serde_json::Value;
use stackyard_model::PermissionKind;

/// One run of the client.
#[derive(Deserialize)]
struct Recording {
    /// The kinds of permission that the repository has, for everything.
    permissions: Vec<String>,
    requests: Vec<Sent>,
    /// The keys that are locked afterwards.
    locked: Vec<String>,
}

#[derive(Deserialize)]
struct Sent {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    /// Exactly as it was on the wire, except for what is made up anew.
    body: String,
    status: u16,
}

async fn replay(recording: &str) {
    let recording: Recording = serde_json::from_str(recording).unwrap();
    let app = TestApp::start_with(|parts| parts.path_prefix = Some("/stackyard".to_owned())).await;
    let acme = app.acme().await;
    for kind in &recording.permissions {
        let kind: PermissionKind = kind.parse().unwrap();
        app.allow(&acme, kind, ["*", "*", "*"]).await;
    }
    let token = app.repository_token(&acme).await;
    let mut session = String::new();
    for sent in &recording.requests {
        let answer = send(&app, &acme, sent, &token, &session).await;
        assert_eq!(answer.status, sent.status, "{} {}: {}", sent.method, sent.target, answer.text());
        let body = answer.envelope();
        if let Some(fresh) = body["data"]["token"].as_str() {
            fresh.clone_into(&mut session);
        }
        let asked: Value = serde_json::from_str(&sent.body).unwrap();
        if sent.method == "POST" && answer.status == 201 {
            // The client prints the answer's key.
            assert_eq!(body["data"]["key"], asked["key"]);
            assert_eq!(body["data"]["lockMessage"], asked["lockMessage"]);
        }
    }
    let held: Vec<_> = app.locks(&acme).await.held.into_iter().map(|lock| lock.key).collect();
    assert_eq!(held, recording.locked);
}

async fn send(app: &TestApp, acme: &Place, sent: &Sent, token: &str, session: &str) -> Answer {
    let oidc = app.issuer.sign(&app.claims());
    let fill = |text: &str| {
        text.replace("$OIDC_TOKEN", &oidc)
            .replace("$WORKSPACE", acme.workspace.id.as_str())
            .replace("$REPOSITORY_TOKEN", token)
            .replace("$SESSION", session)
    };
    let mut call = app.call(&sent.method, &sent.target);
    for (name, value) in &sent.headers {
        call = call.header(name, &fill(value));
    }
    let body = fill(&sent.body);
    call.header("content-length", &body.len().to_string()).body(body).send().await
}

macro_rules! recordings {
    ($($name:ident = $file:literal;)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            replay(include_str!(concat!("recordings/", $file, ".json"))).await;
        }
    )*};
}

recordings! {
    a_lock_of_a_component_with_a_slash = "lock-nested";
    a_lock_with_time_and_message = "lock-ttl-message";
    a_lock_taken_twice_and_released_twice = "lock-unlock";
    a_lock_taken_and_released_with_sessions = "lock-oidc";
    a_lock_without_the_permission = "lock-403";
    an_exchange_before_an_upload = "affected-oidc";
    an_exchange_without_any_permission = "exchange-403";
    a_base_address_with_a_slash_at_its_end = "lock-double-slash";
    a_base_address_with_a_path = "lock-path-prefix";
    a_commit_of_two_files_that_needs_the_github_app = "commit-add-delete";
    a_commit_without_forbidden_paths_that_needs_the_github_app = "commit-forbidden-paths";
    a_refused_commit_that_is_not_tried_again = "commit-409";
    a_sign_in_for_tokens_that_need_the_github_app = "sts-login";
}
