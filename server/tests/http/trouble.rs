//! When the store fails: a clear answer that tells nothing of the store, and nothing half done.

use diesel_async::SimpleAsyncConnection as _;
use serde_json::json;
use stackyard_db::{Conn, DbError};
use stackyard_model::activity::What;

use crate::support::{Answer, Place, TestApp};

/// Runs statements on the connection that writes, in words for either database.
async fn alter(app: &TestApp, sqlite: &'static str, postgres: &'static str) {
    let altered = app.deps.db.write((sqlite, postgres), |conn, (sqlite, postgres)| {
        Box::pin(async move {
            match conn {
                Conn::Sqlite(conn) => conn.batch_execute(sqlite).await?,
                Conn::Pg(conn) => (&mut &**conn).batch_execute(postgres).await?,
            }
            Ok::<_, DbError>(())
        })
    });
    altered.await.unwrap();
}

async fn lock(app: &TestApp, session: &str, number: usize) -> Answer {
    let body = json!({
        "key": format!("acme/infra/dev/c{number:04}"),
        "ttl": 3600,
        "lockMessage": "m".repeat(900),
    });
    app.post("/api/v1/locks").bearer(session).json(&body).send().await
}

/// Holds that the answer says that it is our fault and no more.
fn assert_our_fault(answer: &Answer, statuses: &[u16]) {
    assert!(statuses.contains(&answer.status.as_u16()), "{} {}", answer.status, answer.text());
    let (tag, text) = answer.refusal();
    assert!(["InternalError", "Unavailable"].contains(&tag.as_str()), "{tag}");
    for inside in ["sqlite", "SQL", "constraint", "disk", "trigger", "no room", "relation", "pool"] {
        assert!(!text.contains(inside), "{inside}: {text}");
    }
}

/// Holds that there are as many locks, and events of them, as were acknowledged.
async fn assert_kept(app: &TestApp, place: &Place, acknowledged: usize) {
    let held = app.locks(place).await.counts.all;
    assert_eq!(held, i64::try_from(acknowledged).unwrap());
    let here = app.enter(&place.workspace).await;
    let mut filter = stackyard_model::activity::ActivityFilter::default();
    let mut events = 0;
    loop {
        let page = stackyard_domain::activity::list(&app.operator(), &here, &filter, 100).await.unwrap();
        events += page.items.iter().filter(|event| event.what() == Some(What::LockCreated)).count();
        match page.items.last() {
            Some(last) => filter.before = last.id.to_string(),
            None => break,
        }
    }
    assert_eq!(events, acknowledged, "a lock and its event are written together or not at all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_fails_undoes_all_of_its_request() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    assert_eq!(lock(&app, &session, 0).await.status, 201);
    // The lock is written before its event, so this fails half-way.
    alter(
        &app,
        "CREATE TRIGGER broken BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no room'); END",
        "ALTER TABLE events ADD CONSTRAINT broken CHECK (false) NOT VALID",
    )
    .await;
    for number in 1..4 {
        assert_our_fault(&lock(&app, &session, number).await, &[500]);
    }
    assert_kept(&app, &acme, 1).await;
    alter(&app, "DROP TRIGGER broken", "ALTER TABLE events DROP CONSTRAINT broken").await;
    assert_eq!(lock(&app, &session, 1).await.status, 201, "it goes on as if nothing had been");
    assert_kept(&app, &acme, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_fails_or_a_full_disk_is_told_to_all_whose_writing_it_was() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    // SQLite finds no more room, sooner or later; PostgreSQL says no when it commits, from the start.
    alter(
        &app,
        "PRAGMA max_page_count = 1",
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$; \
         CREATE CONSTRAINT TRIGGER broken AFTER INSERT ON locks DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION no()",
    )
    .await;
    let mut acknowledged = 0;
    let mut failed = 0;
    for round in 0..50 {
        let answers = (0..8).map(|one| lock(&app, &session, round * 8 + one));
        for answer in futures::future::join_all(answers).await {
            if answer.status == 201 {
                acknowledged += 1;
            } else {
                assert_our_fault(&answer, &[500]);
                failed += 1;
            }
        }
        if failed > 20 {
            break;
        }
    }
    assert!(failed > 20, "there was room for {acknowledged}");
    assert_kept(&app, &acme, acknowledged).await;
    alter(&app, "PRAGMA max_page_count = 1000000", "DROP TRIGGER broken ON locks").await;
    assert_eq!(lock(&app, &session, 9000).await.status, 201);
    assert_kept(&app, &acme, acknowledged + 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_store_everything_is_answered_and_the_probe_says_so() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    assert_eq!(app.get("/readyz").send().await.status, 200);
    app.deps.db.close().await;
    assert_our_fault(&lock(&app, &session, 0).await, &[500, 503]);
    let page = app.get("/dashboard/workspaces/acme").cookie(&acme.owner.cookie).html().send().await;
    assert!([500, 503].contains(&page.status.as_u16()), "{}", page.status);
    assert!(page.text().contains(page.header("x-trace-id")), "{}", page.text());
    assert_eq!(app.get("/readyz").send().await.status, 503);
    assert_eq!(app.get("/healthz").send().await.status, 200);
}
