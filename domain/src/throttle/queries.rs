//! Counters in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::throttles;
use stackyard_db::{Conn, DbError, run};
use stackyard_model::Ts;

pub(super) async fn find(conn: &mut Conn, key: &str) -> Result<Option<(i32, Ts)>, DbError> {
    let query = throttles::table.find(key).select((throttles::count, throttles::since));
    Ok(run!(conn, |c| query.get_result(c).await.optional())?)
}

pub(super) async fn keep(conn: &mut Conn, key: &str, count: i32, since: Ts) -> Result<(), DbError> {
    let values = (throttles::count.eq(count), throttles::since.eq(since));
    let row = (throttles::key.eq(key), throttles::count.eq(count), throttles::since.eq(since));
    let kept =
        diesel::insert_into(throttles::table).values(row).on_conflict(throttles::key).do_update().set(values);
    run!(conn, |c| kept.execute(c).await)?;
    Ok(())
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
