//! Keys in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::server_keys;
use stackyard_db::{Conn, DbError, run};

pub(super) async fn find(conn: &mut Conn, name: &str) -> Result<Option<Vec<u8>>, DbError> {
    let query = server_keys::table.find(name).select(server_keys::key);
    Ok(run!(conn, |c| query.get_result(c).await.optional())?)
}

/// Keeps a new key, unless another replica was faster, and gives the one that counts.
pub(super) async fn keep(conn: &mut Conn, name: &str, fresh: &[u8]) -> Result<Vec<u8>, DbError> {
    let row = (server_keys::name.eq(name), server_keys::key.eq(fresh));
    let new = diesel::insert_into(server_keys::table).values(row).on_conflict_do_nothing();
    run!(conn, |c| new.execute(c).await)?;
    let query = server_keys::table.find(name).select(server_keys::key);
    Ok(run!(conn, |c| query.get_result(c).await)?)
}
