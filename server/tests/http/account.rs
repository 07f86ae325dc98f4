//! One's own account.

use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;
use stackyard_db::schema::{invitations, users};
use stackyard_db::{DbError, run};
use stackyard_domain::accounts::{self, NewAccount};
use stackyard_domain::{Ctx, RequestInfo, sessions, team};
use stackyard_model::Role;

use crate::overview::words;
use crate::support::{Answer, PASSWORD, Person, TestApp};

async fn send(app: &TestApp, person: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    app.post(path).cookie(&person.cookie).header("accept", "application/json").form(fields).send().await
}

async fn page(app: &TestApp, person: &Person) -> String {
    let page = app.get("/account").cookie(&person.cookie).html().send().await;
    assert_eq!(page.status, 200);
    page.text()
}

#[tokio::test(flavor = "multi_thread")]
async fn name_zone_look_and_first_workspace_are_kept_and_used() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    let olga = &acme.owner;
    let second = app.workspace(olga, "second").await;
    let answer = send(&app, olga, "/forms/account/profile", &[("name", "Olga Ångström")]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let fields = [("time_zone", "Asia/Tokyo"), ("theme", "dark"), ("default_workspace", second.id.as_str())];
    let answer = send(&app, olga, "/forms/account/preferences", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let html = page(&app, olga).await;
    assert!(html.contains("Olga Ångström") && html.contains("data-theme=\"dark\""), "{html}");
    let account = app.ctx_of(olga).await.signed_in().unwrap().account.clone();
    assert_eq!(account.time_zone.as_deref(), Some("Asia/Tokyo"));
    assert_eq!(account.default_workspace, Some(second.id));
    let home = app.get("/").cookie(&olga.cookie).send().await;
    assert_eq!(home.location(), "/dashboard/workspaces/second");
}

/// Mira, who is in Acme, where she lands, and in as many others; then no more in Acme.
async fn removed_from_where_she_lands(app: &TestApp, others: &[&str]) -> Person {
    let acme = app.acme().await;
    let mira = app.person("Mira").await;
    app.add_member(&acme.workspace, &mira, Role::Member).await;
    for slug in others {
        let other = app.workspace(&acme.owner, slug).await;
        app.add_member(&other, &mira, Role::Member).await;
    }
    let fields = [("theme", "system"), ("default_workspace", acme.workspace.id.as_str())];
    let saved = send(app, &mira, "/forms/account/preferences", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    assert_eq!(home(app, &mira).await, "/dashboard/workspaces/acme");
    let member = app.inside(&mira, "acme").await.1.member_id.clone();
    let here = app.enter(&acme.workspace).await;
    team::remove(&app.operator(), &here, &member, team::Decisions::default()).await.unwrap();
    mira
}

/// Where the first page leads.
async fn home(app: &TestApp, person: &Person) -> String {
    app.get("/").cookie(&person.cookie).html().send().await.location().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_removed_from_where_they_land_lands_in_another_workspace_or_on_the_list() {
    for (others, lands) in [
        (&["second"][..], "/dashboard/workspaces/second"),
        (&["second", "third"][..], "/dashboard/workspaces"),
    ] {
        let app = TestApp::start().await;
        let mira = removed_from_where_she_lands(&app, others).await;
        assert_eq!(home(&app, &mira).await, lands);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_removed_from_where_they_land_still_changes_their_name() {
    let app = TestApp::start().await;
    let mira = removed_from_where_she_lands(&app, &["second"]).await;
    let renamed = send(&app, &mira, "/forms/account/profile", &[("name", "Mira Ångström")]).await;
    assert_eq!(renamed.status, 303, "{}", renamed.text());
    assert_eq!(app.ctx_of(&mira).await.signed_in().unwrap().account.name, "Mira Ångström");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_is_told_to_transfer_the_workspace_first_and_a_member_may_leave_it() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    let mira = app.person("Mira").await;
    app.add_member(&acme.workspace, &mira, Role::Member).await;
    for (person, owns) in [(&acme.owner, true), (&mira, false)] {
        let html = page(&app, person).await;
        assert_eq!(html.contains("Transfer it first"), owns, "{html}");
        assert_eq!(html.contains("href=\"/dashboard/workspaces/acme/team/leave\""), !owns, "{html}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn times_are_shown_in_the_zone_that_was_chosen() {
    let app = TestApp::start().await;
    let olga = app.person("Olga").await;
    assert_eq!(app.now().to_rfc3339_seconds(), "2026-11-18T11:06:40Z");
    let html = words(&page(&app, &olga).await);
    assert!(html.contains("It is 11:06 UTC for you now"), "{html}");
    let fields = [("time_zone", "Asia/Tokyo"), ("theme", "system")];
    let saved = send(&app, &olga, "/forms/account/preferences", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let html = words(&page(&app, &olga).await);
    assert!(html.contains("It is 20:06 for you now"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_session_says_when_it_was_seen_last() {
    const HOUR: Duration = Duration::from_secs(3600);
    let app = TestApp::start().await;
    let olga = app.person("Olga").await;
    let nobody = app.operator().with_actor(stackyard_domain::Actor::Anonymous);
    let other = sessions::sign_in(&nobody, "olga@example.com", PASSWORD).await.unwrap();
    app.clock.advance(HOUR);
    assert_eq!(app.get("/account").cookie(other.cookie.expose()).send().await.status, 200);
    app.clock.advance(2 * HOUR);
    let html = page(&app, &olga).await;
    let part = html.split_once("id=\"sessions\"").unwrap().1.split_once("id=\"workspaces\"").unwrap().0;
    let part = words(part);
    for said in ["signed in 3 h ago", "2 h ago", "just now"] {
        assert!(part.contains(said), "{said}: {part}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_in_a_named_language_and_lists_where_one_is_signed_in_and_in_which_workspaces() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    let info = RequestInfo {
        address: Some("192.0.2.7".to_owned()),
        user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned()),
        ..RequestInfo::default()
    };
    let elsewhere = Ctx::new(Arc::clone(&app.deps), info);
    sessions::sign_in(&elsewhere, "olga@example.com", PASSWORD).await.unwrap();
    let html = page(&app, &acme.owner).await;
    for said in ["<html lang=\"en\"", "The acme", "Owner", "192.0.2.7", "Firefox", "in 1 workspace"] {
        assert!(html.contains(said), "{said}: {html}");
    }
    assert!(!html.contains(&acme.owner.cookie), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_kept_is_told_at_its_field() {
    let app = TestApp::start().await;
    let olga = app.person("Olga").await;
    let stranger = app.person("Stan").await;
    let foreign = app.workspace(&stranger, "foreign").await;
    for (path, field, value) in [
        ("/forms/account/profile", "name", " "),
        ("/forms/account/preferences", "time_zone", "Middle/Earth"),
        ("/forms/account/preferences", "theme", "pink"),
        ("/forms/account/preferences", "default_workspace", foreign.id.as_str()),
        ("/forms/account/password", "new", "short"),
    ] {
        let mut fields = vec![(field, value)];
        if path.ends_with("password") {
            fields.push(("current", PASSWORD));
        }
        if path.ends_with("preferences") && field != "theme" {
            fields.push(("theme", "system"));
        }
        let answer = send(&app, &olga, path, &fields).await;
        assert_eq!(answer.status, 400, "{path} {field}: {}", answer.text());
        assert_eq!(answer.json()["errors"][0]["field"], json!(field), "{}", answer.text());
    }
    let account = app.ctx_of(&olga).await.signed_in().unwrap().account.clone();
    assert_eq!((account.name.as_str(), account.time_zone, account.default_workspace), ("Olga", None, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_is_the_only_one_and_ends_the_other_sessions() {
    let app = TestApp::start().await;
    let olga = app.person("Olga").await;
    let nobody = app.operator().with_actor(stackyard_domain::Actor::Anonymous);
    let other = sessions::sign_in(&nobody, "olga@example.com", PASSWORD).await.unwrap();
    let new = "another battery staple";
    let fields = [("current", PASSWORD), ("new", new)];
    let answer = send(&app, &olga, "/forms/account/password", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let cookie = answer.header("set-cookie").split(['=', ';']).nth(1).unwrap().to_owned();
    assert!(cookie.starts_with("ses_") && cookie != olga.cookie, "{cookie}");
    assert_eq!(app.get("/account").cookie(&cookie).send().await.status, 200, "this one stays");
    assert_eq!(app.get("/account").cookie(&olga.cookie).send().await.status, 303, "by another cookie");
    assert_eq!(app.get("/account").cookie(other.cookie.expose()).send().await.status, 303, "that one ended");
    assert!(sessions::sign_in(&nobody, "olga@example.com", PASSWORD).await.is_err());
    sessions::sign_in(&nobody, "OLGA@example.com", new).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_at_ones_own_password_is_paused() {
    let app = TestApp::start().await;
    let olga = app.person("Olga").await;
    let guess = [("current", "wrong wrong wrong"), ("new", "another battery staple")];
    for _ in 0..10 {
        assert_eq!(send(&app, &olga, "/forms/account/password", &guess).await.status, 400);
    }
    let right = [("current", PASSWORD), ("new", "another battery staple")];
    let paused = send(&app, &olga, "/forms/account/password", &right).await;
    assert_eq!(paused.status, 429, "{}", paused.text());
    app.clock.advance(Duration::from_secs(16 * 60));
    assert_eq!(send(&app, &olga, "/forms/account/password", &right).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_session_or_all_others_are_ended_and_never_somebody_elses() {
    let app = TestApp::start().await;
    let (olga, mira) = (app.person("Olga").await, app.person("Mira").await);
    let nobody = app.operator().with_actor(stackyard_domain::Actor::Anonymous);
    let mut cookies = Vec::new();
    for _ in 0..3 {
        let session = sessions::sign_in(&nobody, "olga@example.com", PASSWORD).await.unwrap();
        cookies.push(session.cookie.expose().to_owned());
    }
    let listed = sessions::list(&app.ctx_of(&olga).await).await.unwrap();
    assert_eq!(listed.len(), 4);
    let one = listed.iter().find(|session| !session.current).unwrap().id.to_string();
    let foreign = send(&app, &mira, "/forms/account/sessions/revoke", &[("session", &one)]).await;
    assert_eq!(foreign.status, 404, "{}", foreign.text());
    let ended = send(&app, &olga, "/forms/account/sessions/revoke", &[("session", &one)]).await;
    assert_eq!(ended.status, 303, "{}", ended.text());
    assert_eq!(sessions::list(&app.ctx_of(&olga).await).await.unwrap().len(), 3);
    let all = send(&app, &olga, "/forms/account/sessions/revoke-others", &[]).await;
    assert_eq!(all.status, 303, "{}", all.text());
    let left = sessions::list(&app.ctx_of(&olga).await).await.unwrap();
    assert!(left.len() == 1 && left[0].current);
    for cookie in &cookies {
        assert_eq!(app.get("/account").cookie(cookie).send().await.status, 303);
    }
    assert_eq!(app.get("/account").cookie(&mira.cookie).send().await.status, 200);
}

/// Writes down by what an address was compared before addresses were composed.
async fn as_before(app: &TestApp, email: &str, folded: &str) {
    let before = app.deps.db.write((email.to_owned(), folded.to_owned()), |conn, (email, folded)| {
        Box::pin(async move {
            let people = diesel::update(users::table.filter(users::email.eq(&*email)));
            let set = users::email_folded.eq(&*folded);
            run!(conn, |c| people.set(set).execute(c).await)?;
            let invited = diesel::update(invitations::table.filter(invitations::email.eq(&*email)));
            let set = invitations::email_folded.eq(&*folded);
            run!(conn, |c| invited.set(set).execute(c).await)?;
            Ok::<_, DbError>(())
        })
    });
    before.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_were_compared_letter_by_letter_are_composed_when_the_server_starts() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let new = |email: &str| NewAccount { name: "Zo".into(), email: email.into(), password: PASSWORD.into() };
    let first = accounts::create(&app.operator(), new("zo\u{eb}@example.com")).await.unwrap();
    app.invite(&place, "ma\u{eb}l@example.com", Role::Member).await;
    as_before(&app, "zo\u{eb}@example.com", "zoe\u{308}@example.com").await;
    as_before(&app, "ma\u{eb}l@example.com", "mae\u{308}l@example.com").await;
    assert!(accounts::named(&app.operator(), "zo\u{eb}@example.com").await.is_err());
    accounts::prepare(&app.operator()).await.unwrap();
    accounts::named(&app.operator(), "zo\u{eb}@example.com").await.unwrap();
    app.invite(&place, "ma\u{eb}l@example.com", Role::Viewer).await;
    let here = app.enter(&place.workspace).await;
    let listed = stackyard_domain::invitations::list(&app.operator(), &here, "", 10).await.unwrap();
    assert_eq!(listed.items.len(), 1, "the one before was replaced");

    // Of two that are one now, the second is left as it is.
    as_before(&app, "zo\u{eb}@example.com", "zoe\u{308}@example.com").await;
    accounts::create(&app.operator(), new("Zo\u{eb}@example.com")).await.unwrap();
    app.invite(&place, "No\u{eb}l@example.com", Role::Viewer).await;
    as_before(&app, "No\u{eb}l@example.com", "noe\u{308}l@example.com").await;
    app.invite(&place, "no\u{eb}l@example.com", Role::Member).await;
    accounts::prepare(&app.operator()).await.unwrap();
    let named = async |name: &str| accounts::named(&app.operator(), name).await.unwrap();
    assert_ne!(named("zo\u{eb}@example.com").await.id, first.id);
    accounts::disable(&app.operator(), first.id.as_str()).await.unwrap();
    assert_eq!(named(first.id.as_str()).await.email, "zo\u{eb}@example.com");
    let listed = stackyard_domain::invitations::list(&app.operator(), &here, "", 10).await.unwrap();
    let roles: Vec<_> = listed.items.iter().map(|one| one.role).collect();
    assert_eq!(roles, [Role::Member, Role::Viewer, Role::Viewer], "each is where it was");
}
