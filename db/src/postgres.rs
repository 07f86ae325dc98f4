//! The PostgreSQL side: a pool, and transactions that are run again when the database asks for it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use deadpool::Status;
use deadpool::managed::Pool;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl as _;
use tokio::sync::Mutex;

use crate::conn::PgHandle;
use crate::pool::PgManager;
use crate::{Conn, DbError, Figures, Job, Size, WriteError, migrate};

diesel::define_sql_function! {
    /// The database's size on its disk, in bytes.
    fn pg_database_size(name: Text) -> BigInt;
}
diesel::define_sql_function! {
    /// The database that the connection is to.
    fn current_database() -> Text;
}

/// How to reach a PostgreSQL database.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// `postgres://…`
    pub url: String,
    /// Most connections of this process.
    pub connections: usize,
}

/// How often a transaction is run again before its caller is told that the database is busy.
const ATTEMPTS: u32 = 12;
/// How often it is tried beside all others. After that, those of this process that keep failing go one after the other.
const BESIDE_OTHERS: u32 = 3;
/// How long a request waits for a connection.
const WAIT: Duration = Duration::from_secs(5);

#[derive(Clone)]
pub(crate) struct Postgres {
    pool: Pool<PgManager>,
    figures: Figures,
    turn: Arc<Mutex<()>>,
}

impl Postgres {
    pub(crate) async fn open(options: PostgresOptions) -> Result<Self, DbError> {
        let url = options.url.clone();
        let migrating = tokio::task::spawn_blocking(move || migrate::postgres(&url));
        migrating.await.map_err(|_| DbError::Stopped)??;
        let pool = Pool::builder(PgManager::new(options.url))
            .max_size(options.connections)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(WAIT))
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(|error| DbError::Connect(error.to_string()))?;
        Ok(Self { pool, figures: Figures::default(), turn: Arc::default() })
    }

    pub(crate) async fn connection(&self) -> Result<Conn, DbError> {
        Ok(Conn::Pg(self.handle().await?))
    }

    async fn handle(&self) -> Result<PgHandle, DbError> {
        let conn = self.pool.get().await.map_err(|error| DbError::Connect(error.to_string()))?;
        Ok(PgHandle::new(conn))
    }

    pub(crate) async fn write<A, R, E>(
        &self,
        args: A,
        job: Job<A, R, E>,
        isolation: Isolation,
    ) -> Result<R, E>
    where
        A: Send + Sync + 'static,
        R: Send + 'static,
        E: WriteError,
    {
        let this = self.clone();
        // A task of its own, so that a caller who goes away leaves no transaction open.
        let running = tokio::spawn(async move { this.attempts(&args, job, isolation).await });
        running.await.unwrap_or_else(|_| Err(DbError::Stopped.into()))
    }

    pub(crate) fn figures(&self) -> Figures {
        self.figures.clone()
    }

    pub(crate) fn pool(&self) -> Status {
        self.pool.status()
    }

    pub(crate) async fn size(&self) -> Result<Size, DbError> {
        let conn = self.handle().await?;
        let size: i64 = diesel::select(pg_database_size(current_database())).get_result(&mut &*conn).await?;
        Ok(Size { database: u64::try_from(size).unwrap_or(0), journal: 0 })
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }

    async fn attempts<A, R, E: WriteError>(
        &self,
        args: &A,
        job: Job<A, R, E>,
        isolation: Isolation,
    ) -> Result<R, E> {
        let mut attempt = 1;
        let mut turn = None;
        loop {
            if attempt > BESIDE_OTHERS && turn.is_none() {
                turn = Some(self.turn.lock().await);
            }
            let conn = self.handle().await?;
            let result = transaction(conn, args, job, isolation, &self.figures).await;
            match &result {
                Err(error)
                    if attempt < ATTEMPTS
                        && error.database().is_some_and(|error| isolation.is_worth_another(error)) => {}
                _ => return result,
            }
            self.figures.retries.inc();
            // The later the attempt, the longer the pause; different tasks drift apart by themselves.
            tokio::time::sleep(Duration::from_millis(u64::from(attempt * attempt))).await;
            attempt += 1;
        }
    }
}

async fn transaction<A, R, E: WriteError>(
    conn: PgHandle,
    args: &A,
    job: Job<A, R, E>,
    isolation: Isolation,
    figures: &Figures,
) -> Result<R, E> {
    let mut inside = Conn::Pg(conn.clone());
    // Its beginning is sent first and not waited for: the first statements of the job follow at once.
    let (begun, done) = tokio::join!(biased; conn.begin(isolation.begin()), job(&mut inside, args));
    let done = begun.map_err(|error| DbError::from(error).into()).and(done);
    match done {
        Ok(value) => {
            let flushing = Instant::now();
            let committed = conn.end("COMMIT").await;
            figures.commit.observe(flushing.elapsed().as_secs_f64());
            committed.map_err(|error| DbError::Commit(Arc::new(error)))?;
            Ok(value)
        }
        Err(error) => {
            // When this fails too, the pool throws the connection away.
            let _ = conn.end("ROLLBACK").await;
            Err(error)
        }
    }
}

/// What a transaction sees of others that run beside it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Isolation {
    /// Nothing, as if they ran one after the other.
    Serializable,
    /// What was committed before they began, and nobody else changes the same rows.
    RepeatableRead,
    /// At each statement what was committed before it.
    ReadCommitted,
}

impl Isolation {
    const fn begin(self) -> &'static str {
        match self {
            Self::Serializable => "BEGIN ISOLATION LEVEL SERIALIZABLE",
            Self::RepeatableRead => "BEGIN ISOLATION LEVEL REPEATABLE READ",
            Self::ReadCommitted => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }

    /// Whether the same transaction may well succeed when it is run again.
    fn is_worth_another(self, error: &DbError) -> bool {
        // Whoever inserted the same key was not to be seen yet.
        error.is_transient() || matches!(self, Self::RepeatableRead) && error.is_unique_violation()
    }
}
