//! What Stackyard does: one folder a feature, each with a service that authorises, decides and stores, queries
//! in Diesel, and rules without I/O.
//!
//! Nothing here knows HTTP. Time, randomness, the store and the trusted issuers come in through [`Ctx`].

pub mod access;
pub mod accounts;
pub mod activity;
pub mod affected;
pub mod ci;
mod clock;
pub mod credentials;
mod ctx;
pub mod deployments;
mod error;
pub mod flash;
pub mod groups;
pub mod help;
mod hex;
pub mod idempotency;
pub mod instances;
pub mod invitations;
pub mod jobs;
mod json;
mod keys;
pub mod live;
pub mod locks;
pub mod mail;
pub mod notices;
pub mod permissions;
pub mod picture;
mod random;
pub mod refusals;
pub mod repositories;
mod search;
mod secret;
pub mod sessions;
pub mod setup;
pub mod team;
#[cfg(feature = "testing")]
pub mod testing;
mod throttle;
pub mod tokens;
pub mod uploads;
pub mod workspaces;

pub use access::Here;
pub use clock::{Clock, SystemClock};
pub use ctx::{Actor, Ctx, Deps, Limits, RequestInfo, SignedIn, Site, new_trace_id};
pub use error::{Conflict, Denied, Error, Refused, Unavailable};
pub use hex::{digest, hex};
pub use random::{Random, SystemRandom};
pub use secret::{Secret, SecretHash};
