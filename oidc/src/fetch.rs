//! From an issuer's address to its keys: discovery, then the key set, both small and from where they may come.

use std::error::Error;

use reqwest::header::ACCEPT;
use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;
use stackyard_model::quote;

use crate::config::is_plain;
use crate::keys::{KeySet, KeySetError};

/// Longest answer that is read, in bytes. GitHub's two have about 5 KiB.
const ANSWER_MAX: usize = 100 * 1024;

/// Why an issuer's keys could not be fetched; for the operator's log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("{}", with_causes(.0))]
    Request(#[from] reqwest::Error),
    #[error("{url} answered {status}")]
    Status { url: Url, status: StatusCode },
    #[error("{0} answered more than {ANSWER_MAX} bytes")]
    TooLong(Url),
    #[error("the discovery document is not JSON of that form: {0}")]
    Discovery(#[from] serde_json::Error),
    #[error("the discovery document is of another issuer, {}", quote::code(.0))]
    OtherIssuer(String),
    #[error("the discovery document puts the keys at {}, which is neither https nor the issuer itself", quote::code(.0))]
    KeysElsewhere(String),
    #[error("{0}")]
    Keys(#[from] KeySetError),
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

/// Fetches the keys of the issuer whose exact `iss` is `issuer` and whose address is `url`.
pub(crate) async fn keys(http: &Client, issuer: &str, url: &Url) -> Result<KeySet, FetchError> {
    let discovery: Discovery = serde_json::from_slice(&get(http, discovery_address(url)).await?)?;
    if discovery.issuer != issuer {
        return Err(FetchError::OtherIssuer(discovery.issuer));
    }
    let address = keys_address(url, discovery.jwks_uri)?;
    Ok(KeySet::parse(&get(http, address).await?)?)
}

fn discovery_address(issuer: &Url) -> Url {
    let mut address = issuer.clone();
    address.set_path(&format!("{}/.well-known/openid-configuration", issuer.path().trim_end_matches('/')));
    address
}

fn keys_address(issuer: &Url, text: String) -> Result<Url, FetchError> {
    match Url::parse(&text) {
        Ok(url) if url.scheme() == "https" && url.username().is_empty() && url.password().is_none() => {
            Ok(url)
        }
        // Plain http, then: such an issuer is this machine itself.
        Ok(url) if is_plain(&url) && url.origin() == issuer.origin() => Ok(url),
        _ => Err(FetchError::KeysElsewhere(text)),
    }
}

async fn get(http: &Client, url: Url) -> Result<Vec<u8>, FetchError> {
    let mut answer = http.get(url.clone()).header(ACCEPT, "application/json").send().await?;
    if answer.status() != StatusCode::OK {
        return Err(FetchError::Status { url, status: answer.status() });
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > ANSWER_MAX {
            return Err(FetchError::TooLong(url));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The error and what lies behind it: the client's own text does not say whether it was the name, the
/// connection or the certificate.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn discovery_lies_below_the_issuer() {
        for (issuer, address) in [
            (
                "https://token.actions.githubusercontent.com",
                "https://token.actions.githubusercontent.com/.well-known/openid-configuration",
            ),
            (
                "https://ghes.example/_services/token",
                "https://ghes.example/_services/token/.well-known/openid-configuration",
            ),
            ("https://issuer.example/acme/", "https://issuer.example/acme/.well-known/openid-configuration"),
        ] {
            assert_eq!(discovery_address(&url(issuer)).as_str(), address);
        }
    }

    #[test]
    fn keys_come_over_https_or_from_this_machines_own_issuer() {
        let allowed = |issuer: &str, keys: &str| keys_address(&url(issuer), keys.to_owned()).is_ok();
        assert!(allowed("https://issuer.example", "https://issuer.example/jwks"));
        assert!(allowed("https://issuer.example", "https://keys.example/jwks?v=1"));
        assert!(allowed("http://127.0.0.1:8080", "http://127.0.0.1:8080/jwks"));
        assert!(!allowed("https://issuer.example", "http://issuer.example/jwks"));
        assert!(!allowed("http://127.0.0.1:8080", "http://127.0.0.1:8081/jwks"));
        assert!(!allowed("https://127.0.0.1", "http://127.0.0.1/jwks"));
        assert!(!allowed("https://issuer.example", "https://user@keys.example/jwks"));
        assert!(!allowed("https://issuer.example", "//issuer.example/jwks"));
    }

    #[test]
    fn what_an_issuer_says_is_quoted_and_cut_in_the_log() {
        let error = FetchError::OtherIssuer("x".repeat(100_000)).to_string();
        assert!(error.len() < 400, "{}", error.len());
    }

    #[tokio::test]
    async fn the_log_says_why_a_request_failed() {
        let http = crate::http_client().unwrap();
        let error =
            keys(&http, "http://127.0.0.1:1", &url("http://127.0.0.1:1")).await.unwrap_err().to_string();
        assert!(error.contains("refused"), "{error}");
    }
}
