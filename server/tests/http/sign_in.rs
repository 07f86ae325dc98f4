//! How long somebody stays signed in, and how often they may be wrong.

use std::time::Duration;

use stackyard_domain::{Actor, Ctx, Error, RequestInfo, sessions, setup};

use crate::support::{PASSWORD, TestApp};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A request of nobody in particular from an address.
fn from(app: &TestApp, address: &str) -> Ctx {
    let info = RequestInfo {
        trace_id: "TEST".to_owned(),
        address: Some(address.to_owned()),
        ..RequestInfo::default()
    };
    Ctx::new(std::sync::Arc::clone(&app.deps), info).with_actor(Actor::Anonymous)
}

async fn wrong(app: &TestApp, address: &str, email: &str) -> Error {
    sessions::sign_in(&from(app, address), email, "wrong wrong wrong").await.unwrap_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_stays_signed_in_and_the_browser_keeps_the_cookie_for_as_long() {
    let app = TestApp::start().await;
    let olga = app.person("Olga").await;
    let at_once = app.get("/account").cookie(&olga.cookie).send().await;
    assert_eq!(at_once.header("set-cookie"), "", "nothing to renew yet");
    for _ in 0..4 {
        app.clock.advance(10 * DAY);
        let later = app.get("/account").cookie(&olga.cookie).send().await;
        assert_eq!(later.status, 200);
        let cookie = later.header("set-cookie");
        assert!(cookie.starts_with(&format!("stackyard_3000={};", olga.cookie)), "{cookie}");
        assert!(cookie.contains("; Max-Age=1209600;") && cookie.contains("; HttpOnly"), "{cookie}");
    }
    app.clock.advance(15 * DAY);
    assert_eq!(app.get("/account").cookie(&olga.cookie).send().await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_even_when_it_is_used_every_week() {
    let app = TestApp::start().await;
    let olga = app.person("Olga").await;
    let mut weeks = 0;
    while app.get("/account").cookie(&olga.cookie).send().await.status == 200 {
        app.clock.advance(7 * DAY);
        weeks += 1;
        assert!(weeks < 40, "it never ends");
    }
    assert_eq!(weeks, 26, "after 180 days");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_is_not_undone_by_a_renewal() {
    let app = TestApp::start().await;
    let olga = app.person("Olga").await;
    app.clock.advance(DAY);
    let answer = app.post("/forms/sign-out").cookie(&olga.cookie).html().form(&[]).send().await;
    let set: Vec<_> = answer.headers.get_all("set-cookie").iter().map(|one| one.to_str().unwrap()).collect();
    assert!(set.iter().all(|cookie| !cookie.contains(&olga.cookie)), "{set:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_of_one_place_are_counted_together_whoever_is_tried() {
    let app = TestApp::start().await;
    app.person("Olga").await;
    for number in 0..100 {
        // One IPv6 network is one place, however many addresses it has.
        let address = format!("2001:db8:0:1::{number:x}");
        assert!(matches!(wrong(&app, &address, &format!("p{number}@example.com")).await, Error::Invalid(_)));
    }
    let paused = wrong(&app, "2001:db8:0:1::ffff", "olga@example.com").await;
    assert!(matches!(paused, Error::Throttled { .. }), "{paused}");
    let elsewhere = sessions::sign_in(&from(&app, "198.51.100.7"), "olga@example.com", PASSWORD).await;
    assert!(elsewhere.is_ok(), "others are not kept out");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_tried_from_everywhere_is_paused_but_not_where_its_person_is_signed_in() {
    let app = TestApp::start().await;
    app.person("Olga").await;
    let home = from(&app, "203.0.113.5");
    sessions::sign_in(&home, "olga@example.com", PASSWORD).await.unwrap();
    for number in 0..100 {
        let address = format!("198.51.100.{number}");
        assert!(matches!(wrong(&app, &address, "olga@example.com").await, Error::Invalid(_)));
    }
    let from_anywhere = sessions::sign_in(&from(&app, "192.0.2.1"), "olga@example.com", PASSWORD).await;
    assert!(matches!(from_anywhere, Err(Error::Throttled { .. })));
    sessions::sign_in(&home, "olga@example.com", PASSWORD).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setup_link_works_for_a_day_and_a_newer_one_takes_its_place() {
    let app = TestApp::start().await;
    let operator = app.operator();
    let issue = async || setup::issue_link(&operator).await.unwrap().unwrap().expose().to_owned();
    let works = async |secret: &str| setup::check_link(&operator, secret).await.unwrap();
    let first = issue().await;
    assert!(works(&first).await);
    let second = issue().await;
    assert!(!works(&first).await && works(&second).await);
    app.clock.advance(DAY - Duration::from_secs(1));
    assert!(works(&second).await);
    app.clock.advance(Duration::from_secs(1));
    assert!(!works(&second).await);
    let fields =
        [("token", &*second), ("name", "Olga"), ("email", "olga@example.com"), ("password", PASSWORD)];
    let late = app.post("/forms/setup").header("accept", "application/json").form(&fields).send().await;
    assert_eq!(late.status, 409, "{}", late.text());
    assert!(setup::is_needed(&operator).await.unwrap());
}
