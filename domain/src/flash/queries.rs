//! Flashes in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::flashes;
use stackyard_db::{Conn, DbError, run};
use stackyard_model::Ts;
use stackyard_model::id::SessionId;

use crate::SecretHash;

pub(super) async fn insert(
    conn: &mut Conn,
    hash: &SecretHash,
    session: &SessionId,
    content: &[u8],
    until: Ts,
) -> Result<(), DbError> {
    let row = (
        flashes::secret_hash.eq(&hash.0),
        flashes::session_id.eq(session),
        flashes::content.eq(content),
        flashes::expires_at.eq(until),
    );
    run!(conn, |c| diesel::insert_into(flashes::table).values(row).execute(c).await)?;
    Ok(())
}

/// Takes the flash of a session out; none when there is none that still counts.
pub(super) async fn remove(
    conn: &mut Conn,
    hash: &SecretHash,
    session: &SessionId,
    now: Ts,
) -> Result<Option<Vec<u8>>, DbError> {
    let target =
        flashes::table.filter(flashes::secret_hash.eq(&hash.0)).filter(flashes::session_id.eq(session));
    let query = target.select((flashes::content, flashes::expires_at));
    let found: Option<(Vec<u8>, Ts)> = run!(conn, |c| query.get_result(c).await.optional())?;
    let Some((content, expires_at)) = found else { return Ok(None) };
    run!(conn, |c| diesel::delete(target).execute(c).await)?;
    Ok((expires_at > now).then_some(content))
}

/// Forgets what nobody came for.
pub(crate) async fn sweep(conn: &mut Conn, now: Ts) -> Result<(), DbError> {
    let old = flashes::table.filter(flashes::expires_at.le(now));
    run!(conn, |c| diesel::delete(old).execute(c).await)?;
    Ok(())
}
