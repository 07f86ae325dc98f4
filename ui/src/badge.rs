//! An outlined word for a role or a lasting quality.

use leptos::prelude::*;
use stackyard_model::Role;

/// What a badge's colour says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BadgeTone {
    /// Nothing special.
    #[default]
    Plain,
    /// The owner, or the session or account that is meant.
    Accent,
    /// Somebody should look: unverified, suspended.
    Warn,
}

/// An outlined word.
#[component]
pub fn Badge(
    /// Its colour.
    #[prop(optional)]
    tone: BadgeTone,
    children: Children,
) -> impl IntoView {
    let class = match tone {
        BadgeTone::Plain => {
            "inline-flex h-5 items-center rounded-[4px] border px-1.5 text-[11px] leading-none font-medium border-line-strong text-ink-muted"
        }
        BadgeTone::Accent => {
            "inline-flex h-5 items-center rounded-[4px] border px-1.5 text-[11px] leading-none font-medium border-accent-line text-accent"
        }
        BadgeTone::Warn => {
            "inline-flex h-5 items-center rounded-[4px] border px-1.5 text-[11px] leading-none font-medium border-warn-line text-warn"
        }
    };
    view! { <span class=class>{children()}</span> }
}

/// A role. Only the owner's has the accent.
#[component]
pub fn RoleBadge(
    /// The role.
    role: Role,
) -> impl IntoView {
    let tone = if role == Role::Owner { BadgeTone::Accent } else { BadgeTone::Plain };
    view! { <Badge tone>{role.label()}</Badge> }
}
