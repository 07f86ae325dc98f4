//! `/api/v1/workspace/deployments`: the deployments of the whole workspace. `/api/v1/deployments` is a workflow's own.

use axum::extract::Extension;
use serde::Serialize;
use stackyard_domain::Ctx;
use stackyard_domain::deployments::{self, DeploymentFilter};
use stackyard_model::credential::Scope;
use stackyard_model::deployment::{Deployment as Model, DeploymentStatus};
use stackyard_model::id::{DeploymentId, InstanceId, RepositoryId};
use utoipa::ToSchema;

use super::{Answer, Ids, Listed, Params, enter, listed, one};

/// A deployment.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// Its id, `dep_…`.
    id: String,
    /// The repository, `repo_…`.
    repository_id: String,
    /// The instance that it rolls out, `ins_…`.
    instance_id: String,
    /// That instance's stack.
    stack: String,
    /// That instance's component.
    component: String,
    /// The environment.
    environment: Option<String>,
    /// The commit.
    commit: Option<String>,
    /// The branch of the run.
    branch: Option<String>,
    /// What it is called.
    title: Option<String>,
    /// What is said of it.
    message: Option<String>,
    /// `queued`, `in_progress`, `success`, `failure` or `cancelled`.
    status: String,
    /// The exit code of what it ran.
    exit_code: Option<i32>,
    /// `run` or `token`.
    actor_type: String,
    /// The run or token.
    actor_id: String,
    /// What people call it.
    actor_name: String,
    /// The workflow's file, when a run deploys.
    workflow: Option<String>,
    /// Where the run can be watched.
    run_url: Option<String>,
    /// Bytes of its log.
    log_size: i64,
    /// When it was recorded.
    created_at: String,
    /// When it began to run; null when nobody said so.
    started_at: Option<String>,
    /// When it ended.
    finished_at: Option<String>,
}

impl From<Model> for Deployment {
    fn from(deployment: Model) -> Self {
        Self {
            id: deployment.id.into(),
            repository_id: deployment.repository_id.into(),
            instance_id: deployment.instance_id.into(),
            stack: deployment.stack,
            component: deployment.component,
            environment: deployment.environment,
            commit: deployment.commit,
            branch: deployment.branch,
            title: deployment.title,
            message: deployment.message,
            status: deployment.status.to_string(),
            exit_code: deployment.exit_code,
            actor_type: deployment.actor_type.to_string(),
            actor_id: deployment.actor_id,
            actor_name: deployment.actor_name,
            workflow: deployment.workflow,
            run_url: deployment.run_url,
            log_size: deployment.log_size,
            created_at: deployment.created_at.to_string(),
            started_at: deployment.started_at.map(|at| at.to_string()),
            finished_at: deployment.finished_at.map(|at| at.to_string()),
        }
    }
}

/// List deployments
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/workspace/deployments", tag = "Deployments", operation_id = "listDeployments",
    params(
        ("q" = Option<String>, Query, description = "Words in stack, component, repository, environment, commit, branch, title, workflow or run"),
        ("repository" = Option<String>, Query, description = "Of this repository alone, `repo_…`"),
        ("instance" = Option<String>, Query, description = "Of this instance alone, `ins_…`"),
        ("status" = Option<String>, Query, description = "With this status alone"),
        ("environment" = Option<String>, Query, description = "To this environment alone, in whatever case"),
        ("limit" = Option<u32>, Query, description = "Entries of the page, 1 to 200; 50 unless said"),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before")),
    responses((status = 200, description = "A page of deployments", body = Listed<Deployment>)))]
pub async fn list(Extension(ctx): Extension<Ctx>, params: Params) -> Answer {
    let here = enter(&ctx, Scope::DeploymentsRead).await?;
    let filter = DeploymentFilter {
        q: params.text("q").unwrap_or_default().to_owned(),
        repository: params.read::<RepositoryId>("repository", "the id of a repository")?,
        status: params.read::<DeploymentStatus>("status", "a status")?,
        environment: params.text("environment").map(str::to_owned),
        instance: params.read::<InstanceId>("instance", "the id of an instance")?,
    };
    let after = params.after::<DeploymentId>()?.map(String::from).unwrap_or_default();
    let page = deployments::page(&ctx, &here, &filter, &after, params.limit()?).await?;
    listed::<Deployment>(page.items, page.next_cursor)
}

/// Read a deployment
#[utoipa::path(get, path = "/api/v1/workspace/deployments/{deployment}", tag = "Deployments",
    operation_id = "getDeployment",
    params(("deployment" = String, Path, description = "`dep_…`")),
    responses((status = 200, description = "The deployment", body = Deployment)))]
pub async fn show(Extension(ctx): Extension<Ctx>, Ids(id): Ids<DeploymentId>) -> Answer {
    let here = enter(&ctx, Scope::DeploymentsRead).await?;
    one(&Deployment::from(deployments::get(&ctx, &here, &id).await?))
}
