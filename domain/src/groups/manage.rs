//! Making, naming and deleting groups.

use stackyard_db::Conn;
use stackyard_model::access::Group;
use stackyard_model::activity::{Change, What};
use stackyard_model::id::GroupId;
use stackyard_model::text::{self, fold, line};
use stackyard_model::{Action, FieldErrors};

use super::queries::{self, GroupRow};
use crate::activity::{Entry, record};
use crate::{Ctx, Error, Here, access};

/// Longest name, in characters.
const NAME_MAX: usize = 100;
/// Longest description, in characters.
const DESCRIPTION_MAX: usize = 300;
/// Most groups of a workspace: they are listed on one page.
const GROUPS_MAX: i64 = 500;

/// The workspace's groups, by name.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see the team.
pub async fn list(ctx: &Ctx, here: &Here) -> Result<Vec<Group>, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    Ok(queries::list(&mut conn, here.id(), here.within(), ctx.now()).await?)
}

/// One group.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of this workspace's.
pub async fn get(ctx: &Ctx, here: &Here, id: &GroupId) -> Result<Group, Error> {
    list(ctx, here).await?.into_iter().find(|group| group.id == *id).ok_or(Error::NotFound)
}

/// Makes a group with nobody in it.
///
/// # Errors
/// [`Error::Invalid`] at `name` or `description`.
pub async fn create(ctx: &Ctx, here: &Here, name: &str, description: &str) -> Result<GroupId, Error> {
    here.require(Action::ManageGroups)?;
    let (name, description) = check(name, description)?;
    let now = ctx.now();
    let row = GroupRow {
        id: GroupId::mint(now, ctx.id_bytes()),
        workspace_id: here.id().clone(),
        name_folded: fold(&name),
        name,
        description,
        created_at: now,
    };
    let id = row.id.clone();
    ctx.deps()
        .db
        .write((ctx.clone(), here.clone(), row), |conn, (ctx, here, row)| {
            Box::pin(async move {
                access::require_now(ctx, conn, here, Action::ManageGroups).await?;
                if queries::count(conn, here.id()).await? >= GROUPS_MAX {
                    let message = format!("A workspace has at most {GROUPS_MAX} groups.");
                    return Err(Error::conflict("TooManyGroups", message));
                }
                if !queries::insert(conn, row).await? {
                    return Err(name_taken(&row.name));
                }
                record(conn, &about(ctx, here, What::GroupCreated, &row.id, &row.name)).await
            })
        })
        .await?;
    Ok(id)
}

/// Gives a group another name and description.
///
/// # Errors
/// As [`create`], and [`Error::NotFound`].
pub async fn update(
    ctx: &Ctx,
    here: &Here,
    id: &GroupId,
    name: &str,
    description: &str,
) -> Result<(), Error> {
    update_seen(ctx, here, id, (name, description), None).await
}

/// The same, if the group's name and description are still those that were `seen`.
///
/// # Errors
/// As [`update`], and [`Error::Conflict`] when they are others by now.
pub async fn update_seen(
    ctx: &Ctx,
    here: &Here,
    id: &GroupId,
    (name, description): (&str, &str),
    seen: Option<&Group>,
) -> Result<(), Error> {
    here.require(Action::ManageGroups)?;
    let wanted = check(name, description)?;
    let seen = seen.map(|seen| (seen.name.clone(), seen.description.clone()));
    let args = (ctx.clone(), here.clone(), id.clone(), wanted, seen);
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, id, (name, description), seen)| {
            Box::pin(async move {
                let before = managed(ctx, conn, here, id).await?;
                Error::unless_same(seen.as_ref(), &(before.name.clone(), before.description.clone()))?;
                let changes = changes(&before, name, description);
                if changes.is_empty() {
                    return Ok(());
                }
                let namesake = queries::by_name(conn, here.id(), name).await?;
                if namesake.is_some_and(|(other, _)| other != *id) {
                    return Err(name_taken(name));
                }
                queries::update(conn, id, name, description).await?;
                let entry = about(ctx, here, What::GroupUpdated, id, name)
                    .details(|details| details.changes = changes);
                record(conn, &entry).await
            })
        })
        .await
}

/// Deletes a group; what it was granted goes with it, and its members keep what else they have.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of this workspace's.
pub async fn delete(ctx: &Ctx, here: &Here, id: &GroupId) -> Result<String, Error> {
    here.require(Action::ManageGroups)?;
    let args = (ctx.clone(), here.clone(), id.clone());
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, id)| {
            Box::pin(async move {
                let group = managed(ctx, conn, here, id).await?;
                let members = queries::member_ids(conn, id).await?;
                queries::delete(conn, id).await?;
                // Not on how much it had a role: who reads the log may not know of all of it.
                let entry = about(ctx, here, What::GroupDeleted, id, &group.name)
                    .note(format!("members: {}", members.len()))
                    .concerning(members);
                record(conn, &entry).await?;
                Ok(group.name)
            })
        })
        .await
}

/// A group of the workspace, for whoever may manage groups at this moment.
pub(super) async fn managed(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    id: &GroupId,
) -> Result<GroupRow, Error> {
    access::require_now(ctx, conn, here, Action::ManageGroups).await?;
    queries::find(conn, here.id(), id).await?.ok_or(Error::NotFound)
}

/// An entry about a group.
pub(super) fn about(ctx: &Ctx, here: &Here, what: What, id: &GroupId, name: &str) -> Entry {
    Entry::done(ctx, here.id(), what).target("group", id.as_str(), name)
}

fn check(name: &str, description: &str) -> Result<(String, String), Error> {
    let mut errors = FieldErrors::default();
    let name = line(name, 1, NAME_MAX, "A name has 1 to 100 characters.").and_then(|name| {
        // Where access is given, an address means a person.
        if text::email(&name).is_ok() {
            Err("A group is not named like an e-mail address.")
        } else {
            Ok(name)
        }
    });
    let name = errors.keep("name", name);
    let description =
        errors.keep("description", line(description, 0, DESCRIPTION_MAX, "At most 300 characters."));
    name.zip(description).ok_or(Error::Invalid(errors))
}

fn name_taken(name: &str) -> Error {
    Error::field("name", format!("There is a group {name} already."))
}

fn changes(before: &GroupRow, name: &str, description: &str) -> Vec<Change> {
    let pairs = [("name", before.name.as_str(), name), ("description", &before.description, description)];
    let changed = pairs.into_iter().filter(|(_, from, to)| from != to);
    changed.map(|(field, from, to)| Change::new(field, from, to)).collect()
}
