//! Looking at deployments.

use stackyard_model::Action;
use stackyard_model::activity::Page;
use stackyard_model::deployment::{Deployment, DeploymentPage, DeploymentStatus};
use stackyard_model::id::{DeploymentId, InstanceId, RepositoryId, WorkspaceId};
use stackyard_model::text::fold;

use super::queries::{self, Wanted};
use super::rules;
use crate::ci::Gatekeeper;
use crate::{Ctx, Error, Here, search};

/// Most deployments of a page.
const LIMIT_MAX: u32 = 500;

/// Which deployments are wanted.
#[derive(Debug, Clone, Default)]
pub struct DeploymentFilter {
    /// Words in stack, component, repository, environment, commit, branch, title, workflow or run.
    pub q: String,
    /// Of this repository alone.
    pub repository: Option<RepositoryId>,
    /// With this status alone.
    pub status: Option<DeploymentStatus>,
    /// To this environment alone, in whatever case.
    pub environment: Option<String>,
    /// Of this instance alone.
    pub instance: Option<InstanceId>,
}

/// A filter as the store takes it.
struct Narrowed<'a> {
    filter: &'a DeploymentFilter,
    patterns: Vec<String>,
    environment: Option<String>,
}

impl<'a> Narrowed<'a> {
    fn new(filter: &'a DeploymentFilter) -> Self {
        let clean = |text: &String| fold(&text.replace('\0', ""));
        Self {
            filter,
            patterns: search::patterns(&filter.q),
            environment: filter.environment.as_ref().map(clean),
        }
    }

    fn wanted(&'a self, workspace: &'a WorkspaceId, within: Option<&'a [RepositoryId]>) -> Wanted<'a> {
        Wanted {
            workspace,
            patterns: &self.patterns,
            repository: self.filter.repository.as_ref(),
            within,
            status: self.filter.status,
            environment: self.environment.as_deref(),
            instance: self.filter.instance.as_ref(),
        }
    }
}

/// The workspace's deployments that fit `filter`, the newest first, at most `limit` that come after the cursor `after`. A
/// cursor that is none, or an empty one, begins at the newest.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see them.
pub async fn page(
    ctx: &Ctx,
    here: &Here,
    filter: &DeploymentFilter,
    after: &str,
    limit: u32,
) -> Result<DeploymentPage, Error> {
    here.require(Action::SeeResources)?;
    let narrowed = Narrowed::new(filter);
    let wanted = narrowed.wanted(here.id(), here.within());
    let Page { items, next_cursor } = listed(ctx, &wanted, after, limit).await?;
    let mut conn = ctx.deps().db.read().await?;
    let counts = queries::counts(&mut conn, &wanted).await?;
    Ok(DeploymentPage { items, counts, next_cursor })
}

async fn listed(ctx: &Ctx, wanted: &Wanted<'_>, after: &str, limit: u32) -> Result<Page<Deployment>, Error> {
    let limit = usize::try_from(limit.clamp(1, LIMIT_MAX)).unwrap_or(1);
    let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut conn = ctx.deps().db.read().await?;
    let mut rows = queries::page(&mut conn, wanted, after.parse().ok().as_ref(), one_more).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(Page { items: rows.into_iter().map(Deployment::from).collect(), next_cursor })
}

/// One deployment.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of this workspace's.
pub async fn get(ctx: &Ctx, here: &Here, id: &DeploymentId) -> Result<Deployment, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    let row = queries::find(&mut conn, here.id(), id).await?.ok_or(Error::NotFound)?;
    here.reach(&row.repository_id)?;
    Ok(row.into())
}

/// One deployment of the repository of the run or token that asks (rules §6).
///
/// # Errors
/// [`Error::Refused`] when it is not one of its repository, [`Error::Denied`] when the repository is not here any more.
pub async fn get_for_run(ctx: &Ctx, id: &DeploymentId) -> Result<Deployment, Error> {
    let repository = Gatekeeper::pass_to_read(ctx, id.as_str()).await?;
    let mut conn = ctx.deps().db.read().await?;
    let row = queries::find(&mut conn, &repository.workspace_id, id).await?;
    let row = row.filter(|row| row.repository_id == repository.id).ok_or_else(rules::not_there)?;
    Ok(row.into())
}

/// The deployments of the repository of the run or token that asks, as [`page`] lists them; the filter's repository is not
/// looked at.
///
/// # Errors
/// [`Error::Denied`] when the repository is not here any more.
pub async fn list_for_run(
    ctx: &Ctx,
    filter: &DeploymentFilter,
    after: &str,
    limit: u32,
) -> Result<Page<Deployment>, Error> {
    let repository = Gatekeeper::pass_to_read(ctx, "deployments").await?;
    let own = DeploymentFilter { repository: Some(repository.id), ..filter.clone() };
    let narrowed = Narrowed::new(&own);
    listed(ctx, &narrowed.wanted(&repository.workspace_id, None), after, limit).await
}
