//! Handing a workspace over. Both confirm: the owner offers, the other takes. There is exactly one owner at any moment,
//! which an index holds.

use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::activity::{Change, What};
use stackyard_model::id::{MemberId, WorkspaceId};
use stackyard_model::team::{OwnershipOffer, TeamMember};
use stackyard_model::{Action, MemberStatus, Role};

use super::queries;
use super::roles::about;
use crate::activity::record;
use crate::{Actor, Ctx, Error, Here, access};

/// For how long an offer can be taken.
const OFFERED: Duration = Duration::from_secs(7 * 24 * 3600);

/// Ownership that waits for somebody to take it.
///
/// # Errors
/// When the store fails.
pub async fn offer(ctx: &Ctx, here: &Here) -> Result<Option<OwnershipOffer>, Error> {
    let mut conn = ctx.deps().db.read().await?;
    Ok(offer_in(ctx, &mut conn, here.id()).await?.map(|(offer, _)| offer))
}

/// The offer that waits, and from whom it comes.
pub(super) async fn offer_in(
    ctx: &Ctx,
    conn: &mut Conn,
    workspace: &WorkspaceId,
) -> Result<Option<(OwnershipOffer, MemberId)>, Error> {
    let now = ctx.store_now(conn).await?;
    let Some((from, to, expires_at)) = queries::offer(conn, workspace, now).await? else { return Ok(None) };
    let member = queries::find(conn, workspace, &to, ctx.now()).await?;
    Ok(member.map(|member| (OwnershipOffer { to, to_name: member.name, expires_at }, from)))
}

/// Offers ownership to a member, in place of any offer before; they have seven days to take it.
///
/// # Errors
/// [`Error::Invalid`] at `name` unless the workspace's name was typed, [`Error::NotFound`] when it is no member,
/// [`Error::Forbidden`] for others than the owner, and when the member is kept out.
pub async fn offer_ownership(
    ctx: &Ctx,
    here: &Here,
    id: &MemberId,
    typed_name: &str,
) -> Result<TeamMember, Error> {
    here.require(Action::TransferOwnership)?;
    let name = &here.workspace().name;
    if typed_name.trim() != name {
        return Err(Error::field("name", format!("Type {name} to offer it.")));
    }
    let args = (ctx.clone(), here.clone(), id.clone());
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, id)| {
            Box::pin(async move {
                let mine = access::by_id(ctx, conn, here.id()).await?;
                mine.require(Action::TransferOwnership)?;
                let member = queries::find(conn, here.id(), id, ctx.now()).await?.ok_or(Error::NotFound)?;
                if member.id == mine.member_id {
                    return Err(yours_already());
                }
                if member.status == MemberStatus::Suspended {
                    let message = format!("{} is suspended. Restore their access first.", member.name);
                    return Err(Error::Forbidden(message));
                }
                let now = ctx.store_now(conn).await?;
                queries::set_offer(conn, here.id(), (&mine.member_id, id), now, now + OFFERED).await?;
                record(conn, &about(ctx, here, What::OwnershipOffered, &member)).await?;
                Ok(member)
            })
        })
        .await
}

/// Ends an offer: the owner takes it back, or the one to whom it was made turns it down.
///
/// # Errors
/// [`Error::NotFound`] when nothing is offered, or the person who asks has nothing to do with it.
pub async fn end_offer(ctx: &Ctx, here: &Here) -> Result<(), Error> {
    let args = (ctx.clone(), here.clone());
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here)| {
            Box::pin(async move {
                let mine = access::by_id(ctx, conn, here.id()).await?;
                let (offer, _) = offer_in(ctx, conn, here.id()).await?.ok_or(Error::NotFound)?;
                if offer.to != mine.member_id && !mine.may(Action::TransferOwnership) {
                    return Err(Error::NotFound);
                }
                let member =
                    queries::find(conn, here.id(), &offer.to, ctx.now()).await?.ok_or(Error::NotFound)?;
                queries::end_offer(conn, here.id()).await?;
                record(conn, &about(ctx, here, What::OwnershipOfferEnded, &member)).await
            })
        })
        .await
}

/// Takes ownership that was offered to the person who asks; who had it stays as an admin.
///
/// # Errors
/// [`Error::NotFound`] when it is not offered to them (any more), [`Error::Forbidden`] for who owns it already.
pub async fn accept_ownership(ctx: &Ctx, here: &Here) -> Result<(), Error> {
    if !matches!(ctx.actor, Actor::User(_)) {
        return Err(Error::Unauthenticated);
    }
    let args = (ctx.clone(), here.clone());
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here)| {
            Box::pin(async move {
                let mine = access::by_id(ctx, conn, here.id()).await?;
                if mine.role == Role::Owner {
                    return Err(yours_already());
                }
                let (offer, from) = offer_in(ctx, conn, here.id()).await?.ok_or(Error::NotFound)?;
                if offer.to != mine.member_id {
                    return Err(Error::NotFound);
                }
                let former =
                    queries::find(conn, here.id(), &from, ctx.now()).await?.ok_or(Error::NotFound)?;
                if former.role != Role::Owner {
                    return Err(Error::NotFound);
                }
                // In this order: the index holds that there is one at most.
                queries::set_role(conn, &former.id, Role::Admin).await?;
                queries::set_role(conn, &mine.member_id, Role::Owner).await?;
                queries::end_offer(conn, here.id()).await?;
                let change = Change::new("role", mine.role.as_str(), Role::Owner.as_str());
                let entry = about(ctx, here, What::OwnershipTransferred, &former)
                    .details(|details| details.changes = vec![change]);
                record(conn, &entry).await
            })
        })
        .await
}

fn yours_already() -> Error {
    Error::Forbidden("The workspace is yours already.".to_owned())
}
