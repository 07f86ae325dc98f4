//! Nothing here yet: why, what to do next, one button, and the track.

use leptos::prelude::*;

/// An empty list. Its children are the one button.
#[component]
pub fn Empty(
    /// What there is none of.
    #[prop(into)]
    title: String,
    /// One sentence of why, one of what to do next.
    #[prop(into)]
    text: String,
    /// Margins.
    #[prop(optional, default = "m-4 md:m-6")]
    class: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let class = format!("rounded-[6px] border border-dashed border-line-strong px-6 py-8 text-center {class}");
    view! {
        <div class=class>
            <svg width="96" height="36" viewBox="0 0 96 36" class="mx-auto" aria-hidden="true">
                <path
                    d="M0 18h96M22 18L36 4h60M22 18l14 14h60"
                    fill="none"
                    stroke-width="1.5"
                    class="stroke-line-strong"
                ></path>
                <circle cx="22" cy="18" r="3" class="fill-surface stroke-control"></circle>
            </svg>
            <h2 class="mt-3 font-medium">{title}</h2>
            <p class="mx-auto mt-0.5 max-w-[340px] text-ink-muted wrap-words">{text}</p>
            {children.map(|children| view! { <div class="mt-3">{children()}</div> })}
        </div>
    }
}

/// The track that goes on broken: a page that is not there, or not for this person.
#[component]
pub fn BrokenTrack() -> impl IntoView {
    view! {
        <svg width="240" height="28" viewBox="0 0 240 28" class="max-w-full" aria-hidden="true">
            <path d="M0 14h64" fill="none" stroke-width="2" class="stroke-ok"></path>
            <path d="M80 14h160" fill="none" stroke-width="2" stroke-dasharray="4 4" class="stroke-control"></path>
            <circle
                cx="72"
                cy="14"
                r="6"
                fill="none"
                stroke-width="1.3"
                stroke-dasharray="1.5 1.955"
                class="stroke-ink-faint"
            ></circle>
        </svg>
    }
}
