//! Passwords: argon2id, hashed away from the threads that answer requests.

use std::sync::OnceLock;

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::{Ctx, Error, random};

/// 19 MiB, two passes, one lane: OWASP's first choice for argon2id.
fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

/// Hashing takes 19 MiB and tens of milliseconds; a crowd at the door must take neither all memory nor all cores.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// What is stored of a password.
pub(crate) async fn hash_password(ctx: &Ctx, password: &str) -> Result<String, Error> {
    let salt = random::bytes::<16>(&*ctx.deps().random);
    let password = password.to_owned();
    apart(move || {
        let salt = SaltString::encode_b64(&salt).map_err(|error| Error::Internal(error.to_string()))?;
        let hash = hasher().hash_password(password.as_bytes(), &salt);
        Ok(hash.map_err(|error| Error::Internal(error.to_string()))?.to_string())
    })
    .await
}

/// Whether the password is the one that was stored. Without a stored one it takes as long, and it is not.
pub(crate) async fn verify_password(stored: Option<String>, password: &str) -> Result<bool, Error> {
    let password = password.to_owned();
    apart(move || {
        let known = stored.is_some();
        let stored = match stored {
            Some(stored) => stored,
            None => decoy()?.to_owned(),
        };
        let parsed = PasswordHash::new(&stored).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(hasher().verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await
}

/// The hash of nobody's password, to spend the same time on accounts that do not exist.
fn decoy() -> Result<&'static str, Error> {
    static DECOY: OnceLock<String> = OnceLock::new();
    if let Some(decoy) = DECOY.get() {
        return Ok(decoy);
    }
    let salt =
        SaltString::encode_b64(b"nobody's salt...").map_err(|error| Error::Internal(error.to_string()))?;
    let hash = hasher().hash_password(b"nobody's password", &salt);
    let hash = hash.map_err(|error| Error::Internal(error.to_string()))?.to_string();
    Ok(DECOY.get_or_init(|| hash))
}

async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let _turn = AT_ONCE.acquire().await.map_err(|error| Error::Internal(error.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.to_string()))?
}
