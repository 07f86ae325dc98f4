//! `/api/v1/instances`: what is where. Workflows upload inventories by the same path.

use axum::extract::Extension;
use serde::Serialize;
use stackyard_domain::Ctx;
use stackyard_domain::instances::{self, InstanceFilter};
use stackyard_model::credential::Scope;
use stackyard_model::id::{InstanceId, RepositoryId};
use stackyard_model::instance::{Instance as Model, InstanceStatus};
use utoipa::ToSchema;

use super::{Answer, Ids, Listed, Params, enter, listed, one};

/// One component in one stack.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    /// Its id, `ins_…`.
    id: String,
    /// The repository that manages it, `repo_…`.
    repository_id: String,
    /// The stack.
    stack: String,
    /// The component.
    component: String,
    /// What applies it: `terraform`, `helmfile`, …
    component_type: String,
    /// Whether it is managed at all.
    enabled: bool,
    /// Whether it is looked at for drift.
    drift_enabled: bool,
    /// `unknown`, `in_sync`, `drifted` or `error`.
    status: String,
    /// The last report's command: `plan` or `apply`.
    last_command: Option<String>,
    /// The last report's exit code.
    last_exit_code: Option<i32>,
    /// When it was last planned.
    planned_at: Option<String>,
    /// When it was last applied.
    applied_at: Option<String>,
    /// Where the run of the last plan can be watched.
    plan_run_url: Option<String>,
    /// Where the run of the last apply can be watched.
    apply_run_url: Option<String>,
    /// Since when the inventory does not have it any more.
    absent_since: Option<String>,
    /// When it was first uploaded.
    created_at: String,
}

impl From<Model> for Instance {
    fn from(instance: Model) -> Self {
        Self {
            id: instance.id.into(),
            repository_id: instance.repository_id.into(),
            stack: instance.stack,
            component: instance.component,
            component_type: instance.component_type,
            enabled: instance.enabled,
            drift_enabled: instance.drift_enabled,
            status: instance.status.to_string(),
            last_command: instance.last_command.map(|command| command.to_string()),
            last_exit_code: instance.last_exit_code,
            planned_at: instance.planned_at.map(|at| at.to_string()),
            applied_at: instance.applied_at.map(|at| at.to_string()),
            plan_run_url: instance.plan_run_url,
            apply_run_url: instance.apply_run_url,
            absent_since: instance.absent_since.map(|at| at.to_string()),
            created_at: instance.created_at.to_string(),
        }
    }
}

/// List instances
///
/// By stack and component.
#[utoipa::path(get, path = "/api/v1/instances", tag = "Instances", operation_id = "listInstances",
    params(
        ("q" = Option<String>, Query, description = "Words in stack, component or repository"),
        ("repository" = Option<String>, Query, description = "Of this repository alone, `repo_…`"),
        ("status" = Option<String>, Query, description = "With this status alone"),
        ("limit" = Option<u32>, Query, description = "Entries of the page, 1 to 200; 50 unless said"),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before")),
    responses((status = 200, description = "A page of instances", body = Listed<Instance>)))]
pub async fn list(Extension(ctx): Extension<Ctx>, params: Params) -> Answer {
    let here = enter(&ctx, Scope::InstancesRead).await?;
    let filter = InstanceFilter {
        q: params.text("q").unwrap_or_default().to_owned(),
        repository: params.read::<RepositoryId>("repository", "the id of a repository")?,
        status: params.read::<InstanceStatus>("status", "a status")?,
    };
    let page = instances::page(&ctx, &here, &filter, params.cursor(), params.limit()?).await?;
    listed::<Instance>(page.items, page.next_cursor)
}

/// Read an instance
#[utoipa::path(get, path = "/api/v1/instances/{instance}", tag = "Instances", operation_id = "getInstance",
    params(("instance" = String, Path, description = "`ins_…`")),
    responses((status = 200, description = "The instance", body = Instance)))]
pub async fn show(Extension(ctx): Extension<Ctx>, Ids(id): Ids<InstanceId>) -> Answer {
    let here = enter(&ctx, Scope::InstancesRead).await?;
    one(&Instance::from(instances::get(&ctx, &here, &id).await?.instance))
}
