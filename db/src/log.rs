//! What the log of events needs and Diesel's DSL has no words for: a search for words, of which each database has its own
//! kind (FTS5 on SQLite, an array with a GIN index on PostgreSQL), and one statement that writes a number for each of many
//! rows.

use diesel::sql_types::{Array, BigInt, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;

use crate::{Conn, DbError};

/// Notes the words of events: each one's number, and its words with spaces between. A word holds no quotes.
///
/// # Errors
/// When the store fails, or an event has its words already.
pub async fn keep_words(conn: &mut Conn, events: Vec<(i64, String)>) -> Result<(), DbError> {
    match conn {
        Conn::Sqlite(c) => {
            for (seq, words) in events {
                sql_query("INSERT INTO event_words (rowid, words) VALUES (?, ?)")
                    .bind::<BigInt, _>(seq)
                    .bind::<Text, _>(words)
                    .execute(&mut **c)
                    .await?;
            }
        }
        Conn::Pg(c) => {
            let (seqs, words): (Vec<i64>, Vec<String>) = events.into_iter().unzip();
            let insert = "INSERT INTO event_words (seq, words) SELECT seq, string_to_array(words, ' ') \
                          FROM unnest($1, $2) AS given (seq, words)";
            sql_query(insert)
                .bind::<Array<BigInt>, _>(seqs)
                .bind::<Array<Text>, _>(words)
                .execute(&mut **c)
                .await?;
        }
    }
    Ok(())
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
            let query =
                "SELECT seq FROM event_words WHERE words @> $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";
            sql_query(query)
                .bind::<Array<Text>, _>(vec![word])
                .bind::<BigInt, _>(before)
                .bind::<BigInt, _>(limit)
                .load(&mut **c)
                .await?
        }
    };
    Ok(found.into_iter().map(|found| found.seq).collect())
}

/// Gives each of these events its number. On SQLite they have it.
///
/// # Errors
/// When the store fails, or a number is another event's.
pub async fn number_events(conn: &mut Conn, ids: Vec<String>, numbers: Vec<i64>) -> Result<(), DbError> {
    let Conn::Pg(c) = conn else { return Ok(()) };
    let update =
        "UPDATE events SET seq = given.seq FROM unnest($1, $2) AS given (id, seq) WHERE events.id = given.id";
    sql_query(update).bind::<Array<Text>, _>(ids).bind::<Array<BigInt>, _>(numbers).execute(&mut **c).await?;
    Ok(())
}
