//! What is done in the background, every few seconds, by one replica at a time: the one that holds the lease. All of it
//! can be done twice, so a lease that runs out too early does no harm.

mod queries;

use std::time::Duration;

use stackyard_model::Ts;

use crate::hex::hex;
use crate::{
    Ctx, Error, access, accounts, activity, affected, ci, credentials, deployments, flash, idempotency,
    locks, mail, notices, random, sessions, throttle, uploads,
};

/// For how long ended CI sessions are kept (rules §10).
const CI_SESSIONS: Duration = Duration::from_secs(30 * 24 * 3600);
/// For how long used tokens are kept after their end: a replica whose clock is behind still takes them for usable.
const USED_TOKENS: Duration = Duration::from_secs(15 * 60);
/// The lease of sweeping.
const SWEEP: &str = "sweep";
/// The lease of sealing the log.
const SEAL: &str = "seal";
/// The lease of sending mails.
const MAIL: &str = "mail";
/// For how long mails are kept after their end.
const MAILS: Duration = Duration::from_secs(30 * 24 * 3600);
/// For how long a replica that says nothing more keeps the others from its work.
pub const LEASE: Duration = Duration::from_secs(30);
/// The same for sealing: somebody waits for that.
const SEALING: Duration = Duration::from_secs(9);
/// How often a lease that is held is written again while it lasts.
const RENEWALS: u32 = 3;

/// One replica, as the holder of leases.
#[derive(Debug, Clone)]
pub struct Replica(String);

impl Replica {
    /// A name that no other replica has.
    #[must_use]
    pub fn new(ctx: &Ctx) -> Self {
        let bytes = random::bytes::<16>(&*ctx.deps().random);
        Self(hex(&bytes))
    }
}

/// A lease that this replica tries to hold, and when it last did.
#[derive(Debug)]
pub struct Turn {
    lease: &'static str,
    lasts: Duration,
    replica: Replica,
    held: Option<Ts>,
}

impl Turn {
    /// The turn to sweep.
    #[must_use]
    pub const fn sweeping(replica: Replica) -> Self {
        Self { lease: SWEEP, lasts: LEASE, replica, held: None }
    }

    /// The turn to seal the log.
    #[must_use]
    pub const fn sealing(replica: Replica) -> Self {
        Self { lease: SEAL, lasts: SEALING, replica, held: None }
    }

    /// The turn to send mails.
    #[must_use]
    pub const fn mailing(replica: Replica) -> Self {
        Self { lease: MAIL, lasts: LEASE, replica, held: None }
    }

    /// Whether it is this replica's turn: nobody else has the lease. A lease that was given lately is not written again.
    ///
    /// # Errors
    /// When the store fails; the next turn tries again.
    pub async fn is_mine(&mut self, ctx: &Ctx) -> Result<bool, Error> {
        if self.held.is_some_and(|held| ctx.now().since(held) < self.lasts / RENEWALS) {
            return Ok(true);
        }
        self.held = None;
        let asked = ctx.now();
        let args = (ctx.clone(), self.lease, self.replica.clone(), self.lasts);
        let mine = ctx.deps().db.write(args, |conn, args| {
            Box::pin(async move {
                let (ctx, lease, replica, lasts) = args;
                let now = ctx.store_now(conn).await?;
                let held = queries::find(conn, lease).await?;
                if held.is_some_and(|(holder, until)| holder != replica.0 && until > now) {
                    return Ok::<_, Error>(false);
                }
                queries::give(conn, lease, &replica.0, now + *lasts).await?;
                Ok(true)
            })
        });
        if mine.await? {
            self.held = Some(asked);
        }
        Ok(self.held.is_some())
    }

    /// Lets another replica go on at once, when this one stops.
    ///
    /// # Errors
    /// When the store fails; the lease then runs out by itself.
    pub async fn leave(&mut self, ctx: &Ctx) -> Result<(), Error> {
        self.held = None;
        ctx.deps()
            .db
            .write((self.lease, self.replica.clone()), |conn, (lease, replica)| {
                Box::pin(async move { Ok::<_, Error>(queries::end(conn, lease, &replica.0).await?) })
            })
            .await
    }
}

/// Ends what has run out and writes down what was counted.
///
/// # Errors
/// When the store fails; the next turn tries again.
pub async fn sweep(ctx: &Ctx) -> Result<(), Error> {
    activity::fold_denials(ctx).await?;
    ctx.deps()
        .db
        .write(ctx.clone(), |conn, ctx| {
            Box::pin(async move {
                // A replica whose clock is ahead must not forget what the others still need.
                let now = ctx.store_now(conn).await?;
                locks::end_expired(conn, now).await?;
                ci::sweep(conn, now - USED_TOKENS, now - CI_SESSIONS).await?;
                sessions::sweep(conn, now).await?;
                flash::sweep(conn, now).await?;
                uploads::sweep(conn, now).await?;
                affected::sweep(conn, now).await?;
                deployments::sweep(conn, now).await?;
                throttle::sweep(conn, now).await?;
                mail::sweep(conn, now - MAILS).await?;
                access::sweep(ctx, conn, now).await?;
                accounts::sweep(conn, now).await?;
                credentials::sweep(ctx, conn, now).await?;
                idempotency::sweep(conn, now).await?;
                notices::sweep(conn, now).await?;
                Ok(())
            })
        })
        .await
}
