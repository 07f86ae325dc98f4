//! What the log says of a request.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::support::{PASSWORD, TestApp};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    /// The line about the one request with this trace id.
    fn about(&self, trace_id: &str) -> Value {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let all = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let about: Vec<_> =
            all.filter(|line| line["trace_id"] == trace_id && line["route"].is_string()).collect();
        assert_eq!(about.len(), 1, "{text}");
        about.into_iter().next().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_forms_that_are_refused_say_why() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    let lines = Lines::default();
    let writer = lines.clone();
    // While there is just one, `tracing` asks the thread that comes first to an event, here one of another test,
    // whether anybody wants it, and keeps the answer.
    let _another = tracing::Dispatch::new(tracing_subscriber::registry());
    let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());

    for (target, route) in [
        ("/help/nothing", "/help/{tag}"),
        ("/dashboard/workspaces/nowhere", "/dashboard/workspaces/{slug}"),
        ("/nowhere", "unmatched"),
    ] {
        let answer = app.get(target).html().cookie(&acme.owner.cookie).send().await;
        assert_eq!(answer.status, 404, "{target}");
        let line = lines.about(answer.header("x-trace-id"));
        assert_eq!((line["status"].as_u64(), line["route"].as_str()), (Some(404), Some(route)), "{line}");
        assert_eq!(line["cause"], "not found", "{line}");
    }
    let fields = [("workspace", "acme"), ("name", "no name")];
    let form = app.post("/forms/repositories/add").cookie(&acme.owner.cookie).form(&fields);
    let answer = form.header("accept", "application/json").send().await;
    assert_eq!(answer.status, 400);
    let line = lines.about(answer.header("x-trace-id"));
    assert!(line["cause"].as_str().unwrap().starts_with("invalid: "), "{line}");
    // Sent back to its page it is no failure of HTTP's, and still says what was wrong.
    let answer =
        app.post("/forms/repositories/add").cookie(&acme.owner.cookie).html().form(&fields).send().await;
    assert_eq!(answer.status, 303);
    assert!(lines.about(answer.header("x-trace-id"))["cause"].is_string());

    let fields = [("email", "olga@example.com"), ("password", PASSWORD)];
    let answer = app.post("/forms/sign-in").html().form(&fields).send().await;
    assert!(lines.about(answer.header("x-trace-id")).get("cause").is_none(), "nothing was refused");
}
