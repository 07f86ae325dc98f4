//! Access tokens and API keys: a workspace's credentials for people's scripts and for services. They may do what an admin
//! may, as far as their scopes go, by the management API alone (rules §5).

mod actor;
mod queries;
mod rates;
mod service;
mod sweep;

pub use actor::{CredentialActor, authenticate};
pub(crate) use actor::{scopes_now, stands};
pub(crate) use rates::Rates;
pub use service::{CredentialInput, create, list, revoke, rotate, switch};
pub(crate) use service::{acts_for, end_old_in, held_by, maker_of, makers, revoke_in};
pub(crate) use sweep::sweep;
