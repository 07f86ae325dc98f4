//! The strip over the log: two days by the hour, to click in.

use std::time::Duration;

use leptos::prelude::*;
use stackyard_domain::activity::Hour;
use stackyard_model::Ts;
use stackyard_model::activity::ActivityFilter;
use stackyard_ui::{ClockTime, Now, TextLink, counted};

use super::list::address;

/// Height of the strip.
const HEIGHT: i64 = 40;
/// Width of an hour, and of its bar.
const STEP: usize = 12;
const BAR: usize = 9;

/// Each hour a bar: what was denied from the base line, the rest above it. A bar leads to its events.
#[component]
pub(super) fn HourStrip(hours: Vec<Hour>, filter: ActivityFilter, path: String) -> impl IntoView {
    let now = Now::here();
    let most = hours.iter().map(|hour| hour.count).max().unwrap_or(0).max(1);
    let all: i64 = hours.iter().map(|hour| hour.count).sum();
    let denied: i64 = hours.iter().map(|hour| hour.denied).sum();
    let height = |count: i64| if count == 0 { 0 } else { (count * HEIGHT / most).max(2) };
    let chosen = filter.from;
    let at = |from: Ts, until: Ts| {
        address(&path, &ActivityFilter { from: Some(from), until: Some(until), before: String::new(), ..filter.clone() })
    };
    let width = hours.len() * STEP;
    let bars = hours
        .iter()
        .enumerate()
        .map(|(place, hour)| {
            let until = hour.from + Duration::from_secs(3600);
            let label = format!(
                "{}, {}: {}, {} denied",
                now.day(hour.from),
                now.clock(hour.from, false),
                counted(hour.count, "event", "events"),
                hour.denied
            );
            let (red, whole) = (height(hour.denied), height(hour.count));
            let class = if chosen == Some(hour.from) { "fill-accent-soft" } else { "fill-transparent" };
            let x = place * STEP;
            let bar = view! {
                <rect x=x y="0" width=STEP height=HEIGHT class=class></rect>
                <rect x=x y=HEIGHT - whole width=BAR height=whole - red class="fill-control"></rect>
                <rect x=x y=HEIGHT - red width=BAR height=red class="fill-danger"></rect>
            };
            // Hours without events are no stops for the keyboard.
            if hour.count == 0 {
                bar.into_any()
            } else {
                let title = label.clone();
                view! {
                    <a href=at(hour.from, until) aria-label=label>
                        <title>{title}</title>
                        {bar}
                    </a>
                }
                .into_any()
            }
        })
        .collect::<Vec<_>>();
    let shown = filter.from.zip(filter.until).map(|(from, until)| {
        let rest = address(
            &path,
            &ActivityFilter { from: None, until: None, before: String::new(), ..filter.clone() },
        );
        view! {
            <span class="text-ink">
                {now.day(from)} ", " <ClockTime at=from class="" /> " to " <ClockTime at=until class="" />
            </span>
            <TextLink href=rest>"Show all times"</TextLink>
        }
    });
    let summary = format!(
        "{} in the last {} hours, {denied} denied",
        counted(all, "event", "events"),
        hours.len()
    );
    view! {
        <div class="border-b border-line px-4 py-3 md:px-6">
            <svg
                role="group"
                aria-label="Events by the hour"
                viewBox=format!("0 0 {width} {HEIGHT}")
                preserveAspectRatio="none"
                class="block h-10 w-full"
            >
                {bars}
            </svg>
            <p class="mt-1.5 flex flex-wrap gap-3 text-[12px] leading-4 text-ink-muted">
                <span>{summary}</span>
                {shown}
            </p>
        </div>
    }
    .into_any()
}
