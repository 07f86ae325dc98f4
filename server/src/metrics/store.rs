//! What the store says of itself.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use stackyard_db::{Backend, Db};

/// How long measuring the store may hold up the rest.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: &'static str,
}

pub(super) struct Store {
    connections: Family<State, Gauge>,
    waiting: Gauge,
    size: Gauge,
    wal: Gauge,
}

impl Store {
    pub(super) fn register(registry: &mut Registry, db: &Db) -> Self {
        let store = registry.sub_registry_with_prefix("database");
        let connections = Family::default();
        store.register(
            "connections",
            "Connections of this process, to SQLite for reading",
            connections.clone(),
        );
        let waiting = Gauge::default();
        store.register("connections_waiting", "Requests that wait for a connection", waiting.clone());
        let (size, wal) = (Gauge::default(), Gauge::default());
        store.register_with_unit("size", "Size of the database", Unit::Bytes, size.clone());
        let figures = db.figures();
        store.register_with_unit(
            "commit_duration",
            "Time of one commit with its flush",
            Unit::Seconds,
            figures.commit,
        );
        match db.backend() {
            Backend::Sqlite => {
                store.register_with_unit("wal", "Size of SQLite's journal", Unit::Bytes, wal.clone());
                store.register("writes_waiting", "Writes that wait for SQLite's writer", figures.waiting);
                store.register("batch_jobs", "Writes that shared one commit", figures.batch);
            }
            Backend::Postgres => {
                store.register(
                    "retries",
                    "Transactions that were run again because PostgreSQL asked for it",
                    figures.retries,
                );
            }
        }
        Self { connections, waiting, size, wal }
    }

    pub(super) async fn refresh(&self, db: &Db) {
        let pool = db.pool();
        let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        self.connections.get_or_create(&State { state: "used" }).set(number(pool.used));
        self.connections.get_or_create(&State { state: "free" }).set(number(pool.free));
        self.waiting.set(number(pool.waiting));
        // While the store is away its size stays what it was; that it is away is what /readyz says.
        if let Ok(Ok(size)) = tokio::time::timeout(PATIENCE, db.size()).await {
            self.size.set(i64::try_from(size.database).unwrap_or(i64::MAX));
            self.wal.set(i64::try_from(size.journal).unwrap_or(i64::MAX));
        }
    }
}
