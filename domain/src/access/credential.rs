//! Coming into a workspace with an access token or an API key: as an admin, as far as the scopes go (rules §5).

use std::sync::Arc;

use stackyard_db::Conn;
use stackyard_model::credential::Scope;
use stackyard_model::id::{MemberId, WorkspaceId};
use stackyard_model::workspace::Membership;
use stackyard_model::{Action, Role};

use super::{Here, queries};
use crate::credentials::{self, CredentialActor};
use crate::{Actor, Ctx, Error};

impl Here {
    /// Whether nothing but the role decides about `action`: whoever came in is no credential, or one for that.
    pub(super) fn is_in_scope(&self, action: Action) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|scope| scope.actions().contains(&action)))
    }

    async fn with_scopes(
        ctx: &Ctx,
        conn: &mut Conn,
        workspace: &WorkspaceId,
        scopes: &[Scope],
    ) -> Result<Self, Error> {
        let workspace = queries::workspace_by_id(conn, workspace).await?.ok_or(Error::NotFound)?;
        // Of nobody: what asks for the member that one is oneself finds none.
        let member_id = MemberId::mint(ctx.now(), ctx.id_bytes());
        let membership = Membership { workspace, member_id, role: Role::Admin, last_active_at: None };
        Ok(Self { scopes: Some(Arc::from(scopes)), ..Self::of(ctx, conn, membership).await? })
    }
}

/// The credential that asks comes into its workspace, if it may be used for what `wanted` is for.
///
/// # Errors
/// [`Error::Unauthenticated`] when it is no credential that asks, [`Error::Refused`] without the scope.
pub async fn enter_with_credential(ctx: &Ctx, wanted: Scope) -> Result<Here, Error> {
    let Actor::Credential(credential) = &ctx.actor else { return Err(Error::Unauthenticated) };
    credential.require(wanted)?;
    let mut conn = ctx.deps().db.read().await?;
    Here::with_scopes(ctx, &mut conn, &credential.workspace_id, &credential.scopes).await
}

/// The same for a workspace that is known, by what the credential is at this moment.
pub(super) async fn by_id(
    ctx: &Ctx,
    conn: &mut Conn,
    credential: &CredentialActor,
    id: &WorkspaceId,
) -> Result<Here, Error> {
    if credential.workspace_id != *id {
        return Err(Error::NotFound);
    }
    let scopes = credentials::scopes_now(ctx, conn, credential).await?;
    Here::with_scopes(ctx, conn, id, &scopes).await
}
