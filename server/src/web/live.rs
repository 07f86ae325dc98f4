//! `…/live`: what changes in a workspace, as server-sent events (rules §10). Who reads them loads the page again; an open
//! stream says only that something happened, never what. With `?log={deployment}` it says too when that deployment's log
//! grew.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Extension, Path, Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, stream};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::Deserialize;
use serde_json::json;
use stackyard_domain::deployments::{LogState, log_state};
use stackyard_domain::live::{self, Follower, Told};
use stackyard_domain::{Actor, Ctx, Error, Here, access, sessions};
use stackyard_model::Action;
use stackyard_model::id::DeploymentId;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::failure::{Failure, chain};
use crate::metrics::Ongoing;
use crate::middleware::cookies;
use crate::state::AppState;

/// How often something is sent when nothing happens, so that nobody between takes the stream for dead.
const KEPT_ALIVE: Duration = Duration::from_secs(15);
/// After what time a browser comes back when the stream broke.
const RETRY: Duration = Duration::from_secs(2);
/// How often it is looked whether a log grew.
const LOOKED: Duration = Duration::from_millis(700);
/// The last event that a browser had when the stream broke.
const LAST: HeaderName = HeaderName::from_static("last-event-id");
/// Proxies pass every event on at once.
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// What else is followed.
#[derive(Debug, Deserialize)]
pub struct Also {
    /// A deployment whose log is.
    #[serde(default)]
    log: String,
}

/// A log that is followed.
struct Log {
    id: DeploymentId,
    told: Option<LogState>,
    looked: Instant,
}

/// Who follows, and how it is found out whether they still may.
struct Following {
    state: AppState,
    ctx: Ctx,
    here: Here,
    slug: String,
    cookie: String,
    follower: Follower,
    log: Option<Log>,
    asked: Instant,
    first: Option<Event>,
    /// Counts it as open for as long as it is.
    _open: Ongoing,
}

/// Opens a stream of what changes in the workspace, from the last event that the browser had.
pub async fn follow(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    Path(slug): Path<String>,
    Query(also): Query<Also>,
    headers: HeaderMap,
) -> Result<([(HeaderName, HeaderValue); 2], Sse<impl Stream<Item = Result<Event, Infallible>>>), Failure> {
    let here = access::enter_anyhow(&ctx, &slug).await?;
    let log = match also.log.as_str() {
        "" => None,
        id => {
            let id = id.parse().map_err(|_| Error::NotFound)?;
            // Whether it is there.
            log_state(&ctx, &here, &id).await?;
            Some(Log { id, told: None, looked: Instant::now() })
        }
    };
    let told = headers.get(LAST).and_then(|last| last.to_str().ok()?.parse().ok());
    let (follower, missed) = live::follow(&ctx, &here, told).await?;
    let cookie = cookies::value(&headers, &state.cookies.session).unwrap_or_default().to_owned();
    let first = match missed {
        Some(told) => changed(told),
        // So that a browser knows from where to go on, should the stream break before anything happens.
        None => Event::default().event("following").id(follower.upto().to_string()).data("{}"),
    };
    let first = Some(first.retry(RETRY));
    let open = state.metrics().stream_opened();
    let asked = Instant::now();
    let following = Following { state, ctx, here, slug, cookie, follower, log, asked, first, _open: open };
    let events = stream::unfold(following, |mut following| async move {
        let event = following.next().await?;
        Some((Ok(event), following))
    });
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (UNBUFFERED, HeaderValue::from_static("no")),
    ];
    Ok((headers, Sse::new(events).keep_alive(KeepAlive::new().interval(KEPT_ALIVE))))
}

impl Following {
    /// The next event; none when the stream ends: the server stops, or who follows may not any more.
    async fn next(&mut self) -> Option<Event> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        let mut stopping = self.state.stopping();
        loop {
            let look = self.log.as_ref().map(|log| log.looked + LOOKED);
            let again = self.asked + self.ctx.deps().limits.streams_asked_again;
            tokio::select! {
                told = self.follower.next(&self.ctx) => return unbroken(told)?.map(changed),
                () = tokio::time::sleep_until(look.unwrap_or(again)), if look.is_some() => {
                    if let Some(grown) = unbroken(self.look().await)? {
                        return Some(grown);
                    }
                }
                () = tokio::time::sleep_until(again) => {
                    self.here = unbroken(self.may_still().await)??;
                    self.follower.go_on_as(self.here.clone());
                    self.asked = Instant::now();
                }
                () = stopped(&mut stopping) => return None,
            }
        }
    }

    /// Whether the log grew since it was looked. Once it is done it is not looked at any more.
    async fn look(&mut self) -> Result<Option<Event>, Error> {
        let Some(log) = &mut self.log else { return Ok(None) };
        let now = log_state(&self.ctx, &self.here, &log.id).await?;
        log.looked = Instant::now();
        if log.told.replace(now) == Some(now) {
            return Ok(None);
        }
        if now.done {
            self.log = None;
        }
        let data = json!({"size": now.size, "done": now.done});
        Ok(Some(Event::default().event("grown").data(data.to_string())))
    }

    /// The person as a member who may see this, when the session is still one and they still are.
    async fn may_still(&self) -> Result<Option<Here>, Error> {
        let Some(signed_in) = sessions::authenticate(&self.ctx, &self.cookie).await? else {
            return Ok(None);
        };
        let ctx = self.ctx.clone().with_actor(Actor::User(Arc::new(signed_in)));
        match access::enter_anyhow(&ctx, &self.slug).await {
            Ok(here) => Ok(Some(here).filter(|here| here.may(Action::SeeResources))),
            Err(Error::NotFound | Error::Unauthenticated) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// What came; none when the store failed, which ends the stream. Browsers come back.
fn unbroken<T>(came: Result<T, Error>) -> Option<T> {
    came.inspect_err(|error| tracing::warn!(cause = chain(error), "a stream broke")).ok()
}

/// Waits until it is time to stop.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that nobody can say so any more.
    let _ = stopping.wait_for(|stop| *stop).await;
}

fn changed(told: Told) -> Event {
    let data = json!({"from": told.from, "upto": told.upto, "events": told.events});
    Event::default().event("changed").id(told.upto.to_string()).data(data.to_string())
}
