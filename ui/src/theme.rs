//! The theme switch: a form that posts, and at once where there is a script.
#![allow(missing_docs, reason = "the island macro writes a struct that cannot be documented")]

use leptos::prelude::*;

use crate::icon::Icon;

/// Switches between light and dark and tells the server, which remembers it.
#[island]
pub fn ThemeSwitch(
    /// The server function's path; it takes `theme` (`light` or `dark`) and `back`.
    action: String,
    /// The theme that is set: `system`, `light` or `dark`.
    current: String,
    /// The path of this page, to come back to.
    back: String,
) -> impl IntoView {
    let (next, set_next) = signal(if current == "dark" { "light" } else { "dark" });
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| set_next.set(browser::other()));
    #[cfg(not(feature = "hydrate"))]
    let _ = set_next;
    let target = action.clone();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        #[cfg(feature = "hydrate")]
        set_next.set(browser::switch(&target));
        #[cfg(not(feature = "hydrate"))]
        let _ = &target;
    };
    view! {
        <form method="post" action=action class="inline-flex" on:submit=submit>
            <input type="hidden" name="back" value=back />
            <button
                type="submit"
                name="theme"
                value=move || next.get()
                class="inline-flex h-8 w-8 shrink-0 items-center justify-center rounded-[5px] text-ink-muted hover:bg-hover hover:text-ink"
                aria-label="Switch theme"
                title="Switch theme"
            >
                <svg class="w-4 h-4" aria-hidden="true">
                    <use_ href=Icon::Moon.href()></use_>
                </svg>
            </button>
        </form>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::*;

    const ATTRIBUTE: &str = "data-theme";

    /// The theme that is not shown now.
    pub(super) fn other() -> &'static str {
        let set = document().document_element().and_then(|root| root.get_attribute(ATTRIBUTE));
        let dark = match set.as_deref() {
            Some("dark") => true,
            Some("light") => false,
            _ => window()
                .match_media("(prefers-color-scheme: dark)")
                .ok()
                .flatten()
                .is_some_and(|query| query.matches()),
        };
        if dark { "light" } else { "dark" }
    }

    /// Shows the other theme at once and has the server remember it. Says what a further press would bring.
    pub(super) fn switch(action: &str) -> &'static str {
        let theme = other();
        if let Some(root) = document().document_element() {
            // Setting an attribute of the document's own element does not fail.
            let _ = root.set_attribute(ATTRIBUTE, theme);
        }
        if let Ok(form) = web_sys::UrlSearchParams::new() {
            form.append("theme", theme);
            form.append("back", "/");
            // When it is not sent, the theme is only not remembered.
            let _ = window().navigator().send_beacon_with_opt_url_search_params(action, Some(&form));
        }
        other()
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::render;

    #[test]
    fn without_a_script_it_posts_the_other_theme() {
        for (current, next) in [("system", "dark"), ("light", "dark"), ("dark", "light")] {
            let html = render(|| {
                view! {
                    <ThemeSwitch action="/account/theme".to_owned() current=current.to_owned() back="/x".to_owned() />
                }
            });
            assert!(html.contains("method=\"post\"") && html.contains("action=\"/account/theme\""), "{html}");
            assert!(html.contains(&format!("value=\"{next}\"")), "{html}");
        }
    }
}
