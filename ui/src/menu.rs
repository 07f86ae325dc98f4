//! Menus: `<details>` of one name, so that opening one closes the other, without a script.

use leptos::prelude::*;

use crate::icon::{Glyph, Icon};

/// The menu of a row, behind a symbol.
#[component]
pub fn Menu(
    /// Whose actions: "Settings of acme/infra".
    #[prop(into)]
    label: String,
    /// The symbol.
    #[prop(optional, default = Icon::Dots)]
    icon: Icon,
    /// Shown when the symbol is hovered.
    #[prop(optional, default = "Actions")]
    title: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <details name="row-menu" class="group relative -my-1 z-10 open:z-30">
            <summary
                class="inline-flex h-8 w-8 items-center justify-center rounded-[5px] text-ink-muted hover:bg-hover hover:text-ink group-open:bg-hover group-open:text-ink"
                aria-label=label
                title=title
            >
                <Glyph icon />
            </summary>
            <div class="absolute top-full mt-1 right-0 z-20 w-56 rounded-[6px] bg-surface-raised p-1 text-left shadow-[var(--shadow-menu)]">
                {children()}
            </div>
        </details>
    }
}

/// A place to go, in a menu.
#[component]
pub fn MenuLink(
    /// Where it leads; a path of this site.
    #[prop(into)]
    href: String,
    /// Its symbol.
    icon: Icon,
    /// It begins something that takes away.
    #[prop(optional)]
    danger: bool,
    children: Children,
) -> impl IntoView {
    let (class, glyph) = if danger {
        ("flex h-8 items-center gap-2.5 rounded-[4px] px-2 text-danger hover:bg-danger-soft", "w-4 h-4")
    } else {
        ("flex h-8 items-center gap-2.5 rounded-[4px] px-2 hover:bg-hover", "w-4 h-4 text-ink-muted")
    };
    view! {
        <a href=href class=class>
            <Glyph icon class=glyph />
            {children()}
        </a>
    }
}

/// Something to do at once, in a menu: the submit button of the form around it.
#[component]
pub fn MenuButton(
    /// Its symbol.
    icon: Icon,
    children: Children,
) -> impl IntoView {
    view! {
        <button type="submit" class="flex h-8 w-full items-center gap-2.5 rounded-[4px] px-2 text-left hover:bg-hover">
            <Glyph icon class="w-4 h-4 text-ink-muted" />
            {children()}
        </button>
    }
}

/// The hairline before what takes away.
#[component]
pub fn MenuLine() -> impl IntoView {
    view! { <div class="my-1 border-t border-line"></div> }
}
