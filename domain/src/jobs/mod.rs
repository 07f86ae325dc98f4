//! What is done in the background, every few seconds. All of it can be done twice, by several replicas.

use std::time::Duration;

use crate::{Ctx, Error, activity, ci, flash, locks, sessions, throttle};

/// For how long ended CI sessions are kept (rules §10).
const CI_SESSIONS: Duration = Duration::from_secs(30 * 24 * 3600);
/// Longer than any window in which attempts are counted.
const THROTTLES: Duration = Duration::from_secs(24 * 3600);

/// Ends what has run out and writes down what was counted.
///
/// # Errors
/// When the store fails; the next turn tries again.
pub async fn sweep(ctx: &Ctx) -> Result<(), Error> {
    activity::fold_denials(ctx).await?;
    ctx.deps()
        .db
        .write((ctx.clone(), ctx.now()), |conn, (ctx, now)| {
            Box::pin(async move {
                locks::end_expired(ctx, conn).await?;
                ci::sweep(conn, *now, *now - CI_SESSIONS).await?;
                sessions::sweep(conn, *now).await?;
                flash::sweep(conn, *now).await?;
                throttle::sweep(conn, *now - THROTTLES).await?;
                Ok(())
            })
        })
        .await
}
