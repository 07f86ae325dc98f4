//! What changes while somebody looks: every workspace in which something was sealed, told to whoever follows it (rules §10).
//!
//! Each process looks at the mark of the log a few times a second. That costs one short read, works alike on both databases
//! and with any number of replicas, and cannot miss anything (docs/decisions/0013-the-log-at-size.md).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::Action;
use stackyard_model::id::{UserId, WorkspaceId};
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

/// Streams that a person has open at once in one process: a browser has six to a server, or a hundred by HTTP/2.
pub const STREAMS_MAX: usize = 64;
/// Numbers of the log that are counted for who comes back: whoever was away for longer is told that there is something.
const COUNTED_MAX: i64 = 10_000;

/// Tells all followers in this process.
pub(crate) struct Hub {
    news: broadcast::Sender<Arc<News>>,
    open: Arc<Open>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { news: broadcast::Sender::new(BEHIND), open: Arc::default() }
    }
}

/// How many streams each person has open.
type Open = Mutex<HashMap<UserId, usize>>;

/// One of a person's streams, for as long as it is open.
struct Stream {
    person: UserId,
    open: Arc<Open>,
}

impl Stream {
    /// # Errors
    /// [`Error::Throttled`] for who has too many.
    fn open(ctx: &Ctx) -> Result<Self, Error> {
        let person = ctx.signed_in()?.account.id.clone();
        let open = Arc::clone(&ctx.deps().live.open);
        let mut counted = open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counted.entry(person.clone()).or_default();
        if *count >= STREAMS_MAX {
            return Err(Error::Throttled { retry_after: Duration::from_secs(30) });
        }
        *count += 1;
        drop(counted);
        Ok(Self { person, open })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut counted = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counted.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                counted.remove(&self.person);
            }
        }
    }
}

/// Looks once: tells what was sealed after `from` and gives the mark up to which that is.
///
/// # Errors
/// When the store fails; the next look tells it all.
pub async fn look(ctx: &Ctx, from: i64) -> Result<i64, Error> {
    let mut conn = ctx.deps().db.read().await?;
    let upto = activity::sealed(&mut conn).await?;
    let sender = &ctx.deps().live.news;
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
    _stream: Stream,
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
/// [`Error::Forbidden`] for a role that may not see the log, [`Error::Throttled`] for who has too many open.
pub async fn follow(ctx: &Ctx, here: &Here, told: Option<i64>) -> Result<(Follower, Option<Told>), Error> {
    here.require(Action::SeeResources)?;
    let stream = Stream::open(ctx)?;
    // First the news, then the mark: nothing falls between the two.
    let news = ctx.deps().live.news.subscribe();
    let mut conn = ctx.deps().db.read().await?;
    let now = activity::sealed(&mut conn).await?;
    let mut follower = Follower {
        here: here.clone(),
        news,
        upto: told.filter(|told| (0..=now).contains(told)).map_or(now, |told| told.max(now - COUNTED_MAX)),
        _stream: stream,
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
