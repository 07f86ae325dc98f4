//! The trusted issuers, and the verification of a token against them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use reqwest::Client;
use stackyard_model::Ts;

use crate::cache::{KeyCache, NoKey};
use crate::claims::{self, VerifiedToken};
use crate::config::{ConfigError, IssuerConfig};
use crate::error::{Part, TokenError};
use crate::header::Parts;
use crate::json::Object;

/// The trusted issuers with their keys. Meant to be shared behind an [`Arc`].
pub struct Issuers {
    by_url: HashMap<String, Issuer>,
}

struct Issuer {
    config: IssuerConfig,
    keys: Arc<KeyCache>,
}

impl Issuers {
    /// The hosts that the trusted issuers speak for, each once, in alphabetical order.
    #[must_use]
    pub fn hosts(&self) -> Vec<&str> {
        let mut hosts: Vec<_> = self.by_url.values().map(|issuer| issuer.config.host.as_str()).collect();
        hosts.sort_unstable();
        hosts.dedup();
        hosts
    }

    /// The issuers that are trusted from now on; nothing is fetched yet. `http` is
    /// [`http_client`](crate::http_client)'s.
    ///
    /// # Errors
    /// An issuer that cannot be used, or one that is configured twice.
    pub fn new(configs: Vec<IssuerConfig>, http: Client) -> Result<Self, ConfigError> {
        let mut by_url = HashMap::with_capacity(configs.len());
        for config in configs {
            let keys = Arc::new(KeyCache::new(&config, http.clone())?);
            match by_url.entry(config.url.clone()) {
                Entry::Occupied(_) => return Err(ConfigError::Twice(config.url)),
                Entry::Vacant(place) => place.insert(Issuer { config, keys }),
            };
        }
        Ok(Self { by_url })
    }

    /// Asks each issuer for its keys, for an operator who wants to know whether it can be reached: its address, and how
    /// many keys it has that can be used, or why that cannot be known.
    pub async fn probe(&self) -> Vec<(&str, Result<usize, String>)> {
        let mut found = Vec::with_capacity(self.by_url.len());
        for issuer in self.by_url.values() {
            let keys = issuer.keys.probe().await.map_err(|error| error.to_string());
            found.push((issuer.config.url.as_str(), keys));
        }
        found.sort_by_key(|(url, _)| *url);
        found
    }

    /// Verifies a token (rules §5): a trusted issuer, its signature, its times at `now`, its audience and all of
    /// its claims. May wait for the issuer's keys to be fetched.
    ///
    /// # Errors
    /// The first reason why the token is refused; [`TokenError::Unavailable`] when that is not the token's fault.
    pub async fn verify(&self, token: &str, now: Ts) -> Result<VerifiedToken, TokenError> {
        let parts = Parts::split(token)?;
        let claims = Object::parse(&parts.payload, Part::Claims)?;
        let named = claims::unverified_issuer(&claims)?;
        let issuer = self.by_url.get(named).ok_or_else(|| TokenError::UnknownIssuer(named.to_owned()))?;
        let kid = parts.header.kid;
        let key = match issuer.keys.key(&kid, now).await {
            Ok(key) => key,
            Err(NoKey::Unknown) => {
                return Err(TokenError::UnknownKey { issuer: issuer.config.url.clone(), kid });
            }
            Err(NoKey::Unavailable) => return Err(TokenError::Unavailable(issuer.config.url.clone())),
        };
        if key.algorithm != parts.header.algorithm {
            return Err(TokenError::KeyMismatch { kid });
        }
        if !key.holds(parts.signed.as_bytes(), &parts.signature) {
            return Err(TokenError::Signature);
        }
        claims::check(&claims, &issuer.config, now)
    }
}
