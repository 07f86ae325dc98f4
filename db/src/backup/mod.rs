//! Backups. Of PostgreSQL its own program makes them; what follows is SQLite.
//!
//! A backup is one file: the database as it was at one moment, one line of JSON about it, and one line with the length
//! of that and the SHA-256 of everything before. SQLite itself reads it as a database, since what stands behind the last page
//! is nothing to it.

mod postgres;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use diesel::RunQueryDsl as _;
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use stackyard_model::Ts;
use tempfile::NamedTempFile;

use crate::DbError;
use crate::inspect::{self, Depth};

pub use postgres::dump;

/// What the last line begins with.
const MARK: &str = "stackyard-backup-1";
/// The last line: mark, length of the manifest in eight digits, SHA-256 in hex, with spaces between and a line feed.
const LAST_LINE: usize = MARK.len() + 1 + 8 + 1 + 64 + 1;
/// More than any manifest has, in bytes.
const MANIFEST_MAX: usize = 1024 * 1024;

/// What is known of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the program that made it.
    pub program: String,
    /// The newest migration of its tables.
    pub migration: String,
    /// When it was begun: everything acknowledged before is in it.
    pub made_at: Ts,
    /// Bytes of the database in it.
    pub bytes: u64,
    /// How many rows each table has.
    pub rows: BTreeMap<String, i64>,
}

/// Why there is no backup, or nothing was restored. Each is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The source cannot be read.
    #[error("The database cannot be backed up: {0}.")]
    Source(DbError),
    /// Never written over.
    #[error("{} is there already: choose another name.", .0.display())]
    Exists(PathBuf),
    /// A file or folder cannot be used.
    #[error("{}: {reason}.", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// The end is missing, or it is something else.
    #[error("{} is no whole backup of Stackyard: the line at its end is missing, so it was cut short or made by something else.", .0.display())]
    NotWhole(PathBuf),
    /// The sum at its end is another.
    #[error("{} is damaged: its SHA-256 is not the one at its end.", .0.display())]
    Damaged(PathBuf),
    /// Read as it was written, but not what it should be.
    #[error("{} is not sound: {reason}.", path.display())]
    Unsound {
        /// The backup.
        path: PathBuf,
        /// The first thing that is wrong.
        reason: String,
    },
    /// Made by a newer program.
    #[error("{} was made by a newer version of Stackyard ({program}, migration {migration}): use that version.", path.display())]
    Newer {
        /// The backup.
        path: PathBuf,
        /// The program's version.
        program: String,
        /// The migration that is not known here.
        migration: String,
    },
    /// There is a database where one should be restored.
    #[error("{} is there already. It is replaced, and what is in it is lost, with --force.", .0.display())]
    TargetExists(PathBuf),
    /// A journal of another database is there.
    #[error("{} is there, which belongs to another database and would be read into this one: move it away.", .0.display())]
    StrayJournal(PathBuf),
    /// Made by PostgreSQL's program, which also restores it.
    #[error("{} was made by pg_dump: `pg_restore --list` reads it, `pg_restore --clean --if-exists --no-owner --dbname=…` restores it.", .0.display())]
    OfPostgres(PathBuf),
    /// PostgreSQL's program is missing, or failed.
    #[error("The database cannot be backed up: {0}.")]
    Dump(String),
    /// A process uses the database that should be replaced.
    #[error("{} is in use: stop the server first.", .0.display())]
    InUse(PathBuf),
}

fn file_error(path: &Path) -> impl Fn(io::Error) -> BackupError + use<> {
    let path = path.to_owned();
    move |reason| BackupError::File { path: path.clone(), reason }
}

/// Writes a backup of the database at `source` to the new file `target`, readable for its owner alone, and flushes it.
///
/// A server may be writing meanwhile and is not held up: the copy is one reading transaction, which sees all that was
/// committed before it. What is written is checked before it gets its name. Nothing is migrated.
///
/// # Errors
/// One of [`BackupError`]; there is then no file of that name.
pub fn create(source: &Path, target: &Path, program: &str, now: Ts) -> Result<Manifest, BackupError> {
    if target.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(target.to_owned()));
    }
    let folder = folder(target);
    let mut conn = inspect::open_sqlite(source, "mode=rw").map_err(BackupError::Source)?;
    let copy = temporary(folder)?;
    let name = copy.path().to_string_lossy().into_owned();
    // The DSL has no VACUUM.
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(&name)
        .execute(&mut conn)
        .map_err(|error| BackupError::Source(error.into()))?;
    drop(conn);
    let manifest = describe(copy.path(), program, now).map_err(|error| match error {
        Unsound::Db(error) => BackupError::Source(error),
        Unsound::Broken(reason) => BackupError::Unsound { path: source.to_owned(), reason },
    })?;
    seal(&copy, &manifest).map_err(file_error(target))?;
    name_it(copy, target, BackupError::Exists(target.to_owned()))?;
    Ok(manifest)
}

/// Gives a file that is flushed its name, unless something else has it: then the error is `taken`.
fn name_it(copy: NamedTempFile, target: &Path, taken: BackupError) -> Result<(), BackupError> {
    copy.persist_noclobber(target).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => taken,
        _ => file_error(target)(error.error),
    })?;
    flush_folder(folder(target))
}

/// Checks a backup: its sum, its pages and references, what the program relies on, and its rows against their counts.
/// Nothing is touched.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify(path: &Path) -> Result<Manifest, BackupError> {
    let manifest = read_manifest(path)?;
    let unsound = |reason: String| BackupError::Unsound { path: path.to_owned(), reason };
    // `immutable`: neither locks nor journals are made beside it.
    let failed = |error: DbError| unsound(one_line(&error));
    let mut conn = inspect::open_sqlite(path, "mode=ro&immutable=1").map_err(failed)?;
    let migrations = inspect::sqlite_migrations(&mut conn).map_err(failed)?;
    if let Some(migration) = migrations.unknown {
        return Err(BackupError::Newer { path: path.to_owned(), program: manifest.program, migration });
    }
    let found = examine(&mut conn).map_err(|error| match error {
        Unsound::Db(error) => failed(error),
        Unsound::Broken(reason) => unsound(reason),
    })?;
    let tables = found.keys().chain(manifest.rows.keys());
    for table in tables {
        let (there, said) = (found.get(table), manifest.rows.get(table));
        if there != said {
            let number = |count: Option<&i64>| count.map_or_else(|| "none".to_owned(), i64::to_string);
            return Err(unsound(format!("{table} has {} rows, not {}", number(there), number(said))));
        }
    }
    Ok(manifest)
}

/// Verifies a backup and puts it where a server finds it, all at once or not at all. `force` replaces what is there.
///
/// # Errors
/// One of [`BackupError`]; what was there is then still there.
pub fn restore(path: &Path, target: &Path, force: bool) -> Result<Manifest, BackupError> {
    let there = target.symlink_metadata().is_ok();
    if there && !force {
        return Err(BackupError::TargetExists(target.to_owned()));
    }
    let manifest = verify(path)?;
    let folder = folder(target);
    let mut copy = temporary(folder)?;
    let source = File::open(path).map_err(file_error(path))?;
    let mut database = BufReader::new(source).take(manifest.bytes);
    io::copy(&mut database, copy.as_file_mut()).map_err(file_error(target))?;
    copy.as_file().sync_all().map_err(file_error(target))?;
    let journals = ["-wal", "-shm"].map(|end| beside(target, end));
    if there {
        // Held until the file is replaced, so that nobody begins to use the one that goes.
        let _held = reserve(target)?;
        for journal in &journals {
            match std::fs::remove_file(journal) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(file_error(journal)(error));
                }
                _ => {}
            }
        }
        copy.persist(target).map_err(|error| file_error(target)(error.error))?;
        flush_folder(folder)?;
    } else {
        if let Some(stray) = journals.into_iter().find(|journal| journal.exists()) {
            return Err(BackupError::StrayJournal(stray));
        }
        name_it(copy, target, BackupError::TargetExists(target.to_owned()))?;
    }
    Ok(manifest)
}

/// A hold on a database that nobody else uses. None when the file is too broken for anybody to use.
fn reserve(path: &Path) -> Result<Option<SqliteConnection>, BackupError> {
    let Ok(mut conn) = inspect::open_sqlite(path, "mode=rw") else { return Ok(None) };
    // Whoever has the database open in WAL mode holds a lock that this mode cannot be had beside. Out of WAL mode the
    // hold removes no journal when it ends, which might by then be that of a server on the new file.
    let hold = "PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; \
                BEGIN EXCLUSIVE";
    match conn.batch_execute(hold) {
        Ok(()) => Ok(Some(conn)),
        Err(error) if error.to_string().contains("locked") => Err(BackupError::InUse(path.to_owned())),
        Err(_) => Ok(None),
    }
}

enum Unsound {
    Db(DbError),
    Broken(String),
}

impl From<DbError> for Unsound {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

fn describe(path: &Path, program: &str, now: Ts) -> Result<Manifest, Unsound> {
    let mut conn = inspect::open_sqlite(path, "mode=ro&immutable=1")?;
    let migration = inspect::sqlite_migrations(&mut conn)?.newest;
    let migration = migration.ok_or_else(|| Unsound::Broken("it has no tables of Stackyard".to_owned()))?;
    let rows = examine(&mut conn)?;
    let bytes = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    Ok(Manifest { program: program.to_owned(), migration, made_at: now, bytes, rows })
}

/// How many rows each table has, when nothing is broken.
fn examine(conn: &mut SqliteConnection) -> Result<BTreeMap<String, i64>, Unsound> {
    if let Some(first) = inspect::broken(conn, Depth::Full)?.into_iter().next() {
        return Err(Unsound::Broken(first.replace('\n', " ")));
    }
    let mut rows = BTreeMap::new();
    for table in inspect::tables(conn)? {
        let count = inspect::count(conn, &table)?;
        rows.insert(table, count);
    }
    Ok(rows)
}

/// Writes what stands behind the database, and flushes.
fn seal(copy: &NamedTempFile, manifest: &Manifest) -> io::Result<()> {
    // SQLite may have made another file of that name than the one that is open here.
    let mut file = File::options().read(true).append(true).open(copy.path())?;
    let line = format!("{}\n", serde_json::to_string(manifest)?);
    file.write_all(line.as_bytes())?;
    file.seek(SeekFrom::Start(0))?;
    let sum = sum(&mut BufReader::new(&file))?;
    file.write_all(format!("{MARK} {:08} {sum}\n", line.len()).as_bytes())?;
    file.sync_all()
}

/// Reads the end of a backup and holds it against all that stands before.
fn read_manifest(path: &Path) -> Result<Manifest, BackupError> {
    let failed = file_error(path);
    let not_whole = || BackupError::NotWhole(path.to_owned());
    let mut file = File::open(path).map_err(&failed)?;
    let length = file.metadata().map_err(&failed)?.len();
    let before = length.checked_sub(LAST_LINE as u64).ok_or_else(not_whole)?;
    let mut first = [0; 5];
    file.read_exact(&mut first).map_err(&failed)?;
    if first == *postgres::MARK {
        return Err(BackupError::OfPostgres(path.to_owned()));
    }
    file.seek(SeekFrom::Start(before)).map_err(&failed)?;
    let mut last = String::new();
    if file.read_to_string(&mut last).is_err() {
        return Err(not_whole());
    }
    let mut words = last.trim_end().split(' ');
    let (Some(MARK), Some(size), Some(said)) = (words.next(), words.next(), words.next()) else {
        return Err(not_whole());
    };
    file.seek(SeekFrom::Start(0)).map_err(&failed)?;
    let sum = sum(&mut BufReader::new(&file).take(before)).map_err(&failed)?;
    if sum != said {
        return Err(BackupError::Damaged(path.to_owned()));
    }
    let size: usize = size.parse().ok().filter(|size| *size <= MANIFEST_MAX).ok_or_else(not_whole)?;
    let bytes = before.checked_sub(size as u64).ok_or_else(not_whole)?;
    file.seek(SeekFrom::Start(bytes)).map_err(&failed)?;
    let mut json = vec![0; size];
    file.read_exact(&mut json).map_err(&failed)?;
    let manifest: Manifest = serde_json::from_slice(&json).map_err(|_| not_whole())?;
    if manifest.bytes == bytes { Ok(manifest) } else { Err(not_whole()) }
}

fn sum(from: &mut impl Read) -> io::Result<String> {
    let mut hasher = Sha256::new();
    io::copy(from, &mut hasher)?;
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A file in `folder` that only its owner may read and that goes away unless it is given a name.
fn temporary(folder: &Path) -> Result<NamedTempFile, BackupError> {
    tempfile::Builder::new().prefix(".stackyard-").tempfile_in(folder).map_err(file_error(folder))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A name is durable when its folder is.
fn flush_folder(folder: &Path) -> Result<(), BackupError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(file_error(folder))
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn one_line(error: &DbError) -> String {
    let source = std::error::Error::source(error).map_or_else(String::new, |cause| format!(": {cause}"));
    format!("{error}{source}").replace('\n', " ")
}
