//! Repository tokens: for workflows that cannot have an OIDC token.

pub mod forms;
mod revoke;
mod section;

pub(crate) use revoke::RevokeDialog;
pub(crate) use section::Tokens;
