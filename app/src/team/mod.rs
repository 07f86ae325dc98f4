//! The people of a workspace.

mod dialogs;
pub mod forms;
mod list;
mod rows;

use stackyard_model::Role;

pub use dialogs::{access, invite, leave, remove, resend, revoke, role, transfer};
pub use list::list;

/// The roles that can be given, with what follows from each.
pub(crate) const ROLES: &[(Role, &str)] = &[
    (Role::Viewer, "Sees repositories, stacks, locks and activity."),
    (Role::Member, "Also takes and releases locks of their own."),
    (Role::Admin, "All of that, and permissions, people, tokens, settings."),
    (Role::Billing, "Sees the Overview, the plan and the invoices."),
];
