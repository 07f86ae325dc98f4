//! Removing somebody, and going oneself. What a person made – locks, tokens, invitations, requests – is listed first and
//! decided; so it is for who is suspended.

use stackyard_db::Conn;
use stackyard_model::Action;
use stackyard_model::access::AccessRequest;
use stackyard_model::activity::What;
use stackyard_model::credential::Credential;
use stackyard_model::id::MemberId;
use stackyard_model::lock::Lock;
use stackyard_model::team::TeamMember;
use stackyard_model::token::RepositoryToken;

use super::queries;
use super::roles::{about, other_than_owner};
use crate::activity::record;
use crate::{Ctx, Error, Here, access, credentials, invitations, locks, tokens};

/// What somebody made that goes on without them.
#[derive(Debug, Clone, Default)]
pub struct Made {
    /// Locks that they hold.
    pub locks: Vec<Lock>,
    /// Repository tokens that still work.
    pub tokens: Vec<RepositoryToken>,
    /// Access tokens that still work.
    pub access_tokens: Vec<Credential>,
    /// API keys that they made and that still work. A key is a service's, and whoever made it has read it.
    pub api_keys: Vec<Credential>,
    /// Access tokens and API keys that somebody else has given a new secret to, while theirs goes on beside it.
    pub old_secrets: Vec<Credential>,
    /// Invitations that nobody answered.
    pub invitations: i64,
    /// What they ask for and nobody has decided. It ends with them.
    pub requests: Vec<AccessRequest>,
}

impl Made {
    /// Whether there are locks or tokens among it, which work without whoever made them.
    #[must_use]
    pub const fn goes_on(&self) -> bool {
        !(self.locks.is_empty()
            && self.tokens.is_empty()
            && self.access_tokens.is_empty()
            && self.api_keys.is_empty()
            && self.old_secrets.is_empty())
    }

    /// Whether there is nothing to decide.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        !self.goes_on() && self.invitations == 0 && self.requests.is_empty()
    }
}

/// What is ended of what somebody made who is removed or suspended; the rest goes on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Decisions {
    /// Release their locks.
    pub release_locks: bool,
    /// Revoke their repository tokens.
    pub revoke_tokens: bool,
    /// Revoke their access tokens.
    pub revoke_access_tokens: bool,
    /// Revoke the API keys that they made.
    pub revoke_api_keys: bool,
    /// End the secrets of theirs that others have replaced before their overlap is over.
    pub end_old_secrets: bool,
    /// Take the invitations of who is removed back; else they are those of whoever decides. Those of who is suspended count
    /// again once they may invite again.
    pub revoke_invitations: bool,
}

/// What a member made that goes on without them.
///
/// # Errors
/// [`Error::NotFound`] when it is no member, [`Error::Forbidden`] for a role that may not see it.
pub async fn made_by(ctx: &Ctx, here: &Here, id: &MemberId) -> Result<Made, Error> {
    here.require(Action::ManageMembers)?;
    let mut conn = ctx.deps().db.read().await?;
    let member = queries::find(&mut conn, here.id(), id, ctx.now()).await?.ok_or(Error::NotFound)?;
    made(ctx, &mut conn, here, &member).await
}

/// Ends of what a member made who is suspended what is to be ended, and says what became of it.
pub(super) async fn end_of_suspended(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    member: &TeamMember,
    decisions: Decisions,
) -> Result<Vec<String>, Error> {
    let made = made(ctx, conn, here, member).await?;
    end(ctx, conn, here, member, &made, decisions, "suspended").await
}

async fn made(ctx: &Ctx, conn: &mut Conn, here: &Here, member: &TeamMember) -> Result<Made, Error> {
    let now = ctx.store_now(conn).await?;
    let (workspace, user) = (here.id(), &member.user_id);
    let held = credentials::held_by(conn, workspace, user, now).await?;
    Ok(Made {
        locks: locks::held_by(conn, workspace, user, now).await?,
        tokens: tokens::made_by(conn, workspace, user, now).await?,
        access_tokens: held.access_tokens,
        api_keys: held.api_keys,
        old_secrets: held.old_secrets,
        invitations: invitations::made_by(conn, workspace, user).await?,
        requests: access::waiting_of(ctx, conn, workspace, &member.id).await?,
    })
}

/// Removes a member; their next request finds nothing here. What they made is ended or goes on as decided.
///
/// # Errors
/// [`Error::NotFound`] when it is no member, [`Error::Forbidden`] when it is the owner.
pub async fn remove(
    ctx: &Ctx,
    here: &Here,
    id: &MemberId,
    decisions: Decisions,
) -> Result<TeamMember, Error> {
    here.require(Action::ManageMembers)?;
    let args = (ctx.clone(), here.clone(), id.clone(), decisions);
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, id, decisions)| {
            Box::pin(async move {
                let member = other_than_owner(ctx, conn, here, id).await?;
                // Who is kept out would come back as somebody new.
                if credentials::acts_for(ctx, conn, &member.user_id).await? {
                    let message = "A credential does not remove who made its secret.";
                    return Err(Error::Forbidden(message.to_owned()));
                }
                let made = made(ctx, conn, here, &member).await?;
                let mut noted = end(ctx, conn, here, &member, &made, *decisions, "removed").await?;
                noted.extend(settle_invitations(ctx, conn, here, &member, &made, *decisions).await?);
                access::end_waiting_of(ctx, conn, here.id(), id).await?;
                let entry = about(ctx, here, What::MemberRemoved, &member).noted(&noted);
                // First: who goes is told of it too, and is found as a member.
                record(conn, &entry).await?;
                queries::delete(conn, id).await?;
                Ok(member)
            })
        })
        .await
}

/// Ends the locks and tokens that are to be ended, and says what became of them.
async fn end(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    member: &TeamMember,
    made: &Made,
    decisions: Decisions,
    what_happened: &str,
) -> Result<Vec<String>, Error> {
    if decisions.release_locks {
        for lock in &made.locks {
            let reason = format!("{} was {what_happened}", member.name);
            locks::force_in(ctx, conn, here, &lock.id, &reason).await?;
        }
    }
    if decisions.revoke_tokens {
        for token in &made.tokens {
            tokens::revoke_in(ctx, conn, here, token).await?;
        }
    }
    let credentials =
        [(decisions.revoke_access_tokens, &made.access_tokens), (decisions.revoke_api_keys, &made.api_keys)];
    for one in credentials.into_iter().filter(|(ends, _)| *ends).flat_map(|(_, all)| all) {
        credentials::revoke_in(ctx, conn, here, &one.id).await?;
    }
    if decisions.end_old_secrets {
        for one in &made.old_secrets {
            credentials::end_old_in(ctx, conn, here, &one.id).await?;
        }
    }
    let became = [
        ("locks", decisions.release_locks, made.locks.len()),
        ("tokens", decisions.revoke_tokens, made.tokens.len()),
        ("access tokens", decisions.revoke_access_tokens, made.access_tokens.len()),
        ("API keys", decisions.revoke_api_keys, made.api_keys.len()),
        ("old secrets", decisions.end_old_secrets, made.old_secrets.len()),
    ];
    let told = became.into_iter().filter(|(.., count)| *count > 0);
    Ok(told.map(|(what, ended, count)| format!("{what} {}: {count}", word(ended))).collect())
}

/// Takes a member's invitations back or hands them over, and says which.
async fn settle_invitations(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    member: &TeamMember,
    made: &Made,
    decisions: Decisions,
) -> Result<Option<String>, Error> {
    let kept = if decisions.revoke_invitations {
        0
    } else {
        invitations::hand_over(ctx, conn, here, &member.user_id).await?
    };
    // What was not handed over.
    invitations::revoke_of(ctx, conn, here, &member.user_id).await?;
    let told = [(true, made.invitations - kept), (false, kept)].into_iter().filter(|(_, count)| *count > 0);
    let told: Vec<_> = told.map(|(ended, count)| format!("invitations {}: {count}", word(ended))).collect();
    Ok((!told.is_empty()).then(|| told.join(", ")))
}

const fn word(ended: bool) -> &'static str {
    if ended { "ended" } else { "kept" }
}

/// The person who asks goes out of the workspace. Their locks are released and their invitations taken back; their tokens go
/// on until an admin decides.
///
/// # Errors
/// [`Error::Forbidden`] for the owner, who has to hand ownership over first.
pub async fn leave(ctx: &Ctx, here: &Here) -> Result<(), Error> {
    ctx.signed_in()?;
    if !here.may(Action::Leave) {
        return Err(owner_stays());
    }
    let args = (ctx.clone(), here.clone());
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here)| {
            Box::pin(async move {
                // Meanwhile it may have become theirs.
                let now = access::by_id(ctx, conn, here.id()).await?;
                if !now.may(Action::Leave) {
                    return Err(owner_stays());
                }
                let member = queries::find(conn, here.id(), &now.member_id, ctx.now())
                    .await?
                    .ok_or(Error::NotFound)?;
                let made = made(ctx, conn, here, &member).await?;
                for lock in &made.locks {
                    locks::force_in(ctx, conn, here, &lock.id, "left the workspace").await?;
                }
                invitations::revoke_of(ctx, conn, here, &member.user_id).await?;
                access::end_waiting_of(ctx, conn, here.id(), &member.id).await?;
                queries::delete(conn, &member.id).await?;
                // So that those who run it know what to decide about.
                let goes_on = [
                    ("tokens", made.tokens.len()),
                    ("access tokens", made.access_tokens.len()),
                    ("API keys", made.api_keys.len()),
                    ("old secrets", made.old_secrets.len()),
                ];
                let told = goes_on.into_iter().filter(|(_, count)| *count > 0);
                let noted: Vec<_> = told.map(|(what, count)| format!("{what} that go on: {count}")).collect();
                record(conn, &about(ctx, here, What::MemberLeft, &member).noted(&noted)).await
            })
        })
        .await
}

fn owner_stays() -> Error {
    let message =
        "You own this workspace, so you cannot leave it. Transfer ownership to somebody first, or delete it.";
    Error::Forbidden(message.to_owned())
}
