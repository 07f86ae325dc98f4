//! Adding, editing and removing permissions. Editing takes effect with the next request.

use std::collections::HashMap;

use stackyard_db::Conn;
use stackyard_model::activity::{Change, What};
use stackyard_model::id::{PermissionId, RepositoryId};
use stackyard_model::permission::{Events, Permission, PermissionInput};
use stackyard_model::repository::Repository;
use stackyard_model::{Action, Dimension, FieldError, FieldErrors, PermissionKind, Ts};

use super::never::check_reach;
use super::{check_pattern, queries};
use crate::activity::{Entry, record};
use crate::{Ctx, Error, Here, access, repositories};

/// Most permissions of one repository.
pub(super) const PERMISSIONS_MAX: usize = 150;

/// A repository's permissions, by kind and then as they were made.
///
/// # Errors
/// [`Error::NotFound`] when the repository is not one of this workspace's.
pub async fn list(ctx: &Ctx, here: &Here, repository: &RepositoryId) -> Result<Vec<Permission>, Error> {
    let repository = repositories::get(ctx, here, repository).await?;
    let mut conn = ctx.deps().db.read().await?;
    Ok(queries::for_repository(&mut conn, &repository.id).await?)
}

/// How often a permission let something through, and when last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matches {
    /// How often.
    pub count: i64,
    /// When last.
    pub last_at: Ts,
}

/// What the permissions of a repository let through, up to what the log was sealed to; those that never did are missing.
///
/// # Errors
/// As [`list`].
pub async fn matches(
    ctx: &Ctx,
    here: &Here,
    repository: &RepositoryId,
) -> Result<HashMap<PermissionId, Matches>, Error> {
    let repository = repositories::get(ctx, here, repository).await?;
    let mut conn = ctx.deps().db.read().await?;
    let found = queries::matches(&mut conn, &repository.id).await?;
    Ok(found.into_iter().map(|(id, count, last_at)| (id, Matches { count, last_at })).collect())
}

/// One permission.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of this repository's.
pub async fn get(
    ctx: &Ctx,
    here: &Here,
    repository: &RepositoryId,
    id: &PermissionId,
) -> Result<Permission, Error> {
    let repository = repositories::get(ctx, here, repository).await?;
    let mut conn = ctx.deps().db.read().await?;
    queries::find(&mut conn, &repository.id, id).await?.ok_or(Error::NotFound)
}

/// A repository whose permissions whoever asks may change.
async fn managed(ctx: &Ctx, here: &Here, repository: &RepositoryId) -> Result<Repository, Error> {
    let repository = repositories::get(ctx, here, repository).await?;
    access::require_on(ctx, here, Action::ManagePermissions, &repository.id).await?;
    Ok(repository)
}

/// Refuses unless whoever asks may change its permissions at this moment.
async fn managed_now(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    repository: &RepositoryId,
) -> Result<(), Error> {
    access::require_on_now(ctx, conn, here, Action::ManagePermissions, repository).await
}

/// Adds a permission.
///
/// # Errors
/// [`Error::Invalid`] with each error at its field, [`Error::Conflict`] when the same one is there already.
pub async fn add(
    ctx: &Ctx,
    here: &Here,
    repository: &RepositoryId,
    input: PermissionInput,
) -> Result<Permission, Error> {
    let repository = managed(ctx, here, repository).await?;
    let checked = check(&input)?;
    let permission = checked.into_permission(ctx, &repository.id);
    let entry = Entry::done(ctx, here.id(), What::PermissionAssigned)
        .target("permission", permission.id.as_str(), permission.kind.label())
        .repository(&repository.id, &repository.name)
        .kind(Some(permission.kind))
        .note(summary(&permission));
    let args = (ctx.clone(), here.clone(), permission.clone(), entry);
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, permission, entry)| {
            Box::pin(async move {
                managed_now(ctx, conn, here, &permission.repository_id).await?;
                let present = queries::for_repository(conn, &permission.repository_id).await?;
                unlike(&present, permission)?;
                queries::insert_all(conn, here.id(), std::slice::from_ref(permission)).await?;
                record(conn, entry).await
            })
        })
        .await?;
    Ok(permission)
}

/// Edits a permission; its version counts up.
///
/// # Errors
/// As [`add`], and [`Error::NotFound`].
pub async fn update(
    ctx: &Ctx,
    here: &Here,
    repository: &RepositoryId,
    id: &PermissionId,
    input: PermissionInput,
) -> Result<Permission, Error> {
    update_seen(ctx, here, repository, id, input, None).await
}

/// The same, if the permission still has the version of which a form was made; one without a version whatever it is.
///
/// # Errors
/// As [`update_seen`].
pub async fn update_version(
    ctx: &Ctx,
    here: &Here,
    repository: &RepositoryId,
    id: &PermissionId,
    input: PermissionInput,
    version: &str,
) -> Result<Permission, Error> {
    if version.is_empty() {
        return update(ctx, here, repository, id, input).await;
    }
    let now = get(ctx, here, repository, id).await?;
    Error::unless_same(Some(&version.to_owned()), &now.version.to_string())?;
    update_seen(ctx, here, repository, id, input, Some(&now)).await
}

/// The same, if the permission is still what was `seen`.
///
/// # Errors
/// As [`update`], and [`Error::Conflict`] when it was edited since.
pub async fn update_seen(
    ctx: &Ctx,
    here: &Here,
    repository: &RepositoryId,
    id: &PermissionId,
    input: PermissionInput,
    seen: Option<&Permission>,
) -> Result<Permission, Error> {
    let repository = managed(ctx, here, repository).await?;
    let checked = check(&input)?;
    let entry =
        Entry::done(ctx, here.id(), What::PermissionUpdated).repository(&repository.id, &repository.name);
    let args =
        (ctx.clone(), here.clone(), (repository.id.clone(), id.clone()), checked, entry, seen.cloned());
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, (repository, id), checked, entry, seen)| {
            Box::pin(async move {
                managed_now(ctx, conn, here, repository).await?;
                let before = queries::find(conn, repository, id).await?.ok_or(Error::NotFound)?;
                Error::unless_same(seen.as_ref(), &before)?;
                let mut after = checked.clone().over(&before, ctx.now());
                let changes = changes(&before, &after);
                if changes.is_empty() {
                    return Ok(before);
                }
                after.version = before.version + 1;
                let present = queries::for_repository(conn, repository).await?;
                unlike(&present, &after)?;
                queries::update(conn, &after).await?;
                let entry = entry
                    .clone()
                    .target("permission", after.id.as_str(), after.kind.label())
                    .kind(Some(after.kind))
                    .details(|details| details.changes = changes);
                record(conn, &entry).await?;
                Ok(after)
            })
        })
        .await
}

/// Removes a permission. The next request that needs it is refused.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of this repository's.
pub async fn remove(
    ctx: &Ctx,
    here: &Here,
    repository: &RepositoryId,
    id: &PermissionId,
) -> Result<(), Error> {
    let repository = managed(ctx, here, repository).await?;
    let entry =
        Entry::done(ctx, here.id(), What::PermissionRemoved).repository(&repository.id, &repository.name);
    let args = (ctx.clone(), here.clone(), repository.id, id.clone(), entry);
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, repository, id, entry)| {
            Box::pin(async move {
                managed_now(ctx, conn, here, repository).await?;
                let permission = queries::find(conn, repository, id).await?.ok_or(Error::NotFound)?;
                queries::delete(conn, id).await?;
                let entry = entry
                    .clone()
                    .target("permission", permission.id.as_str(), permission.kind.label())
                    .kind(Some(permission.kind))
                    .note(summary(&permission));
                record(conn, &entry).await
            })
        })
        .await
}

/// Adds the starter set to a repository that has no permissions: wide ones for what only reports, and locks from
/// the branch `main` alone.
///
/// # Errors
/// [`Error::Conflict`] when the repository has permissions already.
pub async fn add_starter_set(
    ctx: &Ctx,
    here: &Here,
    repository: &RepositoryId,
) -> Result<Vec<Permission>, Error> {
    let repository = managed(ctx, here, repository).await?;
    let set = starter_set(ctx, &repository.id);
    let entry = Entry::done(ctx, here.id(), What::PermissionDefaults)
        .target("repository", repository.id.as_str(), &repository.name)
        .repository(&repository.id, &repository.name)
        .note(format!("{} permissions", set.len()));
    let args = (ctx.clone(), here.clone(), repository.id, set, entry);
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, repository, set, entry)| {
            Box::pin(async move {
                managed_now(ctx, conn, here, repository).await?;
                if !queries::for_repository(conn, repository).await?.is_empty() {
                    let message = "This repository has permissions already. Add the others one by one.";
                    return Err(Error::conflict("PermissionsPresent", message));
                }
                queries::insert_all(conn, here.id(), set).await?;
                record(conn, entry).await?;
                Ok(set.clone())
            })
        })
        .await
}

/// What most repositories begin with.
fn starter_set(ctx: &Ctx, repository: &RepositoryId) -> Vec<Permission> {
    let any = [PermissionKind::AffectedStacksCreate, PermissionKind::InstancesUpdate];
    let main = [
        PermissionKind::DeploymentsCreate,
        PermissionKind::LocksCreate,
        PermissionKind::LocksDelete,
        PermissionKind::InstancesCreate,
    ];
    let make = |kind, branch: &str| {
        let checked = Checked {
            kind,
            workflow: "*".to_owned(),
            branch: branch.to_owned(),
            environment: "*".to_owned(),
            events: Events::default(),
        };
        checked.into_permission(ctx, repository)
    };
    any.into_iter()
        .map(|kind| make(kind, "*"))
        .chain(main.into_iter().map(|kind| make(kind, "main")))
        .collect()
}

/// A form whose fields are all right.
#[derive(Clone)]
struct Checked {
    kind: PermissionKind,
    workflow: String,
    branch: String,
    environment: String,
    events: Events,
}

impl Checked {
    fn into_permission(self, ctx: &Ctx, repository: &RepositoryId) -> Permission {
        let now = ctx.now();
        Permission {
            id: PermissionId::mint(now, ctx.id_bytes()),
            repository_id: repository.clone(),
            kind: self.kind,
            workflow: self.workflow,
            branch: self.branch,
            environment: self.environment,
            events: self.events,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    fn over(self, before: &Permission, now: Ts) -> Permission {
        Permission {
            kind: self.kind,
            workflow: self.workflow,
            branch: self.branch,
            environment: self.environment,
            events: self.events,
            updated_at: now,
            ..before.clone()
        }
    }
}

fn check(input: &PermissionInput) -> Result<Checked, Error> {
    let mut errors = FieldErrors::default();
    let kind = errors.keep("kind", input.kind.parse::<PermissionKind>().map_err(|_| "Choose what to allow."));
    let mut pattern = |dimension: Dimension, typed: &str| {
        let pattern = if typed.is_empty() { "*" } else { typed };
        if let Err(error) = check_pattern(pattern).and_then(|_| check_reach(pattern, dimension)) {
            errors.0.push(FieldError {
                field: dimension.as_str().to_owned(),
                message: error.message,
                column: error.column,
            });
        }
        pattern.to_owned()
    };
    let workflow = pattern(Dimension::Workflow, &input.workflow);
    let branch = pattern(Dimension::Branch, &input.branch);
    let environment = pattern(Dimension::Environment, &input.environment);
    match kind {
        Some(kind) if errors.is_empty() => {
            Ok(Checked { kind, workflow, branch, environment, events: input.events })
        }
        _ => Err(Error::Invalid(errors)),
    }
}

/// Two permissions alike would only make it unclear which of them grants.
fn unlike(present: &[Permission], new: &Permission) -> Result<(), Error> {
    let alike = |old: &&Permission| {
        old.id != new.id
            && (old.kind, &old.workflow, &old.branch, &old.environment, old.events)
                == (new.kind, &new.workflow, &new.branch, &new.environment, new.events)
    };
    if present.iter().any(|old| alike(&old)) {
        let message = format!("A permission {} with the same patterns is there already.", new.kind.label());
        return Err(Error::conflict("PermissionExists", message));
    }
    if present.len() >= PERMISSIONS_MAX {
        let message =
            format!("A repository has at most {PERMISSIONS_MAX} permissions. Join some with a regex.");
        return Err(Error::conflict("TooManyPermissions", message));
    }
    Ok(())
}

fn changes(before: &Permission, after: &Permission) -> Vec<Change> {
    let pairs = [
        ("kind", before.kind.label().to_owned(), after.kind.label().to_owned()),
        ("workflow", before.workflow.clone(), after.workflow.clone()),
        ("branch", before.branch.clone(), after.branch.clone()),
        ("environment", before.environment.clone(), after.environment.clone()),
        ("events", before.events.to_list(), after.events.to_list()),
    ];
    let changed = pairs.into_iter().filter(|(_, from, to)| from != to);
    changed.map(|(field, from, to)| Change::new(field, from, to)).collect()
}

fn summary(permission: &Permission) -> String {
    let Permission { workflow, branch, environment, .. } = permission;
    format!("workflow {workflow}, branch {branch}, environment {environment}")
}
