//! Bringing the tables up to date when the program starts. A lock is held meanwhile, so several may start at once.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;

use diesel::backend::Backend;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel::{Connection as _, RunQueryDsl as _, sql_query};
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::DbError;

pub(crate) const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
pub(crate) const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Any number, as long as every replica takes the same: "stackyrd" in ASCII.
const POSTGRES_LOCK: i64 = 0x7374_6163_6b79_7264;

/// Brings a SQLite file up to date. Foreign keys must be off, since tables may be rebuilt.
pub(crate) fn sqlite(conn: &mut SqliteConnection, path: &Path) -> Result<(), DbError> {
    let lock_path = path.with_extension("lock");
    let open = |reason: std::io::Error| DbError::Open {
        path: lock_path.to_string_lossy().into_owned(),
        reason: reason.to_string(),
    };
    let lock = File::create(&lock_path).map_err(open)?;
    lock.lock().map_err(open)?;
    conn.batch_execute("PRAGMA foreign_keys = OFF").map_err(failed)?;
    up::<Sqlite, _>(conn, SQLITE)?;
    drop(lock);
    Ok(())
}

/// Brings a PostgreSQL database up to date.
pub(crate) fn postgres(url: &str) -> Result<(), DbError> {
    let mut conn = AsyncConnectionWrapper::<AsyncPgConnection>::establish(url)
        .map_err(|error| DbError::Connect(error.to_string()))?;
    // The DSL has no advisory locks. The lock is the session's and ends with it.
    sql_query(format!("SELECT pg_advisory_lock({POSTGRES_LOCK})")).execute(&mut conn).map_err(failed)?;
    up::<Pg, _>(&mut conn, POSTGRES)
}

fn up<DB, C>(conn: &mut C, embedded: EmbeddedMigrations) -> Result<(), DbError>
where
    DB: Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let migrations: Vec<Box<dyn Migration<DB>>> = embedded.migrations().map_err(failed)?;
    let known: HashSet<String> =
        migrations.iter().map(|migration| migration.name().version().as_owned().to_string()).collect();
    for applied in conn.applied_migrations().map_err(failed)? {
        let version = applied.to_string();
        if !known.contains(&version) {
            return Err(DbError::Newer(version));
        }
    }
    conn.run_pending_migrations(embedded).map(|_| ()).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> DbError {
    DbError::Migrate(error.to_string())
}
