//! Keys of this server alone, made when they are first asked for and kept in the store, so that replicas share them.

mod queries;

use tokio::sync::OnceCell;

use crate::{Ctx, Error, random};

/// Bytes of a key: as many as what it is used for gives out.
const LENGTH: usize = 32;

/// The keys that were read, by process.
#[derive(Default)]
pub(crate) struct Keys {
    flash: OnceCell<Vec<u8>>,
}

/// The key that flashes of people who are not signed in are signed with.
pub(crate) async fn flash(ctx: &Ctx) -> Result<&[u8], Error> {
    let key = ctx.deps().keys.flash.get_or_try_init(|| find_or_make(ctx, "flash")).await?;
    Ok(key)
}

async fn find_or_make(ctx: &Ctx, name: &'static str) -> Result<Vec<u8>, Error> {
    let mut conn = ctx.deps().db.read().await?;
    if let Some(key) = queries::find(&mut conn, name).await? {
        return Ok(key);
    }
    drop(conn);
    let fresh = random::bytes::<LENGTH>(&*ctx.deps().random);
    ctx.deps()
        .db
        .write((name, fresh), |conn, (name, fresh)| {
            Box::pin(async move { Ok(queries::keep(conn, name, fresh).await?) })
        })
        .await
}
