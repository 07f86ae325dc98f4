//! The management API: what the dashboard does with a workspace, for scripts and services that come with an access token
//! or an API key. It has types of its own, so that what clients see stays what it is; the effects are the services that
//! the pages call.

pub mod activity;
mod ask;
pub mod deployments;
pub mod document;
pub mod groups;
pub mod instances;
pub mod invitations;
pub mod locks;
pub mod members;
pub mod permissions;
pub mod reference;
mod reply;
pub mod repositories;
mod sent;
pub mod workspace;

use ask::{Ids, Params};
use reply::{Answer, Listed, listed, made, nothing, one, paged, shown};
use sent::Sent;
use stackyard_domain::{Ctx, Error, Here, access};
use stackyard_model::credential::Scope;

/// The credential that asks comes into its workspace.
async fn enter(ctx: &Ctx, scope: Scope) -> Result<Here, Error> {
    access::enter_with_credential(ctx, scope).await
}
