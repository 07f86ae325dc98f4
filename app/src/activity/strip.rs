//! The strip over the log: two days by the hour, to click in.

use std::time::Duration;

use leptos::prelude::*;
use stackyard_domain::activity::Hour;
use stackyard_model::Ts;
use stackyard_model::activity::ActivityFilter;
use stackyard_model::workspace::COUNTED_MAX;
use stackyard_ui::{Bar, ClockTime, Histogram, Now, TextLink, up_to_most};

use super::list::address;

/// Each hour a bar that leads to its events.
#[component]
pub(super) fn HourStrip(hours: Vec<Hour>, filter: ActivityFilter, path: String) -> impl IntoView {
    let all: i64 = hours.iter().map(|hour| hour.count).sum();
    let denied: i64 = hours.iter().map(|hour| hour.denied).sum();
    let summary = summary(all, denied, hours.len());
    let at = |from: Option<Ts>, until: Option<Ts>| {
        address(&path, &ActivityFilter { from, until, before: String::new(), ..filter.clone() })
    };
    let bars = hours
        .into_iter()
        .map(|Hour { from, count, denied }| {
            let until = from + Duration::from_secs(3600);
            Bar { from, count, denied, href: (count > 0).then(|| at(Some(from), Some(until))) }
        })
        .collect::<Vec<_>>();
    let shown = filter.from.zip(filter.until).map(|(from, until)| {
        view! {
            <span class="text-ink">
                {Now::here().day(from)} ", " <ClockTime at=from class="" /> " to " <ClockTime at=until class="" />
            </span>
            <TextLink href=at(None, None)>"Show all times"</TextLink>
        }
    });
    view! {
        <div class="border-b border-line px-4 py-3 md:px-6">
            <Histogram bars label="Events by the hour" chosen=filter.from />
            <p class="mt-1.5 flex flex-wrap gap-3 text-[12px] leading-4 text-ink-muted">
                <span>{summary}</span>
                {shown}
            </p>
        </div>
    }
    .into_any()
}

/// What the strip says of itself.
fn summary(all: i64, denied: i64, hours: usize) -> String {
    let events = if all == 1 { "event" } else { "events" };
    let [all, denied] = [all, denied].map(|count| up_to_most(count, COUNTED_MAX));
    format!("{all} {events} in the last {hours} hours, {denied} denied")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_as_far_as_all_counts_do() {
        assert_eq!(summary(1, 0, 48), "1 event in the last 48 hours, 0 denied");
        assert_eq!(summary(10_000, 12, 48), "10,000 events in the last 48 hours, 12 denied");
        assert_eq!(summary(10_001, 10_001, 48), "10,000+ events in the last 48 hours, 10,000+ denied");
    }
}
