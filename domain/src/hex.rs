//! Bytes as text.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Two lower case hexadecimal digits a byte.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// By what a text is known that is too long, or too private, to be a key itself: half of its SHA-256. The parts are told
/// apart by a zero byte between them.
#[must_use]
pub fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            hash.update([0]);
        }
        hash.update(part.as_bytes());
    }
    half(&hash.finalize().into())
}

/// Half of a SHA-256 as text.
pub(crate) fn half(sha: &[u8; 32]) -> String {
    hex(sha.first_chunk::<16>().map_or(&[], <[u8; 16]>::as_slice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_two_digits() {
        assert_eq!(hex(&[0, 0x0a, 0xff]), "000aff");
    }

    #[test]
    fn parts_are_told_apart() {
        assert_eq!(digest(&["abc"]), "ba7816bf8f01cfea414140de5dae2223");
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_eq!(digest(&["a", "b"]), digest(&["a\0b"]));
    }
}
