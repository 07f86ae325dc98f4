//! Adding to a deployment's log (rules §9).

use stackyard_db::{Conn, Weight};
use stackyard_model::PermissionKind;
use stackyard_model::id::DeploymentId;

use super::chunks::{self, ChunkRow};
use super::queries::{self, DeploymentRow};
use super::rules::{self, LOG_AFTER_END, LOG_MAX, PIECE_MAX};
use super::update::of_this_run;
use crate::ci::{Gatekeeper, Passage};
use crate::permissions::write_judging;
use crate::{Ctx, Error};

/// Up to this many bytes pieces are joined into one chunk: a log that comes word by word stays a few chunks, and adding
/// a word writes no more than this.
const JOINED_MAX: usize = 16 * 1024;

/// A log that was added to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Appended {
    /// Bytes of the log now: where the next piece belongs.
    pub size: i64,
}

struct Appending {
    ctx: Ctx,
    gate: Gatekeeper,
    id: DeploymentId,
    offset: i64,
    bytes: Vec<u8>,
}

/// Adds a piece to the log of a deployment that the same run recorded. `offset` is how many bytes the log has before it.
/// A piece that is there already is no news.
///
/// # Errors
/// [`Error::Conflict`] saying the expected offset for a gap and for other bytes than came there before, when the log is
/// full, and an hour after the deployment's end; [`Error::Refused`] for a piece that is too long and when there is no such
/// deployment; [`Error::Denied`] without the permission and for another run's deployment.
pub async fn append_log(ctx: &Ctx, id: &DeploymentId, offset: u64, bytes: &[u8]) -> Result<Appended, Error> {
    let gate = Gatekeeper::new(ctx, PermissionKind::DeploymentsCreate, id.as_str())?;
    if bytes.len() > PIECE_MAX {
        return Err(rules::piece_too_large());
    }
    let appending = Appending {
        ctx: ctx.clone(),
        gate,
        id: id.clone(),
        offset: i64::try_from(offset).unwrap_or(i64::MAX),
        bytes: bytes.to_vec(),
    };
    write_judging(ctx, Weight::Light, appending, |conn, appending| {
        Box::pin(async move { appending.run(conn).await })
    })
    .await?
}

impl Appending {
    async fn run(&self, conn: &mut Conn) -> Result<Result<Appended, Error>, Error> {
        let granted = match self.gate.pass(conn).await? {
            Passage::Granted(granted) => granted,
            Passage::Refused(error) => return Ok(Err(error)),
        };
        let row = match of_this_run(conn, &self.ctx, &self.gate, &granted, &self.id).await? {
            Ok(row) => row,
            Err(refused) => return Ok(Err(refused)),
        };
        let size = row.log_size;
        let over = row.finished_at.is_some_and(|end| end + LOG_AFTER_END <= self.ctx.now());
        if over || row.log_forgotten_at.is_some() {
            return Ok(Err(rules::closed(size)));
        }
        let length = i64::try_from(self.bytes.len()).unwrap_or(i64::MAX);
        if self.offset.saturating_add(length) <= size {
            let known = self.is_known(conn).await?;
            return Ok(if known { Ok(Appended { size }) } else { Err(rules::misplaced(size)) });
        }
        if self.offset != size {
            return Ok(Err(rules::misplaced(size)));
        }
        if size.saturating_add(length) > LOG_MAX {
            return Ok(Err(rules::full(size)));
        }
        self.append(conn, row).await
    }

    /// Whether the bytes are there already.
    async fn is_known(&self, conn: &mut Conn) -> Result<bool, Error> {
        let length = i64::try_from(self.bytes.len()).unwrap_or(i64::MAX);
        let end = self.offset.saturating_add(length);
        let mut rest = self.bytes.as_slice();
        let mut at = self.offset;
        for chunk in chunks::between(conn, &self.id, self.offset, end).await? {
            let Ok(skip) = usize::try_from(at.saturating_sub(chunk.start)) else { return Ok(false) };
            let there = chunk.content.get(skip..).unwrap_or_default();
            let (part, later) = rest.split_at(rest.len().min(there.len()));
            if !there.starts_with(part) {
                return Ok(false);
            }
            at = at.max(chunk.end());
            rest = later;
        }
        Ok(rest.is_empty())
    }

    async fn append(&self, conn: &mut Conn, row: DeploymentRow) -> Result<Result<Appended, Error>, Error> {
        let Some(last_byte) = self.bytes.last() else { return Ok(Ok(Appended { size: row.log_size })) };
        let from = row.log_size;
        match chunks::last(conn, &self.id).await? {
            Some(mut last) if last.content.len() + self.bytes.len() <= JOINED_MAX => {
                last.content.extend_from_slice(&self.bytes);
                chunks::grow(conn, &last).await?;
            }
            _ => {
                let (start, breaks) = (from, row.log_breaks);
                let (deployment_id, content) = (self.id.clone(), self.bytes.clone());
                chunks::insert(conn, &ChunkRow { deployment_id, start, breaks, content }).await?;
            }
        }
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let breaks = self.bytes.iter().filter(|byte| **byte == b'\n').count();
        let row = DeploymentRow {
            log_size: from.saturating_add(count(self.bytes.len())),
            log_breaks: row.log_breaks.saturating_add(count(breaks)),
            log_open: *last_byte != b'\n',
            heard_at: Some(self.ctx.now()),
            ..row
        };
        if !queries::set_log(conn, &row, from).await? {
            return Err(Error::Internal("a log grew inside a transaction that adds to it".to_owned()));
        }
        Ok(Ok(Appended { size: row.log_size }))
    }
}
