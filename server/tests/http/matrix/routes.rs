//! Every route.

use stackyard::routes::{ROUTES, Route, Verb, Who};
use stackyard_app::Audience;
use stackyard_model::Action;

use super::{Fate, Subject, WORKLOADS, World, Worlds, about_themselves, expected, fate, subjects};
use crate::support::{Call, PNG, TestApp, multipart};

/// How each route is called.
fn called(route: &Route, app: &TestApp, world: &World) -> Call {
    let path =
        route.path.replace("{owner}/{repo}/", "acme/infra/").replace("{stack}/{*component}", "dev/vpc");
    let mut target = world.fill(&path);
    if target.ends_with("/infra/instances") {
        target.push_str("?stack=dev&component=vpc");
    }
    if target.ends_with("/logs") {
        target.push_str("?offset=0");
    }
    assert!(!target.contains('{'), "{target}: say what stands there");
    let call = app.call(route.method.as_str(), &target).by_our_page();
    match (route.method.as_str(), route.path) {
        ("GET", _) => call,
        ("POST", "/forms/workspaces/{slug}/logo") => multipart(call, "logo", PNG),
        ("POST", "/forms/account/picture") => multipart(call, "picture", PNG),
        ("POST", "/api/v1/auth/github-oidc") => {
            let token = app.issuer.sign(&app.claims());
            call.json(&serde_json::json!({"token": token, "workspaceId": world.workspace().id.as_str()}))
        }
        ("POST", "/api/v1/locks") => call.json(&serde_json::json!({"key": "acme/infra/new/vpc"})),
        ("DELETE", "/api/v1/locks") => call.json(&serde_json::json!({"key": "acme/infra/ours/vpc"})),
        ("POST", "/api/v1/deployments") => {
            call.json(&serde_json::json!({"stack": "dev", "component": "vpc"}))
        }
        ("PATCH", "/api/v1/deployments/{deployment}") => call.json(&serde_json::json!({"status": "success"})),
        ("POST", "/api/v1/deployments/{deployment}/logs") => call.body("a line\n"),
        ("POST", "/api/v1/affected-stacks") => {
            call.json(&serde_json::json!({"head_sha": "a1", "stacks": []}))
        }
        ("POST", "/api/v1/instances") => call.json(&serde_json::json!({"instances": []})),
        ("PATCH", _) => call.json(&serde_json::json!({"command": "plan", "exit_code": 0})),
        ("POST", "/api/v1/git/commit" | "/api/v1/sts") => call.json(&serde_json::json!({})),
        (method, path) => panic!("{method} {path} is not in the matrix: say how it is called"),
    }
}

fn expected_of(route: &Route, subject: &Subject) -> Fate {
    let nothing_there = route.path.starts_with("/pkg/");
    match route.who {
        Who::Anybody if nothing_there => Fate::Refused(404),
        Who::Anybody | Who::Public => Fate::Done,
        Who::Ci if WORKLOADS.contains(&subject.name) => match route.path {
            // Until there is a GitHub App.
            "/api/v1/git/commit" => Fate::Refused(409),
            "/api/v1/sts" => Fate::Refused(403),
            // A run's deployment is its own.
            path if path.starts_with("/api/v1/deployments/")
                && route.method != Verb::Get
                && subject.name != "a run" =>
            {
                Fate::Refused(403)
            }
            _ => Fate::Done,
        },
        Who::Ci => Fate::Refused(401),
        Who::Credential(_) => unreachable!("they have a matrix of their own"),
        Who::SignedIn => expected(Audience::SignedIn, subject, Fate::SignIn),
        Who::Member if about_themselves(route.path, subject) => Fate::Done,
        Who::Member => {
            let action = match (route.method, route.path) {
                (
                    Verb::Get,
                    "/dashboard/workspaces/{slug}/live" | "/dashboard/workspaces/{slug}/activity/export",
                ) => Action::SeeResources,
                (Verb::Get, path) if path.ends_with("/export") => Action::ManageAccess,
                (Verb::Get, _) => Action::SeeOverview,
                _ => Action::ManageSettings,
            };
            expected(Audience::Member(action), subject, Fate::SignIn)
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_for_those_it_is_listed_for() {
    let app = TestApp::start().await;
    let subjects = subjects(&app).await;
    let mut worlds = Worlds::default();
    for route in ROUTES.iter().filter(|route| !matches!(route.who, Who::Credential(_))) {
        for subject in &subjects {
            // The picture of who calls is in a world of theirs.
            let world = match worlds.left(!route.path.contains("{person}")) {
                Some(world) => world,
                None => {
                    let world = worlds.make(&app, &subjects, subject).await;
                    let ours = app.post("/api/v1/locks").bearer(&world.run_bearer);
                    let taken = ours.json(&serde_json::json!({"key": "acme/infra/ours/vpc"})).send().await;
                    assert_eq!(taken.status, 201);
                    world
                }
            };
            let answer = world.sent_by(subject, called(route, &app, &world)).send().await;
            let place =
                format!("{} {} as {}: {}", route.method.as_str(), route.path, subject.name, answer.text());
            let fate = fate(&answer);
            assert_eq!(fate, expected_of(route, subject), "{place}");
            let changes = route.method != Verb::Get && fate == Fate::Done;
            worlds.untouched = Some(world).filter(|_| !changes);
        }
        worlds.untouched = None;
    }
}
