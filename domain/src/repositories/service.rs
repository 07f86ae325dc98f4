//! Adding, removing and confirming repositories.

use stackyard_model::activity::{Change, What};
use stackyard_model::id::RepositoryId;
use stackyard_model::repository::{NewIdentity, Repository, RepositoryName};
use stackyard_model::text::{fold, pasted_host, repository_name};
use stackyard_model::{Action, FieldErrors, quote};

use super::queries::{self, RepositoryRow};
use crate::activity::{Entry, record};
use crate::{Ctx, Error, Here, access, locks};

/// The hosts of the trusted issuers: where repositories can be.
#[must_use]
pub fn hosts(ctx: &Ctx) -> Vec<String> {
    ctx.deps().issuers.hosts().into_iter().map(str::to_owned).collect()
}

/// The workspace's repositories by name; those whose host or name contains `q`.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see repositories.
pub async fn list(ctx: &Ctx, here: &Here, q: &str) -> Result<Vec<Repository>, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    let mut repositories = queries::list(&mut conn, here.id(), here.within()).await?;
    let wanted = fold(q.trim());
    if wanted.is_empty() {
        return Ok(repositories);
    }
    repositories
        .retain(|repository| fold(&repository.name).contains(&wanted) || repository.host.contains(&wanted));
    Ok(repositories)
}

/// What the workspace's repositories are called, by name: for pages about something else.
///
/// # Errors
/// As [`list`].
pub async fn names(ctx: &Ctx, here: &Here) -> Result<Vec<RepositoryName>, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    Ok(queries::names(&mut conn, here.id(), here.within()).await?)
}

/// The workspace's repositories that turned up under another name or owner, which nobody confirmed yet.
///
/// # Errors
/// As [`list`].
pub async fn held(ctx: &Ctx, here: &Here) -> Result<Vec<Repository>, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    let mut held = queries::held(&mut conn, here.id()).await?;
    held.retain(|repository| here.reaches(&repository.id));
    Ok(held)
}

/// One repository.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of this workspace's, or not one that whoever asks may see.
pub async fn get(ctx: &Ctx, here: &Here, id: &RepositoryId) -> Result<Repository, Error> {
    here.require(Action::SeeResources)?;
    here.reach(id)?;
    let mut conn = ctx.deps().db.read().await?;
    let row = queries::find(&mut conn, here.id(), id).await?.ok_or(Error::NotFound)?;
    let permissions = queries::count_permissions(&mut conn, id).await?;
    Ok(row.into_repository(permissions))
}

/// Adds a repository by name. It has no numeric id until the first exchange of one of its workflows pins it.
///
/// # Errors
/// [`Error::Invalid`] at `host` or `name`.
pub async fn add(ctx: &Ctx, here: &Here, host: &str, typed: &str) -> Result<Repository, Error> {
    here.require(Action::ManageRepositories)?;
    let known = hosts(ctx);
    let mut errors = FieldErrors::default();
    let host =
        if host.is_empty() { known.first().cloned() } else { known.into_iter().find(|known| known == host) };
    let host = errors.keep("host", host.ok_or("Choose a host whose tokens this server trusts."));
    let elsewhere =
        |pasted: &&str| host.as_ref().is_some_and(|host: &String| !host.eq_ignore_ascii_case(pasted));
    if let Some(pasted) = pasted_host(typed).filter(elsewhere) {
        errors.push("name", format!("This address is on {}, not on the chosen host.", quote::plain(pasted)));
        return Err(Error::Invalid(errors));
    }
    let name = errors.keep("name", repository_name(typed));
    let (Some(host), Some(name)) = (host, name) else { return Err(Error::Invalid(errors)) };
    let now = ctx.now();
    let row = RepositoryRow {
        id: RepositoryId::mint(now, ctx.id_bytes()),
        workspace_id: here.id().clone(),
        host,
        remote_id: None,
        remote_owner_id: None,
        name_folded: fold(&name),
        name,
        held_name: None,
        held_owner_id: None,
        held_since: None,
        last_seen_at: None,
        created_at: now,
    };
    let entry = Entry::done(ctx, here.id(), What::RepositoryImported)
        .target("repository", row.id.as_str(), &row.name)
        .repository(&row.id, &row.name);
    let args = (ctx.clone(), here.clone(), row.clone(), entry);
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, row, entry)| {
            Box::pin(async move {
                access::require_now(ctx, conn, here, Action::ManageRepositories).await?;
                if !queries::insert(conn, row).await? {
                    let message = format!("{} is in this workspace already.", row.name);
                    return Err(Error::field("name", message));
                }
                record(conn, entry).await
            })
        })
        .await?;
    Ok(row.into_repository(0))
}

/// Removes a repository with its permissions, tokens and locks. Its workflows are refused from now on.
///
/// # Errors
/// [`Error::Invalid`] at `name` unless the repository's name was typed.
pub async fn remove(ctx: &Ctx, here: &Here, id: &RepositoryId, typed_name: &str) -> Result<(), Error> {
    here.require(Action::ManageRepositories)?;
    let repository = get(ctx, here, id).await?;
    if fold(typed_name.trim()) != fold(&repository.name) {
        return Err(Error::field("name", format!("Type {} to remove it.", repository.name)));
    }
    let entry = Entry::done(ctx, here.id(), What::RepositoryRemoved)
        .target("repository", repository.id.as_str(), &repository.name)
        .repository(&repository.id, &repository.name);
    ctx.deps()
        .db
        .write((ctx.clone(), here.clone(), repository.id, entry), |conn, (ctx, here, id, entry)| {
            Box::pin(async move {
                access::require_now(ctx, conn, here, Action::ManageRepositories).await?;
                if !queries::delete(conn, id).await? {
                    return Err(Error::NotFound);
                }
                access::forget_repository(conn, id).await?;
                record(conn, entry).await
            })
        })
        .await
}

/// Confirms the name and owner under which a repository turned up, `name` and `owner_id` as the admin was shown them;
/// its workflows are let in again.
///
/// # Errors
/// [`Error::Conflict`] when there is nothing to confirm, when it is another name or owner by now, or when another
/// repository here has that name.
pub async fn confirm_identity(
    ctx: &Ctx,
    here: &Here,
    id: &RepositoryId,
    name: &str,
    owner_id: i64,
) -> Result<(), Error> {
    here.require(Action::ManageRepositories)?;
    let repository = get(ctx, here, id).await?;
    let Some(held) = repository.held.clone() else {
        return Err(Error::conflict(
            "NothingToConfirm",
            "Nobody waits for a confirmation here. Load the page again.",
        ));
    };
    if held.name != name || held.remote_owner_id != owner_id {
        return Err(identity_changed());
    }
    let entry = Entry::done(ctx, here.id(), What::RepositoryIdentityConfirmed)
        .target("repository", repository.id.as_str(), &held.name)
        .repository(&repository.id, &held.name)
        .details(|details| details.changes = identity_changes(&repository, &held));
    let args = (ctx.clone(), here.clone(), repository, held, entry);
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, repository, held, entry)| {
            Box::pin(async move {
                access::require_now(ctx, conn, here, Action::ManageRepositories).await?;
                let row = queries::find(conn, here.id(), &repository.id).await?.ok_or(Error::NotFound)?;
                // What the admin saw is what is confirmed, not what turned up since.
                if row.clone().into_repository(0).held.as_ref() != Some(held) {
                    return Err(identity_changed());
                }
                match queries::by_name(conn, &row.workspace_id, &row.host, &held.name).await? {
                    Some(other) if other.id != row.id => {
                        let message = format!(
                            "Another repository here is called {}. Remove that one first.",
                            held.name
                        );
                        Err(Error::conflict("RepositoryNameTaken", message))
                    }
                    _ => {
                        locks::carry_fences(conn, &row, &fold(&held.name)).await?;
                        queries::confirm(conn, &row.id, held).await?;
                        record(conn, entry).await
                    }
                }
            })
        })
        .await
}

fn identity_changed() -> Error {
    let message = "Another name or owner turned up meanwhile. Load the page again and look at it anew.";
    Error::conflict("IdentityChanged", message)
}

fn identity_changes(repository: &Repository, held: &NewIdentity) -> Vec<Change> {
    let owner = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
    let pairs = [
        ("name", repository.name.clone(), held.name.clone()),
        ("owner id", owner(repository.remote_owner_id), owner(Some(held.remote_owner_id))),
    ];
    let changed = pairs.into_iter().filter(|(_, from, to)| from != to);
    changed.map(|(field, from, to)| Change::new(field, from, to)).collect()
}
