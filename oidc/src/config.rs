//! Which issuers the operator trusts, and the client that talks to them.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::Url;
use reqwest::redirect::Policy;

/// The audience that an unmodified `atmos` CLI asks for, and cannot be told to change.
const CLI_AUDIENCE: &str = "atmos-pro.com";

/// How long one request to an issuer may take, its body included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// What an issuer is, and so how its claims are read (rules §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuerKind {
    /// github.com, also an enterprise's own address of it and data residency.
    GitHub,
    /// A GitHub Enterprise Server.
    GitHubEnterprise,
}

/// One trusted issuer, set by the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerConfig {
    /// How its claims are read.
    pub kind: IssuerKind,
    /// The host whose repositories it speaks for, such as `github.com` (rules §1).
    pub host: String,
    /// Exactly what its tokens carry as `iss`; discovery lies below it.
    pub url: String,
    /// The values of `aud` that are accepted.
    pub audiences: Vec<String>,
}

impl IssuerConfig {
    /// GitHub's own issuer, with the CLI's audience and this server's.
    #[must_use]
    pub fn github(own_audience: &str) -> Self {
        Self {
            kind: IssuerKind::GitHub,
            host: "github.com".to_owned(),
            url: "https://token.actions.githubusercontent.com".to_owned(),
            audiences: vec![CLI_AUDIENCE.to_owned(), own_audience.to_owned()],
        }
    }

    /// The issuer's address, when everything about it can be used.
    pub(crate) fn check(&self) -> Result<Url, ConfigError> {
        let wrong = |reason| ConfigError::Issuer { url: self.url.clone(), reason };
        let url = Url::parse(&self.url).map_err(|_| wrong("is not a URL"))?;
        if !(url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url))) {
            return Err(wrong("must begin with https:// (http:// only for this machine itself)"));
        }
        if !is_plain(&url) {
            return Err(wrong("must have no user name, query or fragment"));
        }
        if self.host.trim().is_empty() {
            return Err(wrong("has no host whose repositories it speaks for"));
        }
        if self.audiences.is_empty() || self.audiences.iter().any(|audience| audience.trim().is_empty()) {
            return Err(wrong("has no audience, or an empty one"));
        }
        Ok(url)
    }
}

/// A setting of the operator that cannot be used; one line each.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// An issuer that cannot be used.
    #[error("The trusted issuer {url} {reason}.")]
    Issuer {
        /// The issuer as configured.
        url: String,
        /// What is wrong with it, as the rest of a sentence.
        reason: &'static str,
    },
    /// One issuer twice: its tokens would have two meanings.
    #[error("The trusted issuer {0} is configured twice.")]
    Twice(String),
    /// The TLS client cannot be made, usually because the machine has no certificate authorities.
    #[error("The client for issuers cannot be made: {0}.")]
    Client(#[source] reqwest::Error),
}

/// The client that [`Issuers`](crate::Issuers) fetch keys with: 5 seconds a request, no redirects.
///
/// # Errors
/// [`ConfigError::Client`] when TLS cannot be set up on this machine.
pub fn http_client() -> Result<reqwest::Client, ConfigError> {
    reqwest::Client::builder()
        .timeout(REQUEST_TIMEOUT)
        .redirect(Policy::none())
        .user_agent(concat!("stackyard/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(ConfigError::Client)
}

/// Whether the address is this machine itself, where plain http is safe.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether the address is only scheme, host, port and path.
pub(crate) fn is_plain(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_url(url: &str) -> IssuerConfig {
        IssuerConfig { url: url.to_owned(), ..IssuerConfig::github("https://stackyard.example") }
    }

    #[test]
    fn https_is_wanted_except_on_this_machine() {
        for good in [
            "https://ghes.example/_services/token",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "http://localhost",
        ] {
            assert!(with_url(good).check().is_ok(), "{good}");
        }
        for bad in [
            "http://ghes.example",
            "http://127.0.0.1.ghes.example",
            "http://localhost.example",
            "ftp://ghes.example",
            "ghes.example",
            "",
            "https://user@ghes.example",
            "https://ghes.example/?a=b",
            "https://ghes.example/#a",
        ] {
            assert!(with_url(bad).check().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_issuer_needs_a_host_and_audiences() {
        let github = IssuerConfig::github("https://stackyard.example");
        assert!(github.check().is_ok());
        assert!(IssuerConfig { host: String::new(), ..github.clone() }.check().is_err());
        assert!(IssuerConfig { audiences: vec![], ..github.clone() }.check().is_err());
        assert!(IssuerConfig::github("").check().is_err());
    }

    #[test]
    fn the_error_is_one_line_that_names_the_issuer() {
        let error = with_url("http://ghes.example").check().unwrap_err().to_string();
        assert_eq!(
            error,
            "The trusted issuer http://ghes.example must begin with https:// (http:// only for this machine itself)."
        );
    }
}
