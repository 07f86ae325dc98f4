//! `/api/v1/repositories/{repository}/permissions`: what the workflows of a repository may do.

use axum::extract::Extension;
use serde::{Deserialize, Serialize};
use stackyard_domain::{Ctx, permissions};
use stackyard_model::credential::Scope;
use stackyard_model::id::{PermissionId, RepositoryId};
use stackyard_model::permission::{Events, Permission as Model, PermissionInput, SpecialEvent};
use stackyard_model::quote::code;
use utoipa::ToSchema;

use super::{Answer, Ids, Listed, Params, Sent, enter, made, nothing, one, paged};
use crate::failure::Failure;

/// A permission.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    /// Its id, `perm_…`.
    id: String,
    /// The repository, `repo_…`.
    repository_id: String,
    /// What it allows, such as `ws:locks:create`.
    kind: String,
    /// Pattern for the workflow's file name.
    workflow: String,
    /// Pattern for the branch.
    branch: String,
    /// Pattern for the environment, compared without case.
    environment: String,
    /// The special events that it allows.
    events: Vec<String>,
    /// Counts edits, from 1.
    version: i32,
    /// When it was made.
    created_at: String,
    /// When it was last edited.
    updated_at: String,
}

impl From<Model> for Permission {
    fn from(permission: Model) -> Self {
        let events = permission.events;
        let ticked = SpecialEvent::ALL.iter().filter(|event| events.has(**event));
        Self {
            id: permission.id.into(),
            repository_id: permission.repository_id.into(),
            kind: permission.kind.to_string(),
            workflow: permission.workflow,
            branch: permission.branch,
            environment: permission.environment,
            events: ticked.map(ToString::to_string).collect(),
            version: permission.version,
            created_at: permission.created_at.to_string(),
            updated_at: permission.updated_at.to_string(),
        }
    }
}

/// A permission to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPermission {
    /// What to allow: `ws:affected_stacks:create`, `ws:deployments:create`, `ws:locks:create`, `ws:locks:delete`,
    /// `ws:instances:create`, `ws:instances:update` or `ws:commits:create`.
    kind: String,
    /// `*`, an exact value or a regular expression; `*` unless said.
    #[serde(default)]
    workflow: String,
    /// The same for the branch.
    #[serde(default)]
    branch: String,
    /// The same for the environment.
    #[serde(default)]
    environment: String,
    /// Those of `pull_request`, `pull_request_target`, `workflow_run` and `issue_comment` that it allows;
    /// `pull_request` unless said.
    events: Option<Vec<String>>,
}

/// What to change of a permission; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PermissionChange {
    /// What to allow.
    kind: Option<String>,
    /// `*`, an exact value or a regular expression.
    workflow: Option<String>,
    /// The same for the branch.
    branch: Option<String>,
    /// The same for the environment.
    environment: Option<String>,
    /// The special events that it allows.
    events: Option<Vec<String>>,
}

fn events(words: &[String]) -> Result<Events, Failure> {
    if let Some(word) = words.iter().find(|word| word.parse::<SpecialEvent>().is_err()) {
        return Err(Failure::bad_request(format!("{} is none of the events that are ticked.", code(word))));
    }
    Ok(Events::from_list(&words.join(",")))
}

/// List the permissions of a repository
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/repositories/{repository}/permissions", tag = "Permissions",
    operation_id = "listPermissions",
    params(
        ("repository" = String, Path, description = "`repo_…`"),
        ("limit" = Option<u32>, Query, description = "Entries of the page, 1 to 200; 50 unless said"),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before")),
    responses((status = 200, description = "A page of permissions", body = Listed<Permission>)))]
pub async fn list(Extension(ctx): Extension<Ctx>, Ids(id): Ids<RepositoryId>, params: Params) -> Answer {
    let here = enter(&ctx, Scope::PermissionsRead).await?;
    let all = permissions::list(&ctx, &here, &id).await?;
    paged::<Permission, _, _>(
        all,
        |permission| permission.id.clone(),
        params.after()?.as_ref(),
        params.limit()?,
    )
}

/// Read a permission
#[utoipa::path(get, path = "/api/v1/repositories/{repository}/permissions/{permission}", tag = "Permissions",
    operation_id = "getPermission",
    params(
        ("repository" = String, Path, description = "`repo_…`"),
        ("permission" = String, Path, description = "`perm_…`")),
    responses((status = 200, description = "The permission", body = Permission)))]
pub async fn show(
    Extension(ctx): Extension<Ctx>,
    Ids((repository, id)): Ids<(RepositoryId, PermissionId)>,
) -> Answer {
    let here = enter(&ctx, Scope::PermissionsRead).await?;
    one(&Permission::from(permissions::get(&ctx, &here, &repository, &id).await?))
}

/// Add a permission
///
/// In force with the next request of a workflow.
#[utoipa::path(post, path = "/api/v1/repositories/{repository}/permissions", tag = "Permissions",
    operation_id = "addPermission",
    params(("repository" = String, Path, description = "`repo_…`")),
    request_body = NewPermission,
    responses((status = 201, description = "The permission", body = Permission)))]
pub async fn create(Ids(repository): Ids<RepositoryId>, sent: Sent) -> Answer {
    let here = enter(&sent.ctx, Scope::PermissionsWrite).await?;
    let new: NewPermission = sent.read()?;
    let input = PermissionInput {
        kind: new.kind,
        workflow: new.workflow,
        branch: new.branch,
        environment: new.environment,
        events: new.events.as_deref().map_or(Ok(Events::default()), events)?,
    };
    sent.once(&[], async {
        made(&Permission::from(permissions::add(&sent.ctx, &here, &repository, input).await?))
    })
    .await
}

/// Change a permission
///
/// In force with the next request of a workflow; its version counts up.
#[utoipa::path(patch, path = "/api/v1/repositories/{repository}/permissions/{permission}", tag = "Permissions",
    operation_id = "updatePermission",
    params(
        ("repository" = String, Path, description = "`repo_…`"),
        ("permission" = String, Path, description = "`perm_…`")),
    request_body = PermissionChange,
    responses((status = 200, description = "The permission as it is now", body = Permission)))]
pub async fn update(Ids((repository, id)): Ids<(RepositoryId, PermissionId)>, sent: Sent) -> Answer {
    let ctx = &sent.ctx;
    let here = enter(ctx, Scope::PermissionsWrite).await?;
    let change: PermissionChange = sent.read()?;
    let now = permissions::get(ctx, &here, &repository, &id).await?;
    sent.meant(&Permission::from(now.clone()))?;
    let input = PermissionInput {
        kind: change.kind.unwrap_or_else(|| now.kind.to_string()),
        workflow: change.workflow.unwrap_or_else(|| now.workflow.clone()),
        branch: change.branch.unwrap_or_else(|| now.branch.clone()),
        environment: change.environment.unwrap_or_else(|| now.environment.clone()),
        events: change.events.as_deref().map_or(Ok(now.events), events)?,
    };
    let updated = permissions::update_seen(ctx, &here, &repository, &id, input, Some(&now)).await;
    one(&Permission::from(updated.map_err(|error| sent.failed(error))?))
}

/// Remove a permission
///
/// The next request of a workflow that needs it is refused.
#[utoipa::path(delete, path = "/api/v1/repositories/{repository}/permissions/{permission}", tag = "Permissions",
    operation_id = "removePermission",
    params(
        ("repository" = String, Path, description = "`repo_…`"),
        ("permission" = String, Path, description = "`perm_…`")),
    responses((status = 200, description = "It is removed", body = super::document::Nothing)))]
pub async fn remove(
    Extension(ctx): Extension<Ctx>,
    Ids((repository, id)): Ids<(RepositoryId, PermissionId)>,
) -> Answer {
    let here = enter(&ctx, Scope::PermissionsWrite).await?;
    permissions::remove(&ctx, &here, &repository, &id).await?;
    nothing()
}
