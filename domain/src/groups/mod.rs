//! Groups: members together, for granting access.

mod manage;
mod members;
mod queries;

pub use manage::{create, delete, get, list, update, update_seen};
pub use members::{add, members, of_member, of_members, outsiders, remove, set_for};
pub(crate) use queries::{
    by_name, join_by_invitation, known, member_ids, names_of_invitations, of_invitation, set_of_invitations,
};
