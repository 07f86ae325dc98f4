//! What is left of something, in words over a bar. Stands as loaded without a script; with one it runs.
#![allow(missing_docs, reason = "the island macro writes a struct that cannot be documented")]

use leptos::prelude::*;

use crate::duration::duration_words;

/// Below this many seconds somebody should hurry.
const SOON: u32 = 300;
const BAR: u32 = 64;

/// Seconds that are left, over a bar of the share that is left. Warns below five minutes.
#[island]
pub fn Countdown(
    /// Seconds left when the page was made.
    left: u32,
    /// Seconds from the beginning to the end.
    total: u32,
    /// The end, exact: shown when hovered.
    until: String,
) -> impl IntoView {
    let (left, set_left) = signal(left);
    let node = NodeRef::<leptos::html::Span>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| run(left.get_untracked(), set_left, node));
    #[cfg(not(feature = "hydrate"))]
    let _ = set_left;
    let words = move || duration_words(u64::from(left.get()));
    let class = move || {
        if left.get() < SOON {
            "block max-md:text-right max-md:text-[12px] font-medium text-warn"
        } else {
            "block max-md:text-right max-md:text-[12px]"
        }
    };
    let fill = move || if left.get() < SOON { "fill-warn" } else { "fill-ink-faint" };
    let width = move || share(left.get(), total);
    view! {
        <span node_ref=node class=class title=until>
            {words}
            <span class="md:hidden">" left"</span>
        </span>
        <svg
            class="bar mt-1 block h-[3px] w-16 max-md:ml-auto"
            viewBox="0 0 64 3"
            preserveAspectRatio="none"
            aria-hidden="true"
        >
            <rect width="64" height="3" class="fill-line"></rect>
            <rect width=width height="3" class=fill></rect>
        </svg>
    }
}

/// The bar's width for what is left; something shows until nothing is left.
fn share(left: u32, total: u32) -> u32 {
    let part = u64::from(left.min(total)) * u64::from(BAR);
    u32::try_from(part.div_ceil(u64::from(total.max(1)))).unwrap_or(BAR)
}

/// Counts by the browser's clock from the moment of loading, so that a clock that is wrong does not matter; until it is
/// taken out of the page.
#[cfg(feature = "hydrate")]
fn run(left: u32, set_left: WriteSignal<u32>, node: NodeRef<leptos::html::Span>) {
    use std::time::Duration;
    let start = js_sys::Date::now();
    let running = StoredValue::new(None::<IntervalHandle>);
    let tick = move || {
        if node.get_untracked().is_some_and(|span| span.is_connected()) {
            // Whole seconds since loading.
            let gone = ((js_sys::Date::now() - start) / 1000.0) as u32;
            set_left.set(left.saturating_sub(gone));
        } else if let Some(handle) = running.get_value() {
            handle.clear();
        }
    };
    if let Ok(handle) = set_interval_with_handle(tick, Duration::from_secs(1)) {
        running.set_value(Some(handle));
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::render;

    fn drawn(left: u32, total: u32) -> String {
        render(|| view! { <Countdown left total until="until 15:08:25 UTC".to_owned() /> })
    }

    #[test]
    fn what_is_left_is_said_and_drawn_without_a_script() {
        let html = drawn(1574, 2000);
        assert!(html.contains("26m 14s") && html.contains("until 15:08:25 UTC"), "{html}");
        assert!(
            html.contains("width=\"51\"") && html.contains("fill-ink-faint") && !html.contains("text-warn"),
            "{html}"
        );
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn the_last_five_minutes_warn() {
        assert!(!drawn(300, 2000).contains("text-warn"));
        let html = drawn(299, 2000);
        assert!(
            html.contains("text-warn") && html.contains("fill-warn") && html.contains("4m 59s"),
            "{html}"
        );
    }

    #[test]
    fn the_bar_never_leaves_its_box() {
        for (left, total, width) in
            [(0, 10, 0), (0, 0, 0), (5, 0, 0), (1, 1_000_000, 1), (20, 10, 64), (u32::MAX, u32::MAX, 64)]
        {
            assert_eq!(share(left, total), width, "{left} of {total}");
        }
    }
}
