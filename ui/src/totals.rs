//! Totals: a label, a number of 20 px, a note.

use leptos::prelude::*;

use crate::number::{thousands, up_to_most};

/// A row of totals with hairlines between.
#[component]
pub fn Totals(children: Children) -> impl IntoView {
    view! {
        <section aria-label="Totals" class="grid grid-cols-2 border-b border-line lg:max-2xl:grid-cols-3 2xl:grid-cols-6">
            {children()}
        </section>
    }
}

/// One total. Its children are the note under it, which leads to the rows that were counted.
#[component]
pub fn Total(
    /// What was counted.
    #[prop(into)]
    label: String,
    /// How many.
    count: i64,
    /// Where counting stopped: more than that are written with a plus.
    #[prop(optional)]
    up_to: Option<i64>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="flex min-w-0 items-start gap-3 border-line px-4 py-3.5 max-lg:nth-[n+3]:border-t lg:max-2xl:nth-[n+4]:border-t md:px-6 max-lg:even:border-l lg:max-2xl:nth-[3n+2]:border-l lg:max-2xl:nth-[3n]:border-l 2xl:not-first:border-l">
            <dl class="min-w-0 grow">
                <dt class="text-[12px] leading-4 text-ink-muted">{label}</dt>
                <dd class="mt-1 text-[20px] leading-7 font-semibold tracking-[-0.01em]">{up_to.map_or_else(|| thousands(count), |most| up_to_most(count, most))}</dd>
                {children.map(|note| view! { <dd class="text-[12px] leading-4 text-ink-faint">{note()}</dd> })}
            </dl>
        </div>
    }
}
