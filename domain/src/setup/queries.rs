//! Links for the first account in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::setup_links;
use stackyard_db::{Conn, DbError, run};
use stackyard_model::Ts;

use crate::SecretHash;

pub(super) async fn insert(conn: &mut Conn, hash: &SecretHash, now: Ts, until: Ts) -> Result<(), DbError> {
    let row = (
        setup_links::secret_hash.eq(&hash.0),
        setup_links::created_at.eq(now),
        setup_links::expires_at.eq(until),
    );
    run!(conn, |c| diesel::insert_into(setup_links::table).values(row).execute(c).await)?;
    Ok(())
}

pub(super) async fn delete_all(conn: &mut Conn) -> Result<(), DbError> {
    run!(conn, |c| diesel::delete(setup_links::table).execute(c).await)?;
    Ok(())
}

pub(super) async fn works(conn: &mut Conn, hash: &SecretHash, now: Ts) -> Result<bool, DbError> {
    let query = setup_links::table
        .filter(setup_links::secret_hash.eq(&hash.0).and(setup_links::expires_at.gt(now)))
        .count();
    let found: i64 = run!(conn, |c| query.get_result(c).await)?;
    Ok(found > 0)
}
