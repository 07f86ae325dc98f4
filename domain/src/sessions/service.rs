//! Signing in and out.

use std::net::IpAddr;
use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::Ts;
use stackyard_model::account::Session;
use stackyard_model::activity::{Outcome, What};
use stackyard_model::id::{SessionId, UserId};
use stackyard_model::quote::plain;

use super::queries::{self, SessionRow};
use crate::accounts::{find_by_email, find_user, verify_password};
use crate::activity::{Entry, record};
use crate::throttle::{self, Limit, Turn};
use crate::{Ctx, Error, Secret, SignedIn};

/// What a session's secret begins with.
const PREFIX: &str = "ses_";
/// How often a session's last use is written.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// A browser that has just been signed in.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// What goes into its cookie.
    pub cookie: Secret,
    /// When it ends unless it is used.
    pub expires_at: Ts,
    /// The same, from now.
    pub max_age: Duration,
}

/// One text for a wrong address and a wrong password: it tells nobody which accounts there are.
const WRONG: &str = "This address and password do not belong together.";

/// Signs a person in with their password.
///
/// # Errors
/// [`Error::Invalid`] at `password`, one and the same whatever is wrong; [`Error::Throttled`] after too many
/// wrong ones for the address or from the same place.
pub async fn sign_in(ctx: &Ctx, email: &str, password: &str) -> Result<NewSession, Error> {
    if email.contains('\0') {
        return Err(Error::field("password", WRONG));
    }
    let now = ctx.now();
    let limits = &ctx.deps().limits;
    let narrow = Limit { attempts: limits.sign_in_attempts, window: limits.sign_in_window };
    // From one place people of one office sign in, and nobody at another place may keep a person out so easily.
    let wide = Limit { attempts: limits.sign_in_attempts.saturating_mul(10), ..narrow };
    let (folded, place) =
        (stackyard_model::text::fold_address(email.trim()), place(ctx.request.address.as_deref()));
    let mut conn = ctx.deps().db.read().await?;
    let known = queries::places(&mut conn, &folded, now).await?;
    drop(conn);
    let strange = !known.iter().any(|address| self::place(address.as_deref()) == place);
    let counters = Counters {
        both: (throttle::key("sign-in", &format!("{folded}\0{place}")), narrow),
        place: (throttle::key("sign-in place", &place), wide),
        address: strange.then(|| (throttle::key("sign-in address", &folded), wide)),
    };
    let counted = ctx.deps().db.write((counters.clone(), now), |conn, (counters, now)| {
        Box::pin(async move { counters.count(conn, *now).await })
    });
    counted.await?.or_throttled()?;
    let mut conn = ctx.deps().db.read().await?;
    let user = find_by_email(&mut conn, email).await?.filter(|user| user.disabled_at.is_none());
    drop(conn);
    let stored = user.as_ref().and_then(|user| user.password_hash.clone());
    let right = verify_password(ctx, stored, password).await?;
    let Some(user) = user.filter(|_| right) else {
        let mut entry = Entry::new(ctx, None, What::SignInFailed, Outcome::Failed);
        entry.event.target_name = plain(email);
        let note =
            ctx.deps().db.write(entry, |conn, entry| Box::pin(async move { record(conn, entry).await }));
        note.await?;
        return Err(Error::field("password", WRONG));
    };
    let (row, session) = open(ctx, &user.id);
    let entry = Entry::new(ctx, None, What::SignedIn, Outcome::Ok)
        .target("user", user.id.as_str(), &user.name)
        .by(&user.id, &user.name);
    let args = (row, counters, entry, user.id, user.password_hash);
    let write = ctx.deps().db.write(args, |conn, (row, counters, entry, user, checked)| {
        Box::pin(async move {
            // While the password was checked it may have been changed, or the account disabled.
            let now = find_user(conn, user).await?;
            if !now.is_some_and(|now| now.still_opens_with(checked.as_deref())) {
                return Err(Error::field("password", WRONG));
            }
            counters.give_back(conn).await?;
            row.write(conn).await?;
            record(conn, entry).await
        })
    });
    write.await?;
    Ok(session)
}

/// What is counted of an attempt to sign in.
#[derive(Clone)]
struct Counters {
    both: (String, Limit),
    place: (String, Limit),
    /// None for somebody who comes from where they are signed in already: whoever else tries their address, from
    /// however many places, does not keep them out.
    address: Option<(String, Limit)>,
}

impl Counters {
    /// Counts an attempt; the one that is too many from a place is not held against the address.
    async fn count(&self, conn: &mut Conn, now: Ts) -> Result<Turn, Error> {
        for (key, limit) in [&self.place, &self.both].into_iter().chain(&self.address) {
            if let Turn::Wait(left) = throttle::count(conn, key, *limit, now).await? {
                return Ok(Turn::Wait(left));
            }
        }
        Ok(Turn::Go)
    }

    /// The attempt was right.
    async fn give_back(&self, conn: &mut Conn) -> Result<(), Error> {
        throttle::forget(conn, &self.both.0).await?;
        throttle::give_back(conn, &self.place.0).await?;
        if let Some((address, _)) = &self.address {
            throttle::give_back(conn, address).await?;
        }
        Ok(())
    }
}

/// Where a request comes from, as far as attempts are counted: of IPv6 the network, since its holder has every
/// address in it.
pub(crate) fn place(address: Option<&str>) -> String {
    match address.map(str::parse::<IpAddr>) {
        Some(Ok(IpAddr::V6(address))) if address.to_ipv4_mapped().is_none() => {
            address.segments().iter().take(4).map(|part| format!("{part:x}:")).collect()
        }
        Some(Ok(address)) => address.to_canonical().to_string(),
        _ => String::new(),
    }
}

/// A session that is not written yet.
pub(crate) struct Opened(SessionRow);

impl Opened {
    /// Writes it, in the transaction that signs the person in.
    pub(crate) async fn write(&self, conn: &mut Conn) -> Result<(), Error> {
        Ok(queries::insert(conn, &self.0).await?)
    }
}

/// A new session for a person.
pub(crate) fn open(ctx: &Ctx, user: &UserId) -> (Opened, NewSession) {
    let now = ctx.now();
    let cookie = Secret::mint(PREFIX, &*ctx.deps().random);
    let max_age = ctx.deps().limits.session_idle;
    let row = SessionRow {
        id: SessionId::mint(now, ctx.id_bytes()),
        secret_hash: cookie.hash().0,
        user_id: user.clone(),
        created_at: now,
        last_seen_at: now,
        expires_at: now + max_age,
        address: ctx.request.address.clone(),
        user_agent: ctx.request.user_agent.as_deref().map(plain),
    };
    (Opened(row), NewSession { cookie, expires_at: now + max_age, max_age })
}

/// What a signed-in browser is known by from now on. It is not written yet.
pub(crate) fn renewed(ctx: &Ctx) -> NewSession {
    let max_age = ctx.deps().limits.session_idle;
    NewSession { cookie: Secret::mint(PREFIX, &*ctx.deps().random), expires_at: ctx.now() + max_age, max_age }
}

/// Ends all sessions of a person but one, which is known by another secret from now on: whoever has read the one before has
/// nothing any more. In the transaction of a reason to.
pub(crate) async fn renew(conn: &mut Conn, me: (&UserId, &SessionId), to: &NewSession) -> Result<(), Error> {
    queries::delete_others(conn, me.0, Some(me.1)).await?;
    if queries::renew(conn, me.1, &to.cookie.hash(), to.expires_at).await? {
        return Ok(());
    }
    // Meanwhile it was ended from elsewhere.
    Err(Error::Unauthenticated)
}

/// Who a cookie belongs to, read anew for every request.
///
/// # Errors
/// When the store fails.
pub async fn authenticate(ctx: &Ctx, cookie: &str) -> Result<Option<SignedIn>, Error> {
    let Some(secret) = Secret::parse(cookie, PREFIX) else { return Ok(None) };
    let secret = secret.hash();
    let now = ctx.now();
    let mut conn = ctx.deps().db.read().await?;
    let found = queries::by_secret(&mut conn, &secret).await?;
    drop(conn);
    let live = |(session, user): &(SessionRow, crate::accounts::UserRow)| {
        session.expires_at > now && user.disabled_at.is_none()
    };
    let Some((mut session, user)) = found.filter(live) else { return Ok(None) };
    let mut kept_for = None;
    if now.since(session.last_seen_at) >= SEEN_EVERY {
        let limits = &ctx.deps().limits;
        session.last_seen_at = now;
        session.expires_at = (now + limits.session_idle).min(session.created_at + limits.session_longest);
        session.address.clone_from(&ctx.request.address);
        session.user_agent = ctx.request.user_agent.as_deref().map(plain);
        let touched = ctx.deps().db.write(session.clone(), |conn, session| {
            Box::pin(async move { Ok::<_, Error>(queries::touch(conn, session).await?) })
        });
        touched.await?;
        kept_for = Some(session.expires_at.since(now));
    }
    Ok(Some(SignedIn { session: session.id, secret, account: user.into(), kept_for }))
}

/// Refuses a person who was signed out, or disabled, since their request came in.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub(crate) async fn require_live(conn: &mut Conn, user: &SignedIn, now: Ts) -> Result<(), Error> {
    let is_live = queries::is_live(conn, &user.session, &user.secret, now).await?;
    if is_live { Ok(()) } else { Err(Error::Unauthenticated) }
}

/// Signs the asking browser out.
///
/// # Errors
/// [`Error::Unauthenticated`] when it is not signed in.
pub async fn sign_out(ctx: &Ctx) -> Result<(), Error> {
    let id = ctx.signed_in()?.session.clone();
    end(ctx, id, What::SignedOut).await
}

/// The signed-in browsers of the person who asks, the last used first.
///
/// # Errors
/// [`Error::Unauthenticated`] when nobody is signed in.
pub async fn list(ctx: &Ctx) -> Result<Vec<Session>, Error> {
    let me = ctx.signed_in()?;
    let mut conn = ctx.deps().db.read().await?;
    let rows = queries::of_user(&mut conn, &me.account.id, ctx.now()).await?;
    let session = |row: SessionRow| Session {
        current: row.id == me.session,
        id: row.id,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        address: row.address,
        user_agent: row.user_agent,
    };
    Ok(rows.into_iter().map(session).collect())
}

/// Signs one browser of the person who asks out.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of theirs.
pub async fn revoke(ctx: &Ctx, id: &SessionId) -> Result<(), Error> {
    ctx.signed_in()?;
    end(ctx, id.clone(), What::SessionRevoked).await
}

/// Signs all other browsers of the person who asks out.
///
/// # Errors
/// [`Error::Unauthenticated`] when nobody is signed in.
pub async fn revoke_others(ctx: &Ctx) -> Result<(), Error> {
    let me = ctx.signed_in()?;
    let entry = Entry::new(ctx, None, What::SessionRevoked, Outcome::Ok)
        .target("user", me.account.id.as_str(), &me.account.name)
        .note("all but this one");
    let args = (me.account.id.clone(), me.session.clone(), entry);
    ctx.deps()
        .db
        .write(args, |conn, (user, session, entry)| {
            Box::pin(async move {
                queries::delete_others(conn, user, Some(session)).await?;
                record(conn, entry).await
            })
        })
        .await
}

async fn end(ctx: &Ctx, id: SessionId, what: What) -> Result<(), Error> {
    let me = ctx.signed_in()?;
    let entry = Entry::new(ctx, None, what, Outcome::Ok).target("session", id.as_str(), &me.account.name);
    ctx.deps()
        .db
        .write((me.account.id.clone(), id, entry), |conn, (user, id, entry)| {
            Box::pin(async move {
                if !queries::delete(conn, user, id).await? {
                    return Err(Error::NotFound);
                }
                record(conn, entry).await
            })
        })
        .await
}
