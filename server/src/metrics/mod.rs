//! Figures for Prometheus, on a listener of their own. Labels are routes' templates, methods, statuses, tags of refusals
//! and names of jobs, so there are not more series than the program has of those.

mod process;
mod store;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;
use http::{Method, StatusCode, header};
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use stackyard_db::Db;
use stackyard_model::Ts;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::listen::{self, Patience};
use process::Process;
use store::Store;

/// A figure that goes up and down and has a fraction.
type Fraction = Gauge<f64, AtomicU64>;

/// Upper ends of the buckets of a request's time, in seconds: from a file of the site to an upload.
const REQUEST_SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    route: String,
    method: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Job {
    job: &'static str,
}

/// What is counted since the program started.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Asked, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    exchanges: Family<Outcome, Counter>,
    streams: Gauge,
    jobs: Family<Job, Fraction>,
    store: Store,
    process: Process,
}

/// Something that is going on until this is dropped.
#[must_use]
#[derive(Debug)]
pub struct Ongoing(Gauge);

impl Ongoing {
    fn begin(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Ongoing {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// Everything at nothing, for a program that started at `now` and has this store.
    #[must_use]
    pub fn new(db: &Db, now: Ts) -> Self {
        let mut registry = Registry::default();
        let process = Process::register(&mut registry, now);
        let ours = registry.sub_registry_with_prefix("stackyard");
        let requests = Family::default();
        ours.register("requests", "Answered requests", requests.clone());
        let buckets: fn() -> Histogram = || Histogram::new(REQUEST_SECONDS);
        let seconds = Family::new_with_constructor(buckets);
        ours.register_with_unit(
            "request_duration",
            "Time until a request's answer began",
            Unit::Seconds,
            seconds.clone(),
        );
        let in_flight = Gauge::default();
        ours.register("requests_in_flight", "Requests that are being answered", in_flight.clone());
        let exchanges = Family::default();
        ours.register("exchanges", "Exchanges of workflow tokens by result", exchanges.clone());
        let streams = Gauge::default();
        ours.register("event_streams_open", "Streams of events that are open", streams.clone());
        let jobs = Family::default();
        ours.register_with_unit(
            "job_last_success_timestamp",
            "When work in the background was last done",
            Unit::Seconds,
            jobs.clone(),
        );
        ours.register("build", "The program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        let store = Store::register(ours, db);
        Self { registry, requests, seconds, in_flight, exchanges, streams, jobs, store, process }
    }

    /// Counts an answered request. `route` is the template of its path.
    pub fn request(&self, route: &str, method: &Method, status: StatusCode, time: Duration) {
        let method = name(method);
        let status = status.as_u16();
        self.requests.get_or_create(&Answered { route: route.to_owned(), method, status }).inc();
        let asked = Asked { route: route.to_owned(), method };
        self.seconds.get_or_create(&asked).observe(time.as_secs_f64());
    }

    /// Counts a request as being answered until the guard is dropped.
    pub fn request_began(&self) -> Ongoing {
        Ongoing::begin(&self.in_flight)
    }

    /// Counts a stream of events as open until the guard is dropped.
    pub fn stream_opened(&self) -> Ongoing {
        Ongoing::begin(&self.streams)
    }

    /// Counts an exchange by its result: `ok` or the tag of the refusal.
    pub fn exchange(&self, result: &'static str) {
        self.exchanges.get_or_create(&Outcome { result }).inc();
    }

    /// Keeps when work in the background was last done.
    #[expect(clippy::cast_precision_loss, reason = "seconds are exact for as long as anybody lives")]
    pub fn job_done(&self, job: &'static str, at: Ts) {
        self.jobs.get_or_create(&Job { job }).set(at.as_seconds() as f64);
    }

    /// Measures what is only known when it is asked for. What cannot be had keeps its last value.
    pub async fn refresh(&self, db: &Db) {
        self.process.refresh();
        self.store.refresh(db).await;
    }

    /// The text that Prometheus reads (OpenMetrics 1.0).
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        if let Err(error) = text::encode(&mut text, &self.registry) {
            tracing::error!(%error, "the figures cannot be written");
        }
        text
    }
}

/// Anybody can send a method of their own making.
fn name(method: &Method) -> &'static str {
    const NAMES: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    NAMES.into_iter().find(|name| method == name).unwrap_or("OTHER")
}

/// Serves `/metrics` until it is time to stop.
pub async fn serve(listener: TcpListener, metrics: Arc<Metrics>, db: Db, stopping: watch::Receiver<bool>) {
    let router = Router::new().route("/metrics", get(answer)).with_state((metrics, db));
    listen::serve(listener, router, Patience::default(), stopping).await;
}

async fn answer(State((metrics, db)): State<(Arc<Metrics>, Db)>) -> impl IntoResponse {
    metrics.refresh(&db).await;
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], metrics.text())
}

#[cfg(test)]
mod tests {
    use stackyard_db::SqliteOptions;

    use super::*;

    async fn metrics() -> (tempfile::TempDir, Db, Metrics) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::sqlite(SqliteOptions::new(folder.path().join("stackyard.db"))).await.unwrap();
        let metrics = Metrics::new(&db, Ts::from_seconds(1_795_000_000));
        (folder, db, metrics)
    }

    fn value(text: &str, series: &str) -> f64 {
        let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{series} is not in\n{text}")).parse().unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn requests_and_exchanges_are_counted_by_what_tells_them_apart() {
        let (_folder, _db, metrics) = metrics().await;
        let half = Duration::from_millis(500);
        metrics.request("/api/v1/locks", &Method::POST, StatusCode::CREATED, half);
        metrics.request("/api/v1/locks", &Method::POST, StatusCode::CREATED, half);
        metrics.request("/api/v1/locks", &Method::POST, StatusCode::CONFLICT, half);
        for odd in ["FROB", "NICATE"] {
            metrics.request(
                "unmatched",
                &odd.parse().unwrap(),
                StatusCode::METHOD_NOT_ALLOWED,
                Duration::ZERO,
            );
        }
        metrics.exchange("ok");
        metrics.exchange("TokenExpired");
        let text = metrics.text();
        let requests = |labels: &str| value(&text, &format!("stackyard_requests_total{{{labels}}}"));
        assert_eq!(requests("route=\"/api/v1/locks\",method=\"POST\",status=\"201\""), 2.0);
        assert_eq!(requests("route=\"/api/v1/locks\",method=\"POST\",status=\"409\""), 1.0);
        assert_eq!(requests("route=\"unmatched\",method=\"OTHER\",status=\"405\""), 2.0);
        let series = "route=\"/api/v1/locks\",method=\"POST\"";
        let seconds = |end: &str| value(&text, &format!("stackyard_request_duration_seconds_{end}"));
        assert_eq!(seconds(&format!("sum{{{series}}}")), 1.5);
        assert_eq!(seconds(&format!("bucket{{le=\"0.25\",{series}}}")), 0.0);
        assert_eq!(seconds(&format!("bucket{{le=\"0.5\",{series}}}")), 3.0);
        assert_eq!(value(&text, "stackyard_exchanges_total{result=\"TokenExpired\"}"), 1.0);
        assert_eq!(value(&text, "stackyard_exchanges_total{result=\"ok\"}"), 1.0);
        assert!(text.ends_with("# EOF\n"), "{text}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_goes_on_is_counted_until_it_ends_whatever_ends_it() {
        let (_folder, _db, metrics) = metrics().await;
        let streams = || value(&metrics.text(), "stackyard_event_streams_open");
        let first = metrics.stream_opened();
        let second = metrics.stream_opened();
        assert_eq!(streams(), 2.0);
        drop(first);
        assert_eq!(streams(), 1.0);
        let panics = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
            let _second = second;
            panic!("the client broke it");
        }));
        assert!(panics.is_err());
        assert_eq!(streams(), 0.0);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_process_the_store_and_the_jobs_are_measured_when_asked_for() {
        let (_folder, db, metrics) = metrics().await;
        db.write((), |conn, ()| Box::pin(async move { stackyard_db::probe(conn).await })).await.unwrap();
        let _reader = db.read().await.unwrap();
        metrics.job_done("sweep", Ts::from_seconds(1_795_000_007));
        metrics.refresh(&db).await;
        let text = metrics.text();
        assert_eq!(
            value(&text, "stackyard_job_last_success_timestamp_seconds{job=\"sweep\"}"),
            1_795_000_007.0
        );
        assert_eq!(value(&text, "process_start_time_seconds"), 1_795_000_000.0);
        assert_eq!(
            value(&text, &format!("stackyard_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"))),
            1.0
        );
        if cfg!(target_os = "linux") {
            assert!(value(&text, "process_resident_memory_bytes") > 1e6);
            assert!(value(&text, "process_open_fds") > 3.0);
        }
        assert!(value(&text, "process_max_fds") >= value(&text, "process_open_fds"));
        // What is new may still be in the journal alone.
        let bytes = ["size", "wal"].map(|what| value(&text, &format!("stackyard_database_{what}_bytes")));
        assert!(bytes[0] >= 0.0 && bytes[1] >= 0.0 && bytes[0] + bytes[1] > 4096.0, "{bytes:?}");
        assert_eq!(value(&text, "stackyard_database_connections{state=\"used\"}"), 1.0);
        assert_eq!(value(&text, "stackyard_database_connections{state=\"free\"}"), 7.0);
        assert_eq!(value(&text, "stackyard_database_connections_waiting"), 0.0);
        assert_eq!(value(&text, "stackyard_database_writes_waiting"), 0.0);
        assert_eq!(value(&text, "stackyard_database_batch_jobs_count"), 1.0);
        assert_eq!(value(&text, "stackyard_database_commit_duration_seconds_count"), 1.0);
        db.close().await;
    }
}
