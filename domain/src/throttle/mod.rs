//! Counting attempts, in the store, so that replicas count together (rules §12).

mod queries;

use std::time::Duration;

use stackyard_db::{Conn, DbError};
use stackyard_model::Ts;

pub(crate) use queries::{forget, give_back};

use crate::Error;
use crate::hex::digest;

/// The longest window.
const DAY: Duration = Duration::from_secs(24 * 3600);
/// For how long counters are kept: no clock of another replica is ahead by the difference.
const KEPT: Duration = Duration::from_secs(25 * 3600);

/// So many attempts in a window, then a pause until it is over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) attempts: i32,
    pub(crate) window: Duration,
}

impl Limit {
    /// So many attempts a day.
    pub(crate) const fn a_day(attempts: i32) -> Self {
        Self { attempts, window: DAY }
    }
}

/// Forgets what no window counts any more.
pub(crate) async fn sweep(conn: &mut Conn, now: Ts) -> Result<(), DbError> {
    queries::sweep(conn, now - KEPT).await
}

/// The key of a counter: what is counted, and for whom. Hashed, so that the table tells nobody's address.
pub(crate) fn key(what: &str, whom: &str) -> String {
    digest(&[what, whom])
}

/// Counts an attempt before it is made, so that many at once cannot all slip through, and refuses the one that is
/// too many. The first one after a window begins a new one.
pub(crate) async fn count(conn: &mut Conn, key: &str, limit: Limit, now: Ts) -> Result<Turn, DbError> {
    let (count, since) = match queries::find(conn, key).await? {
        Some((count, since)) if now.since(since) < limit.window => (count.saturating_add(1), since),
        _ => (1, now),
    };
    if count > limit.attempts {
        return Ok(Turn::Wait(limit.window.saturating_sub(now.since(since))));
    }
    queries::keep(conn, key, count, since).await?;
    Ok(Turn::Go)
}

/// Whether another attempt may be made, without counting one.
pub(crate) async fn turn(conn: &mut Conn, key: &str, limit: Limit, now: Ts) -> Result<Turn, DbError> {
    let found = queries::find(conn, key).await?;
    let full = found.filter(|(count, since)| *count >= limit.attempts && now.since(*since) < limit.window);
    Ok(full.map_or(Turn::Go, |(_, since)| Turn::Wait(limit.window.saturating_sub(now.since(since)))))
}

/// Whether an attempt may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It may.
    Go,
    /// Not before this is over.
    Wait(Duration),
}

impl Turn {
    /// An error unless it may.
    pub(crate) fn or_throttled(self) -> Result<(), Error> {
        match self {
            Self::Go => Ok(()),
            Self::Wait(retry_after) => Err(Error::Throttled { retry_after }),
        }
    }
}
