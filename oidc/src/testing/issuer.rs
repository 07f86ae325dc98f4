use std::convert::Infallible;
use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use futures::stream;
use parking_lot::Mutex;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{TestClaims, TestKey};
use crate::{IssuerConfig, IssuerKind};

/// How an endpoint of the test issuer answers.
#[derive(Debug, Clone, Default)]
pub enum Answer {
    /// As it should.
    #[default]
    Honest,
    /// Accepts the request and says nothing.
    Hang,
    /// 500, with the honest body.
    Error,
    /// A redirect to where the honest body is.
    Redirect,
    /// The honest body and 100 MB of spaces behind it, without saying the length.
    Huge,
    /// 200 with any text: a lie, or garbage.
    Text(String),
}

/// An issuer on a port of this machine; it ends when dropped.
pub struct TestIssuer {
    url: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    url: String,
    rotations: AtomicUsize,
    discovery: Endpoint,
    keys: Endpoint,
}

#[derive(Default)]
struct Endpoint {
    answer: Mutex<Answer>,
    requests: AtomicUsize,
}

impl TestIssuer {
    /// Starts an honest issuer on a free port of 127.0.0.1.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("the port"));
        let shared = Arc::new(Shared {
            url: url.clone(),
            rotations: AtomicUsize::new(0),
            discovery: Endpoint::default(),
            keys: Endpoint::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(keys))
            .route("/elsewhere/{document}", get(elsewhere))
            .with_state(Arc::clone(&shared));
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the test issuer's server");
        });
        Self { url, shared, server }
    }

    /// Its address, which its tokens carry as `iss`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How an operator would trust it as GitHub's issuer of `host`, with the CLI's audience and
    /// `https://stackyard.example`.
    #[must_use]
    pub fn config(&self, host: &str) -> IssuerConfig {
        IssuerConfig {
            kind: IssuerKind::GitHub,
            host: host.to_owned(),
            url: self.url.clone(),
            audiences: vec!["atmos-pro.com".to_owned(), "https://stackyard.example".to_owned()],
        }
    }

    /// Replaces the RSA key by another under a new `kid`; the old one is no longer published.
    pub fn rotate(&self) {
        self.shared.rotations.fetch_add(1, Ordering::SeqCst);
    }

    /// The `kid` of the present RSA key: `test-1`, then `test-2` and so on.
    #[must_use]
    pub fn kid(&self) -> String {
        self.shared.kid()
    }

    /// The present RSA key.
    #[must_use]
    pub fn key(&self) -> TestKey {
        self.shared.key()
    }

    /// How discovery answers from now on.
    pub fn discovery_answers(&self, answer: Answer) {
        *self.shared.discovery.answer.lock() = answer;
    }

    /// How the key set answers from now on.
    pub fn keys_answer(&self, answer: Answer) {
        *self.shared.keys.answer.lock() = answer;
    }

    /// How often discovery was asked for.
    #[must_use]
    pub fn discovery_requests(&self) -> usize {
        self.shared.discovery.requests.load(Ordering::SeqCst)
    }

    /// How often the key set was asked for.
    #[must_use]
    pub fn key_requests(&self) -> usize {
        self.shared.keys.requests.load(Ordering::SeqCst)
    }

    /// A token as GitHub makes it, with the present RSA key.
    #[must_use]
    pub fn sign(&self, claims: &TestClaims) -> String {
        self.sign_with(&self.header(), &claims.json(&self.url), self.key())
    }

    /// A token signed with ES256.
    #[must_use]
    pub fn sign_ec(&self, claims: &TestClaims) -> String {
        let header = json!({"typ": "JWT", "alg": "ES256", "kid": "test-ec"}).to_string();
        self.sign_with(&header, &claims.json(&self.url), TestKey::Ec)
    }

    /// A token of any header and claims text, truly signed.
    #[must_use]
    pub fn sign_with(&self, header: &str, claims: &str, key: TestKey) -> String {
        key.sign(header, claims)
    }

    /// The header that GitHub's tokens have, with the present `kid`.
    #[must_use]
    pub fn header(&self) -> String {
        let kid = self.kid();
        json!({"typ": "JWT", "alg": "RS256", "x5t": "eC1lLWstZS15LWktbi1n", "kid": kid}).to_string()
    }

    /// The claims as JSON for a token of this issuer, to be changed as text.
    #[must_use]
    pub fn claims_json(&self, claims: &TestClaims) -> String {
        claims.json(&self.url)
    }
}

impl Drop for TestIssuer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn kid(&self) -> String {
        format!("test-{}", self.rotations.load(Ordering::SeqCst) + 1)
    }

    fn key(&self) -> TestKey {
        if self.rotations.load(Ordering::SeqCst).is_multiple_of(2) { TestKey::RsaA } else { TestKey::RsaB }
    }

    fn discovery_document(&self) -> String {
        json!({
            "issuer": self.url,
            "jwks_uri": format!("{}/jwks", self.url),
            "subject_types_supported": ["public", "pairwise"],
            "response_types_supported": ["id_token"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        })
        .to_string()
    }

    fn key_set(&self) -> String {
        json!({"keys": [self.key().jwk(&self.kid()), TestKey::Ec.jwk("test-ec")]}).to_string()
    }
}

impl Endpoint {
    async fn answer(&self, honest: String, elsewhere: &str) -> Response {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let answer = self.answer.lock().clone();
        match answer {
            Answer::Honest => json_body(honest),
            Answer::Hang => std::future::pending().await,
            Answer::Error => (StatusCode::INTERNAL_SERVER_ERROR, honest).into_response(),
            Answer::Redirect => Redirect::to(elsewhere).into_response(),
            Answer::Huge => {
                let spaces = (0..100 * 1024).map(|_| Bytes::from_static(&SPACES));
                let body = iter::once(Bytes::from(honest)).chain(spaces);
                Body::from_stream(stream::iter(body.map(Ok::<_, Infallible>))).into_response()
            }
            Answer::Text(text) => json_body(text),
        }
    }
}

static SPACES: [u8; 1024] = [b' '; 1024];

fn json_body(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

async fn discovery(State(shared): State<Arc<Shared>>) -> Response {
    shared.discovery.answer(shared.discovery_document(), "/elsewhere/discovery").await
}

async fn keys(State(shared): State<Arc<Shared>>) -> Response {
    shared.keys.answer(shared.key_set(), "/elsewhere/jwks").await
}

async fn elsewhere(State(shared): State<Arc<Shared>>, Path(document): Path<String>) -> Response {
    json_body(if document == "jwks" { shared.key_set() } else { shared.discovery_document() })
}
