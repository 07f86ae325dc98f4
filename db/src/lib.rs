//! Connections, the schema, transactions with group commit, and databases for tests.
//!
//! One program, two databases: SQLite by default, PostgreSQL at scale, chosen at run time. A query is written
//! once with Diesel's DSL inside [`run!`], which compiles it for both. Nothing here knows who may do what.

pub mod backup;
mod conn;
mod error;
mod figures;
pub mod functions;
mod inline;
pub mod inspect;
mod kept;
pub mod log;
mod migrate;
mod pool;
mod postgres;
pub mod schema;
mod sqlite;
#[cfg(feature = "testing")]
pub mod testing;
mod writer;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use conn::{Conn, PgHandle, PgTarget, clock, probe};
pub use error::{DbError, WriteError};
pub use figures::{Figures, PoolFigures, Size};
#[doc(hidden)]
pub use futures::try_join;
pub use inline::SqliteConn;
pub use kept::Kept;
pub use postgres::PostgresOptions;
pub use sqlite::SqliteOptions;
pub use writer::Weight;

use postgres::{Isolation, Postgres};
use sqlite::Sqlite;

/// A boxed future that lives as long as the connection it uses.
pub type JobFuture<'c, R, E> = Pin<Box<dyn Future<Output = Result<R, E>> + Send + 'c>>;

/// A piece of writing: what it needs is in `A`, so that it can be run again.
pub type Job<A, R, E> = for<'c> fn(&'c mut Conn, &'c A) -> JobFuture<'c, R, E>;

/// Which of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// One file, one machine.
    Sqlite,
    /// A server of its own, several replicas.
    Postgres,
}

/// The store. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

enum Inner {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Db {
    /// Opens the SQLite database, creating it and bringing its tables up to date.
    ///
    /// # Errors
    /// When the file cannot be opened or written, or was made by a newer version.
    pub async fn sqlite(options: SqliteOptions) -> Result<Self, DbError> {
        Sqlite::open(options).await.map(|sqlite| Self(Arc::new(Inner::Sqlite(sqlite))))
    }

    /// Connects to PostgreSQL and brings its tables up to date; several replicas may do so at once.
    ///
    /// # Errors
    /// When there is no connection to be had, or the database was made by a newer version.
    pub async fn postgres(options: PostgresOptions) -> Result<Self, DbError> {
        Postgres::open(options).await.map(|postgres| Self(Arc::new(Inner::Postgres(postgres))))
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        match &*self.0 {
            Inner::Sqlite(_) => Backend::Sqlite,
            Inner::Postgres(_) => Backend::Postgres,
        }
    }

    /// A connection for reading. It goes back to its pool when dropped and never waits for a flush.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read(&self) -> Result<Conn, DbError> {
        match &*self.0 {
            Inner::Sqlite(sqlite) => sqlite.reader().await,
            Inner::Postgres(postgres) => postgres.connection().await,
        }
    }

    /// Runs `job` in a transaction and answers when it is durable.
    ///
    /// On SQLite the job is one savepoint of a batch that is flushed once; on PostgreSQL it is a serialisable
    /// transaction of its own, run again on serialisation failures and deadlocks. Either way the job goes on when
    /// the caller goes away, has no effect outside the database, and leaves nothing behind when it fails.
    ///
    /// # Errors
    /// What the job answers, or that the transaction could not be committed.
    pub async fn write<A, R, E>(&self, args: A, job: Job<A, R, E>) -> Result<R, E>
    where
        A: Send + Sync + 'static,
        R: Send + 'static,
        E: WriteError,
    {
        self.write_weighing(Weight::Heavy, args, job).await
    }

    /// Runs `job` as [`write`](Self::write) does, but by its weight.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn write_weighing<A, R, E>(&self, weight: Weight, args: A, job: Job<A, R, E>) -> Result<R, E>
    where
        A: Send + Sync + 'static,
        R: Send + 'static,
        E: WriteError,
    {
        match &*self.0 {
            Inner::Sqlite(sqlite) => sqlite.write(args, job, weight).await,
            Inner::Postgres(postgres) => {
                let isolation = match weight {
                    Weight::Light => Isolation::RepeatableRead,
                    Weight::Heavy => Isolation::Serializable,
                };
                postgres.write(args, job, isolation).await
            }
        }
    }

    /// Runs `job` as [`write`](Self::write) does, for work that one replica does at a time: on PostgreSQL the transaction
    /// is not serialisable, so it reads what others are writing without making them start again.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn write_alone<A, R, E>(&self, args: A, job: Job<A, R, E>) -> Result<R, E>
    where
        A: Send + Sync + 'static,
        R: Send + 'static,
        E: WriteError,
    {
        match &*self.0 {
            Inner::Sqlite(sqlite) => sqlite.write(args, job, Weight::Heavy).await,
            Inner::Postgres(postgres) => postgres.write(args, job, Isolation::ReadCommitted).await,
        }
    }

    /// What is measured of it, for whoever shows it.
    #[must_use]
    pub fn figures(&self) -> Figures {
        match &*self.0 {
            Inner::Sqlite(sqlite) => sqlite.figures(),
            Inner::Postgres(postgres) => postgres.figures(),
        }
    }

    /// How its connections are used at the moment.
    #[must_use]
    pub fn pool(&self) -> PoolFigures {
        let status = match &*self.0 {
            Inner::Sqlite(sqlite) => sqlite.pool(),
            Inner::Postgres(postgres) => postgres.pool(),
        };
        let used = status.size.saturating_sub(status.available);
        PoolFigures { used, free: status.max_size.saturating_sub(used), waiting: status.waiting }
    }

    /// How much room it takes.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn size(&self) -> Result<Size, DbError> {
        match &*self.0 {
            Inner::Sqlite(sqlite) => Ok(sqlite.size()),
            Inner::Postgres(postgres) => postgres.size().await,
        }
    }

    /// Finishes the writes that wait, flushes, and closes. Later writes fail.
    pub async fn close(&self) {
        match &*self.0 {
            Inner::Sqlite(sqlite) => sqlite.close().await,
            Inner::Postgres(postgres) => postgres.close(),
        }
    }
}
