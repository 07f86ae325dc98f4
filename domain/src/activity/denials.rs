//! Counters of denials that repeat (docs/decisions/0006-denials-that-repeat.md).

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::denials;
use stackyard_db::{Conn, DbError, run};
use stackyard_model::Ts;
use stackyard_model::id::{EventId, WorkspaceId};

use crate::Error;

/// The counter of one row of denials.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = denials, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct DenialRow {
    pub(super) workspace_id: WorkspaceId,
    pub(super) fingerprint: String,
    pub(super) event_id: EventId,
    pub(super) count: i64,
    pub(super) first_at: Ts,
    pub(super) last_at: Ts,
}

pub(super) async fn find_denial(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    fingerprint: &str,
) -> Result<Option<DenialRow>, DbError> {
    let query = denials::table.find((workspace, fingerprint));
    Ok(run!(conn, |c| query.select(DenialRow::as_select()).get_result(c).await.optional())?)
}

pub(super) async fn begin_denial(conn: &mut Conn, counter: &DenialRow) -> Result<(), DbError> {
    run!(conn, |c| diesel::insert_into(denials::table).values(counter).execute(c).await)?;
    Ok(())
}

pub(super) async fn count_denial(conn: &mut Conn, counter: &DenialRow, now: Ts) -> Result<(), DbError> {
    let target = denials::table.find((&counter.workspace_id, &counter.fingerprint));
    let changes = (denials::count.eq(denials::count + 1), denials::last_at.eq(now));
    run!(conn, |c| diesel::update(target).set(changes).execute(c).await)?;
    Ok(())
}

pub(super) async fn delete_denial(conn: &mut Conn, counter: &DenialRow) -> Result<(), Error> {
    let target = denials::table.find((&counter.workspace_id, &counter.fingerprint));
    run!(conn, |c| diesel::delete(target).execute(c).await)?;
    Ok(())
}

/// Rows of denials that began before `since`, some of them.
pub(super) async fn due_denials(conn: &mut Conn, since: Ts) -> Result<Vec<DenialRow>, DbError> {
    let query = denials::table.filter(denials::first_at.le(since)).limit(200);
    Ok(run!(conn, |c| query.select(DenialRow::as_select()).load(c).await)?)
}
