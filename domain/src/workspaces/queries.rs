//! Workspaces, members, slugs and logos in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{
    credentials, former_slugs, grants, groups, invitations, logos, mails, members, permissions, repositories,
    workspaces,
};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::id::{MemberId, RepositoryId, UserId, WorkspaceId};
use stackyard_model::text::fold;
use stackyard_model::workspace::{Membership, Workspace};
use stackyard_model::{MemberStatus, Role, Ts};

use crate::Ctx;
use crate::access::MemberRole;
use crate::picture::{CONTENT_TYPE, Picture};

/// A workspace as it is stored.
#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = workspaces, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct WorkspaceRow {
    pub(crate) id: WorkspaceId,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) description: String,
    pub(crate) logo_version: Option<String>,
    pub(crate) own_audience_only: bool,
    pub(crate) created_at: Ts,
    pub(crate) deleted_at: Option<Ts>,
    pub(crate) members_see_all: bool,
}

impl From<WorkspaceRow> for Workspace {
    fn from(row: WorkspaceRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            slug: row.slug,
            description: row.description,
            logo: row.logo_version,
            own_audience_only: row.own_audience_only,
            members_see_all: row.members_see_all,
            created_at: row.created_at,
        }
    }
}

#[derive(Insertable, Debug, Clone)]
#[diesel(table_name = members)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct NewMember {
    id: MemberId,
    workspace_id: WorkspaceId,
    user_id: UserId,
    role: Role,
    status: MemberStatus,
    joined_at: Ts,
    seen_at: Ts,
}

impl NewMember {
    /// Somebody who joins now and may come in.
    pub(crate) fn joining(ctx: &Ctx, workspace: &WorkspaceId, user: &UserId, role: Role) -> Self {
        let now = ctx.now();
        Self {
            id: MemberId::mint(now, ctx.id_bytes()),
            workspace_id: workspace.clone(),
            user_id: user.clone(),
            role,
            status: MemberStatus::Active,
            joined_at: now,
            seen_at: now,
        }
    }

    /// The membership's id.
    pub(crate) const fn id(&self) -> &MemberId {
        &self.id
    }
}

pub(crate) async fn find(conn: &mut Conn, id: &WorkspaceId) -> Result<Option<WorkspaceRow>, DbError> {
    let query = workspaces::table.filter(workspaces::id.eq(id).and(workspaces::deleted_at.is_null()));
    Ok(run!(conn, |c| query.select(WorkspaceRow::as_select()).get_result(c).await.optional())?)
}

/// The workspaces that a person may enter, by name.
pub(crate) async fn of_user(conn: &mut Conn, user: &UserId, now: Ts) -> Result<Vec<Membership>, DbError> {
    let query = members::table
        .inner_join(workspaces::table)
        .filter(members::user_id.eq(user))
        .filter(members::status.ne(MemberStatus::Suspended))
        .filter(workspaces::deleted_at.is_null());
    /// The columns of `members`, as they are selected.
    type Mine = (MemberId, MemberRole, Option<Ts>);
    let rows: Vec<(WorkspaceRow, Mine)> = run!(conn, |c| {
        let columns = (members::id, MemberRole::as_select(), members::last_active_at);
        query.select((WorkspaceRow::as_select(), columns)).load(c).await
    })?;
    let membership = |(row, (member_id, role, last_active_at)): (WorkspaceRow, Mine)| Membership {
        workspace: row.into(),
        member_id,
        role: role.at(now),
        last_active_at,
    };
    let mut mine: Vec<_> = rows.into_iter().map(membership).collect();
    mine.sort_by_cached_key(|mine| (fold(&mine.workspace.name), mine.workspace.id.to_string()));
    Ok(mine)
}

/// Writes a workspace. False when its slug is taken.
pub(super) async fn insert(conn: &mut Conn, row: &WorkspaceRow) -> Result<bool, DbError> {
    let new = diesel::insert_into(workspaces::table).values(row).on_conflict_do_nothing();
    Ok(run!(conn, |c| new.execute(c).await)? == 1)
}

/// Writes a membership. False when the person is a member already, or the workspace has its owner.
pub(crate) async fn insert_member(conn: &mut Conn, member: &NewMember) -> Result<bool, DbError> {
    let new = diesel::insert_into(members::table).values(member).on_conflict_do_nothing();
    Ok(run!(conn, |c| new.execute(c).await)? == 1)
}

/// Whether a slug is in use, or was until lately and may still be followed.
pub(super) async fn slug_is_taken(
    conn: &mut Conn,
    slug: &str,
    but_for: Option<&WorkspaceId>,
    now: Ts,
) -> Result<bool, DbError> {
    let current = workspaces::table.filter(workspaces::slug.eq(slug)).select(workspaces::id);
    let current: Option<WorkspaceId> = run!(conn, |c| current.get_result(c).await.optional())?;
    let former = former_slugs::table
        .filter(former_slugs::slug.eq(slug).and(former_slugs::until.gt(now)))
        .select(former_slugs::workspace_id);
    let former: Option<WorkspaceId> = run!(conn, |c| former.get_result(c).await.optional())?;
    Ok([current, former].into_iter().flatten().any(|holder| Some(&holder) != but_for))
}

/// Keeps a slug that is given up, so that links go on and nobody else takes it meanwhile.
pub(super) async fn keep_former_slug(
    conn: &mut Conn,
    slug: &str,
    workspace: &WorkspaceId,
    until: Ts,
) -> Result<(), DbError> {
    let row = (
        former_slugs::slug.eq(slug),
        former_slugs::workspace_id.eq(workspace),
        former_slugs::until.eq(until),
    );
    let kept = diesel::insert_into(former_slugs::table)
        .values(row)
        .on_conflict(former_slugs::slug)
        .do_update()
        .set((former_slugs::workspace_id.eq(workspace), former_slugs::until.eq(until)));
    run!(conn, |c| kept.execute(c).await)?;
    Ok(())
}

/// How many slugs a workspace has given up that still lead to it.
pub(super) async fn count_former_slugs(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    now: Ts,
) -> Result<i64, DbError> {
    let query = former_slugs::table
        .filter(former_slugs::workspace_id.eq(workspace).and(former_slugs::until.gt(now)))
        .count();
    Ok(run!(conn, |c| query.get_result(c).await)?)
}

/// Takes a former slug of the workspace itself back into use.
pub(super) async fn drop_former_slug(conn: &mut Conn, slug: &str) -> Result<(), DbError> {
    let target = former_slugs::table.filter(former_slugs::slug.eq(slug));
    run!(conn, |c| diesel::delete(target).execute(c).await)?;
    Ok(())
}

pub(super) async fn update(conn: &mut Conn, row: &WorkspaceRow) -> Result<(), DbError> {
    let target = workspaces::table.filter(workspaces::id.eq(&row.id));
    let changes = (
        workspaces::name.eq(&row.name),
        workspaces::slug.eq(&row.slug),
        workspaces::description.eq(&row.description),
        workspaces::own_audience_only.eq(row.own_audience_only),
        workspaces::members_see_all.eq(row.members_see_all),
    );
    run!(conn, |c| diesel::update(target).set(changes).execute(c).await)?;
    Ok(())
}

/// Leaves a tombstone: the row without its slug, and nothing of what belonged to it but its events.
pub(super) async fn bury(conn: &mut Conn, id: &WorkspaceId, now: Ts) -> Result<(), DbError> {
    let target = workspaces::table.filter(workspaces::id.eq(id));
    let changes = (
        workspaces::slug.eq(id.as_str()),
        workspaces::logo_version.eq(None::<String>),
        workspaces::deleted_at.eq(now),
    );
    run!(conn, |c| diesel::update(target).set(changes).execute(c).await)?;
    let gone = former_slugs::table.filter(former_slugs::workspace_id.eq(id));
    run!(conn, |c| diesel::delete(gone).execute(c).await)?;
    let gone = logos::table.filter(logos::workspace_id.eq(id));
    run!(conn, |c| diesel::delete(gone).execute(c).await)?;
    let gone = repositories::table.filter(repositories::workspace_id.eq(id));
    run!(conn, |c| diesel::delete(gone).execute(c).await)?;
    let gone = invitations::table.filter(invitations::workspace_id.eq(id));
    run!(conn, |c| diesel::delete(gone).execute(c).await)?;
    let gone = mails::table.filter(mails::workspace_id.eq(id));
    run!(conn, |c| diesel::delete(gone).execute(c).await)?;
    let gone = credentials::table.filter(credentials::workspace_id.eq(id));
    run!(conn, |c| diesel::delete(gone).execute(c).await)?;
    let gone = grants::table.filter(grants::workspace_id.eq(id));
    run!(conn, |c| diesel::delete(gone).execute(c).await)?;
    let gone = groups::table.filter(groups::workspace_id.eq(id));
    run!(conn, |c| diesel::delete(gone).execute(c).await)?;
    let gone = members::table.filter(members::workspace_id.eq(id));
    run!(conn, |c| diesel::delete(gone).execute(c).await)?;
    Ok(())
}

pub(super) async fn set_logo(
    conn: &mut Conn,
    id: &WorkspaceId,
    logo: Option<&Picture>,
) -> Result<(), DbError> {
    let target = workspaces::table.filter(workspaces::id.eq(id));
    let version = logo.map(|logo| logo.version.clone());
    run!(conn, |c| diesel::update(target).set(workspaces::logo_version.eq(version)).execute(c).await)?;
    let old = logos::table.filter(logos::workspace_id.eq(id));
    run!(conn, |c| diesel::delete(old).execute(c).await)?;
    if let Some(logo) = logo {
        let row = (
            logos::workspace_id.eq(id),
            logos::version.eq(&logo.version),
            logos::content_type.eq(CONTENT_TYPE),
            logos::bytes.eq(&logo.bytes),
        );
        run!(conn, |c| diesel::insert_into(logos::table).values(row).execute(c).await)?;
    }
    Ok(())
}

pub(super) async fn logo(conn: &mut Conn, id: &WorkspaceId) -> Result<Option<(String, Vec<u8>)>, DbError> {
    let query = logos::table.filter(logos::workspace_id.eq(id)).select((logos::version, logos::bytes));
    Ok(run!(conn, |c| query.get_result(c).await.optional())?)
}

/// Repositories, permissions, active members, and the workspaces of a person: the plain counts of the overview.
pub(super) async fn counts(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    within: Option<&[RepositoryId]>,
    user: Option<&UserId>,
    now: Ts,
) -> Result<[i64; 4], DbError> {
    let of_repositories: i64 = run!(conn, |c| {
        let mut query =
            repositories::table.filter(repositories::workspace_id.eq(workspace)).count().into_boxed();
        if let Some(within) = within {
            query = query.filter(repositories::id.eq_any(within));
        }
        query.get_result(c).await
    })?;
    let of_permissions: i64 = run!(conn, |c| {
        let mut query =
            permissions::table.filter(permissions::workspace_id.eq(workspace)).count().into_boxed();
        if let Some(within) = within {
            query = query.filter(permissions::repository_id.eq_any(within));
        }
        query.get_result(c).await
    })?;
    let query = members::table
        .filter(members::workspace_id.eq(workspace))
        .filter(members::status.ne(MemberStatus::Suspended))
        .count();
    let of_members: i64 = run!(conn, |c| query.get_result(c).await)?;
    let of_workspaces = match user {
        Some(user) => i64::try_from(of_user(conn, user, now).await?.len()).unwrap_or(i64::MAX),
        None => 0,
    };
    Ok([of_repositories, of_permissions, of_members, of_workspaces])
}
