//! `stackyard serve`.

use std::io::{ErrorKind, IsTerminal as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use stackyard_db::{Backend, Db};
use stackyard_domain::{Actor, Ctx, Deps, RequestInfo, accounts, flash, new_trace_id, setup};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use super::{Stop, open, say};
use crate::config::{Config, LogFormat, ServeFlags};
use crate::listen::{self, Patience};
use crate::state::{AppState, Parts};
use crate::{jobs, logging, metrics, router};

pub async fn run(flags: &ServeFlags) -> Result<(), Stop> {
    let config = Config::read(flags)?;
    let format = config
        .log_format
        .unwrap_or_else(|| if std::io::stderr().is_terminal() { LogFormat::Text } else { LogFormat::Json });
    logging::start(format, &config.log).map_err(Stop::Other)?;
    // The port first: a second start must not touch the data of the first.
    let listener = bind(config.listen).await?;
    let port = listener.local_addr().map_or(config.listen.port(), |address| address.port());
    let metrics_listener = match config.metrics_listen {
        Some(address) => Some(bind(address).await?),
        None => None,
    };

    let public_url = config.store.public_url(Some(port));
    if public_url.https && config.trusted_proxies.is_empty() {
        tracing::warn!(
            "trusted_proxies is not set: behind a proxy everybody seems to come from its address, and wrong passwords \
             of all are counted together"
        );
    }
    let db = open::database(&config.store).await?;
    let deps = open::deps(&config.store, &public_url, db.clone())?;
    let state = AppState::new(Parts {
        deps: Arc::clone(&deps),
        public_url: public_url.clone(),
        port,
        trusted_proxies: config.trusted_proxies.clone(),
        path_prefix: config.path_prefix.clone(),
        site: crate::web::assets::site(),
    });

    // From here on whoever started it may ask it to stop.
    let mut signals = Signals::listen()?;
    say::line(&format!("Stackyard is at {}", public_url.origin()));
    flash::prepare(&operator(&deps)).await?;
    accounts::prepare(&operator(&deps)).await?;
    first_account(&deps, db.backend()).await?;

    let jobs = tokio::spawn(jobs::run(Arc::clone(&deps), state.metrics(), state.stopping()));
    let metrics = metrics_listener.map(|listener| {
        tokio::spawn(metrics::serve(listener, state.metrics(), db.clone(), state.stopping()))
    });
    let service = router::service(state.clone());
    let server = tokio::spawn(listen::serve(listener, service, Patience::default(), state.stopping()));

    signals.received().await;
    tracing::info!("stopping");
    state.stop();
    let ending = end(server, jobs, metrics, config.stop, &db);
    tokio::select! {
        () = ending => Ok(()),
        () = signals.received() => Err(Stop::Other("Stopped at once by a second signal.".to_owned())),
    }
}

/// Lets what goes on come to its end, and flushes.
async fn end(
    server: JoinHandle<()>,
    jobs: JoinHandle<()>,
    metrics: Option<JoinHandle<()>>,
    limit: Duration,
    db: &Db,
) {
    let requests = async {
        if tokio::time::timeout(limit, server).await.is_err() {
            tracing::warn!(seconds = limit.as_secs(), "some requests did not end in time");
        }
    };
    let background = async {
        let _ = jobs.await;
    };
    tokio::join!(requests, background);
    if let Some(metrics) = metrics {
        // Nobody's answer depends on it.
        metrics.abort();
    }
    db.close().await;
    tracing::info!("stopped");
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Stop> {
    TcpListener::bind(address).await.map_err(|error| {
        Stop::Other(match error.kind() {
            ErrorKind::AddrInUse => format!(
                "Port {} at {} is taken by another program. Stop that one, or choose another port, such as PORT={}.",
                address.port(),
                address.ip(),
                address.port().saturating_add(1)
            ),
            _ => format!("It is not possible to listen on {address}: {error}."),
        })
    })
}

/// Prints the one-time link for the first account while there is none: to a terminal alone, since whoever reads it may
/// take the server over. Where the output is kept, or several replicas start, it says how to get the link.
async fn first_account(deps: &Arc<Deps>, backend: Backend) -> Result<(), Stop> {
    let ctx = operator(deps);
    if !setup::is_needed(&ctx).await? {
        return Ok(());
    }
    if backend == Backend::Postgres || !std::io::stdout().is_terminal() {
        say::line(
            "There is no account yet. Where these settings are, this prints a one-time link for the first one:",
        );
        say::line("");
        // A port or an address that was given to this command alone is not among the settings.
        say::line(&format!("  stackyard admin setup-link --public-url {}", deps.site.public_url));
        say::line("");
    } else if let Some(secret) = setup::issue_link(&ctx).await? {
        say::line("There is no account yet. This link creates the first one; it works once, for 24 hours:");
        say::line("");
        say::line(&format!("  {}", link(&ctx, secret.expose())));
        say::line("");
    }
    Ok(())
}

/// The address that a setup secret is for.
pub fn link(ctx: &Ctx, secret: &str) -> String {
    format!("{}/setup?token={secret}", ctx.deps().site.public_url)
}

/// A request of the operator at the command line.
pub fn operator(deps: &Arc<Deps>) -> Ctx {
    let trace_id = new_trace_id(&*deps.clock, &*deps.random);
    Ctx::new(Arc::clone(deps), RequestInfo { trace_id, ..RequestInfo::default() }).with_actor(Actor::Operator)
}

/// The signals that ask to stop, kept from when they are listened for.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self, Stop> {
        let listen =
            |kind| signal(kind).map_err(|error| Stop::Other(format!("Signals cannot be heard: {error}.")));
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
