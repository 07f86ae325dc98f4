//! Making and deleting workspaces, and what is in one.

use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::account::Account;
use stackyard_model::activity::{Outcome, What};
use stackyard_model::id::{MemberId, UserId, WorkspaceId};
use stackyard_model::text::{self, fold};
use stackyard_model::workspace::{Membership, Totals, Workspace};
use stackyard_model::{Action, FieldErrors, Role};

use super::queries::{self, NewMember, WorkspaceRow};
use crate::activity::{Entry, count_since, record};
use crate::throttle::{self, Limit};
use crate::{Actor, Ctx, Error, Here, access, deployments, instances, locks};

/// A form for a new workspace.
#[derive(Debug, Clone)]
pub struct NewWorkspace {
    /// Its name.
    pub name: String,
    /// Its slug; empty: made from the name.
    pub slug: String,
    /// What it is for.
    pub description: String,
}

/// Workspaces that a person makes: each has a slug that nobody else can have, and may invite people.
const MADE: Limit = Limit::a_day(30);
/// The days that the overview counts.
const COUNTED: Duration = Duration::from_secs(7 * 24 * 3600);

pub(super) const SLUG_TAKEN: &str = "This slug is taken. Choose another.";

/// The workspaces of the person who asks, by name; those whose name or slug contains `q`.
///
/// # Errors
/// [`Error::Unauthenticated`] when nobody is signed in.
pub async fn list(ctx: &Ctx, q: &str) -> Result<Vec<Membership>, Error> {
    let user = &ctx.signed_in()?.account.id;
    let mut conn = ctx.deps().db.read().await?;
    let mut mine = queries::of_user(&mut conn, user, ctx.now()).await?;
    let wanted = fold(q.trim());
    mine.retain(|mine| fold(&mine.workspace.name).contains(&wanted) || mine.workspace.slug.contains(&wanted));
    Ok(mine)
}

/// Makes a workspace; the person who asks becomes its owner.
///
/// # Errors
/// [`Error::Invalid`] with each error at its field, [`Error::Forbidden`] when only the operator may, [`Error::Throttled`]
/// for who makes very many.
pub async fn create(ctx: &Ctx, new: NewWorkspace) -> Result<Workspace, Error> {
    let owner = ctx.signed_in()?.account.id.clone();
    if !ctx.deps().site.anyone_may_create_workspaces {
        return Err(Error::Forbidden(
            "On this server the operator creates workspaces. Ask them for one.".to_owned(),
        ));
    }
    let counter = throttle::key("workspaces", owner.as_str());
    make(ctx, owner, new, Some(counter)).await
}

/// Makes a workspace for somebody else, as the operator.
///
/// # Errors
/// [`Error::Invalid`] with each error at its field; [`Error::NotFound`] unless it is the operator who asks.
pub async fn create_for(ctx: &Ctx, owner: &UserId, new: NewWorkspace) -> Result<Workspace, Error> {
    ctx.operator_only()?;
    make(ctx, owner.clone(), new, None).await
}

async fn make(
    ctx: &Ctx,
    owner: UserId,
    new: NewWorkspace,
    counter: Option<String>,
) -> Result<Workspace, Error> {
    let mut errors = FieldErrors::default();
    let name = errors.keep("name", text::workspace_name(&new.name));
    let typed = new.slug.trim();
    // Whoever typed none is not told that one is taken, until there are a hundred.
    let (slug, tries) =
        if typed.is_empty() { (text::slug_from(&new.name), 100) } else { (typed.to_owned(), 1) };
    let slug = errors.keep("slug", text::slug(&slug));
    let description = errors.keep("description", text::lines(&new.description, text::DESCRIPTION_MAX));
    let (Some(name), Some(slug), Some(description)) = (name, slug, description) else {
        return Err(Error::Invalid(errors));
    };
    let now = ctx.now();
    let row = WorkspaceRow {
        id: WorkspaceId::mint(now, ctx.id_bytes()),
        name,
        slug,
        description,
        logo_version: None,
        own_audience_only: false,
        created_at: now,
        deleted_at: None,
        members_see_all: true,
    };
    let member = NewMember::joining(ctx, &row.id, &owner, Role::Owner);
    let entry =
        Entry::done(ctx, &row.id, What::WorkspaceCreated).target("workspace", row.id.as_str(), &row.name);
    ctx.deps()
        .db
        .write((row, tries, member, entry, counter), |conn, (row, tries, member, entry, counter)| {
            Box::pin(async move {
                if let Some(counter) = counter {
                    throttle::count(conn, counter, MADE, row.created_at).await?.or_throttled()?;
                }
                let row = insert(conn, row, *tries).await?;
                queries::insert_member(conn, member).await?;
                record(conn, entry).await?;
                Ok(row.into())
            })
        })
        .await
}

/// Writes a workspace under its slug, or the first of that with a number behind it that is free.
async fn insert(conn: &mut Conn, row: &WorkspaceRow, tries: u32) -> Result<WorkspaceRow, Error> {
    for number in 1..=tries {
        let slug = if number == 1 { row.slug.clone() } else { format!("{}-{number}", row.slug) };
        let row = WorkspaceRow { slug, ..row.clone() };
        let taken = queries::slug_is_taken(conn, &row.slug, None, row.created_at).await?;
        if !taken && queries::insert(conn, &row).await? {
            return Ok(row);
        }
    }
    Err(Error::field("slug", SLUG_TAKEN))
}

/// Whether a new workspace may have this slug.
///
/// # Errors
/// [`Error::Invalid`] at `slug` saying why not.
pub async fn slug_is_free(ctx: &Ctx, slug: &str) -> Result<(), Error> {
    ctx.signed_in()?;
    let slug = text::slug(slug).map_err(|message| Error::field("slug", message))?;
    let mut conn = ctx.deps().db.read().await?;
    if queries::slug_is_taken(&mut conn, &slug, None, ctx.now()).await? {
        return Err(Error::field("slug", SLUG_TAKEN));
    }
    Ok(())
}

/// The totals of the overview.
///
/// # Errors
/// When the store fails.
pub async fn totals(ctx: &Ctx, here: &Here) -> Result<Totals, Error> {
    here.require(Action::SeeOverview)?;
    let mut conn = ctx.deps().db.read().await?;
    let now = ctx.now();
    let user = match &ctx.actor {
        Actor::User(user) => Some(&user.account.id),
        _ => None,
    };
    let [repositories, permissions, members, workspaces] =
        queries::counts(&mut conn, here.id(), here.within(), user, now).await?;
    let of_instances = instances::counts_of(&mut conn, here).await?;
    Ok(Totals {
        repositories,
        permissions,
        instances: of_instances.all(),
        drifted: of_instances.drifted,
        broken: of_instances.error,
        deployments: deployments::count_since(&mut conn, here, now - COUNTED).await?,
        locks: locks::count_held(ctx, &mut conn, here).await?,
        allowed: count_since(&mut conn, here, Outcome::Ok, now - COUNTED).await?,
        denied: count_since(&mut conn, here, Outcome::Denied, now - COUNTED).await?,
        members,
        workspaces,
    })
}

/// Deletes the workspace with its repositories, permissions, tokens and locks. Its log stays with the operator.
///
/// # Errors
/// [`Error::Invalid`] at `name` unless the workspace's name was typed.
pub async fn delete(ctx: &Ctx, here: &Here, typed_name: &str) -> Result<(), Error> {
    here.require(Action::DeleteWorkspace)?;
    let name = &here.workspace().name;
    if typed_name.trim() != name {
        return Err(Error::field("name", format!("Type {name} to delete it.")));
    }
    let entry =
        Entry::done(ctx, here.id(), What::WorkspaceDeleted).target("workspace", here.id().as_str(), name);
    ctx.deps()
        .db
        .write((ctx.clone(), here.clone(), entry), |conn, (ctx, here, entry)| {
            Box::pin(async move {
                // Meanwhile it may have been deleted, or be somebody else's.
                queries::find(conn, here.id()).await?.ok_or(Error::NotFound)?;
                access::require_now(ctx, conn, here, Action::DeleteWorkspace).await?;
                record(conn, entry).await?;
                Ok::<_, Error>(queries::bury(conn, here.id(), ctx.now()).await?)
            })
        })
        .await
}

/// Makes somebody a member, as the operator.
///
/// # Errors
/// [`Error::Conflict`] when they are one already, or when there is an owner and another is wanted.
pub async fn add_member(ctx: &Ctx, here: &Here, person: &Account, role: Role) -> Result<MemberId, Error> {
    ctx.operator_only()?;
    let member = NewMember::joining(ctx, here.id(), &person.id, role);
    let id = member.id().clone();
    let entry = Entry::done(ctx, here.id(), What::MemberAdded)
        .target("user", person.id.as_str(), &person.name)
        .note(role.label());
    ctx.deps()
        .db
        .write((member, entry), |conn, (member, entry)| {
            Box::pin(async move {
                if !queries::insert_member(conn, member).await? {
                    let message = "This person is a member already, or the workspace has its one owner.";
                    return Err(Error::conflict("MemberExists", message));
                }
                record(conn, entry).await
            })
        })
        .await?;
    Ok(id)
}
