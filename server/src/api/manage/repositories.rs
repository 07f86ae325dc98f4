//! `/api/v1/repositories`: the repositories that are configured.

use axum::extract::Extension;
use serde::{Deserialize, Serialize};
use stackyard_domain::{Ctx, repositories};
use stackyard_model::credential::Scope;
use stackyard_model::id::RepositoryId;
use stackyard_model::repository::Repository as Model;
use utoipa::ToSchema;

use super::{Answer, Ids, Listed, Params, Sent, enter, made, nothing, one, paged};

/// A repository.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Repository {
    /// Its id here, `repo_…`.
    id: String,
    /// The host, such as `github.com`.
    host: String,
    /// `owner/name` as its host writes it.
    name: String,
    /// The host's numeric id; null until the first exchange pins it.
    remote_id: Option<i64>,
    /// The numeric id of the owner, pinned together with it.
    remote_owner_id: Option<i64>,
    /// A new `owner/name` under which it turned up; its workflows are refused until an admin confirms that on the page.
    held_as: Option<String>,
    /// How many permissions it has.
    permissions: i64,
    /// When a workflow of it last signed in.
    last_seen_at: Option<String>,
    /// When it was added.
    created_at: String,
}

impl From<Model> for Repository {
    fn from(repository: Model) -> Self {
        Self {
            id: repository.id.into(),
            host: repository.host,
            name: repository.name,
            remote_id: repository.remote_id,
            remote_owner_id: repository.remote_owner_id,
            held_as: repository.held.map(|held| held.name),
            permissions: repository.permissions,
            last_seen_at: repository.last_seen_at.map(|at| at.to_string()),
            created_at: repository.created_at.to_string(),
        }
    }
}

/// A repository to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRepository {
    /// A host whose tokens this server trusts; the first of them unless said.
    #[serde(default)]
    host: String,
    /// `owner/name`.
    name: String,
}

/// List repositories
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/repositories", tag = "Repositories", operation_id = "listRepositories",
    params(
        ("q" = Option<String>, Query, description = "What host or name has to contain"),
        ("limit" = Option<u32>, Query, description = "Entries of the page, 1 to 200; 50 unless said"),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before")),
    responses((status = 200, description = "A page of repositories", body = Listed<Repository>)))]
pub async fn list(Extension(ctx): Extension<Ctx>, params: Params) -> Answer {
    let here = enter(&ctx, Scope::RepositoriesRead).await?;
    let all = repositories::list(&ctx, &here, params.text("q").unwrap_or_default()).await?;
    paged::<Repository, _, _>(
        all,
        |repository| repository.id.clone(),
        params.after()?.as_ref(),
        params.limit()?,
    )
}

/// Read a repository
#[utoipa::path(get, path = "/api/v1/repositories/{repository}", tag = "Repositories",
    operation_id = "getRepository",
    params(("repository" = String, Path, description = "`repo_…`")),
    responses((status = 200, description = "The repository", body = Repository)))]
pub async fn show(Extension(ctx): Extension<Ctx>, Ids(id): Ids<RepositoryId>) -> Answer {
    let here = enter(&ctx, Scope::RepositoriesRead).await?;
    one(&Repository::from(repositories::get(&ctx, &here, &id).await?))
}

/// Add a repository
///
/// By its name. The first exchange of one of its workflows ties it to its numeric id.
#[utoipa::path(post, path = "/api/v1/repositories", tag = "Repositories", operation_id = "addRepository",
    request_body = NewRepository,
    responses((status = 201, description = "The repository", body = Repository)))]
pub async fn create(sent: Sent) -> Answer {
    let here = enter(&sent.ctx, Scope::RepositoriesWrite).await?;
    let new: NewRepository = sent.read()?;
    sent.once(&[], async {
        made(&Repository::from(repositories::add(&sent.ctx, &here, &new.host, &new.name).await?))
    })
    .await
}

/// Remove a repository
///
/// With its permissions, tokens, locks and instances. Its workflows are refused from now on.
#[utoipa::path(delete, path = "/api/v1/repositories/{repository}", tag = "Repositories",
    operation_id = "removeRepository",
    params(("repository" = String, Path, description = "`repo_…`")),
    responses((status = 200, description = "It is removed", body = super::document::Nothing)))]
pub async fn remove(Extension(ctx): Extension<Ctx>, Ids(id): Ids<RepositoryId>) -> Answer {
    let here = enter(&ctx, Scope::RepositoriesWrite).await?;
    // Who names it by its id means it; people type its name.
    let repository = repositories::get(&ctx, &here, &id).await?;
    repositories::remove(&ctx, &here, &id, &repository.name).await?;
    nothing()
}
