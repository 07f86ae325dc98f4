//! The order of the log where transactions end in another order than events are made (rules §10).

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::json;
use stackyard_db::schema::events;
use stackyard_db::testing::backend;
use stackyard_db::{Backend, Conn, DbError, run};
use stackyard_domain::{Clock as _, Ctx, SystemClock, activity};
use stackyard_model::PermissionKind;
use stackyard_model::activity::ActivityFilter;

use crate::operating::ahead;
use crate::support::TestApp;

/// How many events have no number.
async fn open(ctx: &Ctx) -> i64 {
    let mut conn = ctx.deps().db.read().await.unwrap();
    let open = events::table.filter(events::seq.is_null()).count();
    run!(&mut conn, |c| open.get_result(c).await).unwrap()
}

/// One whose transaction ended hours after it was made has an id that is far behind. On SQLite there is no such thing.
#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_was_committed_hours_late_is_sealed_too() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let (ctx, here) = (app.operator(), app.enter(&acme.workspace).await);
    app.session(&acme).await;
    let newest = activity::list(&ctx, &here, &ActivityFilter::default(), 1).await.unwrap();
    let late = newest.items[0].id.clone();
    app.clock.advance(Duration::from_secs(2 * 3600));
    app.session(&acme).await;
    app.seal().await;
    let unsealed = ctx.deps().db.write(late, |conn, late| {
        Box::pin(async move {
            let Conn::Pg(conn) = conn else { return Ok::<_, DbError>(0) };
            let event = diesel::update(events::table.find(late)).set(events::seq.eq(None::<i64>));
            Ok(event.execute(&mut &**conn).await?)
        })
    });
    let unsealed = i64::try_from(unsealed.await.unwrap()).unwrap();
    assert_eq!(unsealed, i64::from(backend() == Backend::Postgres));
    app.seal().await;
    assert_eq!(open(&ctx).await, unsealed, "it is older than what is looked for all the time");
    activity::seal_late(&ctx).await.unwrap();
    assert_eq!(open(&ctx).await, 0);
}

/// What the others do meanwhile has older ids than what was sealed last.
#[tokio::test(flavor = "multi_thread")]
async fn a_replica_whose_clock_is_a_day_ahead_holds_up_nobodys_events() {
    let app = ahead(Duration::ZERO).await;
    let acme = app.acme().await;
    app.allow(&acme, PermissionKind::LocksCreate, ["*", "*", "*"]).await;
    let token = app.repository_token(&acme).await;
    let ctx = app.operator();
    app.seal().await;
    let tomorrow = SystemClock.now() + Duration::from_secs(86_400);
    let moved = ctx.deps().db.write(tomorrow, |conn, tomorrow| {
        let events = diesel::update(events::table).set(events::at.eq(*tomorrow));
        Box::pin(async move { Ok::<_, DbError>(run!(conn, |c| events.execute(c).await)?) })
    });
    assert!(moved.await.unwrap() > 0);
    let lock = json!({"key": "acme/infra/dev/vpc", "ttl": 30});
    assert_eq!(app.post("/api/v1/locks").bearer(&token).json(&lock).send().await.status, 201);
    app.seal().await;
    assert_eq!(open(&ctx).await, 0);
}
