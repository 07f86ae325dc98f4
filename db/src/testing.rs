//! Databases for tests: each test has one of its own, copied from one that was brought up to date once.
//!
//! `STACKYARD_TEST_DB` says which backend (`sqlite`, the default, or `postgres`); for PostgreSQL
//! `STACKYARD_TEST_POSTGRES` is the address of a server where databases may be made.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot have its database must stop loudly"
)]

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::Connection as _;
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use diesel::{QueryableByName, RunQueryDsl as _};
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use tempfile::TempDir;

use crate::{Backend, Db, PostgresOptions, SqliteOptions, migrate};

/// Which backend this run of the tests is for.
#[must_use]
pub fn backend() -> Backend {
    match std::env::var("STACKYARD_TEST_DB").as_deref() {
        Err(_) | Ok("sqlite") => Backend::Sqlite,
        Ok("postgres") => Backend::Postgres,
        Ok(other) => panic!("STACKYARD_TEST_DB is {other}, not sqlite or postgres"),
    }
}

/// A database that goes away with this value.
pub struct TestDb {
    place: Place,
}

enum Place {
    Sqlite { directory: TempDir },
    Postgres { name: String },
}

impl TestDb {
    /// A new database with all tables and no rows.
    #[must_use]
    pub fn new() -> Self {
        let test = Self::place();
        match &test.place {
            Place::Sqlite { .. } => {
                std::fs::write(test.sqlite_options().path, sqlite_template()).expect("a copy");
            }
            Place::Postgres { name } => {
                administer(&format!("CREATE DATABASE {name} TEMPLATE {}", postgres_template()));
            }
        }
        test
    }

    /// A new database without any table, as the program finds it when it starts for the first time.
    #[must_use]
    pub fn untouched() -> Self {
        let test = Self::place();
        if let Place::Postgres { name } = &test.place {
            administer(&format!("CREATE DATABASE {name}"));
        }
        test
    }

    fn place() -> Self {
        let place = match backend() {
            Backend::Sqlite => Place::Sqlite { directory: tempfile::tempdir().expect("a directory") },
            Backend::Postgres => {
                static NUMBER: AtomicU32 = AtomicU32::new(0);
                let number = NUMBER.fetch_add(1, Ordering::Relaxed);
                Place::Postgres { name: format!("test_{}_{number}", std::process::id()) }
            }
        };
        Self { place }
    }

    /// Opens it; several times, for several replicas.
    pub async fn open(&self) -> Db {
        match &self.place {
            Place::Sqlite { .. } => Db::sqlite(self.sqlite_options()).await.expect("SQLite opens"),
            Place::Postgres { name } => {
                let options = PostgresOptions { url: address(name), connections: 8 };
                Db::postgres(options).await.expect("PostgreSQL answers")
            }
        }
    }

    /// How to open it, when it is SQLite.
    #[must_use]
    pub fn sqlite_options(&self) -> SqliteOptions {
        match &self.place {
            Place::Sqlite { directory } => SqliteOptions::new(directory.path().join(FILE)),
            Place::Postgres { .. } => panic!("this database is PostgreSQL"),
        }
    }

    /// Leaves the mark of a migration that this program does not know, as a newer one does.
    pub fn make_newer(&self, version: &str) {
        let statement = format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')");
        match &self.place {
            Place::Sqlite { .. } => {
                let path = self.sqlite_options().path;
                let mut conn = SqliteConnection::establish(&path.to_string_lossy()).expect("SQLite opens");
                conn.batch_execute(&statement).expect("the statement runs");
            }
            Place::Postgres { name } => run_at(address(name), &statement),
        }
    }

    /// Ends all connections to it, as a PostgreSQL server that is started again does.
    pub fn disconnect_all(&self) {
        if let Place::Postgres { name } = &self.place {
            administer(&format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ));
        }
    }

    /// Whether a text stands anywhere in it, in whatever table and column.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        match &self.place {
            Place::Sqlite { .. } => {
                let file = self.sqlite_options().path;
                let log = file.with_extension("db-wal");
                let bytes = [std::fs::read(&file), std::fs::read(log)].map(Result::unwrap_or_default);
                bytes.iter().any(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
            }
            Place::Postgres { name } => {
                let bytes: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
                tables(name).iter().any(|rows| rows.contains(text) || rows.contains(&bytes))
            }
        }
    }

    /// Where the program finds it: `sqlite://…` or `postgres://…`.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.place {
            Place::Sqlite { .. } => format!("sqlite://{}", self.sqlite_options().path.display()),
            Place::Postgres { name } => address(name),
        }
    }
}

impl Default for TestDb {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Place::Postgres { name } = &self.place {
            administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

const FILE: &str = "stackyard.db";

fn sqlite_template() -> &'static [u8] {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let directory = tempfile::tempdir().expect("a directory");
        let path: PathBuf = directory.path().join(FILE);
        let mut conn = SqliteConnection::establish(&path.to_string_lossy()).expect("SQLite opens");
        migrate::sqlite(&mut conn, &path).expect("migrations run");
        drop(conn);
        std::fs::read(path).expect("the file is there")
    })
}

fn postgres_template() -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let name = format!("template_{}", std::process::id());
        administer(&format!("DROP DATABASE IF EXISTS {name}"));
        administer(&format!("CREATE DATABASE {name}"));
        let url = address(&name);
        // A thread of its own: the caller may be inside an asynchronous runtime.
        std::thread::spawn(move || migrate::postgres(&url))
            .join()
            .expect("the thread ends")
            .expect("migrations run");
        name
    })
}

fn server() -> String {
    std::env::var("STACKYARD_TEST_POSTGRES").expect("STACKYARD_TEST_POSTGRES names a server")
}

/// The server's address with another database in it.
fn address(database: &str) -> String {
    let server = server();
    let (base, _) = server.rsplit_once('/').expect("the address names a database");
    format!("{base}/{database}")
}

/// Runs one statement on the server, outside any transaction.
fn administer(statement: &str) {
    run_at(server(), statement);
}

/// Runs one statement in a PostgreSQL database.
fn run_at(url: String, statement: &str) {
    let statement = statement.to_owned();
    let work = move || {
        let mut conn =
            AsyncConnectionWrapper::<AsyncPgConnection>::establish(&url).expect("PostgreSQL answers");
        conn.batch_execute(&statement).expect("the statement runs");
    };
    std::thread::spawn(work).join().expect("the thread ends");
}

/// The rows of every table of a PostgreSQL database, as text.
fn tables(database: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text)]
        text: String,
    }
    let url = address(database);
    let work = move || {
        let mut conn =
            AsyncConnectionWrapper::<AsyncPgConnection>::establish(&url).expect("PostgreSQL answers");
        let mut found = |query: &str| -> Vec<String> {
            // Of tables that are named when it runs, which the DSL cannot.
            let rows: Vec<Found> = diesel::sql_query(query).load(&mut conn).expect("the query runs");
            rows.into_iter().map(|row| row.text).collect()
        };
        let names = found("SELECT tablename::text AS text FROM pg_tables WHERE schemaname = 'public'");
        let rows = |name: String| found(&format!("SELECT t::text AS text FROM \"{name}\" t"));
        names.into_iter().flat_map(rows).collect()
    };
    std::thread::spawn(work).join().expect("the thread ends")
}
