//! Going somewhere by typing: the palette and the page that does the same.

use serde_json::{Value, json};
use stackyard_model::{PermissionKind, Role};

use crate::support::{Person, TestApp};

async fn ask(app: &TestApp, person: &Person, workspace: &str, q: &str) -> Value {
    let fields = [("workspace", workspace), ("q", q)];
    let answer = app.post("/forms/jump").cookie(&person.cookie).by_our_page().form(&fields).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// `Group: label → path` of everything that was found.
fn told(found: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for group in found["groups"].as_array().unwrap() {
        for item in group["items"].as_array().unwrap() {
            let word = |name: &Value| name.as_str().unwrap().to_owned();
            lines.push(format!(
                "{}: {} → {}",
                word(&group["label"]),
                word(&item["label"]),
                word(&item["href"])
            ));
        }
    }
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_finds_pages_repositories_stacks_workspaces_and_actions() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    app.workspace(&acme.owner, "vpc-lab").await;
    app.allow(&acme, PermissionKind::InstancesCreate, ["*", "*", "*"]).await;
    let session = app.session(&acme).await;
    let inventory = json!({"instances": [{"stack": "dev", "component": "vpc"}]});
    assert_eq!(app.post("/api/v1/instances").bearer(&session).json(&inventory).send().await.status, 200);
    let id = acme.repository.id.as_str();

    let found = told(&ask(&app, &acme.owner, "acme", "INFRA perm").await);
    assert_eq!(
        found,
        [
            format!(
                "Repositories: Permissions of acme/infra → /dashboard/workspaces/acme/repositories/{id}/permissions"
            ),
            format!(
                "Do: Add Permissions to acme/infra → /dashboard/workspaces/acme/repositories/{id}/permissions/new"
            ),
        ]
    );
    let found = told(&ask(&app, &acme.owner, "acme", "vpc").await);
    assert!(found[0].starts_with("Stacks: vpc in dev → /dashboard/workspaces/acme/stacks/ins_"), "{found:?}");
    assert_eq!(found[1], "Workspaces: The vpc-lab → /dashboard/workspaces/vpc-lab");
    let begin = told(&ask(&app, &acme.owner, "acme", "").await);
    assert_eq!(begin[0], "Go to: Overview → /dashboard/workspaces/acme");
    assert!(
        begin.iter().any(|line| line == "Do: Take a lock → /dashboard/workspaces/acme/locks?take=1"),
        "{begin:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_a_role_may_open_is_named() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    let (billing, viewer, stranger) =
        (app.person("Bill").await, app.person("Vera").await, app.person("Stan").await);
    app.add_member(&acme.workspace, &billing, Role::Billing).await;
    app.add_member(&acme.workspace, &viewer, Role::Viewer).await;
    let seen = told(&ask(&app, &billing, "acme", "").await);
    let inside: Vec<_> = seen.iter().filter(|line| line.contains("/acme")).map(String::as_str).collect();
    assert_eq!(
        inside,
        [
            "Go to: Overview → /dashboard/workspaces/acme",
            "Go to: Workspace Settings → /dashboard/workspaces/acme/settings"
        ]
    );
    assert!(told(&ask(&app, &billing, "acme", "infra").await).is_empty());
    let seen = told(&ask(&app, &viewer, "acme", "").await);
    assert!(!seen.iter().any(|line| line.contains("Take a lock") || line.contains("Add")), "{seen:?}");
    for slug in ["acme", "nowhere"] {
        let fields = [("workspace", slug), ("q", "infra")];
        let answer =
            app.post("/forms/jump").cookie(&stranger.cookie).by_our_page().form(&fields).send().await;
        assert_eq!(answer.status, 404, "{slug}: {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_script_a_page_does_the_same() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    let overview = app.get("/dashboard/workspaces/acme").cookie(&acme.owner.cookie).html().send().await;
    assert!(overview.text().contains("/dashboard/jump?workspace=acme"), "{}", overview.text());
    let target = "/dashboard/jump?workspace=acme&q=%3Cscript%3E";
    let nothing = app.get(target).cookie(&acme.owner.cookie).html().send().await;
    assert_eq!(nothing.status, 200);
    assert!(nothing.text().contains("Nothing is called that here"), "{}", nothing.text());
    let target = "/dashboard/jump?workspace=acme&q=activity";
    let found = app.get(target).cookie(&acme.owner.cookie).html().send().await;
    assert!(found.text().contains("/dashboard/workspaces/acme/activity"), "{}", found.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_switcher_leads_to_the_same_page_of_another_workspace() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    let other = app.person("Otto").await;
    let blue = app.workspace(&other, "blue").await;
    app.add_member(&blue, &acme.owner, Role::Billing).await;
    app.workspace(&acme.owner, "green").await;
    let page = app.get("/dashboard/workspaces/acme/locks?q=x").cookie(&acme.owner.cookie).html().send().await;
    let page = page.text();
    assert!(page.contains("href=\"/dashboard/workspaces/green/locks\""), "{page}");
    assert!(
        page.contains("href=\"/dashboard/workspaces/blue\""),
        "who may not see locks there comes to the overview"
    );
}
