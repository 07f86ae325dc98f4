//! What can be said of the place where the data is.

use std::fs::Metadata;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use stackyard_db::DbError;
use stackyard_db::inspect::{self, Migrations};
use stackyard_domain::{Clock as _, SystemClock};

use super::Findings;
use crate::failure::chain;
use crate::web::health::APART_MAX;

/// Less room than this is soon none, in bytes.
const ROOM_WARN: u64 = 1024 * 1024 * 1024;
/// Less room than this is none, in bytes.
const ROOM_FAIL: u64 = 64 * 1024 * 1024;
/// Every write waits for one flush at least.
const FLUSH_WARN: Duration = Duration::from_millis(20);
/// How often a flush is tried; the middle one counts.
const FLUSHES: usize = 9;
/// How far clocks may be apart before it is told, well before `/readyz` says no.
const APART_WARN: Duration = Duration::from_millis(500);

pub(super) async fn sqlite(path: &Path, found: &mut Findings) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let metadata = match std::fs::metadata(folder) {
        Ok(metadata) => metadata,
        Err(error) => {
            found.warn(
                "folder",
                format!(
                    "{} cannot be looked at ({error}); `stackyard serve` makes it if it may",
                    folder.display()
                ),
            );
            return;
        }
    };
    let writable = flush(folder, found);
    rights(folder, &metadata, found);
    room(folder, found);
    if !path.exists() {
        found.warn("database", format!("{} is not there yet; `stackyard serve` makes it", path.display()));
        return;
    }
    if let Ok(metadata) = std::fs::metadata(path)
        && metadata.permissions().mode() & 0o077 != 0
        && folder_is_open(folder)
    {
        found.warn("rights", format!("others may read {}: chmod 600", path.display()));
    }
    if !writable {
        // SQLite reads no database in WAL mode where it may make no files.
        return;
    }
    let file = path.to_owned();
    let looked = tokio::task::spawn_blocking(move || inspect::sqlite(&file)).await;
    match looked {
        Ok(Ok(facts)) => {
            migrated(&format!("SQLite {}", facts.version), &facts.migrations, found);
            if facts.journal_mode == "wal" {
                found.ok("durability", "write-ahead log, flushed before anything is acknowledged");
            } else {
                found.warn(
                    "durability",
                    format!(
                        "the journal is {}; `stackyard serve` makes it a write-ahead log",
                        facts.journal_mode
                    ),
                );
            }
            match facts.broken.first() {
                None => found.ok("integrity", "pages, references and owners are sound"),
                Some(first) => found.fail("integrity", format!("{first}: restore a backup")),
            }
        }
        Ok(Err(error)) => found.fail("database", format!("{}: restore a backup?", chain(&error))),
        Err(error) => found.fail("database", error.to_string()),
    }
    let now = SystemClock.now();
    // Before this program was written, or after it can still be in use.
    let sane = (1_790_000_000..4_000_000_000).contains(&now.as_seconds());
    if sane {
        found.ok("clock", format!("it is {}", now.to_rfc3339_seconds()));
    } else {
        found.fail("clock", format!("it is {}, which cannot be: set it", now.to_rfc3339_seconds()));
    }
}

pub(super) async fn postgres(url: &str, connections: usize, found: &mut Findings) {
    let before = SystemClock.now();
    let facts = match inspect::postgres(url).await {
        Ok(facts) => facts,
        Err(DbError::Connect(reason)) => {
            found.fail("database", format!("it does not answer: {reason}"));
            return;
        }
        Err(error) => {
            found.fail("database", chain(&error));
            return;
        }
    };
    let after = SystemClock.now();
    migrated(&format!("PostgreSQL {}", facts.version), &facts.migrations, found);
    match (facts.fsync.as_str(), facts.synchronous_commit.as_str()) {
        ("on", "on" | "remote_write" | "remote_apply" | "local") => {
            found.ok("durability", format!("synchronous_commit is {}", facts.synchronous_commit));
        }
        (fsync, commit) => found.fail(
            "durability",
            format!("fsync is {fsync} and synchronous_commit {commit}: what was acknowledged may be lost; set both on"),
        ),
    }
    let most = usize::try_from(facts.max_connections).unwrap_or(usize::MAX);
    let text = format!("{connections} of this process, {most} of the server");
    if connections.saturating_mul(2) > most {
        found.warn("pool", format!("{text}: there is no room for a second replica"));
    } else {
        found.ok("pool", text);
    }
    // The answer was made at some moment between the two.
    let apart = before.since(facts.clock).max(facts.clock.since(after));
    let text = format!("this machine's and the database's are at most {:.3} s apart", apart.as_secs_f64());
    if apart > APART_MAX {
        found.fail("clock", format!("{text}: set both by NTP; /readyz says no until then"));
    } else if apart > APART_WARN {
        found.warn("clock", text);
    } else {
        found.ok("clock", text);
    }
}

fn migrated(what: &str, migrations: &Migrations, found: &mut Findings) {
    match (&migrations.unknown, &migrations.newest, migrations.pending) {
        (Some(unknown), ..) => found.fail(
            "database",
            format!(
                "{what}; a newer version of Stackyard made it (it has migration {unknown}): use that version"
            ),
        ),
        (None, None, _) => {
            found.warn("database", format!("{what}; no tables yet, `stackyard serve` makes them"))
        }
        (None, Some(newest), 0) => {
            found.ok("database", format!("{what}, up to date with migration {newest}"))
        }
        (None, Some(newest), pending) => found.warn(
            "database",
            format!("{what}, at migration {newest}; {pending} are run at the next start: back it up before"),
        ),
    }
}

fn rights(folder: &Path, metadata: &Metadata, found: &mut Findings) {
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o007 == 0 {
        found.ok("folder", format!("{} has the rights {mode:03o}", folder.display()));
    } else {
        found.warn(
            "folder",
            format!("{} has the rights {mode:03o}, so others may look into it: chmod 700", folder.display()),
        );
    }
}

fn folder_is_open(folder: &Path) -> bool {
    std::fs::metadata(folder).is_ok_and(|metadata| metadata.permissions().mode() & 0o007 != 0)
}

fn room(folder: &Path, found: &mut Findings) {
    let Ok(space) = rustix::fs::statvfs(folder) else { return };
    let free = space.f_bavail.saturating_mul(space.f_frsize);
    let text = format!("{} MB free below {}", free / 1_000_000, folder.display());
    if free < ROOM_FAIL {
        found.fail("room", format!("{text}: nothing can be written soon"));
    } else if free < ROOM_WARN {
        found.warn("room", text);
    } else {
        found.ok("room", text);
    }
}

/// Says how long a flush takes, and whether anything can be written there at all.
fn flush(folder: &Path, found: &mut Findings) -> bool {
    match flushes(folder) {
        Ok(middle) => {
            let ms = middle.as_secs_f64() * 1000.0;
            let text = format!("a flush of 4 KiB takes {ms:.2} ms");
            if middle > FLUSH_WARN {
                found.warn("flush", format!("{text}, and every write waits for one: use a faster disk"));
            } else {
                found.ok("flush", text);
            }
            true
        }
        Err(error) => {
            found.fail("folder", format!("{} cannot be written to: {error}", folder.display()));
            false
        }
    }
}

fn flushes(folder: &Path) -> std::io::Result<Duration> {
    let mut file = tempfile::tempfile_in(folder)?;
    let mut took = Vec::with_capacity(FLUSHES);
    for _ in 0..FLUSHES {
        file.write_all(&[0; 4096])?;
        let began = Instant::now();
        file.sync_data()?;
        took.push(began.elapsed());
    }
    took.sort_unstable();
    Ok(took.get(FLUSHES / 2).copied().unwrap_or_default())
}
