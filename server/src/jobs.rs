//! What is done in the background.

use std::sync::Arc;
use std::time::Duration;

use stackyard_domain::jobs::{self, Replica, Turn};
use stackyard_domain::mail::{self, Step};
use stackyard_domain::{Ctx, Deps, Error, RequestInfo, activity, live, new_trace_id};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use crate::failure::chain;
use crate::metrics::Metrics;

/// How often what has run out is ended.
const SWEEP: Duration = Duration::from_secs(5);
/// How often the log is sealed and told to those who follow it: what is done is seen within twice that.
const SEAL: Duration = Duration::from_millis(300);
/// How often it is looked for events that were committed very late; the first time at the start.
const SEAL_LATE: Duration = Duration::from_secs(600);

/// How often it is looked for mails that are due.
const MAIL: Duration = Duration::from_secs(1);
/// How long mails wait when their server cannot be reached.
const MAIL_PAUSE: Duration = Duration::from_secs(30);

/// Does all of it until it is time to stop.
pub async fn run(deps: Arc<Deps>, metrics: Arc<Metrics>, stopping: watch::Receiver<bool>) {
    let replica = Replica::new(&ctx(&deps));
    let sweeping = sweep(Arc::clone(&deps), &metrics, Turn::sweeping(replica.clone()), stopping.clone());
    let mailing = send_mail(Arc::clone(&deps), &metrics, Turn::mailing(replica.clone()), stopping.clone());
    tokio::join!(sweeping, mailing, seal(deps, &metrics, Turn::sealing(replica), stopping));
}

async fn sweep(deps: Arc<Deps>, metrics: &Metrics, mut turn: Turn, mut stopping: watch::Receiver<bool>) {
    let mut ticks = every(SWEEP);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            // An error means that the sender is gone, which also says to stop.
            _ = stopping.wait_for(|stop| *stop) => break,
        }
        let ctx = ctx(&deps);
        let swept = async { if turn.is_mine(&ctx).await? { jobs::sweep(&ctx).await } else { Ok(()) } };
        match swept.await {
            Ok(()) => metrics.job_done("sweep", deps.clock.now()),
            Err(error) => tracing::error!(cause = chain(&error), "sweeping failed"),
        }
    }
    leave(&deps, &mut turn).await;
}

/// One replica seals; every replica tells those who follow the log there.
async fn seal(deps: Arc<Deps>, metrics: &Metrics, mut turn: Turn, mut stopping: watch::Receiver<bool>) {
    let (mut ticks, mut seldom) = (every(SEAL), every(SEAL_LATE));
    let mut told = 0;
    loop {
        let late = tokio::select! {
            _ = ticks.tick() => false,
            _ = seldom.tick() => true,
            _ = stopping.wait_for(|stop| *stop) => break,
        };
        let ctx = ctx(&deps);
        let done = async {
            if turn.is_mine(&ctx).await? {
                if late {
                    activity::seal_late(&ctx).await?;
                }
                while activity::seal(&ctx).await? {}
            }
            told = live::look(&ctx, told).await?;
            Ok::<_, Error>(())
        };
        match done.await {
            Ok(()) => metrics.job_done("seal", deps.clock.now()),
            Err(error) => tracing::error!(cause = chain(&error), "sealing the log failed"),
        }
    }
    leave(&deps, &mut turn).await;
}

/// Sends what waits, one mail after the other, so that a stop waits for one at most.
async fn send_mail(deps: Arc<Deps>, metrics: &Metrics, mut turn: Turn, mut stopping: watch::Receiver<bool>) {
    if deps.mailer().is_none() {
        return;
    }
    let mut ticks = every(MAIL);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = stopping.wait_for(|stop| *stop) => break,
        }
        let ctx = ctx(&deps);
        let sent = async {
            let mut step = Step::Went;
            while step == Step::Went && !*stopping.borrow() && turn.is_mine(&ctx).await? {
                step = mail::step(&ctx).await?;
            }
            Ok::<_, Error>(step)
        };
        match sent.await {
            Ok(Step::Paused) => {
                tracing::warn!("the mail server cannot be reached; mails wait");
                ticks.reset_after(MAIL_PAUSE);
            }
            Ok(_) => metrics.job_done("mail", deps.clock.now()),
            Err(error) => tracing::error!(cause = chain(&error), "sending mail failed"),
        }
    }
    leave(&deps, &mut turn).await;
}

async fn leave(deps: &Arc<Deps>, turn: &mut Turn) {
    if let Err(error) = turn.leave(&ctx(deps)).await {
        tracing::warn!(cause = chain(&error), "a lease has to run out by itself");
    }
}

fn every(period: Duration) -> tokio::time::Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

fn ctx(deps: &Arc<Deps>) -> Ctx {
    let trace_id = new_trace_id(&*deps.clock, &*deps.random);
    Ctx::new(Arc::clone(deps), RequestInfo { trace_id, ..RequestInfo::default() })
}
