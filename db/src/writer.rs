//! Group commit on SQLite: one thread takes whatever waits, runs each job in a savepoint of its own, commits
//! once, then answers all. One flush is the latency of a write, and a batch shares it. A light job that finds nobody
//! else writing is run at once, on the thread that asks: waking another one and being woken by it costs as much as the
//! flush.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use diesel::result::Error as QueryError;
use diesel_async::SimpleAsyncConnection as _;
use futures::executor::block_on;
use parking_lot::Mutex;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::conn::SqliteHandle;
use crate::{Conn, DbError, Figures, Job, SqliteConn, WriteError};

/// Most jobs in one batch.
const BATCH_JOBS: usize = 256;
/// Longest time for which a batch takes jobs; they run for microseconds each.
const BATCH_TIME: Duration = Duration::from_millis(20);

/// How much a job does, and what it has to see of others that write beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Some rows: a fraction of a millisecond. On SQLite it may be run on the thread that asks. What must hold is held by
    /// constraints and by the rows that it changes itself: on PostgreSQL it sees the database as it was when it began, and
    /// is run again when another has changed the same row or inserted the same key meanwhile. Two such jobs that each read
    /// what the other writes, and write different rows, do not see each other.
    Light,
    /// It may take longer, so on SQLite it always waits for its turn on the writer's own thread. On PostgreSQL it sees all
    /// others as if they ran one after the other.
    Heavy,
}

/// A job of any type, as the writer sees it.
pub(crate) trait Task: Send {
    /// Runs the job and keeps its answer. Says whether what it wrote shall stay.
    fn run(&mut self, conn: &mut Conn) -> bool;
    /// Answers the caller: with what the job said when its batch was committed, else with the failure.
    fn answer(self: Box<Self>, committed: Result<(), DbError>);
}

pub(crate) struct Typed<A, R, E> {
    args: A,
    job: Job<A, R, E>,
    result: Option<Result<R, E>>,
    reply: oneshot::Sender<Result<R, E>>,
}

impl<A, R, E> Typed<A, R, E> {
    pub(crate) fn new(args: A, job: Job<A, R, E>) -> (Self, oneshot::Receiver<Result<R, E>>) {
        let (reply, answer) = oneshot::channel();
        (Self { args, job, result: None, reply }, answer)
    }
}

impl<A: Send + Sync, R: Send, E: WriteError> Task for Typed<A, R, E> {
    fn run(&mut self, conn: &mut Conn) -> bool {
        // A job that panics must not take the writer, and so the whole service, with it.
        let outcome = catch_unwind(AssertUnwindSafe(|| block_on((self.job)(conn, &self.args))));
        let result = outcome.unwrap_or_else(|_| Err(DbError::Stopped.into()));
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, committed: Result<(), DbError>) {
        let answer = match committed {
            Ok(()) => self.result.unwrap_or_else(|| Err(DbError::Stopped.into())),
            Err(error) => Err(error.into()),
        };
        // The caller may have gone away; its job is done all the same.
        let _ = self.reply.send(answer);
    }
}

/// The way to the one connection that writes.
#[derive(Clone)]
pub(crate) struct Writer {
    desk: Arc<Desk>,
    jobs: mpsc::Sender<Box<dyn Task>>,
}

/// What whoever writes has to itself meanwhile.
pub(crate) struct Desk {
    conn: Mutex<Conn>,
    /// Jobs of the last batch: more than one means that many write, and share flushes rather than take turns.
    last: AtomicUsize,
    /// Among them the jobs that were sent and not taken yet.
    figures: Figures,
}

impl Writer {
    /// The writer, and what its thread works with.
    pub(crate) fn new(
        connection: SqliteConn,
        figures: Figures,
    ) -> (Self, Arc<Desk>, mpsc::Receiver<Box<dyn Task>>) {
        let conn = Mutex::new(Conn::Sqlite(SqliteHandle::Writer(Box::new(connection))));
        let desk = Arc::new(Desk { conn, last: AtomicUsize::new(1), figures });
        let (jobs, queue) = mpsc::channel();
        (Self { desk: Arc::clone(&desk), jobs }, desk, queue)
    }

    /// Runs a light job and answers it now, when nobody else writes or waits; any other in the next batch.
    pub(crate) fn take<T: Task + 'static>(&self, task: T, weight: Weight) -> Result<(), DbError> {
        let task = Box::new(task);
        if weight == Weight::Light
            && self.desk.figures.waiting.get() == 0
            && self.desk.last.load(Ordering::Relaxed) <= 1
            && may_block()
            && let Some(mut conn) = self.desk.conn.try_lock()
        {
            self.desk.batch(&mut conn, task, || None);
            return Ok(());
        }
        self.desk.figures.waiting.inc();
        self.jobs.send(task).map_err(|_| DbError::Stopped)
    }
}

/// Whether this thread may be blocked for a flush: others of its runtime take over what else it has to do.
fn may_block() -> bool {
    Handle::try_current().is_ok_and(|handle| handle.metrics().num_workers() > 1)
}

/// Takes jobs until every sender is gone.
pub(crate) fn run(desk: &Desk, jobs: &mpsc::Receiver<Box<dyn Task>>) {
    let taken = |task| {
        desk.figures.waiting.dec();
        task
    };
    while let Ok(first) = jobs.recv() {
        let mut conn = desk.conn.lock();
        desk.batch(&mut conn, taken(first), || jobs.try_recv().ok().map(taken));
    }
}

impl Desk {
    /// Runs a job, and as many of those that `more` gives as a batch holds, in one transaction.
    fn batch(&self, conn: &mut Conn, first: Box<dyn Task>, more: impl FnMut() -> Option<Box<dyn Task>>) {
        let done = batch(conn, &self.figures, first, more);
        self.last.store(done, Ordering::Relaxed);
    }
}

/// Runs the jobs of a batch and says how many they were.
fn batch(
    conn: &mut Conn,
    figures: &Figures,
    first: Box<dyn Task>,
    mut more: impl FnMut() -> Option<Box<dyn Task>>,
) -> usize {
    if let Err(error) = execute(conn, "BEGIN IMMEDIATE") {
        tracing::error!(cause = %error, "the database cannot be written to");
        first.answer(Err(DbError::Query(error)));
        return 1;
    }
    let started = Instant::now();
    let mut done = Vec::new();
    let mut next = Some(first);
    let mut lost = None;
    while let Some(mut task) = next.take() {
        let outcome = savepoint(conn, task.as_mut());
        done.push(task);
        if let Err(error) = outcome {
            lost = Some(error);
            break;
        }
        if done.len() < BATCH_JOBS && started.elapsed() < BATCH_TIME {
            next = more();
        }
    }
    let flushing = Instant::now();
    let committed = match lost {
        None => execute(conn, "COMMIT"),
        Some(error) => Err(error),
    };
    if let Err(error) = &committed {
        tracing::error!(cause = %error, jobs = done.len(), "a batch of writes could not be committed");
        // Fails when SQLite has rolled back by itself, as it does on a full disk.
        let _ = execute(conn, "ROLLBACK");
    }
    #[expect(clippy::cast_precision_loss, reason = "a batch is small")]
    figures.batch.observe(done.len() as f64);
    figures.commit.observe(flushing.elapsed().as_secs_f64());
    let count = done.len();
    for task in done {
        task.answer(committed.clone().map_err(DbError::Commit));
    }
    count
}

/// Runs one job in a savepoint. An error means that the whole transaction is gone, as on a full disk.
fn savepoint(conn: &mut Conn, task: &mut dyn Task) -> Result<(), Arc<QueryError>> {
    execute(conn, "SAVEPOINT job")?;
    if !task.run(conn) {
        execute(conn, "ROLLBACK TO job")?;
    }
    execute(conn, "RELEASE job")
}

fn execute(conn: &mut Conn, statement: &'static str) -> Result<(), Arc<QueryError>> {
    let Conn::Sqlite(conn) = conn else { return Ok(()) };
    block_on(conn.batch_execute(statement)).map_err(Arc::new)
}
