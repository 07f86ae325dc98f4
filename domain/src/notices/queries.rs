//! Notices in the store.

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{access_requests, members, notices, users, workspaces};
use stackyard_db::{Conn, DbError, insert_all, run};
use stackyard_model::id::{EventId, MailId, MemberId, RANDOM_LENGTH, UserId, WorkspaceId};
use stackyard_model::notice::{NoticeMail, NoticePlace};
use stackyard_model::{Action, MemberStatus, Role, Ts};

use crate::access::MemberRole;

/// A notice as it is stored.
#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = notices, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct NoticeRow {
    pub(super) user_id: UserId,
    pub(super) event_id: EventId,
    pub(super) workspace_id: Option<WorkspaceId>,
    pub(super) read_at: Option<Ts>,
    pub(super) mail: NoticeMail,
    /// The mail that it went into.
    pub(super) mail_id: Option<MailId>,
}

/// Somebody who is told, and how they want to be.
#[derive(Queryable, Selectable, Debug, Clone)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(super) struct Recipient {
    pub(super) id: UserId,
    pub(super) notice_mail: NoticeMail,
    pub(super) time_zone: Option<String>,
    /// Whether the address is known to be theirs.
    pub(super) email_verified: bool,
}

/// Those who run a workspace at this moment: by the role that counts, which may be one that is lent to them.
pub(super) async fn admins(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    now: Ts,
) -> Result<Vec<Recipient>, DbError> {
    let run = [Role::Owner, Role::Admin];
    let query = members::table
        .inner_join(users::table)
        .filter(members::workspace_id.eq(workspace))
        .filter(members::role.eq_any(run).nullable().or(members::lent_role.eq_any(run)))
        .filter(members::status.ne(MemberStatus::Suspended).and(users::disabled_at.is_null()))
        .order(users::id.asc());
    let people: Vec<(Recipient, MemberRole)> =
        run!(conn, |c| query.select((Recipient::as_select(), MemberRole::as_select())).load(c).await)?;
    let running = people.into_iter().filter(|(_, role)| run.contains(&role.at(now)));
    Ok(running.map(|(person, _)| person).collect())
}

/// Forgets what a person was told.
pub(crate) async fn forget(conn: &mut Conn, user: &UserId) -> Result<(), DbError> {
    let theirs = notices::table.filter(notices::user_id.eq(user));
    run!(conn, |c| diesel::delete(theirs).execute(c).await)?;
    Ok(())
}

/// The person of a membership, by its id.
pub(super) async fn member(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &str,
) -> Result<Option<Recipient>, DbError> {
    let query = members::table
        .inner_join(users::table)
        .filter(members::workspace_id.eq(workspace).and(members::id.eq(id)));
    Ok(run!(conn, |c| query.select(Recipient::as_select()).get_result(c).await.optional())?)
}

/// The people of some memberships who may come in and see what is in the workspace.
pub(super) async fn members(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    ids: &[MemberId],
    now: Ts,
) -> Result<Vec<Recipient>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = members::table
        .inner_join(users::table)
        .filter(members::workspace_id.eq(workspace).and(members::id.eq_any(ids)))
        .filter(members::status.ne(MemberStatus::Suspended).and(users::disabled_at.is_null()))
        .order(users::id.asc());
    let people: Vec<(Recipient, MemberRole)> =
        run!(conn, |c| query.select((Recipient::as_select(), MemberRole::as_select())).load(c).await)?;
    let seeing = people.into_iter().filter(|(_, role)| role.at(now).may(Action::SeeResources));
    Ok(seeing.map(|(person, _)| person).collect())
}

/// The person who asked for access, by the request's id.
pub(super) async fn asking(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    request: &str,
) -> Result<Option<Recipient>, DbError> {
    let query = access_requests::table
        .inner_join(members::table.inner_join(users::table))
        .filter(access_requests::workspace_id.eq(workspace).and(access_requests::id.eq(request)));
    Ok(run!(conn, |c| query.select(Recipient::as_select()).get_result(c).await.optional())?)
}

/// A person, by their id.
pub(super) async fn person(conn: &mut Conn, id: &str) -> Result<Option<Recipient>, DbError> {
    let query = users::table.filter(users::id.eq(id));
    Ok(run!(conn, |c| query.select(Recipient::as_select()).get_result(c).await.optional())?)
}

pub(super) async fn insert(conn: &mut Conn, rows: &[NoticeRow]) -> Result<(), DbError> {
    insert_all!(conn, notices::table, rows)?;
    Ok(())
}

/// One more that these people have not read.
pub(super) async fn count_unread(conn: &mut Conn, people: &[&UserId]) -> Result<(), DbError> {
    let target = users::table.filter(users::id.eq_any(people));
    let set = users::notices_unread.eq(users::notices_unread + 1);
    run!(conn, |c| diesel::update(target).set(set).execute(c).await)?;
    Ok(())
}

/// A person's notices, the newest first, `before` an event; with the name of their workspace.
pub(super) async fn page(
    conn: &mut Conn,
    user: &UserId,
    before: Option<&EventId>,
    limit: i64,
) -> Result<Vec<(NoticeRow, Option<NoticePlace>)>, DbError> {
    // Ids end in letters and digits alone, so none is behind this one.
    let before = before.map_or("evt_~", EventId::as_str);
    let query = notices::table
        .filter(notices::user_id.eq(user).and(notices::event_id.lt(before)))
        .order(notices::event_id.desc())
        .limit(limit);
    let rows = run!(conn, |c| query.select(NoticeRow::as_select()).load(c).await)?;
    with_places(conn, rows).await
}

/// With the workspaces that notices are about, those among them that were deleted.
async fn with_places(
    conn: &mut Conn,
    rows: Vec<NoticeRow>,
) -> Result<Vec<(NoticeRow, Option<NoticePlace>)>, DbError> {
    let mut ids: Vec<_> = rows.iter().filter_map(|row| row.workspace_id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    let query =
        workspaces::table.filter(workspaces::id.eq_any(&ids)).select((workspaces::id, workspaces::name));
    let names: Vec<(WorkspaceId, String)> = run!(conn, |c| query.load(c).await)?;
    let place = |row: &NoticeRow| {
        let (id, name) = names.iter().find(|(id, _)| Some(id) == row.workspace_id.as_ref())?;
        Some(NoticePlace { id: id.clone(), name: name.clone() })
    };
    Ok(rows.into_iter().map(|row| (row.clone(), place(&row))).collect())
}

/// Marks one notice of a person as read. False when it is none of theirs, or was read.
pub(super) async fn read_one(
    conn: &mut Conn,
    user: &UserId,
    event: &EventId,
    now: Ts,
) -> Result<bool, DbError> {
    let target = notices::table
        .filter(notices::user_id.eq(user).and(notices::event_id.eq(event)))
        .filter(notices::read_at.is_null());
    let read = run!(conn, |c| diesel::update(target).set(notices::read_at.eq(now)).execute(c).await)?;
    uncount(conn, user, read).await?;
    Ok(read == 1)
}

/// Marks all notices of a person up to an event as read.
pub(super) async fn read_until(
    conn: &mut Conn,
    user: &UserId,
    last: &EventId,
    now: Ts,
) -> Result<(), DbError> {
    let target = notices::table
        .filter(notices::user_id.eq(user).and(notices::event_id.le(last)))
        .filter(notices::read_at.is_null());
    let read = run!(conn, |c| diesel::update(target).set(notices::read_at.eq(now)).execute(c).await)?;
    uncount(conn, user, read).await
}

/// So many fewer that a person has not read.
async fn uncount(conn: &mut Conn, user: &UserId, read: usize) -> Result<(), DbError> {
    let read = i32::try_from(read).unwrap_or(i32::MAX);
    let target = users::table.find(user);
    let set = users::notices_unread.eq(users::notices_unread - read);
    run!(conn, |c| diesel::update(target).set(set).execute(c).await)?;
    Ok(())
}

/// When a person hears of changes by mail from now on. What waits for a daily mail goes into none when they want none.
pub(super) async fn set_mail(conn: &mut Conn, user: &UserId, mail: NoticeMail) -> Result<(), DbError> {
    let target = users::table.find(user);
    run!(conn, |c| diesel::update(target).set(users::notice_mail.eq(mail)).execute(c).await)?;
    if mail == NoticeMail::Never {
        let waiting = notices::table
            .filter(notices::user_id.eq(user).and(notices::mail.eq(NoticeMail::Daily)))
            .filter(notices::mail_id.is_null());
        run!(conn, |c| diesel::update(waiting).set(notices::mail.eq(mail)).execute(c).await)?;
    }
    Ok(())
}

/// Puts those notices of a person that are to be mailed `when` into a mail, and gives all that are in it, the oldest
/// first. Of the daily ones only those that are not read.
pub(super) async fn take(
    conn: &mut Conn,
    user: &UserId,
    when: NoticeMail,
    mail: &MailId,
) -> Result<Vec<(NoticeRow, Option<NoticePlace>)>, DbError> {
    let due = notices::table
        .filter(notices::user_id.eq(user).and(notices::mail.eq(when)))
        .filter(notices::mail_id.is_null());
    let set = notices::mail_id.eq(mail);
    if when == NoticeMail::Daily {
        let unread = due.filter(notices::read_at.is_null());
        run!(conn, |c| diesel::update(unread).set(set).execute(c).await)?;
    } else {
        run!(conn, |c| diesel::update(due).set(set).execute(c).await)?;
    }
    let query = notices::table.filter(notices::mail_id.eq(mail)).order(notices::event_id.asc());
    let rows = run!(conn, |c| query.select(NoticeRow::as_select()).load(c).await)?;
    with_places(conn, rows).await
}

/// For how long notices are kept after they were read; the log keeps what happened.
const KEPT_READ: Duration = Duration::from_secs(90 * 24 * 3600);
/// After how long a notice that nobody looked at is taken as read.
const UNREAD: Duration = Duration::from_secs(365 * 24 * 3600);

/// Forgets what was read long ago, and takes as read what nobody will read any more.
pub(crate) async fn sweep(conn: &mut Conn, now: Ts) -> Result<(), DbError> {
    let old = notices::table.filter(notices::read_at.lt(now - KEPT_READ));
    run!(conn, |c| diesel::delete(old).execute(c).await)?;
    // Ids begin with the time that they were made.
    let last = EventId::mint(now - UNREAD, [0; RANDOM_LENGTH]);
    let waiting = notices::table.filter(notices::read_at.is_null().and(notices::event_id.le(&last)));
    let people = waiting.select(notices::user_id).distinct();
    let people: Vec<UserId> = run!(conn, |c| people.load(c).await)?;
    for person in people {
        read_until(conn, &person, &last, now).await?;
    }
    Ok(())
}
