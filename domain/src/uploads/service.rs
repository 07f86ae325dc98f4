//! Looking at uploads of which pieces are missing.

use stackyard_model::Action;
use stackyard_model::upload::IncompleteUpload;

use super::queries;
use crate::{Ctx, Error, Here};

/// The workspace's uploads of which pieces are missing, the newest first; at most 200.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see them.
pub async fn incomplete(ctx: &Ctx, here: &Here) -> Result<Vec<IncompleteUpload>, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    Ok(queries::incomplete(&mut conn, here.id(), 200).await?)
}
