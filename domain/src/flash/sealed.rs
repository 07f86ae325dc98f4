//! A flash that goes with the browser: readable, but signed, so that nobody can put words into our pages.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use stackyard_model::{FieldErrors, Ts};

use super::{Flash, LIFETIME};
use crate::{Ctx, Error, keys};

/// Most bytes of a sealed flash.
pub const SEALED_MAX: usize = 2 * 1024;

#[derive(Serialize, Deserialize)]
struct Content {
    /// Microseconds since the epoch.
    until: i64,
    /// The path of the page that it is for.
    page: String,
    flash: Flash,
}

/// Makes the key that flashes are signed with, when the server starts for the first time.
///
/// # Errors
/// When the store fails.
pub async fn prepare(ctx: &Ctx) -> Result<(), Error> {
    keys::flash(ctx).await.map(|_| ())
}

/// Signs a flash of the page at the path `page` for somebody who is not signed in. What is too long for [`SEALED_MAX`] is left out: first what was
/// typed, then what is said about single fields. A secret is never in it.
///
/// # Errors
/// When the store fails.
pub async fn seal(ctx: &Ctx, flash: &Flash, page: &str) -> Result<String, Error> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, keys::flash(ctx).await?);
    let until = (ctx.now() + LIFETIME).as_micros();
    let whole = Flash { secret: None, ..flash.clone() };
    let untyped = Flash { values: Vec::new(), ..whole.clone() };
    let short = Flash {
        form: whole.form.clone(),
        errors: FieldErrors::one("", "This could not be done. Try again with less text."),
        ..Flash::default()
    };
    for flash in [whole, untyped] {
        let text = sign(&key, &Content { until, page: page.to_owned(), flash })?;
        if text.len() <= SEALED_MAX {
            return Ok(text);
        }
    }
    sign(&key, &Content { until, page: page.to_owned(), flash: short })
}

/// Reads a sealed flash on the page at the path `page`; none when it is not one of ours, of another page, or too old.
///
/// # Errors
/// When the store fails.
pub async fn unseal(ctx: &Ctx, text: &str, page: &str) -> Result<Option<Flash>, Error> {
    if text.len() > SEALED_MAX {
        return Ok(None);
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, keys::flash(ctx).await?);
    Ok(read(&key, text, page, ctx.now()))
}

fn sign(key: &hmac::Key, content: &Content) -> Result<String, Error> {
    let json = serde_json::to_vec(content).map_err(|error| Error::Internal(error.to_string()))?;
    let body = BASE64_URL_SAFE_NO_PAD.encode(json);
    let tag = BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(key, body.as_bytes()));
    Ok(format!("{body}.{tag}"))
}

fn read(key: &hmac::Key, text: &str, page: &str, now: Ts) -> Option<Flash> {
    let (body, tag) = text.split_once('.')?;
    let tag = BASE64_URL_SAFE_NO_PAD.decode(tag).ok()?;
    // Compares in constant time.
    hmac::verify(key, body.as_bytes(), &tag).ok()?;
    let content: Content = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
    (Ts::from_micros(content.until) > now && content.page == page).then_some(content.flash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(until: i64) -> (hmac::Key, String) {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]);
        let flash = Flash { notice: Some("You are signed out.".to_owned()), ..Flash::default() };
        let text = sign(&key, &Content { until, page: "/sign-in".to_owned(), flash }).unwrap();
        (key, text)
    }

    #[test]
    fn what_was_signed_is_read_until_its_time_is_over() {
        let (key, text) = signed(1_000);
        let read_at =
            |page, micros| read(&key, &text, page, Ts::from_micros(micros)).and_then(|flash| flash.notice);
        assert_eq!(read_at("/sign-in", 999).as_deref(), Some("You are signed out."));
        assert_eq!(read_at("/sign-in", 1_000), None);
        assert_eq!(read_at("/account", 999), None);
    }

    #[test]
    fn what_was_changed_or_signed_by_others_is_not_read() {
        let (key, text) = signed(1_000);
        let now = Ts::from_micros(0);
        for place in 0..text.len() {
            let mut changed = text.clone();
            let other = if &text[place..=place] == "A" { "B" } else { "A" };
            changed.replace_range(place..=place, other);
            assert!(read(&key, &changed, "/sign-in", now).is_none(), "{place}");
        }
        let (body, _) = text.split_once('.').unwrap();
        for bad in ["", ".", body, &format!("{body}."), &format!("{text}A"), &format!(".{text}")] {
            assert!(read(&key, bad, "/sign-in", now).is_none(), "{bad}");
        }
        let other = hmac::Key::new(hmac::HMAC_SHA256, &[8; 32]);
        assert!(read(&other, &text, "/sign-in", now).is_none());
    }
}
