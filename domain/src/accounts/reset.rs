//! A new password by mail (rules §11: a reset link goes to the mailbox).
//!
//! Who asks is answered before anybody looks whether there is such an account: what is written is the address that was
//! typed, and the account is looked for when the mail would be sent. So the answer and its time are the same for all.

use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::Ts;
use stackyard_model::account::LinkPurpose;
use stackyard_model::activity::{Outcome, What};
use stackyard_model::mail::MailKind;
use stackyard_model::text::{self, fold_address};

use super::links::{self, LinkMail};
use super::password::hash_password;
use super::queries;
use crate::activity::{Entry, record};
use crate::mail::{self, MailRow};
use crate::throttle::{self, Limit, Turn};
use crate::{Ctx, Error, sessions};

/// Most mails to one address, however often it is asked for them.
const TO_ONE_ADDRESS: Limit = Limit { attempts: 3, window: Duration::from_secs(3600) };
const NO_MAIL: &str =
    "This server sends no mail. Its operator sets a new password with stackyard admin set-password.";
const OVER: &str = "This link does not work any more. Ask for a new one.";

/// Asks for a link to set a new password, to be mailed to the address. Whether there is an account with it, and whether
/// a mail goes out, is not told.
///
/// # Errors
/// [`Error::Invalid`] at `email` for what is no address or when there is no mail server; [`Error::Throttled`] after too
/// many from the same place.
pub async fn forgot_password(ctx: &Ctx, email: &str) -> Result<(), Error> {
    if ctx.deps().mailer().is_none() {
        return Err(Error::field("email", NO_MAIL));
    }
    let email = text::email(email).map_err(|message| Error::field("email", message))?;
    let folded = fold_address(&email);
    let limits = &ctx.deps().limits;
    let place = Limit { attempts: limits.sign_in_attempts, window: limits.sign_in_window };
    let keys = (
        throttle::key("reset place", &sessions::place(ctx.request.address.as_deref())),
        throttle::key("reset address", &folded),
    );
    let row = MailRow::at_once(ctx, MailKind::PasswordReset, &folded);
    let asked = ctx.deps().db.write((keys, place, row, ctx.now()), |conn, (keys, place, row, now)| {
        Box::pin(async move {
            if let Turn::Wait(left) = throttle::count(conn, &keys.0, *place, *now).await? {
                return Ok(Turn::Wait(left));
            }
            // One that is too many for the address is not told: its owner has the mails before.
            if throttle::count(conn, &keys.1, TO_ONE_ADDRESS, *now).await? == Turn::Go {
                mail::enqueue(conn, std::slice::from_ref(row)).await?;
            }
            Ok::<_, Error>(Turn::Go)
        })
    });
    asked.await?.or_throttled()
}

/// What the mail says that is about to be sent. None when there is no such account.
pub(crate) async fn mail(
    ctx: &Ctx,
    conn: &mut Conn,
    address: &str,
    now: Ts,
) -> Result<Option<LinkMail>, Error> {
    match queries::find_by_email(conn, address).await?.filter(|user| user.disabled_at.is_none()) {
        Some(user) => links::make(ctx, conn, &user, LinkPurpose::Password, now).await.map(Some),
        None => Ok(None),
    }
}

/// The address whose password a link sets; none when the link does not count. Looking uses nothing up.
///
/// # Errors
/// When the store fails.
pub async fn look_at_reset(ctx: &Ctx, secret: &str) -> Result<Option<String>, Error> {
    let Some(hash) = links::hash(secret, LinkPurpose::Password) else { return Ok(None) };
    let mut conn = ctx.deps().db.read().await?;
    let now = ctx.store_now(&mut conn).await?;
    Ok(links::find(&mut conn, &hash, LinkPurpose::Password, now).await?.map(|user| user.email))
}

/// Sets a new password by a link, which proves the address, and ends all sessions of the account.
///
/// # Errors
/// [`Error::Invalid`] at `new`, [`Error::Conflict`] when the link does not count any more.
pub async fn reset_password(ctx: &Ctx, secret: &str, new: &str) -> Result<(), Error> {
    let over = || Error::conflict("LinkEnded", OVER);
    let hash = links::hash(secret, LinkPurpose::Password).ok_or_else(over)?;
    // Before a password is hashed, which takes long.
    look_at_reset(ctx, secret).await?.ok_or_else(over)?;
    text::password(new).map_err(|message| Error::field("new", message))?;
    let password = hash_password(ctx, new).await?;
    ctx.deps()
        .db
        .write((ctx.clone(), hash, password), |conn, (ctx, hash, password)| {
            Box::pin(async move {
                let now = ctx.store_now(conn).await?;
                let user = links::find(conn, hash, LinkPurpose::Password, now).await?;
                let user = user.ok_or_else(|| Error::conflict("LinkEnded", OVER))?;
                links::forget(conn, &user.id, LinkPurpose::Password).await?;
                queries::set_password(conn, &user.id, password).await?;
                queries::set_verified(conn, &user.id).await?;
                sessions::delete_others(conn, &user.id, None).await?;
                let entry = Entry::new(ctx, None, What::PasswordReset, Outcome::Ok)
                    .target("user", user.id.as_str(), &user.name)
                    .by(&user.id, &user.name);
                record(conn, &entry).await
            })
        })
        .await
}
