//! Members with their accounts in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{members, ownership_offers, users};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::id::{MemberId, UserId, WorkspaceId};
use stackyard_model::team::{INACTIVE_AFTER, TeamMember};
use stackyard_model::{Action, MemberStatus, Role, Ts};

use super::list::{TeamFilter, TeamSort};
use crate::access::{self, MemberRole};
use crate::search;

/// What is read of a member.
#[derive(Queryable, Selectable, Debug, Clone)]
#[diesel(table_name = members, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
struct MemberRow {
    id: MemberId,
    user_id: UserId,
    #[diesel(embed)]
    role: MemberRole,
    status: MemberStatus,
    joined_at: Ts,
    last_active_at: Option<Ts>,
    seen_at: Ts,
}

/// What is read of a member's account.
#[derive(Queryable, Selectable, Debug, Clone)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
struct PersonRow {
    email: String,
    email_verified: bool,
    name: String,
    name_folded: String,
}

/// A member with what lists are sorted by.
pub(super) struct Listed {
    pub(super) member: TeamMember,
    pub(super) seen_at: Ts,
    pub(super) name_folded: String,
}

impl Listed {
    /// A member as they are at a moment.
    fn at(now: Ts, (row, person): (MemberRow, PersonRow)) -> Self {
        let is_inactive = row.status == MemberStatus::Active && row.seen_at <= now - INACTIVE_AFTER;
        Self {
            member: TeamMember {
                id: row.id,
                user_id: row.user_id,
                name: person.name,
                email: person.email,
                email_verified: person.email_verified,
                role: row.role.at(now),
                role_until: row.role.lent(now).map(|(_, until)| until),
                status: if is_inactive { MemberStatus::Inactive } else { row.status },
                joined_at: row.joined_at,
                last_active_at: row.last_active_at,
            },
            seen_at: row.seen_at,
            name_folded: person.name_folded,
        }
    }
}

/// Where a page begins: behind a member, by what the list is sorted by.
pub(super) enum After {
    /// At the beginning.
    Nothing,
    /// Behind who was last here then.
    Seen(Ts, MemberId),
    /// Behind who has this name.
    Name(String, MemberId),
    /// Behind who joined before.
    Joined(MemberId),
}

/// Members of a workspace that a filter lets through, in its order.
pub(super) async fn page(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    filter: &TeamFilter,
    after: &After,
    limit: i64,
    now: Ts,
) -> Result<Vec<Listed>, DbError> {
    let words = search::patterns(&filter.q);
    let rows: Vec<(MemberRow, PersonRow)> = run!(conn, |c| {
        let mut query = members::table
            .inner_join(users::table)
            .filter(members::workspace_id.eq(workspace))
            .select((MemberRow::as_select(), PersonRow::as_select()))
            .limit(limit)
            .into_boxed();
        if let Some(role) = filter.role {
            let lent = members::lent_role.eq(role).and(members::lent_until.gt(now));
            let nothing_lent = members::lent_until.is_null().nullable().or(members::lent_until.le(now));
            query = query.filter(lent.or(members::role.eq(role).nullable().and(nothing_lent)));
        }
        let since = now - INACTIVE_AFTER;
        let may_come = members::status.ne(MemberStatus::Suspended);
        query = match filter.status {
            None => query,
            Some(MemberStatus::Suspended) => query.filter(members::status.eq(MemberStatus::Suspended)),
            Some(MemberStatus::Active) => query.filter(may_come.and(members::seen_at.gt(since))),
            Some(MemberStatus::Inactive) => query.filter(may_come.and(members::seen_at.le(since))),
        };
        for word in &words {
            let name = users::name_folded.like(word).escape('\\');
            query = query.filter(name.or(users::email_folded.like(word).escape('\\')));
        }
        query = match after {
            After::Nothing => query,
            After::Seen(at, id) => {
                let earlier = members::seen_at.lt(at);
                query.filter(earlier.or(members::seen_at.eq(at).and(members::id.lt(id))))
            }
            After::Name(name, id) => {
                let later = users::name_folded.gt(name);
                query.filter(later.or(users::name_folded.eq(name).and(members::id.gt(id))))
            }
            After::Joined(id) => query.filter(members::id.lt(id)),
        };
        query = match filter.sort {
            TeamSort::Seen => query.order((members::seen_at.desc(), members::id.desc())),
            TeamSort::Name => query.order((users::name_folded.asc(), members::id.asc())),
            TeamSort::Joined => query.order(members::id.desc()),
        };
        query.load(c).await
    })?;
    Ok(rows.into_iter().map(|row| Listed::at(now, row)).collect())
}

/// One of the members, as they are at a moment.
pub(crate) async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &MemberId,
    now: Ts,
) -> Result<Option<TeamMember>, DbError> {
    let query = members::table
        .inner_join(users::table)
        .filter(members::id.eq(id).and(members::workspace_id.eq(workspace)));
    let row: Option<(MemberRow, PersonRow)> = run!(conn, |c| query
        .select((MemberRow::as_select(), PersonRow::as_select()))
        .get_result(c)
        .await
        .optional())?;
    Ok(row.map(|row| Listed::at(now, row).member))
}

/// How many members of a workspace may come in and do, may come in and do not, and are kept out.
pub(super) async fn counts(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    now: Ts,
) -> Result<(i64, i64, i64), DbError> {
    let query = members::table
        .filter(members::workspace_id.eq(workspace))
        .group_by(members::status)
        .select((members::status, diesel::dsl::count_star()));
    let rows: Vec<(MemberStatus, i64)> = run!(conn, |c| query.load(c).await)?;
    let of = |suspended: bool| -> i64 {
        let those = rows.iter().filter(|(status, _)| (*status == MemberStatus::Suspended) == suspended);
        those.map(|(_, count)| count).sum()
    };
    let query = members::table
        .filter(members::workspace_id.eq(workspace).and(members::status.ne(MemberStatus::Suspended)))
        .filter(members::seen_at.le(now - INACTIVE_AFTER))
        .count();
    let inactive: i64 = run!(conn, |c| query.get_result(c).await)?;
    Ok((of(false) - inactive, inactive, of(true)))
}

/// Those of these folded addresses that are of a workspace's members, with the members' names.
pub(crate) async fn members_among(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    emails_folded: &[String],
) -> Result<Vec<(String, String)>, DbError> {
    let query = members::table
        .inner_join(users::table)
        .filter(members::workspace_id.eq(workspace))
        .filter(users::email_folded.eq_any(emails_folded))
        .select((users::email_folded, users::name));
    Ok(run!(conn, |c| query.load(c).await)?)
}

/// Whether a person may invite into a workspace at this moment.
pub(crate) async fn may_invite(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &str,
    now: Ts,
) -> Result<bool, DbError> {
    let role = role_of(conn, workspace, user).await?;
    Ok(role.is_some_and(|role| role.at(now).may(Action::ManageMembers)))
}

/// Whether a person may invite into a workspace at this moment, and not for a time.
pub(crate) async fn may_invite_for_good(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &str,
) -> Result<bool, DbError> {
    let role = role_of(conn, workspace, user).await?;
    Ok(role.is_some_and(|role| role.for_good().may(Action::ManageMembers)))
}

/// The role of a person who is let in; none of anybody else.
async fn role_of(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &str,
) -> Result<Option<MemberRole>, DbError> {
    let query = members::table
        .inner_join(users::table)
        .filter(members::workspace_id.eq(workspace).and(members::user_id.eq(user)))
        .filter(members::status.ne(MemberStatus::Suspended).and(users::disabled_at.is_null()));
    Ok(run!(conn, |c| query.select(MemberRole::as_select()).get_result(c).await.optional())?)
}

/// Gives a member a role for good, in place of any that was lent to them.
pub(crate) async fn set_role(conn: &mut Conn, id: &MemberId, role: Role) -> Result<(), DbError> {
    let target = members::table.filter(members::id.eq(id));
    let set =
        (members::role.eq(role), members::lent_role.eq(None::<Role>), members::lent_until.eq(None::<Ts>));
    run!(conn, |c| diesel::update(target).set(set).execute(c).await)?;
    access::end_lent_role(conn, id).await
}

/// Lends a member a role for a time, in place of any that was lent to them before.
pub(crate) async fn lend_role(
    conn: &mut Conn,
    id: &MemberId,
    (role, until): (Role, Ts),
) -> Result<(), DbError> {
    let target = members::table.filter(members::id.eq(id));
    let set = (members::lent_role.eq(role), members::lent_until.eq(until));
    run!(conn, |c| diesel::update(target).set(set).execute(c).await)?;
    Ok(())
}

pub(super) async fn set_status(conn: &mut Conn, id: &MemberId, status: MemberStatus) -> Result<(), DbError> {
    let target = members::table.filter(members::id.eq(id));
    run!(conn, |c| diesel::update(target).set(members::status.eq(status)).execute(c).await)?;
    Ok(())
}

pub(super) async fn delete(conn: &mut Conn, id: &MemberId) -> Result<(), DbError> {
    let target = members::table.filter(members::id.eq(id));
    run!(conn, |c| diesel::delete(target).execute(c).await)?;
    Ok(())
}

/// Ownership that is offered: from which member to which, until when.
pub(super) async fn offer(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    now: Ts,
) -> Result<Option<(MemberId, MemberId, Ts)>, DbError> {
    let query = ownership_offers::table
        .filter(ownership_offers::workspace_id.eq(workspace).and(ownership_offers::expires_at.gt(now)))
        .select((ownership_offers::from_member, ownership_offers::to_member, ownership_offers::expires_at));
    Ok(run!(conn, |c| query.get_result(c).await.optional())?)
}

/// Offers ownership, in place of any offer before.
pub(super) async fn set_offer(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (from, to): (&MemberId, &MemberId),
    now: Ts,
    until: Ts,
) -> Result<(), DbError> {
    end_offer(conn, workspace).await?;
    let row = (
        ownership_offers::workspace_id.eq(workspace),
        ownership_offers::from_member.eq(from),
        ownership_offers::to_member.eq(to),
        ownership_offers::created_at.eq(now),
        ownership_offers::expires_at.eq(until),
    );
    run!(conn, |c| diesel::insert_into(ownership_offers::table).values(row).execute(c).await)?;
    Ok(())
}

pub(super) async fn end_offer(conn: &mut Conn, workspace: &WorkspaceId) -> Result<(), DbError> {
    let target = ownership_offers::table.filter(ownership_offers::workspace_id.eq(workspace));
    run!(conn, |c| diesel::delete(target).execute(c).await)?;
    Ok(())
}
