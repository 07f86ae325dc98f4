//! What is done in the background, with two replicas at one database.

use std::sync::Arc;

use stackyard_domain::jobs::{self, LEASE, Replica};
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

#[tokio::test(flavor = "multi_thread")]
async fn one_replica_at_a_time_sweeps() {
    let app = TestApp::start().await;
    let (first, second) = (app.operator(), second(&app).await);
    let (one, two) = (Replica::new(&first), Replica::new(&second));
    assert!(jobs::turn(&first, &one).await.unwrap());
    assert!(!jobs::turn(&second, &two).await.unwrap());
    app.clock.advance(LEASE / 2);
    assert!(jobs::turn(&first, &one).await.unwrap(), "its own lease goes on");
    app.clock.advance(LEASE / 2);
    assert!(!jobs::turn(&second, &two).await.unwrap());
    app.clock.advance(LEASE / 2);
    assert!(jobs::turn(&second, &two).await.unwrap(), "the first has not been heard of");
    assert!(!jobs::turn(&first, &one).await.unwrap());
    jobs::leave(&first, &one).await.unwrap();
    assert!(!jobs::turn(&first, &one).await.unwrap(), "what it did not hold it cannot end");
    jobs::leave(&second, &two).await.unwrap();
    assert!(jobs::turn(&first, &one).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_replicas_at_once_one_sweeps() {
    let app = TestApp::start().await;
    let (first, second) = (app.operator(), second(&app).await);
    let (one, two) = (Replica::new(&first), Replica::new(&second));
    for _ in 0..5 {
        let (a, b) = tokio::join!(jobs::turn(&first, &one), jobs::turn(&second, &two));
        assert_eq!(usize::from(a.unwrap()) + usize::from(b.unwrap()), 1);
        app.clock.advance(LEASE * 2);
    }
}
