//! Grants in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{grants, group_members, groups, members, repositories, users};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::MemberStatus;
use stackyard_model::Ts;
use stackyard_model::access::{Grant, Grantee, NamedMember, ResourceRole, ResourceType};
use stackyard_model::id::{GrantId, GroupId, MemberId, RepositoryId, WorkspaceId};
use stackyard_model::repository::Repository;

use super::queries::MemberRole;
use crate::{Ctx, Here};

/// A grant as it is stored.
#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = grants, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct GrantRow {
    pub(super) id: GrantId,
    workspace_id: WorkspaceId,
    resource_type: ResourceType,
    resource_id: RepositoryId,
    member_id: Option<MemberId>,
    group_id: Option<GroupId>,
    role: ResourceRole,
    expires_at: Option<Ts>,
    granted_by_name: String,
    created_at: Ts,
}

impl GrantRow {
    pub(super) fn new(
        ctx: &Ctx,
        here: &Here,
        repository: &Repository,
        to: &Grantee,
        role: ResourceRole,
        expires_at: Option<Ts>,
    ) -> Self {
        let (member_id, group_id) = match to {
            Grantee::Member(id, _) => (Some(id.clone()), None),
            Grantee::Group(id, _) => (None, Some(id.clone())),
        };
        let (_, _, granted_by_name) = ctx.actor_words();
        let now = ctx.now();
        Self {
            id: GrantId::mint(now, ctx.id_bytes()),
            workspace_id: here.id().clone(),
            resource_type: ResourceType::Repository,
            resource_id: repository.id.clone(),
            member_id,
            group_id,
            role,
            expires_at,
            granted_by_name,
            created_at: now,
        }
    }

    fn into_grant(self, repository: String, to: Grantee) -> Grant {
        Grant {
            id: self.id,
            repository_id: self.resource_id,
            repository,
            to,
            role: self.role,
            expires_at: self.expires_at,
            granted_by_name: self.granted_by_name,
            created_at: self.created_at,
        }
    }
}

/// The grants on a repository that hold at a moment.
pub(super) async fn on(conn: &mut Conn, repository: &Repository, now: Ts) -> Result<Vec<Grant>, DbError> {
    let to_members: Vec<(GrantRow, (MemberId, String))> = run!(conn, |c| {
        grants::table
            .inner_join(members::table.inner_join(users::table))
            .filter(grants::resource_type.eq(ResourceType::Repository))
            .filter(grants::resource_id.eq(&repository.id))
            .filter(grants::expires_at.is_null().or(grants::expires_at.gt(now)))
            .select((GrantRow::as_select(), (members::id, users::name)))
            .load(c)
            .await
    })?;
    let to_groups: Vec<(GrantRow, (GroupId, String))> = run!(conn, |c| {
        grants::table
            .inner_join(groups::table)
            .filter(grants::resource_type.eq(ResourceType::Repository))
            .filter(grants::resource_id.eq(&repository.id))
            .filter(grants::expires_at.is_null().or(grants::expires_at.gt(now)))
            .select((GrantRow::as_select(), (groups::id, groups::name)))
            .load(c)
            .await
    })?;
    let name = &repository.name;
    let members =
        to_members.into_iter().map(|(row, (id, of))| row.into_grant(name.clone(), Grantee::Member(id, of)));
    let groups =
        to_groups.into_iter().map(|(row, (id, of))| row.into_grant(name.clone(), Grantee::Group(id, of)));
    Ok(members.chain(groups).collect())
}

/// The grants of a group that hold at a moment, by repository.
pub(super) async fn of_group(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    group: &GroupId,
    now: Ts,
) -> Result<Vec<Grant>, DbError> {
    let rows: Vec<(GrantRow, (GroupId, String), String)> = run!(conn, |c| {
        grants::table
            .inner_join(groups::table)
            .inner_join(repositories::table.on(repositories::id.eq(grants::resource_id)))
            .filter(grants::workspace_id.eq(workspace).and(grants::group_id.eq(group)))
            .filter(grants::expires_at.is_null().or(grants::expires_at.gt(now)))
            .order(repositories::name_folded)
            .select((GrantRow::as_select(), (groups::id, groups::name), repositories::name))
            .load(c)
            .await
    })?;
    let grant = |(row, (id, of), name): (GrantRow, (GroupId, String), String)| {
        row.into_grant(name, Grantee::Group(id, of))
    };
    Ok(rows.into_iter().map(grant).collect())
}

/// What somebody has for good on a repository.
pub(super) async fn for_good(
    conn: &mut Conn,
    repository: &RepositoryId,
    to: &Grantee,
) -> Result<Option<(GrantId, ResourceRole)>, DbError> {
    Ok(run!(conn, |c| {
        let mut query = grants::table
            .filter(grants::resource_type.eq(ResourceType::Repository))
            .filter(grants::resource_id.eq(repository).and(grants::expires_at.is_null()))
            .select((grants::id, grants::role))
            .into_boxed();
        query = match to {
            Grantee::Member(id, _) => query.filter(grants::member_id.eq(id)),
            Grantee::Group(id, _) => query.filter(grants::group_id.eq(id)),
        };
        query.first(c).await.optional()
    })?)
}

pub(super) async fn insert(conn: &mut Conn, row: &GrantRow) -> Result<(), DbError> {
    run!(conn, |c| diesel::insert_into(grants::table).values(row).execute(c).await)?;
    Ok(())
}

pub(super) async fn set_role(conn: &mut Conn, id: &GrantId, role: ResourceRole) -> Result<(), DbError> {
    let target = grants::table.find(id);
    run!(conn, |c| diesel::update(target).set(grants::role.eq(role)).execute(c).await)?;
    Ok(())
}

pub(super) async fn delete(conn: &mut Conn, id: &GrantId) -> Result<(), DbError> {
    let target = grants::table.find(id);
    run!(conn, |c| diesel::delete(target).execute(c).await)?;
    Ok(())
}

/// The member whose folded address this is.
pub(super) async fn member_by_address(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    folded: &str,
) -> Result<Option<(MemberId, String, MemberRole)>, DbError> {
    let query = members::table
        .inner_join(users::table)
        .filter(members::workspace_id.eq(workspace).and(users::email_folded.eq(folded)));
    Ok(run!(conn, |c| query
        .select((members::id, users::name, MemberRole::as_select()))
        .get_result(c)
        .await
        .optional())?)
}

/// The members of a workspace who may come in, by name.
pub(super) async fn everybody(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    now: Ts,
) -> Result<Vec<NamedMember>, DbError> {
    let query = members::table
        .inner_join(users::table)
        .filter(members::workspace_id.eq(workspace).and(members::status.ne(MemberStatus::Suspended)))
        .order((users::name_folded, members::id));
    let rows: Vec<(MemberId, String, String, MemberRole)> = run!(conn, |c| query
        .select((members::id, users::name, users::email, MemberRole::as_select()))
        .load(c)
        .await)?;
    let named = |(id, name, email, role): (MemberId, String, String, MemberRole)| NamedMember {
        id,
        name,
        email,
        role: role.at(now),
    };
    Ok(rows.into_iter().map(named).collect())
}

/// Who is in which of these groups.
pub(super) async fn who_is_in(conn: &mut Conn, ids: &[GroupId]) -> Result<Vec<(GroupId, MemberId)>, DbError> {
    Ok(run!(conn, |c| {
        group_members::table
            .filter(group_members::group_id.eq_any(ids))
            .select((group_members::group_id, group_members::member_id))
            .load(c)
            .await
    })?)
}

/// Whether one of these groups decides about access to something: who joins it does.
pub(crate) async fn any_decides(conn: &mut Conn, groups: &[GroupId]) -> Result<bool, DbError> {
    if groups.is_empty() {
        return Ok(false);
    }
    let deciding =
        grants::table.filter(grants::group_id.eq_any(groups).and(grants::role.eq(ResourceRole::Admin)));
    let query = diesel::select(diesel::dsl::exists(deciding));
    Ok(run!(conn, |c| query.get_result(c).await)?)
}

/// Whether one of these members has a role for a time, in the workspace or on a repository.
pub(super) async fn any_borrows(conn: &mut Conn, members: &[MemberId], now: Ts) -> Result<bool, DbError> {
    let roles = members::table.filter(members::id.eq_any(members).and(members::lent_until.gt(now)));
    let granted = grants::table.filter(grants::member_id.eq_any(members).and(grants::expires_at.gt(now)));
    let query = diesel::select(diesel::dsl::exists(roles).or(diesel::dsl::exists(granted)));
    Ok(run!(conn, |c| query.get_result(c).await)?)
}

/// Whether a member decides about access to something for good, by themselves or by a group.
pub(crate) async fn decides(conn: &mut Conn, member: &MemberId, now: Ts) -> Result<bool, DbError> {
    let had = had_by(conn, member, now).await?;
    Ok(had.into_iter().any(|(_, role, until, _)| role == ResourceRole::Admin && until.is_none()))
}

/// A role on a repository, the name of the group that has it when it is one, and its end.
pub(super) type Had = (RepositoryId, ResourceRole, Option<Ts>, Option<String>);

/// What a member has by themselves and by their groups at a moment.
pub(super) async fn had_by(conn: &mut Conn, member: &MemberId, now: Ts) -> Result<Vec<Had>, DbError> {
    Ok(run!(conn, |c| {
        let within = group_members::table
            .filter(group_members::member_id.eq(member))
            .select(group_members::group_id.nullable());
        grants::table
            .left_join(groups::table)
            .filter(grants::member_id.eq(member).or(grants::group_id.eq_any(within)))
            .filter(grants::resource_type.eq(ResourceType::Repository))
            .filter(grants::expires_at.is_null().or(grants::expires_at.gt(now)))
            .select((grants::resource_id, grants::role, grants::expires_at, groups::name.nullable()))
            .load(c)
            .await
    })?)
}
