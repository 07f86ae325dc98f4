//! What is measured of the store, for whoever shows it.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

/// Figures that count by themselves. Cheap to clone; clones count together.
#[derive(Debug, Clone)]
pub struct Figures {
    /// SQLite: writes that wait for the writer.
    pub waiting: Gauge,
    /// SQLite: how many writes shared one commit.
    pub batch: Histogram,
    /// Seconds of one commit with its flush.
    pub commit: Histogram,
    /// PostgreSQL: transactions that were run again because it asked for it.
    pub retries: Counter,
}

impl Default for Figures {
    fn default() -> Self {
        const BATCH: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
        // From a fast disk of one's own to one that is about to fail.
        const COMMIT: [f64; 11] = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0];
        Self {
            waiting: Gauge::default(),
            batch: Histogram::new(BATCH),
            commit: Histogram::new(COMMIT),
            retries: Counter::default(),
        }
    }
}

/// Connections of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolFigures {
    /// In use. On SQLite those for reading.
    pub used: usize,
    /// Open, or to be opened when somebody asks.
    pub free: usize,
    /// Who waits for one.
    pub waiting: usize,
}

/// How much room the database takes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The database.
    pub database: u64,
    /// SQLite's journal beside it; nothing on PostgreSQL.
    pub journal: u64,
}
