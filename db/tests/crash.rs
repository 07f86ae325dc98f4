//! Killed in the middle of writing, again and again: what was acknowledged is there.

use std::collections::HashSet;
use std::process::Stdio;
use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::server_keys;
use stackyard_db::testing::TestDb;
use stackyard_db::{Db, DbError, PostgresOptions, SqliteOptions, run};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

const CHILD: &str = "STACKYARD_TEST_CRASH";
const ROUNDS: u32 = 20;

/// Not a test of its own: the process that is killed. It writes from many tasks and prints what was acknowledged.
#[tokio::test(flavor = "multi_thread")]
async fn writes_until_it_is_killed() {
    let Ok(place) = std::env::var(CHILD) else { return };
    let (round, url) = place.split_once(' ').unwrap();
    let db = match url.strip_prefix("sqlite://") {
        Some(path) => Db::sqlite(SqliteOptions::new(path)).await.unwrap(),
        None => Db::postgres(PostgresOptions { url: url.to_owned(), connections: 8 }).await.unwrap(),
    };
    let writers = (0..16).map(|writer| {
        let (db, round) = (db.clone(), round.to_owned());
        tokio::spawn(async move {
            for number in 0.. {
                let name = format!("{round}-{writer}-{number}");
                let job = db.write(name.clone(), |conn, name| {
                    Box::pin(async move {
                        let row = (server_keys::name.eq(name), server_keys::key.eq(vec![1_u8; 64]));
                        run!(conn, |c| diesel::insert_into(server_keys::table).values(row).execute(c).await)?;
                        Ok::<_, DbError>(())
                    })
                });
                job.await.unwrap();
                println!("ack {name}");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_write_survives_kill_9() {
    let test = TestDb::new();
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writes_until_it_is_killed", "--nocapture"])
            .env(CHILD, format!("{round} {}", test.url()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // The first acknowledgement says that it is at work; then it is killed at a different moment each time.
        let mut seen = Vec::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            seen.push(line);
            if seen.last().is_some_and(|line| line.contains("ack ")) {
                break;
            }
        }
        let deadline = tokio::time::Instant::now() + Duration::from_millis(u64::from(20 + 11 * round));
        while let Ok(Ok(Some(line))) = tokio::time::timeout_at(deadline, lines.next_line()).await {
            seen.push(line);
        }
        child.start_kill().unwrap();
        child.wait().await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            seen.push(line);
        }
        // The last line may be cut in the middle; only whole ones count.
        let whole = seen.iter().filter_map(|line| line.split_once("ack ")).map(|(_, name)| name.to_owned());
        acknowledged.extend(whole.filter(|name| name.matches('-').count() == 2 && !name.ends_with('-')));
    }
    let db = test.open().await;
    let mut conn = db.read().await.unwrap();
    let stored: Vec<String> =
        run!(&mut conn, |c| server_keys::table.select(server_keys::name).load(c).await).unwrap();
    let stored: HashSet<_> = stored.into_iter().collect();
    let lost: Vec<_> = acknowledged.iter().filter(|name| !stored.contains(*name)).collect();
    assert!(lost.is_empty(), "lost {} of {}", lost.len(), acknowledged.len());
    let rounds: HashSet<_> = acknowledged.iter().filter_map(|name| name.split('-').next()).collect();
    assert_eq!(rounds.len(), usize::try_from(ROUNDS).unwrap(), "some child never wrote");
}
