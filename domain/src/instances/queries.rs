//! Instances in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{instances, locks};
use stackyard_db::{Conn, DbError, Kept, run};
use stackyard_model::Ts;
use stackyard_model::id::{InstanceId, RepositoryId, WorkspaceId};
use stackyard_model::instance::{Instance, InstanceStatus, ReportCommand};

/// Most rows of one statement.
const ROWS: usize = 200;

/// An instance as an inventory describes it.
#[derive(Insertable, Debug, Clone)]
#[diesel(table_name = instances)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct NewInstance {
    pub(super) id: InstanceId,
    pub(super) workspace_id: WorkspaceId,
    pub(super) repository_id: RepositoryId,
    pub(super) stack: String,
    pub(super) component: String,
    pub(super) component_type: String,
    /// `settings.pro` as it came, as JSON.
    pub(super) pro: Option<String>,
    /// By which an inventory that says nothing new is known.
    pub(super) described: String,
    pub(super) enabled: bool,
    pub(super) drift_enabled: bool,
    pub(super) status: InstanceStatus,
    pub(super) created_at: Ts,
    /// What the search looks through: one folded line.
    pub(super) haystack: String,
}

/// What has to be known of an instance to take an inventory.
#[derive(Queryable, Selectable, Debug, Clone)]
#[diesel(table_name = instances, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(super) struct KnownInstance {
    pub(super) id: InstanceId,
    pub(super) stack: String,
    pub(super) component: String,
    pub(super) described: String,
    pub(super) absent_since: Option<Ts>,
}

/// An instance as pages show it: without its settings, which can be long.
#[derive(Queryable, Selectable, Debug, Clone)]
#[diesel(table_name = instances, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(crate) struct InstanceRow {
    pub(crate) id: InstanceId,
    pub(crate) repository_id: RepositoryId,
    pub(crate) stack: String,
    pub(crate) component: String,
    pub(crate) component_type: String,
    pub(crate) enabled: bool,
    pub(crate) drift_enabled: bool,
    pub(crate) status: InstanceStatus,
    pub(crate) last_command: Option<ReportCommand>,
    pub(crate) last_exit_code: Option<i32>,
    /// By the client's clock, but never later than ours.
    pub(crate) last_run_at: Option<Ts>,
    /// What the last report itself says: by this, the same report is known again.
    pub(crate) last_run_said: Option<Ts>,
    pub(crate) planned_at: Option<Ts>,
    pub(crate) applied_at: Option<Ts>,
    pub(crate) plan_run_url: Option<String>,
    pub(crate) apply_run_url: Option<String>,
    pub(crate) absent_since: Option<Ts>,
    pub(crate) created_at: Ts,
}

impl InstanceRow {
    /// What a lock on it is for.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.stack, self.component)
    }
}

impl From<InstanceRow> for Instance {
    fn from(row: InstanceRow) -> Self {
        Self {
            id: row.id,
            repository_id: row.repository_id,
            stack: row.stack,
            component: row.component,
            component_type: row.component_type,
            enabled: row.enabled,
            drift_enabled: row.drift_enabled,
            status: row.status,
            last_command: row.last_command,
            last_exit_code: row.last_exit_code,
            planned_at: row.planned_at,
            applied_at: row.applied_at,
            plan_run_url: row.plan_run_url,
            apply_run_url: row.apply_run_url,
            absent_since: row.absent_since,
            created_at: row.created_at,
        }
    }
}

pub(super) async fn of_repository(
    conn: &mut Conn,
    repository: &RepositoryId,
) -> Result<Vec<KnownInstance>, DbError> {
    let query = instances::table.filter(instances::repository_id.eq(repository));
    Ok(run!(conn, |c| query.select(KnownInstance::as_select()).load(c).await)?)
}

/// The instance of that very name.
pub(super) async fn named(
    conn: &mut Conn,
    repository: &RepositoryId,
    stack: &str,
    component: &str,
) -> Result<Option<InstanceRow>, DbError> {
    let query = instances::table
        .filter(instances::repository_id.eq(repository))
        .filter(instances::stack.eq(stack).and(instances::component.eq(component)));
    Ok(run!(conn, |c| query.select(InstanceRow::as_select()).get_result(c).await.optional())?)
}

pub(super) async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &InstanceId,
) -> Result<Option<InstanceRow>, DbError> {
    let query = instances::table.filter(instances::id.eq(id).and(instances::workspace_id.eq(workspace)));
    Ok(run!(conn, |c| query.select(InstanceRow::as_select()).get_result(c).await.optional())?)
}

/// An instance's `settings.pro` as JSON.
pub(super) async fn settings(conn: &mut Conn, id: &InstanceId) -> Result<Option<String>, DbError> {
    let query = instances::table.find(id).select(instances::pro);
    let settings: Option<Option<String>> = run!(conn, |c| query.get_result(c).await.optional())?;
    Ok(settings.flatten())
}

pub(super) async fn of_stack(
    conn: &mut Conn,
    repository: &RepositoryId,
    stack: &str,
) -> Result<Vec<InstanceRow>, DbError> {
    let query = instances::table
        .filter(instances::repository_id.eq(repository).and(instances::stack.eq(stack)))
        .order(instances::component);
    Ok(run!(conn, |c| query.select(InstanceRow::as_select()).load(c).await)?)
}

pub(super) async fn insert(conn: &mut Conn, rows: &[NewInstance]) -> Result<(), DbError> {
    for some in rows.chunks(ROWS) {
        match conn {
            Conn::Pg(c) => {
                diesel::insert_into(instances::table).values(some).execute(&mut &**c).await?;
            }
            // Has no network to save, and no statement of many rows in the DSL.
            Conn::Sqlite(c) => {
                for row in some {
                    diesel::insert_into(instances::table).values(row).execute(&mut **c).await?;
                }
            }
        }
    }
    Ok(())
}

/// Writes what an inventory says of an instance that is known, which is there then.
pub(super) async fn describe(conn: &mut Conn, id: &InstanceId, new: &NewInstance) -> Result<(), DbError> {
    let changes = (
        instances::component_type.eq(&new.component_type),
        instances::pro.eq(&new.pro),
        instances::described.eq(&new.described),
        instances::enabled.eq(new.enabled),
        instances::drift_enabled.eq(new.drift_enabled),
        instances::absent_since.eq(None::<Ts>),
        instances::haystack.eq(&new.haystack),
    );
    let target = instances::table.find(id);
    run!(conn, |c| diesel::update(target).set(changes).execute(c).await)?;
    Ok(())
}

pub(super) async fn mark_absent(conn: &mut Conn, id: &InstanceId, since: Ts) -> Result<(), DbError> {
    let target = instances::table.find(id);
    run!(conn, |c| diesel::update(target).set(instances::absent_since.eq(since)).execute(c).await)?;
    Ok(())
}

/// Writes what a plan or an apply came to.
pub(super) async fn report(conn: &mut Conn, row: &InstanceRow) -> Result<(), DbError> {
    let changes = (
        instances::status.eq(row.status),
        instances::last_command.eq(row.last_command),
        instances::last_exit_code.eq(row.last_exit_code),
        instances::last_run_at.eq(row.last_run_at),
        instances::last_run_said.eq(row.last_run_said),
        instances::planned_at.eq(row.planned_at),
        instances::applied_at.eq(row.applied_at),
        instances::plan_run_url.eq(&row.plan_run_url),
        instances::apply_run_url.eq(&row.apply_run_url),
    );
    let target = instances::table.find(&row.id);
    run!(conn, |c| Kept(diesel::update(target).set(changes)).execute(c).await)?;
    Ok(())
}

/// Which instances are wanted.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) workspace: &'a WorkspaceId,
    pub(super) patterns: &'a [String],
    pub(super) repository: Option<&'a RepositoryId>,
    /// Of these repositories alone.
    pub(super) within: Option<&'a [RepositoryId]>,
    pub(super) status: Option<InstanceStatus>,
}

/// Narrows a boxed query by what is wanted of any status, whatever it selects.
macro_rules! narrow {
    ($query:ident, $wanted:ident) => {
        if let Some(repository) = $wanted.repository {
            $query = $query.filter(instances::repository_id.eq(repository));
        }
        if let Some(within) = $wanted.within {
            $query = $query.filter(instances::repository_id.eq_any(within));
        }
        for pattern in $wanted.patterns {
            $query = $query.filter(instances::haystack.like(pattern).escape('\\'));
        }
    };
}

/// Instances by stack and component, after the place of one of them, each with who holds the lock on it at `now`.
pub(super) async fn page(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    after: Option<&(String, String, InstanceId)>,
    now: Ts,
    limit: i64,
) -> Result<Vec<(InstanceRow, Option<String>)>, DbError> {
    Ok(run!(conn, |c| {
        let held = locks::repository_id
            .eq(instances::repository_id)
            .and(locks::path.eq(instances::stack.concat("/").concat(instances::component)))
            .and(locks::ended_at.is_null())
            .and(locks::expires_at.gt(now));
        let mut query = instances::table
            .left_join(locks::table.on(held))
            .filter(instances::workspace_id.eq(wanted.workspace))
            .into_boxed();
        narrow!(query, wanted);
        if let Some(status) = wanted.status {
            query = query.filter(instances::status.eq(status));
        }
        if let Some((stack, component, id)) = after {
            let later = instances::component.gt(component);
            let same = instances::component.eq(component).and(instances::id.gt(id));
            query =
                query.filter(instances::stack.gt(stack).or(instances::stack.eq(stack).and(later.or(same))));
        }
        query
            .select((InstanceRow::as_select(), locks::holder_name.nullable()))
            .order((instances::stack, instances::component, instances::id))
            .limit(limit)
            .load(c)
            .await
    })?)
}

/// How many have which status.
pub(super) async fn counts(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
) -> Result<Vec<(InstanceStatus, i64)>, DbError> {
    Ok(run!(conn, |c| {
        let mut query = instances::table
            .filter(instances::workspace_id.eq(wanted.workspace))
            .group_by(instances::status)
            .select((instances::status, diesel::dsl::count_star()))
            .into_boxed();
        narrow!(query, wanted);
        query.load(c).await
    })?)
}
