//! Deployments for tests and measurements.

use stackyard_model::id::DeploymentId;

use super::queries::{self, DeploymentRow};
use crate::{Ctx, Error, Here};

/// Most deployments of one transaction.
const SOME: usize = 500;

/// Records `count` more that are like one of the workspace's.
///
/// # Errors
/// [`Error::NotFound`] when it is none of this workspace's.
pub async fn fill(ctx: &Ctx, here: &Here, like: &DeploymentId, count: usize) -> Result<(), Error> {
    let numbers: Vec<_> = (0..count).collect();
    for some in numbers.chunks(SOME) {
        let args = (ctx.clone(), here.clone(), like.clone(), some.len());
        let written = ctx.deps().db.write(args, |conn, (ctx, here, like, some)| {
            Box::pin(async move {
                let row = queries::find(conn, here.id(), like).await?.ok_or(Error::NotFound)?;
                for _ in 0..*some {
                    let id = DeploymentId::mint(ctx.now(), ctx.id_bytes());
                    queries::insert(conn, &DeploymentRow { id, once: None, ..row.clone() }).await?;
                }
                Ok::<_, Error>(())
            })
        });
        written.await?;
    }
    Ok(())
}
