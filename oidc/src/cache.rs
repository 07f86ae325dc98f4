//! One issuer's keys, fetched when needed and kept.
//!
//! A rotated key is noticed by its unknown `kid`, or by the refresh behind a verification. Fetches run in tasks of
//! their own: a caller who goes away neither stops one nor uses up the minute for the others.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;
use reqwest::{Client, Url};
use stackyard_model::Ts;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::config::{ConfigError, IssuerConfig};
use crate::fetch::{self, FetchError};
use crate::keys::{Key, KeySet};

/// Least time between two fetches, whatever asks for them (rules §5).
const REFRESH_EVERY: Duration = Duration::from_secs(60);
/// The same while there is no key at all, so that one lost packet at start does not refuse a minute of jobs.
const REFRESH_EVERY_WHEN_EMPTY: Duration = Duration::from_secs(5);
/// Age at which keys are refreshed behind a verification.
const FRESH: Duration = Duration::from_secs(600);

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoKey {
    /// The issuer does not publish it.
    Unknown,
    /// The issuer could not be asked.
    Unavailable,
}

pub(crate) struct KeyCache {
    issuer: String,
    url: Url,
    http: Client,
    state: RwLock<State>,
    /// Held by the one fetch that runs.
    turn: Arc<Mutex<()>>,
}

#[derive(Default)]
struct State {
    keys: KeySet,
    fetched_at: Option<Ts>,
    attempted_at: Option<Ts>,
    attempt_failed: bool,
}

impl KeyCache {
    pub(crate) fn new(config: &IssuerConfig, http: Client) -> Result<Self, ConfigError> {
        Ok(Self {
            issuer: config.url.clone(),
            url: config.check()?,
            http,
            state: RwLock::default(),
            turn: Arc::default(),
        })
    }

    /// Fetches the keys without keeping them, and says how many can be used.
    pub(crate) async fn probe(&self) -> Result<usize, FetchError> {
        Ok(fetch::keys(&self.http, &self.issuer, &self.url).await?.len())
    }

    /// The key of that `kid`, fetched when it is unknown and a fetch is due.
    pub(crate) async fn key(self: &Arc<Self>, kid: &str, now: Ts) -> Result<Arc<Key>, NoKey> {
        let (known, fresh) = {
            let state = self.state.read();
            (state.keys.get(kid), state.fetched_at.is_some_and(|at| apart(at, now) < FRESH))
        };
        if let Some(key) = known {
            if !fresh {
                self.refresh_behind(now);
            }
            return Ok(key);
        }
        self.refresh(now).await;
        let state = self.state.read();
        match state.keys.get(kid) {
            Some(key) => Ok(key),
            None if state.attempt_failed || state.keys.is_empty() => Err(NoKey::Unavailable),
            None => Err(NoKey::Unknown),
        }
    }

    /// Waits for the fetch that runs, or runs one when it is due.
    async fn refresh(self: &Arc<Self>, now: Ts) {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        if self.is_due(now) {
            // A fetch that dies leaves the state as it was, which is what its callers then see.
            let _ = tokio::spawn(Arc::clone(self).fetch(now, turn)).await;
        }
    }

    fn refresh_behind(self: &Arc<Self>, now: Ts) {
        if let Ok(turn) = Arc::clone(&self.turn).try_lock_owned()
            && self.is_due(now)
        {
            tokio::spawn(Arc::clone(self).fetch(now, turn));
        }
    }

    fn is_due(&self, now: Ts) -> bool {
        let state = self.state.read();
        let every = if state.keys.is_empty() { REFRESH_EVERY_WHEN_EMPTY } else { REFRESH_EVERY };
        state.attempted_at.is_none_or(|at| apart(at, now) >= every)
    }

    async fn fetch(self: Arc<Self>, now: Ts, _turn: OwnedMutexGuard<()>) {
        let fetched = fetch::keys(&self.http, &self.issuer, &self.url).await;
        let mut state = self.state.write();
        state.attempted_at = Some(now);
        state.attempt_failed = fetched.is_err();
        match fetched {
            Ok(keys) => {
                tracing::debug!(issuer = self.issuer, keys = keys.len(), "fetched an issuer's keys");
                state.keys = keys;
                state.fetched_at = Some(now);
            }
            Err(error) => {
                tracing::warn!(issuer = self.issuer, kept = state.keys.len(), %error, "an issuer's keys cannot be fetched");
            }
        }
    }
}

/// The time between two moments in whichever order: callers' clocks are read before they wait, and a clock that
/// was set back must not stop refreshes.
fn apart(a: Ts, b: Ts) -> Duration {
    a.since(b).max(b.since(a))
}
