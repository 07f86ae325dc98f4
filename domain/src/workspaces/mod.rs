//! Workspaces: the isolation boundary.

mod logo;
mod queries;
mod service;

pub use logo::{Logo, TOO_LARGE as LOGO_TOO_LARGE, UPLOAD_MAX as LOGO_MAX};
pub(crate) use queries::{NewMember, WorkspaceRow, find, insert_member, of_user};
pub use service::{
    NewWorkspace, SettingsInput, add_member, create, create_for, delete, list, logo, remove_logo, set_logo,
    slug_is_free, totals, update,
};
