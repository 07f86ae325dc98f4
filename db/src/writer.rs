//! Group commit on SQLite: one thread takes whatever waits, runs each job in a savepoint of its own, commits
//! once, then answers all. One flush is the latency of a write, and a batch shares it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use diesel::result::Error as QueryError;
use diesel_async::SimpleAsyncConnection as _;
use futures::executor::block_on;
use std::sync::Arc;
use tokio::sync::oneshot;

use crate::conn::SqliteHandle;
use crate::{Conn, DbError, Job, SqliteConn, WriteError};

/// Most jobs in one batch.
const BATCH_JOBS: usize = 256;
/// Longest time for which a batch takes jobs; they run for microseconds each.
const BATCH_TIME: Duration = Duration::from_millis(20);

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

/// Takes jobs until every sender is gone.
pub(crate) fn run(connection: SqliteConn, jobs: &mpsc::Receiver<Box<dyn Task>>) {
    let mut conn = Conn::Sqlite(SqliteHandle::Writer(Box::new(connection)));
    while let Ok(first) = jobs.recv() {
        batch(&mut conn, first, jobs);
    }
}

fn batch(conn: &mut Conn, first: Box<dyn Task>, jobs: &mpsc::Receiver<Box<dyn Task>>) {
    if let Err(error) = execute(conn, "BEGIN IMMEDIATE") {
        tracing::error!(cause = %error, "the database cannot be written to");
        first.answer(Err(DbError::Query(error)));
        return;
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
            next = jobs.try_recv().ok();
        }
    }
    let committed = match lost {
        None => execute(conn, "COMMIT"),
        Some(error) => Err(error),
    };
    if let Err(error) = &committed {
        tracing::error!(cause = %error, jobs = done.len(), "a batch of writes could not be committed");
        // Fails when SQLite has rolled back by itself, as it does on a full disk.
        let _ = execute(conn, "ROLLBACK");
    }
    for task in done {
        task.answer(committed.clone().map_err(DbError::Commit));
    }
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
