//! Repositories in the store.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{permissions, repositories};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::Ts;
use stackyard_model::id::{RepositoryId, WorkspaceId};
use stackyard_model::repository::{NewIdentity, Repository, RepositoryName};
use stackyard_model::text::fold;

use super::identity::Claimed;

/// A repository as it is stored.
#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = repositories, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct RepositoryRow {
    pub(crate) id: RepositoryId,
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) host: String,
    pub(crate) remote_id: Option<i64>,
    pub(crate) remote_owner_id: Option<i64>,
    pub(crate) name: String,
    pub(crate) name_folded: String,
    pub(crate) held_name: Option<String>,
    pub(crate) held_owner_id: Option<i64>,
    pub(crate) held_since: Option<Ts>,
    pub(crate) last_seen_at: Option<Ts>,
    pub(crate) created_at: Ts,
}

impl RepositoryRow {
    pub(super) fn into_repository(self, permissions: i64) -> Repository {
        let held = match (self.held_name, self.held_owner_id, self.held_since) {
            (Some(name), Some(remote_owner_id), Some(since)) => {
                Some(NewIdentity { name, remote_owner_id, since })
            }
            _ => None,
        };
        Repository {
            id: self.id,
            host: self.host,
            name: self.name,
            remote_id: self.remote_id,
            remote_owner_id: self.remote_owner_id,
            held,
            permissions,
            last_seen_at: self.last_seen_at,
            created_at: self.created_at,
        }
    }
}

/// The repositories of a workspace by name; of those that are given alone, when they are.
pub(super) async fn list(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    within: Option<&[RepositoryId]>,
) -> Result<Vec<Repository>, DbError> {
    let rows: Vec<RepositoryRow> = run!(conn, |c| {
        let mut query = repositories::table
            .filter(repositories::workspace_id.eq(workspace))
            .select(RepositoryRow::as_select())
            .into_boxed();
        if let Some(within) = within {
            query = query.filter(repositories::id.eq_any(within));
        }
        query.order((repositories::name_folded, repositories::host)).load(c).await
    })?;
    with_permissions(conn, workspace, rows).await
}

/// What the repositories of a workspace are called, by name; those alone that are given, when they are.
pub(super) async fn names(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    within: Option<&[RepositoryId]>,
) -> Result<Vec<RepositoryName>, DbError> {
    let rows: Vec<(RepositoryId, String)> = run!(conn, |c| {
        let mut query = repositories::table
            .filter(repositories::workspace_id.eq(workspace))
            .select((repositories::id, repositories::name))
            .into_boxed();
        if let Some(within) = within {
            query = query.filter(repositories::id.eq_any(within));
        }
        query.order((repositories::name_folded, repositories::host)).load(c).await
    })?;
    Ok(rows.into_iter().map(|(id, name)| RepositoryName { id, name }).collect())
}

pub(super) async fn held(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Vec<Repository>, DbError> {
    let query = repositories::table
        .filter(repositories::workspace_id.eq(workspace))
        .filter(repositories::held_since.is_not_null())
        .order((repositories::name_folded, repositories::host));
    let rows: Vec<RepositoryRow> = run!(conn, |c| query.select(RepositoryRow::as_select()).load(c).await)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    with_permissions(conn, workspace, rows).await
}

async fn with_permissions(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    rows: Vec<RepositoryRow>,
) -> Result<Vec<Repository>, DbError> {
    let query = permissions::table
        .filter(permissions::workspace_id.eq(workspace))
        .group_by(permissions::repository_id)
        .select((permissions::repository_id, diesel::dsl::count_star()));
    let counted: Vec<(RepositoryId, i64)> = run!(conn, |c| query.load(c).await)?;
    let counts: HashMap<_, _> = counted.into_iter().collect();
    let count = |row: &RepositoryRow| counts.get(&row.id).copied().unwrap_or(0);
    Ok(rows.into_iter().map(|row| (count(&row), row)).map(|(n, row)| row.into_repository(n)).collect())
}

pub(crate) async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &RepositoryId,
) -> Result<Option<RepositoryRow>, DbError> {
    let query =
        repositories::table.filter(repositories::id.eq(id).and(repositories::workspace_id.eq(workspace)));
    Ok(run!(conn, |c| query.select(RepositoryRow::as_select()).get_result(c).await.optional())?)
}

pub(crate) async fn count_permissions(conn: &mut Conn, id: &RepositoryId) -> Result<i64, DbError> {
    let query = permissions::table.filter(permissions::repository_id.eq(id)).count();
    Ok(run!(conn, |c| query.get_result(c).await)?)
}

pub(crate) async fn by_remote_id(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    claimed: &Claimed,
) -> Result<Option<RepositoryRow>, DbError> {
    let query = repositories::table
        .filter(repositories::workspace_id.eq(workspace))
        .filter(repositories::host.eq(&claimed.host))
        .filter(repositories::remote_id.eq(claimed.id));
    Ok(run!(conn, |c| query.select(RepositoryRow::as_select()).get_result(c).await.optional())?)
}

pub(crate) async fn by_name(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    host: &str,
    name: &str,
) -> Result<Option<RepositoryRow>, DbError> {
    let query = repositories::table
        .filter(repositories::workspace_id.eq(workspace))
        .filter(repositories::host.eq(host))
        .filter(repositories::name_folded.eq(fold(name)));
    Ok(run!(conn, |c| query.select(RepositoryRow::as_select()).get_result(c).await.optional())?)
}

/// The repositories of the workspace of that name, on whatever hosts.
pub(crate) async fn named(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    name: &str,
) -> Result<Vec<Repository>, DbError> {
    let query = repositories::table
        .filter(repositories::workspace_id.eq(workspace))
        .filter(repositories::name_folded.eq(fold(name)));
    let rows: Vec<RepositoryRow> = run!(conn, |c| query.select(RepositoryRow::as_select()).load(c).await)?;
    Ok(rows.into_iter().map(|row| row.into_repository(0)).collect())
}

/// Some repository of the workspace whose owner is the one that a token names.
pub(crate) async fn with_owner(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    claimed: &Claimed,
) -> Result<Option<RepositoryRow>, DbError> {
    let query = repositories::table
        .filter(repositories::workspace_id.eq(workspace))
        .filter(repositories::host.eq(&claimed.host))
        .filter(repositories::remote_owner_id.eq(claimed.owner_id))
        .order(repositories::id);
    Ok(run!(conn, |c| query.select(RepositoryRow::as_select()).first(c).await.optional())?)
}

pub(super) async fn insert(conn: &mut Conn, row: &RepositoryRow) -> Result<bool, DbError> {
    let new = diesel::insert_into(repositories::table).values(row).on_conflict_do_nothing();
    Ok(run!(conn, |c| new.execute(c).await)? == 1)
}

/// Removes a repository. False when it is gone already.
pub(super) async fn delete(conn: &mut Conn, id: &RepositoryId) -> Result<bool, DbError> {
    let target = repositories::table.filter(repositories::id.eq(id));
    Ok(run!(conn, |c| diesel::delete(target).execute(c).await)? == 1)
}

/// Ties a repository that was added by name to its numeric ids.
pub(crate) async fn pin(conn: &mut Conn, id: &RepositoryId, claimed: &Claimed) -> Result<(), DbError> {
    let target = repositories::table.filter(repositories::id.eq(id));
    let changes =
        (repositories::remote_id.eq(claimed.id), repositories::remote_owner_id.eq(claimed.owner_id));
    run!(conn, |c| diesel::update(target).set(changes).execute(c).await)?;
    Ok(())
}

/// Notes the name and owner under which a repository turned up, for an admin to confirm.
pub(crate) async fn hold(
    conn: &mut Conn,
    id: &RepositoryId,
    claimed: &Claimed,
    now: Ts,
) -> Result<(), DbError> {
    let target = repositories::table.filter(repositories::id.eq(id));
    let changes = (
        repositories::held_name.eq(&claimed.name),
        repositories::held_owner_id.eq(claimed.owner_id),
        repositories::held_since.eq(now),
    );
    run!(conn, |c| diesel::update(target).set(changes).execute(c).await)?;
    Ok(())
}

/// Forgets a held name and owner.
pub(crate) async fn let_go(conn: &mut Conn, id: &RepositoryId) -> Result<(), DbError> {
    let target = repositories::table.filter(repositories::id.eq(id));
    let changes = (
        repositories::held_name.eq(None::<String>),
        repositories::held_owner_id.eq(None::<i64>),
        repositories::held_since.eq(None::<Ts>),
    );
    run!(conn, |c| diesel::update(target).set(changes).execute(c).await)?;
    Ok(())
}

/// Takes the held name and owner over.
pub(super) async fn confirm(conn: &mut Conn, id: &RepositoryId, held: &NewIdentity) -> Result<(), DbError> {
    let target = repositories::table.filter(repositories::id.eq(id));
    let changes = (
        repositories::name.eq(&held.name),
        repositories::name_folded.eq(fold(&held.name)),
        repositories::remote_owner_id.eq(held.remote_owner_id),
    );
    run!(conn, |c| diesel::update(target).set(changes).execute(c).await)?;
    let_go(conn, id).await
}

/// Notes that a workflow of the repository was here.
pub(crate) async fn seen(conn: &mut Conn, id: &RepositoryId, now: Ts) -> Result<(), DbError> {
    let target = repositories::table.filter(repositories::id.eq(id));
    run!(conn, |c| diesel::update(target).set(repositories::last_seen_at.eq(now)).execute(c).await)?;
    Ok(())
}
