//! What a script makes better; each works as an ordinary field without one.
#![allow(missing_docs, reason = "the island macro writes structs that cannot be documented")]

use leptos::prelude::*;

/// The slug of a workspace to be made: says while one types whether it is free. The form is checked when it is sent.
#[island]
pub fn SlugInput(
    /// What it holds.
    value: String,
    /// What was wrong when the form was last sent; empty for nothing.
    problem: String,
    /// Where it is asked: takes `slug`, answers what is wrong as JSON, or `null`.
    check: String,
    /// The fixed words before it.
    prefix: String,
) -> impl IntoView {
    let (slug, set_slug) = signal(value.clone());
    let (answer, set_answer) =
        signal(if problem.is_empty() { Answer::Unknown } else { Answer::Wrong(problem) });
    let wrong = move || answer.with(|answer| matches!(answer, Answer::Wrong(_)));
    let free = move || answer.with(|answer| *answer == Answer::Free);
    let message = move || {
        answer.with(|answer| match answer {
            Answer::Wrong(message) => message.clone(),
            Answer::Unknown | Answer::Free => String::new(),
        })
    };
    let class = move || {
        if wrong() {
            "mt-1 flex rounded-[5px] overflow-hidden border border-danger bg-surface-raised ring-within"
        } else {
            "mt-1 flex rounded-[5px] overflow-hidden border border-control bg-surface-raised ring-within"
        }
    };
    let typed = move |event| {
        set_slug.set(event_target_value(&event));
        set_answer.set(Answer::Unknown);
        #[cfg(feature = "hydrate")]
        browser::ask(check.clone(), slug, set_answer);
        #[cfg(not(feature = "hydrate"))]
        let _ = (&check, slug);
    };
    view! {
        <div class=class>
            <span class="flex items-center border-r border-line bg-surface-sunken px-2.5 font-mono text-[12px] text-ink-muted max-sm:hidden">
                {prefix}
            </span>
            <input
                id="slug"
                name="slug"
                value=value
                class="h-9 min-w-0 grow bg-transparent px-2.5 font-mono text-[12px] outline-none max-md:h-10 max-md:text-[16px]"
                aria-describedby="slug-e slug-h"
                aria-invalid=move || if wrong() { "true" } else { "false" }
                autocomplete="off"
                spellcheck="false"
                autocapitalize="none"
                maxlength="63"
                on:input=typed
            />
        </div>
        <p id="slug-e" class="mt-1 text-[12px] leading-4 text-danger" role="alert">
            {message}
        </p>
        <p id="slug-h" class="mt-1 text-[12px] leading-4 text-ink-muted">
            <span class=move || if free() { "font-medium text-ok" } else { "hidden" }>"Free. "</span>
            "Lower case letters, digits and hyphens. Without one it is made from the name."
        </p>
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    Unknown,
    Free,
    Wrong(String),
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::time::Duration;

    use js_sys::JSON;
    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;

    use super::Answer;

    /// Typing rests for this long before the server is asked.
    const REST: Duration = Duration::from_millis(300);

    /// Asks about the slug once typing rests. A question that could not be asked is dropped, and so is an answer
    /// about a slug that was changed meanwhile.
    pub(super) fn ask(check: String, slug: ReadSignal<String>, answer: WriteSignal<Answer>) {
        let asked = slug.get_untracked();
        if asked.is_empty() {
            return;
        }
        set_timeout(
            move || {
                if slug.get_untracked() != asked {
                    return;
                }
                leptos::task::spawn_local(async move {
                    if let Ok(said) = problem(&check, &asked).await
                        && slug.get_untracked() == asked
                    {
                        answer.set(said.map_or(Answer::Free, Answer::Wrong));
                    }
                });
            },
            REST,
        );
    }

    async fn problem(check: &str, slug: &str) -> Result<Option<String>, JsValue> {
        let form = web_sys::UrlSearchParams::new()?;
        form.append("slug", slug);
        let request = web_sys::RequestInit::new();
        request.set_method("POST");
        request.set_body(&form);
        let response = JsFuture::from(window().fetch_with_str_and_init(check, &request)).await?;
        let response: web_sys::Response = response.dyn_into()?;
        if !response.ok() {
            return Err(JsValue::NULL);
        }
        let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
        Ok(JSON::parse(&text)?.as_string())
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn without_a_script_it_is_a_field_that_shows_what_was_wrong() {
        let drawn = |problem: &str| {
            let problem = problem.to_owned();
            view! {
                <SlugInput
                    value="acme".to_owned()
                    problem
                    check="/check".to_owned()
                    prefix="/dashboard/".to_owned()
                />
            }
            .to_html()
        };
        let html = drawn("");
        assert!(html.contains("name=\"slug\"") && html.contains("value=\"acme\""), "{html}");
        assert!(html.contains("class=\"hidden\">Free. "), "{html}");
        let html = drawn("<b>Taken");
        assert!(html.contains("aria-invalid=\"true\"") && html.contains("&lt;b&gt;Taken<"), "{html}");
    }
}
