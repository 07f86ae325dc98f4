//! Backups of SQLite: consistent while others write, checked before they are believed, put in place whole.

#![allow(clippy::unwrap_used, reason = "helpers stop a test as tests do")]

use std::collections::HashSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use diesel::{Connection as _, ExpressionMethods as _, QueryDsl as _};
use stackyard_db::backup::{self, BackupError};
use stackyard_db::schema::server_keys;
use stackyard_db::{Db, DbError, SqliteOptions, inspect, run};
use stackyard_model::Ts;
use tempfile::TempDir;

const NOW: Ts = Ts::from_seconds(1_795_000_000);

/// A folder with a database in it. Always SQLite, whatever the run is for.
struct House {
    folder: TempDir,
}

impl House {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn open(&self) -> Db {
        Db::sqlite(SqliteOptions::new(self.path("stackyard.db"))).await.unwrap()
    }

    fn back_up(&self, name: &str) -> Result<backup::Manifest, BackupError> {
        backup::create(&self.path("stackyard.db"), &self.path(name), "0.1.0", NOW)
    }
}

/// A row pair that belongs together: `name` and `name'`, written in one transaction.
async fn write(db: &Db, name: String) {
    use diesel_async::RunQueryDsl as _;
    let job = db.write(name, |conn, name| {
        Box::pin(async move {
            for name in [name.clone(), format!("{name}'")] {
                let row = (server_keys::name.eq(name), server_keys::key.eq(vec![7_u8; 200]));
                run!(&mut *conn, |c| diesel::insert_into(server_keys::table).values(row).execute(c).await)?;
            }
            Ok::<_, DbError>(())
        })
    });
    job.await.unwrap();
}

async fn names(path: &Path) -> HashSet<String> {
    use diesel_async::RunQueryDsl as _;
    let db = Db::sqlite(SqliteOptions::new(path)).await.unwrap();
    let mut conn = db.read().await.unwrap();
    let names: Vec<String> =
        run!(&mut conn, |c| server_keys::table.select(server_keys::name).load(c).await).unwrap();
    drop(conn);
    db.close().await;
    names.into_iter().collect()
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_has_all_that_was_acknowledged_before_it_and_nothing_by_halves() {
    let house = House::new();
    let db = house.open().await;
    let stop = Arc::new(AtomicBool::new(false));
    let written = Arc::new(AtomicUsize::new(0));
    let slowest = Arc::new(AtomicU64::new(0));
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (db, stop, written) = (db.clone(), Arc::clone(&stop), Arc::clone(&written));
            let slowest = Arc::clone(&slowest);
            tokio::spawn(async move {
                let mut acknowledged = 0;
                while !stop.load(Ordering::SeqCst) {
                    let began = Instant::now();
                    write(&db, format!("{writer}-{acknowledged}")).await;
                    let took = u64::try_from(began.elapsed().as_millis()).unwrap();
                    slowest.fetch_max(took, Ordering::SeqCst);
                    acknowledged += 1;
                    written.fetch_add(1, Ordering::SeqCst);
                }
                acknowledged
            })
        })
        .collect();
    for round in 0..3 {
        let want = written.load(Ordering::SeqCst) + 200;
        while written.load(Ordering::SeqCst) < want {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let before = written.load(Ordering::SeqCst);
        let (source, target) = (house.path("stackyard.db"), house.path(&format!("backup-{round}")));
        let made = tokio::task::spawn_blocking({
            let target = target.clone();
            move || backup::create(&source, &target, "0.1.0", NOW)
        });
        let manifest = made.await.unwrap().unwrap();
        let after = written.load(Ordering::SeqCst);
        assert_eq!(backup::verify(&target).unwrap(), manifest);
        let restored = house.path(&format!("restored-{round}.db"));
        backup::restore(&target, &restored, false).unwrap();
        let names = names(&restored).await;
        assert_eq!(i64::try_from(names.len()).unwrap(), manifest.rows["server_keys"]);
        let whole = names.iter().filter(|name| !name.ends_with('\''));
        let mut pairs = 0;
        for name in whole {
            assert!(names.contains(&format!("{name}'")), "{name} is there by half");
            pairs += 1;
        }
        assert_eq!(names.len(), pairs * 2);
        assert!(pairs >= before, "{pairs} of {before}");
        // What four clients had in flight may be in it although nobody was told yet.
        assert!(pairs <= after + 4, "{pairs} of {after}");
    }
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }
    let slowest = slowest.load(Ordering::SeqCst);
    assert!(slowest < 2000, "a write waited {slowest} ms");
    db.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_for_its_owner_alone_and_never_written_over() {
    let house = House::new();
    let db = house.open().await;
    write(&db, "one".to_owned()).await;
    let manifest = house.back_up("backup").unwrap();
    assert_eq!((manifest.made_at, manifest.rows["server_keys"], manifest.rows["events"]), (NOW, 2, 0));
    let mode = std::fs::metadata(house.path("backup")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let bytes = std::fs::read(house.path("backup")).unwrap();
    assert!(matches!(house.back_up("backup"), Err(BackupError::Exists(_))));
    std::fs::write(house.path("mine"), "").unwrap();
    assert!(matches!(house.back_up("mine"), Err(BackupError::Exists(_))));
    assert_eq!(std::fs::read(house.path("backup")).unwrap(), bytes);
    assert!(matches!(house.back_up("nowhere/backup"), Err(BackupError::File { .. })));
    assert!(
        files(house.folder.path()).iter().all(|name| !name.starts_with(".stackyard-")),
        "nothing is left"
    );
    db.close().await;
    assert!(matches!(
        backup::create(&house.path("missing.db"), &house.path("b"), "0.1.0", NOW),
        Err(BackupError::Source(_))
    ));
    assert!(!house.path("missing.db").exists(), "what is not there is not made");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_cut_short_flipped_or_foreign_is_told_in_one_line_and_restores_nothing() {
    let house = House::new();
    let db = house.open().await;
    for number in 0..50 {
        write(&db, number.to_string()).await;
    }
    house.back_up("backup").unwrap();
    db.close().await;
    let whole = std::fs::read(house.path("backup")).unwrap();
    let length = whole.len();
    let refused = |bytes: &[u8]| {
        std::fs::write(house.path("other"), bytes).unwrap();
        let error = backup::restore(&house.path("other"), &house.path("new.db"), false).unwrap_err();
        let text = error.to_string();
        assert!(!text.contains('\n') && text.ends_with('.'), "{text}");
        assert!(!house.path("new.db").exists());
        text
    };
    for cut in [0, 1, 50, 93, 4096, length / 2, length - 94, length - 93, length - 1] {
        assert!(refused(&whole[..cut]).contains("cut short"), "{cut}");
    }
    let step = length / 61;
    for place in
        (0..length).step_by(step).chain([length - 94, length - 90, length - 70, length - 66, length - 2])
    {
        for bit in [0, 6] {
            let mut flipped = whole.clone();
            flipped[place] ^= 1 << bit;
            let text = refused(&flipped);
            assert!(text.contains("damaged") || text.contains("cut short"), "{place}: {text}");
        }
    }
    let mut longer = whole.clone();
    longer.push(b'\n');
    refused(&longer);
    refused(b"PGDMP and so on");
    refused(&std::fs::read(house.path("stackyard.db")).unwrap());
    let error = backup::verify(&house.path("missing")).unwrap_err().to_string();
    assert!(error.contains("missing"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_newer_program_or_of_a_broken_database_is_refused() {
    let house = House::new();
    house.open().await.close().await;
    let alter = |statement: &str| {
        let path = house.path("stackyard.db");
        let mut conn = diesel::sqlite::SqliteConnection::establish(&path.to_string_lossy()).unwrap();
        diesel::connection::SimpleConnection::batch_execute(&mut conn, statement).unwrap();
    };
    alter("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')");
    house.back_up("newer").unwrap();
    let error = backup::verify(&house.path("newer")).unwrap_err().to_string();
    assert!(error.contains("newer version") && error.contains("29990101000000"), "{error}");
    alter("DELETE FROM __diesel_schema_migrations WHERE version = '29990101000000'");

    alter(
        "INSERT INTO workspaces (id, name, slug, description, own_audience_only, created_at)
         VALUES ('ws_1', 'A', 'a', '', 0, 1)",
    );
    let error = house.back_up("ownerless").unwrap_err().to_string();
    assert!(error.contains("1 workspaces have no owner"), "{error}");
    alter("UPDATE workspaces SET deleted_at = 2");
    house.back_up("tombstone").unwrap();

    alter(
        "PRAGMA foreign_keys = OFF; \
         INSERT INTO denials VALUES ('ws_gone', 'f', 'evt_1', 1, 1, 1)",
    );
    let error = house.back_up("dangling").unwrap_err().to_string();
    assert!(error.contains("denials") && error.contains("workspaces"), "{error}");
    assert!(!house.path("dangling").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_in_use_or_in_the_way_is_not_replaced() {
    let house = House::new();
    let db = house.open().await;
    write(&db, "old".to_owned()).await;
    house.back_up("backup").unwrap();
    write(&db, "new".to_owned()).await;
    let target = house.path("stackyard.db");
    let restore = |force| backup::restore(&house.path("backup"), &target, force);
    assert!(matches!(restore(false), Err(BackupError::TargetExists(_))));
    let error = restore(true).unwrap_err();
    assert!(matches!(error, BackupError::InUse(_)), "{error}");
    write(&db, "newer".to_owned()).await;
    db.close().await;
    drop(db);
    restore(true).unwrap();
    assert_eq!(names(&target).await, HashSet::from(["old".to_owned(), "old'".to_owned()]));

    std::fs::write(house.path("fresh.db-wal"), "of another").unwrap();
    let error = backup::restore(&house.path("backup"), &house.path("fresh.db"), false).unwrap_err();
    assert!(matches!(error, BackupError::StrayJournal(_)), "{error}");
    // What is no database any more, which is when one restores, is in nobody's use.
    std::fs::write(&target, "rubble".repeat(1000)).unwrap();
    restore(true).unwrap();
    assert_eq!(names(&target).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_at_a_database_changes_nothing() {
    let house = House::new();
    let path = house.path("stackyard.db");
    assert!(inspect::sqlite(&path).is_err());
    assert!(!path.exists());
    let db = house.open().await;
    let facts = inspect::sqlite(&path).unwrap();
    assert_eq!((facts.journal_mode.as_str(), facts.migrations.pending), ("wal", 0));
    assert!(facts.broken.is_empty() && facts.migrations.newest.is_some(), "{facts:?}");
    db.close().await;
    std::fs::write(house.path("empty.db"), "").unwrap();
    let facts = inspect::sqlite(&house.path("empty.db")).unwrap();
    assert!(facts.migrations.pending > 0 && facts.migrations.newest.is_none(), "{facts:?}");
    assert_eq!(std::fs::metadata(house.path("empty.db")).unwrap().len(), 0, "nothing was migrated");
    std::fs::write(house.path("rubble.db"), "rubble".repeat(1000)).unwrap();
    assert!(inspect::sqlite(&house.path("rubble.db")).is_err());
}
