//! Why somebody may do something, as pages draw it.

use leptos::prelude::*;
use stackyard_model::access::{Because, ResourceRole};
use stackyard_ui::{Badge, BadgeTone, RelativeTime};

/// The role on a repository that it comes to.
#[component]
pub(super) fn ResourceRoleBadge(role: ResourceRole) -> impl IntoView {
    let tone = if role == ResourceRole::Admin { BadgeTone::Accent } else { BadgeTone::Plain };
    view! { <Badge tone>{role.label()}</Badge> }
}

/// Every reason, the one that counts first.
#[component]
pub(super) fn Reasons(because: Vec<Because>) -> impl IntoView {
    let lines = because
        .into_iter()
        .enumerate()
        .map(|(index, because)| {
            let class = if index == 0 { "wrap-words" } else { "text-[12px] leading-4 text-ink-muted wrap-words" };
            let until = because.until().map(|at| view! { ", ends " <RelativeTime at class="" /> });
            view! {
                <li class=class>
                    {because.label()} {until}
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! { <ul>{lines}</ul> }
}
