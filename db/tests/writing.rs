//! What `Db::write` promises, on whichever backend the run is for.

#![expect(clippy::unwrap_used, reason = "helpers of tests stop the test as tests do")]

use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use stackyard_db::schema::{leases, server_keys};
use stackyard_db::testing::TestDb;
use stackyard_db::{Backend, Conn, Db, DbError, Weight, run, testing};
use stackyard_model::Ts;

async fn insert(conn: &mut Conn, name: &str) -> Result<(), DbError> {
    let row = (server_keys::name.eq(name), server_keys::key.eq(vec![7_u8; 200]));
    run!(conn, |c| diesel::insert_into(server_keys::table).values(row).execute(c).await)?;
    Ok(())
}

async fn names(db: &Db) -> Vec<String> {
    let mut conn = db.read().await.unwrap();
    let query = server_keys::table.order(server_keys::name).select(server_keys::name);
    run!(&mut conn, |c| query.load(c).await).unwrap()
}

async fn write(db: &Db, name: &str) -> Result<(), DbError> {
    db.write(name.to_owned(), |conn, name| Box::pin(async move { insert(conn, name).await })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_acknowledged_is_there_for_the_next_reader() {
    let test = TestDb::new();
    let db = test.open().await;
    write(&db, "a").await.unwrap();
    assert_eq!(names(&db).await, ["a"]);
    db.close().await;
    assert_eq!(names(&test.open().await).await, ["a"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_fails_leaves_nothing_and_harms_no_other() {
    let test = TestDb::new();
    let db = test.open().await;
    let jobs = (0..60).map(|number| {
        let db = db.clone();
        tokio::spawn(async move {
            db.write(number, |conn, number| {
                Box::pin(async move {
                    insert(conn, &format!("{number:02}")).await?;
                    if number % 3 == 0 { Err(DbError::Connect("made up".to_owned())) } else { Ok(*number) }
                })
            })
            .await
        })
    });
    let mut kept = 0;
    for job in jobs.collect::<Vec<_>>() {
        kept += usize::from(job.await.unwrap().is_ok());
    }
    assert_eq!(kept, 40);
    let names = names(&db).await;
    assert_eq!(names.len(), 40);
    assert!(!names.contains(&"03".to_owned()) && names.contains(&"04".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_and_writing_in_one_job_loses_no_update() {
    let test = TestDb::new();
    let db = test.open().await;
    let at = Ts::from_seconds(0);
    db.write(at, |conn, at| {
        Box::pin(async move {
            let row = (leases::name.eq("counter"), leases::holder.eq("0"), leases::until.eq(*at));
            run!(conn, |c| diesel::insert_into(leases::table).values(row).execute(c).await)?;
            Ok::<_, DbError>(())
        })
    })
    .await
    .unwrap();
    let jobs = (0..24).map(|_| {
        let db = db.clone();
        tokio::spawn(async move {
            db.write((), |conn, ()| {
                Box::pin(async move {
                    let row = leases::table.find("counter");
                    let holder: String = run!(conn, |c| row.select(leases::holder).first(c).await)?;
                    let next = (holder.parse::<u32>().unwrap() + 1).to_string();
                    run!(conn, |c| diesel::update(row).set(leases::holder.eq(&next)).execute(c).await)?;
                    Ok::<_, DbError>(())
                })
            })
            .await
        })
    });
    for job in jobs.collect::<Vec<_>>() {
        job.await.unwrap().unwrap();
    }
    let mut conn = db.read().await.unwrap();
    let row = leases::table.find("counter").select(leases::holder);
    let holder: String = run!(&mut conn, |c| row.first(c).await).unwrap();
    assert_eq!(holder, "24");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_on_when_its_caller_goes_away() {
    let test = TestDb::new();
    let db = test.open().await;
    let writing = db.clone();
    let caller = tokio::spawn(async move { write(&writing, "left").await });
    tokio::task::yield_now().await;
    // Long enough for the job to have been handed over, on PostgreSQL too; the caller is gone either way.
    tokio::time::sleep(Duration::from_millis(20)).await;
    caller.abort();
    for _ in 0..100 {
        if names(&db).await == ["left"] {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the job was dropped with its caller");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_panics_takes_nothing_with_it() {
    let test = TestDb::new();
    let db = test.open().await;
    let answer: Result<(), DbError> = db
        .write((), |conn, ()| {
            Box::pin(async move {
                insert(conn, "panicked").await?;
                panic!("on purpose")
            })
        })
        .await;
    assert!(answer.is_err());
    write(&db, "after").await.unwrap();
    assert_eq!(names(&db).await, ["after"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_fails_is_a_failure_for_all_whose_writing_it_was() {
    let test = TestDb::new();
    let db = test.open().await;
    let answer: Result<(), DbError> = db
        .write((), |conn, ()| {
            Box::pin(async move {
                insert(conn, "uncommitted").await?;
                match conn {
                    // A row whose parent is missing, checked only when the transaction ends.
                    Conn::Sqlite(conn) => {
                        let broken = "PRAGMA defer_foreign_keys = ON; INSERT INTO logos VALUES ('ws', '1', 'x', x'00')";
                        conn.batch_execute(broken).await?;
                    }
                    Conn::Pg(conn) => {
                        let broken = "CREATE TEMPORARY TABLE broken (n integer UNIQUE DEFERRABLE INITIALLY DEFERRED); \
                                      INSERT INTO broken VALUES (1), (1)";
                        (&mut &**conn).batch_execute(broken).await?;
                    }
                }
                Ok(())
            })
        })
        .await;
    assert!(matches!(answer, Err(DbError::Commit(_))), "{answer:?}");
    write(&db, "after").await.unwrap();
    assert_eq!(names(&db).await, ["after"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_a_failure_and_nothing_is_half_written() {
    if testing::backend() == Backend::Postgres {
        // PostgreSQL's own disk is PostgreSQL's business; what it answers comes through as any failure does.
        return;
    }
    let test = TestDb::new();
    let mut options = test.sqlite_options();
    // Room for some of the rows, not for all.
    let pages = std::fs::metadata(&options.path).unwrap().len() / 4096 + 20;
    options.max_pages = Some(u32::try_from(pages).unwrap());
    let db = Db::sqlite(options).await.unwrap();
    let jobs: Vec<_> = (0..600)
        .map(|number| {
            let db = db.clone();
            tokio::spawn(async move { (number, write(&db, &format!("{number:04}")).await) })
        })
        .collect();
    let mut acknowledged = Vec::new();
    let mut failed = 0;
    for job in jobs {
        match job.await.unwrap() {
            (number, Ok(())) => acknowledged.push(format!("{number:04}")),
            (_, Err(_)) => failed += 1,
        }
    }
    assert!(failed > 0, "the disk was large enough");
    acknowledged.sort();
    assert_eq!(names(&db).await, acknowledged);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_replicas_may_start_at_once() {
    let test = Arc::new(TestDb::untouched());
    let starting = (0..6).map(|_| {
        let test = Arc::clone(&test);
        tokio::spawn(async move { test.open().await })
    });
    for replica in starting.collect::<Vec<_>>() {
        assert!(names(&replica.await.unwrap()).await.is_empty());
    }
}

/// Inserts a name that is not there, and says whether it did.
async fn insert_new(conn: &mut Conn, name: &str) -> Result<bool, DbError> {
    let query = server_keys::table.filter(server_keys::name.eq(name)).select(server_keys::name);
    let there: Option<String> = run!(conn, |c| query.first(c).await.optional())?;
    if there.is_none() {
        insert(conn, name).await?;
    }
    Ok(there.is_none())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_rows_of_their_own_is_not_held_up_by_others_and_one_key_is_inserted_once() {
    let test = TestDb::new();
    let db = test.open().await;
    let write = |name: String| {
        let db = db.clone();
        tokio::spawn(async move {
            db.write_weighing(Weight::Light, name, |conn, name| {
                Box::pin(async move { insert_new(conn, name).await })
            })
            .await
        })
    };
    for round in 0..10 {
        let jobs: Vec<_> = (0..32).map(|number| write(format!("{round} {number}"))).collect();
        for job in jobs {
            assert!(job.await.unwrap().unwrap());
        }
    }
    assert_eq!(db.figures().retries.get(), 0, "none had to begin again");
    let mut inserted = 0;
    for job in (0..16).map(|_| write("the same".to_owned())).collect::<Vec<_>>() {
        inserted += usize::from(job.await.unwrap().unwrap());
    }
    assert_eq!(inserted, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_depend_on_what_the_others_write_all_of_them_come_to_an_end() {
    const ALL: i64 = 120;
    let test = TestDb::new();
    let db = test.open().await;
    let jobs = (0..ALL).map(|_| {
        let db = db.clone();
        tokio::spawn(async move {
            db.write((), |conn, ()| {
                Box::pin(async move {
                    let count: i64 = run!(conn, |c| server_keys::table.count().get_result(c).await)?;
                    insert(conn, &format!("{count:03}")).await?;
                    Ok::<_, DbError>(())
                })
            })
            .await
        })
    });
    for job in jobs.collect::<Vec<_>>() {
        job.await.unwrap().unwrap();
    }
    let numbers: Vec<_> = (0..ALL).map(|number| format!("{number:03}")).collect();
    assert_eq!(names(&db).await, numbers, "each saw all before it");
}
