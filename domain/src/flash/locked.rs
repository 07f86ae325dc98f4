//! What waits in the store can be read only with the flash's secret, which the browser alone has: a new token may be in
//! it.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;

use crate::{Error, Secret};

/// What the key is derived for.
const PURPOSE: &[u8] = b"content of a flash";

/// Locks a text.
pub(super) fn lock(secret: &Secret, text: String) -> Result<Vec<u8>, Error> {
    let mut content = text.into_bytes();
    let locked = key(secret).and_then(|key| {
        let sealed = key.seal_in_place_append_tag(nonce(), Aad::empty(), &mut content);
        sealed.ok()
    });
    locked.map(|()| content).ok_or_else(|| Error::Internal("a flash cannot be locked".to_owned()))
}

/// Opens what was locked with the same secret.
pub(super) fn open(secret: &Secret, mut content: Vec<u8>) -> Option<Vec<u8>> {
    let length = key(secret)?.open_in_place(nonce(), Aad::empty(), &mut content).ok()?.len();
    content.truncate(length);
    Some(content)
}

fn key(secret: &Secret) -> Option<LessSafeKey> {
    let key = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes()), PURPOSE);
    UnboundKey::new(&AES_256_GCM, key.as_ref()).ok().map(LessSafeKey::new)
}

/// Every key locks one text, so one nonce will do.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandom;

    #[test]
    fn what_is_kept_is_read_with_its_secret_alone() {
        let secret = Secret::mint("flash_", &SystemRandom);
        let kept = lock(&secret, "a new token".to_owned()).unwrap();
        assert!(!kept.windows(5).any(|part| part == b"token"));
        assert_eq!(open(&secret, kept.clone()).as_deref(), Some(&b"a new token"[..]));
        assert_eq!(open(&Secret::mint("flash_", &SystemRandom), kept.clone()), None);
        for place in 0..kept.len() {
            let mut changed = kept.clone();
            changed[place] ^= 1;
            assert_eq!(open(&secret, changed), None, "{place}");
        }
    }
}
