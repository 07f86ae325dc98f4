//! What a failed form leaves for the next page: in a signed cookie before the sign-in, in the store after it (rules
//! §12).

use std::time::Duration;

use crate::support::{Answer, PASSWORD, TestApp};

const NAME: &str = "stackyard_3000_flash";

/// The cookie that an answer sets, without its attributes.
fn sealed(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with(&format!("{NAME}=")), "{cookie}");
    for attribute in ["; Path=/", "; Max-Age=900", "; SameSite=Lax", "; HttpOnly"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    cookie.split(['=', ';']).nth(1).unwrap().to_owned()
}

async fn fail_to_sign_in(app: &TestApp, email: &str) -> Answer {
    let fields = [("email", email), ("password", "wrong wrong wrong"), ("back", "/sign-in?next=%2Faccount")];
    let answer = app.post("/forms/sign-in").html().form(&fields).send().await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(answer.location(), "/sign-in?next=%2Faccount&flash=cookie");
    answer
}

async fn page_with(app: &TestApp, sealed: &str) -> Answer {
    let target = "/sign-in?next=%2Faccount&flash=cookie";
    let answer = app.get(target).html().header("cookie", &format!("{NAME}={sealed}")).send().await;
    assert_eq!(answer.status, 200);
    answer
}

const SAID: &str = "do not belong together";

#[tokio::test(flavor = "multi_thread")]
async fn before_the_sign_in_it_goes_with_the_browser_and_is_shown_once() {
    let app = TestApp::start().await;
    let answer = fail_to_sign_in(&app, "olga@example.com").await;
    let sealed = sealed(&answer);
    let page = page_with(&app, &sealed).await;
    assert!(page.text().contains(SAID) && page.text().contains("olga@example.com"), "{}", page.text());
    let forgotten = page.header("set-cookie");
    assert!(forgotten.starts_with(&format!("{NAME}=;")) && forgotten.contains("Max-Age=0"), "{forgotten}");
    let again = app.get("/sign-in?next=%2Faccount&flash=cookie").html().send().await;
    assert!(!again.text().contains(SAID) && again.header("set-cookie").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_in_it_and_it_is_never_large() {
    let app = TestApp::start().await;
    for email in ["olga@example.com".to_owned(), "o".repeat(100_000), "ö\"<&".repeat(400)] {
        let sealed = sealed(&fail_to_sign_in(&app, &email).await);
        assert!(sealed.len() <= 2048, "{}", sealed.len());
        assert!(page_with(&app, &sealed).await.text().contains(SAID));
        use base64::Engine as _;
        let (body, _) = sealed.split_once('.').unwrap();
        let read = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(body).unwrap();
        assert!(!String::from_utf8(read).unwrap().contains("wrong wrong"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_we_did_not_sign_or_what_is_too_old_is_not_shown() {
    let (app, other) = (TestApp::start().await, TestApp::start_with_seed(8).await);
    let ours = sealed(&fail_to_sign_in(&app, "olga@example.com").await);
    let theirs = sealed(&fail_to_sign_in(&other, "olga@example.com").await);
    let changed = format!("{}A", ours.strip_suffix(|_: char| true).unwrap());
    let changed = if changed == ours { format!("{}B", ours.strip_suffix('A').unwrap()) } else { changed };
    for bad in [&theirs, &changed, &String::new(), &".".to_owned(), &"x".repeat(4000)] {
        assert!(!page_with(&app, bad).await.text().contains(SAID), "{bad}");
    }
    app.clock.advance(Duration::from_secs(15 * 60 + 1));
    assert!(!page_with(&app, &ours).await.text().contains(SAID));
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_read_what_the_others_signed() {
    let app = TestApp::start().await;
    let sealed = sealed(&fail_to_sign_in(&app, "olga@example.com").await);
    let issuers = stackyard_oidc::Issuers::new(
        vec![app.issuer.config("github.com")],
        stackyard_oidc::http_client().unwrap(),
    );
    let restarted = app.trusting(issuers.unwrap());
    assert!(page_with(&restarted, &sealed).await.text().contains(SAID));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_sign_in_it_waits_in_the_store_for_its_own_session() {
    let app = TestApp::start().await;
    let (olga, mira) = (app.person("Olga").await, app.person("Mira").await);
    let fields = [("current", "wrong wrong wrong"), ("new", PASSWORD), ("back", "/account")];
    let answer = app.post("/forms/account/password").cookie(&olga.cookie).html().form(&fields).send().await;
    assert!(answer.location().starts_with("/account?flash=flash_"), "{}", answer.location());
    assert!(answer.header("set-cookie").is_empty());
    let said = "This is not your password.";
    let shown = async |cookie: &str| {
        let page = app.get(answer.location()).html().cookie(cookie).send().await;
        page.text().contains(said)
    };
    assert!(!shown(&mira.cookie).await);
    assert!(shown(&olga.cookie).await);
    assert!(!shown(&olga.cookie).await, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_out_is_told_so() {
    let app = TestApp::start().await;
    let olga = app.person("Olga").await;
    let answer = app.post("/forms/sign-out").cookie(&olga.cookie).html().form(&[]).send().await;
    let cookies: Vec<_> =
        answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    let flash = cookies.iter().find_map(|cookie| cookie.strip_prefix(&format!("{NAME}="))).unwrap();
    let flash = flash.split(';').next().unwrap();
    let page = app.get(answer.location()).html().header("cookie", &format!("{NAME}={flash}")).send().await;
    assert!(page.text().contains("You are signed out."), "{}", page.text());
}
