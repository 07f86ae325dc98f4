//! Many instances: inventories in many pieces, long ones, and much that drifted.

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use serde_json::json;
use stackyard_domain::instances::InstanceFilter;
use stackyard_model::activity::What;
use stackyard_model::instance::InstanceStatus;

use crate::instances::{CLIENT, acme, notes, page, piece, report, upload_as};
use crate::overview::words;
use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_pieces_are_one_upload() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    for index in 0..1000 {
        let name = format!("dev:c{index:04}");
        let answer = upload_as(&app, &session, CLIENT, &piece(index, 1000, &[&name])).await;
        assert_eq!(answer.status, 200, "{index}: {}", answer.text());
    }
    let all = page(&app, &acme, &InstanceFilter::default(), "", 1).await;
    assert_eq!(all.counts.all(), 1000);
    let log = app.log(&acme).await;
    assert_eq!(notes(&log), ["1000 instances, 1000 new", "the first piece of an upload"]);
    assert!(
        log.iter()
            .all(|event| event.what() != Some(What::InstancesUploaded) || event.permission_id.is_some())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_thousand_instances_are_taken_and_paged_through() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let instance = |n: usize| json!({"stack": format!("s{:03}", n / 100), "component": format!("c/{n:05}")});
    let body = json!({"instances": (0..20_000).map(instance).collect::<Vec<_>>()});
    for added in [20_000, 0] {
        let began = Instant::now();
        let answer = upload_as(&app, &session, CLIENT, &body).await;
        assert_eq!(answer.envelope()["data"], json!({"instances": 20_000, "added": added, "absent": 0}));
        // Not a figure, which a test build has none of: only that it does not take minutes.
        assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    }
    let filter = InstanceFilter { q: "s017 c/017".to_owned(), ..InstanceFilter::default() };
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = page(&app, &acme, &filter, &after, 30).await;
        assert_eq!(page.counts.all(), 100);
        seen.extend(page.items.into_iter().map(|one| one.component));
        let Some(next) = page.next_cursor else { break };
        after = next;
    }
    assert!(seen.len() == 100 && seen.is_sorted(), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_that_drifted_are_counted_and_shown_by_the_page() {
    const ALL: usize = 10_000;
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let instance = |n: usize| json!({"stack": "dev", "component": format!("c{n:05}")});
    let body = json!({"instances": (0..ALL).map(instance).collect::<Vec<_>>()});
    assert_eq!(upload_as(&app, &session, CLIENT, &body).await.status, 200);
    let drifted = json!({"command": "plan", "exit_code": 2});
    futures::stream::iter(0..ALL)
        .map(|n| {
            let (app, session, drifted) = (&app, &session, &drifted);
            async move { assert_eq!(report(app, session, &format!("c{n:05}"), drifted).await.status, 200) }
        })
        .buffer_unordered(64)
        .collect::<Vec<_>>()
        .await;
    let filter = InstanceFilter { status: Some(InstanceStatus::Drifted), ..InstanceFilter::default() };
    assert_eq!(page(&app, &acme, &filter, "", 1).await.counts.drifted, 10_000);
    while stackyard_domain::activity::seal(&app.operator()).await.unwrap() {}
    for (target, said) in [
        ("/dashboard/workspaces/acme", "10,000+ in 7 days"),
        ("/dashboard/workspaces/acme/activity", "10,000+ events in the last 48 hours"),
    ] {
        let page = words(&app.get(target).cookie(&acme.owner.cookie).html().send().await.text());
        assert!(page.contains(said), "{target}: {page}");
    }
    for target in ["/dashboard/workspaces/acme", "/dashboard/workspaces/acme/stacks?status=drifted"] {
        let answer = app.get(target).cookie(&acme.owner.cookie).html().send().await;
        assert_eq!(answer.status, 200, "{target}");
        let html = answer.text();
        assert!(html.contains("10,000"), "{target}: {html}");
        assert!(html.len() < 400_000, "{target}: only a page of them: {}", html.len());
    }
}
