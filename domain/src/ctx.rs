//! What every request carries: who asks, from where, and what is needed to answer. Built once, passed along.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use stackyard_db::{Conn, Db};
use stackyard_model::Ts;
use stackyard_model::account::Account;
use stackyard_model::activity::ActorType;
use stackyard_model::id::{RANDOM_LENGTH, SessionId};
use stackyard_model::quote::plain;
use stackyard_oidc::Issuers;
use tokio::sync::Mutex;

use crate::accounts::Passwords;
use crate::ci::{CiSession, TokenActor};
use crate::credentials::{CredentialActor, Rates};
use crate::keys::Keys;
use crate::live::Hub;
use crate::mail::Mailer;
use crate::permissions::PatternCache;
use crate::{Clock, Error, Random, SecretHash, random};

/// How this server is known to others, and what its operator allows.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its address without a slash at the end, such as `https://stackyard.acme.example`.
    pub public_url: String,
    /// Whether that is a name of this machine, which no other one reaches.
    pub this_machine_only: bool,
    /// Whether every signed-in person may create workspaces, or only the operator.
    pub anyone_may_create_workspaces: bool,
}

/// What the operator may turn down.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long a CI session lasts; at most an hour (rules §5).
    pub ci_session: Duration,
    /// How long a person stays signed in without coming back.
    pub session_idle: Duration,
    /// How long a person stays signed in at most.
    pub session_longest: Duration,
    /// Wrong passwords for one address or from one place before a pause.
    pub sign_in_attempts: i32,
    /// How long that pause is.
    pub sign_in_window: Duration,
    /// How often who follows a stream is asked again whether they may (rules §10).
    pub streams_asked_again: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            ci_session: Duration::from_secs(3600),
            session_idle: Duration::from_secs(14 * 24 * 3600),
            session_longest: Duration::from_secs(180 * 24 * 3600),
            sign_in_attempts: 10,
            sign_in_window: Duration::from_secs(15 * 60),
            streams_asked_again: Duration::from_secs(30),
        }
    }
}

/// What the services need, made once when the program starts.
pub struct Deps {
    /// The store.
    pub db: Db,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The randomness.
    pub random: Arc<dyn Random>,
    /// The trusted issuers of workload tokens.
    pub issuers: Arc<Issuers>,
    /// How this server is known.
    pub site: Site,
    /// What is limited.
    pub limits: Limits,
    pub(crate) patterns: PatternCache,
    /// Held while patterns are compiled.
    pub(crate) compiling: Mutex<()>,
    /// Held while a picture is drawn anew.
    pub(crate) drawing: Mutex<()>,
    pub(crate) keys: Keys,
    pub(crate) live: Hub,
    pub(crate) rates: Rates,
    pub(crate) passwords: Passwords,
    /// The mail server; none when the operator set none.
    mailer: Option<Arc<dyn Mailer>>,
}

impl Deps {
    /// Puts the parts together, with empty caches.
    #[must_use]
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        issuers: Arc<Issuers>,
        site: Site,
        limits: Limits,
    ) -> Self {
        Self {
            db,
            clock,
            random,
            issuers,
            site,
            limits,
            patterns: PatternCache::default(),
            compiling: Mutex::default(),
            drawing: Mutex::default(),
            keys: Keys::default(),
            live: Hub::default(),
            rates: Rates::default(),
            passwords: Passwords::default(),
            mailer: None,
        }
    }

    /// The same with passwords hashed in another way.
    #[must_use]
    pub fn hashing(self, passwords: Passwords) -> Self {
        Self { passwords, ..self }
    }

    /// The same with a mail server.
    #[must_use]
    pub fn mailing(self, mailer: Option<Arc<dyn Mailer>>) -> Self {
        Self { mailer, ..self }
    }

    /// The mail server, when the operator set one.
    #[must_use]
    pub fn mailer(&self) -> Option<&dyn Mailer> {
        self.mailer.as_deref()
    }
}

/// Where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct RequestInfo {
    /// Its id, in every answer and log line.
    pub trace_id: String,
    /// The client's address, as far as the trusted proxies tell.
    pub address: Option<String>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// Why it was not done, for the log's line about it.
    pub cause: OnceLock<String>,
}

impl RequestInfo {
    /// Notes why the request was not done; the first reason counts.
    pub fn not_done(&self, error: &Error) {
        let _ = self.cause.set(plain(&error.to_string()));
    }
}

/// A person with a session.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session.
    pub session: SessionId,
    /// By what it came in.
    pub(crate) secret: SecretHash,
    /// The person.
    pub account: Account,
    /// For how long the browser shall keep the session's cookie from now on, when that has just become longer.
    pub kept_for: Option<Duration>,
}

/// Who asks.
#[derive(Debug, Clone)]
pub enum Actor {
    /// Nobody that is known.
    Anonymous,
    /// A signed-in person.
    User(Arc<SignedIn>),
    /// A workflow's run, by its CI session.
    Run(Arc<CiSession>),
    /// A repository token.
    Token(Arc<TokenActor>),
    /// An access token or an API key.
    Credential(Arc<CredentialActor>),
    /// The operator at the command line, who may do everything.
    Operator,
}

/// One request.
#[derive(Clone)]
pub struct Ctx {
    deps: Arc<Deps>,
    /// Who asks.
    pub actor: Actor,
    /// Where from.
    pub request: Arc<RequestInfo>,
}

impl Ctx {
    /// A request of nobody in particular.
    #[must_use]
    pub fn new(deps: Arc<Deps>, request: RequestInfo) -> Self {
        Self { deps, actor: Actor::Anonymous, request: Arc::new(request) }
    }

    /// The same request, of `actor`.
    #[must_use]
    pub fn with_actor(self, actor: Actor) -> Self {
        Self { actor, ..self }
    }

    /// What the services need.
    #[must_use]
    pub fn deps(&self) -> &Deps {
        &self.deps
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Ts {
        self.deps.clock.now()
    }

    /// Now, by the database's clock where there is one: replicas whose own clocks differ must agree on what has run
    /// out (rules §8).
    pub(crate) async fn store_now(&self, conn: &mut Conn) -> Result<Ts, Error> {
        let follows = self.deps.clock.follows_database();
        let database = if follows { stackyard_db::clock(conn).await? } else { None };
        Ok(self.store_time(database))
    }

    /// As [`Self::store_now`], where the database's clock has been read already.
    pub(crate) fn store_time(&self, database: Option<Ts>) -> Ts {
        database.filter(|_| self.deps.clock.follows_database()).unwrap_or_else(|| self.now())
    }

    /// The person who asks.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when it is not a person.
    pub fn signed_in(&self) -> Result<&SignedIn, Error> {
        match &self.actor {
            Actor::User(user) => Ok(user),
            _ => Err(Error::Unauthenticated),
        }
    }

    /// [`Error::NotFound`] unless the operator asks: to everybody else there is no such thing.
    pub(crate) fn operator_only(&self) -> Result<(), Error> {
        if matches!(self.actor, Actor::Operator) { Ok(()) } else { Err(Error::NotFound) }
    }

    pub(crate) fn id_bytes(&self) -> [u8; RANDOM_LENGTH] {
        random::bytes(&*self.deps.random)
    }

    /// The actor as the log names it: type, id, name.
    pub(crate) fn actor_words(&self) -> (ActorType, String, String) {
        match &self.actor {
            Actor::Anonymous => (ActorType::System, String::new(), "Somebody".to_owned()),
            Actor::User(user) => (ActorType::User, user.account.id.to_string(), user.account.name.clone()),
            Actor::Run(session) => (ActorType::Run, session.holder_id(), session.label()),
            Actor::Token(token) => (ActorType::Token, token.id.to_string(), token.name.clone()),
            Actor::Credential(credential) => {
                (credential.kind.actor_type(), credential.id.to_string(), credential.name.clone())
            }
            Actor::Operator => (ActorType::Operator, String::new(), "Operator".to_owned()),
        }
    }
}

/// A trace id: 20 characters of Crockford's base 32, the first ten of which are the millisecond.
///
/// It appears in answers, logs and addresses. It is hard to guess, but access never depends on that.
#[must_use]
pub fn new_trace_id(clock: &dyn Clock, random: &dyn Random) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let letter = |n: u64| ALPHABET.get(usize::try_from(n & 31).unwrap_or(0)).copied().map_or('0', char::from);
    let millis = u64::try_from(clock.now().as_micros() / 1000).unwrap_or(0);
    let time = (0..10).rev().map(|place| letter(millis >> (5 * place)));
    time.chain(random::bytes::<10>(random).into_iter().map(|byte| letter(u64::from(byte)))).collect()
}
