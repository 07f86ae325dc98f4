//! What is asked together, and connections that are lost, on whichever backend the run is for.

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::server_keys;
use stackyard_db::testing::{self, TestDb};
use stackyard_db::{Backend, Conn, Db, DbError, run, together};

async fn insert(conn: &mut Conn, name: &str) -> Result<(), DbError> {
    let row = (server_keys::name.eq(name), server_keys::key.eq(vec![7_u8]));
    run!(conn, |c| diesel::insert_into(server_keys::table).values(row).execute(c).await)?;
    Ok(())
}

async fn count(conn: &mut Conn) -> Result<i64, DbError> {
    Ok(run!(conn, |c| server_keys::table.count().get_result(c).await)?)
}

async fn write(db: &Db, names: [&'static str; 2]) -> Result<i64, DbError> {
    db.write(names, |conn, [one, other]| {
        Box::pin(async move {
            together!(conn, DbError, |c| insert(c, one), insert(c, other));
            let (rows, again) = together!(conn, DbError, |c| count(c), count(c));
            assert_eq!(rows, again);
            Ok(rows)
        })
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_together_is_answered_each_for_itself() {
    let test = TestDb::new();
    let db = test.open().await;
    assert_eq!(write(&db, ["a", "b"]).await.unwrap(), 2);
    assert_eq!(write(&db, ["c", "d"]).await.unwrap(), 4);
    let mut conn = db.read().await.unwrap();
    let both = async |conn: &mut Conn| Ok::<_, DbError>(together!(conn, DbError, |c| count(c), count(c)));
    assert_eq!(both(&mut conn).await.unwrap(), (4, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_is_sent_together_all_is_kept_or_nothing() {
    let test = TestDb::new();
    let db = test.open().await;
    write(&db, ["a", "b"]).await.unwrap();
    // More often than there are connections: each goes back as good as it was.
    for names in [["c", "a"], ["a", "c"], ["c", "c"]].repeat(6) {
        let error = write(&db, names).await.unwrap_err();
        assert!(error.is_unique_violation(), "{error:?}");
    }
    assert_eq!(write(&db, ["c", "d"]).await.unwrap(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_the_server_ended_are_replaced_before_they_are_used() {
    if testing::backend() == Backend::Sqlite {
        // There is no server to go away.
        return;
    }
    let test = TestDb::new();
    let db = test.open().await;
    // As many connections as there are, all just used.
    let all: Vec<_> = futures::future::join_all((0..8).map(|_| db.read())).await;
    for conn in all {
        count(&mut conn.unwrap()).await.unwrap();
    }
    test.disconnect_all();
    // Until the word of it is here; less than connections are trusted for without one.
    tokio::time::sleep(Duration::from_millis(400)).await;
    for _ in 0..8 {
        count(&mut db.read().await.unwrap()).await.unwrap();
        write(&db, ["a", "a"]).await.unwrap_err();
    }
    assert_eq!(write(&db, ["a", "b"]).await.unwrap(), 2);
}
