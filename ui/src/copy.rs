//! Copying to the clipboard. Without a script the text can be selected and there is no button.
#![allow(missing_docs, reason = "the island macro writes a struct that cannot be documented")]

use leptos::prelude::*;

use crate::icon::Icon;

/// Puts `text` on the clipboard when pressed. Not shown until a script is there that can.
#[island]
pub fn CopyButton(
    /// What is copied.
    text: String,
    /// What the button does, in words: "Copy the reply".
    label: String,
    /// The words on it; none for the symbol alone.
    words: String,
    /// At the right end of a [`CopyField`].
    attached: bool,
) -> impl IntoView {
    let (ready, set_ready) = signal(false);
    let (copied, set_copied) = signal(false);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| set_ready.set(browser::clipboard().is_some()));
    #[cfg(not(feature = "hydrate"))]
    let _ = set_ready;
    let symbol_alone = words.is_empty();
    let (shape, at_rest) = if attached {
        (
            "focus-inset flex h-full items-center gap-1.5 rounded-r-[4px] border-l border-line-strong bg-surface-raised px-3 text-[12px] font-medium",
            "hover:bg-hover",
        )
    } else if symbol_alone {
        (
            "inline-flex h-7 min-w-7 shrink-0 items-center justify-center gap-1.5 rounded-[5px] px-1.5 text-[12px] font-medium max-md:h-8 max-md:min-w-8",
            "text-ink-muted hover:bg-hover hover:text-ink",
        )
    } else {
        (
            "inline-flex h-7 shrink-0 items-center justify-center gap-1.5 rounded-[5px] border border-line-strong bg-surface-raised px-2.5 text-[12px] font-medium max-md:h-8",
            "text-ink hover:bg-hover hover:border-control",
        )
    };
    let class = move || match (ready.get(), copied.get()) {
        (false, _) => "hidden".to_owned(),
        (true, false) => format!("{shape} {at_rest}"),
        (true, true) => format!("{shape} text-ok"),
    };
    let words_class = if symbol_alone { "hidden" } else { "" };
    let symbol_class = move |shown: bool| if shown { "w-4 h-4" } else { "hidden" };
    let shown = move || if copied.get() && !words.is_empty() { "Copied".to_owned() } else { words.clone() };
    let said = move || if copied.get() { "Copied" } else { "" };
    let title = label.clone();
    let press = move |_| {
        #[cfg(feature = "hydrate")]
        browser::copy(&text, set_copied);
        #[cfg(not(feature = "hydrate"))]
        let _ = (&text, set_copied);
    };
    view! {
        <button type="button" class=class aria-label=label title=title on:click=press>
            <svg class=move || symbol_class(!copied.get()) aria-hidden="true">
                <use_ href=Icon::Copy.href()></use_>
            </svg>
            <svg class=move || symbol_class(copied.get()) aria-hidden="true">
                <use_ href=Icon::Check.href()></use_>
            </svg>
            <span class=words_class>{shown}</span>
        </button>
        <span class="sr-only" role="status">
            {said}
        </span>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::time::Duration;

    use leptos::prelude::*;
    use wasm_bindgen::JsValue;
    use wasm_bindgen_futures::JsFuture;

    /// The clipboard; browsers keep it from pages that came over plain http.
    pub(super) fn clipboard() -> Option<web_sys::Clipboard> {
        let clipboard = window().navigator().clipboard();
        (!JsValue::from(&clipboard).is_undefined()).then_some(clipboard)
    }

    pub(super) fn copy(text: &str, copied: WriteSignal<bool>) {
        let Some(clipboard) = clipboard() else { return };
        let written = JsFuture::from(clipboard.write_text(text));
        leptos::task::spawn_local(async move {
            if written.await.is_ok() {
                copied.set(true);
                set_timeout(move || copied.set(false), Duration::from_secs(2));
            }
        });
    }
}

/// An id or secret in its box with a button to copy it. A click into it selects the whole.
#[cfg(feature = "ssr")]
#[component]
pub fn CopyField(
    /// What it is: "Workspace ID".
    #[prop(into)]
    label: String,
    /// The text.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    view! {
        <div class="flex min-h-9 items-stretch rounded-[5px] border border-line-strong bg-surface-sunken max-md:min-h-10">
            <output
                class="min-w-0 grow self-center px-3 font-mono text-[13px] font-medium select-all wrap-words"
                aria-label=label.clone()
            >
                {text.clone()}
            </output>
            <CopyButton text label=format!("Copy {label}") words="Copy".to_owned() attached=true />
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::render;

    #[test]
    fn without_a_script_the_text_is_there_and_the_button_is_not() {
        let html = render(|| view! { <CopyField label="Workspace ID" text="ws_2Nf7" /> });
        assert!(html.contains(">ws_2Nf7<") && html.contains("select-all"), "{html}");
        let button = html.split("<button").nth(1).unwrap();
        assert!(
            button.starts_with(" type=\"button\" class=\"hidden\"") || button.contains("class=\"hidden\""),
            "{html}"
        );
    }
}
