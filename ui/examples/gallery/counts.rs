//! Histograms.

use leptos::prelude::*;
use stackyard_model::Ts;
use stackyard_ui::*;

use crate::data;
use crate::pages::Part;

/// So many hours up to now, more by day than by night, some of them with denials.
fn hours(count: i64) -> Vec<Bar> {
    (0..count)
        .map(|hour| {
            let by_day = if (6..19).contains(&(hour % 24)) { 40 } else { 4 };
            let events = (hour * 37 + hour * hour * 11) % by_day;
            let denied = match hour % 17 {
                3 => 1,
                16 => events / 2,
                _ => 0,
            };
            let from = Ts::from_seconds(data::ago((count - hour) * 60).as_seconds() / 3600 * 3600);
            Bar { from, count: events.max(denied), denied, href: (events > 0).then(|| "#".to_owned()) }
        })
        .collect()
}

#[component]
pub fn Counts() -> impl IntoView {
    let two_days = hours(48);
    let chosen = two_days.get(31).map(|bar| bar.from);
    view! {
        <h1 class="sr-only">"Counts"</h1>
        <Part title="Two days by the hour, one of them chosen">
            <Histogram bars=two_days label="Events by the hour" chosen />
        </Part>
        <Part title="A week by the hour">
            <Histogram bars=hours(168) label="Events of a week" />
        </Part>
    }
}
