//! The log as a file.

use serde_json::{Value, json};
use stackyard_model::Role;

use crate::support::{TestApp, fill_log};

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_every_sealed_event_once_in_order_and_no_other() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    let here = app.enter(&acme.workspace).await;
    fill_log(&app, &here, 4_500).await;
    let other = app.person("Otto").await;
    let elsewhere = app.enter(&app.workspace(&other, "elsewhere").await).await;
    fill_log(&app, &elsewhere, 10).await;
    app.seal().await;
    let target = "/dashboard/workspaces/acme/activity/export?format=jsonl";
    let answer = app.get(target).cookie(&acme.owner.cookie).send().await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-disposition").starts_with("attachment; filename=\"activity-acme-"));
    let lines: Vec<Value> = answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut ids: Vec<_> = lines.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect();
    let all = ids.len();
    assert!(all > 4_500 && all < 4_510, "those of acme alone: {all}");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "each once");

    let target = "/dashboard/workspaces/acme/activity/export?format=csv&category=workspace";
    let narrowed = app.get(target).cookie(&acme.owner.cookie).send().await.text();
    let mut rows = narrowed.lines();
    assert!(rows.next().unwrap().starts_with("id,at,actor_type,"));
    assert!(rows.clone().count() > 0 && rows.all(|row| row.contains(",workspace,")), "{narrowed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_are_exported_only_for_those_who_may_see_them() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let viewer = app.person("Vera").await;
    app.add_member(&acme.workspace, &viewer, Role::Viewer).await;
    let session = app.session(&acme).await;
    let call = app.post("/api/v1/locks").bearer(&session).header("user-agent", "atmos/1.226.1");
    let key = json!({"key": "acme/infra/dev/vpc"});
    assert_eq!(call.json(&key).send().await.status, 201);
    app.seal().await;
    let target = "/dashboard/workspaces/acme/activity/export?format=jsonl";
    let told = async |cookie: &str| app.get(target).cookie(cookie).send().await.text();
    let (owner, viewer) = (told(&acme.owner.cookie).await, told(&viewer.cookie).await);
    assert!(owner.contains("\"userAgent\":\"atmos"), "{owner}");
    assert!(
        !viewer.contains("\"userAgent\":\"") && viewer.lines().count() == owner.lines().count(),
        "{viewer}"
    );
}
