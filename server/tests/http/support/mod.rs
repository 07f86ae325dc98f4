//! A whole server for one test: its own database, a clock that is set by hand, its own issuer; requests without a
//! socket.

mod call;
mod place;
mod runs;
mod smtp;
mod stream;

use std::sync::{Arc, OnceLock};

use leptos::config::LeptosOptions;
use stackyard::config::PublicUrl;
use stackyard::router::{self, Front};
use stackyard::state::{AppState, Parts};
use stackyard_app::context::Assets;
use stackyard_db::testing::TestDb;
use stackyard_domain::accounts::Passwords;
use stackyard_domain::mail::Mailer;
use stackyard_domain::testing::{ManualClock, SeededRandom};
use stackyard_domain::{Actor, Clock as _, Ctx, Deps, Limits, RequestInfo, Site, activity};
use stackyard_model::Ts;
use stackyard_oidc::testing::{TestClaims, TestIssuer};
use stackyard_oidc::{Issuers, http_client};

pub use call::{Answer, Call, PNG, multipart};
pub use place::{Person, Place, fill_log};
pub use runs::{assert_let_in, assert_refused};
pub use smtp::{SmtpServer, Temper};
pub use stream::{Sent, follow, take_event};

/// Where the server of a test is.
pub const ORIGIN: &str = "http://localhost:3000";
/// The name of its cookie.
pub const COOKIE: &str = "stackyard_3000";
/// The password of everybody in tests.
pub const PASSWORD: &str = "correct horse battery staple";

/// A server.
pub struct TestApp {
    /// What its services use.
    pub deps: Arc<Deps>,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// The issuer that it trusts for `github.com`.
    pub issuer: TestIssuer,
    service: Front,
    state: AppState,
    database: TestDb,
    path_prefix: Option<String>,
}

/// One for all tests: what it reads of this machine's certificates takes a while.
fn client() -> reqwest::Client {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    CLIENT.get_or_init(|| http_client().unwrap()).clone()
}

impl TestApp {
    /// A server with nothing in it.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// A server with other settings.
    pub async fn start_with(change: impl FnOnce(&mut Parts)) -> Self {
        Self::start_seeded(7, change).await
    }

    /// A server whose secrets are others.
    pub async fn start_with_seed(seed: u64) -> Self {
        Self::start_seeded(seed, |_| {}).await
    }

    async fn start_seeded(seed: u64, change: impl FnOnce(&mut Parts)) -> Self {
        let database = TestDb::new();
        let issuer = TestIssuer::start().await;
        let clock = Arc::new(ManualClock::at(Ts::from_seconds(1_795_000_000)));
        let issuers = Issuers::new(vec![issuer.config("github.com")], client()).unwrap();
        let site = Site {
            public_url: ORIGIN.to_owned(),
            anyone_may_create_workspaces: true,
            this_machine_only: true,
        };
        let random = Arc::new(SeededRandom::new(seed));
        let deps = Deps::new(
            database.open().await,
            clock.clone(),
            random,
            Arc::new(issuers),
            site,
            Limits::default(),
        );
        let deps = Arc::new(deps.hashing(Passwords::quick()));
        let mut parts = parts(Arc::clone(&deps));
        change(&mut parts);
        let path_prefix = parts.path_prefix.clone();
        let state = AppState::new(parts);
        let service = router::service(state.clone());
        Self { deps, clock, issuer, service, state, database, path_prefix }
    }

    /// The same server, restarted with a mail server.
    pub fn mailing(self, mailer: Arc<dyn Mailer>) -> Self {
        let deps = self.deps_with(Arc::clone(&self.deps.issuers), self.deps.limits.clone());
        self.restarted(deps.mailing(Some(mailer)))
    }

    /// The same server, restarted with other trusted issuers.
    pub fn trusting(self, issuers: Issuers) -> Self {
        let deps = self.deps_with(Arc::new(issuers), self.deps.limits.clone());
        self.restarted(deps)
    }

    /// The same server, restarted with other limits.
    pub fn limiting(self, limits: Limits) -> Self {
        let deps = self.deps_with(Arc::clone(&self.deps.issuers), limits);
        self.restarted(deps)
    }

    fn deps_with(&self, issuers: Arc<Issuers>, limits: Limits) -> Deps {
        let Deps { db, clock, random, site, .. } = &*self.deps;
        Deps::new(db.clone(), Arc::clone(clock), Arc::clone(random), issuers, site.clone(), limits)
            .hashing(Passwords::quick())
    }

    fn restarted(self, deps: Deps) -> Self {
        let deps = Arc::new(deps);
        let parts = Parts { path_prefix: self.path_prefix.clone(), ..parts(Arc::clone(&deps)) };
        let state = AppState::new(parts);
        let service = router::service(state.clone());
        Self { deps, service, state, ..self }
    }

    /// The server itself.
    pub fn service(&self) -> Front {
        self.service.clone()
    }

    /// Says that it is time to stop.
    pub fn stop(&self) {
        self.state.stop();
    }

    /// Its database, to be opened by other replicas.
    pub fn database(&self) -> &TestDb {
        &self.database
    }

    /// Now, as the server sees it.
    pub fn now(&self) -> Ts {
        self.clock.now()
    }

    /// The claims of a token that is made now.
    pub fn claims(&self) -> TestClaims {
        TestClaims::github(self.now())
    }

    /// A request of the operator, for arranging things.
    pub fn operator(&self) -> Ctx {
        let info = RequestInfo { trace_id: "TEST".to_owned(), ..RequestInfo::default() };
        Ctx::new(Arc::clone(&self.deps), info).with_actor(Actor::Operator)
    }

    /// Seals the log as far as it goes.
    pub async fn seal(&self) {
        while activity::seal(&self.operator()).await.unwrap() {}
    }

    /// A request to be sent.
    pub fn call(&self, method: &str, target: &str) -> Call {
        Call::new(self.service.clone(), method, target)
    }

    /// A `GET`.
    pub fn get(&self, target: &str) -> Call {
        self.call("GET", target)
    }

    /// A `POST`.
    pub fn post(&self, target: &str) -> Call {
        self.call("POST", target)
    }

    /// How many exchanges ended so: `ok`, or the tag of the refusal.
    pub fn exchanges(&self, result: &str) -> u64 {
        let figures = self.state.metrics().text();
        let line = format!("stackyard_exchanges_total{{result=\"{result}\"}} ");
        figures.lines().find_map(|text| text.strip_prefix(&line)).map_or(0, |count| count.parse().unwrap())
    }

    /// Exchanges a token with these claims for a session in the workspace.
    pub async fn exchange(&self, claims: &TestClaims, workspace: &str) -> Answer {
        let body = serde_json::json!({"token": self.issuer.sign(claims), "workspaceId": workspace});
        self.post("/api/v1/auth/github-oidc").json(&body).send().await
    }
}

/// What a server is made of when nothing is changed.
fn parts(deps: Arc<Deps>) -> Parts {
    let leptos = LeptosOptions::builder().output_name("stackyard-test").site_pkg_dir("pkg").build();
    let assets = Assets { css: "/pkg/test.css".to_owned(), theme: "/pkg/theme.js".to_owned(), leptos };
    Parts {
        deps,
        public_url: PublicUrl::parse(ORIGIN).unwrap(),
        port: 3000,
        trusted_proxies: Vec::new(),
        path_prefix: None,
        site: Some(assets),
    }
}
