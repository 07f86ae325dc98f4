//! An issuer for tests and benchmarks: real keys, GitHub's whole claim set, discovery and keys over HTTP, and every
//! way of misbehaving that an attacker or a broken network has.
//!
//! The private keys are in the repository (`testdata/`), so nothing here may ever be trusted by a server.

#![allow(clippy::expect_used, reason = "test support: a failure here is a failure of the test's own set-up")]

mod claims;
mod issuer;
mod keys;

pub use claims::TestClaims;
pub use issuer::{Answer, TestIssuer};
pub use keys::{TestKey, assemble, hmac};
