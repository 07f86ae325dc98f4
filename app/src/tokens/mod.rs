//! Repository tokens: for workflows that cannot have an OIDC token.

pub mod forms;
mod section;

pub(crate) use section::Tokens;
