//! Answers that are kept, in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::idempotency_keys;
use stackyard_db::{Conn, DbError, run};
use stackyard_model::Ts;
use stackyard_model::credential::CredentialId;

/// A request and what was answered.
#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = idempotency_keys, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct Row {
    pub(super) credential_id: CredentialId,
    pub(super) key_digest: String,
    pub(super) request_digest: String,
    pub(super) status: Option<i32>,
    pub(super) answer: Option<String>,
    pub(super) created_at: Ts,
}

/// Claims a key. False when it is taken.
pub(super) async fn insert(conn: &mut Conn, row: &Row) -> Result<bool, DbError> {
    let new = diesel::insert_into(idempotency_keys::table).values(row).on_conflict_do_nothing();
    Ok(run!(conn, |c| new.execute(c).await)? == 1)
}

pub(super) async fn find(
    conn: &mut Conn,
    credential: &CredentialId,
    key: &str,
) -> Result<Option<Row>, DbError> {
    let query = idempotency_keys::table.find((credential, key));
    Ok(run!(conn, |c| query.select(Row::as_select()).get_result(c).await.optional())?)
}

pub(super) async fn finish(
    conn: &mut Conn,
    credential: &CredentialId,
    key: &str,
    status: i32,
    answer: &str,
) -> Result<(), DbError> {
    let target = idempotency_keys::table.find((credential, key));
    let set = (idempotency_keys::status.eq(status), idempotency_keys::answer.eq(answer));
    run!(conn, |c| diesel::update(target).set(set).execute(c).await)?;
    Ok(())
}

pub(super) async fn forget(conn: &mut Conn, credential: &CredentialId, key: &str) -> Result<(), DbError> {
    let target = idempotency_keys::table.find((credential, key));
    run!(conn, |c| diesel::delete(target).execute(c).await)?;
    Ok(())
}

/// Forgets what the same key came with before `before`.
pub(super) async fn forget_if_older(conn: &mut Conn, row: &Row, before: Ts) -> Result<(), DbError> {
    let target = idempotency_keys::table
        .filter(idempotency_keys::credential_id.eq(&row.credential_id))
        .filter(idempotency_keys::key_digest.eq(&row.key_digest))
        .filter(idempotency_keys::created_at.le(before));
    run!(conn, |c| diesel::delete(target).execute(c).await)?;
    Ok(())
}

/// Forgets what is older than `before`.
pub(super) async fn sweep(conn: &mut Conn, before: Ts) -> Result<(), DbError> {
    let old = idempotency_keys::table.filter(idempotency_keys::created_at.le(before));
    run!(conn, |c| diesel::delete(old).execute(c).await)?;
    Ok(())
}
