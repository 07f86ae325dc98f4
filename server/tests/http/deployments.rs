//! Deployments and their logs, as workflows say and read them (rules §6, §9).

use std::time::Duration;

use serde_json::{Value, json};
use stackyard_domain::deployments::{self, DeploymentFilter};
use stackyard_domain::{instances, repositories};
use stackyard_model::PermissionKind;
use stackyard_model::activity::What;
use stackyard_model::deployment::{Deployment, DeploymentSource, DeploymentStatus};
use stackyard_model::instance::InstanceStatus;

use crate::overview::words;
use crate::support::{Answer, Place, TestApp};

const ROUTE: &str = "/api/v1/deployments";

/// Acme with two instances, whose workflows may do everything, and a session of a run.
async fn acme(app: &TestApp) -> (Place, String) {
    let acme = app.acme().await;
    let kinds =
        [PermissionKind::InstancesCreate, PermissionKind::InstancesUpdate, PermissionKind::DeploymentsCreate];
    for kind in kinds {
        app.allow(&acme, kind, ["*", "*", "*"]).await;
    }
    let session = app.session(&acme).await;
    let inventory = json!({"instances": [{"stack": "dev", "component": "vpc"},
                                         {"stack": "dev", "component": "eks/cluster"}]});
    assert_eq!(app.post("/api/v1/instances").bearer(&session).json(&inventory).send().await.status, 200);
    (acme, session)
}

async fn create(app: &TestApp, session: &str, body: &Value) -> Answer {
    app.post(ROUTE).bearer(session).json(body).send().await
}

async fn begun(app: &TestApp, session: &str) -> String {
    let answer = create(app, session, &json!({"stack": "dev", "component": "vpc"})).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.envelope()["data"]["id"].as_str().unwrap().to_owned()
}

async fn update(app: &TestApp, session: &str, id: &str, body: &Value) -> Answer {
    app.call("PATCH", &format!("{ROUTE}/{id}")).bearer(session).json(body).send().await
}

async fn append(app: &TestApp, session: &str, id: &str, offset: usize, bytes: &[u8]) -> Answer {
    let target = format!("{ROUTE}/{id}/logs?offset={offset}");
    app.post(&target).bearer(session).body(bytes.to_vec()).send().await
}

async fn page(app: &TestApp, acme: &Place) -> Vec<Deployment> {
    let here = app.enter(&acme.workspace).await;
    deployments::page(&app.operator(), &here, &DeploymentFilter::default(), "", 50).await.unwrap().items
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_runs_its_course_and_then_stays_as_it_is() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let wanted = json!({"stack": "dev", "component": "cluster", "status": "queued", "title": "Upgrade"});
    let made = create(&app, &session, &wanted).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let data = &made.envelope()["data"];
    assert_eq!((&data["component"], &data["status"]), (&json!("eks/cluster"), &json!("queued")));
    let id = data["id"].as_str().unwrap();
    assert!(id.starts_with("dep_"));
    for status in ["in_progress", "in_progress", "failure", "failure"] {
        let answer = update(&app, &session, id, &json!({"status": status, "exit_code": 1})).await;
        assert_eq!(answer.status, 200, "{status}: {}", answer.text());
    }
    let late = update(&app, &session, id, &json!({"status": "success"})).await;
    assert_eq!(late.status, 409, "{}", late.text());
    let [one] = <[Deployment; 1]>::try_from(page(&app, &acme).await).unwrap();
    assert_eq!((one.status, one.exit_code), (DeploymentStatus::Failure, Some(1)));
    assert!(one.started_at.is_some() && one.finished_at.is_some());
    let steps = app.log(&acme).await;
    let steps = steps.iter().filter(|event| event.target_id == id).count();
    assert_eq!(steps, 3, "made, begun, ended: what was said twice is one event");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_comes_to_the_same_deployment() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let inventory = json!({"instances": [{"stack": "dev", "component": "vpc"},
                                         {"stack": "dev", "component": "net/deep/vpc"}]});
    assert_eq!(app.post("/api/v1/instances").bearer(&session).json(&inventory).send().await.status, 200);
    let mut ids = Vec::new();
    // A component may be told by what stands behind any of its slashes, and that of one may be the name of another.
    for (key, component) in [("1", "vpc"), ("1", "vpc"), ("2", "deep/vpc"), ("2", "deep/vpc")] {
        let call = app.post(ROUTE).bearer(&session).header("idempotency-key", key);
        let made = call.json(&json!({"stack": "dev", "component": component})).send().await;
        ids.push(made.envelope()["data"]["id"].clone());
    }
    assert!(ids[0] == ids[1] && ids[1] != ids[2] && ids[2] == ids[3], "{ids:?}");
    let call = app.post(ROUTE).bearer(&session).header("idempotency-key", "2");
    let other = call.json(&json!({"stack": "dev", "component": "vpc"})).send().await;
    assert_eq!(other.status, 409, "{}", other.text());
    assert_eq!(page(&app, &acme).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_of_who_sends_it_and_of_what_was_sent_with_it() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let token = app.repository_token(&acme).await;
    let send = async |bearer: &str, body: Value| {
        app.post(ROUTE).bearer(bearer).header("idempotency-key", "deploy").json(&body).send().await
    };
    let wanted = json!({"stack": "dev", "component": "vpc", "title": "Upgrade", "commit": "abc"});
    let first = send(&session, wanted.clone()).await;
    assert_eq!(first.status, 201, "{}", first.text());
    for (field, value) in [
        ("component", "cluster"),
        ("title", "Downgrade"),
        ("commit", "def"),
        ("message", "x"),
        ("status", "queued"),
    ] {
        let mut other = wanted.clone();
        other[field] = json!(value);
        let answer = send(&session, other).await;
        assert_eq!(answer.status, 409, "{field}: {}", answer.text());
        assert!(answer.text().contains("Idempotency-Key"), "{}", answer.text());
    }
    let without_commit = json!({"stack": "dev", "component": "vpc", "title": "Upgrade"});
    assert_eq!(send(&session, without_commit).await.status, 409);
    let again = send(&session, wanted.clone()).await;
    let id = |answer: &Answer| answer.envelope()["data"]["id"].as_str().unwrap().to_owned();
    assert_eq!(id(&again), id(&first));
    let others = send(&token, wanted).await;
    assert_ne!(id(&others), id(&first), "another’s key is another key");
    assert_eq!(page(&app, &acme).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_what_was_sent_and_a_gap_is_told_with_the_right_offset() {
    let app = TestApp::start().await;
    let (_, session) = acme(&app).await;
    let id = begun(&app, &session).await;
    let first = b"\x1b[32mPlan: 1 to add\x1b[0m\n10%\r50%\r100%\nlast \xff\0".as_slice();
    assert_eq!(append(&app, &session, &id, 0, first).await.status, 200);
    assert_eq!(append(&app, &session, &id, 0, first).await.status, 200, "the same again");
    let gap = append(&app, &session, &id, first.len() + 5, b"x").await;
    assert_eq!(gap.status, 409);
    assert_eq!(gap.envelope()["context"]["expectedOffset"], first.len());
    assert_eq!(append(&app, &session, &id, 0, b"other").await.status, 409);
    assert_eq!(append(&app, &session, &id, first.len(), b" line\n").await.status, 200);
    let log = app.get(&format!("{ROUTE}/{id}/logs")).bearer(&session).send().await;
    assert_eq!(log.bytes, [first, b" line\n"].concat());
    assert_eq!(log.header("content-type"), "application/octet-stream");
    assert_eq!(log.header("x-next-offset"), log.bytes.len().to_string());
    let rest = app.get(&format!("{ROUTE}/{id}/logs?offset={}", first.len())).bearer(&session).send().await;
    assert_eq!(rest.bytes, b" line\n");
    for bad in ["", "?offset=x", "?offset=-1"] {
        let answer = app.post(&format!("{ROUTE}/{id}/logs{bad}")).bearer(&session).body("x").send().await;
        assert_eq!(answer.status, 400, "{bad}");
        answer.envelope();
    }
    let long = vec![b'x'; 64 * 1024 + 1];
    let answer = append(&app, &session, &id, log.bytes.len(), &long).await;
    assert!(answer.status.is_client_error(), "{}", answer.text());
    answer.envelope();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_has_sixteen_mebibytes() {
    let app = TestApp::start().await;
    let (_, session) = acme(&app).await;
    let id = begun(&app, &session).await;
    let piece = [vec![b'x'; 64 * 1024 - 1], vec![b'\n']].concat();
    for n in 0..256 {
        assert_eq!(append(&app, &session, &id, n * piece.len(), &piece).await.status, 200, "{n}");
    }
    let over = append(&app, &session, &id, 256 * piece.len(), b"x").await;
    assert_eq!(over.refusal().0, "LogFull");
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_and_matches_of_a_long_log_are_read_without_the_rest() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let id = begun(&app, &session).await;
    let mut offset = 0;
    for block in 0..100 {
        let lines: String = (0..1000).map(|n| format!("line {}\n", block * 1000 + n + 1)).collect();
        assert_eq!(append(&app, &session, &id, offset, lines.as_bytes()).await.status, 200);
        offset += lines.len();
    }
    let here = app.enter(&acme.workspace).await;
    let id = id.parse().unwrap();
    let window = deployments::log_lines(&app.operator(), &here, &id, 54_321, 3).await.unwrap();
    assert_eq!(window.total, 100_000);
    let texts: Vec<_> = window.lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, ["line 54321", "line 54322", "line 54323"]);
    let found = deployments::find_in_log(&app.operator(), &here, &id, "LINE 99999", 10).await.unwrap();
    assert_eq!(found.lines, [99_999]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_run_may_read_a_deployment_but_not_write_to_it() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let id = begun(&app, &session).await;
    let claims = app.claims().set("run_id", "99");
    let other = app.exchange(&claims, acme.workspace.id.as_str()).await;
    let other = other.envelope()["data"]["token"].as_str().unwrap().to_owned();
    assert_eq!(app.get(&format!("{ROUTE}/{id}")).bearer(&other).send().await.status, 200);
    let listed = app.get(ROUTE).bearer(&other).send().await;
    assert_eq!(listed.envelope()["data"]["items"][0]["id"], json!(id));
    assert_eq!(update(&app, &other, &id, &json!({"status": "success"})).await.status, 403);
    assert_eq!(append(&app, &other, &id, 0, b"x").await.status, 403);
    let unknown = "dep_0000000000000000000000000000";
    let nothing = app.get(&format!("{ROUTE}/{unknown}")).bearer(&session).send().await.refusal();
    let nonsense = app.get(&format!("{ROUTE}/nonsense")).bearer(&session).send().await.refusal();
    assert_eq!(nothing, nonsense);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apply_that_is_reported_is_a_deployment_once() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let target = "/api/v1/repos/acme/infra/instances?stack=dev&component=vpc";
    let report = json!({"command": "apply", "exit_code": 0, "last_run": "2026-11-18T00:00:00Z"});
    for _ in 0..2 {
        let sent = app.call("PATCH", target).bearer(&session).json(&report).send().await;
        assert_eq!(sent.status, 200, "{}", sent.text());
    }
    let plan = json!({"command": "plan", "exit_code": 2});
    assert_eq!(app.call("PATCH", target).bearer(&session).json(&plan).send().await.status, 200);
    let [one] = <[Deployment; 1]>::try_from(page(&app, &acme).await).unwrap();
    assert_eq!((one.source, one.status), (DeploymentSource::Status, DeploymentStatus::Success));
    assert_eq!(one.component, "vpc");
    let here = app.enter(&acme.workspace).await;
    let details = instances::get(&app.operator(), &here, &one.instance_id).await.unwrap();
    assert_eq!(details.deployments.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_is_removed_meanwhile_is_told_and_takes_its_deployments_along() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let id = begun(&app, &session).await;
    let here = app.enter(&acme.workspace).await;
    repositories::remove(&app.operator(), &here, &acme.repository.id, &acme.repository.name).await.unwrap();
    let answer = append(&app, &session, &id, 0, b"x").await;
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert!(page(&app, &acme).await.is_empty());
    assert!(app.log(&acme).await.iter().any(|event| event.what() == Some(What::RepositoryRemoved)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apply_by_a_clock_that_is_ahead_is_one_deployment_however_often_it_is_reported() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let target = "/api/v1/repos/acme/infra/instances?stack=dev&component=vpc";
    let ahead = app.now() + Duration::from_secs(86_400);
    let report = json!({"command": "apply", "exit_code": 0, "last_run": ahead.to_rfc3339_seconds()});
    for _ in 0..3 {
        let sent = app.call("PATCH", target).bearer(&session).json(&report).send().await;
        assert_eq!(sent.status, 200, "{}", sent.text());
        app.clock.advance(Duration::from_secs(7));
    }
    assert_eq!(page(&app, &acme).await.len(), 1);
    let log = app.log(&acme).await;
    let reported = log.iter().filter(|event| event.what() == Some(What::DriftStatusUpdated)).count();
    assert_eq!(reported, 1, "what is said again is no news");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apply_that_is_reported_after_a_later_plan_is_a_deployment_all_the_same() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let target = "/api/v1/repos/acme/infra/instances?stack=dev&component=vpc";
    let before = app.now() - Duration::from_secs(60);
    let plan = json!({"command": "plan", "exit_code": 2, "last_run": app.now().to_rfc3339_seconds()});
    let apply = json!({"command": "apply", "exit_code": 0, "last_run": before.to_rfc3339_seconds()});
    for report in [&plan, &apply, &apply] {
        let sent = app.call("PATCH", target).bearer(&session).json(report).send().await;
        assert_eq!(sent.status, 200, "{}", sent.text());
    }
    let [one] = <[Deployment; 1]>::try_from(page(&app, &acme).await).unwrap();
    assert_eq!(one.finished_at.unwrap().to_rfc3339_seconds(), before.to_rfc3339_seconds());
    let here = app.enter(&acme.workspace).await;
    let instance = instances::get(&app.operator(), &here, &one.instance_id).await.unwrap().instance;
    assert_eq!(instance.status, InstanceStatus::Drifted, "the plan came after it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_another_repository_finds_no_deployment_of_this_one() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let id = begun(&app, &session).await;
    assert_eq!(append(&app, &session, &id, 0, b"a secret line\n").await.status, 200);
    let here = app.enter(&acme.workspace).await;
    let apps = repositories::add(&app.operator(), &here, "", "acme/apps").await.unwrap();
    let apps = Place { repository: apps, workspace: acme.workspace.clone(), owner: acme.owner.clone() };
    app.allow(&apps, PermissionKind::DeploymentsCreate, ["*", "*", "*"]).await;
    let token = app.repository_token(&apps).await;
    let listed = app.get(ROUTE).bearer(&token).send().await;
    assert_eq!(listed.envelope()["data"]["items"], json!([]), "{}", listed.text());
    for route in ["", "/logs"] {
        let theirs = app.get(&format!("{ROUTE}/{id}{route}")).bearer(&token).send().await;
        let nothing =
            app.get(&format!("{ROUTE}/dep_0000000000000000000000000000{route}")).bearer(&token).send();
        assert_eq!(theirs.refusal(), nothing.await.refusal(), "{route}");
    }
    let unknown = "dep_0000000000000000000000000000";
    let done = json!({"status": "success"});
    let refusals = [update(&app, &token, &id, &done).await, update(&app, &token, unknown, &done).await];
    assert_eq!(refusals[0].refusal(), refusals[1].refusal());
    let refusals = [append(&app, &token, &id, 14, b"x").await, append(&app, &token, unknown, 14, b"x").await];
    assert_eq!(refusals[0].refusal(), refusals[1].refusal());
    assert_eq!(page(&app, &acme).await[0].status, DeploymentStatus::InProgress);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_between_two_pieces_of_a_log_is_told_and_the_next_goes_on() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let id = begun(&app, &session).await;
    assert_eq!(append(&app, &session, &id, 0, b"one\n").await.status, 200);
    app.clock.advance(Duration::from_secs(3601));
    let late = append(&app, &session, &id, 4, b"two\n").await;
    assert_eq!(late.status, 401, "{}", late.text());
    late.envelope();
    let again = app.session(&acme).await;
    assert_eq!(append(&app, &again, &id, 4, b"two\n").await.status, 200, "the same run");
    let log = app.get(&format!("{ROUTE}/{id}/logs")).bearer(&again).send().await;
    assert_eq!(log.bytes, b"one\ntwo\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn deployments_are_counted_up_to_ten_thousand() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let id = begun(&app, &session).await.parse().unwrap();
    let here = app.enter(&acme.workspace).await;
    deployments::testing::fill(&app.operator(), &here, &id, 10_000).await.unwrap();
    let page = |target: &'static str| app.get(target).cookie(&acme.owner.cookie).html().send();
    let overview = words(&page("/dashboard/workspaces/acme").await.text());
    assert!(overview.contains("10,000+"), "{overview}");
    let listed = words(&page("/dashboard/workspaces/acme/deployments").await.text());
    assert!(listed.contains("50 deployments of 10,000+"), "{listed}");
}
