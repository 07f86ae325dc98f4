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

/// Refuses when there were too many attempts.
pub(crate) async fn check(conn: &mut Conn, key: &str, limit: Limit, now: Ts) -> Result<(), Error> {
    match find(conn, key).await? {
        Some((count, since)) if count >= limit.attempts && now.since(since) < limit.window => {
            Err(Error::Throttled { retry_after: limit.window.saturating_sub(now.since(since)) })
        }
        _ => Ok(()),
    }
}

/// Counts an attempt; the first one after a window begins a new one.
pub(crate) async fn count(conn: &mut Conn, key: &str, limit: Limit, now: Ts) -> Result<(), DbError> {
    let (count, since) = match find(conn, key).await? {
        Some((count, since)) if now.since(since) < limit.window => (count.saturating_add(1), since),
        _ => (1, now),
    };
    let values = (throttles::count.eq(count), throttles::since.eq(since));
    let row = (throttles::key.eq(key), throttles::count.eq(count), throttles::since.eq(since));
    let kept =
        diesel::insert_into(throttles::table).values(row).on_conflict(throttles::key).do_update().set(values);
    run!(conn, |c| kept.execute(c).await)?;
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
