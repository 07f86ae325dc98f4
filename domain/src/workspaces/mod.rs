//! Workspaces: the isolation boundary.

mod queries;
mod service;

pub(crate) use queries::{NewMember, WorkspaceRow, find, insert_member, of_user};
pub use service::{
    NewWorkspace, SettingsInput, add_member, create, create_for, delete, list, logo, remove_logo, set_logo,
    slug_is_free, totals, update, update_seen,
};
