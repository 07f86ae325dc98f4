//! Repository tokens: for workflows that cannot have an OIDC token.

mod cells;
pub mod forms;
mod revoke;
mod section;

pub(crate) use cells::{Ends, Used};
pub(crate) use revoke::RevokeDialog;
pub(crate) use section::Tokens;
