//! What the first pages of a workspace say: counts, roles, what happened.

use serde_json::json;
use stackyard_domain::workspaces;
use stackyard_model::{PermissionKind, Role};

use crate::support::TestApp;

/// What a part of a page says: without tags, each space once.
pub(crate) fn words(html: &str) -> String {
    let texts = html.split('<').enumerate().map(|(index, part)| match part.split_once('>') {
        Some((_, text)) if index > 0 => text,
        _ if index > 0 => "",
        _ => part,
    });
    texts.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_counts_of_the_overview_are_those_of_the_workspace() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let mira = app.person("Mira").await;
    app.add_member(&acme.workspace, &mira, Role::Viewer).await;
    let elsewhere = app.workspace(&acme.owner, "elsewhere").await;
    let session = app.session(&acme).await;
    for stack in ["dev", "prod"] {
        let body = json!({"key": format!("acme/infra/{stack}/vpc"), "ttl": 600});
        assert_eq!(app.post("/api/v1/locks").bearer(&session).json(&body).send().await.status, 201);
    }
    let stranger = app.claims().branch("x").set("event_name", "workflow_run");
    app.exchange(&stranger, acme.workspace.id.as_str()).await;

    let ctx = app.ctx_of(&acme.owner).await;
    let here = stackyard_domain::access::enter_anyhow(&ctx, "acme").await.unwrap();
    let totals = workspaces::totals(&ctx, &here).await.unwrap();
    assert_eq!((totals.repositories, totals.permissions, totals.locks, totals.members), (1, 2, 2, 2));
    assert_eq!(totals.workspaces, 2);
    // An exchange and two locks were let in.
    assert_eq!((totals.allowed, totals.denied), (3, 1));

    // What is older than a week does not count as recent, and another workspace's is not ours.
    app.clock.advance(std::time::Duration::from_secs(8 * 24 * 3600));
    let later = workspaces::totals(&ctx, &here).await.unwrap();
    assert_eq!((later.allowed, later.denied, later.locks), (0, 0, 0));
    let other = stackyard_domain::access::enter_anyhow(&ctx, &elsewhere.slug).await.unwrap();
    let other = workspaces::totals(&ctx, &other).await.unwrap();
    assert_eq!((other.repositories, other.permissions, other.locks, other.members), (0, 0, 0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_shows_what_happened_and_the_list_everybodys_role() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    app.allow(&acme, PermissionKind::LocksCreate, ["*", "main", "*"]).await;
    let denied = app.exchange(&app.claims().branch("feature/x"), acme.workspace.id.as_str()).await;
    assert_eq!(denied.status, 403);
    let page = app.get("/dashboard/workspaces/acme").cookie(&acme.owner.cookie).html().send().await.text();
    for said in ["Activity Log", "acme/infra", "Locks Create", denied.header("x-trace-id")] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let mira = app.person("Mira").await;
    app.add_member(&acme.workspace, &mira, Role::Viewer).await;
    for (person, badge) in [(&acme.owner, "Owner"), (&mira, "Viewer")] {
        let list = app.get("/dashboard/workspaces").cookie(&person.cookie).html().send().await.text();
        let (_, row) = list.split_once("href=\"/dashboard/workspaces/acme\"").unwrap();
        assert!(row.contains(badge), "{badge}: {list}");
    }
    let settings =
        app.get("/dashboard/workspaces/acme/settings").cookie(&acme.owner.cookie).html().send().await.text();
    assert!(settings.contains(acme.workspace.id.as_str()) && settings.contains("ATMOS_PRO_WORKSPACE_ID"));
    assert!(settings.contains(&format!("export ATMOS_PRO_WORKSPACE_ID={}", acme.workspace.id)), "{settings}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_beside_the_overview_is_told_in_sentences() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    let fields = [
        ("workspace", "acme"),
        ("people", "kim@acme.example"),
        ("role", "admin"),
        ("way", "copied"),
        ("days", "7"),
    ];
    let call = app.post("/forms/invitations/invite").cookie(&acme.owner.cookie);
    let invited = call.header("accept", "application/json").form(&fields).send().await;
    assert_eq!(invited.status, 303, "{}", invited.text());
    let page = app.get("/dashboard/workspaces/acme").cookie(&acme.owner.cookie).html().send().await.text();
    let log = words(page.split_once("id=\"log\"").unwrap().1);
    assert!(log.contains("Olga invited kim@acme.example as Admin"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_shows_what_was_deployed_what_is_locked_and_what_drifted() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let kinds =
        [PermissionKind::InstancesCreate, PermissionKind::InstancesUpdate, PermissionKind::DeploymentsCreate];
    for kind in kinds {
        app.allow(&acme, kind, ["*", "*", "*"]).await;
    }
    let page =
        async || app.get("/dashboard/workspaces/acme").cookie(&acme.owner.cookie).html().send().await.text();
    let part = |page: &str, id: &str| {
        let (_, rest) = page.split_once(&format!("aria-labelledby=\"{id}\"")).unwrap();
        words(rest.split_once("</section>").unwrap().0)
    };
    let empty = page().await;
    assert!(part(&empty, "locks").contains("Nothing is locked"));
    let session = app.session(&acme).await;
    let instances = ["vpc", "eks", "rds"].map(|name| json!({"stack": "dev", "component": name}));
    let inventory = json!({"instances": instances});
    assert_eq!(app.post("/api/v1/instances").bearer(&session).json(&inventory).send().await.status, 200);
    for (component, report) in [
        ("eks", json!({"command": "plan", "exit_code": 2})),
        ("rds", json!({"command": "apply", "exit_code": 1})),
    ] {
        let target = format!("/api/v1/repos/acme/infra/instances?stack=dev&component={component}");
        assert_eq!(app.call("PATCH", &target).bearer(&session).json(&report).send().await.status, 200);
    }
    let begun = json!({"stack": "dev", "component": "vpc", "title": "Wider subnets"});
    assert_eq!(app.post("/api/v1/deployments").bearer(&session).json(&begun).send().await.status, 201);
    let lock = json!({"key": "acme/infra/dev/vpc", "ttl": 600, "lockMessage": "hands off"});
    assert_eq!(app.post("/api/v1/locks").bearer(&session).json(&lock).send().await.status, 201);

    let full = page().await;
    let deployments = part(&full, "deployments");
    for has in ["vpc", "Wider subnets", "rds", "Failed"] {
        assert!(deployments.contains(has), "{has}: {deployments}");
    }
    assert!(!deployments.contains("eks"), "a plan is no deployment: {deployments}");
    let locks = part(&full, "locks");
    assert!(locks.contains("acme/infra/ dev/ vpc") && locks.contains("hands off"), "{locks}");
    let drift = part(&full, "drift");
    assert!(drift.contains("eks") && drift.contains("rds") && !drift.contains("vpc"), "{drift}");
}
