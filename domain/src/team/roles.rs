//! Changing what somebody may do, and keeping them out for a while. All of it is in force with the next request.

use stackyard_db::Conn;
use stackyard_model::activity::{Change, What};
use stackyard_model::id::MemberId;
use stackyard_model::team::TeamMember;
use stackyard_model::{Action, MemberStatus, Role, Ts};

use super::leaving::{Decisions, end_of_suspended};
use super::queries;
use crate::access::Giver;
use crate::activity::{Entry, record};
use crate::{Ctx, Error, Here, access, credentials};

/// What those are told who would give ownership away as a role.
pub(crate) const ONE_OWNER: &str = "There is one owner. Ownership is transferred, not given.";

/// The role that a form means, when it is one that can be given.
pub(crate) fn to_give(role: &str) -> Result<Role, &'static str> {
    match role.parse() {
        Ok(Role::Owner) => Err(ONE_OWNER),
        Ok(role) => Ok(role),
        Err(_) => Err("Choose a role."),
    }
}

/// Gives a member another role. Who asks may lower their own.
///
/// # Errors
/// [`Error::Invalid`] at `role`, [`Error::NotFound`] when it is no member, [`Error::Forbidden`] when it is the owner, and for
/// what a right that is lent does not give.
pub async fn change_role(ctx: &Ctx, here: &Here, id: &MemberId, role: &str) -> Result<TeamMember, Error> {
    change_role_seen(ctx, here, id, role, None).await
}

/// The same, if the member's role and status are still those that were `seen`.
///
/// # Errors
/// As [`change_role`], and [`Error::Conflict`] when they are others by now.
pub async fn change_role_seen(
    ctx: &Ctx,
    here: &Here,
    id: &MemberId,
    role: &str,
    seen: Option<&TeamMember>,
) -> Result<TeamMember, Error> {
    here.require(Action::ManageMembers)?;
    let role = to_give(role).map_err(|message| Error::field("role", message))?;
    let args = (ctx.clone(), here.clone(), id.clone(), role, seen.map(trust));
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, id, role, seen)| {
            Box::pin(async move {
                let member = other_than_owner(ctx, conn, here, id).await?;
                Error::unless_same(seen.as_ref(), &trust(&member))?;
                if member.role == *role && member.role_until.is_none() {
                    return Ok(member);
                }
                // Who has a role for a time does not decide that it is for good.
                if member.role_until.is_some() && member.id == here.member_id {
                    let message = "Your role is lent to you for a time. Somebody else has to change it.";
                    return Err(Error::Forbidden(message.to_owned()));
                }
                // Else whoever is lowered raises themselves by what they made before.
                if credentials::acts_for(ctx, conn, &member.user_id).await? {
                    let message = "A credential does not change the role of who made its secret.";
                    return Err(Error::Forbidden(message.to_owned()));
                }
                if *role == Role::Admin {
                    Giver::of(ctx, conn, here, Action::ManageMembers, None).await?.gives_admin()?;
                }
                queries::set_role(conn, id, *role).await?;
                let change = Change::new("role", member.role.as_str(), role.as_str());
                let entry = about(ctx, here, What::MemberRoleChanged, &member)
                    .details(|details| details.changes = vec![change]);
                record(conn, &entry).await?;
                Ok(TeamMember { role: *role, role_until: None, ..member })
            })
        })
        .await
}

/// Keeps a member out, with their role kept: from their next request on, and their open streams within half a minute.
///
/// # Errors
/// [`Error::NotFound`] when it is no member, [`Error::Forbidden`] when it is the owner or who asks.
pub async fn suspend(
    ctx: &Ctx,
    here: &Here,
    id: &MemberId,
    decisions: Decisions,
) -> Result<TeamMember, Error> {
    if here.member_id == *id {
        return Err(Error::Forbidden("You cannot suspend yourself. Leave the workspace instead.".to_owned()));
    }
    set_standing(ctx, here, id, Standing::Out(decisions), None).await
}

/// Lets a member in again, as what they were.
///
/// # Errors
/// [`Error::NotFound`] when it is no member, [`Error::Forbidden`] for an admin when whoever asks makes none.
pub async fn restore(ctx: &Ctx, here: &Here, id: &MemberId) -> Result<TeamMember, Error> {
    set_standing(ctx, here, id, Standing::In, None).await
}

/// Whether a member may come in.
#[derive(Debug, Clone, Copy)]
pub enum Standing {
    /// They may.
    In,
    /// They are kept out, and this is ended of what they made.
    Out(Decisions),
}

/// What somebody may do, as far as it can be changed.
fn trust(member: &TeamMember) -> (Role, Option<Ts>, MemberStatus) {
    (member.role, member.role_until, member.status)
}

/// Suspends or restores a member, if their role and status are still those that were `seen`.
///
/// # Errors
/// [`Error::NotFound`] when it is no member, [`Error::Forbidden`] when it is the owner, [`Error::Conflict`] when what was
/// seen is no more.
pub async fn set_standing(
    ctx: &Ctx,
    here: &Here,
    id: &MemberId,
    standing: Standing,
    seen: Option<&TeamMember>,
) -> Result<TeamMember, Error> {
    here.require(Action::ManageMembers)?;
    let args = (ctx.clone(), here.clone(), id.clone(), standing, seen.map(trust));
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, id, standing, seen)| {
            Box::pin(async move {
                let member = other_than_owner(ctx, conn, here, id).await?;
                Error::unless_same(seen.as_ref(), &trust(&member))?;
                let is_out = member.status == MemberStatus::Suspended;
                if is_out == matches!(standing, Standing::Out(_)) {
                    return Ok(member);
                }
                if is_out && credentials::acts_for(ctx, conn, &member.user_id).await? {
                    let message = "A credential does not restore who made its secret.";
                    return Err(Error::Forbidden(message.to_owned()));
                }
                let (status, entry) = match standing {
                    Standing::In => {
                        // Who is kept out has kept what makes them an admin.
                        if member.role == Role::Admin || access::decides(conn, id, ctx.now()).await? {
                            Giver::of(ctx, conn, here, Action::ManageMembers, None).await?.gives_admin()?;
                        }
                        (MemberStatus::Active, about(ctx, here, What::MemberRestored, &member))
                    }
                    Standing::Out(decisions) => {
                        let noted = end_of_suspended(ctx, conn, here, &member, *decisions).await?;
                        (
                            MemberStatus::Suspended,
                            about(ctx, here, What::MemberSuspended, &member).noted(&noted),
                        )
                    }
                };
                queries::set_status(conn, id, status).await?;
                record(conn, &entry).await?;
                Ok(TeamMember { status, ..member })
            })
        })
        .await
}

/// A member who is not the owner, for whoever may manage members at this moment.
pub(super) async fn other_than_owner(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    id: &MemberId,
) -> Result<TeamMember, Error> {
    access::require_now(ctx, conn, here, Action::ManageMembers).await?;
    let member = queries::find(conn, here.id(), id, ctx.now()).await?.ok_or(Error::NotFound)?;
    if member.role == Role::Owner {
        let message = format!("{} owns this workspace. Ownership has to be transferred first.", member.name);
        return Err(Error::Forbidden(message));
    }
    Ok(member)
}

/// An entry about a member.
pub(super) fn about(ctx: &Ctx, here: &Here, what: What, member: &TeamMember) -> Entry {
    Entry::done(ctx, here.id(), what).target("member", member.id.as_str(), &member.name)
}
