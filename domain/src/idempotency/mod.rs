//! Doing a request once: what was answered to one of a credential that came with a key is kept for a day, and the same
//! request gets the same answer again.
//!
//! The key is claimed before anything is done. A claim that was never finished, because the program was killed meanwhile, is
//! not given to anybody else: whether it was done can only be looked up, and doing it twice is what the key is to prevent.

mod queries;

use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::Ts;
use stackyard_model::credential::CredentialId;

use self::queries::Row;
use crate::hex::digest;
use crate::{Actor, Ctx, Error};

/// For how long answers are kept.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// What becomes of a request with a key.
#[derive(Debug)]
pub enum Begun {
    /// It is the first: it is to be done, and [`finish`]ed or [forgotten](forget).
    First(Claim),
    /// It was done before, and this was answered.
    Again {
        /// The status.
        status: u16,
        /// The data, as JSON.
        answer: String,
    },
    /// The key came with another request before.
    Other,
    /// The first one with this key has not ended.
    Ongoing,
}

/// The right to do a request, and the duty to say what became of it.
#[derive(Debug)]
pub struct Claim {
    credential: CredentialId,
    key: String,
}

/// Begins a request of a credential that has a key.
///
/// # Errors
/// [`Error::Unauthenticated`] when it is no credential that asks.
pub async fn begin(ctx: &Ctx, key: &str, request: &str) -> Result<Begun, Error> {
    let Actor::Credential(credential) = &ctx.actor else { return Err(Error::Unauthenticated) };
    let row = Row {
        credential_id: credential.id.clone(),
        key_digest: digest(&[key]),
        request_digest: request.to_owned(),
        status: None,
        answer: None,
        created_at: ctx.now(),
    };
    ctx.deps()
        .db
        .write(row, |conn, row| {
            Box::pin(async move {
                queries::forget_if_older(conn, row, row.created_at - KEPT).await?;
                if queries::insert(conn, row).await? {
                    let (credential, key) = (row.credential_id.clone(), row.key_digest.clone());
                    return Ok(Begun::First(Claim { credential, key }));
                }
                let found = queries::find(conn, &row.credential_id, &row.key_digest).await?;
                let found = found.ok_or_else(|| Error::Internal("a key was taken by nobody".to_owned()))?;
                Ok(match (found.status, found.answer) {
                    _ if found.request_digest != row.request_digest => Begun::Other,
                    (Some(status), Some(answer)) => {
                        Begun::Again { status: u16::try_from(status).unwrap_or(500), answer }
                    }
                    _ => Begun::Ongoing,
                })
            })
        })
        .await
}

/// Keeps what was answered. No secret may be in it.
///
/// # Errors
/// When the store fails; the key is then taken for a day.
pub async fn finish(ctx: &Ctx, claim: Claim, status: u16, answer: &str) -> Result<(), Error> {
    ctx.deps()
        .db
        .write((claim, i32::from(status), answer.to_owned()), |conn, (claim, status, answer)| {
            Box::pin(async move {
                Ok::<_, Error>(queries::finish(conn, &claim.credential, &claim.key, *status, answer).await?)
            })
        })
        .await
}

/// Gives the key back: nothing was done.
///
/// # Errors
/// When the store fails; the key is then taken for a day.
pub async fn forget(ctx: &Ctx, claim: Claim) -> Result<(), Error> {
    ctx.deps()
        .db
        .write(claim, |conn, claim| {
            Box::pin(
                async move { Ok::<_, Error>(queries::forget(conn, &claim.credential, &claim.key).await?) },
            )
        })
        .await
}

/// Forgets answers that nobody may ask for any more.
pub(crate) async fn sweep(conn: &mut Conn, now: Ts) -> Result<(), Error> {
    Ok(queries::sweep(conn, now - KEPT).await?)
}
