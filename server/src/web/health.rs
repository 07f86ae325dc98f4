//! For whatever watches the server.

use std::time::Duration;

use axum::extract::State;
use http::StatusCode;
use stackyard_db::DbError;
use stackyard_domain::Deps;

use crate::failure::chain;
use crate::state::AppState;

/// How far this machine's clock and the database's may be apart: locks run out by the one, sessions by the other.
pub(crate) const APART_MAX: Duration = Duration::from_secs(1);
/// How long the database may take to say that it is there; whoever asks does not wait for ever either.
const PATIENCE: Duration = Duration::from_secs(4);

/// The process answers.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// The process can do its work: the database reads and takes transactions, and it is the same time there.
pub async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    let Ok(asked) = tokio::time::timeout(PATIENCE, apart(&state.parts.deps)).await else {
        tracing::warn!(seconds = PATIENCE.as_secs(), "not ready: the database does not answer in time");
        return (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n");
    };
    match asked {
        Ok(apart) if apart <= APART_MAX => (StatusCode::OK, "ready\n"),
        Ok(apart) => {
            tracing::warn!(seconds = apart.as_secs_f64(), "not ready: the database's clock differs");
            (StatusCode::SERVICE_UNAVAILABLE, "the clocks of this machine and the database differ\n")
        }
        Err(error) => {
            tracing::warn!(cause = chain(&error), "not ready: the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}

async fn apart(deps: &Deps) -> Result<Duration, DbError> {
    // On SQLite a transaction goes through the one writer, so this also says that it is alive.
    deps.db.write((), |conn, ()| Box::pin(async move { stackyard_db::probe(conn).await })).await?;
    let mut conn = deps.db.read().await?;
    stackyard_db::probe(&mut conn).await?;
    let there = stackyard_db::clock(&mut conn).await?;
    let here = deps.clock.now();
    // A clock that is set by hand follows nothing.
    let there = there.filter(|_| deps.clock.follows_database()).unwrap_or(here);
    Ok(here.since(there).max(there.since(here)))
}
