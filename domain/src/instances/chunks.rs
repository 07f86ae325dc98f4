//! Uploads that come in several pieces (rules §7).

use std::time::Duration;

use stackyard_db::{Conn, DbError};
use stackyard_model::id::RepositoryId;
use stackyard_model::quote::{code, is_control};
use stackyard_model::{Refusal, Ts};

use super::queries::{self, NewChunk};
use super::upload::Batch;
use crate::{Conflict, Error, Refused};

/// Most pieces of one upload.
const TOTAL_MAX: i32 = 1000;
/// Most bytes of all its pieces.
const SIZE_MAX: i64 = 64 * 1024 * 1024;
/// Most uploads of a repository within [`WAIT`].
const BATCHES_MAX: i64 = 100;
/// Longest name of an upload.
const BATCH_MAX: usize = 100;
/// For how long pieces wait for the others, and are known when they come again.
const WAIT: Duration = Duration::from_secs(3600);

/// What becomes of a piece.
pub(super) enum Piece {
    /// It was here before.
    Again,
    /// Others are missing. Whether it is the first that came.
    Kept {
        /// Nothing of the upload was here before.
        first: bool,
    },
    /// It was the last: the contents of all, in their order.
    Last(Vec<String>),
}

/// A piece on its way into the store.
pub(super) struct NewPiece<'a> {
    pub(super) kind: &'static str,
    pub(super) batch: &'a Batch,
    /// By what it is known when it comes again.
    pub(super) digest: String,
    /// Bytes of what it brings.
    pub(super) size: i64,
    /// What is kept of it until the last has come.
    pub(super) content: String,
}

/// Checks what a piece says of itself.
///
/// # Errors
/// [`Error::Refused`] when its numbers make no sense.
pub(super) fn check(batch: &Batch) -> Result<(), Error> {
    let named = !batch.id.is_empty() && batch.id.len() <= BATCH_MAX && !batch.id.chars().any(is_control);
    if named && (1..=TOTAL_MAX).contains(&batch.total) && (0..batch.total).contains(&batch.index) {
        return Ok(());
    }
    let message = format!(
        "A piece of an upload has a `batch_id` of at most {BATCH_MAX} bytes, a `batch_total` from 1 to {TOTAL_MAX}, and \
         a `batch_index` below it."
    );
    Err(Error::Refused(Refused::new(Refusal::Unusable, "BadBatch", message)))
}

/// Keeps a piece, and says what becomes of it. The inner error is a refusal.
pub(super) async fn keep(
    conn: &mut Conn,
    repository: &RepositoryId,
    piece: NewPiece<'_>,
    now: Ts,
) -> Result<Result<Piece, Error>, Error> {
    let NewPiece { kind, batch, digest, size, content } = piece;
    let there = queries::chunks(conn, repository, kind, &batch.id).await?;
    if let Some(same) = there.iter().find(|chunk| chunk.index == batch.index) {
        let again = same.digest == digest && same.total == batch.total;
        return Ok(if again { Ok(Piece::Again) } else { Err(differs(batch)) });
    }
    if there.iter().any(|chunk| chunk.total != batch.total) {
        return Ok(Err(differs(batch)));
    }
    let all = there.iter().fold(size, |all, chunk| all.saturating_add(chunk.size));
    let first = there.is_empty();
    if all > SIZE_MAX || (first && queries::count_batches(conn, repository).await? >= BATCHES_MAX) {
        let message = format!(
            "The pieces of an upload have at most 64 MiB together, and a repository at most {BATCHES_MAX} such uploads \
             an hour."
        );
        return Ok(Err(Error::Refused(Refused::new(Refusal::Unusable, "BatchTooLarge", message))));
    }
    let row = NewChunk {
        repository_id: repository.clone(),
        kind: kind.to_owned(),
        batch_id: batch.id.clone(),
        index: batch.index,
        total: batch.total,
        digest,
        size,
        content,
        created_at: now,
    };
    queries::insert_chunk(conn, &row).await?;
    if there.len() + 1 < usize::try_from(batch.total).unwrap_or(usize::MAX) {
        return Ok(Ok(Piece::Kept { first }));
    }
    let contents = queries::contents(conn, repository, kind, &batch.id).await?;
    queries::empty(conn, repository, kind, &batch.id).await?;
    Ok(Ok(Piece::Last(contents)))
}

fn differs(batch: &Batch) -> Error {
    let message = format!(
        "Piece {} of the upload {} came before with other content. Start the upload again.",
        batch.index,
        code(&batch.id)
    );
    let context = serde_json::Value::Null;
    Error::Conflict(Conflict { tag: "BatchConflict", message, context })
}

/// Forgets pieces whose others do not come any more.
pub(crate) async fn sweep(conn: &mut Conn, now: Ts) -> Result<(), DbError> {
    queries::forget_chunks(conn, now - WAIT).await
}
