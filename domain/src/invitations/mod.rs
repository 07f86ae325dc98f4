//! Invitations: an offer of a role to an address, with a link that works once (rules §11).
//!
//! A mailed link proves the address that it went to, since nobody else sees it; a copied one proves nothing. Either lets
//! its holder into that one workspace. Links are stored as hashes; opening one uses nothing up.

mod accept;
mod invite;
mod look;
mod manage;
mod queries;
mod rows;
mod spared;
mod typed;

pub use accept::{Joining, accept, decline, join};
pub use invite::{InviteInput, Outcome, invite};
pub(crate) use look::mint;
pub use look::{Ended, Found, Offer, Standing, link, look, waiting};
pub use manage::{InvitationFilter, InvitationPage, get, list, page, resend, revoke};
pub(crate) use manage::{count, hand_over, revoke_of};
pub(crate) use queries::{ToBeMailed, compose, forget_person, made_by, to_be_mailed};
pub(crate) use spared::count_mailed;

/// What a link's secret begins with.
const PREFIX: &str = "invite_";
