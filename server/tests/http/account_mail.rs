//! Links that are mailed to a person: a new password, and the proof of an address.

use std::time::Duration;

use stackyard_domain::mail::{self, Step};
use stackyard_domain::{Actor, accounts, sessions};

use crate::support::{Answer, PASSWORD, Person, SmtpServer, Temper, TestApp};

const NEW: &str = "another battery staple";

async fn start(temper: Temper) -> (TestApp, SmtpServer, Person) {
    let server = SmtpServer::start(temper).await;
    let app = TestApp::start().await.mailing(server.mailer());
    let olga = app.person("Olga").await;
    (app, server, olga)
}

async fn forgot(app: &TestApp, email: &str) -> Answer {
    app.post("/forms/forgot").html().form(&[("email", email)]).send().await
}

async fn reset(app: &TestApp, link: &str, new: &str) -> Answer {
    let call = app.post("/forms/reset").header("accept", "application/json");
    call.form(&[("link", link), ("new", new)]).send().await
}

/// Sends until nothing is due.
async fn send_all(app: &TestApp) -> Step {
    loop {
        match mail::step(&app.operator()).await.unwrap() {
            Step::Went => {}
            step => return step,
        }
    }
}

/// The secret in the link of a mail, whose lines are folded and whose `=` are encoded.
fn link(text: &str, page: &str) -> String {
    let text = text.replace("=\n", "").replace("=3D", "=");
    let start = text.find(page).unwrap_or_else(|| panic!("{text}")) + page.len();
    text[start..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_set_once_by_the_mailed_link_and_every_session_ends() {
    let (app, server, olga) = start(Temper::Good).await;
    assert_eq!(forgot(&app, " OLGA@Example.com ").await.status, 303);
    assert_eq!(send_all(&app).await, Step::Idle);
    let taken = server.taken();
    assert!(taken.len() == 1 && taken[0].contains("To: olga@example.com\n"), "{taken:?}");
    assert!(taken[0].contains("Subject: Set a new password\n"), "{taken:?}");
    let secret = link(&taken[0], "/reset/");
    // Scanners and previews look first, and more than once.
    for _ in 0..2 {
        let page = app.get(&format!("/reset/{secret}")).html().send().await;
        assert_eq!((page.status.as_u16(), page.header("referrer-policy")), (200, "strict-origin"));
        assert!(page.text().contains("olga@example.com"), "{}", page.text());
    }
    let short = reset(&app, &secret, "short").await;
    assert_eq!(short.status, 400, "{}", short.text());
    let body = format!("link={secret}&new={}", NEW.replace(' ', "+"));
    let call = app.post("/forms/reset").html().by_our_hidden_page();
    let set = call.header("content-type", "application/x-www-form-urlencoded").body(body).send().await;
    assert!(set.status == 303 && set.location().starts_with("/sign-in"), "{} {}", set.status, set.text());
    assert_eq!(app.get("/account").cookie(&olga.cookie).send().await.status, 303, "that session ended");
    assert_eq!(reset(&app, &secret, "yet another staple").await.status, 409, "it works once");
    let nobody = app.operator().with_actor(Actor::Anonymous);
    assert!(sessions::sign_in(&nobody, "olga@example.com", PASSWORD).await.is_err());
    let session = sessions::sign_in(&nobody, "olga@example.com", NEW).await.unwrap();
    let account = app.get("/account").cookie(session.cookie.expose()).html().send().await.text();
    assert!(account.contains("Confirmed: a mail to it was answered."), "the mailbox answered: {account}");
    assert_eq!(send_all(&app).await, Step::Idle);
    let told = server.taken().pop().unwrap();
    assert!(told.contains("set a new password by a mailed link"), "it is told by mail: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_there_is_an_account_is_told_to_nobody_who_asks() {
    let (app, server, _) = start(Temper::Good).await;
    let (known, unknown) = (forgot(&app, "olga@example.com").await, forgot(&app, "nobody@example.com").await);
    assert_eq!((known.status, known.text()), (unknown.status, unknown.text()));
    assert_eq!(known.location(), unknown.location());
    assert_eq!(send_all(&app).await, Step::Idle);
    assert_eq!(server.taken().len(), 1);
    for bad in
        ["olga@example.com\r\nBcc: eve@evil.example", "ol\u{212a}a@example.com", "<olga@example.com>", ""]
    {
        let call = app.post("/forms/forgot").header("accept", "application/json");
        let answer = call.form(&[("email", bad)]).send().await;
        assert_eq!(answer.status, 400, "{bad:?}: {}", answer.text());
    }
    // A disabled account gets none either.
    accounts::disable(&app.operator(), "olga@example.com").await.unwrap();
    send_all(&app).await;
    let before = server.taken().len();
    forgot(&app, "olga@example.com").await;
    send_all(&app).await;
    assert_eq!(server.taken().len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_gets_three_mails_an_hour_and_whoever_asks_on_is_paused() {
    let (app, server, _) = start(Temper::Good).await;
    for n in 0..10 {
        assert_eq!(forgot(&app, "olga@example.com").await.location(), "/forgot?flash=cookie", "{n}");
    }
    send_all(&app).await;
    assert_eq!(server.taken().len(), 3);
    let call = app.post("/forms/forgot").header("accept", "application/json");
    let paused = call.form(&[("email", "mira@example.com")]).send().await;
    assert_eq!(paused.status, 429, "{}", paused.text());
    app.clock.advance(Duration::from_secs(16 * 60));
    assert_eq!(forgot(&app, "mira@example.com").await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_counts_for_an_hour_and_until_the_next_one() {
    let (app, server, _) = start(Temper::Good).await;
    for _ in 0..2 {
        forgot(&app, "olga@example.com").await;
        send_all(&app).await;
    }
    let [first, second] = &*server.taken() else { panic!("{:?}", server.taken()) };
    assert_eq!(reset(&app, &link(first, "/reset/"), NEW).await.status, 409);
    app.clock.advance(Duration::from_secs(3600));
    let second = link(second, "/reset/");
    assert!(
        app.get(&format!("/reset/{second}")).html().send().await.text().contains("This link does not work")
    );
    assert_eq!(reset(&app, &second, NEW).await.status, 409);
    for nonsense in ["", "reset_x", "verify_x", "%00"] {
        assert_eq!(reset(&app, nonsense, NEW).await.status, 409, "{nonsense}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_hangs_refuses_or_drops_loses_and_doubles_nothing() {
    let (app, server, _) = start(Temper::Hangs).await;
    forgot(&app, "olga@example.com").await;
    assert_eq!(send_all(&app).await, Step::Paused);
    server.becomes(Temper::Good);
    assert_eq!(send_all(&app).await, Step::Idle);
    assert_eq!(server.taken().len(), 1, "it waited");
    server.becomes(Temper::HangsUp);
    forgot(&app, "olga@example.com").await;
    send_all(&app).await;
    server.becomes(Temper::Good);
    app.clock.advance(Duration::from_secs(600));
    send_all(&app).await;
    assert_eq!(server.taken().len(), 2, "what may have arrived is not sent again");
    assert_eq!(
        reset(&app, &link(&server.taken()[1], "/reset/"), NEW).await.status,
        303,
        "and its link counts"
    );
    server.becomes(Temper::Refuses);
    forgot(&app, "olga@example.com").await;
    assert_eq!(send_all(&app).await, Step::Idle);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_the_page_names_the_operators_command() {
    let app = TestApp::start().await;
    let page = app.get("/forgot").html().send().await.text();
    assert!(page.contains("stackyard admin set-<wbr>password") && !page.contains("<form"), "{page}");
    let call = app.post("/forms/forgot").header("accept", "application/json");
    assert_eq!(call.form(&[("email", "olga@example.com")]).send().await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_proves_an_address_once_and_only_for_the_account_that_asked() {
    let (app, server, _) = start(Temper::Good).await;
    let (oona, eve) = (app.unproved("Oona").await, app.unproved("Eve").await);
    let ask =
        || app.post("/forms/account/ask-proof").cookie(&oona.cookie).form(&[("back", "/account")]).send();
    assert_eq!(ask().await.status, 303);
    send_all(&app).await;
    let secret = link(&server.taken()[0], "/verify/");
    let page = format!("/verify/{secret}");
    let anonymous = app.get(&page).html().send().await;
    assert!(anonymous.location().starts_with("/sign-in"), "{}", anonymous.status);
    let others = app.get(&page).cookie(&eve.cookie).html().send().await;
    assert!(others.text().contains("This link does not work"), "{}", others.text());
    let prove = |person: &Person| {
        let call =
            app.post("/forms/account/prove").cookie(&person.cookie).header("accept", "application/json");
        call.form(&[("link", &secret)]).send()
    };
    assert_eq!(prove(&eve).await.status, 409);
    let own = app.get(&page).cookie(&oona.cookie).html().send().await;
    assert_eq!(own.header("referrer-policy"), "strict-origin");
    assert!(own.text().contains("Confirm this address"), "{}", own.text());
    assert!(!app.ctx_of(&oona).await.signed_in().unwrap().account.email_verified, "looking proves nothing");
    assert_eq!(prove(&oona).await.status, 303);
    assert!(app.ctx_of(&oona).await.signed_in().unwrap().account.email_verified);
    assert_eq!(prove(&oona).await.status, 409);
    assert!(!app.ctx_of(&eve).await.signed_in().unwrap().account.email_verified);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_for_a_new_password_ends_when_there_is_one_by_another_way() {
    let (app, server, olga) = start(Temper::Good).await;
    let mailed = async || {
        app.clock.advance(Duration::from_secs(3600));
        assert_eq!(forgot(&app, "olga@example.com").await.status, 303);
        send_all(&app).await;
        let taken = server.taken();
        link(taken.iter().rfind(|text| text.contains("Subject: Set a new password")).unwrap(), "/reset/")
    };
    let secret = mailed().await;
    accounts::change_password(&app.ctx_of(&olga).await, PASSWORD, NEW).await.unwrap();
    assert_eq!(reset(&app, &secret, "yet another staple").await.status, 409, "changed by herself");
    let secret = mailed().await;
    accounts::set_password(&app.operator(), "olga@example.com", PASSWORD).await.unwrap();
    assert_eq!(reset(&app, &secret, "yet another staple").await.status, 409, "set by the operator");
    let secret = mailed().await;
    for change in [
        accounts::disable(&app.operator(), "olga@example.com").await,
        accounts::enable(&app.operator(), "olga@example.com").await,
    ] {
        change.unwrap();
    }
    assert_eq!(reset(&app, &secret, "yet another staple").await.status, 409, "disabled meanwhile");
    let secret = mailed().await;
    assert_eq!(reset(&app, &secret, "yet another staple").await.status, 303);
}
