//! How much happened when: a histogram to click in.

use std::time::Duration;

use leptos::prelude::*;
use stackyard_model::Ts;

use crate::time::Now;
use crate::number::{counted, thousands};

/// Height of a histogram, and width of a bar with the gap after it.
const HEIGHT: i64 = 40;
const STEP: usize = 10;
const BAR: usize = 8;
/// Bars as long as this are days, and said so.
const DAY: u64 = 24 * 60 * 60;

/// A bar of a histogram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// When it begins; it ends where the next one does.
    pub from: Ts,
    /// How many.
    pub count: i64,
    /// How many of them were denied.
    pub denied: i64,
    /// Where they are listed. A bar of nothing needs none.
    pub href: Option<String>,
}

/// Bars side by side: what was denied from the base line, the rest above it. Each leads to what it counts, and says it
/// in words.
#[component]
pub fn Histogram(
    /// The bars, in the order of time, each as long as the first.
    bars: Vec<Bar>,
    /// What it counts: "Events by the hour".
    #[prop(into)]
    label: String,
    /// The beginning of the bar that is looked at.
    #[prop(optional_no_strip)]
    chosen: Option<Ts>,
) -> impl IntoView {
    let now = Now::here();
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0);
    let long = match bars.as_slice() {
        [one, next, ..] => next.from.since(one.from),
        _ => Duration::ZERO,
    };
    let width = bars.len() * STEP;
    let bars = bars
        .into_iter()
        .enumerate()
        .map(|(place, bar)| {
            let (danger, whole) = heights(&bar, most);
            let x = place * STEP;
            let ground = if chosen == Some(bar.from) { "fill-accent-soft" } else { "fill-transparent" };
            // The whole height is what can be pressed.
            let drawn = view! {
                <rect x=x width=STEP height=HEIGHT class=ground></rect>
                <rect x=x + 1 y=HEIGHT - whole width=BAR height=whole - danger class="fill-control"></rect>
                <rect x=x + 1 y=HEIGHT - danger width=BAR height=danger class="fill-danger"></rect>
            };
            let name = name(&now, &bar, long);
            match bar.href {
                Some(href) => {
                    let current = (chosen == Some(bar.from)).then_some("true");
                    let title = name.clone();
                    view! {
                        <a href=href aria-label=name aria-current=current>
                            <title>{title}</title>
                            {drawn}
                        </a>
                    }
                    .into_any()
                }
                None => drawn.into_any(),
            }
        })
        .collect::<Vec<_>>();
    view! {
        <svg
            viewBox=format!("0 0 {width} {HEIGHT}")
            preserveAspectRatio="none"
            shape-rendering="crispEdges"
            class="bar block h-10 w-full"
            role="group"
            aria-label=label
        >
            {bars}
        </svg>
    }
}

/// Heights of what was denied and of the whole bar. What is there is seen, however little it is.
fn heights(bar: &Bar, most: i64) -> (i64, i64) {
    let height = |count: i64| {
        let tall = i128::from(count) * i128::from(HEIGHT) / i128::from(most.max(1));
        if count <= 0 { 0 } else { i64::try_from(tall).unwrap_or(HEIGHT).max(2) }
    };
    let denied = height(bar.denied.min(bar.count));
    let rest = bar.count > bar.denied;
    // Where a little of both is, both are seen.
    let whole = height(bar.count).max(if rest { denied + 1 } else { denied });
    (denied.min(HEIGHT - i64::from(rest)), whole.min(HEIGHT))
}

/// `Tuesday 18 November, 14:00 to 15:00: 12 events, 3 denied`.
fn name(now: &Now, bar: &Bar, long: Duration) -> String {
    let day = now.day(bar.from);
    let when = if long.as_secs() >= DAY {
        day
    } else if long.is_zero() {
        format!("{day}, {}", now.clock(bar.from, false))
    } else {
        format!("{day}, {} to {}", now.clock(bar.from, false), now.clock(bar.from + long, false))
    };
    let count = counted(bar.count, "event", "events");
    if bar.denied > 0 { format!("{when}: {count}, {} denied", thousands(bar.denied)) } else { format!("{when}: {count}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;

    fn bar(hour: i64, count: i64, denied: i64) -> Bar {
        Bar { from: Ts::from_seconds(hour * 3600), count, denied, href: (count > 0).then(|| format!("?from={hour}")) }
    }

    #[test]
    fn each_bar_says_what_it_counts_and_leads_there() {
        let bars = vec![bar(14, 12, 3), bar(15, 0, 0), bar(16, 1, 0)];
        let html = render(|| view! { <Histogram bars label="Events by the hour" /> });
        for part in [
            "href=\"?from=14\"",
            "Thursday 1 January, 14:00 UTC to 15:00 UTC: 12 events, 3 denied",
            "16:00 UTC to 17:00 UTC: 1 event<",
            "aria-label=\"Events by the hour\"",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert_eq!(html.matches("<a ").count(), 2, "nothing to see is no stop for the keyboard: {html}");
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn days_are_said_as_days() {
        let bars = vec![bar(0, 5, 0), bar(24, 5, 5)];
        let html = render(|| view! { <Histogram bars label="Denied" chosen=Some(Ts::from_seconds(86_400)) /> });
        assert!(html.contains("Friday 2 January: 5 events, 5 denied"), "{html}");
        assert_eq!(html.matches("aria-current").count(), 1, "{html}");
    }

    #[test]
    fn little_is_seen_beside_much_and_no_bar_leaves_its_box() {
        assert_eq!(heights(&bar(0, 1, 1), 10_000), (2, 2));
        assert_eq!(heights(&bar(0, 10_000, 1), 10_000), (2, 40));
        assert_eq!(heights(&bar(0, 10_000, 9_999), 10_000), (39, 40));
        assert_eq!(heights(&bar(0, 2, 1), 10_000), (2, 3));
        assert_eq!(heights(&bar(0, 0, 0), 0), (0, 0));
        assert_eq!(heights(&bar(0, 5, i64::MAX), 5), (40, 40));
        assert_eq!(heights(&bar(0, i64::MAX, 0), i64::MAX), (0, 40));
    }
}
