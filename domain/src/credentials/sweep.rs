//! Saying that credentials end, before and when they do.

use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::Ts;
use stackyard_model::activity::What;
use stackyard_model::credential::WARNED_BEFORE;

use super::queries::{self, Row};
use super::service::{about, with_end};
use crate::activity::record;
use crate::{Ctx, Error};

/// For how long revoked credentials are listed.
const LISTED: Duration = Duration::from_secs(90 * 24 * 3600);

/// Tells once of what ends soon and of what has ended, and forgets what was revoked long ago.
pub(crate) async fn sweep(ctx: &Ctx, conn: &mut Conn, now: Ts) -> Result<(), Error> {
    let days = i32::try_from(WARNED_BEFORE.as_secs() / (24 * 3600)).unwrap_or(i32::MAX);
    for row in queries::expiring(conn, now, now + WARNED_BEFORE, days).await? {
        tell(ctx, conn, What::CredentialExpiring, &row).await?;
        queries::update(conn, &Row { warned_at: Some(now), ..row }).await?;
    }
    for row in queries::expired(conn, now).await? {
        tell(ctx, conn, What::CredentialExpired, &row).await?;
        queries::update(conn, &Row { expiry_told_at: Some(now), ..row }).await?;
    }
    Ok(queries::forget(conn, now - LISTED).await?)
}

async fn tell(ctx: &Ctx, conn: &mut Conn, what: What, row: &Row) -> Result<(), Error> {
    record(conn, &with_end(about(ctx, &row.workspace_id, what, row), row).by_itself()).await
}
