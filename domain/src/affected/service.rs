//! Looking at affected uploads.

use stackyard_model::Action;
use stackyard_model::activity::Page;
use stackyard_model::affected::{Affected, AffectedDetails};
use stackyard_model::id::{AffectedId, RepositoryId};

use super::queries::{self, Wanted};
use crate::{Ctx, Error, Here, json, search};

/// Most uploads of a page.
const LIMIT_MAX: u32 = 200;

/// Which uploads are wanted.
#[derive(Debug, Clone, Default)]
pub struct AffectedFilter {
    /// Words in repository, branch, commits, event, workflow or run.
    pub q: String,
    /// Of this repository alone.
    pub repository: Option<RepositoryId>,
}

/// The workspace's uploads that fit `filter`, the newest first, at most `limit` that come after the cursor `after`. A
/// cursor that is none, or an empty one, begins at the newest.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see them.
pub async fn list(
    ctx: &Ctx,
    here: &Here,
    filter: &AffectedFilter,
    after: &str,
    limit: u32,
) -> Result<Page<Affected>, Error> {
    here.require(Action::SeeResources)?;
    let limit = usize::try_from(limit.clamp(1, LIMIT_MAX)).unwrap_or(1);
    let patterns = search::patterns(&filter.q);
    let repository = filter.repository.as_ref();
    let within = here.within();
    let wanted = Wanted { workspace: here.id(), patterns: &patterns, repository, within, branch: None };
    let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut conn = ctx.deps().db.read().await?;
    let mut rows = queries::page(&mut conn, &wanted, after.parse().ok().as_ref(), one_more).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Page { items: rows.into_iter().map(Affected::from).collect(), next_cursor })
}

/// One upload with its graph.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of this workspace's.
pub async fn get(ctx: &Ctx, here: &Here, id: &AffectedId) -> Result<AffectedDetails, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    let row = queries::find(&mut conn, here.id(), id).await?.ok_or(Error::NotFound)?;
    here.reach(&row.repository_id)?;
    let graph = queries::graph(&mut conn, id).await?.ok_or(Error::NotFound)?;
    Ok(AffectedDetails { upload: row.into(), graph: json::read(&graph)? })
}

/// The newest upload of a repository, of a branch of it when that is given.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see it.
pub async fn latest(
    ctx: &Ctx,
    here: &Here,
    repository: &RepositoryId,
    branch: Option<&str>,
) -> Result<Option<Affected>, Error> {
    here.require(Action::SeeResources)?;
    if branch.is_some_and(|branch| branch.contains('\0')) {
        return Ok(None);
    }
    let (repository, within) = (Some(repository), here.within());
    let wanted = Wanted { workspace: here.id(), patterns: &[], repository, within, branch };
    let mut conn = ctx.deps().db.read().await?;
    Ok(queries::page(&mut conn, &wanted, None, 1).await?.pop().map(Affected::from))
}
