//! Traces of decisions in the store, each kept once (docs/decisions/0012-a-trace-is-kept-once.md).

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::traces;
use stackyard_db::{Conn, DbError, run};
use stackyard_model::id::WorkspaceId;
use stackyard_model::trace::Trace;

use crate::Error;
use crate::hex::digest;
use crate::json;

/// A decision's trace, kept once however often it was decided so: it is as long as the permissions are many.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = traces, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
struct TraceRow {
    workspace_id: WorkspaceId,
    digest: String,
    content: String,
}

/// Most bytes of a trace: that of a repository that has as many permissions as it may, each with three patterns as long
/// as they may be, is below.
const TRACE_MAX: usize = 640 * 1024;

/// Keeps a trace, unless it is there already, and gives what it is found by. None when it is too long to be kept.
pub(super) async fn keep(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    trace: &Trace,
) -> Result<Option<String>, Error> {
    let content = json::text(trace)?;
    if content.len() > TRACE_MAX {
        return Ok(None);
    }
    let digest = digest(&[&content]);
    let row = TraceRow { workspace_id: workspace.clone(), digest: digest.clone(), content };
    let kept = diesel::insert_into(traces::table).values(&row).on_conflict_do_nothing();
    run!(conn, |c| kept.execute(c).await)?;
    Ok(Some(digest))
}

/// The traces of a workspace that are found by these.
pub(super) async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    digests: impl Iterator<Item = &str>,
) -> Result<HashMap<String, Trace>, DbError> {
    let mut digests: Vec<&str> = digests.collect();
    digests.sort_unstable();
    digests.dedup();
    if digests.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<TraceRow> = run!(conn, |c| traces::table
        .filter(traces::workspace_id.eq(workspace).and(traces::digest.eq_any(digests)))
        .select(TraceRow::as_select())
        .load(c)
        .await)?;
    // Written by another version: what is not understood is left out.
    let read = |row: TraceRow| Some((row.digest, serde_json::from_str(&row.content).ok()?));
    Ok(found.into_iter().filter_map(read).collect())
}
