//! The outside of a token: its three parts and its header.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{Part, TokenError};
use crate::json::{Object, Value};
use crate::keys::Algorithm;

/// Longest token that is looked at, in bytes. GitHub's have under 2 KiB.
pub const TOKEN_MAX: usize = 16 * 1024;

/// Headers that name or carry a key; the token's author does not choose the key.
const OWN_KEYS: [&str; 4] = ["jku", "jwk", "x5c", "x5u"];

/// A token taken apart; nothing of it is believed yet.
pub(crate) struct Parts<'a> {
    /// What is signed: header and payload as they came.
    pub signed: &'a str,
    pub header: Header,
    /// The payload's JSON.
    pub payload: Vec<u8>,
    pub signature: Vec<u8>,
}

/// What a header says about the signature.
pub(crate) struct Header {
    pub algorithm: Algorithm,
    pub kid: String,
}

impl<'a> Parts<'a> {
    pub(crate) fn split(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > TOKEN_MAX {
            return Err(TokenError::TooLarge);
        }
        let whole = TokenError::Malformed { part: Part::Token };
        let Some((signed, signature)) = token.rsplit_once('.') else { return Err(whole) };
        let Some((header, payload)) = signed.split_once('.') else { return Err(whole) };
        if payload.contains('.') {
            return Err(whole);
        }
        Ok(Self {
            signed,
            header: Header::parse(&decode(header, Part::Header)?)?,
            payload: decode(payload, Part::Claims)?,
            signature: decode(signature, Part::Signature)?,
        })
    }
}

impl Header {
    fn parse(json: &[u8]) -> Result<Self, TokenError> {
        let header = Object::parse(json, Part::Header)?;
        if let Some(name) = OWN_KEYS.into_iter().find(|name| header.get(name).is_some()) {
            return Err(TokenError::OwnKey(name.to_owned()));
        }
        if header.get("crit").is_some() {
            return Err(TokenError::Critical);
        }
        header.check_texts().map_err(|_| TokenError::Malformed { part: Part::Header })?;
        let algorithm = match header.get("alg") {
            Some(Value::Text(name)) => {
                Algorithm::named(name).ok_or_else(|| TokenError::Algorithm(name.to_string()))?
            }
            _ => return Err(TokenError::Malformed { part: Part::Header }),
        };
        match header.get("typ") {
            None => {}
            Some(Value::Text(kind)) if kind.eq_ignore_ascii_case("JWT") => {}
            Some(Value::Text(kind)) => return Err(TokenError::Type(kind.to_string())),
            Some(_) => return Err(TokenError::Malformed { part: Part::Header }),
        }
        match header.get("kid") {
            Some(Value::Text(kid)) if !kid.is_empty() => Ok(Self { algorithm, kid: kid.to_string() }),
            _ => Err(TokenError::KeyIdMissing),
        }
    }
}

fn decode(part: &str, which: Part) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Malformed { part: which })
}
