//! Uploads that come in several pieces (rules §7).

use std::time::Duration;

use stackyard_db::{Conn, DbError};
use stackyard_model::id::RepositoryId;
use stackyard_model::quote::{code, is_control};
use stackyard_model::upload::UploadKind;
use stackyard_model::{Refusal, Ts};

use super::queries::{self, NewChunk};
pub(crate) use super::queries::{empty, pieces};
use crate::{Error, Refused};

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

/// Which piece of an upload a request is.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The upload.
    pub id: String,
    /// Which piece, from 0.
    pub index: i32,
    /// How many there are.
    pub total: i32,
    /// Bytes of this piece, as it was sent.
    pub bytes: usize,
}

/// What a piece came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// It was here before.
    pub(crate) again: bool,
    /// How many pieces of the upload are here now.
    pub(crate) have: i32,
    /// How many there are.
    pub(crate) total: i32,
}

impl Arrival {
    /// What comes in one piece.
    pub(crate) const WHOLE: Self = Self { again: false, have: 1, total: 1 };

    /// Whether nothing is missing any more.
    pub(crate) const fn is_whole(self) -> bool {
        self.have >= self.total
    }

    /// Whether nothing of the upload was here before.
    pub(crate) const fn is_first(self) -> bool {
        !self.again && self.have == 1
    }
}

/// A piece on its way into the store.
pub(crate) struct NewPiece<'a> {
    pub(crate) kind: UploadKind,
    pub(crate) batch: &'a Batch,
    /// By what it is known when it comes again.
    pub(crate) digest: String,
    /// What is kept of it until the upload is whole.
    pub(crate) content: String,
}

/// Checks what a piece says of itself.
///
/// # Errors
/// [`Error::Refused`] when its numbers make no sense.
pub(crate) fn check(batch: &Batch) -> Result<(), Error> {
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

/// Keeps a piece, and says what it came to. The inner error is a refusal.
pub(crate) async fn keep(
    conn: &mut Conn,
    repository: &RepositoryId,
    piece: NewPiece<'_>,
    now: Ts,
) -> Result<Result<Arrival, Error>, Error> {
    let NewPiece { kind, batch, digest, content } = piece;
    let there = queries::chunks(conn, repository, kind, &batch.id).await?;
    let have = i32::try_from(there.len()).unwrap_or(i32::MAX);
    if let Some(same) = there.iter().find(|chunk| chunk.index == batch.index) {
        let again = same.digest == digest && same.total == batch.total;
        let arrival = Arrival { again, have, total: batch.total };
        return Ok(if again { Ok(arrival) } else { Err(differs(batch)) });
    }
    if there.iter().any(|chunk| chunk.total != batch.total) {
        return Ok(Err(differs(batch)));
    }
    let size = i64::try_from(batch.bytes).unwrap_or(i64::MAX);
    let all = there.iter().fold(size, |all, chunk| all.saturating_add(chunk.size));
    if all > SIZE_MAX || (there.is_empty() && queries::count_batches(conn, repository).await? >= BATCHES_MAX)
    {
        let message = format!(
            "The pieces of an upload have at most 64 MiB together, and a repository at most {BATCHES_MAX} such uploads \
             an hour."
        );
        return Ok(Err(Error::Refused(Refused::new(Refusal::Unusable, "BatchTooLarge", message))));
    }
    let row = NewChunk {
        repository_id: repository.clone(),
        kind,
        batch_id: batch.id.clone(),
        index: batch.index,
        total: batch.total,
        digest,
        size,
        content,
        created_at: now,
    };
    queries::insert_chunk(conn, &row).await?;
    Ok(Ok(Arrival { again: false, have: have.saturating_add(1), total: batch.total }))
}

/// What was kept of the pieces of an upload that is whole, in their order. It is forgotten with that; the pieces are
/// still known when they come again.
pub(crate) async fn take(
    conn: &mut Conn,
    repository: &RepositoryId,
    kind: UploadKind,
    batch: &Batch,
) -> Result<Vec<String>, DbError> {
    let pieces = pieces(conn, repository, kind, &batch.id).await?;
    empty(conn, repository, kind, &batch.id).await?;
    Ok(pieces.into_iter().map(|piece| piece.content).collect())
}

/// A piece does not belong to what is here of its upload.
fn differs(batch: &Batch) -> Error {
    let message = format!(
        "Piece {} of the upload {} came before with other content. Start the upload again.",
        batch.index,
        code(&batch.id)
    );
    Error::conflict("BatchConflict", message)
}

/// Forgets pieces whose others do not come any more.
pub(crate) async fn sweep(conn: &mut Conn, now: Ts) -> Result<(), DbError> {
    queries::forget_chunks(conn, now - WAIT).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_one_of_at_most_a_thousand() {
        let batch = |id: &str, index, total| Batch { id: id.to_owned(), index, total, bytes: 1 };
        assert!(check(&batch("b", 0, 1)).is_ok() && check(&batch("b", 999, 1000)).is_ok());
        for bad in [batch("", 0, 1), batch("a\nb", 0, 1), batch(&"x".repeat(101), 0, 1)] {
            assert!(check(&bad).is_err(), "{bad:?}");
        }
        for (index, total) in [(0, 0), (1, 1), (-1, 2), (0, 1001), (0, -1)] {
            assert!(check(&batch("b", index, total)).is_err(), "{index} of {total}");
        }
    }

    #[test]
    fn what_comes_in_one_piece_is_whole_and_first() {
        assert!(Arrival::WHOLE.is_whole() && Arrival::WHOLE.is_first());
        let last = Arrival { again: false, have: 3, total: 3 };
        assert!(last.is_whole() && !last.is_first());
        assert!(!Arrival { again: true, have: 1, total: 2 }.is_first());
    }
}
