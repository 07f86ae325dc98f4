//! Permissions in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{permission_matches, permissions};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::id::{PermissionId, RepositoryId, WorkspaceId};
use stackyard_model::permission::{Events, Permission};
use stackyard_model::{PermissionKind, Ts};

/// A permission as it is stored.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = permissions, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct PermissionRow {
    id: PermissionId,
    workspace_id: WorkspaceId,
    repository_id: RepositoryId,
    kind: PermissionKind,
    workflow: String,
    branch: String,
    environment: String,
    events: String,
    version: i32,
    created_at: Ts,
    updated_at: Ts,
}

impl PermissionRow {
    fn new(workspace: &WorkspaceId, permission: &Permission) -> Self {
        let Permission {
            id,
            repository_id,
            kind,
            workflow,
            branch,
            environment,
            events,
            version,
            created_at,
            updated_at,
        } = permission.clone();
        let workspace_id = workspace.clone();
        let events = events.to_list();
        Self {
            id,
            workspace_id,
            repository_id,
            kind,
            workflow,
            branch,
            environment,
            events,
            version,
            created_at,
            updated_at,
        }
    }

    pub(crate) fn into_permission(self) -> Permission {
        Permission {
            id: self.id,
            repository_id: self.repository_id,
            kind: self.kind,
            workflow: self.workflow,
            branch: self.branch,
            environment: self.environment,
            events: Events::from_list(&self.events),
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// All permissions of a repository, by kind and then as they were made.
pub(crate) async fn for_repository(
    conn: &mut Conn,
    repository: &RepositoryId,
) -> Result<Vec<Permission>, DbError> {
    let query = permissions::table
        .filter(permissions::repository_id.eq(repository))
        .order((permissions::kind, permissions::id));
    let rows: Vec<PermissionRow> = run!(conn, |c| query.select(PermissionRow::as_select()).load(c).await)?;
    Ok(rows.into_iter().map(PermissionRow::into_permission).collect())
}

/// One permission of a repository.
pub(super) async fn find(
    conn: &mut Conn,
    repository: &RepositoryId,
    id: &PermissionId,
) -> Result<Option<Permission>, DbError> {
    let query =
        permissions::table.filter(permissions::id.eq(id).and(permissions::repository_id.eq(repository)));
    let row: Option<PermissionRow> =
        run!(conn, |c| query.select(PermissionRow::as_select()).get_result(c).await.optional())?;
    Ok(row.map(PermissionRow::into_permission))
}

/// Writes new permissions.
pub(super) async fn insert_all(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    new: &[Permission],
) -> Result<(), DbError> {
    for permission in new {
        let row = PermissionRow::new(workspace, permission);
        run!(conn, |c| diesel::insert_into(permissions::table).values(&row).execute(c).await)?;
    }
    Ok(())
}

/// Writes an edited permission; its version counts up.
pub(super) async fn update(conn: &mut Conn, edited: &Permission) -> Result<(), DbError> {
    let target = permissions::table.filter(permissions::id.eq(&edited.id));
    let changes = (
        permissions::kind.eq(edited.kind),
        permissions::workflow.eq(&edited.workflow),
        permissions::branch.eq(&edited.branch),
        permissions::environment.eq(&edited.environment),
        permissions::events.eq(edited.events.to_list()),
        permissions::version.eq(edited.version),
        permissions::updated_at.eq(edited.updated_at),
    );
    run!(conn, |c| diesel::update(target).set(changes).execute(c).await)?;
    Ok(())
}

/// How often permissions of a repository let something through, and when last; those that never did are missing.
pub(super) async fn matches(
    conn: &mut Conn,
    repository: &RepositoryId,
) -> Result<Vec<(PermissionId, i64, Ts)>, DbError> {
    let of_repository =
        permissions::table.filter(permissions::repository_id.eq(repository)).select(permissions::id);
    let query = permission_matches::table
        .filter(permission_matches::permission_id.eq_any(of_repository))
        .select((permission_matches::permission_id, permission_matches::count, permission_matches::last_at));
    Ok(run!(conn, |c| query.load(c).await)?)
}

/// Removes a permission.
pub(super) async fn delete(conn: &mut Conn, id: &PermissionId) -> Result<(), DbError> {
    let target = permissions::table.filter(permissions::id.eq(id));
    run!(conn, |c| diesel::delete(target).execute(c).await)?;
    let counted = permission_matches::table.filter(permission_matches::permission_id.eq(id));
    run!(conn, |c| diesel::delete(counted).execute(c).await)?;
    Ok(())
}
