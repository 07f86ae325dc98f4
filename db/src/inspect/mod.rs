//! What an operator wants to know of a database before a server uses it. Nothing is changed, not even migrated.

mod postgres;

use std::collections::HashSet;
use std::path::{Path, absolute};

use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel_migrations::EmbeddedMigrations;

use crate::schema::{members, workspaces};
use crate::{DbError, migrate};

pub use postgres::{PostgresFacts, postgres};

diesel::table! {
    /// What Diesel keeps of the migrations that were run; its own crate does not show it.
    __diesel_schema_migrations (version) {
        /// Which.
        version -> Text,
    }
}

/// Which migrations a database has, beside those that this program knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Migrations {
    /// The newest that was run; none when there is no table yet.
    pub newest: Option<String>,
    /// How many of the program's are still to be run.
    pub pending: usize,
    /// One that the program does not know: a newer one made it.
    pub unknown: Option<String>,
}

impl Migrations {
    fn compare<DB: diesel::backend::Backend>(
        mut applied: Vec<String>,
        embedded: EmbeddedMigrations,
    ) -> Result<Self, DbError>
    where
        EmbeddedMigrations: MigrationSource<DB>,
    {
        let ours = MigrationSource::<DB>::migrations(&embedded)
            .map_err(|error| DbError::Migrate(error.to_string()))?;
        let known: HashSet<String> =
            ours.iter().map(|one| one.name().version().as_owned().to_string()).collect();
        applied.sort();
        let pending = known.iter().filter(|version| !applied.contains(version)).count();
        let unknown = applied.iter().rev().find(|version| !known.contains(*version)).cloned();
        Ok(Self { newest: applied.pop(), pending, unknown })
    }
}

/// What a SQLite file says of itself.
#[derive(Debug, Clone)]
pub struct SqliteFacts {
    /// SQLite's own version.
    pub version: String,
    /// Its migrations.
    pub migrations: Migrations,
    /// `wal` once a server has opened it.
    pub journal_mode: String,
    /// What is broken in it, one line each; empty when nothing is.
    pub broken: Vec<String>,
}

/// Looks at a SQLite file while a server may be using it.
///
/// # Errors
/// When it is not there, or is no database.
pub fn sqlite(path: &Path) -> Result<SqliteFacts, DbError> {
    let mut conn = open_sqlite(path, "mode=rw")?;
    Ok(SqliteFacts {
        version: text(&mut conn, "SELECT sqlite_version() AS text")?,
        migrations: sqlite_migrations(&mut conn)?,
        journal_mode: text(&mut conn, "SELECT journal_mode AS text FROM pragma_journal_mode")?,
        broken: broken(&mut conn, Depth::Quick)?,
    })
}

/// How thoroughly a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Every page once.
    Quick,
    /// Also every index against its table, which takes several times as long.
    Full,
}

/// Opens a file that has to be there already; `mode` is one of SQLite's, as its addresses write it.
pub(crate) fn open_sqlite(path: &Path, mode: &str) -> Result<SqliteConnection, DbError> {
    let failed = |reason: String| DbError::Open { path: path.to_string_lossy().into_owned(), reason };
    if !path.is_file() {
        return Err(failed("there is no such file".to_owned()));
    }
    let path_text = absolute(path).map_err(|error| failed(error.to_string()))?;
    let escaped = path_text.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let mut conn = SqliteConnection::establish(&format!("file:{escaped}?{mode}"))
        .map_err(|error| failed(error.to_string()))?;
    diesel::connection::SimpleConnection::batch_execute(&mut conn, "PRAGMA busy_timeout = 5000")
        .map_err(|error| failed(error.to_string()))?;
    Ok(conn)
}

/// The migrations that a file has; none when it has no such table.
pub(crate) fn sqlite_migrations(conn: &mut SqliteConnection) -> Result<Migrations, DbError> {
    let there = tables(conn)?.iter().any(|name| name == "__diesel_schema_migrations");
    let applied = if there {
        __diesel_schema_migrations::table.select(__diesel_schema_migrations::version).load(conn)?
    } else {
        Vec::new()
    };
    Migrations::compare::<Sqlite>(applied, migrate::SQLITE)
}

/// The names of all tables.
pub(crate) fn tables(conn: &mut SqliteConnection) -> Result<Vec<String>, DbError> {
    lines(
        conn,
        "SELECT name AS text FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         ORDER BY name",
    )
}

/// How many rows a table has that [`tables`] named.
pub(crate) fn count(conn: &mut SqliteConnection, table: &str) -> Result<i64, DbError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    // A table that an older or a newer program made is not in the schema.
    let name = table.replace('"', "\"\"");
    let row: Count =
        diesel::sql_query(format!("SELECT count(*) AS count FROM \"{name}\"")).get_result(conn)?;
    Ok(row.count)
}

/// What is broken in a file: its pages, its references, and what the program relies on.
pub(crate) fn broken(conn: &mut SqliteConnection, depth: Depth) -> Result<Vec<String>, DbError> {
    let check = match depth {
        Depth::Quick => "SELECT quick_check AS text FROM pragma_quick_check",
        Depth::Full => "SELECT integrity_check AS text FROM pragma_integrity_check",
    };
    let mut broken = lines(conn, check)?;
    broken.retain(|line| line != "ok");
    if !broken.is_empty() {
        return Ok(broken);
    }
    broken = lines(
        conn,
        "SELECT \"table\" || ' has ' || count(*) || ' rows that refer to what is not in ' || parent AS text \
         FROM pragma_foreign_key_check GROUP BY \"table\", parent",
    )?;
    let migrations = sqlite_migrations(conn)?;
    // Of tables as this program knows them, and of no others.
    if migrations.pending == 0 && migrations.unknown.is_none() {
        let without: i64 = workspaces::table
            .filter(workspaces::deleted_at.is_null())
            .filter(
                workspaces::id
                    .ne_all(members::table.filter(members::role.eq("owner")).select(members::workspace_id)),
            )
            .count()
            .get_result(conn)?;
        if without > 0 {
            broken.push(format!("{without} workspaces have no owner"));
        }
    }
    Ok(broken)
}

/// The lines of one pragma or of SQLite's own tables, which the DSL has no words for.
fn lines(conn: &mut SqliteConnection, query: &str) -> Result<Vec<String>, DbError> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        text: String,
    }
    let rows: Vec<Line> = diesel::sql_query(query).load(conn)?;
    Ok(rows.into_iter().map(|row| row.text).collect())
}

fn text(conn: &mut SqliteConnection, query: &str) -> Result<String, DbError> {
    Ok(lines(conn, query)?.into_iter().next().unwrap_or_default())
}
