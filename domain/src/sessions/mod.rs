//! Signed-in browsers.

mod queries;
mod service;

pub(crate) use queries::{delete_others, sweep};
pub use service::{NewSession, authenticate, list, revoke, revoke_others, sign_in, sign_out};
pub(crate) use service::{open, place, renew, renewed, require_live};
