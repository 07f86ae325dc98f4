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
            if let Some(sent) = take_event(&mut self.1) {
                return Some(sent);
            }
            let more = tokio::time::timeout(Duration::from_secs(20), self.0.next()).await.unwrap()?;
            self.1.push_str(std::str::from_utf8(&more.unwrap()).unwrap());
        }
    }
}

/// Takes the first whole event out of what came; what only keeps a stream alive is passed over.
pub fn take_event(text: &mut String) -> Option<Sent> {
    loop {
        let (event, rest) = text.split_once("\n\n")?;
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let sent = field("event").map(|name| {
            let id = field("id").map_or(-1, |id| id.parse().unwrap());
            (name.to_owned(), id, serde_json::from_str(field("data").unwrap()).unwrap())
        });
        *text = rest.to_owned();
        if sent.is_some() {
            return sent;
        }
    }
}
