//! Filling a field of several lines from a file. Without a script the text is pasted.
#![allow(missing_docs, reason = "the island macro writes a struct that cannot be documented")]

use leptos::ev::Event;
use leptos::prelude::*;

/// Puts the text of a file that is chosen behind what the field `target` holds. Not shown until a script is there.
#[island]
pub fn TextFromFile(
    /// The id of the field.
    target: String,
    /// The words on the button: "Read a CSV file".
    words: String,
    /// The kinds that the browser offers first.
    accept: String,
) -> impl IntoView {
    let (ready, set_ready) = signal(false);
    let (said, set_said) = signal((String::new(), false));
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| set_ready.set(true));
    #[cfg(not(feature = "hydrate"))]
    let _ = set_ready;
    let class =
        move || if ready.get() { "mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1" } else { "hidden" };
    let said_class = move || match said.get() {
        (_, true) => "text-[12px] leading-4 text-danger wrap-words",
        (_, false) => "text-[12px] leading-4 text-ink-muted wrap-words",
    };
    let choose = move |event: Event| {
        #[cfg(feature = "hydrate")]
        browser::read(&event, target.clone(), set_said);
        #[cfg(not(feature = "hydrate"))]
        let _ = (event, &target, set_said);
    };
    view! {
        <div class=class>
            <label class="relative ring-within inline-flex h-7 shrink-0 cursor-pointer items-center rounded-[5px] border border-line-strong bg-surface-raised px-2.5 text-[12px] font-medium text-ink hover:bg-hover hover:border-control max-md:h-8">
                {words}
                <input type="file" class="sr-only" accept=accept on:change=choose />
            </label>
            <span class=said_class role="status">
                {move || said.get().0}
            </span>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::ev::Event;
    use leptos::prelude::*;
    use stackyard_model::number::counted;
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{File, HtmlInputElement, HtmlTextAreaElement};

    /// Largest file, in bytes: ten thousand lines of a hundred.
    const LARGEST: f64 = 1_000_000.0;

    /// Reads the file that was chosen. What is said of it is an error where the second is true.
    pub(super) fn read(event: &Event, target: String, said: WriteSignal<(String, bool)>) {
        let input: HtmlInputElement = event_target(event);
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        leptos::task::spawn_local(async move {
            let told = match text_of(&file).await {
                Ok(text) => put_behind(&target, &text).map(|lines| {
                    let lines = counted(i64::try_from(lines).unwrap_or(i64::MAX), "line", "lines");
                    (format!("{lines} of {}", file.name()), false)
                }),
                Err(wrong) => Some((format!("{}: {wrong}", file.name()), true)),
            };
            said.set(told.unwrap_or_default());
            // The same file, mended, can be chosen again.
            input.set_value("");
        });
    }

    async fn text_of(file: &File) -> Result<String, &'static str> {
        if file.size() > LARGEST {
            return Err("it is larger than 1 MB.");
        }
        let read = JsFuture::from(file.text()).await.map_err(|_| "it cannot be read.")?;
        let text = read.as_string().unwrap_or_default();
        // What is no UTF-8 is read as this character.
        if text.contains(['\u{fffd}', '\0']) {
            return Err("it is not text in UTF-8. Save it as “CSV UTF-8”.");
        }
        Ok(text)
    }

    /// Puts a text behind what a field holds. Gives how many lines it has.
    fn put_behind(target: &str, text: &str) -> Option<usize> {
        let field: HtmlTextAreaElement = document().get_element_by_id(target)?.dyn_into().ok()?;
        let before = field.value();
        let between = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
        field.set_value(&format!("{before}{between}{}", text.trim_end()));
        Some(text.lines().filter(|line| !line.trim().is_empty()).count())
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::render;

    #[test]
    fn without_a_script_there_is_nothing_to_press() {
        let html = render(|| {
            view! { <TextFromFile target="people".to_owned() words="Read a CSV file".to_owned() accept=".csv".to_owned() /> }
        });
        assert!(html.contains("<div class=\"hidden\">"), "{html}");
        assert!(!html.contains("name="), "the file itself is never sent: {html}");
    }
}
