//! Workflows' runs, let in or not.

use stackyard_model::PermissionKind;
use stackyard_oidc::testing::TestClaims;

use super::{Answer, Place, TestApp};

impl TestApp {
    /// Exchanges a token with these claims in Acme's workspace.
    pub async fn try_exchange(&self, place: &Place, claims: &TestClaims) -> Answer {
        self.exchange(claims, place.workspace.id.as_str()).await
    }

    /// Acme, where only these patterns (workflow, branch, environment) are let in.
    pub async fn acme_letting_in(&self, patterns: [&str; 3]) -> Place {
        let place = self.acme().await;
        self.allow(&place, PermissionKind::LocksCreate, patterns).await;
        place
    }
}

pub fn assert_refused(answer: &Answer, status: u16, tag: &str) -> String {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    let (seen, message) = answer.refusal();
    assert_eq!(seen, tag, "{message}");
    message
}

pub fn assert_let_in(answer: &Answer) {
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    let token = answer.envelope()["data"]["token"].as_str().unwrap().to_owned();
    assert!(token.starts_with("ci_") && !token.contains('.'), "{token}");
}
