//! Groups in the store.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{grants, group_members, groups, invitation_groups, members, users};
use stackyard_db::{Conn, DbError, insert_all, run};
use stackyard_model::Ts;
use stackyard_model::access::{Group, NamedMember};
use stackyard_model::id::{GroupId, InvitationId, MemberId, RepositoryId, WorkspaceId};
use stackyard_model::text::fold;

use crate::access::MemberRole;

/// A group as it is stored.
#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = groups, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct GroupRow {
    pub(super) id: GroupId,
    pub(super) workspace_id: WorkspaceId,
    pub(super) name: String,
    pub(super) name_folded: String,
    pub(super) description: String,
    pub(super) created_at: Ts,
}

/// Somebody in a group, as they are stored.
#[derive(Insertable, Debug, Clone)]
#[diesel(table_name = group_members)]
#[diesel(treat_none_as_default_value = false)]
struct InGroup {
    group_id: GroupId,
    member_id: MemberId,
    added_at: Ts,
}

/// A group of an invitation, as it is stored.
#[derive(Insertable, Debug, Clone)]
#[diesel(table_name = invitation_groups)]
#[diesel(treat_none_as_default_value = false)]
struct OfInvitation {
    invitation_id: InvitationId,
    group_id: GroupId,
}

/// The groups of a workspace by name, with how many are in each and on how many things it has a role at a moment:
/// of those that are given alone, when they are.
pub(super) async fn list(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    within: Option<&[RepositoryId]>,
    now: Ts,
) -> Result<Vec<Group>, DbError> {
    let query = groups::table.filter(groups::workspace_id.eq(workspace)).order(groups::name_folded);
    let rows: Vec<GroupRow> = run!(conn, |c| query.select(GroupRow::as_select()).load(c).await)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let query = group_members::table
        .inner_join(groups::table)
        .filter(groups::workspace_id.eq(workspace))
        .group_by(group_members::group_id)
        .select((group_members::group_id, diesel::dsl::count_star()));
    let of_members: Vec<(GroupId, i64)> = run!(conn, |c| query.load(c).await)?;
    let of_grants: Vec<(Option<GroupId>, i64)> = run!(conn, |c| {
        let mut query = grants::table
            .filter(grants::workspace_id.eq(workspace).and(grants::group_id.is_not_null()))
            .filter(grants::expires_at.is_null().or(grants::expires_at.gt(now)))
            .group_by(grants::group_id)
            .select((grants::group_id, diesel::dsl::count_star()))
            .into_boxed();
        if let Some(within) = within {
            query = query.filter(grants::resource_id.eq_any(within));
        }
        query.load(c).await
    })?;
    let of_members: HashMap<_, _> = of_members.into_iter().collect();
    let of_grants: HashMap<_, _> =
        of_grants.into_iter().filter_map(|(id, count)| Some((id?, count))).collect();
    let group = |row: GroupRow| Group {
        members: of_members.get(&row.id).copied().unwrap_or(0),
        grants: of_grants.get(&row.id).copied().unwrap_or(0),
        id: row.id,
        name: row.name,
        description: row.description,
        created_at: row.created_at,
    };
    Ok(rows.into_iter().map(group).collect())
}

pub(super) async fn count(conn: &mut Conn, workspace: &WorkspaceId) -> Result<i64, DbError> {
    let query = groups::table.filter(groups::workspace_id.eq(workspace)).count();
    Ok(run!(conn, |c| query.get_result(c).await)?)
}

pub(super) async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &GroupId,
) -> Result<Option<GroupRow>, DbError> {
    let query = groups::table.filter(groups::id.eq(id).and(groups::workspace_id.eq(workspace)));
    Ok(run!(conn, |c| query.select(GroupRow::as_select()).get_result(c).await.optional())?)
}

/// The group of that name in whatever case.
pub(crate) async fn by_name(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    name: &str,
) -> Result<Option<(GroupId, String)>, DbError> {
    let query = groups::table
        .filter(groups::workspace_id.eq(workspace).and(groups::name_folded.eq(fold(name))))
        .select((groups::id, groups::name));
    Ok(run!(conn, |c| query.get_result(c).await.optional())?)
}

/// How many of these are groups of the workspace.
pub(crate) async fn known(conn: &mut Conn, workspace: &WorkspaceId, ids: &[GroupId]) -> Result<i64, DbError> {
    Ok(run!(conn, |c| {
        let query = groups::table.filter(groups::workspace_id.eq(workspace).and(groups::id.eq_any(ids)));
        query.count().get_result(c).await
    })?)
}

/// Writes a group. False when its name is taken.
pub(super) async fn insert(conn: &mut Conn, row: &GroupRow) -> Result<bool, DbError> {
    let new = diesel::insert_into(groups::table).values(row).on_conflict_do_nothing();
    Ok(run!(conn, |c| new.execute(c).await)? == 1)
}

pub(super) async fn update(
    conn: &mut Conn,
    id: &GroupId,
    name: &str,
    description: &str,
) -> Result<(), DbError> {
    let target = groups::table.find(id);
    let set =
        (groups::name.eq(name), groups::name_folded.eq(fold(name)), groups::description.eq(description));
    run!(conn, |c| diesel::update(target).set(set).execute(c).await)?;
    Ok(())
}

pub(super) async fn delete(conn: &mut Conn, id: &GroupId) -> Result<(), DbError> {
    let target = groups::table.find(id);
    run!(conn, |c| diesel::delete(target).execute(c).await)?;
    Ok(())
}

/// What is read of a member: who they are, and as what.
type Person = (MemberId, MemberRole, (String, String));

fn person(now: Ts, (id, role, (name, email)): Person) -> NamedMember {
    NamedMember { id, name, email, role: role.at(now) }
}

pub(super) async fn members(conn: &mut Conn, id: &GroupId, now: Ts) -> Result<Vec<NamedMember>, DbError> {
    let rows: Vec<Person> = run!(conn, |c| {
        group_members::table
            .inner_join(members::table.inner_join(users::table))
            .filter(group_members::group_id.eq(id))
            .order((users::name_folded, members::id))
            .select((members::id, MemberRole::as_select(), (users::name, users::email)))
            .load(c)
            .await
    })?;
    Ok(rows.into_iter().map(|row| person(now, row)).collect())
}

pub(super) async fn outsiders(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &GroupId,
    patterns: &[String],
    limit: i64,
    now: Ts,
) -> Result<Vec<NamedMember>, DbError> {
    let rows: Vec<Person> = run!(conn, |c| {
        let within =
            group_members::table.filter(group_members::group_id.eq(id)).select(group_members::member_id);
        let mut query = members::table
            .inner_join(users::table)
            .filter(members::workspace_id.eq(workspace))
            .filter(members::id.ne_all(within))
            .select((members::id, MemberRole::as_select(), (users::name, users::email)))
            .into_boxed();
        for pattern in patterns {
            let name = users::name_folded.like(pattern).escape('\\');
            query = query.filter(name.or(users::email_folded.like(pattern).escape('\\')));
        }
        query.order((users::name_folded, members::id)).limit(limit).load(c).await
    })?;
    Ok(rows.into_iter().map(|row| person(now, row)).collect())
}

/// Those of these members who are of the workspace, by name.
pub(super) async fn named(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    ids: &[MemberId],
    now: Ts,
) -> Result<Vec<NamedMember>, DbError> {
    let rows: Vec<Person> = run!(conn, |c| {
        members::table
            .inner_join(users::table)
            .filter(members::workspace_id.eq(workspace).and(members::id.eq_any(ids)))
            .order((users::name_folded, members::id))
            .select((members::id, MemberRole::as_select(), (users::name, users::email)))
            .load(c)
            .await
    })?;
    Ok(rows.into_iter().map(|row| person(now, row)).collect())
}

/// Who is in a group.
pub(crate) async fn member_ids(conn: &mut Conn, id: &GroupId) -> Result<Vec<MemberId>, DbError> {
    let query = group_members::table.filter(group_members::group_id.eq(id)).select(group_members::member_id);
    Ok(run!(conn, |c| query.load(c).await)?)
}

/// The groups of a member.
pub(super) async fn ids_of(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    member: &MemberId,
) -> Result<Vec<GroupId>, DbError> {
    let query = group_members::table
        .inner_join(groups::table)
        .filter(group_members::member_id.eq(member).and(groups::workspace_id.eq(workspace)))
        .select(group_members::group_id);
    Ok(run!(conn, |c| query.load(c).await)?)
}

/// The names of the groups of some members.
pub(super) async fn names_of(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    ids: &[MemberId],
) -> Result<Vec<(MemberId, String)>, DbError> {
    Ok(run!(conn, |c| {
        group_members::table
            .inner_join(groups::table)
            .filter(group_members::member_id.eq_any(ids).and(groups::workspace_id.eq(workspace)))
            .order(groups::name_folded)
            .select((group_members::member_id, groups::name))
            .load(c)
            .await
    })?)
}

/// Puts members into a group; who is in it stays.
pub(super) async fn put_in(
    conn: &mut Conn,
    id: &GroupId,
    members: &[MemberId],
    now: Ts,
) -> Result<(), DbError> {
    let row = |member: &MemberId| InGroup { group_id: id.clone(), member_id: member.clone(), added_at: now };
    let rows: Vec<_> = members.iter().map(row).collect();
    insert_all!(conn, group_members::table, &rows, or_nothing)?;
    Ok(())
}

pub(super) async fn take_out(conn: &mut Conn, id: &GroupId, members: &[MemberId]) -> Result<(), DbError> {
    run!(conn, |c| {
        let target = group_members::table
            .filter(group_members::group_id.eq(id).and(group_members::member_id.eq_any(members)));
        diesel::delete(target).execute(c).await
    })?;
    Ok(())
}

/// Says in which groups those land who join by these invitations.
pub(crate) async fn set_of_invitations(
    conn: &mut Conn,
    invitations: &[InvitationId],
    groups: &[GroupId],
) -> Result<(), DbError> {
    run!(conn, |c| {
        let before = invitation_groups::table.filter(invitation_groups::invitation_id.eq_any(invitations));
        diesel::delete(before).execute(c).await
    })?;
    let pair = |invitation: &InvitationId, group: &GroupId| OfInvitation {
        invitation_id: invitation.clone(),
        group_id: group.clone(),
    };
    let rows: Vec<_> = invitations
        .iter()
        .flat_map(|invitation| groups.iter().map(move |group| pair(invitation, group)))
        .collect();
    insert_all!(conn, invitation_groups::table, &rows, or_nothing)?;
    Ok(())
}

/// The groups of an invitation.
pub(crate) async fn of_invitation(conn: &mut Conn, id: &InvitationId) -> Result<Vec<GroupId>, DbError> {
    let query = invitation_groups::table
        .filter(invitation_groups::invitation_id.eq(id))
        .select(invitation_groups::group_id);
    Ok(run!(conn, |c| query.load(c).await)?)
}

/// The names of the groups of some invitations.
pub(crate) async fn names_of_invitations(
    conn: &mut Conn,
    ids: &[InvitationId],
) -> Result<Vec<(InvitationId, String)>, DbError> {
    Ok(run!(conn, |c| {
        invitation_groups::table
            .inner_join(groups::table)
            .filter(invitation_groups::invitation_id.eq_any(ids))
            .order(groups::name_folded)
            .select((invitation_groups::invitation_id, groups::name))
            .load(c)
            .await
    })?)
}

/// Puts who joined by an invitation into its groups, and gives their names.
pub(crate) async fn join_by_invitation(
    conn: &mut Conn,
    invitation: &InvitationId,
    member: &MemberId,
    now: Ts,
) -> Result<Vec<String>, DbError> {
    let query = invitation_groups::table
        .inner_join(groups::table)
        .filter(invitation_groups::invitation_id.eq(invitation))
        .order(groups::name_folded)
        .select((groups::id, groups::name));
    let groups: Vec<(GroupId, String)> = run!(conn, |c| query.load(c).await)?;
    for (group, _) in &groups {
        put_in(conn, group, std::slice::from_ref(member), now).await?;
    }
    Ok(groups.into_iter().map(|(_, name)| name).collect())
}
