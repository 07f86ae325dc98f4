//! Deployments in the store.

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{deployment_logs, deployments};
use stackyard_db::{Conn, DbError, Kept, run};
use stackyard_model::Ts;
use stackyard_model::activity::ActorType;
use stackyard_model::deployment::{Deployment, DeploymentCounts, DeploymentSource, DeploymentStatus};
use stackyard_model::id::{DeploymentId, InstanceId, RANDOM_LENGTH, RepositoryId, WorkspaceId};
use stackyard_model::workspace::COUNTED_MAX;

use crate::Here;

/// For how long logs are kept (rules §10).
const LOGS_KEPT: Duration = Duration::from_secs(365 * 24 * 3600);
/// Most logs that are deleted in one transaction: each may be long, and others wait.
const LOGS_AT_ONCE: i64 = 10;

/// A deployment as it is stored.
#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = deployments, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct DeploymentRow {
    pub(super) id: DeploymentId,
    pub(super) workspace_id: WorkspaceId,
    pub(super) repository_id: RepositoryId,
    pub(super) instance_id: InstanceId,
    pub(super) stack: String,
    pub(super) component: String,
    pub(super) environment: Option<String>,
    pub(super) environment_folded: Option<String>,
    pub(super) commit_sha: Option<String>,
    pub(super) branch: Option<String>,
    pub(super) title: Option<String>,
    pub(super) message: Option<String>,
    pub(super) status: DeploymentStatus,
    pub(super) source: DeploymentSource,
    pub(super) exit_code: Option<i32>,
    /// By what the same request or report is known when it comes again.
    pub(super) once: Option<String>,
    pub(super) actor_type: ActorType,
    pub(super) actor_id: String,
    pub(super) actor_name: String,
    pub(super) workflow: Option<String>,
    pub(super) run_url: Option<String>,
    pub(super) log_size: i64,
    pub(super) log_breaks: i64,
    /// Whether the last line has no end yet.
    pub(super) log_open: bool,
    pub(super) log_forgotten_at: Option<Ts>,
    pub(super) created_at: Ts,
    pub(super) started_at: Option<Ts>,
    pub(super) finished_at: Option<Ts>,
    /// What the search looks through: one folded line.
    pub(super) haystack: String,
    /// When a status or a piece of the log came last.
    pub(super) heard_at: Option<Ts>,
    /// The digest of what was sent with an idempotency key.
    pub(super) asked: Option<String>,
}

impl DeploymentRow {
    /// Lines of the log, the last one also when it has no end yet.
    pub(super) const fn log_lines(&self) -> i64 {
        self.log_breaks + if self.log_open { 1 } else { 0 }
    }

    /// The target, as people read it.
    pub(super) fn target(&self) -> String {
        format!("{}/{}", self.stack, self.component)
    }
}

impl From<DeploymentRow> for Deployment {
    fn from(row: DeploymentRow) -> Self {
        Self {
            log_lines: row.log_lines(),
            id: row.id,
            repository_id: row.repository_id,
            instance_id: row.instance_id,
            stack: row.stack,
            component: row.component,
            environment: row.environment,
            commit: row.commit_sha,
            branch: row.branch,
            title: row.title,
            message: row.message,
            status: row.status,
            source: row.source,
            exit_code: row.exit_code,
            actor_type: row.actor_type,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            workflow: row.workflow,
            run_url: row.run_url,
            log_size: row.log_size,
            log_forgotten_at: row.log_forgotten_at,
            heard_at: row.heard_at.or(row.started_at).unwrap_or(row.created_at),
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        }
    }
}

/// Writes a deployment. False when the same request or report is there already.
pub(super) async fn insert(conn: &mut Conn, row: &DeploymentRow) -> Result<bool, DbError> {
    let once = (deployments::repository_id, deployments::once);
    let new = diesel::insert_into(deployments::table).values(row).on_conflict(once).do_nothing();
    Ok(run!(conn, |c| new.execute(c).await)? == 1)
}

pub(super) async fn by_once(
    conn: &mut Conn,
    repository: &RepositoryId,
    once: &str,
) -> Result<Option<DeploymentRow>, DbError> {
    let query =
        deployments::table.filter(deployments::repository_id.eq(repository).and(deployments::once.eq(once)));
    Ok(run!(conn, |c| query.select(DeploymentRow::as_select()).get_result(c).await.optional())?)
}

pub(super) async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &DeploymentId,
) -> Result<Option<DeploymentRow>, DbError> {
    let query =
        deployments::table.filter(deployments::id.eq(id).and(deployments::workspace_id.eq(workspace)));
    Ok(run!(conn, |c| query.select(DeploymentRow::as_select()).get_result(c).await.optional())?)
}

/// Writes how far a deployment is.
pub(super) async fn set_status(conn: &mut Conn, row: &DeploymentRow) -> Result<(), DbError> {
    let changes = (
        deployments::status.eq(row.status),
        deployments::exit_code.eq(row.exit_code),
        deployments::started_at.eq(row.started_at),
        deployments::finished_at.eq(row.finished_at),
        deployments::heard_at.eq(row.heard_at),
    );
    let target = deployments::table.find(&row.id);
    run!(conn, |c| diesel::update(target).set(changes).execute(c).await)?;
    Ok(())
}

/// Writes how long the log is after it grew from `from` bytes on. False when it was not that long.
pub(super) async fn set_log(conn: &mut Conn, row: &DeploymentRow, from: i64) -> Result<bool, DbError> {
    let changes = (
        deployments::log_size.eq(row.log_size),
        deployments::log_breaks.eq(row.log_breaks),
        deployments::log_open.eq(row.log_open),
        deployments::heard_at.eq(row.heard_at),
    );
    let target = deployments::table.filter(deployments::id.eq(&row.id).and(deployments::log_size.eq(from)));
    Ok(run!(conn, |c| Kept(diesel::update(target).set(changes)).execute(c).await)? == 1)
}

/// Which deployments are wanted.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) workspace: &'a WorkspaceId,
    /// LIKE patterns that all have to match.
    pub(super) patterns: &'a [String],
    pub(super) repository: Option<&'a RepositoryId>,
    /// Of these repositories alone.
    pub(super) within: Option<&'a [RepositoryId]>,
    pub(super) status: Option<DeploymentStatus>,
    /// Folded.
    pub(super) environment: Option<&'a str>,
    pub(super) instance: Option<&'a InstanceId>,
}

/// Narrows a boxed query by what is wanted of any status, whatever it selects.
macro_rules! narrow {
    ($query:ident, $wanted:ident) => {
        if let Some(repository) = $wanted.repository {
            $query = $query.filter(deployments::repository_id.eq(repository));
        }
        if let Some(within) = $wanted.within {
            $query = $query.filter(deployments::repository_id.eq_any(within));
        }
        if let Some(environment) = $wanted.environment {
            $query = $query.filter(deployments::environment_folded.eq(environment));
        }
        if let Some(instance) = $wanted.instance {
            $query = $query.filter(deployments::instance_id.eq(instance));
        }
        for pattern in $wanted.patterns {
            $query = $query.filter(deployments::haystack.like(pattern).escape('\\'));
        }
    };
}

/// Deployments, the newest first, after one of them.
pub(super) async fn page(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    after: Option<&DeploymentId>,
    limit: i64,
) -> Result<Vec<DeploymentRow>, DbError> {
    Ok(run!(conn, |c| {
        let mut query = deployments::table
            .filter(deployments::workspace_id.eq(wanted.workspace))
            .select(DeploymentRow::as_select())
            .into_boxed();
        narrow!(query, wanted);
        if let Some(status) = wanted.status {
            query = query.filter(deployments::status.eq(status));
        }
        if let Some(after) = after {
            query = query.filter(deployments::id.lt(after));
        }
        query.order(deployments::id.desc()).limit(limit).load(c).await
    })?)
}

/// How many have which status; one more than [`COUNTED_MAX`] stands for all that are more.
pub(super) async fn counts(conn: &mut Conn, wanted: &Wanted<'_>) -> Result<DeploymentCounts, DbError> {
    let mut counts = DeploymentCounts::default();
    if !more_than_counted(conn, wanted, None).await? {
        let counted: Vec<(DeploymentStatus, i64)> = run!(conn, |c| {
            let mut query = deployments::table
                .filter(deployments::workspace_id.eq(wanted.workspace))
                .group_by(deployments::status)
                .select((deployments::status, diesel::dsl::count_star()))
                .into_boxed();
            narrow!(query, wanted);
            query.load(c).await
        })?;
        for (status, count) in counted {
            counts.set(status, count);
        }
        return Ok(counts);
    }
    for status in DeploymentStatus::ALL {
        if more_than_counted(conn, wanted, Some(*status)).await? {
            counts.set(*status, COUNTED_MAX + 1);
            continue;
        }
        let count = run!(conn, |c| {
            let mut query = deployments::table
                .filter(deployments::workspace_id.eq(wanted.workspace))
                .filter(deployments::status.eq(*status))
                .count()
                .into_boxed();
            narrow!(query, wanted);
            query.get_result(c).await
        })?;
        counts.set(*status, count);
    }
    Ok(counts)
}

/// How many that whoever asks may see were recorded since a moment; one more than [`COUNTED_MAX`] stands for all that are more.
pub(crate) async fn count_since(conn: &mut Conn, here: &Here, since: Ts) -> Result<i64, DbError> {
    // Ids begin with their time.
    let from = DeploymentId::mint(since, [0; RANDOM_LENGTH]);
    let recent =
        || deployments::table.filter(deployments::workspace_id.eq(here.id()).and(deployments::id.ge(&from)));
    let beyond: Option<DeploymentId> = run!(conn, |c| {
        let mut query = recent().select(deployments::id).into_boxed();
        if let Some(within) = here.within() {
            query = query.filter(deployments::repository_id.eq_any(within));
        }
        query.order(deployments::id).offset(COUNTED_MAX).limit(1).first(c).await.optional()
    })?;
    if beyond.is_some() {
        return Ok(COUNTED_MAX + 1);
    }
    Ok(run!(conn, |c| {
        let mut query = recent().count().into_boxed();
        if let Some(within) = here.within() {
            query = query.filter(deployments::repository_id.eq_any(within));
        }
        query.get_result(c).await
    })?)
}

/// Whether there are more than are counted.
async fn more_than_counted(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    status: Option<DeploymentStatus>,
) -> Result<bool, DbError> {
    let one_more: Option<DeploymentId> = run!(conn, |c| {
        let mut query = deployments::table
            .filter(deployments::workspace_id.eq(wanted.workspace))
            .select(deployments::id)
            .into_boxed();
        narrow!(query, wanted);
        if let Some(status) = status {
            query = query.filter(deployments::status.eq(status));
        }
        query.order(deployments::id).offset(COUNTED_MAX).limit(1).first(c).await.optional()
    })?;
    Ok(one_more.is_some())
}

/// The latest deployments of an instance, the newest first.
pub(crate) async fn of_instance(
    conn: &mut Conn,
    instance: &InstanceId,
    limit: i64,
) -> Result<Vec<Deployment>, DbError> {
    let query = deployments::table
        .filter(deployments::instance_id.eq(instance))
        .order(deployments::id.desc())
        .limit(limit);
    let rows: Vec<DeploymentRow> = run!(conn, |c| query.select(DeploymentRow::as_select()).load(c).await)?;
    Ok(rows.into_iter().map(Deployment::from).collect())
}

/// Deletes some of the logs that are older than logs are kept; the deployments stay.
pub(crate) async fn sweep(conn: &mut Conn, now: Ts) -> Result<(), DbError> {
    let due = deployments::table
        .filter(deployments::created_at.le(now - LOGS_KEPT))
        .filter(deployments::log_size.gt(0).and(deployments::log_forgotten_at.is_null()))
        .order(deployments::created_at)
        .limit(LOGS_AT_ONCE)
        .select(deployments::id);
    let due: Vec<DeploymentId> = run!(conn, |c| due.load(c).await)?;
    if due.is_empty() {
        return Ok(());
    }
    let logs = deployment_logs::table.filter(deployment_logs::deployment_id.eq_any(&due));
    run!(conn, |c| diesel::delete(logs).execute(c).await)?;
    let target = deployments::table.filter(deployments::id.eq_any(&due));
    run!(conn, |c| diesel::update(target).set(deployments::log_forgotten_at.eq(now)).execute(c).await)?;
    Ok(())
}
