//! Inventories and reports as the CLI sends them (rules §7). What one version really sent is in `recordings`.

use std::time::Duration;

use serde_json::{Value, json};
use stackyard_domain::instances::{self, InstanceFilter, InstancePage};
use stackyard_domain::{jobs, repositories};
use stackyard_model::PermissionKind;
use stackyard_model::activity::{Event, What};
use stackyard_model::instance::InstanceStatus;

use crate::support::{Answer, Place, TestApp};

pub(crate) const CLIENT: &str = "atmos/1.226.1 (linux; amd64)";

pub(crate) async fn acme(app: &TestApp) -> (Place, String) {
    let acme = app.acme().await;
    for kind in [PermissionKind::InstancesCreate, PermissionKind::InstancesUpdate] {
        app.allow(&acme, kind, ["*", "*", "*"]).await;
    }
    let session = app.session(&acme).await;
    (acme, session)
}

fn named(names: &[&str]) -> Value {
    let instance = |name: &&str| {
        let (stack, component) = name.split_once(':').unwrap();
        json!({"stack": stack, "component": component, "component_type": "terraform"})
    };
    Value::Array(names.iter().map(instance).collect())
}

pub(crate) async fn upload_as(app: &TestApp, session: &str, client: &str, body: &Value) -> Answer {
    app.post("/api/v1/instances").bearer(session).header("user-agent", client).json(body).send().await
}

async fn upload(app: &TestApp, session: &str, names: &[&str]) -> Answer {
    upload_as(app, session, CLIENT, &json!({"instances": named(names)})).await
}

pub(crate) fn piece(index: i32, total: i32, names: &[&str]) -> Value {
    json!({"batch_id": "b-1", "batch_index": index, "batch_total": total, "instances": named(names)})
}

pub(crate) async fn report(app: &TestApp, session: &str, component: &str, body: &Value) -> Answer {
    let target = format!("/api/v1/repos/acme/infra/instances?stack=dev&component={component}");
    app.call("PATCH", &target).bearer(session).json(body).send().await
}

pub(crate) async fn page(
    app: &TestApp,
    acme: &Place,
    filter: &InstanceFilter,
    after: &str,
    limit: u32,
) -> InstancePage {
    let here = app.enter(&acme.workspace).await;
    instances::page(&app.operator(), &here, filter, after, limit).await.unwrap()
}

/// What the log notes of uploads, sorted.
pub(crate) fn notes(log: &[Event]) -> Vec<String> {
    let uploaded = log.iter().filter(|event| event.what() == Some(What::InstancesUploaded));
    let mut notes: Vec<_> = uploaded.map(|event| event.details.note.clone().unwrap()).collect();
    notes.sort();
    notes
}

/// The names of what is there, those that are absent with a minus.
async fn names(app: &TestApp, acme: &Place) -> Vec<String> {
    let items = page(app, acme, &InstanceFilter::default(), "", 500).await.items;
    let name = |one: stackyard_model::instance::Instance| {
        let gone = if one.absent_since.is_some() { "-" } else { "" };
        format!("{gone}{}:{}", one.stack, one.component)
    };
    items.into_iter().map(name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_inventory_does_not_have_any_more_is_marked_and_comes_back() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let all = ["dev:app", "dev:db", "dev:eks/cluster", "dev:vpc", "prod:vpc"];
    let first = upload(&app, &session, &all).await;
    assert_eq!(first.envelope()["data"], json!({"instances": 5, "added": 5, "absent": 0}));
    let second = upload(&app, &session, &all[1..]).await;
    assert_eq!(second.envelope()["data"], json!({"instances": 4, "added": 0, "absent": 1}));
    assert_eq!(names(&app, &acme).await, ["-dev:app", "dev:db", "dev:eks/cluster", "dev:vpc", "prod:vpc"]);
    upload(&app, &session, &all).await;
    assert_eq!(names(&app, &acme).await, all);
    assert_eq!(
        notes(&app.log(&acme).await),
        ["4 instances, 1 not there any more", "5 instances", "5 instances, 5 new"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_marked_when_the_upload_may_not_be_the_whole() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let all = ["dev:app", "dev:db", "dev:eks/cluster", "dev:vpc", "prod:vpc"];
    upload(&app, &session, &all).await;
    // Clients before 1.216 sent only what is looked at for drift; somebody else may send anything.
    for client in ["atmos/1.215.0 (linux; amd64)", "curl/8.5"] {
        upload_as(&app, &session, client, &json!({"instances": named(&all[1..])})).await;
        assert_eq!(names(&app, &acme).await, all, "{client}");
    }
    // Three in ten and more are rather a filter, of which the upload says nothing.
    upload(&app, &session, &all[2..]).await;
    upload(&app, &session, &[]).await;
    assert_eq!(names(&app, &acme).await, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn pieces_come_in_any_order_and_twice_and_the_last_one_ends_the_upload() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    upload(&app, &session, &["dev:a", "dev:b", "dev:c", "dev:d", "dev:old"]).await;
    let pieces =
        [piece(2, 3, &["dev:d"]), piece(0, 3, &["dev:a", "dev:b"]), piece(1, 3, &["dev:c", "dev:new"])];
    for sent in &pieces {
        for _ in 0..2 {
            let answer = upload_as(&app, &session, CLIENT, sent).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
    }
    assert_eq!(names(&app, &acme).await, ["dev:a", "dev:b", "dev:c", "dev:d", "dev:new", "-dev:old"]);
    let other = upload_as(&app, &session, CLIENT, &piece(1, 3, &["dev:other"])).await;
    assert_eq!((other.status.as_u16(), other.refusal().0.as_str()), (409, "BatchConflict"));
    let total = upload_as(&app, &session, CLIENT, &piece(3, 4, &["dev:other"])).await;
    assert_eq!(total.status, 409, "{}", total.text());
    assert!(!names(&app, &acme).await.contains(&"dev:other".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_never_finished_marks_nothing_and_is_forgotten_after_an_hour() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    upload(&app, &session, &["dev:a", "dev:b", "dev:c", "dev:d"]).await;
    assert_eq!(upload_as(&app, &session, CLIENT, &piece(0, 2, &["dev:a"])).await.status, 200);
    assert_eq!(names(&app, &acme).await, ["dev:a", "dev:b", "dev:c", "dev:d"]);
    app.clock.advance(Duration::from_secs(3601));
    jobs::sweep(&app.operator()).await.unwrap();
    let session = app.session(&acme).await;
    let again = upload_as(&app, &session, CLIENT, &piece(0, 2, &["dev:b"])).await;
    assert_eq!(again.status, 200, "nobody remembers the first: {}", again.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn pieces_whose_numbers_make_no_sense_are_400() {
    let app = TestApp::start().await;
    let (_, session) = acme(&app).await;
    for (index, total) in [(0, 0), (1, 1), (-1, 2), (5, 2), (0, 1001), (0, -1)] {
        let answer = upload_as(&app, &session, CLIENT, &piece(index, total, &["dev:a"])).await;
        assert_eq!(answer.refusal().0, "BadBatch", "{index} of {total}");
    }
    for missing in ["batch_id", "batch_index", "batch_total"] {
        let mut body = piece(0, 2, &["dev:a"]);
        body.as_object_mut().unwrap().remove(missing);
        let answer = upload_as(&app, &session, CLIENT, &body).await;
        assert_eq!(answer.status, 400, "{missing}: {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pieces_of_an_upload_have_64_mib_together() {
    let app = TestApp::start().await;
    let (_, session) = acme(&app).await;
    let settings = json!({"pro": {"x": "y".repeat(60_000)}});
    // 130 of 60 kB each: below the limit of a body, and nine of them above that of an upload.
    for index in 0..9 {
        let instance =
            |n: i32| json!({"stack": "dev", "component": format!("c{index}-{n}"), "settings": settings});
        let instances: Vec<_> = (0..130).map(instance).collect();
        let body =
            json!({"batch_id": "b-1", "batch_index": index, "batch_total": 20, "instances": instances});
        let answer = upload_as(&app, &session, CLIENT, &body).await;
        if index < 8 {
            assert_eq!(answer.status, 200, "{index}: {}", answer.text());
        } else {
            assert_eq!(answer.refusal().0, "BatchTooLarge");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_of_the_very_name_or_of_the_only_one_that_ends_so() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    upload(
        &app,
        &session,
        &["dev:cluster", "dev:eks/cluster", "dev:eks/addons", "dev:gke/addons", "dev:a/b/dns"],
    )
    .await;
    let plan = json!({"command": "plan", "exit_code": 2});
    assert_eq!(report(&app, &session, "cluster", &plan).await.status, 200);
    assert_eq!(report(&app, &session, "dns", &plan).await.status, 200);
    let several = report(&app, &session, "addons", &plan).await;
    let (tag, text) = several.refusal();
    assert_eq!((several.status.as_u16(), tag.as_str()), (409, "AmbiguousInstance"));
    assert!(text.contains("- `eks/addons`") && text.contains("- `gke/addons`"), "{text}");
    for unknown in ["ddns", "ns", "vpc", "%25", "_"] {
        let answer = report(&app, &session, unknown, &plan).await;
        assert_eq!(
            (answer.status.as_u16(), answer.refusal().0.as_str()),
            (404, "InstanceNotFound"),
            "{unknown}"
        );
        assert!(answer.refusal().1.contains("`atmos list instances --upload`"));
    }
    let drifted = InstanceFilter { status: Some(InstanceStatus::Drifted), ..InstanceFilter::default() };
    let drifted = page(&app, &acme, &drifted, "", 50).await;
    let found: Vec<_> = drifted.items.iter().map(|one| one.component.as_str()).collect();
    assert_eq!(found, ["a/b/dns", "cluster"]);
    assert_eq!((drifted.counts.drifted, drifted.counts.unknown), (2, 3));
    assert!(
        drifted.items[0].plan_run_url.as_ref().unwrap().contains("/actions/runs/"),
        "{:?}",
        drifted.items[0]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_of_what_is_there_before_what_is_gone() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let others = ["dev:a1", "dev:a2", "dev:a3", "dev:a4", "dev:a5", "dev:a6"];
    upload(&app, &session, &[&others[..], &["dev:a/vpc", "dev:dns"]].concat()).await;
    upload(&app, &session, &[&others[..], &["dev:b/vpc", "dev:route/dns"]].concat()).await;
    let gone = names(&app, &acme).await.into_iter().filter(|name| name.starts_with('-')).count();
    assert_eq!(gone, 2);
    let plan = json!({"command": "plan", "exit_code": 2});
    for component in ["vpc", "dns"] {
        assert_eq!(report(&app, &session, component, &plan).await.status, 200, "{component}");
    }
    let drifted = InstanceFilter { status: Some(InstanceStatus::Drifted), ..InstanceFilter::default() };
    let found: Vec<_> =
        page(&app, &acme, &drifted, "", 9).await.items.into_iter().map(|one| one.component).collect();
    assert_eq!(found, ["b/vpc", "route/dns"]);
    // The same report again is no news.
    let before = app.log(&acme).await.len();
    assert_eq!(report(&app, &session, "vpc", &plan).await.status, 200);
    assert_eq!(app.log(&acme).await.len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn older_clients_report_by_path_and_in_words() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    upload(&app, &session, &["dev:eks/cluster", "dev:vpc"]).await;
    let by_path = async |component: &str, body: Value| {
        let target = format!("/api/v1/repos/acme/infra/instances/dev/{component}");
        app.call("PATCH", &target).bearer(&session).json(&body).send().await.status.as_u16()
    };
    assert_eq!(by_path("vpc", json!({"status": "in_sync"})).await, 200);
    assert_eq!(
        by_path("eks%2Fcluster", json!({"status": "drifted", "last_run": "2026-08-21T12:39:49Z"})).await,
        200
    );
    assert_eq!(by_path("eks/cluster", json!({"status": "drifted"})).await, 200);
    assert_eq!(by_path("vpc", json!({"status": "gone"})).await, 400);
    assert_eq!(by_path("vpc", json!({"status": "unknown"})).await, 400);
    let counts = page(&app, &acme, &InstanceFilter::default(), "", 1).await.counts;
    assert_eq!((counts.in_sync, counts.drifted, counts.unknown), (1, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_report_changes_nothing_and_a_clock_that_is_ahead_locks_nobody_out() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    upload(&app, &session, &["dev:vpc"]).await;
    let status = async || page(&app, &acme, &InstanceFilter::default(), "", 1).await.items[0].status;
    let at = |seconds: i64| {
        let at = stackyard_model::Ts::from_seconds(app.now().as_seconds() + seconds);
        at.to_rfc3339_seconds()
    };
    let ahead = json!({"command": "plan", "exit_code": 2, "last_run": at(86_400)});
    assert_eq!(report(&app, &session, "vpc", &ahead).await.status, 200);
    assert_eq!(status().await, InstanceStatus::Drifted);
    let behind = json!({"command": "apply", "exit_code": 0, "last_run": at(-86_400)});
    assert_eq!(report(&app, &session, "vpc", &behind).await.status, 200, "it is told nothing");
    assert_eq!(status().await, InstanceStatus::Drifted, "but changes nothing");
    app.clock.advance(Duration::from_secs(60));
    let next = json!({"command": "apply", "exit_code": 0, "last_run": at(0)});
    assert_eq!(report(&app, &session, "vpc", &next).await.status, 200);
    assert_eq!(status().await, InstanceStatus::InSync);
    for wrong in ["yesterday", "2026-13-40T00:00:00Z", "-009000-01-01T00:00:00Z", ""] {
        let body = json!({"command": "plan", "exit_code": 0, "last_run": wrong});
        assert_eq!(report(&app, &session, "vpc", &body).await.status, 400, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_and_reports_of_another_repository_are_403_and_in_the_log() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    upload(&app, &session, &["dev:vpc"]).await;
    let of = |host: &str, owner: &str, name: &str| json!({"repo_host": host, "repo_owner": owner, "repo_name": name, "instances": []});
    let url_alone = json!({"repo_url": "https://github.com/evil/infra", "instances": []});
    for body in [
        of("github.com", "acme", "other"),
        of("ghe.example", "acme", "infra"),
        of("", "", "infra"),
        of("", "acme", "infra"),
        url_alone,
    ] {
        let answer = upload_as(&app, &session, CLIENT, &body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.refusal().0.as_str()),
            (403, "RepositoryMismatch"),
            "{body}"
        );
    }
    for body in [of("GitHub.com", "ACME", "Infra"), of("", "", "")] {
        assert_eq!(upload_as(&app, &session, CLIENT, &body).await.status, 200, "{body}");
    }
    let plan = json!({"command": "plan", "exit_code": 0});
    let target = "/api/v1/repos/evil/infra/instances?stack=dev&component=vpc";
    let other = app.call("PATCH", target).bearer(&session).json(&plan).send().await;
    assert_eq!(other.refusal().0, "RepositoryMismatch");
    assert!(app.log(&acme).await.iter().any(|event| event.what() == Some(What::RequestDenied)));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_cannot_be_kept_and_drift_without_workflows_are_listed() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let long = "x".repeat(401);
    let bad =
        upload(&app, &session, &["dev:", ":vpc", &format!("dev:{long}"), "dev:a\u{7}b", "dev:fine"]).await;
    assert_eq!(bad.refusal().0, "BadInstance");
    assert_eq!(bad.envelope()["data"]["validationErrors"].as_array().unwrap().len(), 4, "{}", bad.text());
    for large in [
        json!([{"stack": "dev", "component": "vpc", "settings": {"pro": {"x": "y".repeat(70_000)}}}]),
        json!([{"stack": "dev", "component": "vpc", "component_type": "t".repeat(101)}]),
    ] {
        let answer = upload_as(&app, &session, CLIENT, &json!({"instances": large})).await;
        assert_eq!(answer.refusal().0, "BadInstance");
    }
    let many: Vec<_> = (0..20_001).map(|n| json!({"stack": "s", "component": format!("c{n}")})).collect();
    let many = upload_as(&app, &session, CLIENT, &json!({"instances": many})).await;
    assert_eq!(many.refusal().0, "TooManyInstances");
    let address = app.call("PATCH", "/api/v1/repos/%FF/x/instances?stack=a&component=b").bearer(&session);
    let address = address.json(&json!({"command": "plan", "exit_code": 0})).send().await;
    assert_eq!(address.refusal().0, "BadRequest");
    let drift =
        json!({"pro": {"drift_detection": {"enabled": true, "detect": {"workflows": {"plan.yaml": {}}}}}});
    let body = json!({"instances": [{"stack": "dev", "component": "vpc", "settings": drift}]});
    let refused = upload_as(&app, &session, CLIENT, &body).await;
    assert_eq!(refused.refusal().0, "DriftDetectionValidationError");
    assert_eq!(refused.envelope()["data"]["validationErrors"], json!(["`dev/vpc`: remediate workflow"]));
    assert!(names(&app, &acme).await.is_empty(), "all or nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_is_removed_in_the_middle_of_an_upload_takes_it_along() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    assert_eq!(upload_as(&app, &session, CLIENT, &piece(0, 2, &["dev:a"])).await.status, 200);
    let here = app.enter(&acme.workspace).await;
    repositories::remove(&app.operator(), &here, &acme.repository.id, "acme/infra").await.unwrap();
    let second = upload_as(&app, &session, CLIENT, &piece(1, 2, &["dev:b"])).await;
    assert_eq!((second.status.as_u16(), second.refusal().0.as_str()), (403, "RepositoryRemoved"));
    assert!(names(&app, &acme).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_uploads_at_once_leave_every_instance_once() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let all: Vec<String> = (0..60).map(|n| format!("dev:c{n:02}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let (a, b, c) = tokio::join!(
        upload(&app, &session, &all),
        upload(&app, &session, &all),
        upload(&app, &session, &all[10..])
    );
    for answer in [a, b, c] {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let there = page(&app, &acme, &InstanceFilter::default(), "", 500).await;
    assert_eq!(there.counts.all(), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_between_two_pieces_is_told_and_marks_nothing_and_the_next_goes_on() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    upload(&app, &session, &["dev:a", "dev:b", "dev:c", "dev:old"]).await;
    assert_eq!(upload_as(&app, &session, CLIENT, &piece(0, 2, &["dev:a", "dev:b"])).await.status, 200);
    app.clock.advance(Duration::from_secs(3601));
    let late = upload_as(&app, &session, CLIENT, &piece(1, 2, &["dev:c"])).await;
    assert_eq!(late.status, 401, "{}", late.text());
    late.envelope();
    let before = ["dev:a", "dev:b", "dev:c", "dev:old"];
    assert_eq!(names(&app, &acme).await, before, "half an inventory takes nothing away");
    jobs::sweep(&app.operator()).await.unwrap();
    let again = app.session(&acme).await;
    for piece in [piece(0, 2, &["dev:a", "dev:b"]), piece(1, 2, &["dev:c"])] {
        assert_eq!(upload_as(&app, &again, CLIENT, &piece).await.status, 200);
    }
    assert_eq!(names(&app, &acme).await, ["dev:a", "dev:b", "dev:c", "-dev:old"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inventory_with_all_that_a_component_has_keeps_its_settings_and_nothing_of_its_values() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let workflows = json!({"workflows": {"atmos.yaml": {"inputs": {"component": "vpc", "stack": "dev"}}}});
    let drift = json!({"enabled": true, "detect": workflows, "remediate": workflows});
    let pro = json!({"enabled": true, "drift_detection": drift});
    let body = json!({"instances": [{
        "stack": "dev", "component": "vpc", "component_type": "terraform",
        "vars": {"password": "hunter2-hunter2"}, "env": {"AWS_SECRET": "akia-akia-akia"},
        "metadata": {"component": "base/vpc", "enabled": true}, "backend": {"bucket": "state-of-acme"},
        "settings": {"pro": pro, "depends_on": {"1": {"component": "dns-zone"}}}
    }]});
    assert_eq!(upload_as(&app, &session, "atmos/1.192.0 (linux; amd64)", &body).await.status, 200);
    let one = page(&app, &acme, &InstanceFilter::default(), "", 1).await.items.remove(0);
    assert!(one.enabled && one.drift_enabled);
    let here = app.enter(&acme.workspace).await;
    let details = instances::get(&app.operator(), &here, &one.id).await.unwrap();
    let settings: Value = serde_json::from_str(&details.settings.unwrap()).unwrap();
    assert_eq!(settings, pro);
    assert!(app.database().holds("drift_detection"), "what is kept is found");
    for what in ["hunter2-hunter2", "akia-akia-akia", "state-of-acme", "dns-zone"] {
        assert!(!app.database().holds(what), "{what}");
    }
}
