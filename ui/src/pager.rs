//! The pages of a list.

use leptos::prelude::*;

use crate::button::{ButtonKind, ButtonSize, button_class};
use crate::icon::{Glyph, Icon};

/// The foot of a list that is read in pages: backwards in time, unless `words` says otherwise. A direction without a
/// path is not there.
#[component]
pub fn Pager(
    /// What is shown: "Newest 50 of 2,914".
    #[prop(into)]
    shown: String,
    /// Where the newer ones are.
    #[prop(optional_no_strip)]
    newer: Option<String>,
    /// Where the older ones are.
    #[prop(optional_no_strip)]
    older: Option<String>,
    /// What the two directions are called.
    #[prop(optional, default = ("Newer", "Older"))]
    words: (&'static str, &'static str),
) -> impl IntoView {
    let newer = newer.map(|href| {
        view! {
            <a href=href rel="prev" class=button_class(ButtonKind::Plain, ButtonSize::Small, "")>
                <Glyph icon=Icon::ChevLeft />
                {words.0}
            </a>
        }
    });
    let older = older.map(|href| {
        view! {
            <a href=href rel="next" class=button_class(ButtonKind::Plain, ButtonSize::Small, "")>
                {words.1}
                <Glyph icon=Icon::ChevRight />
            </a>
        }
    });
    view! {
        <nav class="flex flex-wrap items-center gap-3 px-4 py-3 md:px-6" aria-label="Pages">
            <span class="grow text-[12px] text-ink-muted">{shown}</span>
            {newer}
            {older}
        </nav>
    }
}
