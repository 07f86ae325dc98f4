//! Changing a workspace's settings and its logo.

use std::time::Duration;

use stackyard_model::activity::{Change, What};
use stackyard_model::text;
use stackyard_model::workspace::Workspace;
use stackyard_model::{Action, FieldErrors};

use super::queries::{self, WorkspaceRow};
use super::service::SLUG_TAKEN;
use crate::access::Giver;
use crate::activity::{Entry, record};
use crate::hex::digest;
use crate::picture::Picture;
use crate::{Ctx, Error, Here, access};

/// A form for a workspace's settings.
#[derive(Debug, Clone)]
pub struct SettingsInput {
    /// Its name.
    pub name: String,
    /// Its slug.
    pub slug: String,
    /// What it is for.
    pub description: String,
    /// Take only tokens made for this server's own audience.
    pub own_audience_only: bool,
    /// Whether members and viewers see every repository, or only those granted to them.
    pub members_see_all: bool,
}

/// For how long a former slug leads to its workspace and is nobody else's (design §4).
const FORMER_SLUG: Duration = Duration::from_secs(90 * 24 * 3600);
/// Most former slugs of a workspace: nobody else can have them meanwhile.
const FORMER_SLUGS_MAX: i64 = 5;
const TOO_MANY_SLUGS: &str = "This workspace gave up five slugs in the last 90 days, and links by them still lead here. \
                              Take one of those back, or wait until the first is free.";
/// By what a form knows the settings that it was made of.
#[must_use]
pub fn mark(workspace: &Workspace) -> String {
    let yes = |is: bool| if is { "1" } else { "" };
    let Workspace { name, slug, description, own_audience_only, members_see_all, .. } = workspace;
    digest(&[name, slug, description, yes(*own_audience_only), yes(*members_see_all)])
}

/// As [`update`], if the settings are still those of which a form was made that sends their [`mark`]; one without changes
/// whatever is there.
///
/// # Errors
/// As [`update_seen`].
pub async fn update_marked(
    ctx: &Ctx,
    here: &Here,
    input: SettingsInput,
    marked: &str,
) -> Result<Workspace, Error> {
    here.require(Action::ManageSettings)?;
    let now = here.workspace();
    if marked.is_empty() {
        return update(ctx, here, input).await;
    }
    Error::unless_same(Some(&marked.to_owned()), &mark(now))?;
    update_seen(ctx, here, input, Some(now)).await
}

/// Changes name, slug, description and audience.
///
/// # Errors
/// [`Error::Invalid`] with each error at its field.
pub async fn update(ctx: &Ctx, here: &Here, input: SettingsInput) -> Result<Workspace, Error> {
    update_seen(ctx, here, input, None).await
}

/// The same, if the workspace is still what was `seen`.
///
/// # Errors
/// As [`update`], and [`Error::Conflict`] when it was changed since.
pub async fn update_seen(
    ctx: &Ctx,
    here: &Here,
    input: SettingsInput,
    seen: Option<&Workspace>,
) -> Result<Workspace, Error> {
    here.require(Action::ManageSettings)?;
    let mut errors = FieldErrors::default();
    let name = errors.keep("name", text::workspace_name(&input.name));
    let slug = errors.keep("slug", text::slug(&input.slug));
    let description = errors.keep("description", text::lines(&input.description, text::DESCRIPTION_MAX));
    let (Some(name), Some(slug), Some(description)) = (name, slug, description) else {
        return Err(Error::Invalid(errors));
    };
    let wanted = (name, slug, description, input.own_audience_only, input.members_see_all);
    let args = (ctx.clone(), here.clone(), wanted, seen.cloned());
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, wanted, seen)| {
            Box::pin(async move {
                access::require_now(ctx, conn, here, Action::ManageSettings).await?;
                let id = here.id();
                let before = queries::find(conn, id).await?.ok_or(Error::NotFound)?;
                Error::unless_same(seen.as_ref(), &Workspace::from(before.clone()))?;
                let (name, slug, description, own_audience_only, members_see_all) = wanted.clone();
                if members_see_all && !before.members_see_all {
                    Giver::of(ctx, conn, here, Action::ManageSettings, None).await?.opens_to_all()?;
                }
                let after = WorkspaceRow {
                    name,
                    slug,
                    description,
                    own_audience_only,
                    members_see_all,
                    ..before.clone()
                };
                if after.slug != before.slug {
                    if queries::slug_is_taken(conn, &after.slug, Some(id), ctx.now()).await? {
                        return Err(Error::field("slug", SLUG_TAKEN));
                    }
                    queries::drop_former_slug(conn, &after.slug).await?;
                    if queries::count_former_slugs(conn, id, ctx.now()).await? >= FORMER_SLUGS_MAX {
                        return Err(Error::field("slug", TOO_MANY_SLUGS));
                    }
                    queries::keep_former_slug(conn, &before.slug, id, ctx.now() + FORMER_SLUG).await?;
                }
                queries::update(conn, &after).await?;
                for (what, change) in changes(&before, &after) {
                    let entry = Entry::done(ctx, id, what)
                        .target("workspace", id.as_str(), &after.name)
                        .details(|details| details.changes = vec![change]);
                    record(conn, &entry).await?;
                }
                Ok(after.into())
            })
        })
        .await
}

fn changes(before: &WorkspaceRow, after: &WorkspaceRow) -> Vec<(What, Change)> {
    let audience = |own_only: bool| if own_only { "this server's own" } else { "any accepted" }.to_owned();
    let repositories = |all: bool| if all { "all repositories" } else { "those granted to them" }.to_owned();
    let all = [
        (What::WorkspaceRenamed, "name", before.name.clone(), after.name.clone()),
        (What::WorkspaceSlugChanged, "slug", before.slug.clone(), after.slug.clone()),
        (
            What::WorkspaceSettingsChanged,
            "description",
            before.description.clone(),
            after.description.clone(),
        ),
        (
            What::WorkspaceSettingsChanged,
            "audience",
            audience(before.own_audience_only),
            audience(after.own_audience_only),
        ),
        (
            What::WorkspaceSettingsChanged,
            "what members see",
            repositories(before.members_see_all),
            repositories(after.members_see_all),
        ),
    ];
    let changed = all.into_iter().filter(|(_, _, from, to)| from != to);
    changed.map(|(what, field, from, to)| (what, Change::new(field, from, to))).collect()
}

/// Sets the logo from an uploaded picture, drawn anew.
///
/// # Errors
/// [`Error::Invalid`] at `logo`.
pub async fn set_logo(ctx: &Ctx, here: &Here, upload: Vec<u8>) -> Result<(), Error> {
    here.require(Action::ManageSettings)?;
    let logo = Picture::drawn(ctx, upload, "logo").await?;
    change_logo(ctx, here, Some(logo), "set").await
}

/// Takes the logo away.
///
/// # Errors
/// When the store fails.
pub async fn remove_logo(ctx: &Ctx, here: &Here) -> Result<(), Error> {
    here.require(Action::ManageSettings)?;
    change_logo(ctx, here, None, "removed").await
}

async fn change_logo(ctx: &Ctx, here: &Here, logo: Option<Picture>, note: &str) -> Result<(), Error> {
    let entry = Entry::done(ctx, here.id(), What::WorkspaceLogoUpdated)
        .target("workspace", here.id().as_str(), &here.workspace().name)
        .note(note);
    ctx.deps()
        .db
        .write((ctx.clone(), here.clone(), logo, entry), |conn, (ctx, here, logo, entry)| {
            Box::pin(async move {
                access::require_now(ctx, conn, here, Action::ManageSettings).await?;
                queries::set_logo(conn, here.id(), logo.as_ref()).await?;
                record(conn, entry).await
            })
        })
        .await
}

/// The logo, if there is one.
///
/// # Errors
/// When the store fails.
pub async fn logo(ctx: &Ctx, here: &Here) -> Result<Option<Picture>, Error> {
    here.require(Action::SeeOverview)?;
    let mut conn = ctx.deps().db.read().await?;
    let found = queries::logo(&mut conn, here.id()).await?;
    Ok(found.map(|(version, bytes)| Picture { version, bytes }))
}
