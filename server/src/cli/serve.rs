//! `stackyard serve`.

use std::io::{ErrorKind, IsTerminal as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::ServiceExt;
use axum::extract::Request;
use axum::serve::ListenerExt as _;
use stackyard_db::Backend;
use stackyard_domain::{Actor, Ctx, Deps, RequestInfo, new_trace_id, setup};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::{Stop, open, say};
use crate::config::{Config, LogFormat, ServeFlags};
use crate::state::{AppState, Parts};
use crate::{jobs, logging, metrics, router};

/// How long requests that are being answered may take to end after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

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

    say::line(&format!("Stackyard is at {}", public_url.origin()));
    // With PostgreSQL there are several replicas, and `stackyard admin setup-link` makes the link.
    if db.backend() == Backend::Sqlite {
        setup_link(&deps).await?;
    }

    let (stop, stopping) = watch::channel(false);
    let jobs = tokio::spawn(jobs::run(Arc::clone(&deps), stopping.clone()));
    let metrics = metrics_listener
        .map(|listener| tokio::spawn(metrics::serve(listener, state.metrics(), stopping.clone())));
    let mut stopped = stopping.clone();
    let front = router::service(state);
    let service = ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(front);
    // Pages are written in more than one piece; Nagle's algorithm would hold the second back.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY cannot be set");
        }
    });
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        // An error means that the sender is gone, which also says to stop.
        let _ = stopped.wait_for(|stop| *stop).await;
    });
    let server = tokio::spawn(async move { server.await });

    wait_for_signal().await?;
    tracing::info!("stopping");
    stop.send_replace(true);
    if tokio::time::timeout(GRACE, server).await.is_err() {
        tracing::warn!("some requests did not end in time");
    }
    let _ = jobs.await;
    if let Some(metrics) = metrics {
        let _ = metrics.await;
    }
    db.close().await;
    Ok(())
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

/// Prints the one-time link for the first account while there is none. Never to the log: whoever reads it may
/// take the server over.
async fn setup_link(deps: &Arc<Deps>) -> Result<(), Stop> {
    let ctx = operator(deps);
    if let Some(secret) = setup::issue_link(&ctx).await? {
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

async fn wait_for_signal() -> Result<(), Stop> {
    let listen =
        |kind| signal(kind).map_err(|error| Stop::Other(format!("Signals cannot be heard: {error}.")));
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
