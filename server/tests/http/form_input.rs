//! Forms that no page of ours sends: each gets a clear answer with a trace id, nothing is changed and nothing done twice.

use serde_json::Value;
use stackyard_app::SERVER_FUNCTIONS;
use stackyard_model::Role;

use crate::matrix::{
    Subject, World,
    forms::{fields, stand_in},
    subjects,
};
use crate::support::{Answer, Call, TestApp};

/// Those who send: an owner, in a world of their own for each form.
async fn owner(app: &TestApp) -> (Vec<Subject>, usize) {
    let subjects = subjects(app).await;
    let owner = subjects.iter().position(|subject| subject.role == Some(Role::Owner)).unwrap();
    (subjects, owner)
}

/// A form as a script sends it: what is answered is data.
fn sent(app: &TestApp, world: &World, owner: &Subject, path: &str) -> Call {
    world.sent_by(owner, app.post(path)).header("accept", "application/json").by_our_page()
}

/// Holds that it was refused as the sender's mistake, by an answer that can be asked about.
fn assert_clear(answer: &Answer, statuses: &[u16], what: &str) {
    assert!(statuses.contains(&answer.status.as_u16()), "{what}: {} {}", answer.status, answer.text());
    assert_eq!(answer.header("x-trace-id").len(), 20, "{what}");
    let body = answer.json();
    assert_eq!(body["traceId"].as_str(), Some(answer.header("x-trace-id")), "{what}: {body}");
    assert!(body["errorMessage"].as_str().is_some_and(|text| !text.is_empty()), "{what}: {body}");
    assert!(answer.text().len() < 8000, "{what}: what was sent does not come back whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_forms_are_refused_by_every_form() {
    let app = TestApp::start().await;
    let (subjects, owner) = owner(&app).await;
    let owner = subjects.get(owner).unwrap();
    let world = World::new(&app, &subjects, "world", owner).await;
    let here = app.enter(world.workspace()).await;
    let before = app.log_of(&here).await.len();
    for function in SERVER_FUNCTIONS {
        // Those have no field that could be missing or wrong.
        if ["/sign-out", "/revoke-others", "/remove-picture", "/ask-proof"]
            .iter()
            .any(|end| function.path.ends_with(end))
        {
            continue;
        }
        for (content, body) in [
            ("application/json", &br#"{"workspace":"world"}"#[..]),
            ("multipart/form-data; boundary=b", b"--b\r\n"),
            ("application/x-www-form-urlencoded", b"\xff\xfe=\xff"),
            ("application/x-www-form-urlencoded", b"workspace[a]=1&repository[]=2&name[x][y]=3"),
            ("application/x-www-form-urlencoded", b"workspace=%00&repository=%00&permission=%00&name=%00"),
            ("application/x-www-form-urlencoded", b""),
        ] {
            let call = sent(&app, &world, owner, function.path).header("content-type", content).body(body);
            let answer = call.send().await;
            let what = format!("{} {content} {body:?}", function.path);
            let only_says = ["/check-", "/jump"].iter().any(|part| function.path.contains(part));
            if only_says && answer.status == 200 {
                // What they think of a text, or where it leads.
                continue;
            }
            assert_clear(&answer, &[400, 404, 409, 413, 415], &what);
        }
    }
    // A wrong password is written down, and nothing else happened.
    let log = app.log_of(&here).await;
    assert_eq!(log.len(), before, "{:?}", log.first());
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_megabytes_are_refused_by_size_by_every_form() {
    let app = TestApp::start().await;
    let (subjects, owner) = owner(&app).await;
    let owner = subjects.get(owner).unwrap();
    let world = World::new(&app, &subjects, "world", owner).await;
    let large = format!("name={}", "x".repeat(10 * 1024 * 1024));
    for function in SERVER_FUNCTIONS {
        let form = || {
            let call = sent(&app, &world, owner, function.path);
            call.header("content-type", "application/x-www-form-urlencoded")
        };
        let announced = form().header("content-length", &large.len().to_string()).body(large.clone());
        assert_clear(&announced.send().await, &[413], function.path);
        // One that does not say how long it is, is stopped while it is read.
        let answer = form().body(large.clone()).send().await;
        assert_clear(&answer, &[400, 413], function.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_character_that_postgresql_cannot_store_is_no_failure_in_any_field_of_any_form() {
    let app = TestApp::start().await;
    let (subjects, owner) = owner(&app).await;
    let owner = subjects.get(owner).unwrap();
    for (number, function) in SERVER_FUNCTIONS.iter().enumerate() {
        let world = World::new(&app, &subjects, &format!("world-{number}"), owner).await;
        let whole = fields(function.path, &world);
        let stand_in = stand_in(&app, function.path, owner, number).await;
        let owner = stand_in.as_ref().unwrap_or(owner);
        for (name, value) in &whole {
            let broken = format!("{value}\0x");
            let form: Vec<_> = whole
                .iter()
                .map(|(other, value)| (*other, if other == name { &broken } else { value }.as_str()))
                .collect();
            let call = world.sent_by(owner, app.post(function.path)).header("accept", "application/json");
            let answer = call.form(&form).send().await;
            let what = format!("{} {name}", function.path);
            assert!(answer.status.as_u16() < 500, "{what}: {} {}", answer.status, answer.text());
            assert!(!answer.text().contains("InternalError"), "{what}: {}", answer.text());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn four_identical_forms_at_once_do_their_work_once() {
    let app = TestApp::start().await;
    let (subjects, owner) = owner(&app).await;
    let owner = subjects.get(owner).unwrap();
    // What is made or ended, and what those are told who come too late.
    for (number, path, late) in [
        (0, "/forms/repositories/add", 400),
        (1, "/forms/repositories/remove", 404),
        (2, "/forms/permissions/add", 409),
        (3, "/forms/permissions/remove", 404),
        (4, "/forms/locks/take", 409),
        (5, "/forms/locks/release", 409),
        (6, "/forms/locks/force-release", 409),
        (7, "/forms/tokens/revoke", 404),
        (8, "/forms/workspaces/create", 400),
        (9, "/forms/workspaces/delete", 404),
        (10, "/forms/invitations/revoke", 409),
        (11, "/forms/invitations/join", 409),
        (12, "/forms/team/remove", 404),
        (13, "/forms/deployments/cancel", 409),
    ] {
        let world = World::new(&app, &subjects, &format!("world-{number}"), owner).await;
        let mut whole = fields(path, &world);
        if path.ends_with("workspaces/create") {
            // Who leaves the address to us gets the next one that is free.
            whole.push(("slug", "wanted-by-all".to_owned()));
        }
        let form: Vec<_> = whole.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let send = || {
            let call = world.sent_by(owner, app.post(path)).header("accept", "application/json");
            call.form(&form).send()
        };
        let (a, b, c, d) = tokio::join!(send(), send(), send(), send());
        let answers = [a, b, c, d];
        let done = answers.iter().filter(|answer| answer.status == 303).count();
        assert_eq!(done, 1, "{path}: {:?}", answers.iter().map(Answer::text).collect::<Vec<_>>());
        for answer in answers.iter().filter(|answer| answer.status != 303) {
            assert_eq!(answer.status.as_u16(), late, "{path}: {}", answer.text());
            assert_ne!(answer.json()["errorTag"], Value::Null, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_answer_nonsense_in_their_addresses() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    let workspace = "/dashboard/workspaces/acme";
    for target in [
        format!("{workspace}/activity?q=%00&category=%ff&before=evt_x&repository=..&actor=%00"),
        format!("{workspace}/activity?q={}", "x".repeat(8000)),
        format!("{workspace}/locks?q=%00%ff&after=-&who=%00&repository=%00"),
        format!("{workspace}/locks?force=%00"),
        format!("{workspace}/repositories?q=%00%F0%9F%92%A9&add=%00"),
        format!("{workspace}/repositories/%00/permissions"),
        format!("{workspace}/repositories/repo_x/remove"),
        "/dashboard/workspaces?q=%00%ff".to_owned(),
        "/dashboard/workspaces/%00".to_owned(),
        "/dashboard/workspaces/%F0%9F%92%A9/settings".to_owned(),
        "/why/%00".to_owned(),
        "/help/%00".to_owned(),
        "/account?flash=%00".to_owned(),
        "/notices?before=%00%ff".to_owned(),
        "/reset/%00".to_owned(),
        "/verify/%F0%9F%92%A9".to_owned(),
        "/forgot?flash=%ff".to_owned(),
    ] {
        let answer = app.get(&target).cookie(&acme.owner.cookie).html().send().await;
        assert!([200, 404].contains(&answer.status.as_u16()), "{target}: {}", answer.status);
        assert!(answer.text().contains("</html>"), "{target}: a page, not a line");
    }
}
