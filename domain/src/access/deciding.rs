//! Deciding about requests for access, and the end of what was granted for a time.

use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::access::{AccessRequest, Asked, GRANTED_DAYS, Grantee, RequestState, ResourceRole};
use stackyard_model::activity::What;
use stackyard_model::id::AccessRequestId;
use stackyard_model::repository::Repository;
use stackyard_model::text::{REASON_MAX, line};
use stackyard_model::{Action, FieldErrors, Role, Ts};

use super::giving::Giver;
use super::request_queries::{self as queries, RequestRow};
use super::requests::{pending, tell};
use super::{grant_queries, grants, require_now};
use crate::repositories::named;
use crate::{Actor, Ctx, Error, Here, team};

/// Grants a request, for some days or for good.
///
/// # Errors
/// [`Error::Invalid`] at `days` or `note`, [`Error::Forbidden`] for one's own, and for an admin's role by who is one for a
/// time, [`Error::Conflict`] when it was decided, when who asked has more for as long already, or when what it asks for is
/// not there.
pub async fn approve(
    ctx: &Ctx,
    here: &Here,
    id: &AccessRequestId,
    days: &str,
    note: &str,
) -> Result<AccessRequest, Error> {
    here.require(Action::ManageMembers)?;
    let mut errors = FieldErrors::default();
    let days = days.parse().ok().filter(|days| GRANTED_DAYS.contains(days));
    let days = errors.keep("days", days.ok_or("Choose for how long."));
    let note = errors.keep("note", line(note, 0, REASON_MAX, "At most 500 characters."));
    let (Some(days), Some(note)) = (days, note) else { return Err(Error::Invalid(errors)) };
    let args = (ctx.clone(), here.clone(), id.clone(), days, note);
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, id, days, note)| {
            Box::pin(async move {
                let row = decidable(ctx, conn, here, id).await?;
                let until =
                    (*days > 0).then(|| ctx.now() + Duration::from_secs(u64::from(*days) * 24 * 3600));
                let mut row = row.decided(ctx, RequestState::Approved, Some(note.as_str()));
                row.expires_at = until;
                let granted = give(ctx, conn, here, &mut row).await?;
                queries::update(conn, &row).await?;
                tell(ctx, conn, here.id(), What::AccessApproved, &row, granted.as_ref()).await?;
                let found = queries::find(conn, here.id(), id).await?.ok_or(Error::NotFound)?;
                found.into_request(ctx.now()).ok_or(Error::NotFound)
            })
        })
        .await
}

/// Turns a request down.
///
/// # Errors
/// [`Error::Invalid`] at `note` without one, and as [`approve`].
pub async fn reject(ctx: &Ctx, here: &Here, id: &AccessRequestId, note: &str) -> Result<(), Error> {
    here.require(Action::ManageMembers)?;
    let note = line(note, 3, REASON_MAX, "Write why, in 3 to 500 characters. Who asked reads it.");
    let note = note.map_err(|message| Error::field("note", message))?;
    let args = (ctx.clone(), here.clone(), id.clone(), note);
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, id, note)| {
            Box::pin(async move {
                let row = decidable(ctx, conn, here, id).await?;
                let row = row.decided(ctx, RequestState::Rejected, Some(note.as_str()));
                queries::update(conn, &row).await?;
                tell(ctx, conn, here.id(), What::AccessRejected, &row, None).await
            })
        })
        .await
}

/// A request that waits for whoever asks to decide at this moment.
async fn decidable(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    id: &AccessRequestId,
) -> Result<RequestRow, Error> {
    require_now(ctx, conn, here, Action::ManageMembers).await?;
    let found = queries::find(conn, here.id(), id).await?.ok_or(Error::NotFound)?;
    if matches!(ctx.actor, Actor::User(_)) && found.row.member_id == here.member_id {
        let message = "Somebody else has to decide about your own request.";
        return Err(Error::Forbidden(message.to_owned()));
    }
    pending(found.row)
}

/// Gives what was asked for. Says on which repository, when it is on one.
async fn give(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    row: &mut RequestRow,
) -> Result<Option<Repository>, Error> {
    let member = team::find_member(conn, here.id(), &row.member_id, ctx.now()).await?;
    let member = member.ok_or(Error::NotFound)?;
    let asked = row.asked().ok_or_else(|| Error::Internal("a request asks for nothing".to_owned()))?;
    let giver = Giver::of(ctx, conn, here, Action::ManageMembers, None).await?;
    giver.gives_to(ctx, conn, std::slice::from_ref(&member.id)).await?;
    if matches!(asked, Asked::Role(Role::Admin) | Asked::Repository(_, ResourceRole::Admin)) {
        giver.gives_admin()?;
    }
    let (name, role) = match asked {
        Asked::Role(Role::Owner) => return Err(owner_stays(&member.name)),
        Asked::Role(_) if member.role == Role::Owner => return Err(owner_stays(&member.name)),
        Asked::Role(role) => {
            if outlasts(member.role_until, row.expires_at) && is_more(member.role, role) {
                return Err(has_more(&member.name, member.role.label()));
            }
            match row.expires_at {
                Some(until) => {
                    queries::end_lent_role(conn, &member.id).await?;
                    team::lend_role(conn, &member.id, (role, until)).await?;
                }
                None => team::set_role(conn, &member.id, role).await?,
            }
            return Ok(None);
        }
        Asked::Repository(name, role) => (name, role),
    };
    let mut found = named(conn, here.id(), &name).await?;
    let Some(repository) = found.pop().filter(|_| found.is_empty()) else {
        let message = format!(
            "There is not exactly one repository {name} in this workspace. Reject the request, or grant it on the \
             repository’s page Access.",
        );
        return Err(Error::conflict("RepositoryUnclear", message));
    };
    let had = grant_queries::had_by(conn, &member.id, ctx.now()).await?;
    let lasting =
        had.into_iter().filter(|(on, _, until, _)| *on == repository.id && outlasts(*until, row.expires_at));
    if let Some(more) = lasting.map(|(_, had, ..)| had).max().filter(|had| *had > role) {
        return Err(has_more(&member.name, &format!("{} on {}", more.label(), repository.name)));
    }
    let to = Grantee::Member(member.id, member.name);
    match row.expires_at {
        Some(until) => {
            row.grant_id = Some(grants::lend(ctx, conn, here, &repository, &to, (role, until)).await?);
        }
        None => grants::give(ctx, conn, here, &repository, &to, role).await?,
    }
    Ok(Some(repository))
}

/// Whether what ends at one moment, if ever, is there for as long as what ends at another.
fn outlasts(one: Option<Ts>, other: Option<Ts>) -> bool {
    one.is_none_or(|one| other.is_some_and(|other| one >= other))
}

/// Whether one role may all that another may, and is not that one.
fn is_more(one: Role, other: Role) -> bool {
    // Who is not the owner may leave, which is no right that anybody would ask for.
    let counts = |action: &&Action| **action != Action::Leave;
    one != other && Action::ALL.iter().filter(counts).all(|action| one.may(*action) || !other.may(*action))
}

fn has_more(name: &str, has: &str) -> Error {
    let message = format!("{name} has more already: {has}. Reject the request, and say so.");
    Error::conflict("HasMore", message)
}

fn owner_stays(name: &str) -> Error {
    Error::Forbidden(format!("{name}: there is one owner, and ownership has to be transferred."))
}

/// Ends what was granted for a time that is over, and says so in the log.
pub(crate) async fn sweep(ctx: &Ctx, conn: &mut Conn, now: Ts) -> Result<(), Error> {
    for mut row in queries::over(conn, now).await? {
        queries::end_granted(conn, &row, now).await?;
        let workspace = row.workspace_id.clone();
        row.state = RequestState::Expired;
        queries::update(conn, &row).await?;
        tell(ctx, conn, &workspace, What::AccessExpired, &row, None).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_that_may_all_that_another_may_is_more() {
        for (one, other, more) in [
            (Role::Admin, Role::Member, true),
            (Role::Member, Role::Viewer, true),
            (Role::Member, Role::Admin, false),
            (Role::Member, Role::Member, false),
            (Role::Admin, Role::Billing, false),
            (Role::Billing, Role::Viewer, false),
        ] {
            assert_eq!(is_more(one, other), more, "{one:?} {other:?}");
        }
    }

    #[test]
    fn what_ends_before_does_not_last_as_long() {
        let at = |seconds| Some(Ts::from_seconds(seconds));
        assert!(
            outlasts(None, None) && outlasts(None, at(1)) && outlasts(at(2), at(1)) && outlasts(at(1), at(1))
        );
        assert!(!outlasts(at(1), None) && !outlasts(at(1), at(2)));
    }
}
