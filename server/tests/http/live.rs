//! Streams of what changes in a workspace (rules §10).

use std::time::Duration;

use serde_json::json;
use stackyard_domain::team::{self, Decisions};
use stackyard_domain::{Limits, access, accounts, live};
use stackyard_model::Role;

use crate::support::{Person, Place, TestApp, follow};

const LIVE: &str = "/dashboard/workspaces/acme/live";

async fn tell(app: &TestApp, from: i64) -> i64 {
    app.seal().await;
    live::look(&app.operator(), from).await.unwrap()
}

async fn lock(app: &TestApp, session: &str, component: &str) {
    let body = json!({"key": format!("acme/infra/dev/{component}")});
    assert_eq!(app.post("/api/v1/locks").bearer(session).json(&body).send().await.status, 201);
}

async fn acme(app: &TestApp) -> (Place, String) {
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    (acme, session)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_tells_what_was_sealed_and_goes_on_where_it_broke() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let mut mark = tell(&app, 0).await;
    let mut stream = follow(&app, &acme.owner, LIVE, None).await;
    let (name, id, _) = stream.next().await.unwrap();
    assert_eq!((name.as_str(), id), ("following", mark));
    lock(&app, &session, "vpc").await;
    mark = tell(&app, mark).await;
    let (name, id, data) = stream.next().await.unwrap();
    assert_eq!((name.as_str(), id), ("changed", mark));
    assert_eq!(data["events"], 1);
    let told = data["upto"].as_i64().unwrap();
    drop(stream);

    // Two more while nobody listens, and one that was heard of before.
    lock(&app, &session, "eks").await;
    lock(&app, &session, "rds").await;
    mark = tell(&app, mark).await;
    let mut again = follow(&app, &acme.owner, LIVE, Some(told)).await;
    let (name, id, data) = again.next().await.unwrap();
    assert_eq!((name.as_str(), id), ("changed", mark));
    assert_eq!(data, json!({"from": told, "upto": mark, "events": 2}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_hears_nothing_of_other_workspaces() {
    let app = TestApp::start().await;
    let (acme, session) = acme(&app).await;
    let other = app.person("Otto").await;
    app.workspace(&other, "other").await;
    let mut mark = tell(&app, 0).await;
    let mut stream = follow(&app, &acme.owner, LIVE, None).await;
    stream.next().await.unwrap();
    let here = app.enter(&app.workspace(&other, "third").await).await;
    crate::support::fill_log(&app, &here, 3).await;
    mark = tell(&app, mark).await;
    lock(&app, &session, "vpc").await;
    tell(&app, mark).await;
    let (_, _, data) = stream.next().await.unwrap();
    assert_eq!(data["from"], mark, "what was not theirs was passed over");
    assert_eq!(data["events"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_so_many_streams_and_others_are_not_kept_out_by_it() {
    let app = TestApp::start().await;
    let (acme, _) = acme(&app).await;
    let vera = app.person("Vera").await;
    app.add_member(&acme.workspace, &vera, Role::Viewer).await;
    let mut open = Vec::new();
    for _ in 0..live::STREAMS_MAX {
        open.push(follow(&app, &acme.owner, LIVE, None).await);
    }
    let one_more = app.get(LIVE).cookie(&acme.owner.cookie).send().await;
    assert_eq!(one_more.status, 429, "{}", one_more.text());
    follow(&app, &vera, LIVE, None).await;
    open.pop();
    follow(&app, &acme.owner, LIVE, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_for_a_long_time_is_told_without_the_whole_log_being_counted() {
    let app = TestApp::start().await;
    let (acme, _) = acme(&app).await;
    crate::support::fill_log(&app, &app.enter(&acme.workspace).await, 11_000).await;
    let mark = tell(&app, 0).await;
    let mut stream = follow(&app, &acme.owner, LIVE, Some(0)).await;
    let (_, id, data) = stream.next().await.unwrap();
    assert_eq!((id, &data["from"]), (mark, &json!(mark - 10_000)));
    // A few numbers are of events of no workspace, such as signing in.
    let events = data["events"].as_i64().unwrap();
    assert!((9_990..=10_000).contains(&events), "{events}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_when_the_server_stops() {
    let app = TestApp::start().await;
    let (acme, _) = acme(&app).await;
    let mut stream = follow(&app, &acme.owner, LIVE, None).await;
    stream.next().await.unwrap();
    app.stop();
    assert_eq!(stream.next().await, None);
}

/// What becomes of a member whose stream is open.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Stays,
    Suspended,
    Removed,
    Billing,
    SignedOut,
    Disabled,
}

async fn befalls(app: &TestApp, acme: &Place, person: &Person, fate: Fate) {
    let (operator, here) = (app.operator(), app.enter(&acme.workspace).await);
    let ctx = app.ctx_of(person).await;
    let id = access::enter_anyhow(&ctx, "acme").await.unwrap().member_id.clone();
    match fate {
        Fate::Stays => {}
        Fate::Suspended => {
            team::suspend(&operator, &here, &id, Decisions::default()).await.unwrap();
        }
        Fate::Removed => {
            team::remove(&operator, &here, &id, Decisions::default()).await.unwrap();
        }
        Fate::Billing => {
            team::change_role(&operator, &here, &id, "billing").await.unwrap();
        }
        Fate::SignedOut => stackyard_domain::sessions::sign_out(&ctx).await.unwrap(),
        Fate::Disabled => accounts::disable(&operator, &person.account.email).await.unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_when_its_person_may_not_follow_it_any_more() {
    assert!(Limits::default().streams_asked_again <= Duration::from_secs(30), "rules §10");
    let limits = Limits { streams_asked_again: Duration::from_millis(50), ..Limits::default() };
    let app = TestApp::start().await.limiting(limits);
    let (acme, session) = acme(&app).await;
    let ends = [Fate::Suspended, Fate::Removed, Fate::Billing, Fate::SignedOut, Fate::Disabled];
    for fate in ends {
        let person = app.person(&format!("{fate:?}")).await;
        app.add_member(&acme.workspace, &person, Role::Member).await;
        let mut stream = follow(&app, &person, LIVE, None).await;
        stream.next().await.unwrap();
        befalls(&app, &acme, &person, fate).await;
        assert_eq!(stream.next().await, None, "{fate:?}");
    }
    // Who is asked and may goes on.
    let person = app.person("Stays").await;
    app.add_member(&acme.workspace, &person, Role::Member).await;
    let mut stream = follow(&app, &person, LIVE, None).await;
    let (_, mark, _) = stream.next().await.unwrap();
    befalls(&app, &acme, &person, Fate::Stays).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    lock(&app, &session, "vpc").await;
    tell(&app, mark).await;
    assert!(stream.next().await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_see_the_log_gets_no_stream() {
    let app = TestApp::start().await;
    let (acme, _) = acme(&app).await;
    let stranger = app.person("Stan").await;
    let billing = app.person("Bill").await;
    app.add_member(&acme.workspace, &billing, Role::Billing).await;
    assert_eq!(app.get(LIVE).cookie(&stranger.cookie).send().await.status, 404);
    assert_eq!(app.get(LIVE).cookie(&billing.cookie).send().await.status, 403);
    assert_eq!(app.get(LIVE).send().await.status, 303);
}
