//! The people of a workspace.

mod dialogs;
pub mod forms;
mod leaving;
mod list;
mod rows;
mod tabs;

use leptos::prelude::*;
use stackyard_model::Role;
use stackyard_ui::{ChoiceRow, ChoiceRows};

pub(crate) use dialogs::under;
pub use dialogs::{access, invite, leave, remove, resend, revoke, role, transfer};
pub use list::list;
pub(crate) use tabs::{TabsContext, TeamTab, TeamTabs};

/// The roles that can be given, with what follows from each.
pub(crate) const ROLES: &[(Role, &str)] = &[
    (Role::Viewer, "Sees repositories, stacks, locks and activity."),
    (Role::Member, "Also takes and releases locks of their own."),
    (Role::Admin, "All of that, and permissions, people, tokens, settings."),
    (Role::Billing, "Sees the Overview alone."),
];

/// The choice between the roles that can be given.
#[component]
pub(crate) fn RoleRows(
    /// The word of the one that is chosen.
    chosen: String,
    /// What is wrong with the choice.
    wrong: Option<String>,
) -> impl IntoView {
    let rows = ROLES
        .iter()
        .enumerate()
        .map(|(index, (role, consequence))| {
            view! {
                <ChoiceRow
                    name="role"
                    value=role.as_str()
                    checked=chosen == role.as_str()
                    first=index == 0
                    consequence=*consequence
                >
                    {role.label()}
                </ChoiceRow>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <ChoiceRows legend="Role">{rows}</ChoiceRows>
        {wrong.map(|message| view! { <p class="mt-1 text-[12px] leading-4 text-danger">{message}</p> })}
    }
}
