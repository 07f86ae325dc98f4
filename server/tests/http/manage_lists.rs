//! The lists of the management API, and their pages.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::json;
use stackyard_model::{PermissionKind, Role};

use crate::manage::{acme, data, get, group, ids, lists, lock, send, walk};
use crate::support::{Place, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_walked_page_by_page_the_newest_first() {
    let app = TestApp::start().await;
    let (_, bearer) = acme(&app).await;
    let mut made = Vec::new();
    for n in 0..5 {
        app.clock.advance(Duration::from_secs(1));
        made.push(group(&app, &bearer, &format!("Group {n}")).await);
    }
    made.reverse();
    assert_eq!(walk(&app, &bearer, "groups").await, made);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_or_deleted_between_two_pages_doubles_and_hides_nothing() {
    let app = TestApp::start().await;
    let (_, bearer) = acme(&app).await;
    let mut made = Vec::new();
    for n in 0..5 {
        app.clock.advance(Duration::from_secs(1));
        made.push(group(&app, &bearer, &format!("Group {n}")).await);
    }
    made.reverse();
    let first = data(&get(&app, &bearer, "groups?limit=2").await);
    assert_eq!(ids(&first), made[..2]);
    app.clock.advance(Duration::from_secs(1));
    group(&app, &bearer, "Made meanwhile").await;
    // The one behind which the next page begins.
    let deleted = app.call("DELETE", &format!("/api/v1/groups/{}", made[1])).bearer(&bearer).send().await;
    assert_eq!(deleted.status, 200, "{}", deleted.text());
    let next = first["nextCursor"].as_str().unwrap();
    let rest = data(&get(&app, &bearer, &format!("groups?limit=10&cursor={next}")).await);
    assert_eq!(ids(&rest), made[2..]);
}

/// Five of everything that is listed; gives the group that has five members.
async fn five_of_each(app: &TestApp, place: &Place, bearer: &str) -> String {
    for kind in [
        PermissionKind::InstancesCreate,
        PermissionKind::InstancesUpdate,
        PermissionKind::DeploymentsCreate,
        PermissionKind::LocksCreate,
        PermissionKind::LocksDelete,
    ] {
        app.allow(place, kind, ["*", "*", "*"]).await;
    }
    let session = app.session(place).await;
    let all: Vec<_> = (0..5).map(|n| json!({"stack": "dev", "component": format!("c{n}")})).collect();
    let uploaded = send(app, &session, "POST", "instances", &json!({"instances": all})).await;
    assert_eq!(uploaded.status, 200, "{}", uploaded.text());
    let mut last = String::new();
    for (n, instance) in all.iter().enumerate() {
        let begun = send(app, &session, "POST", "deployments", instance).await;
        assert_eq!(begun.status, 201, "{}", begun.text());
        lock(app, &session, &format!("c{n}")).await;
        app.invite(place, &format!("kim-{n}@example.com"), Role::Viewer).await;
        last = group(app, bearer, &format!("Group {n}")).await;
    }
    for n in 1..5 {
        let added = send(app, bearer, "POST", "repositories", &json!({"name": format!("acme/r{n}")})).await;
        assert_eq!(added.status, 201, "{}", added.text());
    }
    app.fill_team(&place.workspace, 4).await;
    let members = json!({"members": walk(app, bearer, "members").await});
    let put_in = send(app, bearer, "POST", &format!("groups/{last}/members"), &members).await;
    assert_eq!(data(&put_in)["added"], 5, "{}", put_in.text());
    last
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_is_walked_to_its_end() {
    let app = TestApp::start().await;
    let (place, bearer) = acme(&app).await;
    let group = five_of_each(&app, &place, &bearer).await;
    for path in lists(&place).into_iter().chain([format!("groups/{group}/members")]) {
        let whole = data(&get(&app, &bearer, &format!("{path}?limit=200")).await);
        let (all, walked) = (ids(&whole), walk(&app, &bearer, &path).await);
        assert!(whole["nextCursor"].is_null(), "{path}");
        assert_eq!(walked, all, "{path}");
        assert_eq!(walked.iter().collect::<HashSet<_>>().len(), all.len(), "{path}: each once");
        let there = if path == "activity" { app.log(&place).await.len() } else { 5 };
        assert_eq!(all.len(), there, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_has_items_and_a_cursor() {
    let app = TestApp::start().await;
    let (place, bearer) = acme(&app).await;
    for path in lists(&place) {
        let answer = get(&app, &bearer, &path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let page = data(&answer);
        assert!(page["items"].is_array() && page["nextCursor"].is_null(), "{path}: {page}");
        for wrong in ["limit=0", "limit=201", "limit=x", "q=%00", "cursor=%00"] {
            let answer = get(&app, &bearer, &format!("{path}?{wrong}")).await;
            assert_eq!(answer.status, 400, "{path}?{wrong}: {}", answer.text());
            answer.envelope();
        }
    }
    for wrong in ["members?cursor=x", "groups?cursor=mem_1", "activity?category=x", "members?status=perhaps"]
    {
        assert_eq!(get(&app, &bearer, wrong).await.status, 400, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_id_is_not_there() {
    let app = TestApp::start().await;
    let (_, bearer) = acme(&app).await;
    for path in ["members/x", "members/%ff", "groups/%00", "repositories/x/permissions/y", "activity/evt_1"] {
        let answer = get(&app, &bearer, path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        assert_eq!(answer.refusal().0, "NotFound", "{path}");
    }
}
