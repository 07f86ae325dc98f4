//! The log as it is looked through: any choice of what narrows it, words, times, strips and counts (rules §10).

use std::time::Duration;

use stackyard_domain::{Here, activity, permissions};
use stackyard_model::PermissionKind;
use stackyard_model::activity::{ActivityFilter, LogPage};

use crate::overview::words;
use crate::support::TestApp;

const ACTIVITY: &str = "/dashboard/workspaces/acme/activity";

async fn list(app: &TestApp, here: &Here, filter: ActivityFilter) -> LogPage {
    activity::list(&app.operator(), here, &filter, 50).await.unwrap()
}

fn actions(page: &LogPage) -> Vec<&str> {
    page.items.iter().map(|event| event.action.as_str()).collect()
}

/// Takes locks until the log has many events.
async fn lock_many(app: &TestApp, session: &str, count: usize) {
    for n in 0..count {
        // Ids sort by their time alone.
        app.clock.advance(Duration::from_millis(1));
        let body = serde_json::json!({"key": format!("acme/infra/dev/c{n}"), "ttl": 60});
        let answer = app.post("/api/v1/locks").bearer(session).json(&body).send().await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_choice_of_category_actor_and_outcome_finds_its_events() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    app.allow(&acme, PermissionKind::LocksCreate, ["*", "main", "*"]).await;
    let here = app.enter(&acme.workspace).await;
    let session = app.session(&acme).await;
    lock_many(&app, &session, 3).await;
    let denied = serde_json::json!({"key": "acme/infra/dev/c0"});
    let answer = app.call("DELETE", "/api/v1/locks").bearer(&session).json(&denied).send().await;
    assert_eq!(answer.status, 403);
    let choose = |category: &str, actor: &str, outcome: &str| ActivityFilter {
        category: category.to_owned(),
        actor: actor.to_owned(),
        outcome: outcome.to_owned(),
        ..ActivityFilter::default()
    };
    assert_eq!(actions(&list(&app, &here, choose("lock", "", "")).await), ["created"; 3]);
    assert_eq!(actions(&list(&app, &here, choose("", "run", "denied")).await), ["request_denied"]);
    assert_eq!(actions(&list(&app, &here, choose("auth", "", "ok")).await), ["oidc_token_exchange_success"]);
    assert!(list(&app, &here, choose("lock", "user", "")).await.items.is_empty());
    let of_repository =
        ActivityFilter { repository: acme.repository.id.to_string(), ..choose("lock", "run", "ok") };
    assert_eq!(list(&app, &here, of_repository).await.items.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_finds_what_has_just_been_done_and_what_is_sealed_and_each_once() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let here = app.enter(&acme.workspace).await;
    let session = app.session(&acme).await;
    let by_word =
        |before: String| ActivityFilter { q: "dev".to_owned(), before, ..ActivityFilter::default() };
    lock_many(&app, &session, 3).await;
    let mut pages = Vec::new();
    for _ in ["nothing is sealed", "everything is sealed", "sealed twice"] {
        let (mut names, mut before) = (Vec::new(), String::new());
        loop {
            let page = activity::list(&app.operator(), &here, &by_word(before), 2).await.unwrap();
            names.extend(page.items.into_iter().map(|event| event.target_name));
            match page.next_cursor {
                Some(next) => before = next,
                None => break,
            }
        }
        pages.push(names);
        app.seal().await;
    }
    assert_eq!(pages, vec![["acme/infra/dev/c2", "acme/infra/dev/c1", "acme/infra/dev/c0"]; 3]);

    app.clock.advance(Duration::from_millis(1));
    let body = serde_json::json!({"key": "acme/infra/dev/fresh", "ttl": 60});
    assert_eq!(app.post("/api/v1/locks").bearer(&session).json(&body).send().await.status, 201);
    assert_eq!(
        list(&app, &here, by_word(String::new())).await.items.len(),
        4,
        "one is not sealed, three are"
    );
    let unknown = by_word(format!("evt_{}", "0".repeat(28)));
    assert_eq!(list(&app, &here, unknown).await.items.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_choice_follow_each_other_without_a_gap() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let here = app.enter(&acme.workspace).await;
    let session = app.session(&acme).await;
    lock_many(&app, &session, 7).await;
    let mut names = Vec::new();
    let mut before = String::new();
    loop {
        let filter = ActivityFilter { category: "lock".to_owned(), before, ..ActivityFilter::default() };
        let page = activity::list(&app.operator(), &here, &filter, 3).await.unwrap();
        names.extend(page.items.into_iter().map(|event| event.target_name));
        match page.next_cursor {
            Some(next) => before = next,
            None => break,
        }
    }
    let expected: Vec<_> = (0..7).rev().map(|n| format!("acme/infra/dev/c{n}")).collect();
    assert_eq!(names, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_is_found_whole_or_by_its_parts_and_within_others_when_asked() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let here = app.enter(&acme.workspace).await;
    let session = app.session(&acme).await;
    lock_many(&app, &session, 12).await;
    app.seal().await;
    let find = |q: &str, within: bool| {
        let filter = ActivityFilter { q: q.to_owned(), within, ..ActivityFilter::default() };
        let (app, here) = (&app, &here);
        async move { list(app, here, filter).await }
    };
    assert_eq!(find("c1", false).await.items.len(), 1);
    assert_eq!(find("Acme/Infra/dev/C11", false).await.items.len(), 1);
    assert_eq!(find("c1", true).await.items.len(), 3, "c1, c10 and c11");
    assert_eq!(find("infra c11", false).await.items.len(), 1);
    assert!(find("nowhere", false).await.items.is_empty());
    // What means something to one database's own search means nothing here.
    for q in ["\"c1\" OR c2", "c1*", "NEAR(c1 c2)", "words:c1", "{c1}", "' OR 1=1 --"] {
        assert!(find(q, false).await.items.len() <= 1, "{q}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_another_workspace_are_not_found() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    lock_many(&app, &session, 1).await;
    app.seal().await;
    let other = app.person("Otto").await;
    let other = app.workspace(&other, "other").await;
    let here = app.enter(&other).await;
    let filter = ActivityFilter { q: "c0".to_owned(), ..ActivityFilter::default() };
    assert!(list(&app, &here, filter).await.items.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn times_narrow_the_log_and_the_strip_counts_its_hours() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let here = app.enter(&acme.workspace).await;
    let begun = app.now();
    app.clock.advance(Duration::from_secs(3 * 3600));
    let session = app.session(&acme).await;
    lock_many(&app, &session, 4).await;
    let after = app.now() - Duration::from_secs(3600);
    let late = ActivityFilter { from: Some(after), ..ActivityFilter::default() };
    assert_eq!(list(&app, &here, late.clone()).await.items.len(), 6, "exchange, pinned, four locks");
    let early = ActivityFilter { until: Some(after), ..ActivityFilter::default() };
    assert!(list(&app, &here, early).await.items.iter().all(|event| event.at <= begun));

    app.seal().await;
    let locks = ActivityFilter { category: "lock".to_owned(), ..ActivityFilter::default() };
    let hours = activity::strip(&app.operator(), &here, &locks, 4).await.unwrap();
    let counts: Vec<_> = hours.iter().map(|hour| hour.count).collect();
    assert_eq!(counts, [0, 0, 0, 4]);
    let all = activity::strip(&app.operator(), &here, &ActivityFilter::default(), 4).await.unwrap();
    assert_eq!(all.last().unwrap().count, 6);
    assert!(all.first().unwrap().count > 0, "what was arranged three hours ago");
}

#[tokio::test(flavor = "multi_thread")]
async fn sealing_counts_everything_once() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let here = app.enter(&acme.workspace).await;
    let session = app.session(&acme).await;
    lock_many(&app, &session, 5).await;
    app.seal().await;
    app.seal().await;
    let matched = permissions::matches(&app.operator(), &here, &acme.repository.id).await.unwrap();
    let create = permissions::list(&app.operator(), &here, &acme.repository.id).await.unwrap();
    let create = create.into_iter().find(|one| one.kind == PermissionKind::LocksCreate).unwrap();
    // Five locks and the exchange, which any permission lets through.
    assert_eq!(matched.values().map(|matches| matches.count).sum::<i64>(), 6);
    assert!(matched[&create.id].count >= 5);
    assert_eq!(matched[&create.id].last_at, app.now());
    let page =
        app.get(&format!("/dashboard/workspaces/acme/repositories/{}/permissions", acme.repository.id));
    let page = page.cookie(&acme.owner.cookie).html().send().await.text();
    let card = page.split_once(&format!("id=\"{}\"", create.id)).unwrap().1.split("</li>").next().unwrap();
    let said = words(card);
    let requests = format!("{} requests", matched[&create.id].count);
    assert!(said.contains("matched") && !said.contains("never") && said.contains(&requests), "{said}");
    assert!(words(&page).contains("never matched"), "another permission never did");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_no_index_serves_says_how_far_it_went_and_goes_on() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let here = app.enter(&acme.workspace).await;
    let session = app.session(&acme).await;
    lock_many(&app, &session, 2).await;
    app.clock.advance(Duration::from_millis(1));
    // More than one window of other events.
    crate::support::fill_log(&app, &here, 5_200).await;
    let filter = ActivityFilter { q: "infra c1".to_owned(), ..ActivityFilter::default() };
    let first = list(&app, &here, filter.clone()).await;
    assert!(first.items.is_empty() && first.searched_to.is_some(), "{first:?}");
    let second = list(&app, &here, ActivityFilter { before: first.next_cursor.unwrap(), ..filter }).await;
    assert_eq!(second.items.len(), 1);
    assert_eq!((second.next_cursor, second.searched_to), (None, None));
}

/// The first link of a page that has this in its address.
fn link(page: &str, has: &str) -> String {
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split_once('"'));
    let found = links.map(|(href, _)| href.replace("&amp;", "&")).find(|href| href.contains(has));
    found.unwrap_or_else(|| panic!("{has}: {page}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bar_of_the_strip_leads_to_the_events_of_its_hour() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    app.clock.advance(Duration::from_secs(2 * 3600));
    let session_later = app.session(&acme).await;
    lock_many(&app, &session_later, 2).await;
    drop(session);
    app.seal().await;
    let shown = async |target: &str| {
        let answer = app.get(target).cookie(&acme.owner.cookie).html().send().await;
        assert_eq!(answer.status, 200, "{target}");
        answer.text()
    };
    let all = shown(ACTIVITY).await;
    let events = |page: &str| page.matches("id=\"evt_").count();
    let strip = all.split_once("Events by the hour").unwrap().1.split_once("</svg>").unwrap().0;
    let bars = strip.matches("<a ").count();
    assert_eq!(bars, 2, "hours without events lead nowhere: {strip}");
    // The later hour is the last bar.
    let href = link(strip.rsplit_once("<a ").unwrap().1, "from=");
    let hour = shown(&href).await;
    assert!(events(&hour) > 0 && events(&hour) < events(&all), "{} of {}", events(&hour), events(&all));
    assert!(words(&hour).contains("Show all times"));
    let first = shown(&link(strip, "from=")).await;
    assert_eq!(events(&first) + events(&hour), events(&all));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_how_far_it_searched_and_goes_on() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let here = app.enter(&acme.workspace).await;
    let session = app.session(&acme).await;
    lock_many(&app, &session, 1).await;
    app.clock.advance(Duration::from_millis(1));
    crate::support::fill_log(&app, &here, 5_200).await;
    let target = format!("{ACTIVITY}?q=infra+c0");
    let first = app.get(&target).cookie(&acme.owner.cookie).html().send().await.text();
    assert!(words(&first).contains("Searched back to"), "{first}");
    assert!(!first.contains("id=\"evt_"));
    let (_, rest) = first.split_once("Searched back to").unwrap();
    let second = app.get(&link(rest, "before=")).cookie(&acme.owner.cookie).html().send().await.text();
    assert!(second.contains("id=\"evt_") && !words(&second).contains("Searched back to"), "{second}");
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_are_chosen_are_the_readers() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    lock_many(&app, &session, 1).await;
    let day = |days: i64| {
        let at = stackyard_model::Ts::from_seconds(app.now().as_seconds() + days * 86_400);
        at.to_rfc3339_seconds().split_once('T').unwrap().0.to_owned()
    };
    for (query, found) in [
        (format!("first={}&last={}", day(0), day(0)), true),
        (format!("first={}", day(1)), false),
        (format!("last={}", day(-1)), false),
        (format!("first={}&last={}", day(-3), day(1)), true),
        ("first=yesterday".to_owned(), true),
    ] {
        let page =
            app.get(&format!("{ACTIVITY}?{query}")).cookie(&acme.owner.cookie).html().send().await.text();
        assert_eq!(page.contains("id=\"evt_"), found, "{query}");
    }
}
