//! What a script makes better; each works as an ordinary field without one.
#![allow(missing_docs, reason = "the island macro writes structs that cannot be documented")]

use leptos::prelude::*;
use stackyard_ui::AskedInput;

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
    // About which slug something was said, and what is wrong with that one.
    let told = (!problem.is_empty()).then(|| (value.clone(), Some(problem)));
    let (answer, set_answer) = signal(told);
    let asked = AskedInput::new(value.clone(), check, "slug", move |answer, asked| {
        // Without a slug it is made from the name.
        let problem = if asked.is_empty() { None } else { answer.as_string() };
        set_answer.set(Some((asked, problem)));
    });
    let slug = asked.text;
    let said = move || {
        let answer = answer.get().filter(|(about, _)| slug.with(|slug| slug == about));
        answer.map(|(_, problem)| problem)
    };
    let message = move || said().flatten().unwrap_or_default();
    let wrong = move || !message().is_empty();
    let free = move || said() == Some(None) && slug.with(|slug| !slug.is_empty());
    let class = move || {
        if wrong() {
            "mt-1 flex rounded-[5px] overflow-hidden border border-danger bg-surface-raised ring-within"
        } else {
            "mt-1 flex rounded-[5px] overflow-hidden border border-control bg-surface-raised ring-within"
        }
    };
    view! {
        <div class=class>
            <span class="flex items-center border-r border-line bg-surface-sunken px-2.5 font-mono text-[12px] text-ink-muted max-sm:hidden">
                {prefix}
            </span>
            <input
                node_ref=asked.node
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
                on:input=asked.typed
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
