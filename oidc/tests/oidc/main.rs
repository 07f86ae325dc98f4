//! Tokens against the issuers' real path: keys over HTTP from a test issuer, signatures of real keys.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a helper that fails is a test that fails")]

mod attacks;
mod claims;
mod keys;
mod properties;

use std::time::Duration;

use reqwest::redirect::Policy;
use stackyard_model::Ts;
use stackyard_oidc::testing::{TestClaims, TestIssuer};
use stackyard_oidc::{Issuers, TokenError, VerifiedToken};

/// The moment at which the tests' tokens are verified.
const NOW: Ts = Ts::from_seconds(1_800_000_000);

/// A trusted issuer and the server's side of it.
struct Scene {
    issuer: TestIssuer,
    issuers: Issuers,
}

impl Scene {
    async fn new() -> Self {
        let issuer = TestIssuer::start().await;
        let client = stackyard_oidc::http_client().expect("a client");
        let issuers = Issuers::new(vec![issuer.config("github.com")], client).expect("issuers");
        Self { issuer, issuers }
    }

    /// With a client that gives up sooner, for issuers that never answer.
    async fn impatient() -> Self {
        let issuer = TestIssuer::start().await;
        let client = reqwest::Client::builder().timeout(Duration::from_millis(300)).redirect(Policy::none());
        let client = client.build().expect("a client");
        let issuers = Issuers::new(vec![issuer.config("github.com")], client).expect("issuers");
        Self { issuer, issuers }
    }

    async fn verify(&self, claims: &TestClaims) -> Result<VerifiedToken, TokenError> {
        self.issuers.verify(&self.issuer.sign(claims), NOW).await
    }

    /// Why a token is refused; the text for the workflow's author must be fit to print.
    async fn refusal_of(&self, token: &str) -> TokenError {
        let error = self.issuers.verify(token, NOW).await.expect_err("the token should be refused");
        let text = error.to_string();
        assert!(text.ends_with('.') && text.chars().count() < 500, "{text}");
        assert!(
            !text.contains("::") && !text.contains("##[") && !text.chars().any(char::is_control),
            "{text}"
        );
        error
    }

    /// Why a truly signed token with these claims is refused.
    async fn refusal(&self, claims: &TestClaims) -> TokenError {
        self.refusal_of(&self.issuer.sign(claims)).await
    }

    /// Why a truly signed token with this header is refused.
    async fn refusal_of_header(&self, header: &str) -> TokenError {
        let claims = self.issuer.claims_json(&TestClaims::github(NOW));
        self.refusal_of(&self.issuer.sign_with(header, &claims, self.issuer.key())).await
    }
}

fn claim_missing(name: &str) -> TokenError {
    TokenError::ClaimMissing(name.to_owned())
}

/// The claim that an error is about, when its form is wrong.
fn invalid_claim(error: &TokenError) -> &str {
    match error {
        TokenError::ClaimInvalid { name, .. } => name,
        other => other.tag(),
    }
}
