//! The newest events that hold a word: those that the sealer has not come to yet, and those whose words are noted.

use stackyard_db::{Conn, DbError};
use stackyard_model::activity::Event;
use stackyard_model::id::{EventId, WorkspaceId};

use super::{lists, seal, words};

/// The newest events of a workspace that hold a word, older than the one named. Whoever does not see `all` of the log is not
/// given what searches leave out, but for what has just happened.
pub(super) async fn newest(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    word: &str,
    all: bool,
    before: Option<&EventId>,
    limit: u32,
) -> Result<Vec<Event>, DbError> {
    let before_seq = match before {
        None => i64::MAX,
        Some(id) => match lists::seq_of(conn, workspace, id).await? {
            None => return Ok(Vec::new()),
            // It has no number yet: whatever has one is older.
            Some(seq) => seq.unwrap_or(i64::MAX),
        },
    };
    // Read before the noted ones: what is noted in between is found twice, which can be seen, and not missed.
    let fresh = seal::not_noted(conn, workspace).await?;
    let mut ids: Vec<EventId> = fresh
        .into_iter()
        .filter(|(id, line)| before.is_none_or(|before| id < before) && words::holds(line, word))
        .map(|(id, _)| id)
        .collect();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    ids.truncate(limit);
    let mut found = if ids.is_empty() { Vec::new() } else { lists::by_ids(conn, workspace, &ids).await? };
    let wanted = i64::try_from(limit - found.len()).unwrap_or(i64::MAX);
    let seqs = words::find(conn, workspace, word, all, before_seq, wanted).await?;
    let noted = lists::by_seqs(conn, workspace, &seqs).await?;
    found.extend(noted.into_iter().filter(|event| !ids.contains(&event.id)));
    Ok(found)
}
