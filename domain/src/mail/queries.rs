//! What waits to be mailed, in the store.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::mails;
use stackyard_db::{Conn, DbError, insert_all, run};
use stackyard_model::Ts;
use stackyard_model::id::{MailId, WorkspaceId};
use stackyard_model::invitation::MailState;
use stackyard_model::mail::MailKind;

use crate::Ctx;

/// A mail as it is stored.
#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = mails, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct MailRow {
    pub(super) id: MailId,
    pub(super) workspace_id: Option<WorkspaceId>,
    pub(super) kind: MailKind,
    /// What it is about: an invitation's or a person's id; of a link to a new password the address that was typed.
    pub(super) subject_id: String,
    pub(super) state: MailState,
    pub(super) attempts: i32,
    pub(super) due_at: Ts,
    pub(super) claimed_at: Option<Ts>,
    pub(super) ended_at: Option<Ts>,
    pub(super) note: Option<String>,
    pub(super) created_at: Ts,
}

impl MailRow {
    /// A mail that is due at `due_at`, and belongs to no workspace.
    pub(crate) fn new(id: MailId, kind: MailKind, subject: &str, now: Ts, due_at: Ts) -> Self {
        Self {
            id,
            workspace_id: None,
            kind,
            subject_id: subject.to_owned(),
            state: MailState::Queued,
            attempts: 0,
            due_at,
            claimed_at: None,
            ended_at: None,
            note: None,
            created_at: now,
        }
    }

    /// A mail that is due now, and belongs to no workspace.
    pub(crate) fn at_once(ctx: &Ctx, kind: MailKind, subject: &str) -> Self {
        let now = ctx.now();
        Self::new(MailId::mint(now, ctx.id_bytes()), kind, subject, now, now)
    }

    /// The mail with an invitation, due now.
    pub(crate) fn of_invitation(ctx: &Ctx, workspace: &WorkspaceId, invitation: &str) -> Self {
        let row = Self::at_once(ctx, MailKind::Invitation, invitation);
        Self { workspace_id: Some(workspace.clone()), ..row }
    }
}

/// Puts mails up to be sent.
pub(crate) async fn enqueue(conn: &mut Conn, rows: &[MailRow]) -> Result<(), DbError> {
    insert_all!(conn, mails::table, rows)?;
    Ok(())
}

/// About which of these a mail of the kind waits to be sent.
pub(crate) async fn queued_among(
    conn: &mut Conn,
    kind: MailKind,
    subjects: &[&str],
) -> Result<HashSet<String>, DbError> {
    let query = mails::table
        .filter(mails::subject_id.eq_any(subjects))
        .filter(mails::kind.eq(kind).and(mails::state.eq(MailState::Queued)))
        .select(mails::subject_id);
    let found: Vec<String> = run!(conn, |c| query.load(c).await)?;
    Ok(found.into_iter().collect())
}

/// Takes back what waits to be sent about something.
pub(crate) async fn drop_queued(conn: &mut Conn, subject: &str, now: Ts) -> Result<(), DbError> {
    let target = mails::table.filter(mails::subject_id.eq(subject).and(mails::state.eq(MailState::Queued)));
    let set = (mails::state.eq(MailState::Dropped), mails::ended_at.eq(now));
    run!(conn, |c| diesel::update(target).set(set).execute(c).await)?;
    Ok(())
}

/// The last mail about each of these: where it is and what was said against it.
pub(crate) async fn last_of(
    conn: &mut Conn,
    subjects: &[&str],
) -> Result<HashMap<String, (MailState, Option<String>)>, DbError> {
    let query = mails::table.filter(mails::subject_id.eq_any(subjects)).order(mails::id.asc()).select((
        mails::subject_id,
        mails::state,
        mails::note,
    ));
    let rows: Vec<(String, MailState, Option<String>)> = run!(conn, |c| query.load(c).await)?;
    // Later ones take the place of earlier ones.
    Ok(rows.into_iter().map(|(subject, state, note)| (subject, (state, note))).collect())
}

/// How many mails of a workspace are still to be sent.
pub(crate) async fn ahead_of(conn: &mut Conn, workspace: &WorkspaceId) -> Result<i64, DbError> {
    let query = mails::table
        .filter(mails::workspace_id.eq(workspace))
        .filter(mails::state.eq_any([MailState::Queued, MailState::Sending]))
        .count();
    Ok(run!(conn, |c| query.get_result(c).await)?)
}

/// Gives up on mails that somebody began to send before `since` and never said what became of them.
pub(super) async fn interrupted(conn: &mut Conn, since: Ts, now: Ts) -> Result<(), DbError> {
    let target = mails::table.filter(mails::state.eq(MailState::Sending).and(mails::claimed_at.lt(since)));
    let set = (
        mails::state.eq(MailState::Unsure),
        mails::ended_at.eq(now),
        mails::note.eq("The server stopped while it was being sent."),
    );
    run!(conn, |c| diesel::update(target).set(set).execute(c).await)?;
    Ok(())
}

/// In which order mails leave: those that somebody sits and waits for before thousands of invitations.
const FIRST: [MailKind; MailKind::ALL.len()] = [
    MailKind::PasswordReset,
    MailKind::AddressProof,
    MailKind::Notices,
    MailKind::Digest,
    MailKind::Invitation,
];

/// The mail that is to leave first, of those that are due.
pub(super) async fn first_due(conn: &mut Conn, now: Ts) -> Result<Option<MailRow>, DbError> {
    // One kind at a time: that is one step into an index in which each is in order.
    for kind in FIRST {
        let due = mails::table
            .filter(mails::kind.eq(kind))
            .filter(mails::state.eq(MailState::Queued).and(mails::due_at.le(now)))
            .order((mails::due_at.asc(), mails::id.asc()));
        let found: Option<MailRow> =
            run!(conn, |c| due.select(MailRow::as_select()).first(c).await.optional())?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Whether there is a later mail of the kind about the same thing; one that was dropped is none.
pub(super) async fn has_later(conn: &mut Conn, row: &MailRow) -> Result<bool, DbError> {
    let later = mails::table
        .filter(mails::subject_id.eq(&row.subject_id).and(mails::id.gt(&row.id)))
        .filter(mails::kind.eq(row.kind).and(mails::state.ne(MailState::Dropped)));
    let query = diesel::select(diesel::dsl::exists(later));
    Ok(run!(conn, |c| query.get_result(c).await)?)
}

/// Writes down where a mail is.
pub(super) async fn update(conn: &mut Conn, row: &MailRow) -> Result<(), DbError> {
    let set = (
        mails::state.eq(row.state),
        mails::attempts.eq(row.attempts),
        mails::due_at.eq(row.due_at),
        mails::claimed_at.eq(row.claimed_at),
        mails::ended_at.eq(row.ended_at),
        mails::note.eq(&row.note),
    );
    run!(conn, |c| diesel::update(mails::table.find(&row.id)).set(set).execute(c).await)?;
    Ok(())
}

/// Forgets mails that ended before `before`.
pub(crate) async fn sweep(conn: &mut Conn, before: Ts) -> Result<(), DbError> {
    let old = mails::table.filter(mails::ended_at.lt(before));
    run!(conn, |c| diesel::delete(old).execute(c).await)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_mail_has_its_turn() {
        let turns: HashSet<_> = FIRST.iter().map(MailKind::as_str).collect();
        assert_eq!(turns.len(), MailKind::ALL.len());
    }
}
