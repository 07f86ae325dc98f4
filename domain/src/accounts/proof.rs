//! Proving by mail that an address is the person's (rules §11).

use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::Ts;
use stackyard_model::account::LinkPurpose;
use stackyard_model::activity::{Outcome, What};
use stackyard_model::id::UserId;
use stackyard_model::mail::MailKind;

use super::links::{self, LinkMail};
use super::queries;
use crate::activity::{Entry, record};
use crate::mail::{self, MailRow};
use crate::throttle::{self, Limit, Turn};
use crate::{Ctx, Error};

/// Most mails that a person has sent to themselves.
const TO_ONESELF: Limit = Limit { attempts: 3, window: Duration::from_secs(3600) };

/// What a link that proves an address leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// It does not count, or is another person's: one and the same.
    Over,
    /// It proves this address of the person who asks.
    Open(String),
}

/// Mails a link to the address of the person who asks, which proves it.
///
/// # Errors
/// [`Error::Conflict`] when it is proved already or there is no mail server, [`Error::Throttled`] after too many.
pub async fn ask_proof(ctx: &Ctx) -> Result<(), Error> {
    let account = &ctx.signed_in()?.account;
    if account.email_verified {
        return Err(Error::conflict("AddressProved", "Your address is confirmed already."));
    }
    if ctx.deps().mailer().is_none() {
        return Err(Error::conflict(
            "NoMail",
            "This server sends no mail, so nothing can confirm an address.",
        ));
    }
    let key = throttle::key("proof", account.id.as_str());
    let row = MailRow::at_once(ctx, MailKind::AddressProof, account.id.as_str());
    let asked = ctx.deps().db.write((key, row, ctx.now()), |conn, (key, row, now)| {
        Box::pin(async move {
            let turn = throttle::count(conn, key, TO_ONESELF, *now).await?;
            if turn == Turn::Go {
                mail::enqueue(conn, std::slice::from_ref(row)).await?;
            }
            Ok::<_, Error>(turn)
        })
    });
    asked.await?.or_throttled()
}

/// What the mail says that is about to be sent. None when the address was proved meanwhile.
pub(crate) async fn mail(
    ctx: &Ctx,
    conn: &mut Conn,
    person: &str,
    now: Ts,
) -> Result<Option<LinkMail>, Error> {
    let Ok(id) = person.parse::<UserId>() else { return Ok(None) };
    let user = queries::find(conn, &id).await?;
    match user.filter(|user| user.disabled_at.is_none() && !user.email_verified) {
        Some(user) => links::make(ctx, conn, &user, LinkPurpose::Address, now).await.map(Some),
        None => Ok(None),
    }
}

/// What a link leads to for the person who asks. Looking uses nothing up.
///
/// # Errors
/// [`Error::Unauthenticated`] when nobody is signed in.
pub async fn look_at_proof(ctx: &Ctx, secret: &str) -> Result<Proof, Error> {
    let me = &ctx.signed_in()?.account.id;
    let Some(hash) = links::hash(secret, LinkPurpose::Address) else { return Ok(Proof::Over) };
    let mut conn = ctx.deps().db.read().await?;
    let now = ctx.store_now(&mut conn).await?;
    let user = links::find(&mut conn, &hash, LinkPurpose::Address, now).await?;
    Ok(user.filter(|user| user.id == *me).map_or(Proof::Over, |user| Proof::Open(user.email)))
}

/// Proves the address of the person who asks by a link that went there. Whoever else holds the link proves nothing: not
/// for themselves, and not for an account that somebody made with their address.
///
/// # Errors
/// [`Error::Conflict`] when the link does not count, or is another person's.
pub async fn prove(ctx: &Ctx, secret: &str) -> Result<(), Error> {
    const OVER: &str = "This link does not work any more, or is for another account.";
    ctx.signed_in()?;
    let hash = links::hash(secret, LinkPurpose::Address);
    let hash = hash.ok_or_else(|| Error::conflict("LinkEnded", OVER))?;
    ctx.deps()
        .db
        .write((ctx.clone(), hash), |conn, (ctx, hash)| {
            Box::pin(async move {
                let me = &ctx.signed_in()?.account.id;
                let now = ctx.store_now(conn).await?;
                let user = links::find(conn, hash, LinkPurpose::Address, now).await?;
                let mine = user.filter(|user| user.id == *me);
                mine.ok_or_else(|| Error::conflict("LinkEnded", OVER))?;
                links::forget(conn, me, LinkPurpose::Address).await?;
                // The link counts as long as the address is theirs, so it is the one of who asks.
                prove_address(conn, ctx).await
            })
        })
        .await
}

/// Marks the address of the person who asks as proved: a mail to it was answered.
pub(crate) async fn prove_address(conn: &mut Conn, ctx: &Ctx) -> Result<(), Error> {
    let account = &ctx.signed_in()?.account;
    queries::set_verified(conn, &account.id).await?;
    let entry = Entry::new(ctx, None, What::AddressProved, Outcome::Ok);
    record(conn, &entry.target("user", account.id.as_str(), &account.email)).await
}
