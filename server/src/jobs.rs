//! What is done in the background.

use std::sync::Arc;
use std::time::Duration;

use stackyard_domain::{Ctx, Deps, RequestInfo, jobs, new_trace_id};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::failure::chain;

const EVERY: Duration = Duration::from_secs(5);

/// Sweeps every few seconds until it is time to stop.
pub async fn run(deps: Arc<Deps>, mut stopping: watch::Receiver<bool>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            // An error means that the sender is gone, which also says to stop.
            _ = stopping.wait_for(|stop| *stop) => return,
        }
        let trace_id = new_trace_id(&*deps.clock, &*deps.random);
        let ctx = Ctx::new(Arc::clone(&deps), RequestInfo { trace_id, ..RequestInfo::default() });
        if let Err(error) = jobs::sweep(&ctx).await {
            tracing::error!(cause = chain(&error), "sweeping failed");
        }
    }
}
