//! The pool of connections to PostgreSQL.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use deadpool::managed::{Manager, Metrics, Object, RecycleError, RecycleResult};
use diesel::QueryResult;
use diesel_async::pooled_connection::{PoolError, PoolableConnection as _, RecyclingMethod};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};
use futures::{FutureExt as _, StreamExt as _};

/// A connection to PostgreSQL that goes back to its pool when dropped.
pub type PgConn = Object<PgManager>;

/// For how long a connection that has answered is taken to be there still, unless its end was seen. To ask each time would
/// be a round trip for every call, and is only needed for a server that went away without a word.
const TRUSTED: Duration = Duration::from_secs(1);

/// Makes connections to one database, and looks whether they are still there.
#[derive(Debug)]
pub struct PgManager {
    url: String,
}

impl PgManager {
    pub(crate) const fn new(url: String) -> Self {
        Self { url }
    }
}

/// A connection, when it was last known to be there, and whether a transaction was begun on it and not ended.
pub struct Checked {
    conn: AsyncPgConnection,
    at: Instant,
    open: AtomicBool,
}

impl Checked {
    /// Sends what begins a transaction. What is sent after this was polled once belongs to it, before it has answered.
    pub(crate) async fn begin(&self, sql: &str) -> QueryResult<()> {
        self.open.store(true, Ordering::Relaxed);
        (&mut &self.conn).batch_execute(sql).await
    }

    /// Ends the transaction. One whose end is not known is left open, and its connection is not used again.
    pub(crate) async fn end(&self, sql: &str) -> QueryResult<()> {
        (&mut &self.conn).batch_execute(sql).await?;
        self.open.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Whether its end was seen. Nothing listens for notifications here, so that there is only an end to be heard of.
    fn has_ended(&mut self) -> bool {
        let mut heard = std::pin::pin!(self.conn.notifications_stream());
        heard.next().now_or_never().is_some()
    }
}

impl Deref for Checked {
    type Target = AsyncPgConnection;
    fn deref(&self) -> &AsyncPgConnection {
        &self.conn
    }
}

impl DerefMut for Checked {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        &mut self.conn
    }
}

impl Manager for PgManager {
    type Type = Checked;
    type Error = PoolError;

    async fn create(&self) -> Result<Checked, PoolError> {
        let conn = AsyncPgConnection::establish(&self.url).await.map_err(PoolError::ConnectionError)?;
        Ok(Checked { conn, at: Instant::now(), open: AtomicBool::new(false) })
    }

    async fn recycle(&self, checked: &mut Checked, _: &Metrics) -> RecycleResult<PoolError> {
        if *checked.open.get_mut() {
            return Err(RecycleError::message("it was left in the middle of a transaction"));
        }
        if checked.conn.is_broken() || checked.has_ended() {
            return Err(RecycleError::message("it has ended"));
        }
        if checked.at.elapsed() > TRUSTED {
            checked.conn.ping(&RecyclingMethod::Verified).await.map_err(PoolError::QueryError)?;
            checked.at = Instant::now();
        }
        Ok(())
    }
}
