//! An issuer's published keys, parsed once and kept ready.

use std::collections::HashMap;
use std::sync::Arc;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

/// Most keys that an issuer's set may have. GitHub's has about four.
const KEYS_MAX: usize = 64;
/// Shortest RSA modulus, in bits (rules §5; NIST SP 800-131A).
const RSA_BITS_MIN: usize = 2048;
/// Bytes of a coordinate on P-256.
const P256_BYTES: usize = 32;

/// A way of signing that is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

impl Algorithm {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

/// One key; what it is made of decides the one algorithm that it is used with, never the token.
#[derive(Debug)]
pub(crate) struct Key {
    pub algorithm: Algorithm,
    public: ParsedPublicKey,
}

impl Key {
    pub(crate) fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        self.public.verify_sig(message, signature).is_ok()
    }
}

/// An issuer's keys by `kid`.
#[derive(Debug, Default)]
pub(crate) struct KeySet(HashMap<String, Arc<Key>>);

/// Why a key set is refused whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeySetError {
    #[error("the key set is not JSON of that form: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the key set has {0} keys, more than {KEYS_MAX}")]
    TooMany(usize),
    #[error("the key set has no key that can be used")]
    Empty,
}

impl KeySet {
    /// Reads a JWK set (RFC 7517). Keys that cannot be used here are passed over: issuers publish others too.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, KeySetError> {
        let set: JwkSet = serde_json::from_slice(json)?;
        if set.keys.len() > KEYS_MAX {
            return Err(KeySetError::TooMany(set.keys.len()));
        }
        let mut keys = HashMap::with_capacity(set.keys.len());
        for (kid, key) in set.keys.into_iter().filter_map(usable) {
            keys.entry(kid).or_insert_with(|| Arc::new(key));
        }
        if keys.is_empty() { Err(KeySetError::Empty) } else { Ok(Self(keys)) }
    }

    pub(crate) fn get(&self, kid: &str) -> Option<Arc<Key>> {
        self.0.get(kid).map(Arc::clone)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kid: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    #[serde(flatten)]
    material: Material,
}

#[derive(Deserialize)]
#[serde(tag = "kty")]
enum Material {
    #[serde(rename = "RSA")]
    Rsa { n: String, e: String },
    #[serde(rename = "EC")]
    Ec { crv: String, x: String, y: String },
}

fn usable(json: Value) -> Option<(String, Key)> {
    let jwk = Jwk::deserialize(json).ok()?;
    if jwk.kid.is_empty() || jwk.purpose.is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    let key = match jwk.material {
        Material::Rsa { n, e } => rsa(&n, &e)?,
        Material::Ec { crv, x, y } if crv == "P-256" => p256(&x, &y)?,
        Material::Ec { .. } => return None,
    };
    let meant_for_it = jwk.alg.is_none_or(|alg| Algorithm::named(&alg) == Some(key.algorithm));
    meant_for_it.then_some((jwk.kid, key))
}

fn rsa(n: &str, e: &str) -> Option<Key> {
    let (n, e) = (number(n)?, number(e)?);
    let bits = n.len() * 8 - usize::try_from(n.first()?.leading_zeros()).ok()?;
    if bits < RSA_BITS_MIN {
        return None;
    }
    let public = RsaPublicKeyComponents { n, e }.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()?;
    Some(Key { algorithm: Algorithm::Rs256, public })
}

/// A big number without the leading zeros that some issuers write and the library refuses.
fn number(base64: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(base64).ok()?;
    Some(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

fn p256(x: &str, y: &str) -> Option<Key> {
    let mut point = vec![4];
    for coordinate in [x, y] {
        let bytes = URL_SAFE_NO_PAD.decode(coordinate).ok().filter(|bytes| bytes.len() == P256_BYTES)?;
        point.extend(bytes);
    }
    let public = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).ok()?;
    Some(Key { algorithm: Algorithm::Es256, public })
}
