//! A deployment's page: its log as people read it (rules §9).

use std::time::Duration;

use serde_json::{Value, json};
use stackyard_domain::repositories;
use stackyard_model::{PermissionKind, Role};

use crate::overview::words;
use crate::support::{Answer, Place, TestApp, follow};

/// A deployment under way in acme, and the session of its run.
struct Begun {
    acme: Place,
    session: String,
    id: String,
    offset: usize,
}

impl Begun {
    async fn new(app: &TestApp) -> Self {
        let acme = app.acme().await;
        for kind in [PermissionKind::InstancesCreate, PermissionKind::DeploymentsCreate] {
            app.allow(&acme, kind, ["*", "*", "*"]).await;
        }
        let session = app.session(&acme).await;
        let vpc = json!({"stack": "dev", "component": "vpc"});
        let inventory = json!({"instances": [vpc]});
        assert_eq!(app.post("/api/v1/instances").bearer(&session).json(&inventory).send().await.status, 200);
        let made = app.post("/api/v1/deployments").bearer(&session).json(&vpc).send().await;
        let id = made.envelope()["data"]["id"].as_str().unwrap().to_owned();
        Self { acme, session, id, offset: 0 }
    }

    async fn append(&mut self, app: &TestApp, bytes: &[u8]) {
        let target = format!("/api/v1/deployments/{}/logs?offset={}", self.id, self.offset);
        let answer = app.post(&target).bearer(&self.session).body(bytes.to_vec()).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        self.offset += bytes.len();
    }

    async fn finish(&self, app: &TestApp) {
        let target = format!("/api/v1/deployments/{}", self.id);
        let done = json!({"status": "success"});
        assert_eq!(app.call("PATCH", &target).bearer(&self.session).json(&done).send().await.status, 200);
    }

    async fn page(&self, app: &TestApp, query: &str) -> String {
        self.page_of(app, &self.acme.owner.cookie, query).await
    }

    async fn page_of(&self, app: &TestApp, cookie: &str, query: &str) -> String {
        let target = format!("/dashboard/workspaces/acme/deployments/{}{query}", self.id);
        let answer = app.get(&target).cookie(cookie).html().send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text()
    }

    async fn cancel(&self, app: &TestApp, cookie: &str, reason: &str) -> Answer {
        let fields = [("workspace", "acme"), ("deployment", self.id.as_str()), ("reason", reason)];
        let call = app.post("/forms/deployments/cancel").cookie(cookie).header("accept", "application/json");
        call.form(&fields).send().await
    }

    async fn ask(&self, app: &TestApp, form: &str, more: &[(&str, &str)]) -> Value {
        let fields = [&[("workspace", "acme"), ("deployment", self.id.as_str())], more].concat();
        let call = app.post(&format!("/forms/deployments/{form}")).cookie(&self.acme.owner.cookie);
        let answer = call.by_our_page().form(&fields).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_log_tries_to_do_to_a_terminal_is_not_on_the_page() {
    let app = TestApp::start().await;
    let mut begun = Begun::new(&app).await;
    let hostile = [
        "\u{1b}[2J\u{1b}[H\u{1b}[3Jcleared",
        "\u{1b}]0;pwned title\u{7}titled",
        "\u{1b}]8;;https://evil.example/x\u{1b}\\linked\u{1b}]8;;\u{1b}\\",
        "one\u{1b}[10A\u{1b}[5Dmoved",
        "\u{1b}P+q544e\u{1b}\\asked",
        "\u{9b}31mcoloured",
        "\u{202e}turned\u{2066}",
        "<img src=x onerror=alert(1)></p></div>",
        "::error::not ours",
    ];
    begun.append(&app, (hostile.join("\n") + "\n").as_bytes()).await;
    let page = begun.page(&app, "").await;
    for shown in ["cleared", "titled", "linked", "moved", "asked", "coloured", "turned", "::error::not ours"]
    {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"), "what is written is text");
    for gone in
        ["\u{1b}", "\u{9b}", "\u{7}", "\u{202e}", "\u{2066}", "pwned", "evil.example", "<img", "[2J", "[10A"]
    {
        assert!(!page.contains(gone), "{gone:?} is on the page");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_of_which_nothing_is_heard_says_so() {
    let app = TestApp::start().await;
    let mut begun = Begun::new(&app).await;
    let silent = "Nothing heard since";
    app.clock.advance(Duration::from_secs(3599));
    assert!(!begun.page(&app, "").await.contains(silent));
    begun.append(&app, b"still here\n").await;
    app.clock.advance(Duration::from_secs(3599));
    assert!(!begun.page(&app, "").await.contains(silent), "its log is a sign of life");
    app.clock.advance(Duration::from_secs(1));
    assert!(begun.page(&app, "").await.contains(silent));
    assert_eq!(begun.cancel(&app, &begun.acme.owner.cookie, "its job died").await.status, 303);
    assert!(!begun.page(&app, "").await.contains(silent), "it has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_deployment_is_marked_as_cancelled_for_good() {
    let app = TestApp::start().await;
    let begun = Begun::new(&app).await;
    let owner = &begun.acme.owner.cookie;
    let member = app.person("Mel").await;
    app.add_member(&begun.acme.workspace, &member, Role::Member).await;
    let refused = begun.cancel(&app, &member.cookie, "its job died").await;
    assert_eq!(refused.status, 403, "{}", refused.text());
    assert!(!begun.page_of(&app, &member.cookie, "").await.contains("Mark as cancelled"));
    assert!(begun.page(&app, "").await.contains("Mark as cancelled"));
    let dialog = begun.page(&app, "/cancel").await;
    assert!(dialog.contains("/forms/deployments/cancel") && dialog.contains("Reason, kept in Activity"));
    let unsaid = begun.cancel(&app, owner, " ").await;
    assert!(unsaid.text().contains("Write why"), "{}", unsaid.text());

    assert_eq!(begun.cancel(&app, owner, "its job died").await.status, 303);
    let page = begun.page(&app, "").await;
    assert!(words(&page).contains("Cancelled") && !page.contains("Mark as cancelled"), "{page}");
    let target = format!("/api/v1/deployments/{}", begun.id);
    let later =
        app.call("PATCH", &target).bearer(&begun.session).json(&json!({"status": "success"})).send().await;
    assert_eq!((later.status.as_u16(), &later.json()["errorTag"]), (409, &json!("DeploymentFinished")));
    assert_eq!(begun.cancel(&app, owner, "once more").await.status, 409);
    let log = app.get("/dashboard/workspaces/acme/activity").cookie(owner).html().send().await.text();
    for told in ["Marked the deployment of", "as cancelled", "its job died"] {
        assert!(log.contains(told), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_log_is_read_in_windows_without_a_script() {
    let app = TestApp::start().await;
    let mut begun = Begun::new(&app).await;
    for thousand in 0..3 {
        let lines: String = (1..=1000).map(|n| format!("line {}\n", thousand * 1000 + n)).collect();
        begun.append(&app, lines.as_bytes()).await;
    }
    let last = begun.page(&app, "").await;
    assert!(last.contains("Lines 2,001 to 3,000 of 3,000"), "{last}");
    assert!(last.contains("id=\"L3000\"") && !last.contains("id=\"L2000\""));
    assert!(last.contains("?from=1001"), "the way to those before");
    let first = begun.page(&app, "?from=1").await;
    assert!(first.contains("Lines 1 to 1,000 of 3,000") && first.contains("?from=1001"), "the way on");
    let found = begun.page(&app, "?q=LINE+1234").await;
    assert!(found.contains("1 line has") && found.contains("?from=1214&amp;q=LINE+1234#L1234"), "{found}");
    let none = begun.page(&app, "?q=%3Cb%3E").await;
    assert!(none.contains("No line has “&lt;b&gt;”."), "{none}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_box_reads_any_lines_and_finds_words() {
    let app = TestApp::start().await;
    let mut begun = Begun::new(&app).await;
    let lines: String = (1..=1200).map(|n| format!("line {n}\n")).collect();
    begun.append(&app, lines.as_bytes()).await;
    let window = begun.ask(&app, "read-log", &[("from", "501"), ("count", "500")]).await;
    assert_eq!((&window["total"], &window["done"]), (&json!(1200), &json!(false)));
    assert_eq!(window["lines"][0], json!({"number": 501, "text": "line 501", "cut": false}));
    assert_eq!(window["lines"].as_array().unwrap().len(), 500);
    let beyond = begun.ask(&app, "read-log", &[("from", "9999999999"), ("count", "500")]).await;
    assert_eq!((&beyond["lines"], &beyond["total"]), (&json!([]), &json!(1200)));
    let strange = begun.ask(&app, "read-log", &[("from", "-1"), ("count", "many")]).await;
    assert_eq!(strange["lines"][0]["number"], 1);
    let found = begun.ask(&app, "find-in-log", &[("q", "LINE 12")]).await;
    assert_eq!(found["lines"], json!([12, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 1200]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_stream_tells_that_the_log_grew_until_it_is_done() {
    let app = TestApp::start().await;
    let mut begun = Begun::new(&app).await;
    let target = format!("/dashboard/workspaces/acme/live?log={}", begun.id);
    let mut stream = follow(&app, &begun.acme.owner, &target, None).await;
    assert_eq!(stream.next().await.unwrap().0, "following");
    let (name, _, data) = stream.next().await.unwrap();
    assert_eq!((name.as_str(), &data), ("grown", &json!({"size": 0, "done": false})));
    begun.append(&app, b"first\n").await;
    let (_, _, data) = stream.next().await.unwrap();
    assert_eq!(data, json!({"size": 6, "done": false}));
    begun.finish(&app).await;
    let (_, _, data) = stream.next().await.unwrap();
    assert_eq!(data, json!({"size": 6, "done": true}));
    let silent = tokio::time::timeout(Duration::from_secs(2), stream.next()).await;
    assert!(silent.is_err(), "what is done is not looked at any more: {silent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_another_workspace_is_not_followed() {
    let app = TestApp::start().await;
    let begun = Begun::new(&app).await;
    let other = app.person("Otto").await;
    app.workspace(&other, "other").await;
    for target in [
        format!("/dashboard/workspaces/other/live?log={}", begun.id),
        "/dashboard/workspaces/other/live?log=dep_x".to_owned(),
        format!("/dashboard/workspaces/acme/live?log={}", begun.id),
    ] {
        let answer = app.get(&target).cookie(&other.cookie).send().await;
        assert_eq!(answer.status, 404, "{target}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_and_the_list_say_what_is_deployed_by_whom_from_which_commit_and_where_its_run_is() {
    let app = TestApp::start().await;
    let begun = Begun::new(&app).await;
    app.clock.advance(Duration::from_secs(83));
    begun.finish(&app).await;
    let page = begun.page(&app, "").await;
    let facts = page.split_once("data-live=\"facts\"").unwrap().1.split_once("id=\"log").unwrap().0;
    let said = words(facts);
    for has in ["Done", "took 1m 23s", "acme/ infra", "on main", "commit 3f2c1d0", "deploy. yaml"] {
        assert!(said.contains(has), "{has}: {said}");
    }
    assert!(facts.contains("https://github.com/acme/infra/actions/runs/"), "{facts}");
    let list = "/dashboard/workspaces/acme/deployments";
    let shown =
        async |target: String| app.get(&target).cookie(&begun.acme.owner.cookie).html().send().await.text();
    let listed = shown(list.to_owned()).await;
    let row = words(listed.split("<tr").find(|row| row.contains(&begun.id)).unwrap());
    for has in ["vpc", "dev", "Done", "1m 23s", "acme/infra", "3f2c1d0", "deploy. yaml"] {
        assert!(row.contains(has), "{has}: {row}");
    }
    let here = app.enter(&begun.acme.workspace).await;
    let other = repositories::add(&app.operator(), &here, "", "acme/apps").await.unwrap();
    for (repository, has) in [(&begun.acme.repository.id, true), (&other.id, false)] {
        assert_eq!(shown(format!("{list}?repository={repository}")).await.contains(&begun.id), has);
    }
    for (query, has) in [("status=success&q=VPC", true), ("status=failure", false), ("q=web", false)] {
        assert_eq!(shown(format!("{list}?{query}")).await.contains(&begun.id), has, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_refusal_shows_names_without_the_marks_of_markdown() {
    let app = TestApp::start().await;
    let begun = Begun::new(&app).await;
    let token = app.repository_token(&begun.acme).await;
    let target = format!("/api/v1/deployments/{}", begun.id);
    let refused = app.call("PATCH", &target).bearer(&token).json(&json!({"status": "success"})).send().await;
    assert_eq!(refused.json()["errorTag"], "NotYourDeployment", "{}", refused.text());
    let why = format!("/why/{}", refused.header("x-trace-id"));
    let page = app.get(&why).cookie(&begun.acme.owner.cookie).html().send().await.text();
    let page = words(page.split("<main").nth(1).unwrap().split("</main>").next().unwrap());
    assert!(page.contains("The deployment was recorded by") && !page.contains('`'), "{page}");
}
