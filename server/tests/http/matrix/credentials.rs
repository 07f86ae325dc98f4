//! Every operation of the management API, with every kind of credential.

use std::time::Duration;

use serde_json::{Value, json};
use stackyard::routes::{ROUTES, Route, Who};
use stackyard_domain::{credentials, groups, invitations, permissions};
use stackyard_model::Role;
use stackyard_model::credential::Scope;

use super::{World, subjects};
use crate::support::{Answer, Call, TestApp};

/// What each operation sends. One that is not here fails.
fn body(route: &Route, world: &World) -> Option<Value> {
    let path = route.path.strip_prefix("/api/v1/").unwrap();
    Some(match (route.method.as_str(), path) {
        ("GET" | "DELETE", _) => return None,
        ("PATCH", "workspace") => json!({"description": "changed"}),
        ("PATCH", "members/{member}") => json!({"role": "member"}),
        ("POST", "invitations") => {
            json!({"email": format!("new-{}@example.com", world.workspace().slug), "role": "viewer", "way": "copied"})
        }
        ("POST", "invitations/{invitation}/resend") => json!({"way": "copied"}),
        ("POST", "groups") => json!({"name": "Second"}),
        ("PATCH", "groups/{group}") => json!({"name": "Renamed"}),
        ("POST", "groups/{group}/members") => json!({"members": [world.member.as_str()]}),
        ("POST", "repositories") => json!({"name": "acme/other"}),
        ("POST", "repositories/{repository}/permissions") => {
            json!({"kind": "ws:commits:create", "branch": "main"})
        }
        ("PATCH", "repositories/{repository}/permissions/{permission}") => json!({"branch": "main"}),
        ("POST", "locks/{lock}/release") => json!({"reason": "stuck"}),
        (method, path) => panic!("{method} {path} is not in the matrix: say what it sends"),
    })
}

/// The operation on the things of a world.
fn called(route: &Route, app: &TestApp, world: &World, event: &str) -> Call {
    let path = route
        .path
        .replace("{repository}", world.repository().id.as_str())
        .replace("{permission}", world.permission.as_str())
        .replace("{lock}", world.other_lock.as_str())
        .replace("{event}", event);
    let target = world.fill(&path);
    assert!(!target.contains('{'), "{target}: say what stands there");
    let call = app.call(route.method.as_str(), &target);
    match body(route, world) {
        Some(body) => call.json(&body),
        None => call,
    }
}

fn assert_refused(answer: &Answer, status: u16, tag: &str, place: &str) {
    assert_eq!(answer.status, status, "{place}: {}", answer.text());
    assert_eq!(answer.refusal().0, tag, "{place}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_for_credentials_with_its_scope() {
    let app = TestApp::start().await;
    let subjects = subjects(&app).await;
    let owner = subjects.iter().find(|subject| subject.role == Some(Role::Owner)).unwrap();
    let foreign = World::new(&app, &subjects, "foreign", owner).await;
    let mut number = 0;
    for route in ROUTES {
        let Who::Credential(scope) = route.who else { continue };
        number += 1;
        let place = format!("{} {}", route.method.as_str(), route.path);
        let world = World::new(&app, &subjects, &format!("world-{number}"), owner).await;
        let workspace = world.workspace();
        let event = app.log(&world.place).await.remove(0).id.to_string();
        let call = || called(route, &app, &world, &event);

        let cookie = owner.person.as_ref().unwrap().cookie.clone();
        assert_refused(&call().send().await, 401, "Unauthorized", &format!("{place} as nobody"));
        let answer = call().by_our_page().cookie(&cookie).send().await;
        assert_refused(&answer, 401, "Unauthorized", &format!("{place} with a cookie"));
        for bearer in [&world.run_bearer, &world.token_bearer] {
            assert_refused(&call().bearer(bearer).send().await, 401, "Unauthorized", &place);
        }

        let others: Vec<_> = Scope::ALL.iter().copied().filter(|other| !other.covers(scope)).collect();
        let without = app.key(workspace, &others).await;
        let answer = call().bearer(&without).send().await;
        assert_refused(&answer, 403, "MissingScope", &format!("{place} without the scope"));

        let (revoked, bearer) = app.key_for(workspace, &[scope], None).await;
        let here = app.enter(workspace).await;
        credentials::revoke(&app.operator(), &here, &revoked).await.unwrap();
        assert_refused(
            &call().bearer(&bearer).send().await,
            401,
            "Unauthorized",
            &format!("{place} revoked"),
        );
        let (off, bearer) = app.key_for(workspace, &[scope], None).await;
        credentials::switch(&app.operator(), &here, &off, false).await.unwrap();
        assert_refused(&call().bearer(&bearer).send().await, 401, "Unauthorized", &format!("{place} off"));

        let bearer = app.key(foreign.workspace(), &[scope]).await;
        if route.path.contains('{') {
            let answer = call().bearer(&bearer).send().await;
            assert_refused(&answer, 404, "NotFound", &format!("{place} of a foreign workspace"));
        } else if route.method.as_str() == "GET" {
            let answer = call().bearer(&bearer).send().await;
            assert_eq!(answer.status, 200, "{place}: {}", answer.text());
            assert!(!answer.text().contains(workspace.id.as_str()), "{place}: {}", answer.text());
            assert!(!answer.text().contains(world.repository().id.as_str()), "{place}: {}", answer.text());
        }

        let bearer = app.key(workspace, &[scope]).await;
        let answer = call().bearer(&bearer).send().await;
        assert!(answer.status.is_success(), "{place}: {} {}", answer.status, answer.text());
        answer.envelope();
    }
    assert!(number >= 37, "{number}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_is_for_a_credential_that_has_expired() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (_, bearer) = app.key_for(&place.workspace, Scope::ALL, Some(1)).await;
    app.clock.advance(Duration::from_secs(24 * 3600));
    for route in ROUTES.iter().filter(|route| matches!(route.who, Who::Credential(_))) {
        let target = route.path.replace(['{', '}'], "");
        let answer = app.call(route.method.as_str(), &target).bearer(&bearer).send().await;
        assert_refused(&answer, 401, "Unauthorized", &target);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_credential_comes_to_a_page_a_form_or_a_route_of_the_cli() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let bearer = app.key(&place.workspace, Scope::ALL).await;
    for route in ROUTES.iter().filter(|route| route.who == Who::Ci) {
        let target = route.path.replace(['{', '}', '*'], "");
        let call = app.call(route.method.as_str(), &target).bearer(&bearer);
        assert_refused(&call.send().await, 401, "Unauthorized", &target);
    }
    let page = app.get("/dashboard/workspaces/acme").html().bearer(&bearer).send().await;
    assert!(page.location().starts_with("/sign-in"), "{}", page.location());
    let fields = [("workspace", "acme"), ("name", "Second")];
    let form = app.post("/forms/groups/create").header("accept", "application/json").bearer(&bearer);
    assert_eq!(form.form(&fields).send().await.status, 401);
}

/// What could be changed in a world by what names things of another.
async fn state(app: &TestApp, world: &World) -> String {
    let (operator, here) = (app.operator(), app.enter(world.workspace()).await);
    let permissions = permissions::list(&operator, &here, &world.repository().id).await.unwrap();
    let within = groups::members(&operator, &here, &world.group).await.unwrap();
    let invited = invitations::list(&operator, &here, "", 100).await.unwrap().items;
    let events = app.log(&world.place).await.len();
    format!("{permissions:?} {within:?} {invited:?} {events}")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_foreign_workspace_is_reached_through_what_is_ones_own() {
    let app = TestApp::start().await;
    let subjects = subjects(&app).await;
    let owner = subjects.iter().find(|subject| subject.role == Some(Role::Owner)).unwrap();
    let own = World::new(&app, &subjects, "own", owner).await;
    let foreign = World::new(&app, &subjects, "foreign", owner).await;
    let bearer = app.key(own.workspace(), Scope::ALL).await;
    let before = [state(&app, &own).await, state(&app, &foreign).await];
    let permission = format!("repositories/{}/permissions/{}", own.repository().id, foreign.permission);
    let members = format!("groups/{}/members", own.group);
    let invited = json!({
        "email": "odo@example.com",
        "role": "viewer",
        "way": "copied",
        "groups": [own.group.as_str(), foreign.group.as_str()],
    });
    for (method, path, body) in [
        ("GET", permission.clone(), None),
        ("PATCH", permission.clone(), Some(json!({"branch": "main"}))),
        ("DELETE", permission, None),
        ("DELETE", format!("{members}/{}", foreign.member), None),
        ("POST", members.clone(), Some(json!({"members": [foreign.member.as_str()]}))),
        ("POST", members, Some(json!({"members": [own.member.as_str(), foreign.member.as_str()]}))),
        ("POST", "invitations".to_owned(), Some(invited)),
    ] {
        let call = app.call(method, &format!("/api/v1/{path}")).bearer(&bearer);
        let call = match &body {
            Some(body) => call.json(body),
            None => call,
        };
        assert_refused(&call.send().await, 404, "NotFound", &format!("{method} {path} {body:?}"));
    }
    assert_eq!([state(&app, &own).await, state(&app, &foreign).await], before, "nothing was changed");
}
