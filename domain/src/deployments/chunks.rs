//! The bytes of logs in the store: chunks that follow each other without a gap, of at most [`PIECE_MAX`] bytes.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::deployment_logs;
use stackyard_db::{Conn, DbError, run};
use stackyard_model::id::DeploymentId;

use super::rules::PIECE_MAX;

/// A chunk as it is stored.
#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = deployment_logs, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct ChunkRow {
    pub(super) deployment_id: DeploymentId,
    /// Bytes before it.
    pub(super) start: i64,
    /// Line breaks before it.
    pub(super) breaks: i64,
    pub(super) content: Vec<u8>,
}

impl ChunkRow {
    /// Bytes before what comes after it.
    pub(super) fn end(&self) -> i64 {
        self.start.saturating_add(i64::try_from(self.content.len()).unwrap_or(i64::MAX))
    }
}

pub(super) async fn insert(conn: &mut Conn, row: &ChunkRow) -> Result<(), DbError> {
    run!(conn, |c| diesel::insert_into(deployment_logs::table).values(row).execute(c).await)?;
    Ok(())
}

/// Writes a chunk anew, with more bytes at its end.
pub(super) async fn grow(conn: &mut Conn, row: &ChunkRow) -> Result<(), DbError> {
    let target = deployment_logs::table.find((&row.deployment_id, row.start));
    let content = deployment_logs::content.eq(&row.content);
    run!(conn, |c| diesel::update(target).set(content).execute(c).await)?;
    Ok(())
}

pub(super) async fn last(conn: &mut Conn, deployment: &DeploymentId) -> Result<Option<ChunkRow>, DbError> {
    let query = deployment_logs::table
        .filter(deployment_logs::deployment_id.eq(deployment))
        .order(deployment_logs::start.desc())
        .limit(1);
    Ok(run!(conn, |c| query.select(ChunkRow::as_select()).first(c).await.optional())?)
}

/// The chunks that begin at `from` or later, in their order.
pub(super) async fn from(
    conn: &mut Conn,
    deployment: &DeploymentId,
    from: i64,
    limit: i64,
) -> Result<Vec<ChunkRow>, DbError> {
    let query = deployment_logs::table
        .filter(deployment_logs::deployment_id.eq(deployment).and(deployment_logs::start.ge(from)))
        .order(deployment_logs::start)
        .limit(limit);
    Ok(run!(conn, |c| query.select(ChunkRow::as_select()).load(c).await)?)
}

/// The chunks that may have some of the bytes from `from` up to `to`, in their order.
pub(super) async fn between(
    conn: &mut Conn,
    deployment: &DeploymentId,
    from: i64,
    to: i64,
) -> Result<Vec<ChunkRow>, DbError> {
    let longest = i64::try_from(PIECE_MAX).unwrap_or(i64::MAX);
    let query = deployment_logs::table
        .filter(deployment_logs::deployment_id.eq(deployment))
        .filter(deployment_logs::start.gt(from.saturating_sub(longest)).and(deployment_logs::start.lt(to)))
        .order(deployment_logs::start);
    Ok(run!(conn, |c| query.select(ChunkRow::as_select()).load(c).await)?)
}

/// Where the chunk begins in which the byte at `offset` is.
pub(super) async fn with_byte(
    conn: &mut Conn,
    deployment: &DeploymentId,
    offset: i64,
) -> Result<Option<i64>, DbError> {
    let query = deployment_logs::table
        .filter(deployment_logs::deployment_id.eq(deployment).and(deployment_logs::start.le(offset)))
        .order(deployment_logs::start.desc())
        .select(deployment_logs::start)
        .limit(1);
    Ok(run!(conn, |c| query.first(c).await.optional())?)
}

/// Where the chunk begins that ends the line of this number, from 1, and the number of its own first line.
pub(super) async fn with_end_of(
    conn: &mut Conn,
    deployment: &DeploymentId,
    line: i64,
) -> Result<Option<(i64, i64)>, DbError> {
    let query = deployment_logs::table
        .filter(deployment_logs::deployment_id.eq(deployment).and(deployment_logs::breaks.lt(line)))
        .order((deployment_logs::breaks.desc(), deployment_logs::start.desc()))
        .select((deployment_logs::start, deployment_logs::breaks))
        .limit(1);
    let found: Option<(i64, i64)> = run!(conn, |c| query.first(c).await.optional())?;
    Ok(found.map(|(start, breaks)| (start, breaks.saturating_add(1))))
}
