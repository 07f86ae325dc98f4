//! Reading logs: a window of lines, a search, the bytes.

use std::ops::ControlFlow;

use stackyard_db::Conn;
use stackyard_model::Action;
use stackyard_model::deployment::{LogMatches, LogWindow};
use stackyard_model::id::DeploymentId;

use super::chunks;
use super::lines::{Lines, Search, Window};
use super::queries::{self, DeploymentRow};
use super::rules;
use crate::ci::Gatekeeper;
use crate::{Ctx, Error, Here};

/// Most lines that are shown at once.
const COUNT_MAX: u32 = 2000;
/// Most lines that a search finds.
const FOUND_MAX: u32 = 1000;
/// Longest text that is searched for, in characters.
const TEXT_MAX: usize = 200;
/// Most bytes that are given at once.
const BYTES_MAX: usize = 1024 * 1024;
/// Chunks that are read at once: at most 1 MiB.
const CHUNKS: i64 = 16;

/// Bytes of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawLog {
    /// The bytes as they came, from the wanted offset on; none when there are no more.
    pub bytes: Vec<u8>,
    /// Bytes of the whole log; none when it was deleted, because it was too old.
    pub size: u64,
    /// Whether the deployment has ended, so that hardly more come.
    pub done: bool,
}

/// How far a log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogState {
    /// Bytes of it.
    pub size: i64,
    /// Whether the deployment has ended, so that hardly more come.
    pub done: bool,
}

/// How far a deployment's log is.
///
/// # Errors
/// As [`log_lines`].
pub async fn log_state(ctx: &Ctx, here: &Here, id: &DeploymentId) -> Result<LogState, Error> {
    let (_, row) = look(ctx, here, id).await?;
    Ok(LogState { size: row.log_size, done: row.status.is_final() })
}

/// Lines of a deployment's log, at most `count` (2,000) and 4 MiB from the line `from` on; the first is 1. A line of more
/// than 64 KiB is cut and says so.
///
/// # Errors
/// [`Error::NotFound`] when the deployment is not one of this workspace's.
pub async fn log_lines(
    ctx: &Ctx,
    here: &Here,
    id: &DeploymentId,
    from: u64,
    count: u32,
) -> Result<LogWindow, Error> {
    let (mut conn, row) = look(ctx, here, id).await?;
    let from = from.max(1);
    let count = usize::try_from(count.clamp(1, COUNT_MAX)).unwrap_or(1);
    let mut window = Window::new(from, count);
    let first = i64::try_from(from).unwrap_or(i64::MAX);
    // The line before ends where the wanted one begins.
    let place = match first - 1 {
        0 => Some((0, 1)),
        before => chunks::with_end_of(&mut conn, id, before).await?,
    };
    if let Some((start, number)) = place.filter(|_| first <= row.log_lines()) {
        let mut lines = Lines::from(u64::try_from(number).unwrap_or(1));
        let mut reading = Reading { at: start };
        let whole = loop {
            let some = reading.some(&mut conn, id).await?;
            if some.is_empty() {
                break reading.at >= row.log_size;
            }
            if some.iter().any(|bytes| lines.feed(bytes, &mut window).is_break()) {
                break false;
            }
        };
        // After a hole nothing is known of the line's end.
        if whole {
            let _ = lines.finish(&mut window);
        }
    }
    let forgotten = row.log_forgotten_at.is_some();
    let left = |n: i64| if forgotten { 0 } else { u64::try_from(n).unwrap_or(0) };
    let total = left(row.log_lines()).max(window.lines.last().map_or(0, |last| last.number));
    Ok(LogWindow { lines: window.lines, total, size: left(row.log_size), done: row.status.is_final() })
}

/// The numbers of the lines of a deployment's log in which a text stands, in whatever case and whatever colours, at most
/// `limit` (1,000). Of a line the first 64 KiB are searched.
///
/// # Errors
/// As [`log_lines`].
pub async fn find_in_log(
    ctx: &Ctx,
    here: &Here,
    id: &DeploymentId,
    q: &str,
    limit: u32,
) -> Result<LogMatches, Error> {
    let (mut conn, _) = look(ctx, here, id).await?;
    let text: String = q.trim().chars().take(TEXT_MAX).collect();
    let limit = usize::try_from(limit.clamp(1, FOUND_MAX)).unwrap_or(1);
    let Some(mut search) = Search::new(&text, limit) else { return Ok(LogMatches::default()) };
    let mut lines = Lines::from(1);
    let mut reading = Reading { at: 0 };
    loop {
        let some = reading.some(&mut conn, id).await?;
        if some.is_empty() {
            let _ = lines.finish(&mut search);
            return Ok(search.found);
        }
        // A thread of its own: folding a megabyte takes as long as many requests.
        let searched = tokio::task::spawn_blocking(move || {
            let ended = some.iter().any(|bytes| lines.feed(bytes, &mut search).is_break());
            let flow = if ended { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
            (lines, search, flow)
        });
        let flow;
        (lines, search, flow) = searched.await.map_err(|error| Error::Internal(error.to_string()))?;
        if flow.is_break() {
            return Ok(search.found);
        }
    }
}

/// Bytes of a deployment's log from `offset` on, at most 1 MiB.
///
/// # Errors
/// As [`log_lines`].
pub async fn raw_log(ctx: &Ctx, here: &Here, id: &DeploymentId, offset: u64) -> Result<RawLog, Error> {
    let (mut conn, row) = look(ctx, here, id).await?;
    raw(&mut conn, &row, offset).await
}

/// The same for a run or token of the deployment's repository.
///
/// # Errors
/// [`Error::Refused`] when the deployment is not one of its repository, [`Error::Denied`] when the repository is not here
/// any more.
pub async fn raw_log_for_run(ctx: &Ctx, id: &DeploymentId, offset: u64) -> Result<RawLog, Error> {
    let repository = Gatekeeper::pass_to_read(ctx, id.as_str()).await?;
    let mut conn = ctx.deps().db.read().await?;
    let row = queries::find(&mut conn, &repository.workspace_id, id).await?;
    let row = row.filter(|row| row.repository_id == repository.id).ok_or_else(rules::not_there)?;
    raw(&mut conn, &row, offset).await
}

async fn raw(conn: &mut Conn, row: &DeploymentRow, offset: u64) -> Result<RawLog, Error> {
    let mut bytes = Vec::new();
    let offset = i64::try_from(offset).unwrap_or(i64::MAX);
    if let Some(start) = chunks::with_byte(conn, &row.id, offset).await? {
        let mut reading = Reading { at: start };
        let skip = usize::try_from(offset - start).unwrap_or(0);
        while bytes.len() < skip + BYTES_MAX {
            let some = reading.some(conn, &row.id).await?;
            if some.is_empty() {
                break;
            }
            some.iter().for_each(|chunk| bytes.extend_from_slice(chunk));
        }
        bytes.drain(..skip.min(bytes.len()));
        bytes.truncate(BYTES_MAX);
    }
    let forgotten = row.log_forgotten_at.is_some();
    let size = if forgotten { 0 } else { u64::try_from(row.log_size).unwrap_or(0) };
    Ok(RawLog { bytes, size, done: row.status.is_final() })
}

async fn look(ctx: &Ctx, here: &Here, id: &DeploymentId) -> Result<(Conn, DeploymentRow), Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    let row = queries::find(&mut conn, here.id(), id).await?.ok_or(Error::NotFound)?;
    here.reach(&row.repository_id)?;
    Ok((conn, row))
}

/// Reads a log from some chunk on.
struct Reading {
    /// Where the next chunk begins.
    at: i64,
}

impl Reading {
    /// The next chunks; none at the end. The last one may have grown since it was read: reading ends before the hole.
    async fn some(&mut self, conn: &mut Conn, id: &DeploymentId) -> Result<Vec<Vec<u8>>, Error> {
        let mut some = Vec::new();
        for chunk in chunks::from(conn, id, self.at, CHUNKS).await? {
            if chunk.start != self.at {
                break;
            }
            self.at = chunk.end();
            some.push(chunk.content);
        }
        Ok(some)
    }
}
