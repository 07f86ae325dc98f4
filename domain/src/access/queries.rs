//! Workspaces and memberships, as far as coming in needs them.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{former_slugs, grants, group_members, members, workspaces};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::access::{ResourceRole, ResourceType};
use stackyard_model::id::{MemberId, RepositoryId, UserId, WorkspaceId};
use stackyard_model::workspace::{Membership, Workspace};
use stackyard_model::{MemberStatus, Role, Ts};

use crate::workspaces::WorkspaceRow;

#[derive(Queryable, Selectable)]
#[diesel(table_name = members, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(super) struct Member {
    pub(super) id: MemberId,
    #[diesel(embed)]
    pub(super) role: MemberRole,
    pub(super) status: MemberStatus,
    pub(super) joined_at: Ts,
    pub(super) last_active_at: Option<Ts>,
}

impl Member {
    pub(super) fn of(self, workspace: Workspace, now: Ts) -> Membership {
        let Self { id, role, last_active_at, .. } = self;
        Membership { workspace, member_id: id, role: role.at(now), last_active_at }
    }
}

/// A member's role, with the one that was lent to them for a time. Wherever a role is read, it is read as this.
#[derive(Queryable, Selectable, Debug, Clone, Copy)]
#[diesel(table_name = members, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(crate) struct MemberRole {
    role: Role,
    lent_role: Option<Role>,
    lent_until: Option<Ts>,
}

impl MemberRole {
    /// The role that counts at a moment: the lent one as long as it lasts.
    pub(crate) fn at(self, now: Ts) -> Role {
        self.lent(now).map_or(self.role, |(role, _)| role)
    }

    /// The role that stays when the lent one is over.
    pub(crate) const fn for_good(self) -> Role {
        self.role
    }

    /// The lent role and its end, as long as it lasts.
    pub(crate) fn lent(self, now: Ts) -> Option<(Role, Ts)> {
        self.lent_role.zip(self.lent_until).filter(|(_, until)| *until > now)
    }
}

/// The roles on repositories that a member has by themselves and by their groups, at a moment.
pub(super) async fn granted(
    conn: &mut Conn,
    member: &MemberId,
    now: Ts,
) -> Result<Vec<(RepositoryId, ResourceRole)>, DbError> {
    Ok(run!(conn, |c| {
        let groups = group_members::table
            .filter(group_members::member_id.eq(member))
            .select(group_members::group_id.nullable());
        grants::table
            .filter(grants::member_id.eq(member).or(grants::group_id.eq_any(groups)))
            .filter(grants::resource_type.eq(ResourceType::Repository))
            .filter(grants::expires_at.is_null().or(grants::expires_at.gt(now)))
            .select((grants::resource_id, grants::role))
            .load(c)
            .await
    })?)
}

/// The strongest of those on one repository.
pub(super) async fn granted_on(
    conn: &mut Conn,
    member: &MemberId,
    repository: &RepositoryId,
    now: Ts,
) -> Result<Option<ResourceRole>, DbError> {
    let granted = granted(conn, member, now).await?;
    Ok(granted.into_iter().filter(|(id, _)| id == repository).map(|(_, role)| role).max())
}

pub(super) async fn member(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
) -> Result<Option<Member>, DbError> {
    let query = members::table.filter(members::workspace_id.eq(workspace).and(members::user_id.eq(user)));
    Ok(run!(conn, |c| query.select(Member::as_select()).get_result(c).await.optional())?)
}

pub(super) async fn workspace_by_id(conn: &mut Conn, id: &WorkspaceId) -> Result<Option<Workspace>, DbError> {
    let query = workspaces::table.filter(workspaces::id.eq(id).and(workspaces::deleted_at.is_null()));
    let row: Option<WorkspaceRow> =
        run!(conn, |c| query.select(WorkspaceRow::as_select()).get_result(c).await.optional())?;
    Ok(row.map(Into::into))
}

pub(super) async fn workspace_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Workspace>, DbError> {
    let query = workspaces::table.filter(workspaces::slug.eq(slug).and(workspaces::deleted_at.is_null()));
    let row: Option<WorkspaceRow> =
        run!(conn, |c| query.select(WorkspaceRow::as_select()).get_result(c).await.optional())?;
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
    let id: Option<WorkspaceId> = run!(conn, |c| known.get_result(c).await.optional())?;
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

/// Forgets who had which role on a repository that is removed.
pub(crate) async fn forget_repository(conn: &mut Conn, repository: &RepositoryId) -> Result<(), DbError> {
    let target = grants::table
        .filter(grants::resource_type.eq(ResourceType::Repository))
        .filter(grants::resource_id.eq(repository));
    run!(conn, |c| diesel::delete(target).execute(c).await)?;
    Ok(())
}
