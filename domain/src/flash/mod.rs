//! What a form's answer keeps for the next page: typed values, errors at their fields, a notice (rules §12).
//!
//! For those who are signed in it waits in the store, locked, and is shown once. Before that it goes with the browser, signed,
//! since anybody could fill the store.

mod locked;
mod queries;
mod sealed;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use stackyard_model::FieldErrors;

pub(crate) use queries::sweep;
pub use sealed::{SEALED_MAX, prepare, seal, unseal};

use crate::{Ctx, Error, Secret, json};

/// What a form's answer keeps for the next page. Never a password.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// Which form of the page.
    pub form: String,
    /// What was typed, field by field.
    pub values: Vec<(String, String)>,
    /// What is wrong, field by field.
    pub errors: FieldErrors,
    /// What to say about the whole.
    pub notice: Option<String>,
    /// A secret that has just been made, to be shown this once.
    pub secret: Option<String>,
}

const PREFIX: &str = "flash_";
/// For how long it waits to be shown.
pub const LIFETIME: Duration = Duration::from_secs(15 * 60);
/// Most bytes of it: forms have a megabyte, a flash keeps what fits on a page.
const CONTENT_MAX: usize = 64 * 1024;

/// Keeps a flash for the person who asks.
///
/// # Errors
/// [`Error::Unauthenticated`] when nobody is signed in: see [`seal`].
pub async fn put(ctx: &Ctx, flash: &Flash) -> Result<Secret, Error> {
    let session = ctx.signed_in()?.session.clone();
    let secret = Secret::mint(PREFIX, &*ctx.deps().random);
    let mut content = json::text(flash)?;
    if content.len() > CONTENT_MAX {
        content = json::text(&Flash { values: Vec::new(), ..flash.clone() })?;
    }
    let args = (secret.hash(), session, locked::lock(&secret, content)?, ctx.now() + LIFETIME);
    ctx.deps()
        .db
        .write(args, |conn, (hash, session, content, until)| {
            Box::pin(
                async move { Ok::<_, Error>(queries::insert(conn, hash, session, content, *until).await?) },
            )
        })
        .await?;
    Ok(secret)
}

/// Takes a flash: it is shown once, to the session whose form it was.
///
/// # Errors
/// When the store fails.
pub async fn take(ctx: &Ctx, secret: &str) -> Result<Option<Flash>, Error> {
    let (Some(secret), Ok(user)) = (Secret::parse(secret, PREFIX), ctx.signed_in()) else { return Ok(None) };
    let args = (secret.hash(), user.session.clone(), ctx.now());
    let content = ctx.deps().db.write(args, |conn, (hash, session, now)| {
        Box::pin(async move { Ok::<_, Error>(queries::remove(conn, hash, session, *now).await?) })
    });
    let text = content.await?.and_then(|content| locked::open(&secret, content));
    Ok(text.and_then(|text| serde_json::from_slice(&text).ok()))
}
