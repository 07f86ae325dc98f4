//! The order of the log where transactions end in another order than events are made (rules §10).

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::events;
use stackyard_db::testing::backend;
use stackyard_db::{Backend, Conn, DbError, run};
use stackyard_domain::{Ctx, activity};
use stackyard_model::activity::ActivityFilter;

use crate::support::TestApp;

async fn seal(ctx: &Ctx) {
    while activity::seal(ctx).await.unwrap() {}
}

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
    seal(&ctx).await;
    let unsealed = ctx.deps().db.write(late, |conn, late| {
        Box::pin(async move {
            let Conn::Pg(conn) = conn else { return Ok::<_, DbError>(0) };
            let event = diesel::update(events::table.find(late)).set(events::seq.eq(None::<i64>));
            Ok(event.execute(&mut &**conn).await?)
        })
    });
    let unsealed = i64::try_from(unsealed.await.unwrap()).unwrap();
    assert_eq!(unsealed, i64::from(backend() == Backend::Postgres));
    seal(&ctx).await;
    assert_eq!(open(&ctx).await, unsealed, "it is older than what is looked for all the time");
    activity::seal_late(&ctx).await.unwrap();
    assert_eq!(open(&ctx).await, 0);
}
