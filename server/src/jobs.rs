//! What is done in the background.

use std::sync::Arc;
use std::time::Duration;

use stackyard_domain::jobs::{self, Replica};
use stackyard_domain::{Ctx, Deps, RequestInfo, new_trace_id};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::failure::chain;

const EVERY: Duration = Duration::from_secs(5);

/// Sweeps every few seconds, where no other replica does, until it is time to stop.
pub async fn run(deps: Arc<Deps>, mut stopping: watch::Receiver<bool>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let replica = Replica::new(&ctx(&deps));
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            // An error means that the sender is gone, which also says to stop.
            _ = stopping.wait_for(|stop| *stop) => break,
        }
        if let Err(error) = jobs::turn(&ctx(&deps), &replica).await {
            tracing::error!(cause = chain(&error), "sweeping failed");
        }
    }
    if let Err(error) = jobs::leave(&ctx(&deps), &replica).await {
        tracing::warn!(cause = chain(&error), "the lease of sweeping has to run out by itself");
    }
}

fn ctx(deps: &Arc<Deps>) -> Ctx {
    let trace_id = new_trace_id(&*deps.clock, &*deps.random);
    Ctx::new(Arc::clone(deps), RequestInfo { trace_id, ..RequestInfo::default() })
}
