//! Streams of what changes in a workspace (rules §10).

use std::time::Duration;

use futures::StreamExt as _;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use stackyard_domain::{activity, live};
use tower::ServiceExt as _;

use crate::support::{COOKIE, Person, Place, TestApp};

/// What a stream has sent.
struct Stream(axum::body::BodyDataStream, String);

/// One event: its name, its id, its data.
type Sent = (String, i64, Value);

impl Stream {
    async fn open(app: &TestApp, person: &Person, last: Option<i64>) -> Self {
        let mut request = Request::get("/dashboard/workspaces/acme/live")
            .header("host", "localhost:3000")
            .header("cookie", format!("{COOKIE}={}", person.cookie));
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let response = app.service().oneshot(request.body(axum::body::Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        Self(response.into_body().into_data_stream(), String::new())
    }

    /// The next event; none when the stream has ended.
    async fn next(&mut self) -> Option<Sent> {
        loop {
            if let Some((event, rest)) = self.1.split_once("\n\n") {
                let field = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
                    line.unwrap_or_default().to_owned()
                };
                let sent = (field("event"), field("id").parse().unwrap_or(-1), field("data"));
                self.1 = rest.to_owned();
                if sent.0.is_empty() {
                    continue;
                }
                return Some((sent.0, sent.1, serde_json::from_str(&sent.2).unwrap()));
            }
            let more = tokio::time::timeout(Duration::from_secs(20), self.0.next()).await.unwrap()?;
            self.1.push_str(std::str::from_utf8(&more.unwrap()).unwrap());
        }
    }
}

async fn tell(app: &TestApp, from: i64) -> i64 {
    while activity::seal(&app.operator()).await.unwrap() {}
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
    let mut stream = Stream::open(&app, &acme.owner, None).await;
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
    let mut again = Stream::open(&app, &acme.owner, Some(told)).await;
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
    let mut stream = Stream::open(&app, &acme.owner, None).await;
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
async fn a_stream_ends_for_who_may_not_any_more_and_when_the_server_stops() {
    let app = TestApp::start().await;
    let (acme, _) = acme(&app).await;
    let mut stream = Stream::open(&app, &acme.owner, None).await;
    stream.next().await.unwrap();
    app.stop();
    assert_eq!(stream.next().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_see_the_log_gets_no_stream() {
    let app = TestApp::start().await;
    let (acme, _) = acme(&app).await;
    let stranger = app.person("Stan").await;
    let billing = app.person("Bill").await;
    app.add_member(&acme.workspace, &billing, stackyard_model::role::Role::Billing).await;
    let path = "/dashboard/workspaces/acme/live";
    assert_eq!(app.get(path).cookie(&stranger.cookie).send().await.status, 404);
    assert_eq!(app.get(path).cookie(&billing.cookie).send().await.status, 403);
    assert_eq!(app.get(path).send().await.status, 303);
}
