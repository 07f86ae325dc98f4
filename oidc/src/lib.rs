//! Who a workload's token speaks for.
//!
//! A workflow proves itself with a short-lived token that its forge signed. This crate knows the issuers that the
//! operator trusts, fetches and keeps their keys, and turns a token into [`VerifiedToken`] or into the reason why
//! not ([`TokenError`]). It decides nothing about workspaces or permissions, and whether a token was used before is
//! for the caller, who has the database: keep `(issuer, jti)` until [`VerifiedToken::usable_until`].
//!
//! The order is the point: nothing is fetched before the issuer is a trusted one, and no claim but `iss` is
//! believed before the signature holds.

mod cache;
mod claims;
mod config;
mod error;
mod fetch;
mod header;
mod issuers;
mod json;
mod keys;
#[cfg(feature = "testing")]
pub mod testing;

pub use claims::{GitHubClaims, LEEWAY, LIFETIME_MAX, VerifiedToken};
pub use config::{ConfigError, IssuerConfig, IssuerKind, http_client};
pub use error::{Part, TokenError};
pub use header::TOKEN_MAX;
pub use issuers::Issuers;
