//! From an issuer's address to its keys: discovery, then the key set, both small and from where they may come.

use reqwest::header::ACCEPT;
use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;

use crate::config::{is_loopback, is_plain};
use crate::keys::{KeySet, KeySetError};

/// Longest answer that is read, in bytes. GitHub's two have about 5 KiB.
const ANSWER_MAX: usize = 100 * 1024;

/// Why an issuer's keys could not be fetched; for the operator's log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("{0}")]
    Request(#[from] reqwest::Error),
    #[error("{url} answered {status}")]
    Status { url: Url, status: StatusCode },
    #[error("{0} answered more than {ANSWER_MAX} bytes")]
    TooLong(Url),
    #[error("the discovery document is not JSON of that form: {0}")]
    Discovery(#[from] serde_json::Error),
    #[error("the discovery document is of another issuer, {0:?}")]
    OtherIssuer(String),
    #[error("the discovery document puts the keys at {0:?}, which is neither https nor the issuer itself")]
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
    let mut address = url.clone();
    address.set_path(&format!("{}/.well-known/openid-configuration", url.path().trim_end_matches('/')));
    let discovery: Discovery = serde_json::from_slice(&get(http, address).await?)?;
    if discovery.issuer != issuer {
        return Err(FetchError::OtherIssuer(discovery.issuer));
    }
    let address = keys_address(url, discovery.jwks_uri)?;
    Ok(KeySet::parse(&get(http, address).await?)?)
}

fn keys_address(issuer: &Url, text: String) -> Result<Url, FetchError> {
    match Url::parse(&text) {
        Ok(url) if url.scheme() == "https" && url.username().is_empty() && url.password().is_none() => {
            Ok(url)
        }
        Ok(url) if is_plain(&url) && is_loopback(issuer) && url.origin() == issuer.origin() => Ok(url),
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
