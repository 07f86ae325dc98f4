//! What commits affect, as the CLI uploads it (rules §7). What one version really sent is in `recordings`.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stackyard_domain::affected::{self, AffectedFilter};
use stackyard_domain::{jobs, repositories, uploads};
use stackyard_model::PermissionKind;
use stackyard_model::activity::What;
use stackyard_model::affected::{Affected, AffectedDetails};

use crate::support::{Answer, Place, TestApp};

async fn acme(app: &TestApp) -> (Place, String) {
    let acme = app.acme().await;
    app.allow(&acme, PermissionKind::AffectedStacksCreate, ["*", "*", "*"]).await;
    let session = app.session(&acme).await;
    (acme, session)
}

async fn upload(app: &TestApp, session: &str, body: &Value) -> Answer {
    app.post("/api/v1/affected-stacks").bearer(session).json(body).send().await
}

/// An item of the stack `dev` with what depends on it.
fn item(component: &str, dependents: &[Value]) -> Value {
    json!({"stack": "dev", "component": component, "dependents": dependents})
}

async fn all(app: &TestApp, acme: &Place) -> Vec<Affected> {
    let here = app.enter(&acme.workspace).await;
    affected::list(&app.operator(), &here, &AffectedFilter::default(), "", 50).await.unwrap().items
}

async fn only(app: &TestApp, acme: &Place) -> AffectedDetails {
    let [one] = <[Affected; 1]>::try_from(all(app, acme).await).unwrap();
    affected::get(&app.operator(), &app.enter(&acme.workspace).await, &one.id).await.unwrap()
}

/// The names of the graph's instances by wave.
fn waves(details: &AffectedDetails) -> Vec<(u32, &str, bool)> {
    details.graph.nodes.iter().map(|node| (node.layer, node.component.as_str(), node.changed)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_diamond_is_four_instances_in_three_waves() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let end = [item("app", &[])];
    let forest = item("vpc", &[item("eks", &end), item("rds", &end)]);
    let answer =
        upload(&app, &session, &json!({"head_sha": "a1", "stacks": [forest, item("eks", &[])]})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let graph = only(&app, &acme).await;
    let expected = [(0, "vpc", true), (1, "eks", true), (1, "rds", false), (2, "app", false)];
    assert_eq!(waves(&graph), expected);
    assert_eq!(graph.graph.edges.len(), 4);
    assert_eq!((graph.upload.changed, graph.upload.downstream, graph.upload.cycles), (2, 2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_body_of_the_same_run_is_the_same_upload() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let body = json!({"head_sha": "a1", "stacks": [item("vpc", &[])]});
    let first = upload(&app, &session, &body).await.envelope()["data"]["id"].clone();
    let again = upload(&app, &session, &body).await.envelope()["data"]["id"].clone();
    assert_eq!(first, again);
    assert_eq!(all(&app, &acme).await.len(), 1);
    let log = app.log(&acme).await;
    assert_eq!(log.iter().filter(|event| event.what() == Some(What::AffectedUploaded)).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pieces_of_an_upload_have_64_mib_together_as_they_are_sent() {
    let app = TestApp::start().await;
    let (_, session) = acme(&app).await;
    // What clients send beside what is kept counts too.
    let vars = "x".repeat(7_900_000);
    for index in 0..9 {
        let body = json!({"head_sha": "a1", "batch_id": "b-1", "batch_index": index, "batch_total": 20, "vars": vars,
                          "stacks": [item(&format!("c{index}"), &[])]});
        let answer = upload(&app, &session, &body).await;
        if index < 8 {
            assert_eq!(answer.status, 200, "{index}: {}", answer.text());
        } else {
            assert_eq!(answer.refusal().0, "BatchTooLarge");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pieces_come_in_any_order_and_twice_and_those_that_stay_alone_are_dropped() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let piece = |index: i32, component: &str| {
        json!({"head_sha": "a1", "batch_id": "b-1", "batch_index": index, "batch_total": 3,
               "stacks": [item(component, &[item("app", &[])])]})
    };
    assert_eq!(upload(&app, &session, &piece(2, "c")).await.status, 200);
    assert_eq!(upload(&app, &session, &piece(2, "c")).await.status, 200);
    assert_eq!(upload(&app, &session, &piece(2, "other")).await.status, 409);
    assert_eq!(upload(&app, &session, &piece(0, "a")).await.status, 200);
    let here = app.enter(&acme.workspace).await;
    let waiting = uploads::incomplete(&app.operator(), &here).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].have, waiting[0].total), (1, 2, 3));
    assert!(all(&app, &acme).await.is_empty());
    assert_eq!(upload(&app, &session, &piece(1, "b")).await.status, 200);
    assert!(uploads::incomplete(&app.operator(), &here).await.unwrap().is_empty());
    let whole = only(&app, &acme).await;
    assert_eq!((whole.upload.changed, whole.upload.downstream), (3, 1));

    let alone =
        json!({"head_sha": "a1", "batch_id": "b-2", "batch_index": 0, "batch_total": 2, "stacks": []});
    assert_eq!(upload(&app, &session, &alone).await.status, 200);
    assert_eq!(uploads::incomplete(&app.operator(), &here).await.unwrap().len(), 1);
    app.clock.advance(Duration::from_secs(3601));
    jobs::sweep(&app.operator()).await.unwrap();
    assert!(uploads::incomplete(&app.operator(), &here).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_that_upload_the_same_commit_at_once_are_two_uploads_each_whole() {
    let app = TestApp::start().await;
    let (acme, first) = acme(&app).await;
    let second = app.session(&acme).await;
    let piece = |batch: &str, index: i32, component: &str| {
        json!({"head_sha": "a1", "batch_id": batch, "batch_index": index, "batch_total": 2,
               "stacks": [item(component, &[])]})
    };
    let (one, two) = (piece("b-1", 0, "vpc"), piece("b-2", 0, "vpc"));
    let (three, four) = (piece("b-1", 1, "eks"), piece("b-2", 1, "rds"));
    let answers = tokio::join!(
        upload(&app, &first, &one),
        upload(&app, &second, &two),
        upload(&app, &first, &three),
        upload(&app, &second, &four)
    );
    for answer in [answers.0, answers.1, answers.2, answers.3] {
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let mut kept: Vec<_> =
        all(&app, &acme).await.into_iter().map(|one| (one.head_sha, one.changed)).collect();
    kept.sort();
    assert_eq!(kept, [("a1".to_owned(), 2), ("a1".to_owned(), 2)]);
    assert!(
        uploads::incomplete(&app.operator(), &app.enter(&acme.workspace).await).await.unwrap().is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_between_two_pieces_is_told_and_nothing_half_is_shown() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let piece = |index: i32| {
        json!({"head_sha": "a1", "batch_id": "b-1", "batch_index": index, "batch_total": 2,
               "stacks": [item("vpc", &[])]})
    };
    assert_eq!(upload(&app, &session, &piece(0)).await.status, 200);
    app.clock.advance(Duration::from_secs(3601));
    let late = upload(&app, &session, &piece(1)).await;
    assert_eq!(late.status, 401, "{}", late.text());
    late.envelope();
    assert!(all(&app, &acme).await.is_empty());
    // The run signs in again and sends everything again.
    jobs::sweep(&app.operator()).await.unwrap();
    let again = app.session(&acme).await;
    for index in [0, 1] {
        assert_eq!(upload(&app, &again, &piece(index)).await.status, 200);
    }
    assert_eq!(only(&app, &acme).await.upload.changed, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_pieces_are_one_upload() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    for index in (0..1000).rev() {
        let body = json!({"head_sha": "a1", "batch_id": "b-1", "batch_index": index, "batch_total": 1000,
                          "stacks": [item(&format!("c{index}"), &[])]});
        assert_eq!(upload(&app, &session, &body).await.status, 200);
    }
    assert_eq!(only(&app, &acme).await.upload.changed, 1000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_circle_is_told_and_stands_in_one_wave() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let forest = item("a", &[item("b", &[item("a", &[])])]);
    assert_eq!(upload(&app, &session, &json!({"head_sha": "a1", "stacks": [forest]})).await.status, 200);
    let graph = only(&app, &acme).await;
    assert_eq!(graph.upload.cycles, 1);
    assert!(graph.graph.nodes.iter().all(|node| node.in_cycle && node.layer == 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_instances_with_shared_subtrees_hold_nobody_up() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    // A hundred of the top, each with the same fifty below it: seven megabytes for 5,000 edges.
    let below: Vec<_> = (0..50)
        .map(|n| json!({"stack": "prod", "component": format!("shared-{n}"), "settings": {"pro": {"x": "y".repeat(1000)}}}))
        .collect();
    let top: Vec<_> = (0..100).map(|n| item(&format!("top-{n}"), &below)).collect();
    let body = json!({"head_sha": "a1", "stacks": top});
    assert!(body.to_string().len() > 5_000_000);
    let begun = Instant::now();
    let big = upload(&app, &session, &body);
    let small = async {
        let mut slowest = Duration::ZERO;
        for _ in 0..20 {
            let begun = Instant::now();
            assert_eq!(app.get("/healthz").send().await.status, 200);
            slowest = slowest.max(begun.elapsed());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        slowest
    };
    let (answer, slowest) = tokio::join!(big, small);
    assert_eq!(answer.status, 200, "{}", answer.text());
    // Without optimisation and beside other tests; the bench measures it.
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
    let upload = only(&app, &acme).await.upload;
    assert_eq!((upload.changed, upload.downstream, upload.edges), (100, 50, 5_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_older_clients_send_beside_is_not_kept_and_what_cannot_be_kept_is_told() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let full = json!({"head_sha": "a1", "stacks": [{
        "stack": "dev", "component": "vpc", "component_type": "terraform", "component_path": "components/vpc",
        "namespace": "acme", "affected": "stack.vars", "affected_all": ["stack.vars"], "spacelift_stack": "x",
        "dependents": null, "settings": {"depends_on": {"1": {"component": "x"}}, "secret": "not kept"},
        "deleted": true, "deletion_type": "component"
    }]});
    assert_eq!(upload(&app, &session, &full).await.status, 200);
    let one = only(&app, &acme).await;
    assert!(one.graph.nodes[0].deleted && one.graph.nodes[0].changed);
    assert!(app.database().holds("vpc"), "what is kept is found");
    for what in ["not kept", "components/vpc", "spacelift_stack"] {
        assert!(!app.database().holds(what), "{what}");
    }
    let long = "x".repeat(2000);
    for bad in [
        json!({"head_sha": "a1", "stacks": [item("", &[])]}),
        json!({"head_sha": "a1", "stacks": [item(&long, &[])]}),
    ] {
        let answer = upload(&app, &session, &bad).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
    }
    let mut deep = item("c", &[]);
    for _ in 0..40 {
        deep = item("c", &[deep]);
    }
    assert_eq!(
        upload(&app, &session, &json!({"head_sha": "a1", "stacks": [deep]})).await.status,
        400,
        "81 deep"
    );
    let other = json!({"head_sha": "a1", "repo_host": "github.com", "repo_owner": "acme", "repo_name": "other", "stacks": []});
    assert_eq!(upload(&app, &session, &other).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_is_removed_in_the_middle_of_an_upload_takes_it_along() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let piece = |index: i32| {
        json!({"head_sha": "a1", "batch_id": "b-1", "batch_index": index, "batch_total": 2,
               "stacks": [item("vpc", &[])]})
    };
    assert_eq!(upload(&app, &session, &piece(0)).await.status, 200);
    let here = app.enter(&acme.workspace).await;
    repositories::remove(&app.operator(), &here, &acme.repository.id, "acme/infra").await.unwrap();
    let second = upload(&app, &session, &piece(1)).await;
    assert_eq!((second.status.as_u16(), second.refusal().0.as_str()), (403, "RepositoryRemoved"));
    assert!(all(&app, &acme).await.is_empty());
    assert!(uploads::incomplete(&app.operator(), &here).await.unwrap().is_empty());
}
