//! Workspaces and memberships, as far as coming in needs them.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{former_slugs, members, workspaces};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::id::{MemberId, UserId, WorkspaceId};
use stackyard_model::workspace::{Membership, Workspace};
use stackyard_model::{MemberStatus, Role, Ts};

use crate::workspaces::WorkspaceRow;

#[derive(Queryable, Selectable)]
#[diesel(table_name = members, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(super) struct Member {
    pub(super) id: MemberId,
    pub(super) role: Role,
    pub(super) status: MemberStatus,
    pub(super) joined_at: Ts,
    pub(super) last_active_at: Option<Ts>,
}

impl Member {
    pub(super) fn of(self, workspace: Workspace) -> Membership {
        let Self { id, role, last_active_at, .. } = self;
        Membership { workspace, member_id: id, role, last_active_at }
    }
}

pub(super) async fn member(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
) -> Result<Option<Member>, DbError> {
    let query = members::table.filter(members::workspace_id.eq(workspace).and(members::user_id.eq(user)));
    Ok(run!(conn, |c| query.select(Member::as_select()).first(c).await.optional())?)
}

pub(super) async fn workspace_by_id(conn: &mut Conn, id: &WorkspaceId) -> Result<Option<Workspace>, DbError> {
    let query = workspaces::table.filter(workspaces::id.eq(id).and(workspaces::deleted_at.is_null()));
    let row: Option<WorkspaceRow> =
        run!(conn, |c| query.select(WorkspaceRow::as_select()).first(c).await.optional())?;
    Ok(row.map(Into::into))
}

pub(super) async fn workspace_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Workspace>, DbError> {
    let query = workspaces::table.filter(workspaces::slug.eq(slug).and(workspaces::deleted_at.is_null()));
    let row: Option<WorkspaceRow> =
        run!(conn, |c| query.select(WorkspaceRow::as_select()).first(c).await.optional())?;
    Ok(row.map(Into::into))
}

pub(super) async fn workspace_by_former_slug(
    conn: &mut Conn,
    slug: &str,
    now: Ts,
) -> Result<Option<Workspace>, DbError> {
    let known = former_slugs::table
        .filter(former_slugs::slug.eq(slug).and(former_slugs::until.gt(now)))
        .select(former_slugs::workspace_id);
    let id: Option<WorkspaceId> = run!(conn, |c| known.first(c).await.optional())?;
    match id {
        Some(id) => workspace_by_id(conn, &id).await,
        None => Ok(None),
    }
}

pub(super) async fn set_last_active(conn: &mut Conn, member: &MemberId, now: Ts) -> Result<(), DbError> {
    let target = members::table.filter(members::id.eq(member));
    let seen = (members::last_active_at.eq(now), members::seen_at.eq(now));
    run!(conn, |c| diesel::update(target).set(seen).execute(c).await)?;
    Ok(())
}
