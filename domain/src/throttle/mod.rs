//! Counting attempts, in the store, so that replicas count together (rules §12).

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use sha2::{Digest as _, Sha256};
use stackyard_db::schema::throttles;
use stackyard_db::{Conn, DbError, run};
use stackyard_model::Ts;

use crate::Error;

/// So many attempts in a window, then a pause until it is over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) attempts: i32,
    pub(crate) window: Duration,
}

/// The key of a counter: what is counted, and for whom. Hashed, so that the table tells nobody's address.
pub(crate) fn key(what: &str, whom: &str) -> String {
    let digest = Sha256::digest(format!("{what}\0{whom}").as_bytes());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Counts an attempt before it is made, so that many at once cannot all slip through, and refuses the one that is
/// too many. The first one after a window begins a new one.
pub(crate) async fn count(conn: &mut Conn, key: &str, limit: Limit, now: Ts) -> Result<Turn, DbError> {
    let (count, since) = match find(conn, key).await? {
        Some((count, since)) if now.since(since) < limit.window => (count.saturating_add(1), since),
        _ => (1, now),
    };
    if count > limit.attempts {
        return Ok(Turn::Wait(limit.window.saturating_sub(now.since(since))));
    }
    let values = (throttles::count.eq(count), throttles::since.eq(since));
    let row = (throttles::key.eq(key), throttles::count.eq(count), throttles::since.eq(since));
    let kept =
        diesel::insert_into(throttles::table).values(row).on_conflict(throttles::key).do_update().set(values);
    run!(conn, |c| kept.execute(c).await)?;
    Ok(Turn::Go)
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

/// Takes an attempt back: it was right, and others come from the same place.
pub(crate) async fn give_back(conn: &mut Conn, key: &str) -> Result<(), DbError> {
    let target = throttles::table.filter(throttles::key.eq(key).and(throttles::count.gt(0)));
    let fewer = throttles::count.eq(throttles::count - 1);
    run!(conn, |c| diesel::update(target).set(fewer).execute(c).await)?;
    Ok(())
}

/// Forgets a counter: the attempt after it was right.
pub(crate) async fn forget(conn: &mut Conn, key: &str) -> Result<(), DbError> {
    run!(conn, |c| diesel::delete(throttles::table.find(key)).execute(c).await)?;
    Ok(())
}

/// Forgets what is older than any window.
pub(crate) async fn sweep(conn: &mut Conn, before: Ts) -> Result<(), DbError> {
    let old = throttles::table.filter(throttles::since.le(before));
    run!(conn, |c| diesel::delete(old).execute(c).await)?;
    Ok(())
}

async fn find(conn: &mut Conn, key: &str) -> Result<Option<(i32, Ts)>, DbError> {
    let query = throttles::table.find(key).select((throttles::count, throttles::since));
    Ok(run!(conn, |c| query.first(c).await.optional())?)
}
