//! What those do with invitations who may invite: see them, send them anew, take them back.

use std::collections::HashMap;
use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::activity::What;
use stackyard_model::id::{InvitationId, UserId, WorkspaceId};
use stackyard_model::invitation::{Invitation, InvitationState, LinkWay};
use stackyard_model::{Action, Role, Ts};

use super::invite::{NO_MAIL, about, may_offer, until};
use super::rows::{InvitationRow, LinkRow};
use super::spared::left_just_now;
use super::{look, queries};
use crate::access::Giver;
use crate::activity::{Entry, record, record_all};
use crate::mail::{self, MailRow};
use crate::{Ctx, Error, Here, Secret, access, groups, team};

/// For how long one that was declined stays on the list.
const DECLINED_SHOWN: Duration = Duration::from_secs(30 * 24 * 3600);

/// Which invitations a page wants. What is empty does not narrow.
#[derive(Debug, Clone, Default)]
pub struct InvitationFilter {
    /// Words that all occur in the address.
    pub q: String,
    /// Only this role.
    pub role: Option<Role>,
}

/// A page of the invitations that wait or were declined.
#[derive(Debug, Clone)]
pub struct InvitationPage {
    /// The newest first.
    pub items: Vec<Invitation>,
    /// Where the next page begins; none when this is the last.
    pub next_cursor: Option<String>,
    /// How many mails of the workspace are still to be sent.
    pub to_be_mailed: i64,
}

/// The invitations that wait, and those that were declined in the last thirty days, the newest first; links are not among
/// what is kept.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see them.
pub async fn list(ctx: &Ctx, here: &Here, before: &str, limit: u32) -> Result<InvitationPage, Error> {
    page(ctx, here, &InvitationFilter::default(), before, limit).await
}

/// The same, of those alone that fit `filter`.
///
/// # Errors
/// As [`list`].
pub async fn page(
    ctx: &Ctx,
    here: &Here,
    filter: &InvitationFilter,
    before: &str,
    limit: u32,
) -> Result<InvitationPage, Error> {
    here.require(Action::SeeSensitive)?;
    let mut conn = ctx.deps().db.read().await?;
    let before = before.parse::<InvitationId>().ok();
    let declined_after = ctx.now() - DECLINED_SHOWN;
    let mut rows =
        queries::page(&mut conn, here.id(), filter, before.as_ref(), declined_after, i64::from(limit) + 1)
            .await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let ids: Vec<_> = rows.iter().map(|row| row.id.as_str()).collect();
    let mut mails = mail::last_of(&mut conn, &ids).await?;
    let mut groups = groups_of(&mut conn, &rows).await?;
    let next_cursor = rows.last().filter(|_| more).map(|row| row.id.to_string());
    let invitation = |row: InvitationRow| {
        let mail = mails.remove(row.id.as_str()).filter(|_| row.way == LinkWay::Mailed);
        let groups = groups.remove(&row.id).unwrap_or_default();
        row.into_invitation(groups, mail)
    };
    let items = rows.into_iter().map(invitation).collect();
    Ok(InvitationPage { items, next_cursor, to_be_mailed: mail::ahead_of(&mut conn, here.id()).await? })
}

/// The groups of some invitations, each by name.
async fn groups_of(
    conn: &mut Conn,
    rows: &[InvitationRow],
) -> Result<HashMap<InvitationId, Vec<String>>, Error> {
    let ids: Vec<_> = rows.iter().map(|row| row.id.clone()).collect();
    let mut groups: HashMap<_, Vec<_>> = HashMap::new();
    for (id, name) in groups::names_of_invitations(conn, &ids).await? {
        groups.entry(id).or_default().push(name);
    }
    Ok(groups)
}

/// How many are on the list in all.
pub(crate) async fn count(conn: &mut Conn, workspace: &WorkspaceId, now: Ts) -> Result<i64, Error> {
    Ok(queries::count(conn, workspace, now - DECLINED_SHOWN).await?)
}

/// One that waits, or was declined.
///
/// # Errors
/// [`Error::NotFound`] when it is none of this workspace's, was accepted or taken back.
pub async fn get(ctx: &Ctx, here: &Here, id: &InvitationId) -> Result<Invitation, Error> {
    here.require(Action::SeeSensitive)?;
    let mut conn = ctx.deps().db.read().await?;
    let row = queries::find(&mut conn, here.id(), id).await?;
    let open = row.filter(|row| still_open(row).is_ok()).ok_or(Error::NotFound)?;
    let groups = groups_of(&mut conn, std::slice::from_ref(&open)).await?.remove(id).unwrap_or_default();
    Ok(open.into_invitation(groups, None))
}

/// Gives an invitation a new link and its days anew; the old link is dead at once. One that was declined waits again. The
/// link is in the answer when it is to be copied, and nowhere else.
///
/// # Errors
/// [`Error::NotFound`] when it is none of this workspace's, [`Error::Conflict`] when it was accepted or taken back, or
/// mails went out a short time ago.
pub async fn resend(
    ctx: &Ctx,
    here: &Here,
    id: &InvitationId,
    way: LinkWay,
) -> Result<Option<Secret>, Error> {
    here.require(Action::ManageMembers)?;
    if way == LinkWay::Mailed && ctx.deps().mailer().is_none() {
        return Err(Error::field("way", NO_MAIL));
    }
    let secret = (way == LinkWay::Copied).then(|| look::mint(ctx));
    let args = (ctx.clone(), here.clone(), id.clone(), way, secret.clone());
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, id, way, secret)| {
            Box::pin(async move {
                access::require_now(ctx, conn, here, Action::ManageMembers).await?;
                let row = queries::find(conn, here.id(), id).await?.ok_or(Error::NotFound)?;
                still_open(&row)?;
                only_one(conn, &row).await?;
                let groups = groups::of_invitation(conn, id).await?;
                may_offer(ctx, conn, here, &[&row.email_folded], row.role == Role::Admin, &groups).await?;
                let now = ctx.now();
                if *way == LinkWay::Mailed && left_just_now(conn, &row, now).await? {
                    let message = "The mail with it left a moment ago. Wait a minute, or copy the link.";
                    return Err(Error::conflict("InvitationEnded", message));
                }
                let (_, by, by_name) = ctx.actor_words();
                let row = InvitationRow {
                    state: InvitationState::Waiting,
                    decided_at: None,
                    decided_by: None,
                    decided_by_name: None,
                    way: *way,
                    link_hash: secret.as_ref().map(|secret| secret.hash().0),
                    invited_by: by,
                    invited_by_name: by_name,
                    sent_at: now,
                    expires_at: until(now, row.days),
                    ..row
                };
                mail::drop_queued(conn, id.as_str(), now).await?;
                queries::update(conn, &row).await?;
                match &row.link_hash {
                    Some(hash) => {
                        let link = LinkRow {
                            secret_hash: hash.clone(),
                            invitation_id: id.clone(),
                            way: *way,
                            created_at: now,
                        };
                        queries::insert_links(conn, &[link]).await?;
                    }
                    None => {
                        mail::enqueue(conn, &[MailRow::of_invitation(ctx, here.id(), id.as_str())]).await?
                    }
                }
                record(conn, &about(Entry::done(ctx, here.id(), What::InvitationResent), &row)).await
            })
        })
        .await?;
    Ok(secret)
}

/// Takes an invitation back; its link is dead at once. One that was declined leaves the list.
///
/// # Errors
/// As [`resend`].
pub async fn revoke(ctx: &Ctx, here: &Here, id: &InvitationId) -> Result<(), Error> {
    here.require(Action::ManageMembers)?;
    let args = (ctx.clone(), here.clone(), id.clone());
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, id)| {
            Box::pin(async move {
                access::require_now(ctx, conn, here, Action::ManageMembers).await?;
                let row = queries::find(conn, here.id(), id).await?.ok_or(Error::NotFound)?;
                still_open(&row)?;
                let (_, _, by_name) = ctx.actor_words();
                let row = InvitationRow {
                    state: InvitationState::Revoked,
                    decided_at: Some(ctx.now()),
                    decided_by_name: Some(by_name),
                    ..row
                };
                mail::drop_queued(conn, id.as_str(), ctx.now()).await?;
                queries::update(conn, &row).await?;
                record(conn, &about(Entry::done(ctx, here.id(), What::InvitationRevoked), &row)).await
            })
        })
        .await
}

/// Takes back what a member offered and nobody accepted, in the transaction of a reason to.
pub(crate) async fn revoke_of(ctx: &Ctx, conn: &mut Conn, here: &Here, user: &UserId) -> Result<(), Error> {
    let open = queries::open_by(conn, here.id(), user).await?;
    let (_, _, by_name) = ctx.actor_words();
    queries::revoke_of(conn, here.id(), user, &by_name, ctx.now()).await?;
    let waiting = open.iter().filter(|row| row.state == InvitationState::Waiting);
    let entry = |row| about(Entry::done(ctx, here.id(), What::InvitationRevoked), row);
    record_all(conn, &waiting.map(entry).collect::<Vec<_>>()).await
}

/// Makes what a member offered the offer of whoever asks, who removes them: as far as it counts at this moment, and whoever
/// asks could offer it themselves. Says how many wait among it.
pub(crate) async fn hand_over(ctx: &Ctx, conn: &mut Conn, here: &Here, from: &UserId) -> Result<i64, Error> {
    if !team::may_invite(conn, here.id(), from.as_str(), ctx.now()).await? {
        return Ok(0);
    }
    let giver = Giver::of(ctx, conn, here, Action::ManageMembers, None).await?;
    let makes_admins = giver.gives_admin().is_ok();
    let (mut ids, mut waiting) = (Vec::new(), 0);
    for row in queries::open_by(conn, here.id(), from).await? {
        if giver.invites(&[&row.email_folded]).is_err()
            || (!makes_admins && makes_an_admin(conn, &row).await?)
        {
            continue;
        }
        waiting += i64::from(row.state == InvitationState::Waiting);
        ids.push(row.id);
    }
    let (_, id, name) = ctx.actor_words();
    queries::hand_over(conn, &ids, (&id, &name)).await?;
    Ok(waiting)
}

/// Whether who accepts decides about something, by their role or by a group.
pub(super) async fn makes_an_admin(conn: &mut Conn, row: &InvitationRow) -> Result<bool, Error> {
    if row.role == Role::Admin {
        return Ok(true);
    }
    let groups = groups::of_invitation(conn, &row.id).await?;
    Ok(access::any_decides(conn, &groups).await?)
}

/// Refuses what cannot be sent again or taken back any more.
fn still_open(row: &InvitationRow) -> Result<(), Error> {
    let ended = match row.state {
        InvitationState::Waiting | InvitationState::Declined => return Ok(()),
        InvitationState::Accepted => "was accepted",
        InvitationState::Revoked => "was taken back",
    };
    let message = format!("This invitation {ended} meanwhile. Load the page again.");
    Err(Error::conflict("InvitationEnded", message))
}

/// Refuses while another invitation of the same address waits.
async fn only_one(conn: &mut Conn, row: &InvitationRow) -> Result<(), Error> {
    let open = queries::open_among(conn, &row.workspace_id, &[&row.email_folded]).await?;
    if open.iter().any(|other| other.id != row.id && other.state == InvitationState::Waiting) {
        let message = "Another invitation of this address waits. Send that one again.";
        return Err(Error::conflict("InvitationEnded", message));
    }
    Ok(())
}
