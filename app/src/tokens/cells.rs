//! When a token was used and when it ends, as every list of tokens says it.

use leptos::prelude::*;
use stackyard_model::Ts;
use stackyard_model::credential::WARNED_BEFORE;
use stackyard_ui::{Glyph, Icon, Now, RelativeTime};

/// When it was last used.
#[component]
pub(crate) fn Used(at: Option<Ts>) -> impl IntoView {
    let used = match at {
        Some(at) => view! { <RelativeTime at /> }.into_any(),
        None => view! { <span class="text-ink-faint">"never"</span> }.into_any(),
    };
    view! {
        <span class="md:hidden text-[12px] text-ink-faint">"Used "</span>
        {used}
    }
}

/// When it ends or ended. One that ends soon is shown to be mended.
#[component]
pub(crate) fn Ends(expires_at: Option<Ts>, revoked_at: Option<Ts>) -> impl IntoView {
    let now = Now::here().at;
    let ends = match (revoked_at, expires_at) {
        (Some(at), _) => view! {
            <span class="text-ink-muted">"revoked " <RelativeTime at /></span>
        }
        .into_any(),
        (None, Some(at)) if at <= now => view! {
            <span class="flex items-center gap-1.5 text-warn max-md:text-[12px]">
                <Glyph icon=Icon::Warn />
                <span>"expired " <RelativeTime at class="" /></span>
            </span>
        }
        .into_any(),
        (None, Some(at)) if at.since(now) < WARNED_BEFORE => view! {
            <span class="flex items-center gap-1.5 text-warn max-md:text-[12px]">
                <Glyph icon=Icon::Warn />
                <RelativeTime at class="" />
            </span>
        }
        .into_any(),
        (None, Some(at)) => view! { <RelativeTime at /> }.into_any(),
        (None, None) => view! { <span class="text-ink-muted">"never"</span> }.into_any(),
    };
    view! {
        <span class="md:hidden text-[12px] text-ink-faint">"Ends "</span>
        {ends}
    }
}
