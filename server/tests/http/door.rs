//! What every request passes: the host, the origin, the cookie, the policy (rules §12).

use std::time::Duration;

use stackyard::config::PublicUrl;
use stackyard_domain::setup;
use stackyard_model::Role;

use crate::support::{COOKIE, PASSWORD, PNG, TestApp, multipart};

#[tokio::test(flavor = "multi_thread")]
async fn another_host_is_not_answered_except_by_probes() {
    let app = TestApp::start().await;
    for host in ["evil.example", "localhost", "localhost:3001", "localhost:3000.evil.example", ""] {
        let answer = app.get("/sign-in").host(host).send().await;
        assert_eq!(answer.status, 421, "{host}");
        let answer = app.post("/api/v1/locks").host(host).send().await;
        assert_eq!(answer.status, 421, "{host}");
        answer.envelope();
        assert_eq!(app.get("/healthz").host(host).send().await.status, 200, "{host}");
        assert_eq!(app.get("/readyz").host(host).send().await.status, 200, "{host}");
    }
    for host in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "LOCALHOST:3000"] {
        assert_eq!(app.get("/sign-in").host(host).send().await.status, 200, "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_another_site_sends_changes_nothing() {
    let app = TestApp::start().await;
    let person = app.person("Olga").await;
    let other = app.person("Mira").await;
    let cookie = format!("{COOKIE}={}", person.cookie);
    let attempts: [&[(&str, &str)]; 6] = [
        &[],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://localhost:3001")],
        &[("sec-fetch-site", "cross-site")],
        &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
    ];
    for headers in attempts {
        let mut call = app.post("/forms/sign-out").header("cookie", &cookie);
        for (name, value) in headers {
            call = call.header(name, value);
        }
        let answer = call.header("content-type", "application/x-www-form-urlencoded").send().await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert_eq!(app.get("/account").cookie(&person.cookie).send().await.status, 200, "{headers:?}");
    }
    let answer = app.post("/forms/sign-out").cookie(&person.cookie).html().form(&[]).send().await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let answer = app.get("/account").cookie(&person.cookie).send().await;
    assert_eq!(answer.location(), "/sign-in?next=%2Faccount");
    assert_eq!(app.get("/account").cookie(&other.cookie).send().await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_and_setting_up_are_refused_from_another_site_before_there_is_a_cookie() {
    let app = TestApp::start().await;
    for target in ["/forms/sign-in", "/forms/setup"] {
        let answer = app.post(target).header("origin", "https://evil.example").body("email=a").send().await;
        assert_eq!(answer.status, 403, "{target}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_has_the_exact_policy_with_a_nonce_of_its_own() {
    let app = TestApp::start().await;
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let answer = app.get("/sign-in").html().send().await;
        assert_eq!(answer.status, 200);
        let nonce = answer.policy().split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
        assert_eq!(
            answer.policy(),
            format!(
                "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src \
                 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
                 base-uri 'none'"
            )
        );
        let html = answer.text();
        let scripts = html.matches("<script").count();
        assert!(scripts > 0);
        assert_eq!(html.matches(&format!("nonce=\"{nonce}\"")).count(), scripts, "{html}");
        assert!(!html.contains(" style="), "{html}");
        nonces.push(nonce.to_owned());
    }
    assert_ne!(nonces.first(), nonces.last());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_answer_has_the_headers_that_browsers_need() {
    let app = TestApp::start().await;
    for target in ["/sign-in", "/nowhere", "/healthz", "/api/v1/nowhere", "/account", "/favicon.ico"] {
        let answer = app.get(target).send().await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{target}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{target}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{target}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{target}");
        assert!(answer.policy().contains("frame-ancestors 'none'"), "{target}");
        assert!(answer.header("strict-transport-security").is_empty(), "{target}: this is plain http");
    }
    let json = app.get("/api/v1/nowhere").send().await;
    assert_eq!(json.policy(), "default-src 'none'; frame-ancestors 'none'");
}

#[tokio::test(flavor = "multi_thread")]
async fn over_https_the_cookie_is_bound_to_the_host_and_the_browser_stays_there() {
    let app = TestApp::start_with(|parts| {
        parts.public_url = PublicUrl::parse("https://stackyard.example").unwrap();
    })
    .await;
    let person = app.person("Olga").await;
    let fields = [("email", "olga@example.com"), ("password", PASSWORD), ("next", "")];
    let answer = app
        .post("/forms/sign-in")
        .host("stackyard.example")
        .html()
        .form(&fields)
        .header("sec-fetch-site", "same-origin")
        .send()
        .await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-stackyard=ses_"), "{cookie}");
    for attribute in ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    let plain = app.get("/account").host("stackyard.example").cookie(&person.cookie).send().await;
    assert_eq!(plain.status, 303, "the cookie of plain http is not looked at");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_loopback_the_cookie_is_named_by_port() {
    let app = TestApp::start().await;
    app.person("Olga").await;
    let fields = [("email", "olga@example.com"), ("password", PASSWORD), ("next", "")];
    let answer = app.post("/forms/sign-in").html().form(&fields).send().await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("stackyard_3000=ses_") && cookie.contains("HttpOnly"), "{cookie}");
    assert!(!cookie.contains("Secure"), "{cookie}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_sees_is_not_kept_by_the_browser() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    for target in ["/dashboard/workspaces", "/dashboard/workspaces/acme", "/account"] {
        let answer = app.get(target).cookie(&acme.owner.cookie).send().await;
        assert_eq!(answer.status, 200, "{target}");
        assert_eq!(answer.header("cache-control"), "no-store", "{target}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bearer_token_makes_cookies_ignored() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    let answer = app.get("/account").cookie(&acme.owner.cookie).bearer("ci_x").send().await;
    assert_eq!(answer.status, 303, "nobody is signed in");
    let basic =
        app.get("/account").cookie(&acme.owner.cookie).header("authorization", "Basic YTpi").send().await;
    assert_eq!(basic.status, 200, "a proxy's own password is none of ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_signed_in_is_sent_to_sign_in_whether_or_not_there_is_such_a_place() {
    let app = TestApp::start().await;
    app.acme().await;
    for target in ["/dashboard/workspaces/acme/settings?a=1", "/dashboard/workspaces/nowhere/settings?a=1"] {
        let answer = app.get(target).send().await;
        assert_eq!(answer.status, 303, "{target}");
        let next: String = target.replace('/', "%2F").replace('?', "%3F").replace('=', "%3D");
        assert_eq!(answer.location(), format!("/sign-in?next={next}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_are_throttled_with_one_text_whatever_was_wrong() {
    let app = TestApp::start().await;
    app.person("Olga").await;
    let try_it = |email: &'static str, password: &'static str| {
        let fields = [("email", email), ("password", password), ("next", "")];
        app.post("/forms/sign-in").header("accept", "application/json").form(&fields).send()
    };
    let unknown = try_it("nobody@example.com", "wrong wrong wrong").await;
    let wrong = try_it("olga@example.com", "wrong wrong wrong").await;
    assert_eq!((unknown.status.as_u16(), wrong.status.as_u16()), (400, 400), "{}", wrong.text());
    assert_eq!(unknown.json()["errorMessage"], wrong.json()["errorMessage"]);
    assert!(!wrong.text().contains("wrong wrong"), "what was typed does not come back");
    for _ in 0..9 {
        try_it("olga@example.com", "wrong wrong wrong").await;
    }
    let paused = try_it("olga@example.com", PASSWORD).await;
    assert_eq!(paused.status, 429, "{}", paused.text());
    assert!(paused.header("retry-after").parse::<u64>().unwrap() > 0);
    app.clock.advance(Duration::from_secs(16 * 60));
    let after = try_it("olga@example.com", PASSWORD).await;
    assert_eq!(after.status, 303, "{}", after.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_setup_link_works_once_and_looking_uses_nothing_up() {
    let app = TestApp::start().await;
    let secret = setup::issue_link(&app.operator()).await.unwrap().unwrap().expose().to_owned();
    for _ in 0..3 {
        let answer = app.get(&format!("/setup?token={secret}")).html().send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("referrer-policy"), "same-origin");
    }
    let fields =
        [("token", &*secret), ("name", "Olga"), ("email", "olga@example.com"), ("password", PASSWORD)];
    let answer = app.post("/forms/setup").html().form(&fields).send().await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let cookie = answer.header("set-cookie");
    let secret_of_session = cookie.split(['=', ';']).nth(1).unwrap();
    assert_eq!(app.get("/account").cookie(secret_of_session).send().await.status, 200);

    let again = app.post("/forms/setup").header("accept", "application/json").form(&fields).send().await;
    assert_eq!(again.status, 409, "{}", again.text());
    assert!(setup::issue_link(&app.operator()).await.unwrap().is_none(), "there is somebody now");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_compressed_where_the_browser_wants_it() {
    let app = TestApp::start().await;
    let plain = app.get("/sign-in").send().await;
    let packed = app.get("/sign-in").header("accept-encoding", "gzip, deflate, br, zstd").send().await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.bytes.len() * 2 < plain.bytes.len());
    let refused = app.get("/sign-in").header("accept-encoding", "identity").send().await;
    assert_eq!(refused.header("content-encoding"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logo_is_shown_to_members_alone_and_can_run_nothing() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    let viewer = app.person("Vera").await;
    app.add_member(&acme.workspace, &viewer, Role::Viewer).await;
    let stranger = app.person("Stan").await;

    let upload = |cookie: &str, file: &[u8]| {
        multipart(app.post("/forms/workspaces/acme/logo").cookie(cookie).by_our_page(), "logo", file).send()
    };
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    assert_eq!(upload(&viewer.cookie, PNG).await.status, 403);
    assert_eq!(upload(&stranger.cookie, PNG).await.status, 404);
    let refused = upload(&acme.owner.cookie, svg).await;
    assert_eq!(refused.status, 303);
    let page = app.get(refused.location().split('#').next().unwrap()).cookie(&acme.owner.cookie).send().await;
    assert!(page.text().contains("PNG"), "the form says which images it takes: {}", page.text());

    let taken = upload(&acme.owner.cookie, PNG).await;
    assert!(taken.location().starts_with("/dashboard/workspaces/acme/settings"), "{}", taken.location());
    let version = app.enter(&acme.workspace).await.workspace().logo.clone().unwrap();
    let target = format!("/workspaces/{}/logo/{version}", acme.workspace.id);
    let shown = app.get(&target).cookie(&viewer.cookie).send().await;
    assert_eq!(shown.status, 200);
    assert_eq!(shown.header("content-type"), "image/png");
    assert!(shown.policy().contains("sandbox"), "{}", shown.policy());
    assert_eq!(shown.header("cache-control"), "private, max-age=31536000, immutable");
    assert_eq!(app.get(&target).cookie(&stranger.cookie).send().await.status, 404);
    assert_eq!(app.get(&target).send().await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_icon_is_linked_and_served() {
    let app = TestApp::start().await;
    for target in ["/sign-in", "/nowhere"] {
        let page = app.get(target).html().send().await.text();
        assert!(page.contains(r#"<link rel="icon" href="/favicon.ico" type="image/svg+xml""#), "{page}");
    }
    // The page of a refusal that comes before any other.
    let plain = app.get("/sign-in").html().host("evil.example").send().await.text();
    assert!(plain.contains(r#"<link rel="icon" href="/favicon.ico""#), "{plain}");
    let icon = app.get("/favicon.ico").send().await;
    assert_eq!((icon.status.as_u16(), icon.header("content-type")), (200, "image/svg+xml"));
    assert!(icon.text().starts_with("<svg"), "{}", icon.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_may_follow_links_ahead_except_those_that_use_something_up() {
    let app = TestApp::start().await;
    let page = app.get("/sign-in").html().send().await;
    assert_eq!(page.header("speculation-rules"), "\"/speculation-rules.json\"");
    let rules = app.get("/speculation-rules.json").send().await;
    assert_eq!(rules.header("content-type"), "application/speculationrules+json");
    let rules = rules.json();
    assert_eq!(rules.as_object().unwrap().keys().collect::<Vec<_>>(), ["prefetch"], "nothing is run ahead");
    let conditions = rules["prefetch"][0]["where"]["and"].as_array().unwrap();
    let refused: Vec<_> = conditions.iter().filter_map(|one| one["not"]["href_matches"].as_str()).collect();
    for path in ["/forms/*", "/setup", "/sign-out", "/invite/*", "/*/export", "/api/*"] {
        assert!(refused.contains(&path), "{path}");
    }
    for target in ["/api/v1/nothing", "/healthz"] {
        assert!(app.get(target).send().await.header("speculation-rules").is_empty(), "{target}");
    }
}
