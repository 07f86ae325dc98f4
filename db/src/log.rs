//! What the log of events needs and Diesel's DSL has no words for: the words of events, of which each database has its own
//! kind (FTS5 on SQLite, a key of word and number on PostgreSQL), and statements that are one for many rows.

use diesel::sql_types::{Array, BigInt, Nullable, Text};
use diesel::{ExpressionMethods as _, QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use sha2::{Digest as _, Sha256};

use crate::{Conn, DbError, PgTarget};

diesel::table! {
    /// The words of events on SQLite. In the DSL, so that the statement is kept: it is run for every event.
    event_words (rowid) {
        /// The event's number.
        rowid -> BigInt,
        /// Its words, with spaces between.
        words -> Text,
    }
}

/// Notes the words of events: each one's number, and its words. A word holds no space and no quotes.
///
/// # Errors
/// When the store fails, or an event has its words already.
pub async fn keep_words(conn: &mut Conn, events: Vec<(i64, Vec<String>)>) -> Result<(), DbError> {
    match conn {
        Conn::Sqlite(c) => {
            for (seq, words) in events {
                let row = (event_words::rowid.eq(seq), event_words::words.eq(words.join(" ")));
                diesel::insert_into(event_words::table).values(row).execute(&mut **c).await?;
            }
        }
        Conn::Pg(c) => {
            let mut all: Vec<(i64, i64)> = Vec::new();
            for (seq, words) in &events {
                all.extend(words.iter().map(|word| (number(word), *seq)));
            }
            // In the order of the key, so that its pages are visited one after the other.
            all.sort_unstable();
            all.dedup();
            let (words, seqs): (Vec<i64>, Vec<i64>) = all.into_iter().unzip();
            sql_query(
                "INSERT INTO event_words (word, seq) SELECT word, seq FROM unnest($1, $2) AS new (word, seq)",
            )
            .bind::<Array<BigInt>, _>(words)
            .bind::<Array<BigInt>, _>(seqs)
            .execute(&mut &**c)
            .await?;
        }
    }
    Ok(())
}

/// What a word is found by on PostgreSQL: the first bytes of its digest. That two words have the same ones is as likely as
/// a cosmic ray, and whoever asks reads the events themselves.
fn number(word: &str) -> i64 {
    let digest = Sha256::digest(word);
    digest.iter().take(8).fold(0, |number, byte| (number << 8) | i64::from(*byte))
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    seq: i64,
}

/// The newest events before `before` that hold a word: their numbers.
///
/// # Errors
/// When the store fails.
pub async fn find_word(conn: &mut Conn, word: &str, before: i64, limit: i64) -> Result<Vec<i64>, DbError> {
    let found: Vec<Found> = match conn {
        Conn::Sqlite(c) => {
            let query = "SELECT rowid AS seq FROM event_words WHERE event_words MATCH ? AND rowid < ? \
                         ORDER BY rowid DESC LIMIT ?";
            // In quotes it is one word for the query's own syntax.
            sql_query(query)
                .bind::<Text, _>(format!("\"{word}\""))
                .bind::<BigInt, _>(before)
                .bind::<BigInt, _>(limit)
                .load(&mut **c)
                .await?
        }
        Conn::Pg(c) => {
            // Ordered by both, it cannot but walk along the key.
            let query = "SELECT seq FROM event_words WHERE word = $1 AND seq < $2 ORDER BY word DESC, seq DESC LIMIT $3";
            sql_query(query)
                .bind::<BigInt, _>(number(word))
                .bind::<BigInt, _>(before)
                .bind::<BigInt, _>(limit)
                .load(&mut &**c)
                .await?
        }
    };
    Ok(found.into_iter().map(|found| found.seq).collect())
}

/// Which events are looked for by their words of facets.
pub struct Newest<'a> {
    /// Those of this workspace,
    pub workspace: &'a str,
    /// of this repository, or of all,
    pub repository: Option<&'a str>,
    /// with one of these words of facets,
    pub facets: Vec<String>,
    /// between these ids.
    pub between: (Option<&'a str>, Option<&'a str>),
    /// How many.
    pub limit: i64,
}

#[derive(QueryableByName)]
struct FoundId {
    #[diesel(sql_type = Text)]
    id: String,
}

/// The ids of the newest of these events, newest first: on PostgreSQL one short walk along an index for each word of
/// facets, in one statement.
///
/// # Errors
/// When the store fails.
pub async fn newest(mut conn: PgTarget<'_>, wanted: Newest<'_>) -> Result<Vec<String>, DbError> {
    // The index of repositories begins with theirs, the other with the workspace.
    let query = match wanted.repository {
        Some(_) => {
            "SELECT found.id FROM unnest($1) AS one (facets), LATERAL ( \
             SELECT id FROM events WHERE repository_id = $3 AND workspace_id = $2 AND facets = one.facets \
             AND id > $4 AND id < $5 ORDER BY id DESC LIMIT $6 \
             ) AS found ORDER BY found.id DESC LIMIT $6"
        }
        None => {
            "SELECT found.id FROM unnest($1) AS one (facets), LATERAL ( \
             SELECT id FROM events WHERE workspace_id = $2 AND $3::text IS NULL AND facets = one.facets \
             AND id > $4 AND id < $5 ORDER BY id DESC LIMIT $6 \
             ) AS found ORDER BY found.id DESC LIMIT $6"
        }
    };
    let (after, before) = wanted.between;
    let found: Vec<FoundId> = sql_query(query)
        .bind::<Array<Text>, _>(wanted.facets)
        .bind::<Text, _>(wanted.workspace)
        .bind::<Nullable<Text>, _>(wanted.repository)
        // No id comes before the one or after the other.
        .bind::<Text, _>(after.unwrap_or(""))
        .bind::<Text, _>(before.unwrap_or("~"))
        .bind::<BigInt, _>(wanted.limit)
        .load(&mut conn)
        .await?;
    Ok(found.into_iter().map(|found| found.id).collect())
}

/// Gives each of these events its number. On SQLite they have it.
///
/// # Errors
/// When the store fails, or a number is another event's.
pub async fn number_events(conn: &mut Conn, ids: Vec<String>, numbers: Vec<i64>) -> Result<(), DbError> {
    let Conn::Pg(c) = conn else { return Ok(()) };
    let update =
        "UPDATE events SET seq = given.seq FROM unnest($1, $2) AS given (id, seq) WHERE events.id = given.id";
    sql_query(update)
        .bind::<Array<Text>, _>(ids)
        .bind::<Array<BigInt>, _>(numbers)
        .execute(&mut &**c)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_word_is_for_ever() {
        assert_eq!(number("ws_1:main"), number("ws_1:main"));
        assert_eq!(number(""), 0xe3b0_c442_98fc_1c14_u64.cast_signed());
    }
}
