//! Logs for tests and measurements.

use stackyard_model::activity::What;

use super::entry::{Entry, record};
use crate::{Ctx, Error, Here};

/// Most events of one transaction.
const SOME: usize = 500;

/// Writes `count` events of different kinds into the log of a workspace.
///
/// # Errors
/// When the store fails.
pub async fn fill(ctx: &Ctx, here: &Here, count: usize) -> Result<(), Error> {
    let entry = |n: usize| {
        let what = What::ALL.get(n % What::ALL.len()).copied().unwrap_or(What::LockCreated);
        Entry::done(ctx, here.id(), what).target("filler", "", &format!("filler {n}"))
    };
    let entries: Vec<_> = (0..count).map(entry).collect();
    for some in entries.chunks(SOME) {
        let written = ctx.deps().db.write(some.to_vec(), |conn, some| {
            Box::pin(async move {
                for entry in some {
                    record(conn, entry).await?;
                }
                Ok::<_, Error>(())
            })
        });
        written.await?;
    }
    Ok(())
}
