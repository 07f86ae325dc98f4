//! Workflows at the door: OIDC tokens become CI sessions, and sessions and repository tokens become actors.

mod exchange;
mod gate;
mod queries;
mod revoke;
mod session;
mod values;

pub use exchange::{Exchanged, exchange};
pub(crate) use gate::{Gatekeeper, Granted, Passage};
pub(crate) use queries::sweep;
pub use revoke::revoke_sessions;
pub(crate) use session::TOKEN_PREFIX;
pub use session::{CiSession, TokenActor, authenticate};
pub use values::{BadClaim, values};
