//! `/api/v1/workspace`: the workspace that the credential is for.

use axum::extract::Extension;
use serde::{Deserialize, Serialize};
use stackyard_domain::Ctx;
use stackyard_domain::workspaces::{self, SettingsInput};
use stackyard_model::credential::Scope;
use stackyard_model::workspace::Workspace as Model;
use utoipa::ToSchema;

use super::{Answer, Sent, enter, one};

/// A workspace.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Workspace)]
pub struct Workspace {
    /// Its id, `ws_…`.
    id: String,
    /// Its name.
    name: String,
    /// Its place in addresses.
    slug: String,
    /// What it is for; may be empty.
    description: String,
    /// Whether only OIDC tokens made for this server's own audience are taken.
    own_audience_only: bool,
    /// Whether members and viewers see every repository, or only those granted to them.
    members_see_all: bool,
    /// When it was made.
    created_at: String,
}

impl From<&Model> for Workspace {
    fn from(workspace: &Model) -> Self {
        Self {
            id: workspace.id.to_string(),
            name: workspace.name.clone(),
            slug: workspace.slug.clone(),
            description: workspace.description.clone(),
            own_audience_only: workspace.own_audience_only,
            members_see_all: workspace.members_see_all,
            created_at: workspace.created_at.to_string(),
        }
    }
}

/// What to change of a workspace; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkspaceChange {
    /// 3 to 255 characters.
    name: Option<String>,
    /// 3 to 63 of lower case letters, digits and single hyphens. The one before leads here for 90 days.
    slug: Option<String>,
    /// At most 1,000 characters.
    description: Option<String>,
    /// Take only OIDC tokens made for this server's own audience.
    own_audience_only: Option<bool>,
    /// Show every repository to members and viewers.
    members_see_all: Option<bool>,
}

/// Read the workspace
///
/// The workspace that the credential is for.
#[utoipa::path(get, path = "/api/v1/workspace", tag = "Workspace", operation_id = "getWorkspace",
    responses((status = 200, description = "The workspace", body = Workspace)))]
pub async fn show(Extension(ctx): Extension<Ctx>) -> Answer {
    let here = enter(&ctx, Scope::WorkspaceRead).await?;
    one(&Workspace::from(here.workspace()))
}

/// Change the workspace
#[utoipa::path(patch, path = "/api/v1/workspace", tag = "Workspace", operation_id = "updateWorkspace",
    request_body = WorkspaceChange,
    responses((status = 200, description = "The workspace as it is now", body = Workspace)))]
pub async fn update(sent: Sent) -> Answer {
    let here = enter(&sent.ctx, Scope::WorkspaceWrite).await?;
    let change: WorkspaceChange = sent.read()?;
    let now = here.workspace();
    sent.meant(&Workspace::from(now))?;
    let input = SettingsInput {
        name: change.name.unwrap_or_else(|| now.name.clone()),
        slug: change.slug.unwrap_or_else(|| now.slug.clone()),
        description: change.description.unwrap_or_else(|| now.description.clone()),
        own_audience_only: change.own_audience_only.unwrap_or(now.own_audience_only),
        members_see_all: change.members_see_all.unwrap_or(now.members_see_all),
    };
    let updated = workspaces::update_seen(&sent.ctx, &here, input, Some(now)).await;
    one(&Workspace::from(&updated.map_err(|error| sent.failed(error))?))
}
