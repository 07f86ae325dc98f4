//! Answering an invitation.

use stackyard_db::Conn;
use stackyard_model::activity::{ActorType, Change, What};
use stackyard_model::id::{InvitationId, UserId};
use stackyard_model::invitation::{InvitationState, LinkWay};
use stackyard_model::quote::plain;
use stackyard_model::text::fold_address;
use stackyard_model::workspace::Workspace;
use stackyard_model::{FieldErrors, MemberStatus};

use super::look::{Ended, answered_or_over, ended};
use super::rows::{InvitationRow, LinkRow};
use super::{PREFIX, queries};
use crate::access::NOT_ITS_MAKER;
use crate::accounts::{self, NewAccount, check_account, hash_password, insert_user};
use crate::activity::{Entry, record};
use crate::sessions::{self, NewSession};
use crate::workspaces::{NewMember, insert_member};
use crate::{Ctx, Error, Secret, SecretHash, access, credentials, groups, mail};

/// A form of somebody new who accepts.
#[derive(Clone)]
pub struct Joining {
    /// Their name.
    pub name: String,
    /// Their password.
    pub password: String,
}

/// By what an invitation is named.
#[derive(Clone)]
enum Named {
    /// By its link.
    Link(SecretHash),
    /// By its id, by who has proved the address.
    Waiting(InvitationId),
}

impl Named {
    /// From a form: by its link when it has one.
    fn of(secret: &str, id: &str) -> Result<Self, Error> {
        if secret.is_empty() {
            return id.parse().map(Self::Waiting).map_err(|_| Error::NotFound);
        }
        Secret::parse(secret, PREFIX).map(|secret| Self::Link(secret.hash())).ok_or(Error::NotFound)
    }
}

/// Joins as the person who asks, by a link or by the id of an invitation that waits for their address. A member gets in
/// as they are, and the invitation is closed.
///
/// # Errors
/// [`Error::NotFound`] when there is no such invitation for them, [`Error::Conflict`] saying what became of it,
/// [`Error::Forbidden`] for a member who is kept out.
pub async fn accept(ctx: &Ctx, secret: &str, id: &str) -> Result<Workspace, Error> {
    ctx.signed_in()?;
    let named = Named::of(secret, id)?;
    ctx.deps()
        .db
        .write((ctx.clone(), named), |conn, (ctx, named)| {
            Box::pin(async move { accept_as_signed_in(conn, ctx, named).await })
        })
        .await
}

/// Makes an account for the address that was invited, joins, and signs in. A mailed link proves the address.
///
/// # Errors
/// [`Error::Invalid`] with each error at its field, and as [`accept`].
pub async fn join(ctx: &Ctx, secret: &str, joining: Joining) -> Result<(Workspace, NewSession), Error> {
    let hash = Secret::parse(secret, PREFIX).ok_or(Error::NotFound)?.hash();
    let mut conn = ctx.deps().db.read().await?;
    let (link, row, _) = open(ctx, &mut conn, &hash).await?;
    drop(conn);
    let new = NewAccount { name: joining.name, email: row.email, password: joining.password };
    let checked = check_account(&new)?;
    let password = hash_password(ctx, &new.password).await?;
    let mut user = checked.into_row(ctx, password);
    user.email_verified = link.way == LinkWay::Mailed;
    let (session_row, session) = sessions::open(ctx, &user.id);
    let args = (ctx.clone(), hash, user, session_row);
    let workspace = ctx.deps().db.write(args, |conn, (ctx, hash, user, session)| {
        Box::pin(async move {
            let (_, row, workspace) = open(ctx, conn, hash).await?;
            if !insert_user(conn, user).await? {
                let message = "There is an account with this address already. Sign in with it first.";
                return Err(Error::Invalid(FieldErrors::one("", message)));
            }
            let joined = come_in(conn, ctx, &row, &user.id).await?;
            close(conn, ctx, &row, InvitationState::Accepted, Some(&user.id), &user.name).await?;
            session.write(conn).await?;
            record(conn, &joined.by(&user.id, &user.name)).await?;
            Ok(workspace)
        })
    });
    Ok((workspace.await?, session))
}

/// Says no, by a link or by the id of an invitation that waits for the address of the person who asks.
///
/// # Errors
/// As [`accept`].
pub async fn decline(ctx: &Ctx, secret: &str, id: &str) -> Result<Workspace, Error> {
    let named = Named::of(secret, id)?;
    if matches!(named, Named::Waiting(_)) {
        ctx.signed_in()?;
    }
    ctx.deps()
        .db
        .write((ctx.clone(), named), |conn, (ctx, named)| {
            Box::pin(async move {
                let (row, workspace, _) = find(ctx, conn, named).await?;
                let me = ctx.signed_in().ok().map(|user| &user.account);
                let name = me.map_or(row.email.as_str(), |account| &account.name);
                close(conn, ctx, &row, InvitationState::Declined, me.map(|account| &account.id), name)
                    .await?;
                let mut entry = Entry::done(ctx, &row.workspace_id, What::InvitationDeclined).target(
                    "invitation",
                    row.id.as_str(),
                    &row.email,
                );
                if me.is_none() {
                    entry.event.actor_type = ActorType::User;
                    entry.event.actor_name = plain(&row.email);
                }
                record(conn, &entry).await?;
                Ok(workspace)
            })
        })
        .await
}

async fn accept_as_signed_in(conn: &mut Conn, ctx: &Ctx, named: &Named) -> Result<Workspace, Error> {
    let account = &ctx.signed_in()?.account;
    let (row, workspace, way) = match find(ctx, conn, named).await {
        // Who comes a second time, by a second click or by the mail after the list, is in.
        Err(Error::Conflict(conflict)) => {
            return match already_in(conn, ctx, named).await? {
                Some(workspace) => Ok(workspace),
                None => Err(Error::Conflict(conflict)),
            };
        }
        found => found?,
    };
    let member = access::membership(conn, &workspace.id, &account.id, ctx.now()).await?;
    if member.as_ref().is_some_and(|member| member.status == MemberStatus::Suspended) {
        return Err(suspended(&workspace));
    }
    if way == Some(LinkWay::Mailed)
        && !account.email_verified
        && fold_address(&account.email) == row.email_folded
    {
        accounts::prove_address(conn, ctx).await?;
    }
    close(conn, ctx, &row, InvitationState::Accepted, Some(&account.id), &account.name).await?;
    let entry = match member {
        // Nothing is theirs that was not before, so it says no role.
        Some(member) => Entry::done(ctx, &row.workspace_id, What::MemberJoined)
            .target("member", member.id.as_str(), &row.email)
            .note("was here already; the role stays"),
        None => {
            let entry = come_in(conn, ctx, &row, &account.id).await?;
            if fold_address(&account.email) == row.email_folded {
                entry
            } else {
                let note = format!("{} was invited, {} joined", plain(&row.email), plain(&account.email));
                entry.note(note)
            }
        }
    };
    record(conn, &entry).await?;
    Ok(workspace)
}

/// The workspace of an invitation that the person who asks used before, when they are still in.
async fn already_in(conn: &mut Conn, ctx: &Ctx, named: &Named) -> Result<Option<Workspace>, Error> {
    let me = &ctx.signed_in()?.account.id;
    let found = match named {
        Named::Link(hash) => queries::by_link(conn, hash).await?.map(|(_, row, workspace)| (row, workspace)),
        Named::Waiting(id) => queries::by_id(conn, id).await?,
    };
    let mine = found.filter(|(row, _)| row.decided_by.as_ref() == Some(me));
    let Some((_, workspace)) = mine else { return Ok(None) };
    let member = access::membership(conn, &workspace.id, me, ctx.now()).await?;
    Ok(member.filter(|member| member.status != MemberStatus::Suspended).map(|_| workspace))
}

/// An invitation that still counts, its workspace, and how its link travelled when it is named by that.
async fn find(
    ctx: &Ctx,
    conn: &mut Conn,
    named: &Named,
) -> Result<(InvitationRow, Workspace, Option<LinkWay>), Error> {
    match named {
        Named::Link(hash) => {
            let (link, row, workspace) = open(ctx, conn, hash).await?;
            Ok((row, workspace, Some(link.way)))
        }
        Named::Waiting(id) => {
            let account = &ctx.signed_in()?.account;
            let (row, workspace) = queries::by_id(conn, id).await?.ok_or(Error::NotFound)?;
            if !account.email_verified || fold_address(&account.email) != row.email_folded {
                return Err(Error::NotFound);
            }
            let now = ctx.store_now(conn).await?;
            match answered_or_over(conn, &row, now).await? {
                Some(ended) => Err(over(&ended)),
                None => Ok((row, workspace, None)),
            }
        }
    }
}

/// The invitation of a link that works.
async fn open(
    ctx: &Ctx,
    conn: &mut Conn,
    hash: &SecretHash,
) -> Result<(LinkRow, InvitationRow, Workspace), Error> {
    let (link, row, workspace) = queries::by_link(conn, hash).await?.ok_or(Error::NotFound)?;
    let now = ctx.store_now(conn).await?;
    match ended(conn, &link, &row, now).await? {
        Some(ended) => Err(over(&ended)),
        None => Ok((link, row, workspace)),
    }
}

/// Ends an invitation, and the mail about it that waits.
async fn close(
    conn: &mut Conn,
    ctx: &Ctx,
    row: &InvitationRow,
    state: InvitationState,
    by: Option<&UserId>,
    name: &str,
) -> Result<(), Error> {
    let now = ctx.now();
    let closed = InvitationRow {
        state,
        decided_at: Some(now),
        decided_by: by.cloned(),
        decided_by_name: Some(name.to_owned()),
        ..row.clone()
    };
    mail::drop_queued(conn, row.id.as_str(), now).await?;
    Ok(queries::update(conn, &closed).await?)
}

/// Makes somebody a member as an invitation says, with its groups. Gives the event of it.
async fn come_in(conn: &mut Conn, ctx: &Ctx, row: &InvitationRow, user: &UserId) -> Result<Entry, Error> {
    if let Ok(credential) = row.invited_by.parse()
        && credentials::makers(conn, &row.workspace_id, &credential, ctx.now()).await?.contains(user)
    {
        return Err(Error::Forbidden(NOT_ITS_MAKER.to_owned()));
    }
    let member = NewMember::joining(ctx, &row.workspace_id, user, row.role);
    insert_member(conn, &member).await?;
    let groups = groups::join_by_invitation(conn, &row.id, member.id(), ctx.now()).await?;
    let mut changes = vec![Change::new("role", "", row.role.as_str())];
    if !groups.is_empty() {
        changes.push(Change::new("groups", "", groups.join(", ")));
    }
    Ok(Entry::done(ctx, &row.workspace_id, What::MemberJoined)
        .target("member", member.id().as_str(), &row.email)
        .details(|details| details.changes = changes))
}

fn suspended(workspace: &Workspace) -> Error {
    Error::Forbidden(format!(
        "Your access to {} is suspended, and an invitation does not change that. Ask an owner or admin.",
        workspace.name
    ))
}

fn over(ended: &Ended) -> Error {
    let message = match ended {
        Ended::Expired => "This invitation has expired. Ask who sent it for a new one.",
        Ended::Used(_) => "This invitation was used. A link works once. If that was you, sign in.",
        Ended::Declined(_) => "This invitation was declined. Ask who sent it for a new one.",
        Ended::Revoked(..) => "This invitation was taken back. Ask who sent it, if that surprises you.",
        Ended::Replaced(_) => "A newer invitation was sent. Look for the later mail or link.",
        Ended::Unbacked => {
            "Who sent this invitation may not invite any more. Ask an owner or admin for a new one."
        }
    };
    Error::conflict("InvitationEnded", message)
}
