//! The words of the log: which events hold a word is looked up, however old they are. What a word is is decided here, once
//! for both databases.

use stackyard_db::log::{find_word, keep_words};
use stackyard_db::{Conn, DbError};
use stackyard_model::id::WorkspaceId;
use stackyard_model::text::fold;

/// Most words of one event.
const WORDS_MAX: usize = 96;
/// Longest word, in bytes.
const WORD_MAX: usize = 100;
/// What may stand in a word beside letters and digits, as in `deploy-prod.yaml` and `acme/infra`.
const WITHIN: &[char] = &['-', '_', '.', '/', ':', '@', '+', '#'];

/// An event's words: each as it stands between spaces, and the parts that it is made of.
fn split(haystack: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for word in haystack.split(|c: char| !c.is_alphanumeric() && !WITHIN.contains(&c)) {
        let whole = word.trim_matches(|c: char| !c.is_alphanumeric());
        words.push(whole);
        if whole.contains(WITHIN) {
            words.extend(whole.split(WITHIN));
        }
    }
    words.retain(|word| !word.is_empty() && word.len() <= WORD_MAX);
    words.sort_unstable();
    words.dedup();
    words.truncate(WORDS_MAX);
    words
}

/// The word that is looked for, when it is one word.
pub(super) fn single(typed: &str) -> Option<String> {
    let folded = fold(typed.trim());
    let whole = folded.trim_matches(|c: char| !c.is_alphanumeric());
    let one = folded == whole && whole.chars().all(|c| c.is_alphanumeric() || WITHIN.contains(&c));
    (one && !whole.is_empty() && whole.len() <= WORD_MAX).then(|| whole.to_owned())
}

/// Whether an event has a word, as it will be found by it when its words are noted.
pub(super) fn holds(haystack: &str, word: &str) -> bool {
    split(haystack).binary_search(&word).is_ok()
}

/// Whose words they are. Those of events that not everybody finds stand apart, so that neither what a search finds nor how
/// long it takes depends on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Findable {
    /// Whoever may see the log finds them.
    ByAll,
    /// Only those who see all of it.
    ByFew,
}

/// Words are looked up in one workspace alone. No word begins with a colon.
fn key(workspace: &WorkspaceId, findable: Findable, word: &str) -> String {
    match findable {
        Findable::ByAll => format!("{workspace}:{word}"),
        Findable::ByFew => format!("{workspace}::{word}"),
    }
}

/// An event whose words are to be noted.
pub(super) struct Line<'a> {
    /// Its sequence number.
    pub(super) seq: i64,
    /// Its workspace.
    pub(super) workspace: &'a WorkspaceId,
    /// Who finds it.
    pub(super) findable: Findable,
    /// The line that is searched through.
    pub(super) haystack: &'a str,
}

/// Notes the words of events.
pub(super) async fn keep(conn: &mut Conn, events: &[Line<'_>]) -> Result<(), DbError> {
    let keys = |line: &Line<'_>| -> Vec<String> {
        split(line.haystack).into_iter().map(|word| key(line.workspace, line.findable, word)).collect()
    };
    keep_words(conn, events.iter().map(|line| (line.seq, keys(line))).collect()).await
}

/// The newest events of a workspace before `before` that hold a word: their sequence numbers, newest first. Whoever does
/// not see `all` finds those that everybody does.
pub(super) async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    word: &str,
    all: bool,
    before: i64,
    limit: i64,
) -> Result<Vec<i64>, DbError> {
    let mut found = find_word(conn, &key(workspace, Findable::ByAll, word), before, limit).await?;
    if all {
        found.extend(find_word(conn, &key(workspace, Findable::ByFew, word), before, limit).await?);
        found.sort_unstable_by(|a, b| b.cmp(a));
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_and_by_their_parts() {
        let words = split("run 12 “deploy-prod.yaml” of acme/infra, a:b");
        for word in ["run", "12", "deploy-prod.yaml", "deploy", "prod", "yaml", "acme/infra", "acme", "infra"]
        {
            assert!(words.contains(&word), "{word}: {words:?}");
        }
        assert!(!words.iter().any(|word| word.contains(',') || word.contains('“')), "{words:?}");
    }

    #[test]
    fn what_is_looked_for_is_one_word_or_none() {
        assert_eq!(single(" Deploy-Prod.yaml ").as_deref(), Some("deploy-prod.yaml"));
        assert_eq!(single("two words"), None);
        assert_eq!(single("\"x\" OR y*"), None);
        assert_eq!(single("-"), None);
        assert_eq!(single(&"x".repeat(101)), None);
    }

    #[test]
    fn an_event_has_a_bounded_number_of_words() {
        let long: String = (0..500).map(|n| format!("w{n} ")).collect();
        assert_eq!(split(&long).len(), WORDS_MAX);
    }
}
