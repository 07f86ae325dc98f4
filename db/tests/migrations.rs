//! The migrations: the same in both folders, up and down and up again, and what `schema.rs` says.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests stop the test as tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use stackyard_db::testing::TestDb;
use stackyard_db::{Backend, Db, DbError, testing};

/// Tables, their columns, and each column's class of type and whether it may be null.
type Shape = BTreeMap<String, BTreeMap<String, (String, bool)>>;

fn folder(backend: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(backend)
}

fn names(backend: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder(backend)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn script(backend: &str, direction: &str) -> String {
    let mut all: Vec<_> = names(backend).into_iter().collect();
    if direction == "down" {
        all.reverse();
    }
    let read = |name: &String| {
        std::fs::read_to_string(folder(backend).join(name).join(format!("{direction}.sql"))).unwrap()
    };
    all.iter().map(read).collect()
}

/// What `schema.rs` says, read as text: Diesel's types are gone when the program runs.
fn schema() -> Shape {
    let text = include_str!("../src/schema.rs");
    let mut shape = Shape::new();
    let mut table = String::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with("diesel::") {
            table.clear();
        } else if let Some((column, kind)) = line.split_once(" -> ") {
            let kind = kind.trim_end_matches(',');
            let (kind, null) = match kind.strip_prefix("Nullable<") {
                Some(inner) => (inner.trim_end_matches('>'), true),
                None => (kind, false),
            };
            shape.entry(table.clone()).or_default().insert(column.to_owned(), (kind.to_owned(), null));
        } else if line.ends_with(") {") && !line.contains('!') {
            table = line.split_whitespace().next().unwrap().to_owned();
        }
    }
    shape
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = diesel::sql_types::Text)]
    table_name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    column_name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    kind: String,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    nullable: bool,
}

fn shape(columns: Vec<Column>) -> Shape {
    let mut shape = Shape::new();
    for column in columns {
        let value = (column.kind, column.nullable);
        shape.entry(column.table_name).or_default().insert(column.column_name, value);
    }
    shape
}

// The words of the log are a table of each database's own kind, which the schema does not describe.
fn sqlite_shape(conn: &mut SqliteConnection) -> Shape {
    let query = "SELECT t.name AS table_name, c.name AS column_name, c.type AS kind, c.\"notnull\" = 0 AS nullable \
                 FROM sqlite_schema t, pragma_table_info(t.name) c \
                 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '__diesel%' \
                 AND t.name NOT LIKE 'event_words%'";
    shape(diesel::sql_query(query).load(conn).unwrap())
}

fn postgres_shape(conn: &mut AsyncConnectionWrapper<AsyncPgConnection>) -> Shape {
    let query = "SELECT table_name::text, column_name::text, data_type::text AS kind, is_nullable = 'YES' AS nullable \
                 FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%' \
                 AND table_name <> 'event_words'";
    shape(diesel::sql_query(query).load(conn).unwrap())
}

/// The schema in a database's own names of types.
fn in_words_of(backend: Backend) -> Shape {
    let word = |kind: &str| match (kind, backend) {
        ("Text", Backend::Sqlite) => "TEXT",
        ("Binary", Backend::Sqlite) => "BLOB",
        (_, Backend::Sqlite) => "INTEGER",
        ("Text", Backend::Postgres) => "text",
        ("Binary", Backend::Postgres) => "bytea",
        ("UtcTs", Backend::Postgres) => "timestamp with time zone",
        ("Integer", Backend::Postgres) => "integer",
        ("BigInt", Backend::Postgres) => "bigint",
        ("Bool", Backend::Postgres) => "boolean",
        (other, Backend::Postgres) => panic!("{other} has no word here"),
    };
    let mut shape = schema();
    for column in shape.values_mut().flat_map(BTreeMap::values_mut) {
        column.0 = word(&column.0).to_owned();
    }
    shape
}

#[test]
fn both_databases_have_the_same_migrations() {
    assert_eq!(names("sqlite"), names("postgres"));
    for name in names("sqlite") {
        let (stamp, slug) = name.split_at("2026-11-21-000000".len());
        assert!(
            stamp.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') && slug.starts_with('_'),
            "{name}"
        );
    }
}

#[test]
fn migrations_go_up_and_down_and_up_and_make_what_the_schema_says() {
    match testing::backend() {
        Backend::Sqlite => {
            let mut conn = SqliteConnection::establish(":memory:").unwrap();
            for _ in 0..2 {
                conn.batch_execute(&script("sqlite", "up")).unwrap();
                assert_eq!(sqlite_shape(&mut conn), in_words_of(Backend::Sqlite));
                conn.batch_execute(&script("sqlite", "down")).unwrap();
                assert!(sqlite_shape(&mut conn).is_empty());
            }
        }
        Backend::Postgres => {
            let test = TestDb::new();
            let mut conn = AsyncConnectionWrapper::<AsyncPgConnection>::establish(&test.url()).unwrap();
            assert_eq!(postgres_shape(&mut conn), in_words_of(Backend::Postgres));
            conn.batch_execute(&script("postgres", "down")).unwrap();
            assert!(postgres_shape(&mut conn).is_empty());
            conn.batch_execute(&script("postgres", "up")).unwrap();
            assert_eq!(postgres_shape(&mut conn), in_words_of(Backend::Postgres));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_refused_in_one_line() {
    let test = TestDb::new();
    test.make_newer("29990101000000");
    let opened = match test.url().strip_prefix("sqlite://") {
        Some(_) => Db::sqlite(test.sqlite_options()).await,
        None => Db::postgres(stackyard_db::PostgresOptions { url: test.url(), connections: 2 }).await,
    };
    let error = opened.err().unwrap();
    assert!(matches!(&error, DbError::Newer(version) if version == "29990101000000"), "{error}");
    assert_eq!(error.to_string().lines().count(), 1);
}
