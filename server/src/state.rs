//! What every request shares, made once when the program starts.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use ipnet::IpNet;
use stackyard_app::context::{Assets, Cookies};
use stackyard_app::help::ApiReference;
use stackyard_domain::{Ctx, Deps, RequestInfo, hex, new_trace_id};
use tokio::sync::watch;

use crate::api::manage::{document, reference};
use crate::config::PublicUrl;
use crate::metrics::Metrics;
use crate::middleware::door::Names;

/// Shared by all requests. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

/// What [`AppState`] is made of.
pub struct Parts {
    /// What the services need.
    pub deps: Arc<Deps>,
    /// The address that people and workflows use.
    pub public_url: PublicUrl,
    /// The port that is listened on.
    pub port: u16,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// A path before the API's that is accepted too.
    pub path_prefix: Option<String>,
    /// The files that pages refer to, when the binary was built with them.
    pub site: Option<Assets>,
}

/// The state, for reading.
pub struct Inner {
    /// What it was made of.
    pub parts: Parts,
    /// The hosts that this server answers to, and the origins that are its own.
    pub names: Names,
    /// How the cookies of this server are written.
    pub cookies: Cookies,
    metrics: Arc<Metrics>,
    /// Made when somebody reads it first.
    api_reference: OnceLock<ApiReference>,
    stopping: watch::Sender<bool>,
}

impl AppState {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let names = Names::new(&parts.public_url, parts.port);
        let cookies = Cookies { session: cookie_name(&parts.public_url), secure: parts.public_url.https };
        let metrics = Arc::new(Metrics::new(&parts.deps.db, parts.deps.clock.now()));
        let stopping = watch::Sender::new(false);
        Self(Arc::new(Inner { parts, names, cookies, metrics, api_reference: OnceLock::new(), stopping }))
    }

    /// The API, to be read.
    #[must_use]
    pub fn api_reference(&self) -> ApiReference {
        self.0.api_reference.get_or_init(|| reference::of(&document::document())).clone()
    }

    /// The counters.
    #[must_use]
    pub fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.metrics)
    }

    /// Says when it is time to stop, so that what would go on for ever ends.
    #[must_use]
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    /// It is time to stop.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// The context of a new request of nobody in particular.
    #[must_use]
    pub fn ctx(&self, address: Option<String>, user_agent: Option<String>) -> Ctx {
        let deps = &self.parts.deps;
        let trace_id = new_trace_id(&*deps.clock, &*deps.random);
        Ctx::new(Arc::clone(deps), RequestInfo { trace_id, address, user_agent, ..RequestInfo::default() })
    }

    /// A number that is used once, for the policy of one page.
    #[must_use]
    pub fn nonce(&self) -> String {
        let mut bytes = [0; 16];
        self.parts.deps.random.fill(&mut bytes);
        hex(&bytes)
    }
}

impl Deref for AppState {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// Browsers drop `__Host-` on plain http, and keep cookies of one host for all its ports (rules §12).
fn cookie_name(public_url: &PublicUrl) -> String {
    if public_url.https { "__Host-stackyard".to_owned() } else { format!("stackyard_{}", public_url.port()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_host_bound_on_https_and_named_by_port_without() {
        let name = |url: &str| cookie_name(&PublicUrl::parse(url).unwrap());
        assert_eq!(name("https://stackyard.example"), "__Host-stackyard");
        assert_eq!(name("http://localhost:3000"), "stackyard_3000");
        assert_eq!(name("http://127.0.0.1"), "stackyard_80");
    }
}
