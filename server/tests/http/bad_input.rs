//! Input that nobody sends by mistake: each gets a clear answer, and nothing is lost or doubled.

use crate::support::{Answer, Call, Place, TestApp};
use serde_json::{Value, json};
use stackyard::routes::{ROUTES, Route, Verb, Who};
use stackyard_model::PermissionKind;

/// A route of the API with a body that it reads.
struct Taker {
    route: &'static Route,
    body: Value,
    /// The answer to the body, sent once and then three times more.
    status: u16,
    again: u16,
}

/// Every route of the CLI's API that takes a body. One that is not known here fails; those of the management API are
/// in `manage`.
fn takers(app: &TestApp, place: &Place) -> Vec<Taker> {
    // A log is bytes, whatever they are.
    let with_body = |route: &&Route| {
        route.path.starts_with("/api/")
            && route.method != Verb::Get
            && !route.path.ends_with("/logs")
            && !matches!(route.who, Who::Credential(_))
    };
    let known = |route: &'static Route| {
        let key = || json!({"key": "acme/infra/dev/vpc"});
        let (body, status, again) = match (route.method.as_str(), route.path) {
            ("POST", "/api/v1/auth/github-oidc") => {
                let token = app.issuer.sign(&app.claims());
                (json!({"token": token, "workspaceId": place.workspace.id.as_str()}), 200, 400)
            }
            ("POST", "/api/v1/locks") => (key(), 201, 409),
            ("DELETE", "/api/v1/locks") => (key(), 200, 404),
            // Without a key each is one of its own.
            ("POST", "/api/v1/deployments") => (json!({"stack": "dev", "component": "vpc"}), 201, 201),
            ("PATCH", "/api/v1/deployments/{deployment}") => (json!({"status": "success"}), 404, 404),
            ("POST", "/api/v1/affected-stacks") => {
                let stacks = json!([{"stack": "dev", "component": "vpc", "dependents": []}]);
                (json!({"head_sha": "a1", "stacks": stacks}), 200, 200)
            }
            ("POST", "/api/v1/instances") => {
                let instance = json!([{"stack": "dev", "component": "vpc"}]);
                let piece =
                    json!({"batch_id": "b", "batch_index": 0, "batch_total": 1, "instances": instance});
                (piece, 200, 200)
            }
            ("PATCH", _) => (json!({"command": "plan", "exit_code": 0}), 200, 200),
            ("POST", "/api/v1/git/commit") => (json!({"branch": "x", "changes": {}}), 409, 409),
            ("POST", "/api/v1/sts") => (json!({"policyName": "default"}), 403, 403),
            (method, path) => panic!("{method} {path}: say what it takes"),
        };
        Taker { route, body, status, again }
    };
    ROUTES.iter().filter(with_body).map(known).collect()
}

impl Taker {
    fn call(&self, app: &TestApp, session: &str) -> Call {
        let target = self
            .route
            .path
            .replace("{owner}/{repo}/instances", "acme/infra/instances")
            .replace("{stack}/{*component}", "dev/vpc")
            .replace("{deployment}", "dep_0000000000000000000000000000");
        let target =
            if target.ends_with("/infra/instances") { target + "?stack=dev&component=vpc" } else { target };
        let call = app.call(self.route.method.as_str(), &target);
        if self.route.who == Who::Ci { call.bearer(session) } else { call }
    }

    fn name(&self) -> String {
        format!("{} {}", self.route.method.as_str(), self.route.path)
    }

    /// Whether it reads the body; the others let it go by, whatever it is.
    fn reads(&self) -> bool {
        !["/api/v1/git/commit", "/api/v1/sts"].contains(&self.route.path)
    }

    /// Holds that a body that is wrong is refused, with `reason` in the message.
    fn assert_refused(&self, answer: &Answer, reason: &str, what: &str) {
        let status = if self.reads() { 400 } else { self.status };
        assert_clear(answer, status, &format!("{} {what}", self.name()));
        assert!(!self.reads() || answer.refusal().1.contains(reason), "{}", answer.text());
    }

    /// A name that the route reads, whose value is text.
    fn text(&self) -> &str {
        self.body.as_object().unwrap().iter().find(|(_, value)| value.is_string()).unwrap().0
    }
}

/// A refusal that the client can decode, that is short, and that is not our fault.
fn assert_clear(answer: &Answer, status: u16, what: &str) {
    assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text());
    answer.envelope();
    assert_eq!(answer.header("x-trace-id").len(), 20, "{what}");
    assert!(answer.text().len() < 4000, "{what}: what was sent does not come back whole");
}

/// Acme, whose workflows may do everything, with one instance.
async fn with_everything(app: &TestApp) -> Place {
    let acme = app.acme_with_locks().await;
    let kinds = [
        PermissionKind::AffectedStacksCreate,
        PermissionKind::DeploymentsCreate,
        PermissionKind::InstancesCreate,
        PermissionKind::InstancesUpdate,
    ];
    for kind in kinds {
        app.allow(&acme, kind, ["*", "*", "*"]).await;
    }
    let token = app.repository_token(&acme).await;
    let body = json!({"instances": [{"stack": "dev", "component": "vpc"}]});
    let uploaded = app.post("/api/v1/instances").bearer(&token).json(&body).send().await;
    assert_eq!(uploaded.status, 200, "{}", uploaded.text());
    acme
}

/// What there is, to hold against what there is afterwards.
async fn state(app: &TestApp, place: &Place) -> (usize, usize, usize) {
    let (events, locks) = (app.log(place).await, app.locks(place).await);
    (events.len(), locks.held.len(), locks.ended.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_none_are_clear_envelopes_on_every_route_of_the_api() {
    let app = TestApp::start().await;
    let acme = with_everything(&app).await;
    let session = app.session(&acme).await;
    let before = state(&app, &acme).await;
    for taker in takers(&app, &acme) {
        let whole = taker.body.to_string();
        let step = (whole.len() / 40).max(1);
        for end in (0..whole.len()).step_by(step) {
            let cut = whole.get(..end).unwrap().to_owned();
            let answer = taker.call(&app, &session).body(cut).send().await;
            taker.assert_refused(&answer, "", &format!("cut at {end}"));
        }
        for wrong in ["null", "7", "\"x\"", "[]", "true", "{}{}", "{\"a\":1,}", "{'a':1}", "NaN"] {
            let answer = taker.call(&app, &session).body(wrong).send().await;
            taker.assert_refused(&answer, "", wrong);
        }
        for bytes in
            [&b"\xff\xfe{}"[..], b"{\"x\":\"\xc3\x28\"}", b"{\"x\":\"\\ud800\"}", b"\0", b"{\"x\":1e999}"]
        {
            let answer = taker.call(&app, &session).body(bytes).send().await;
            taker.assert_refused(&answer, "", &format!("{bytes:?}"));
        }
    }
    assert_eq!(state(&app, &acme).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_another_type_are_clear_envelopes_on_every_route_of_the_api() {
    let app = TestApp::start().await;
    let acme = with_everything(&app).await;
    let session = app.session(&acme).await;
    let before = state(&app, &acme).await;
    for taker in takers(&app, &acme).into_iter().filter(Taker::reads) {
        for (name, right) in taker.body.as_object().unwrap() {
            let wrong = [Value::Null, json!(7), json!(true), json!([]), json!({}), json!([["x"]])];
            let another = |wrong: &Value| std::mem::discriminant(wrong) != std::mem::discriminant(right);
            for wrong in wrong.into_iter().filter(another) {
                let mut body = taker.body.clone();
                body[name] = wrong.clone();
                let answer = taker.call(&app, &session).json(&body).send().await;
                assert_clear(&answer, 400, &format!("{} {name} = {wrong}", taker.name()));
            }
            let mut body = taker.body.clone();
            body.as_object_mut().unwrap().remove(name);
            let answer = taker.call(&app, &session).json(&body).send().await;
            assert_clear(&answer, 400, &format!("{} without {name}", taker.name()));
        }
    }
    assert_eq!(state(&app, &acme).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_megabytes_of_name_are_refused_by_size_on_every_route_of_the_api() {
    let app = TestApp::start().await;
    let acme = with_everything(&app).await;
    let session = app.session(&acme).await;
    let before = state(&app, &acme).await;
    for taker in takers(&app, &acme) {
        let mut body = taker.body.clone();
        body["x".repeat(10 * 1024 * 1024)] = json!(1);
        let sent = body.to_string();
        let length = sent.len().to_string();
        let announced = taker.call(&app, &session).header("content-length", &length).body(sent.clone());
        for call in [announced, taker.call(&app, &session).body(sent)] {
            assert_clear(&call.send().await, 413, &taker.name());
        }
        let name = taker.text().to_owned();
        let mut body = taker.body.clone();
        body[&name] = json!(format!("acme/infra/{}", "x".repeat(500_000)));
        let answer = taker.call(&app, &session).json(&body).send().await;
        taker.assert_refused(&answer, "", "a long value");
    }
    assert_eq!(state(&app, &acme).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_character_that_postgresql_cannot_store_is_refused_on_every_route_of_the_api() {
    let app = TestApp::start().await;
    let acme = with_everything(&app).await;
    let session = app.session(&acme).await;
    let before = state(&app, &acme).await;
    for taker in takers(&app, &acme) {
        let name = taker.text().to_owned();
        for (field, value) in
            [(&*name, json!("acme/infra/a\0b")), ("unknown", json!([{"deep": "\0"}])), ("a\0b", json!(1))]
        {
            let mut body = taker.body.clone();
            body[field] = value;
            let answer = taker.call(&app, &session).json(&body).send().await;
            taker.assert_refused(&answer, "U+0000", &format!("{field:?}"));
        }
    }
    assert_eq!(state(&app, &acme).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn deep_bodies_are_refused_and_shallow_ones_are_not_on_every_route_of_the_api() {
    let app = TestApp::start().await;
    let acme = with_everything(&app).await;
    let session = app.session(&acme).await;
    let before = state(&app, &acme).await;
    for taker in takers(&app, &acme) {
        for depth in [64, 200, 100_000] {
            let whole = taker.body.to_string();
            let inside = whole.trim_end_matches('}');
            let tail = whole.strip_prefix(inside).unwrap();
            for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
                let leaf = if open == "[" { "" } else { "1" };
                let deep = format!("{}{leaf}{}", open.repeat(depth), close.repeat(depth));
                let body = format!("{{\"deep\":{deep},{}{tail}", inside.get(1..).unwrap());
                let answer = taker.call(&app, &session).body(body).send().await;
                taker.assert_refused(&answer, "64 deep", &format!("{depth} deep"));
            }
        }
    }
    assert_eq!(state(&app, &acme).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_would_take_far_more_memory_than_they_have_bytes_are_refused() {
    let app = TestApp::start().await;
    let acme = with_everything(&app).await;
    let session = app.session(&acme).await;
    for taker in takers(&app, &acme) {
        let whole = taker.body.to_string();
        let many = "{\"\":0},".repeat(100_000);
        let body = format!("{{\"x\":[{many}0],{}", whole.get(1..).unwrap());
        let answer = taker.call(&app, &session).body(body).send().await;
        taker.assert_refused(&answer, "objects", "a hundred thousand objects");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_comes_twice_is_refused_on_every_route_of_the_api() {
    let app = TestApp::start().await;
    let acme = with_everything(&app).await;
    let session = app.session(&acme).await;
    let before = state(&app, &acme).await;
    for taker in takers(&app, &acme) {
        let whole = taker.body.to_string();
        let name = taker.text();
        // A reader in front of this one may have taken the other of the two.
        for body in [
            format!("{{\"{name}\":\"acme/infra/other/vpc\",{}", whole.get(1..).unwrap()),
            format!("{},\"nested\":[{{\"a\":1,\"a\":1}}]}}", whole.strip_suffix('}').unwrap()),
        ] {
            let answer = taker.call(&app, &session).body(body).send().await;
            taker.assert_refused(&answer, "twice", "a name twice");
        }
    }
    assert_eq!(state(&app, &acme).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn four_identical_requests_at_once_do_their_work_once_on_every_route_of_the_api() {
    let app = TestApp::start().await;
    let acme = with_everything(&app).await;
    let session = app.session(&acme).await;
    for taker in takers(&app, &acme) {
        let send = || taker.call(&app, &session).json(&taker.body).send();
        let (a, b, c, d) = tokio::join!(send(), send(), send(), send());
        let mut statuses = [a, b, c, d].map(|answer| {
            answer.envelope();
            answer.status.as_u16()
        });
        statuses.sort_unstable();
        let mut wanted = [taker.status, taker.again, taker.again, taker.again];
        wanted.sort_unstable();
        assert_eq!(statuses, wanted, "{}", taker.name());
        let held = app.locks(&acme).await.held.len();
        assert_eq!(held, usize::from(taker.name() == "POST /api/v1/locks"), "{}", taker.name());
    }
    // One of each was made, and no more: the session of the one exchange, the one lock, which was released once.
    let (_, held, ended) = state(&app, &acme).await;
    assert_eq!((held, ended), (0, 1));
    assert_eq!(app.exchanges("ok"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_and_queries_of_nonsense_are_answered() {
    let app = TestApp::start().await;
    for target in [
        "/%00",
        "/api/v1/%00",
        "/api/v1/locks/%2e%2e/%2e%2e",
        "/pkg/../../../etc/passwd",
        "/pkg/%2e%2e%2f%2e%2e%2fCargo.toml",
        "/workspaces/%00/logo/%ff",
        "/?next=%ff%00",
        "/dashboard/workspaces/%F0%9F%92%A9",
    ] {
        let answer = app.get(target).send().await;
        assert!(answer.status.as_u16() < 500, "{target}: {} {}", answer.status, answer.text());
        assert!(!answer.text().contains("[package]") && !answer.text().contains("root:"), "{target}");
    }
}
