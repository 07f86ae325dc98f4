//! Affected uploads in the store. The graphs, which can be long, stand in a table of their own.

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{affected_graphs, affected_uploads};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::Ts;
use stackyard_model::activity::ActorType;
use stackyard_model::affected::Affected;
use stackyard_model::id::{AffectedId, RepositoryId, WorkspaceId};

/// For how long uploads are kept (rules §10).
const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

/// An upload as it is stored.
#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = affected_uploads, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct AffectedRow {
    pub(super) id: AffectedId,
    pub(super) workspace_id: WorkspaceId,
    pub(super) repository_id: RepositoryId,
    pub(super) digest: String,
    pub(super) head_sha: String,
    pub(super) base_sha: String,
    pub(super) branch: Option<String>,
    pub(super) event: Option<String>,
    pub(super) actor_type: ActorType,
    pub(super) actor_id: String,
    pub(super) actor_name: String,
    pub(super) workflow: Option<String>,
    pub(super) run_url: Option<String>,
    pub(super) changed: i32,
    pub(super) downstream: i32,
    pub(super) edges: i32,
    pub(super) cycles: i32,
    pub(super) layers: i32,
    pub(super) created_at: Ts,
    /// What the search looks through: one folded line.
    pub(super) haystack: String,
}

impl From<AffectedRow> for Affected {
    fn from(row: AffectedRow) -> Self {
        Self {
            id: row.id,
            repository_id: row.repository_id,
            head_sha: row.head_sha,
            base_sha: row.base_sha,
            branch: row.branch,
            event: row.event,
            actor_type: row.actor_type,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            workflow: row.workflow,
            run_url: row.run_url,
            changed: row.changed,
            downstream: row.downstream,
            edges: row.edges,
            cycles: row.cycles,
            layers: row.layers,
            created_at: row.created_at,
        }
    }
}

/// Writes an upload and its graph. False when the same body of the same run is there already.
pub(super) async fn insert(conn: &mut Conn, row: &AffectedRow, graph: &str) -> Result<bool, DbError> {
    let once = (affected_uploads::repository_id, affected_uploads::digest, affected_uploads::actor_id);
    let new = diesel::insert_into(affected_uploads::table).values(row).on_conflict(once).do_nothing();
    if run!(conn, |c| new.execute(c).await)? == 0 {
        return Ok(false);
    }
    let graph = (affected_graphs::upload_id.eq(&row.id), affected_graphs::content.eq(graph));
    run!(conn, |c| diesel::insert_into(affected_graphs::table).values(graph).execute(c).await)?;
    Ok(true)
}

/// The upload of that body, of `actor` when it is given.
pub(super) async fn same(
    conn: &mut Conn,
    repository: &RepositoryId,
    digest: &str,
    actor: Option<&str>,
) -> Result<Option<AffectedRow>, DbError> {
    Ok(run!(conn, |c| {
        let mut query = affected_uploads::table
            .filter(affected_uploads::repository_id.eq(repository))
            .filter(affected_uploads::digest.eq(digest))
            .select(AffectedRow::as_select())
            .into_boxed();
        if let Some(actor) = actor {
            query = query.filter(affected_uploads::actor_id.eq(actor));
        }
        query.first(c).await.optional()
    })?)
}

pub(super) async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &AffectedId,
) -> Result<Option<AffectedRow>, DbError> {
    let query = affected_uploads::table
        .filter(affected_uploads::id.eq(id).and(affected_uploads::workspace_id.eq(workspace)));
    Ok(run!(conn, |c| query.select(AffectedRow::as_select()).get_result(c).await.optional())?)
}

pub(super) async fn graph(conn: &mut Conn, id: &AffectedId) -> Result<Option<String>, DbError> {
    let query = affected_graphs::table.find(id).select(affected_graphs::content);
    Ok(run!(conn, |c| query.get_result(c).await.optional())?)
}

/// Which uploads are wanted.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) workspace: &'a WorkspaceId,
    /// LIKE patterns that all have to match.
    pub(super) patterns: &'a [String],
    pub(super) repository: Option<&'a RepositoryId>,
    /// Of these repositories alone.
    pub(super) within: Option<&'a [RepositoryId]>,
    /// Of this branch alone.
    pub(super) branch: Option<&'a str>,
}

/// Uploads, the newest first, after one of them.
pub(super) async fn page(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    after: Option<&AffectedId>,
    limit: i64,
) -> Result<Vec<AffectedRow>, DbError> {
    Ok(run!(conn, |c| {
        let mut query = affected_uploads::table
            .filter(affected_uploads::workspace_id.eq(wanted.workspace))
            .select(AffectedRow::as_select())
            .into_boxed();
        if let Some(repository) = wanted.repository {
            query = query.filter(affected_uploads::repository_id.eq(repository));
        }
        if let Some(within) = wanted.within {
            query = query.filter(affected_uploads::repository_id.eq_any(within));
        }
        if let Some(branch) = wanted.branch {
            query = query.filter(affected_uploads::branch.eq(branch));
        }
        for pattern in wanted.patterns {
            query = query.filter(affected_uploads::haystack.like(pattern).escape('\\'));
        }
        if let Some(after) = after {
            query = query.filter(affected_uploads::id.lt(after));
        }
        query.order(affected_uploads::id.desc()).limit(limit).load(c).await
    })?)
}

/// Forgets what is older than uploads are kept.
pub(crate) async fn sweep(conn: &mut Conn, now: Ts) -> Result<(), DbError> {
    let old = affected_uploads::table.filter(affected_uploads::created_at.le(now - KEPT));
    run!(conn, |c| diesel::delete(old).execute(c).await)?;
    Ok(())
}
