//! What is done in the background, with two replicas at one database.

use std::sync::Arc;

use stackyard_domain::jobs::{LEASE, Replica, Turn};
use stackyard_domain::testing::SeededRandom;
use stackyard_domain::{Ctx, Deps, RequestInfo};
use stackyard_oidc::{Issuers, http_client};

use crate::support::TestApp;

/// A second replica at the database of the first, with the same clock.
async fn second(app: &TestApp) -> Ctx {
    let Deps { clock, site, limits, .. } = &*app.deps;
    let issuers = Issuers::new(vec![app.issuer.config("github.com")], http_client().unwrap()).unwrap();
    let random = Arc::new(SeededRandom::new(9));
    let db = app.database().open().await;
    let deps = Deps::new(db, Arc::clone(clock), random, Arc::new(issuers), site.clone(), limits.clone());
    Ctx::new(Arc::new(deps), RequestInfo::default())
}

fn turn(ctx: &Ctx) -> Turn {
    Turn::sweeping(Replica::new(ctx))
}

#[tokio::test(flavor = "multi_thread")]
async fn one_replica_at_a_time_sweeps() {
    let app = TestApp::start().await;
    let (first, second) = (app.operator(), second(&app).await);
    let (mut one, mut two) = (turn(&first), turn(&second));
    assert!(one.is_mine(&first).await.unwrap());
    assert!(!two.is_mine(&second).await.unwrap());
    app.clock.advance(LEASE / 2);
    assert!(one.is_mine(&first).await.unwrap(), "its own lease goes on");
    app.clock.advance(LEASE / 2);
    assert!(!two.is_mine(&second).await.unwrap());
    app.clock.advance(LEASE / 2);
    assert!(two.is_mine(&second).await.unwrap(), "the first has not been heard of");
    assert!(!one.is_mine(&first).await.unwrap());
    one.leave(&first).await.unwrap();
    assert!(!one.is_mine(&first).await.unwrap(), "what it did not hold it cannot end");
    two.leave(&second).await.unwrap();
    assert!(one.is_mine(&first).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_replicas_at_once_one_sweeps() {
    let app = TestApp::start().await;
    let (first, second) = (app.operator(), second(&app).await);
    let (mut one, mut two) = (turn(&first), turn(&second));
    for _ in 0..5 {
        let (a, b) = tokio::join!(one.is_mine(&first), two.is_mine(&second));
        assert_eq!(usize::from(a.unwrap()) + usize::from(b.unwrap()), 1);
        app.clock.advance(LEASE * 2);
    }
}
