//! Looking at an invitation: what a link leads to, and what waits for a person. Looking uses nothing up: mail scanners
//! and link previews look too.

use stackyard_db::Conn;
use stackyard_model::credential::{CredentialId, Scope};
use stackyard_model::id::WorkspaceId;
use stackyard_model::invitation::{InvitationState, Invited, LinkWay};
use stackyard_model::text::fold_address;
use stackyard_model::workspace::Workspace;
use stackyard_model::{MemberStatus, Role, Ts};

use super::manage::makes_an_admin;
use super::rows::{InvitationRow, LinkRow};
use super::{PREFIX, queries};
use crate::accounts::find_by_email;
use crate::{Ctx, Error, Secret, access, credentials, team};

/// A new secret for a link.
pub(crate) fn mint(ctx: &Ctx) -> Secret {
    Secret::mint(PREFIX, &*ctx.deps().random)
}

/// The address that a secret is for.
#[must_use]
pub fn link(ctx: &Ctx, secret: &Secret) -> String {
    format!("{}/invite/{}", ctx.deps().site.public_url, secret.expose())
}

/// What a link leads to.
#[derive(Debug, Clone)]
pub enum Found {
    /// No such link was ever made, or its workspace is gone.
    Unknown,
    /// It works.
    Open(Box<Offer>),
    /// It does not work any more.
    Ended(Box<Invited>, Ended),
}

/// Why a link does not work any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// Its time is over.
    Expired,
    /// Somebody joined by it: when.
    Used(Ts),
    /// Who was invited said no: when.
    Declined(Ts),
    /// It was taken back: by whom and when.
    Revoked(String, Ts),
    /// A newer link took its place: when.
    Replaced(Ts),
    /// Who made it may not invite any more.
    Unbacked,
}

/// An invitation that works, to the one who looks.
#[derive(Debug, Clone)]
pub struct Offer {
    /// What is offered.
    pub invited: Invited,
    /// How the link travelled, which decides what it proves.
    pub way: LinkWay,
    /// Who looks.
    pub standing: Standing,
}

/// Who looks at an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nobody is signed in. The mailbox's own holder is told whether there is an account with the address.
    Nobody {
        /// Whether to sign in rather than to make an account.
        has_account: bool,
    },
    /// The account with the address that was invited.
    Addressee,
    /// Another account.
    Other,
    /// A member already.
    Member {
        /// Their role, which stays.
        role: Role,
        /// Since when.
        since: Ts,
    },
    /// A member who is kept out for now; no link changes that.
    Suspended,
}

/// What a link leads to.
///
/// # Errors
/// When the store fails.
pub async fn look(ctx: &Ctx, secret: &str) -> Result<Found, Error> {
    let Some(secret) = Secret::parse(secret, PREFIX) else { return Ok(Found::Unknown) };
    let mut conn = ctx.deps().db.read().await?;
    let Some((link, row, workspace)) = queries::by_link(&mut conn, &secret.hash()).await? else {
        return Ok(Found::Unknown);
    };
    let now = ctx.store_now(&mut conn).await?;
    if let Some(ended) = ended(&mut conn, &link, &row, now).await? {
        return Ok(Found::Ended(Box::new(invited(row, workspace)), ended));
    }
    let standing = standing(ctx, &mut conn, &link, &row, &workspace).await?;
    Ok(Found::Open(Box::new(Offer { invited: invited(row, workspace), way: link.way, standing })))
}

/// The invitations that wait for the person who asks: those of an address that a mail proved to be theirs.
///
/// # Errors
/// [`Error::Unauthenticated`] when nobody is signed in.
pub async fn waiting(ctx: &Ctx) -> Result<Vec<Invited>, Error> {
    let account = &ctx.signed_in()?.account;
    if !account.email_verified {
        return Ok(Vec::new());
    }
    let mut conn = ctx.deps().db.read().await?;
    let rows = queries::waiting_of(&mut conn, &fold_address(&account.email), ctx.now()).await?;
    Ok(rows.into_iter().map(|(row, workspace)| invited(row, workspace)).collect())
}

fn invited(row: InvitationRow, workspace: Workspace) -> Invited {
    let InvitationRow { id, email, role, invited_by_name, expires_at, .. } = row;
    Invited { id, workspace, email, role, invited_by_name, expires_at }
}

/// Why a link does not work any more; none when it does.
pub(super) async fn ended(
    conn: &mut Conn,
    link: &LinkRow,
    row: &InvitationRow,
    now: Ts,
) -> Result<Option<Ended>, Error> {
    let waits = row.state == InvitationState::Waiting;
    if waits && row.way == LinkWay::Copied && row.link_hash.is_none() {
        return Ok(Some(Ended::Unbacked));
    }
    if waits && row.link_hash.as_deref() != Some(&link.secret_hash) {
        return Ok(Some(Ended::Replaced(row.sent_at)));
    }
    answered_or_over(conn, row, now).await
}

/// Why an invitation does not count any more, by whatever link; none when it does.
pub(super) async fn answered_or_over(
    conn: &mut Conn,
    row: &InvitationRow,
    now: Ts,
) -> Result<Option<Ended>, Error> {
    let decided = row.decided_at.unwrap_or(row.sent_at);
    Ok(match row.state {
        InvitationState::Accepted => Some(Ended::Used(decided)),
        InvitationState::Declined => Some(Ended::Declined(decided)),
        InvitationState::Revoked => {
            Some(Ended::Revoked(row.decided_by_name.clone().unwrap_or_default(), decided))
        }
        InvitationState::Waiting => stands(conn, row, now).await?,
    })
}

/// Why an invitation that nobody answered does not count any more: its time, or that who made it may not invite now. What
/// makes an admin needs somebody behind it who makes admins for good.
async fn stands(conn: &mut Conn, row: &InvitationRow, now: Ts) -> Result<Option<Ended>, Error> {
    if row.expires_at <= now {
        return Ok(Some(Ended::Expired));
    }
    let workspace = &row.workspace_id;
    let backed = match row.invited_by.parse() {
        Ok(credential) => {
            credentials::stands(conn, workspace, &credential, Scope::InvitationsWrite, now).await?
                && (!makes_an_admin(conn, row).await?
                    || all_make_admins(conn, workspace, &credential, now).await?)
        }
        Err(_) if row.invited_by.is_empty() => true,
        Err(_) if makes_an_admin(conn, row).await? => {
            team::may_invite_for_good(conn, workspace, &row.invited_by).await?
        }
        Err(_) => team::may_invite(conn, workspace, &row.invited_by, now).await?,
    };
    Ok((!backed).then_some(Ended::Unbacked))
}

/// Whether all who made a secret of a credential make admins themselves.
async fn all_make_admins(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &CredentialId,
    now: Ts,
) -> Result<bool, Error> {
    for maker in credentials::makers(conn, workspace, id, now).await? {
        if !team::may_invite_for_good(conn, workspace, maker.as_str()).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn standing(
    ctx: &Ctx,
    conn: &mut Conn,
    link: &LinkRow,
    row: &InvitationRow,
    workspace: &Workspace,
) -> Result<Standing, Error> {
    let Ok(user) = ctx.signed_in() else {
        // By looking, whoever holds a copied link is not told who has an account here.
        let known = link.way == LinkWay::Mailed && find_by_email(conn, &row.email).await?.is_some();
        return Ok(Standing::Nobody { has_account: known });
    };
    let member = access::membership(conn, &workspace.id, &user.account.id, ctx.now()).await?;
    Ok(match member {
        Some(member) if member.status == MemberStatus::Suspended => Standing::Suspended,
        Some(member) => Standing::Member { role: member.role, since: member.joined_at },
        None if fold_address(&user.account.email) == row.email_folded => Standing::Addressee,
        None => Standing::Other,
    })
}
