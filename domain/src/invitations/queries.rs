//! Invitations and their links in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::functions::{length, octet_length};
use stackyard_db::schema::{invitation_links, invitations, mails, workspaces};
use stackyard_db::{Conn, DbError, insert_all, run};
use stackyard_model::id::{InvitationId, UserId, WorkspaceId};
use stackyard_model::invitation::{InvitationState, LinkWay, MailState};
use stackyard_model::text::fold_address;
use stackyard_model::workspace::Workspace;
use stackyard_model::{Role, Ts};

use super::manage::InvitationFilter;
use super::rows::{InvitationRow, LinkRow};
use super::spared::spared_until;
use crate::mail::Due;
use crate::workspaces::WorkspaceRow;
use crate::{Error, SecretHash, search};

pub(super) async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &InvitationId,
) -> Result<Option<InvitationRow>, DbError> {
    let query =
        invitations::table.filter(invitations::id.eq(id).and(invitations::workspace_id.eq(workspace)));
    Ok(run!(conn, |c| query.select(InvitationRow::as_select()).get_result(c).await.optional())?)
}

/// An invitation with its workspace.
pub(super) async fn by_id(
    conn: &mut Conn,
    id: &InvitationId,
) -> Result<Option<(InvitationRow, Workspace)>, DbError> {
    let query = invitations::table.inner_join(workspaces::table).filter(invitations::id.eq(id));
    let found: Option<(InvitationRow, WorkspaceRow)> = run!(conn, |c| query
        .select((InvitationRow::as_select(), WorkspaceRow::as_select()))
        .get_result(c)
        .await
        .optional())?;
    Ok(found.map(|(row, workspace)| (row, workspace.into())))
}

/// The invitation that a link was made for, with its workspace, whatever became of it.
pub(super) async fn by_link(
    conn: &mut Conn,
    hash: &SecretHash,
) -> Result<Option<(LinkRow, InvitationRow, Workspace)>, DbError> {
    let query = invitation_links::table.filter(invitation_links::secret_hash.eq(&hash.0));
    let link: Option<LinkRow> =
        run!(conn, |c| query.select(LinkRow::as_select()).get_result(c).await.optional())?;
    let Some(link) = link else { return Ok(None) };
    let found = by_id(conn, &link.invitation_id).await?;
    Ok(found.map(|(row, workspace)| (link, row, workspace)))
}

/// The invitations of a workspace that these addresses did not answer, or declined: those that a new one replaces.
pub(super) async fn open_among(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    emails_folded: &[&str],
) -> Result<Vec<InvitationRow>, DbError> {
    let query = invitations::table
        .filter(invitations::workspace_id.eq(workspace))
        .filter(invitations::state.eq_any([InvitationState::Waiting, InvitationState::Declined]))
        .filter(invitations::email_folded.eq_any(emails_folded));
    Ok(run!(conn, |c| query.select(InvitationRow::as_select()).load(c).await)?)
}

/// The invitations that wait for an answer of an address and whose time is not over, with their workspaces.
pub(super) async fn waiting_of(
    conn: &mut Conn,
    email_folded: &str,
    now: Ts,
) -> Result<Vec<(InvitationRow, Workspace)>, DbError> {
    let query = invitations::table
        .inner_join(workspaces::table)
        .filter(invitations::email_folded.eq(email_folded))
        .filter(invitations::state.eq(InvitationState::Waiting).and(invitations::expires_at.gt(now)))
        .filter(workspaces::deleted_at.is_null())
        .order(invitations::id.desc());
    let rows: Vec<(InvitationRow, WorkspaceRow)> =
        run!(conn, |c| query.select((InvitationRow::as_select(), WorkspaceRow::as_select())).load(c).await)?;
    Ok(rows.into_iter().map(|(row, workspace)| (row, workspace.into())).collect())
}

/// Those of a workspace that wait, or were declined after `declined_after`, and that a filter lets through; the newest
/// first, `before` an id.
pub(super) async fn page(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    filter: &InvitationFilter,
    before: Option<&InvitationId>,
    declined_after: Ts,
    limit: i64,
) -> Result<Vec<InvitationRow>, DbError> {
    // Ids end in letters and digits alone, so none is behind this one.
    let before = before.map_or("inv_~", InvitationId::as_str);
    let words = search::patterns(&filter.q);
    Ok(run!(conn, |c| {
        let declined =
            invitations::state.eq(InvitationState::Declined).and(invitations::decided_at.gt(declined_after));
        let mut query = invitations::table
            .filter(invitations::workspace_id.eq(workspace))
            .filter(invitations::state.eq(InvitationState::Waiting).nullable().or(declined))
            .filter(invitations::id.lt(before))
            .select(InvitationRow::as_select())
            .order(invitations::id.desc())
            .limit(limit)
            .into_boxed();
        if let Some(role) = filter.role {
            query = query.filter(invitations::role.eq(role));
        }
        for word in &words {
            query = query.filter(invitations::email_folded.like(word).escape('\\'));
        }
        query.load(c).await
    })?)
}

/// How many of a workspace [`page`] lists in all.
pub(super) async fn count(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    declined_after: Ts,
) -> Result<i64, DbError> {
    let of = |state: InvitationState| {
        invitations::table.filter(invitations::workspace_id.eq(workspace).and(invitations::state.eq(state)))
    };
    let waiting = of(InvitationState::Waiting).count();
    let declined = of(InvitationState::Declined).filter(invitations::decided_at.gt(declined_after)).count();
    let waiting: i64 = run!(conn, |c| waiting.get_result(c).await)?;
    let declined: i64 = run!(conn, |c| declined.get_result(c).await)?;
    Ok(waiting + declined)
}

/// The mails that left for these addresses after `since`, from whatever workspace and of whatever became of their invitations,
/// the earliest first: the address, which invitation, and when.
pub(super) async fn mailed_since(
    conn: &mut Conn,
    emails_folded: &[&str],
    since: Ts,
) -> Result<Vec<(String, InvitationId, Ts)>, DbError> {
    let left = [MailState::Sending, MailState::Sent, MailState::Unsure];
    let query = invitations::table
        .inner_join(mails::table.on(mails::subject_id.eq(invitations::id)))
        .filter(invitations::email_folded.eq_any(emails_folded))
        .filter(mails::state.eq_any(left).and(mails::claimed_at.assume_not_null().gt(since)))
        .order(mails::claimed_at.asc())
        .select((invitations::email_folded, invitations::id, mails::claimed_at.assume_not_null()));
    Ok(run!(conn, |c| query.load(c).await)?)
}

/// Writes anew by what addresses with letters outside ASCII are compared, of the invitations that can still be answered; an
/// older version compared them letter by letter, `ë` in one character or in two.
pub(crate) async fn compose(conn: &mut Conn) -> Result<(), Error> {
    let foreign = invitations::table
        .filter(octet_length(invitations::email).ne(length(invitations::email)))
        .filter(invitations::state.eq_any([InvitationState::Waiting, InvitationState::Declined]));
    let rows: Vec<InvitationRow> = run!(conn, |c| foreign.select(InvitationRow::as_select()).load(c).await)?;
    for row in rows {
        let folded = fold_address(&row.email);
        if folded == row.email_folded {
            continue;
        }
        let open = open_among(conn, &row.workspace_id, &[&folded]).await?;
        if open.iter().any(|other| other.state == InvitationState::Waiting) {
            tracing::warn!(id = %row.id, "another invitation of the same address, composed, waits");
            continue;
        }
        let target = invitations::table.find(&row.id);
        let set = invitations::email_folded.eq(&folded);
        run!(conn, |c| diesel::update(target).set(set).execute(c).await)?;
    }
    Ok(())
}

/// How many of a workspace wait that a person made.
pub(crate) async fn made_by(conn: &mut Conn, workspace: &WorkspaceId, user: &UserId) -> Result<i64, DbError> {
    let query = invitations::table
        .filter(invitations::workspace_id.eq(workspace).and(invitations::invited_by.eq(user.as_str())))
        .filter(invitations::state.eq(InvitationState::Waiting))
        .count();
    Ok(run!(conn, |c| query.get_result(c).await)?)
}

/// Writes invitations. Gives how many: fewer when an address has one that waits already.
pub(super) async fn insert(conn: &mut Conn, rows: &[InvitationRow]) -> Result<usize, DbError> {
    insert_all!(conn, invitations::table, rows, or_nothing)
}

/// Writes links.
pub(super) async fn insert_links(conn: &mut Conn, rows: &[LinkRow]) -> Result<(), DbError> {
    insert_all!(conn, invitation_links::table, rows)?;
    Ok(())
}

/// Writes all of an invitation but what it is known by.
pub(super) async fn update(conn: &mut Conn, row: &InvitationRow) -> Result<(), DbError> {
    let set = (
        invitations::email.eq(&row.email),
        invitations::role.eq(row.role),
        invitations::state.eq(row.state),
        invitations::way.eq(row.way),
        invitations::link_hash.eq(&row.link_hash),
        invitations::days.eq(row.days),
        invitations::invited_by.eq(&row.invited_by),
        invitations::invited_by_name.eq(&row.invited_by_name),
        invitations::sent_at.eq(row.sent_at),
        invitations::expires_at.eq(row.expires_at),
        invitations::decided_at.eq(row.decided_at),
        invitations::decided_by.eq(&row.decided_by),
        invitations::decided_by_name.eq(&row.decided_by_name),
    );
    let target = invitations::table.filter(invitations::id.eq(&row.id));
    run!(conn, |c| diesel::update(target).set(set).execute(c).await)?;
    Ok(())
}

/// What a person of a workspace offered and nobody accepted.
pub(super) async fn open_by(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
) -> Result<Vec<InvitationRow>, DbError> {
    let query = invitations::table
        .filter(invitations::workspace_id.eq(workspace).and(invitations::invited_by.eq(user.as_str())))
        .filter(invitations::state.eq_any([InvitationState::Waiting, InvitationState::Declined]));
    Ok(run!(conn, |c| query.select(InvitationRow::as_select()).load(c).await)?)
}

/// Takes back what a person of a workspace offered and nobody accepted.
pub(super) async fn revoke_of(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
    by: &str,
    now: Ts,
) -> Result<(), DbError> {
    let target = invitations::table
        .filter(invitations::workspace_id.eq(workspace).and(invitations::invited_by.eq(user.as_str())))
        .filter(invitations::state.eq_any([InvitationState::Waiting, InvitationState::Declined]));
    let set = (
        invitations::state.eq(InvitationState::Revoked),
        invitations::decided_at.eq(now),
        invitations::decided_by_name.eq(by),
    );
    run!(conn, |c| diesel::update(target).set(set).execute(c).await)?;
    Ok(())
}

/// Puts a name and an address that say nothing in place of those of a person, in what they offered and answered.
pub(crate) async fn forget_person(
    conn: &mut Conn,
    user: &UserId,
    name: &str,
    address: &str,
) -> Result<(), DbError> {
    let offered = invitations::table.filter(invitations::invited_by.eq(user.as_str()));
    let by_nobody = invitations::invited_by_name.eq(name);
    run!(conn, |c| diesel::update(offered).set(by_nobody).execute(c).await)?;
    let answered = invitations::table.filter(invitations::decided_by.eq(user));
    let to_nobody = (
        invitations::email.eq(address),
        invitations::email_folded.eq(fold_address(address)),
        invitations::decided_by_name.eq(name),
    );
    run!(conn, |c| diesel::update(answered).set(to_nobody).execute(c).await)?;
    Ok(())
}

/// Makes invitations somebody else's offer. Links that were copied are known to who goes, who could come back by them: they
/// end.
pub(super) async fn hand_over(
    conn: &mut Conn,
    ids: &[InvitationId],
    (id, name): (&str, &str),
) -> Result<(), DbError> {
    for some in ids.chunks(200) {
        let these = || invitations::table.filter(invitations::id.eq_any(some));
        let copied = these().filter(invitations::way.eq(LinkWay::Copied));
        let no_link = invitations::link_hash.eq(None::<Vec<u8>>);
        run!(conn, |c| diesel::update(copied).set(no_link).execute(c).await)?;
        let set = (invitations::invited_by.eq(id), invitations::invited_by_name.eq(name));
        run!(conn, |c| diesel::update(these()).set(set).execute(c).await)?;
    }
    Ok(())
}

/// What the mail with an invitation says.
#[derive(Debug, Clone)]
pub(crate) struct ToBeMailed {
    pub(crate) email: String,
    pub(crate) workspace: String,
    pub(crate) invited_by_name: String,
    pub(crate) role: Role,
    pub(crate) expires_at: Ts,
}

/// What a mail that is about to be sent says, with the link that is made for it counting from now on.
pub(crate) async fn to_be_mailed(
    conn: &mut Conn,
    id: &str,
    link: &SecretHash,
    now: Ts,
) -> Result<Due<ToBeMailed>, Error> {
    let Ok(id) = id.parse::<InvitationId>() else { return Ok(Due::Never) };
    let Some((row, workspace)) = by_id(conn, &id).await? else { return Ok(Due::Never) };
    if row.state != InvitationState::Waiting || row.way != LinkWay::Mailed || row.expires_at <= now {
        return Ok(Due::Never);
    }
    if let Some(until) = spared_until(conn, &row, now).await? {
        return Ok(Due::Later(until));
    }
    let content = ToBeMailed {
        email: row.email.clone(),
        workspace: workspace.name,
        invited_by_name: row.invited_by_name.clone(),
        role: row.role,
        expires_at: row.expires_at,
    };
    let made =
        LinkRow { secret_hash: link.0.clone(), invitation_id: id, way: LinkWay::Mailed, created_at: now };
    insert_links(conn, std::slice::from_ref(&made)).await?;
    update(conn, &InvitationRow { link_hash: Some(link.0.clone()), ..row }).await?;
    Ok(Due::Now(content))
}
