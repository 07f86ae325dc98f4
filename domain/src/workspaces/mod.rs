//! Workspaces: the isolation boundary.

mod queries;
mod service;
mod settings;

pub(crate) use queries::{NewMember, WorkspaceRow, find, insert_member, of_user};
pub use service::{NewWorkspace, add_member, create, create_for, delete, list, slug_is_free, totals};
pub use settings::{SettingsInput, logo, mark, remove_logo, set_logo, update, update_marked, update_seen};
