//! What a form's answer keeps for the next page: typed values, errors at their fields, a notice (rules §12).

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use stackyard_db::schema::flashes;
use stackyard_db::{Conn, DbError, run};
use stackyard_model::id::SessionId;
use stackyard_model::{FieldErrors, Ts};

use crate::{Actor, Ctx, Error, Secret, SecretHash};

/// What a form's answer keeps for the next page. Never a password.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
const LIFETIME: Duration = Duration::from_secs(15 * 60);
/// Most bytes of it: forms have a megabyte, a flash keeps what fits on a page.
const CONTENT_MAX: usize = 64 * 1024;

/// The same while nobody is signed in: anybody can make one.
const ANONYMOUS_MAX: usize = 2 * 1024;

/// Keeps a flash for the person who asks, or for whoever has the secret while nobody is signed in.
///
/// # Errors
/// When the store fails.
pub async fn put(ctx: &Ctx, flash: &Flash) -> Result<Secret, Error> {
    let secret = Secret::mint(PREFIX, &*ctx.deps().random);
    let text =
        |flash: &Flash| serde_json::to_string(flash).map_err(|error| Error::Internal(error.to_string()));
    let mut content = text(flash)?;
    let most = if session(ctx).is_some() { CONTENT_MAX } else { ANONYMOUS_MAX };
    if content.len() > most {
        content = text(&Flash { values: Vec::new(), ..flash.clone() })?;
    }
    let args = (secret.hash(), session(ctx), content, ctx.now() + LIFETIME);
    ctx.deps()
        .db
        .write(args, |conn, (hash, session, content, until)| {
            Box::pin(
                async move { Ok::<_, Error>(insert(conn, hash, session.as_ref(), content, *until).await?) },
            )
        })
        .await?;
    Ok(secret)
}

/// Takes a flash: it is shown once, to the session whose form it was, or to whoever has its secret when nobody was
/// signed in.
///
/// # Errors
/// When the store fails.
pub async fn take(ctx: &Ctx, secret: &str) -> Result<Option<Flash>, Error> {
    let Some(secret) = Secret::parse(secret, PREFIX) else { return Ok(None) };
    let args = (secret.hash(), session(ctx), ctx.now());
    let content = ctx.deps().db.write(args, |conn, (hash, session, now)| {
        Box::pin(async move { Ok::<_, Error>(remove(conn, hash, session.as_ref(), *now).await?) })
    });
    Ok(content.await?.and_then(|content| serde_json::from_str(&content).ok()))
}

fn session(ctx: &Ctx) -> Option<SessionId> {
    match &ctx.actor {
        Actor::User(user) => Some(user.session.clone()),
        _ => None,
    }
}

async fn insert(
    conn: &mut Conn,
    hash: &SecretHash,
    session: Option<&SessionId>,
    content: &str,
    until: Ts,
) -> Result<(), DbError> {
    let row = (
        flashes::secret_hash.eq(&hash.0),
        flashes::session_id.eq(session.map(SessionId::as_str)),
        flashes::content.eq(content),
        flashes::expires_at.eq(until),
    );
    run!(conn, |c| diesel::insert_into(flashes::table).values(row).execute(c).await)?;
    Ok(())
}

async fn remove(
    conn: &mut Conn,
    hash: &SecretHash,
    session: Option<&SessionId>,
    now: Ts,
) -> Result<Option<String>, DbError> {
    let target = flashes::table.filter(flashes::secret_hash.eq(&hash.0));
    let query = target.select((flashes::session_id, flashes::content, flashes::expires_at));
    let found: Option<(Option<SessionId>, String, Ts)> = run!(conn, |c| query.first(c).await.optional())?;
    let Some((of, content, expires_at)) = found else { return Ok(None) };
    if of.as_ref() != session {
        return Ok(None);
    }
    run!(conn, |c| diesel::delete(target).execute(c).await)?;
    Ok((expires_at > now).then_some(content))
}

/// Forgets what nobody came for.
pub(crate) async fn sweep(conn: &mut Conn, now: Ts) -> Result<(), DbError> {
    let old = flashes::table.filter(flashes::expires_at.le(now));
    run!(conn, |c| diesel::delete(old).execute(c).await)?;
    Ok(())
}
