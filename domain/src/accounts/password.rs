//! Passwords: argon2id, hashed away from the threads that answer requests.

use std::sync::OnceLock;

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::{Ctx, Error, random};

/// How passwords are hashed.
pub struct Passwords {
    hasher: Argon2<'static>,
    /// Hashing takes much memory and tens of milliseconds; a crowd at the door must take neither all memory nor all cores.
    at_once: Semaphore,
    /// The hash of nobody's password, to spend the same time on accounts that do not exist.
    decoy: OnceLock<String>,
}

impl Default for Passwords {
    /// 19 MiB, two passes, one lane: OWASP's first choice for argon2id.
    fn default() -> Self {
        Self::with(Params::default())
    }
}

impl Passwords {
    fn with(params: Params) -> Self {
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        Self { hasher, at_once: Semaphore::new(2), decoy: OnceLock::new() }
    }

    /// In next to no time, for tests, each of which has people with passwords.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn quick() -> Self {
        Self::with(Params::new(Params::MIN_M_COST, 1, 1, None).unwrap_or_default())
    }

    fn hash(&self, password: &str, salt: &[u8; 16]) -> Result<String, Error> {
        let broken = |error: argon2::password_hash::Error| Error::Internal(error.to_string());
        let salt = SaltString::encode_b64(salt).map_err(broken)?;
        Ok(self.hasher.hash_password(password.as_bytes(), &salt).map_err(broken)?.to_string())
    }

    fn decoy(&self) -> Result<&str, Error> {
        if let Some(decoy) = self.decoy.get() {
            return Ok(decoy);
        }
        let hash = self.hash("nobody's password", b"nobody's salt...")?;
        Ok(self.decoy.get_or_init(|| hash))
    }

    fn verify(&self, stored: Option<&str>, password: &str) -> Result<bool, Error> {
        let against = match stored {
            Some(stored) => stored,
            None => self.decoy()?,
        };
        let parsed = PasswordHash::new(against).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(self.hasher.verify_password(password.as_bytes(), &parsed).is_ok() && stored.is_some())
    }
}

/// What is stored of a password.
pub(crate) async fn hash_password(ctx: &Ctx, password: &str) -> Result<String, Error> {
    let salt = random::bytes::<16>(&*ctx.deps().random);
    let password = password.to_owned();
    apart(ctx, move |passwords| passwords.hash(&password, &salt)).await
}

/// Whether the password is the one that was stored. Without a stored one it takes as long, and it is not.
pub(crate) async fn verify_password(
    ctx: &Ctx,
    stored: Option<String>,
    password: &str,
) -> Result<bool, Error> {
    let password = password.to_owned();
    apart(ctx, move |passwords| passwords.verify(stored.as_deref(), &password)).await
}

async fn apart<T: Send + 'static>(
    ctx: &Ctx,
    work: impl FnOnce(&Passwords) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let failed = |error: &dyn std::error::Error| Error::Internal(error.to_string());
    let _turn = ctx.deps().passwords.at_once.acquire().await.map_err(|error| failed(&error))?;
    let ctx = ctx.clone();
    let worked = tokio::task::spawn_blocking(move || work(&ctx.deps().passwords)).await;
    worked.map_err(|error| failed(&error))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_costs_what_owasp_asks_for() {
        let passwords = Passwords::default();
        let hash = passwords.hash("correct horse", &[7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.decoy().unwrap().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.verify(Some(&hash), "correct horse").unwrap());
        assert!(!passwords.verify(Some(&hash), "correct horsf").unwrap());
        assert!(!passwords.verify(None, "nobody's password").unwrap());
    }
}
