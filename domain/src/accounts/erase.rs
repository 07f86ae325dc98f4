//! Erasing a person: what says who they were goes, and what they did stays under an id that says nothing (rules §10).

use stackyard_db::Conn;
use stackyard_model::Role;
use stackyard_model::account::LinkPurpose;
use stackyard_model::activity::{Outcome, What};
use stackyard_model::id::{MemberId, UserId, WorkspaceId};

use super::{links, named, pictures, queries};
use crate::activity::{Entry, record};
use crate::team::Decisions;
use crate::{Ctx, Error, access, invitations, mail, notices, sessions, team};

/// What becomes of what they made in each workspace: their locks and access tokens end with them; a repository token or an
/// API key is a service's, and goes on.
const MADE: Decisions = Decisions {
    release_locks: true,
    revoke_tokens: false,
    revoke_access_tokens: true,
    revoke_api_keys: false,
    end_old_secrets: true,
    revoke_invitations: true,
};

/// A workspace that somebody is in.
pub(super) struct Within {
    pub(super) workspace: WorkspaceId,
    pub(super) name: String,
    pub(super) member: MemberId,
    pub(super) role: Role,
}

/// Erases a person, as the operator: they are removed from each workspace, and their name, address, password, picture,
/// sessions and notices are gone for good. The account's id stays, with a name that says nothing, for what refers to it;
/// the log keeps what it has written.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account, [`Error::Conflict`] when they own a workspace. When the store fails half
/// way, doing it again does the rest.
pub async fn erase(ctx: &Ctx, email_or_id: &str) -> Result<UserId, Error> {
    let id = named(ctx, email_or_id).await?.id;
    let mut conn = ctx.deps().db.read().await?;
    let within = queries::within(&mut conn, &id).await?;
    drop(conn);
    let owned: Vec<_> =
        within.iter().filter(|one| one.role == Role::Owner).map(|one| one.name.as_str()).collect();
    if !owned.is_empty() {
        let message = format!(
            "They own {}. Transfer ownership, or delete the workspace, and erase them then.",
            owned.join(", ")
        );
        return Err(Error::conflict("OwnsWorkspace", message));
    }
    for one in &within {
        let here = access::enter_as_operator(ctx, one.workspace.as_str()).await?;
        team::remove(ctx, &here, &one.member, MADE).await?;
    }
    let erased = ctx.deps().db.write((ctx.clone(), id.clone()), |conn, (ctx, id)| {
        Box::pin(async move { make_pseudonym(ctx, conn, id).await })
    });
    erased.await?;
    Ok(id)
}

async fn make_pseudonym(ctx: &Ctx, conn: &mut Conn, id: &UserId) -> Result<(), Error> {
    let now = ctx.now();
    invitations::forget_person(conn, id, queries::ERASED, &queries::erased_address(id)).await?;
    for purpose in LinkPurpose::ALL {
        links::forget(conn, id, *purpose).await?;
    }
    sessions::delete_others(conn, id, None).await?;
    mail::drop_queued(conn, id.as_str(), now).await?;
    notices::forget(conn, id).await?;
    pictures::keep(conn, id, None).await?;
    queries::make_pseudonym(conn, id, now).await?;
    let entry =
        Entry::new(ctx, None, What::AccountErased, Outcome::Ok).target("user", id.as_str(), queries::ERASED);
    record(conn, &entry).await
}
