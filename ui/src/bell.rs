//! The way to what one was told.

use leptos::prelude::*;

use crate::icon::{Glyph, Icon};

/// Most unread notices that are counted where they are shown.
const COUNTED: i32 = 99;

/// The number as the bell shows it; none when everything was read.
pub(crate) fn unread_words(unread: i32) -> Option<String> {
    (unread > 0).then(|| if unread > COUNTED { format!("{COUNTED}+") } else { unread.to_string() })
}

/// A bell that leads to the notices, with the number of those that are not read.
#[component]
pub fn Bell(
    /// How many are not read.
    unread: i32,
) -> impl IntoView {
    let words = unread_words(unread);
    let title = match &words {
        Some(words) => format!("Notices, {words} unread"),
        None => "Notices".to_owned(),
    };
    let label = title.clone();
    let number = words.map(|words| {
        view! {
            <span
                class="absolute top-0 right-0 h-4 min-w-4 rounded-full bg-accent-solid px-1 text-center text-[10px] leading-4 font-medium text-on-accent"
                aria-hidden="true"
            >
                {words}
            </span>
        }
    });
    view! {
        <a
            href="/notices"
            class="focus-inset relative inline-flex h-8 w-8 shrink-0 items-center justify-center rounded-[5px] text-ink-muted hover:bg-hover hover:text-ink"
            title=title
        >
            <Glyph icon=Icon::Bell />
            {number}
            <span class="sr-only">{label}</span>
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;

    #[test]
    fn the_bell_says_how_many_are_not_read() {
        let html = |unread| render(move || view! { <Bell unread /> });
        assert!(html(3).contains("Notices, 3 unread"));
        assert!(html(250).contains("Notices, 99+ unread"));
        assert!(!html(0).contains("unread"));
    }
}
