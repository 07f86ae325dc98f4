//! Streams of server-sent events.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures::StreamExt as _;
use http::{Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;

use super::{COOKIE, Person, TestApp};

/// What a stream has sent and was not looked at yet.
pub struct Stream(BodyDataStream, String);

/// One event: its name, its id (-1 for none), its data.
pub type Sent = (String, i64, Value);

/// Opens a stream, from the event `last` on.
pub async fn follow(app: &TestApp, person: &Person, target: &str, last: Option<i64>) -> Stream {
    let mut request = Request::get(target)
        .header("host", "localhost:3000")
        .header("cookie", format!("{COOKIE}={}", person.cookie));
    if let Some(last) = last {
        request = request.header("last-event-id", last.to_string());
    }
    let response = app.service().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    Stream(response.into_body().into_data_stream(), String::new())
}

impl Stream {
    /// The next event; none when the stream has ended.
    pub async fn next(&mut self) -> Option<Sent> {
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
