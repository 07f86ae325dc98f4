//! The management API: what it changes, of whom it is used, and changing what one saw.

use std::time::Duration;

use serde_json::{Value, json};
use stackyard_domain::credentials::CredentialInput;
use stackyard_domain::{access, credentials};
use stackyard_model::Role;
use stackyard_model::activity::ActorType;
use stackyard_model::credential::{CredentialKind, Scope};

use crate::support::{Answer, Place, TestApp};

pub(crate) async fn get(app: &TestApp, bearer: &str, path: &str) -> Answer {
    app.get(&format!("/api/v1/{path}")).bearer(bearer).send().await
}

pub(crate) async fn send(app: &TestApp, bearer: &str, method: &str, path: &str, body: &Value) -> Answer {
    app.call(method, &format!("/api/v1/{path}")).bearer(bearer).json(body).send().await
}

/// A workspace, and a key for everything in it.
pub(crate) async fn acme(app: &TestApp) -> (Place, String) {
    let place = app.acme().await;
    let bearer = app.key(&place.workspace, Scope::ALL).await;
    (place, bearer)
}

pub(crate) fn data(answer: &Answer) -> Value {
    answer.envelope()["data"].clone()
}

pub(crate) async fn group(app: &TestApp, bearer: &str, name: &str) -> String {
    let made = send(app, bearer, "POST", "groups", &json!({"name": name})).await;
    assert_eq!(made.status, 201, "{}", made.text());
    data(&made)["id"].as_str().unwrap().to_owned()
}

/// Takes a lock as a workflow.
pub(crate) async fn lock(app: &TestApp, session: &str, component: &str) -> String {
    let body = json!({"key": format!("acme/infra/dev/{component}"), "ttl": 600});
    let taken = send(app, session, "POST", "locks", &body).await;
    assert_eq!(taken.status, 201, "{}", taken.text());
    data(&taken)["id"].as_str().unwrap().to_owned()
}

/// Where the lists are, but for those of one group.
pub(crate) fn lists(place: &Place) -> Vec<String> {
    let whole = ["members", "invitations", "groups", "repositories", "locks", "workspace/deployments"];
    let whole = whole.into_iter().chain(["instances", "activity"]).map(str::to_owned);
    whole.chain([format!("repositories/{}/permissions", place.repository.id)]).collect()
}

pub(crate) fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// The ids of a list, walked two by two.
pub(crate) async fn walk(app: &TestApp, bearer: &str, path: &str) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let after: String = form_urlencoded::byte_serialize(cursor.as_bytes()).collect();
        let page = data(&get(app, bearer, &format!("{path}?limit=2&cursor={after}")).await);
        let items = ids(&page);
        assert!(items.len() <= 2, "{path}: {page}");
        seen.extend(items);
        assert!(seen.len() <= 200, "{path} does not end");
        match page["nextCursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return seen,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_lasts_seven_days_unless_said() {
    let app = TestApp::start().await;
    let (_, bearer) = acme(&app).await;
    let body = json!({"email": "kim@example.com", "role": "viewer", "way": "copied"});
    let made = data(&send(&app, &bearer, "POST", "invitations", &body).await);
    let week = Duration::from_secs(7 * 24 * 3600);
    assert_eq!(made["expiresAt"], (app.now() + week).to_string(), "{made}");
    assert_eq!((&made["state"], &made["groups"]), (&json!("waiting"), &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_removed_takes_tokens_along_unless_said_and_leaves_keys_unless_said() {
    let app = TestApp::start().await;
    let (place, bearer) = acme(&app).await;
    for (index, (query, ended)) in [
        ("", vec!["access_token"]),
        ("?revokeTokens=false", vec![]),
        ("?revokeKeys=true", vec!["access_token", "api_key"]),
    ]
    .into_iter()
    .enumerate()
    {
        let ada = app.person(&format!("Ada{index}")).await;
        app.add_member(&place.workspace, &ada, Role::Admin).await;
        let (ctx, here) = app.inside(&ada, "acme").await;
        let mut made = Vec::new();
        for kind in CredentialKind::ALL {
            let input = CredentialInput {
                kind: *kind,
                name: "nightly".to_owned(),
                description: String::new(),
                scopes: vec![Scope::GroupsRead.to_string()],
                days: None,
            };
            made.push(credentials::create(&ctx, &here, input).await.unwrap().0.id);
        }
        let path = format!("/api/v1/members/{}{query}", here.member_id);
        let removed = app.call("DELETE", &path).bearer(&bearer).send().await;
        assert_eq!(removed.status, 200, "{query}: {}", removed.text());
        let listed = credentials::list(&app.operator(), &app.enter(&place.workspace).await).await.unwrap();
        let mut gone: Vec<_> = listed
            .iter()
            .filter(|one| made.contains(&one.id) && one.revoked_at.is_some())
            .map(|one| one.kind.as_str())
            .collect();
        gone.sort_unstable();
        assert_eq!(gone, ended, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_what_was_changed_since_is_refused_and_changes_nothing() {
    let app = TestApp::start().await;
    let (_, bearer) = acme(&app).await;
    let path = format!("groups/{}", group(&app, &bearer, "Platform").await);
    let first = get(&app, &bearer, &path).await.header("etag").to_owned();
    assert!(first.starts_with('"') && first.ends_with('"'), "{first}");
    let change = async |tag: &str, name: &str| {
        let call = app.call("PATCH", &format!("/api/v1/{path}")).bearer(&bearer).header("if-match", tag);
        call.json(&json!({"name": name})).send().await
    };
    let changed = change(&first, "Second").await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    let second = changed.header("etag").to_owned();
    assert_ne!(first, second);
    assert_eq!(get(&app, &bearer, &path).await.header("etag"), second);
    let refused = change(&first, "Third").await;
    assert_eq!(refused.status, 412, "{}", refused.text());
    assert_eq!(refused.refusal().0, "PreconditionFailed");
    assert_eq!(data(&get(&app, &bearer, &path).await)["name"], "Second");
    assert_eq!(change("\"other\", *", "Third").await.status, 200);
    let without = send(&app, &bearer, "PATCH", &path, &json!({"description": "what for"})).await;
    assert_eq!((without.status.as_u16(), data(&without)["name"].as_str()), (200, Some("Third")));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_changes_at_the_same_moment_one_is_made() {
    let app = TestApp::start().await;
    let (_, bearer) = acme(&app).await;
    let path = format!("groups/{}", group(&app, &bearer, "Platform").await);
    let tag = get(&app, &bearer, &path).await.header("etag").to_owned();
    let change = |name: &'static str| {
        let call = app.call("PATCH", &format!("/api/v1/{path}")).bearer(&bearer).header("if-match", &tag);
        call.json(&json!({"name": name})).send()
    };
    let (a, b, c, d) = tokio::join!(change("A"), change("B"), change("C"), change("D"));
    let mut statuses = [a, b, c, d].map(|answer| answer.status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412]);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_and_workspace_and_permissions_say_when_they_are_others() {
    let app = TestApp::start().await;
    let (place, bearer) = acme(&app).await;
    let vic = app.person("Vic").await;
    app.add_member(&place.workspace, &vic, Role::Viewer).await;
    let ctx = app.ctx_of(&vic).await;
    let member = access::enter_anyhow(&ctx, "acme").await.unwrap().member_id.clone();
    let body = json!({"kind": "ws:locks:create"});
    let permissions = format!("repositories/{}/permissions", place.repository.id);
    let permission = data(&send(&app, &bearer, "POST", &permissions, &body).await);
    let permission = format!("{permissions}/{}", permission["id"].as_str().unwrap());
    for (path, body) in [
        ("workspace".to_owned(), json!({"name": "Acme Two"})),
        (format!("members/{member}"), json!({"role": "member"})),
        (permission, json!({"branch": "main", "events": []})),
    ] {
        let before = get(&app, &bearer, &path).await.header("etag").to_owned();
        let patch = || app.call("PATCH", &format!("/api/v1/{path}")).bearer(&bearer).json(&body);
        let changed = patch().header("if-match", &before).send().await;
        assert_eq!(changed.status, 200, "{path}: {}", changed.text());
        for (name, value) in body.as_object().unwrap() {
            assert_eq!(&data(&changed)[name], value, "{path}");
        }
        assert_eq!(patch().header("if-match", &before).send().await.status, 412, "{path}");
    }
    let path = format!("members/{member}");
    let suspended = send(&app, &bearer, "PATCH", &path, &json!({"status": "suspended"})).await;
    assert_eq!(data(&suspended)["status"], "suspended");
    for wrong in [json!({}), json!({"role": "member", "status": "active"}), json!({"status": "inactive"})] {
        assert_eq!(send(&app, &bearer, "PATCH", &path, &wrong).await.status, 400, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_credential_does_is_in_the_log_with_its_name_and_kind() {
    let app = TestApp::start().await;
    let (place, bearer) = acme(&app).await;
    group(&app, &bearer, "Platform").await;
    let log = app.log(&place).await;
    let made = log.iter().find(|event| event.target_name == "Platform").unwrap();
    assert_eq!((made.actor_type, made.actor_name.as_str()), (ActorType::ApiKey, "robot"));
    let read = data(&get(&app, &bearer, "activity?actor=api_key").await);
    assert_eq!(read["items"][0]["targetName"], "Platform", "{read}");
    let one = read["items"][0]["id"].as_str().unwrap();
    assert_eq!(data(&get(&app, &bearer, &format!("activity/{one}")).await)["actorType"], "api_key");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_use_is_written_and_the_request_does_not_wait_for_it() {
    let app = TestApp::start().await;
    let (place, bearer) = acme(&app).await;
    let begun = app.now();
    let used = async || {
        let all = credentials::list(&app.operator(), &app.enter(&place.workspace).await).await.unwrap();
        all[0].last_used_at
    };
    assert_eq!(used().await, None);
    get(&app, &bearer, "workspace").await;
    for _ in 0..200 {
        if used().await.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(used().await, Some(begun));
    app.clock.advance(Duration::from_secs(59));
    get(&app, &bearer, "workspace").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(used().await, Some(begun), "once a minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_too_often_is_told_when_to_come_again() {
    let app = TestApp::start().await;
    let (place, bearer) = acme(&app).await;
    for _ in 0..1000 {
        assert_eq!(get(&app, &bearer, "workspace").await.status, 200);
    }
    let refused = get(&app, &bearer, "workspace").await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "60"));
    let other = app.key(&place.workspace, &[Scope::WorkspaceRead]).await;
    assert_eq!(get(&app, &other, "workspace").await.status, 200);
    app.clock.advance(Duration::from_secs(60));
    assert_eq!(get(&app, &bearer, "workspace").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_none_are_clear_envelopes() {
    let app = TestApp::start().await;
    let (_, bearer) = acme(&app).await;
    for body in [
        "",
        "null",
        "[]",
        "{",
        "{\"name\":7}",
        "{\"name\":\"a\\u0000\"}",
        "{\"name\":\"a\",\"name\":\"b\"}",
        "{\"name\":\"a\",\"extra\":1}",
    ] {
        let answer = app.post("/api/v1/groups").bearer(&bearer).body(body).send().await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        answer.envelope();
    }
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
    let answer = app.post("/api/v1/groups").bearer(&bearer).body(large).send().await;
    assert_eq!(answer.status, 413, "{}", answer.text());
    answer.envelope();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_served_to_everybody() {
    let app = TestApp::start().await;
    let answer = app.get("/api/v1/openapi.json").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    assert!(answer.json()["paths"]["/api/v1/groups"]["post"].is_object());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_can_be_read_by_everybody_without_a_script() {
    let app = TestApp::start().await;
    let answer = app.get("/help/api").html().send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.text().replace("<wbr>", "");
    for said in ["Make a group", "/api/v1/groups/{group}", "Needs the scope", "groups:write", "Take a lock"] {
        assert!(page.contains(said), "{said}");
    }
    // A tag of an error is still found beside it.
    assert_eq!(app.get("/help/MissingScope").html().send().await.status, 200);
}
