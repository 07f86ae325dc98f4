//! Genuine tokens in the wrong hands: what a verified run may not reach. Forged tokens are `stackyard-oidc`'s tests.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests stop the test as tests do"
)]

use serde_json::json;
use stackyard_domain::{permissions, repositories};
use stackyard_model::activity::Event;
use stackyard_model::permission::{Events, PermissionInput};

use crate::support::{TestApp, assert_let_in, assert_refused};

#[tokio::test(flavor = "multi_thread")]
async fn a_matching_run_is_let_in_with_either_form_of_subject() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["deploy.yaml", "main", "*"]).await;
    assert_let_in(&app.try_exchange(&place, &app.claims()).await);
    assert_let_in(&app.try_exchange(&place, &app.claims().immutable_sub()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_subject_decides_nothing() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["deploy.yaml", "main", "*"]).await;
    let claims = app.claims().branch("evil").set("sub", "repo:acme/infra:ref:refs/heads/main");
    assert_refused(&app.try_exchange(&place, &claims).await, 403, "NoPermission");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_repositories_are_compared_without_case_and_branches_with() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "main", "*"]).await;
    assert_let_in(&app.try_exchange(&place, &app.claims().repository("ACME/Infra", 74, 65)).await);
    assert_refused(&app.try_exchange(&place, &app.claims().branch("Main")).await, 403, "NoPermission");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_of_another_repository_is_refused() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["deploy.yaml", "*", "*"]).await;
    for workflow_ref in [
        "evil/infra/.github/workflows/deploy.yaml@refs/heads/main",
        "acme/infra-evil/.github/workflows/deploy.yaml@refs/heads/main",
        "acme/infra/.github/workflows/nested/deploy.yaml@refs/heads/main",
        "acme/infra/.github/workflows/../deploy.yaml@refs/heads/main",
        "acme/infra/.github/workflows/deploy.yaml",
        "deploy.yaml@refs/heads/main",
    ] {
        let claims = app.claims().set("workflow_ref", workflow_ref);
        assert_refused(&app.try_exchange(&place, &claims).await, 400, "WorkflowRefused");
        assert_refused(&app.try_exchange(&place, &claims).await, 400, "TokenReplayed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_at_sign_in_a_workflow_file_does_not_end_its_name() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["deploy.yaml", "*", "*"]).await;
    let claims = app.claims().workflow_file("deploy.yaml@evil");
    assert_refused(&app.try_exchange(&place, &claims).await, 403, "NoPermission");
}

#[tokio::test(flavor = "multi_thread")]
async fn alternatives_are_anchored_at_both_ends() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "main|develop", "*"]).await;
    assert_let_in(&app.try_exchange(&place, &app.claims().branch("develop")).await);
    for branch in ["main-attacker", "attacker-develop", "develop2", "xmain", "main|develop"] {
        assert_refused(&app.try_exchange(&place, &app.claims().branch(branch)).await, 403, "NoPermission");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pattern_that_would_close_our_group_cannot_be_saved() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let here = app.enter(&place.workspace).await;
    for pattern in ["x)|(", "main)|(.*", "(?x)main #"] {
        let input = PermissionInput {
            kind: "ws:locks:create".to_owned(),
            workflow: "*".to_owned(),
            branch: pattern.to_owned(),
            environment: "*".to_owned(),
            events: Events::default(),
        };
        let saved = permissions::add(&app.operator(), &here, &place.repository.id, input).await;
        assert!(
            matches!(&saved, Err(stackyard_domain::Error::Invalid(errors)) if errors.at("branch").is_some())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_end_behind_a_branch_is_refused_with_the_claim_named() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "main", "*"]).await;
    let answer = app.try_exchange(&place, &app.claims().branch("main\n")).await;
    let message = assert_refused(&answer, 400, "TokenRefused");
    assert!(message.contains("`ref`"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_called_like_a_tag_is_not_the_tag() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "refs/tags/v1", "*"]).await;
    assert_let_in(&app.try_exchange(&place, &app.claims().tag("v1")).await);
    assert_refused(
        &app.try_exchange(&place, &app.claims().branch("refs/tags/v1")).await,
        403,
        "NoPermission",
    );
    let pull_request = app.claims().pull_request(7, "refs/tags/v1", "main");
    assert_refused(&app.try_exchange(&place, &pull_request).await, 403, "NoPermission");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_called_like_a_branch_is_not_the_branch() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "main", "*"]).await;
    assert_refused(&app.try_exchange(&place, &app.claims().tag("main")).await, 403, "NoPermission");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_is_its_head_branch_and_not_its_target() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "main", "*"]).await;
    let pull_request = app.claims().pull_request(7, "feature/x", "main");
    assert_refused(&app.try_exchange(&place, &pull_request).await, 403, "NoPermission");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_with_borrowed_trust_are_refused_unless_ticked() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "*", "*"]).await;
    for event in ["pull_request_target", "workflow_run", "issue_comment"] {
        let message = assert_refused(
            &app.try_exchange(&place, &app.claims().set("event_name", event)).await,
            403,
            "NoPermission",
        );
        assert!(message.contains(&format!("`{event}`")), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_environment_matches_only_everything() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "*", ".*"]).await;
    let message = assert_refused(&app.try_exchange(&place, &app.claims()).await, 403, "NoPermission");
    assert!(message.contains("environment is missing"), "{message}");
    assert_refused(
        &app.try_exchange(&place, &app.claims().set("environment", "")).await,
        403,
        "NoPermission",
    );
    assert_let_in(&app.try_exchange(&place, &app.claims().environment("Prod")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn environments_are_compared_without_case() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "*", "prod"]).await;
    assert_let_in(&app.try_exchange(&place, &app.claims().environment("PROD")).await);
    assert_refused(
        &app.try_exchange(&place, &app.claims().environment("preprod")).await,
        403,
        "NoPermission",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_quoted_can_speak_to_the_runner() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["x.yaml", "x", "x"]).await;
    let hostile = "::error::x##[add-mask]y";
    // Ties the repository to its numbers, so that what follows is told apart from it by them.
    app.try_exchange(&place, &app.claims()).await;
    let attempts = [
        app.claims().branch(hostile),
        app.claims().environment(hostile),
        app.claims().workflow_file(hostile),
        app.claims().pull_request(7, hostile, "main"),
        app.claims().set("event_name", hostile),
        app.claims().set("workflow_ref", hostile),
        app.claims().set("actor", hostile),
        app.claims().set("run_id", hostile),
        app.claims().repository(hostile, 74, 65),
        app.claims().repository(hostile, 4_711, 65),
        app.claims().set("iss", hostile),
        app.claims().set("aud", hostile),
    ];
    for claims in attempts {
        let answer = app.try_exchange(&place, &claims).await;
        assert!(answer.status.is_client_error());
        let text = answer.refusal().1;
        assert!(!text.contains("::") && !text.contains("##["), "{text}");
    }
    let body = json!({"token": app.issuer.sign(&app.claims()), "workspaceId": hostile});
    let text = app.post("/api/v1/auth/github-oidc").json(&body).send().await.refusal().1;
    assert!(!text.contains("::") && !text.contains("##["), "{text}");
    for event in app.log(&place).await {
        let texts = [event.actor_name, event.target_name, event.workflow.unwrap_or_default()];
        let texts = texts.into_iter().chain(event.branch).chain(event.environment).chain(event.event);
        let texts = texts.chain(event.repository).chain(event.details.note);
        for text in texts {
            assert!(!text.contains("::") && !text.contains("##["), "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_message_cannot_speak_to_the_runner_that_finds_it_held() {
    let app = TestApp::start().await;
    let place = app.acme_with_locks().await;
    let session = app.session(&place).await;
    let lock =
        json!({"key": "acme/infra/dev/vpc", "ttl": 60, "lockMessage": "::set-env name=X::##[group]`x`\n::x"});
    let take = || app.post("/api/v1/locks").bearer(&session).json(&lock).send();
    assert_eq!(take().await.status.as_u16(), 201);
    let text = assert_refused(&take().await, 409, "LockHeld");
    assert!(!text.contains("::") && !text.contains("##["), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_one_workspace_is_nothing_in_another() {
    let app = TestApp::start().await;
    let place = app.acme_with_locks().await;
    let other_workspace = app.workspace(&place.owner, "other").await;
    let here = app.enter(&other_workspace).await;
    repositories::add(&app.operator(), &here, "github.com", "acme/infra").await.unwrap();
    let session = app.session(&place).await;
    let lock = json!({"key": "acme/infra/dev/vpc", "ttl": 60});
    assert_eq!(app.post("/api/v1/locks").bearer(&session).json(&lock).send().await.status.as_u16(), 201);
    assert_eq!(app.locks(&place).await.held.len(), 1);
    // The other workspace has the repository, no permission, and no lock.
    let answer = app.exchange(&app.claims(), other_workspace.id.as_str()).await;
    assert_refused(&answer, 403, "NoPermission");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_permission_refuses_the_next_request_of_a_session() {
    let app = TestApp::start().await;
    let place = app.acme_with_locks().await;
    let session = app.session(&place).await;
    let here = app.enter(&place.workspace).await;
    for permission in permissions::list(&app.operator(), &here, &place.repository.id).await.unwrap() {
        permissions::remove(&app.operator(), &here, &place.repository.id, &permission.id).await.unwrap();
    }
    let lock = json!({"key": "acme/infra/dev/vpc", "ttl": 60});
    let answer = app.post("/api/v1/locks").bearer(&session).json(&lock).send().await;
    assert_refused(&answer, 403, "NoPermission");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_denial_within_a_minute_is_counted_and_its_link_still_leads_somewhere() {
    let app = TestApp::start().await;
    let place = app.acme_letting_in(["*", "main", "*"]).await;
    let denied = || app.claims().branch("feature/x");
    let first = app.try_exchange(&place, &denied()).await.refusal().1;
    let second = app.try_exchange(&place, &denied()).await.refusal().1;
    assert_eq!(first, second, "the link of a counted denial leads to the one that was written");
    let written = |events: &[Event]| events.iter().filter(|event| event.action.ends_with("failure")).count();
    assert_eq!(written(&app.log(&place).await), 1);
    app.clock.advance(std::time::Duration::from_secs(61));
    stackyard_domain::jobs::sweep(&app.operator()).await.unwrap();
    let log = app.log(&place).await;
    let folded = log.iter().find_map(|event| event.details.folded.as_ref()).unwrap();
    assert_eq!(folded.count, 1);
    assert_eq!(written(&log), 1);
}
