//! Counters for Prometheus, on a listener of their own.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use http::{Method, StatusCode, header};
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::listen::{self, Patience};

/// What is counted since the program started.
#[derive(Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<(String, Method, u16), Requests>>,
    exchanges: Mutex<BTreeMap<&'static str, u64>>,
}

#[derive(Default, Clone, Copy)]
struct Requests {
    count: u64,
    time: Duration,
}

impl Metrics {
    /// Counts an answered request. `route` is the template of its path, so that there are not more kinds of them
    /// than routes.
    pub fn request(&self, route: &str, method: &Method, status: StatusCode, time: Duration) {
        // Anybody can send a method of their own making.
        let method = if standard(method) { method.clone() } else { Method::OPTIONS };
        let mut requests = self.requests.lock();
        let entry = requests.entry((route.to_owned(), method, status.as_u16())).or_default();
        entry.count += 1;
        entry.time += time;
    }

    /// Counts an exchange by its result: `ok` or the tag of the refusal.
    pub fn exchange(&self, result: &'static str) {
        *self.exchanges.lock().entry(result).or_default() += 1;
    }

    /// The text that Prometheus reads.
    #[must_use]
    pub fn text(&self) -> String {
        let requests = self.requests.lock().clone();
        let exchanges = self.exchanges.lock().clone();
        let mut text = String::new();
        head(&mut text, "stackyard_requests_total", "Answered requests.");
        for ((route, method, status), Requests { count, .. }) in &requests {
            line(&mut text, "stackyard_requests_total", &labels(route, method, *status), count);
        }
        head(&mut text, "stackyard_request_seconds_total", "Time spent answering them.");
        for ((route, method, status), Requests { time, .. }) in &requests {
            let labels = labels(route, method, *status);
            line(&mut text, "stackyard_request_seconds_total", &labels, &time.as_secs_f64());
        }
        head(&mut text, "stackyard_exchanges_total", "Exchanges of workflow tokens by result.");
        for (result, count) in &exchanges {
            line(&mut text, "stackyard_exchanges_total", &format!("result=\"{result}\""), count);
        }
        text
    }
}

fn standard(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE].contains(method)
}

fn labels(route: &str, method: &Method, status: u16) -> String {
    format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"")
}

fn head(text: &mut String, name: &str, help: &str) {
    // Writing into a String does not fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter");
}

fn line(text: &mut String, name: &str, labels: &str, value: &impl std::fmt::Display) {
    let _ = writeln!(text, "{name}{{{labels}}} {value}");
}

/// Serves `/metrics` until it is time to stop.
pub async fn serve(listener: TcpListener, metrics: Arc<Metrics>, stopping: watch::Receiver<bool>) {
    let router = Router::new().route("/metrics", get(answer)).with_state(metrics);
    listen::serve(listener, router, Patience::default(), stopping).await;
}

async fn answer(State(metrics): State<Arc<Metrics>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_exchanges_are_counted_by_what_tells_them_apart() {
        let metrics = Metrics::default();
        let half = Duration::from_millis(500);
        metrics.request("/api/v1/locks", &Method::POST, StatusCode::CREATED, half);
        metrics.request("/api/v1/locks", &Method::POST, StatusCode::CREATED, half);
        metrics.request("/api/v1/locks", &Method::POST, StatusCode::CONFLICT, half);
        metrics.exchange("ok");
        metrics.exchange("TokenExpired");
        insta::assert_snapshot!(metrics.text(), @r#"
        # HELP stackyard_requests_total Answered requests.
        # TYPE stackyard_requests_total counter
        stackyard_requests_total{route="/api/v1/locks",method="POST",status="201"} 2
        stackyard_requests_total{route="/api/v1/locks",method="POST",status="409"} 1
        # HELP stackyard_request_seconds_total Time spent answering them.
        # TYPE stackyard_request_seconds_total counter
        stackyard_request_seconds_total{route="/api/v1/locks",method="POST",status="201"} 1
        stackyard_request_seconds_total{route="/api/v1/locks",method="POST",status="409"} 0.5
        # HELP stackyard_exchanges_total Exchanges of workflow tokens by result.
        # TYPE stackyard_exchanges_total counter
        stackyard_exchanges_total{result="TokenExpired"} 1
        stackyard_exchanges_total{result="ok"} 1
        "#);
    }
}
