//! Secrets: random, with a prefix and a checksum so that scanners can tell them, shown once, stored as SHA-256.

use std::fmt;

use sha2::{Digest as _, Sha256};
use stackyard_model::id::base62;
use subtle::ConstantTimeEq as _;

use crate::{Random, random};

/// Random characters in a secret: 190 bits.
const RANDOM_LENGTH: usize = 32;
/// Checksum characters at the end of a secret.
const CHECKSUM_LENGTH: usize = 6;

/// A secret in the clear. It is shown once and never printed by `Debug`.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// A new secret that begins with `prefix`.
    pub(crate) fn mint(prefix: &str, random: &dyn Random) -> Self {
        let mut text = String::with_capacity(prefix.len() + RANDOM_LENGTH + CHECKSUM_LENGTH);
        text.push_str(prefix);
        while text.len() < prefix.len() + RANDOM_LENGTH {
            // 248 is the largest multiple of 62 in a byte; what is above it would favour some characters.
            let usable = random::bytes::<RANDOM_LENGTH>(random).into_iter().filter(|byte| *byte < 248);
            let wanted = prefix.len() + RANDOM_LENGTH - text.len();
            text.extend(usable.take(wanted).map(|byte| base62(u64::from(byte))));
        }
        let checksum = checksum(&text);
        text.push_str(&checksum);
        Self(text)
    }

    /// A secret as it came in, when it has the prefix, the length and the checksum of one; so that nonsense
    /// never reaches the store.
    pub(crate) fn parse(text: &str, prefix: &str) -> Option<Self> {
        let body = text.strip_prefix(prefix)?;
        if body.len() != RANDOM_LENGTH + CHECKSUM_LENGTH
            || !body.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            return None;
        }
        let (payload, given) = text.split_at_checked(text.len() - CHECKSUM_LENGTH)?;
        bool::from(checksum(payload).as_bytes().ct_eq(given.as_bytes())).then(|| Self(text.to_owned()))
    }

    /// The secret itself: to be shown once, or sent back to whom it belongs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    pub(crate) fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0.as_bytes()).to_vec())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The SHA-256 of a secret. Secrets have 190 random bits, so no salt and no slow hash is needed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretHash(pub(crate) Vec<u8>);

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}

fn checksum(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let number = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    let mut rest = number;
    (0..CHECKSUM_LENGTH)
        .map(|_| {
            let c = base62(rest);
            rest /= 62;
            c
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    #[test]
    fn a_secret_is_read_back_and_a_typing_error_is_not() {
        let secret = Secret::mint("ci_", &SystemRandom);
        assert_eq!(secret.expose().len(), 3 + 38);
        assert!(Secret::parse(secret.expose(), "ci_").is_some());
        assert!(Secret::parse(secret.expose(), "key_").is_none());
        let mut wrong = secret.expose().to_owned();
        let replacement = if wrong.as_bytes()[5] == b'x' { "y" } else { "x" };
        wrong.replace_range(5..6, replacement);
        assert!(Secret::parse(&wrong, "ci_").is_none());
        assert!(Secret::parse(&format!("{}\n", secret.expose()), "ci_").is_none());
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
