//! The SQLite side: one writer, several readers, everything acknowledged is flushed.

use std::fs::File;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use deadpool::Status;
use deadpool::unmanaged::Pool;
use diesel::Connection as _;
use diesel::connection::SimpleConnection as _;
use diesel::sqlite::SqliteConnection;
use tokio::sync::Mutex;

use crate::conn::SqliteHandle;
use crate::writer::{self, Typed, Weight, Writer};
use crate::{Conn, DbError, Figures, Job, Size, SqliteConn, WriteError, migrate};

/// How to open a SQLite database.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// The file; its folder must exist.
    pub path: PathBuf,
    /// Connections for reading.
    pub readers: usize,
    /// Most pages that the file may grow to; for tests of a full disk.
    pub max_pages: Option<u32>,
}

impl SqliteOptions {
    /// The file at `path`, with eight readers.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), readers: 8, max_pages: None }
    }
}

/// What the writer waits for when another process, such as `stackyard admin`, is writing.
const BUSY: Duration = Duration::from_secs(5);

pub(crate) struct Sqlite {
    readers: Pool<SqliteConn>,
    writer: parking::Slot<Writer>,
    thread: Mutex<Option<JoinHandle<()>>>,
    path: PathBuf,
    figures: Figures,
}

/// A value that can be taken away from everybody who uses it.
mod parking {
    use std::sync::RwLock;

    pub(crate) struct Slot<T>(RwLock<Option<T>>);

    impl<T: Clone> Slot<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(RwLock::new(Some(value)))
        }

        pub(crate) fn get(&self) -> Option<T> {
            self.0.read().ok().and_then(|slot| slot.clone())
        }

        pub(crate) fn clear(&self) {
            if let Ok(mut slot) = self.0.write() {
                *slot = None;
            }
        }
    }
}

impl Sqlite {
    pub(crate) async fn open(options: SqliteOptions) -> Result<Self, DbError> {
        let path = options.path.clone();
        let opening = tokio::task::spawn_blocking(move || open(&options));
        let (writer, readers) = opening.await.map_err(|_| DbError::Stopped)??;
        let figures = Figures::default();
        let (writer, desk, jobs) = Writer::new(writer, figures.clone());
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || writer::run(&desk, &jobs))
            .map_err(|error| DbError::Connect(error.to_string()))?;
        Ok(Self {
            readers: Pool::from(readers),
            writer: parking::Slot::new(writer),
            thread: Mutex::new(Some(thread)),
            path,
            figures,
        })
    }

    pub(crate) async fn reader(&self) -> Result<Conn, DbError> {
        let conn = self.readers.get().await.map_err(|error| DbError::Connect(error.to_string()))?;
        Ok(Conn::Sqlite(SqliteHandle::Pooled(conn)))
    }

    pub(crate) async fn write<A, R, E>(&self, args: A, job: Job<A, R, E>, weight: Weight) -> Result<R, E>
    where
        A: Send + Sync + 'static,
        R: Send + 'static,
        E: WriteError,
    {
        let (task, answer) = Typed::new(args, job);
        let writer = self.writer.get().ok_or(DbError::Stopped)?;
        writer.take(task, weight)?;
        drop(writer);
        answer.await.unwrap_or_else(|_| Err(DbError::Stopped.into()))
    }

    pub(crate) fn figures(&self) -> Figures {
        self.figures.clone()
    }

    pub(crate) fn pool(&self) -> Status {
        self.readers.status()
    }

    pub(crate) fn size(&self) -> Size {
        // There is no journal until something is written.
        let length = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
        let mut journal = self.path.clone().into_os_string();
        journal.push("-wal");
        Size { database: length(&self.path), journal: length(Path::new(&journal)) }
    }

    pub(crate) async fn close(&self) {
        self.writer.clear();
        if let Some(thread) = self.thread.lock().await.take() {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

fn open(options: &SqliteOptions) -> Result<(SqliteConn, Vec<SqliteConn>), DbError> {
    make_private(&options.path);
    let mut writer = connect(options)?;
    // Set once: the mode is a property of the file.
    set(&mut writer, options, "PRAGMA journal_mode = WAL")?;
    migrate::sqlite(&mut writer, &options.path)?;
    set(&mut writer, options, "PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000")?;
    if let Some(pages) = options.max_pages {
        set(&mut writer, options, &format!("PRAGMA max_page_count = {pages}"))?;
    }
    let readers = (0..options.readers.max(1))
        .map(|_| {
            let mut reader = connect(options)?;
            // The system keeps what is read often; a cache of their own each would be kept eight times.
            set(&mut reader, options, "PRAGMA query_only = ON; PRAGMA cache_size = -512")?;
            Ok(SqliteConn::new(reader))
        })
        .collect::<Result<Vec<_>, DbError>>()?;
    Ok((SqliteConn::new(writer), readers))
}

/// Makes the file, for its owner alone; SQLite gives its journals the same rights. One that is there stays as it is, and
/// whatever stands in the way is told by SQLite, which opens it next.
fn make_private(path: &Path) {
    let _ = File::options().write(true).create_new(true).mode(0o600).open(path);
}

fn connect(options: &SqliteOptions) -> Result<SqliteConnection, DbError> {
    let path = options.path.to_string_lossy();
    let mut conn = SqliteConnection::establish(&path)
        .map_err(|error| DbError::Open { path: path.to_string(), reason: error.to_string() })?;
    let setup = format!(
        "PRAGMA busy_timeout = {}; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; \
         PRAGMA cache_size = -3072; PRAGMA mmap_size = 0",
        BUSY.as_millis()
    );
    set(&mut conn, options, &setup)?;
    Ok(conn)
}

fn set(conn: &mut SqliteConnection, options: &SqliteOptions, pragma: &str) -> Result<(), DbError> {
    conn.batch_execute(pragma).map_err(|error| DbError::Open {
        path: options.path.to_string_lossy().into_owned(),
        reason: error.to_string(),
    })
}
