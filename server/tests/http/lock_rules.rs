//! What the rules say of locks beyond taking and releasing: the whole refusal, fencing numbers, who may end whose
//! (rules §8).

use std::time::Duration;

use crate::support::{Place, TestApp};
use serde_json::{Value, json};
use stackyard_domain::locks::{self, TakeInput};
use stackyard_domain::{Error, repositories};
use stackyard_model::activity::What;
use stackyard_model::{Role, Ts};

const KEY: &str = "acme/infra/dev/vpc";

async fn take(app: &TestApp, token: &str, body: &Value) -> crate::support::Answer {
    app.post("/api/v1/locks").bearer(token).json(body).send().await
}

fn input(place: &Place, component: &str) -> TakeInput {
    TakeInput {
        repository: place.repository.id.to_string(),
        stack: "dev".to_owned(),
        component: component.to_owned(),
        minutes: 10,
        message: "looking".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_finds_a_key_locked_is_told_all_that_helps_to_decide() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    let body = json!({"key": KEY, "ttl": 600, "lockMessage": "resizing the network"});
    let held = take(&app, &session, &body).await.envelope()["data"].clone();
    let refused = take(&app, &session, &json!({"key": KEY})).await;
    assert_eq!(refused.status, 409);
    let (tag, text) = refused.refusal();
    assert_eq!(tag, "LockHeld");
    let at = |name: &str| held[name].as_str().unwrap().parse::<Ts>().unwrap().to_rfc3339_seconds();
    let url = "https://github.com/acme/infra/actions/runs/17000000001";
    for said in [
        "`acme/infra/dev/vpc` is locked already.",
        &format!("- held by `Run 17000000001` since `{}`", at("createdAt")),
        &format!("- until `{}`, unless it is released before", at("expiresAt")),
        "- message: `resizing the network`",
        &format!("- run: {url}"),
    ] {
        assert!(text.contains(said), "{said:?} in {text}");
    }
    let context = refused.envelope()["context"].clone();
    assert_eq!(context["holder"], "Run 17000000001");
    assert_eq!(context["message"], "resizing the network");
    assert_eq!((&context["since"], &context["until"]), (&held["createdAt"], &held["expiresAt"]));
    assert!(context["run"].as_str().unwrap().starts_with(url), "{context}");
    assert_eq!(context["fence"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_grant_of_a_key_has_the_next_fencing_number_also_after_the_repository_was_away() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    let mut fences = Vec::new();
    for _ in 0..3 {
        let taken = take(&app, &session, &json!({"key": KEY, "ttl": 30})).await;
        fences.push(taken.envelope()["data"]["fence"].as_i64().unwrap());
        app.clock.advance(Duration::from_secs(31));
    }
    assert_eq!(fences, [1, 2, 3]);
    // A confirmed rename is another key for the client, and the same thing behind it.
    let here = app.enter(&acme.workspace).await;
    let renamed = app.claims().repository("acme/infra2", 74, 65);
    assert_eq!(app.exchange(&renamed, acme.workspace.id.as_str()).await.status, 403);
    repositories::confirm_identity(&app.operator(), &here, &acme.repository.id, "acme/infra2", 65)
        .await
        .unwrap();
    let moved = take(&app, &session, &json!({"key": "acme/infra2/dev/vpc", "ttl": 30})).await;
    assert_eq!(moved.envelope()["data"]["fence"], 4);
    app.clock.advance(Duration::from_secs(31));
    assert_eq!(app.exchange(&app.claims(), acme.workspace.id.as_str()).await.status, 403);
    repositories::confirm_identity(&app.operator(), &here, &acme.repository.id, "acme/infra", 65)
        .await
        .unwrap();
    let back = take(&app, &session, &json!({"key": KEY, "ttl": 30})).await;
    assert_eq!(back.envelope()["data"]["fence"], 5);
    app.clock.advance(Duration::from_secs(31));
    let other = take(&app, &session, &json!({"key": "acme/infra/dev/dns"})).await;
    assert_eq!(other.envelope()["data"]["fence"], 1, "each key has its own");

    let (operator, here) = (app.operator(), app.enter(&acme.workspace).await);
    repositories::remove(&operator, &here, &acme.repository.id, "acme/infra").await.unwrap();
    let again = app.with_infra(acme.workspace.clone(), acme.owner.clone()).await;
    let owner = app.ctx_of(&acme.owner).await;
    let here = stackyard_domain::access::enter_anyhow(&owner, "acme").await.unwrap();
    let taken = locks::take(&owner, &here, input(&again, "vpc")).await.unwrap();
    assert_eq!(taken.fence, 6, "what the last number fenced off is still out there");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_run_of_the_repository_may_release_a_runs_lock() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    assert_eq!(take(&app, &session, &json!({"key": KEY, "ttl": 600})).await.status, 201);
    let other = app.claims().set("run_id", "17000000999");
    let other = app.exchange(&other, acme.workspace.id.as_str()).await.envelope();
    let token = other["data"]["token"].as_str().unwrap();
    let call = app.call("DELETE", "/api/v1/locks").bearer(token).json(&json!({"key": KEY}));
    assert_eq!(call.send().await.status, 200);
    let ended = app.locks(&acme).await.ended.remove(0).ended.unwrap();
    assert_eq!(ended.by.as_deref(), Some("Run 17000000999"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forced_release_keeps_its_reason_and_is_shown_with_it() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    assert_eq!(take(&app, &session, &json!({"key": KEY, "ttl": 600})).await.status, 201);
    let held = app.locks(&acme).await.held.remove(0);
    let mira = app.person("Mira").await;
    app.add_member(&acme.workspace, &mira, Role::Admin).await;
    let ctx = app.ctx_of(&mira).await;
    let here = stackyard_domain::access::enter_anyhow(&ctx, "acme").await.unwrap();
    for none in ["", "  ", "ab"] {
        let refused = locks::force_release(&ctx, &here, &held.id, none).await.unwrap_err();
        assert!(matches!(refused, Error::Invalid(_)), "{none:?}");
    }
    locks::force_release(&ctx, &here, &held.id, "the runner died at 4 o'clock").await.unwrap();
    let log = app.log(&acme).await;
    let event = log.iter().find(|event| event.what() == Some(What::LockForced)).unwrap();
    assert_eq!(event.details.note.as_deref(), Some("the runner died at 4 o'clock"));
    assert_eq!(event.actor_name, "Mira");
    let page = app.get("/dashboard/workspaces/acme/locks").cookie(&mira.cookie).html().send().await.text();
    assert!(
        page.contains("the runner died at 4 o&#x27;clock") || page.contains("the runner died at 4 o'clock")
    );
    assert_eq!(take(&app, &session, &json!({"key": KEY})).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_locks_shows_holder_run_message_and_when_it_ends() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    take(&app, &session, &json!({"key": KEY, "ttl": 600, "lockMessage": "resizing"})).await;
    let page =
        app.get("/dashboard/workspaces/acme/locks").cookie(&acme.owner.cookie).html().send().await.text();
    for shown in [
        "Run 17000000001",
        "href=\"https://github.com/acme/infra/actions/runs/17000000001",
        "resizing",
        "dev/vpc",
        "leptos-island data-component=\"Countdown",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_lock_that_is_quoted_can_speak_to_a_runner() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    let evil = "::error::pwned/##[add-mask]x";
    let key = format!("acme/infra/{evil}");
    let mut person = app.person("Mira").await;
    person.account.name = "::error::x ##[group]".to_owned();
    let fields = [("name", person.account.name.as_str())];
    let named = app.post("/forms/account/profile").cookie(&person.cookie).html().form(&fields).send().await;
    assert_eq!(named.status, 303);
    app.add_member(&acme.workspace, &person, Role::Member).await;
    let ctx = app.ctx_of(&person).await;
    let here = stackyard_domain::access::enter_anyhow(&ctx, "acme").await.unwrap();
    let mut input = input(&acme, "x");
    (input.stack, input.component) = ("::error::pwned".to_owned(), "##[add-mask]x".to_owned());
    input.message = format!("::warning::{}", "long ".repeat(190));
    locks::take(&ctx, &here, input).await.unwrap();

    let held = take(&app, &session, &json!({"key": key})).await;
    assert_eq!(held.status, 409, "{}", held.text());
    let release =
        app.call("DELETE", "/api/v1/locks").bearer(&session).json(&json!({"key": key})).send().await;
    assert_eq!(release.status, 403, "{}", release.text());
    let gone = json!({"key": format!("{key}/gone")});
    let unknown = app.call("DELETE", "/api/v1/locks").bearer(&session).json(&gone).send().await;
    assert_eq!(unknown.status, 404, "{}", unknown.text());
    let foreign = take(&app, &session, &json!({"key": format!("evil/::error::/{evil}")})).await;
    assert_eq!(foreign.status, 403, "{}", foreign.text());
    let typed = take(&app, &session, &json!({"key": KEY, "ttl": "::error::soon"})).await;
    assert_eq!(typed.status, 400, "{}", typed.text());
    let owner = app.ctx_of(&acme.owner).await;
    let at_home = stackyard_domain::access::enter_anyhow(&owner, "acme").await.unwrap();
    let id = app.locks(&acme).await.held.remove(0).id;
    let not_mine = locks::release(&owner, &at_home, &id).await.unwrap_err().user_message();
    let texts = [&held, &release, &unknown, &foreign, &typed].map(|answer| answer.refusal().1);
    for text in texts.iter().chain([&not_mine]) {
        assert!(!text.contains("::") && !text.contains("##["), "{text}");
    }
    for event in app.log(&acme).await {
        let note = event.details.note.clone().unwrap_or_default();
        assert!(!note.contains("::") && !note.contains("##["), "{note}");
        assert!(note.chars().count() < 1200, "{note}");
        for told in [&event.actor_name, &event.target_name] {
            assert!(!told.contains("::") && !told.contains("##["), "{told}");
        }
        assert!(!event.details.reply.unwrap_or_default().contains("::"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_can_lock_every_key_that_a_workflow_can_and_no_other() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let owner = app.ctx_of(&acme.owner).await;
    let here = stackyard_domain::access::enter_anyhow(&owner, "acme").await.unwrap();
    let long = |letter: &str, count: usize| TakeInput { stack: letter.repeat(count), ..input(&acme, "c") };
    // 400 characters each are allowed at their fields, and 1,024 bytes for the whole.
    let refused = locks::take(&owner, &here, long("ü", 400)).await;
    assert!(refused.is_ok(), "811 bytes");
    let both = TakeInput { component: "ü".repeat(300), ..long("ü", 300) };
    assert!(matches!(locks::take(&owner, &here, both).await, Err(Error::Invalid(_))), "1,212 bytes");
}
