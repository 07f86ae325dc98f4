//! What changes while somebody looks: every workspace in which something was sealed, told to whoever follows it (rules §10).
//!
//! Each process looks at the mark of the log a few times a second. That costs one short read, works alike on both databases
//! and with any number of replicas, and cannot miss anything (docs/decisions/0013-the-log-at-size.md).

use std::collections::HashMap;
use std::sync::Arc;

use stackyard_db::Conn;
use stackyard_model::Action;
use stackyard_model::id::WorkspaceId;
use tokio::sync::broadcast;

use crate::activity;
use crate::{Ctx, Error, Here};

/// Looks that a follower may be behind before it has to look for itself.
const BEHIND: usize = 64;

/// What became known at one look.
#[derive(Debug)]
pub struct News {
    /// The log is told up to here.
    pub upto: i64,
    /// How many events of which workspace.
    pub events: HashMap<WorkspaceId, i64>,
}

/// Tells all followers in this process.
pub(crate) struct Hub(broadcast::Sender<Arc<News>>);

impl Default for Hub {
    fn default() -> Self {
        Self(broadcast::Sender::new(BEHIND))
    }
}

/// Looks once: tells what was sealed after `from` and gives the mark up to which that is.
///
/// # Errors
/// When the store fails; the next look tells it all.
pub async fn look(ctx: &Ctx, from: i64) -> Result<i64, Error> {
    let mut conn = ctx.deps().db.read().await?;
    let upto = activity::sealed(&mut conn).await?;
    let Hub(sender) = &ctx.deps().live;
    if upto > from && sender.receiver_count() > 0 {
        let events = activity::count_sealed(&mut conn, None, from, upto).await?;
        // Fails when the last follower has just left.
        let _ = sender.send(Arc::new(News { upto, events: events.into_iter().collect() }));
    }
    Ok(upto)
}

/// Follows one workspace.
pub struct Follower {
    here: Here,
    news: broadcast::Receiver<Arc<News>>,
    upto: i64,
}

/// What a follower is told: what was sealed after `from`, up to `upto`. One tells what comes after the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The mark before.
    pub from: i64,
    /// The mark now.
    pub upto: i64,
    /// How many events of this workspace.
    pub events: i64,
}

/// Follows a workspace from a mark that was told before, or else from now.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see the log.
pub async fn follow(ctx: &Ctx, here: &Here, told: Option<i64>) -> Result<(Follower, Option<Told>), Error> {
    here.require(Action::SeeResources)?;
    // First the news, then the mark: nothing falls between the two.
    let news = ctx.deps().live.0.subscribe();
    let mut conn = ctx.deps().db.read().await?;
    let now = activity::sealed(&mut conn).await?;
    let mut follower = Follower {
        here: here.clone(),
        news,
        upto: told.filter(|told| (0..=now).contains(told)).unwrap_or(now),
    };
    let missed = follower.catch_up(&mut conn, now).await?;
    Ok((follower, missed))
}

impl Follower {
    /// Up to where everything was told.
    #[must_use]
    pub const fn upto(&self) -> i64 {
        self.upto
    }

    /// Goes on as who the person is by now: what they may see may have changed.
    pub fn go_on_as(&mut self, here: Here) {
        self.here = here;
    }

    /// Waits for the next change of the workspace. None when there will be none any more.
    ///
    /// # Errors
    /// When the store fails, which is asked only when too much happened at once.
    pub async fn next(&mut self, ctx: &Ctx) -> Result<Option<Told>, Error> {
        loop {
            match self.news.recv().await {
                Ok(news) => {
                    let events = news.events.get(self.here.id()).copied();
                    let told = if events.is_some() && self.here.within().is_some() {
                        // Not all of it may be for them.
                        let mut conn = ctx.deps().db.read().await?;
                        self.catch_up(&mut conn, news.upto).await?
                    } else {
                        self.tell(news.upto, events)
                    };
                    if told.is_some() {
                        return Ok(told);
                    }
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    let mut conn = ctx.deps().db.read().await?;
                    let now = activity::sealed(&mut conn).await?;
                    if let Some(told) = self.catch_up(&mut conn, now).await? {
                        return Ok(Some(told));
                    }
                }
                Err(broadcast::error::RecvError::Closed) => return Ok(None),
            }
        }
    }

    async fn catch_up(&mut self, conn: &mut Conn, now: i64) -> Result<Option<Told>, Error> {
        if now <= self.upto {
            return Ok(None);
        }
        let events = activity::count_sealed(conn, Some(&self.here), self.upto, now).await?;
        Ok(self.tell(now, events.first().map(|(_, count)| *count)))
    }

    /// What was not told yet, if anything is of this workspace.
    fn tell(&mut self, upto: i64, events: Option<i64>) -> Option<Told> {
        if upto <= self.upto {
            return None;
        }
        let from = std::mem::replace(&mut self.upto, upto);
        events.map(|events| Told { from, upto, events })
    }
}
