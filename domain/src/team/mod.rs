//! The people of a workspace: who they are, their roles, letting them in and keeping them out, and whose it is.

mod leaving;
mod list;
mod ownership;
mod queries;
mod roles;
#[cfg(feature = "testing")]
pub mod testing;

pub use leaving::{Decisions, Made, leave, made_by, remove};
pub use list::{TEAM_SORTS, TeamFilter, TeamPage, TeamSort, get, page};
pub use ownership::{accept_ownership, end_offer, offer, offer_ownership};
pub(crate) use queries::{
    find as find_member, lend_role, may_invite, may_invite_for_good, members_among, set_role,
};
pub(crate) use roles::{ONE_OWNER, to_give};
pub use roles::{Standing, change_role, change_role_seen, restore, set_standing, suspend};
