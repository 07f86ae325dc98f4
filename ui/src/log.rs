//! The log beside the overview: events as sentences, under the days they happened on.

use leptos::prelude::*;
use stackyard_model::activity::Event;
use stackyard_model::sentence::Teller;

use crate::telling::{EventSentence, EventTile};
use crate::time::{ClockTime, Now};

/// Events, newest first, each day under its heading. Goes inside a [`Panel`](crate::Panel).
#[component]
pub fn ActivityLog(
    /// The newest events.
    events: Vec<Event>,
    /// The page of all events.
    #[prop(into)]
    all: String,
) -> impl IntoView {
    let now = Now::here();
    let mut days: Vec<(String, Vec<Event>)> = Vec::new();
    for event in events {
        let day = now.day_word(event.at);
        match days.last_mut() {
            Some((last, of_day)) if *last == day => of_day.push(event),
            _ => days.push((day, vec![event])),
        }
    }
    let empty = days.is_empty().then(|| {
        view! {
            <p class="pt-3 text-[12px] leading-[18px] text-ink-muted">
                "Nothing has happened yet. What people and workflows do here is kept in this log."
            </p>
        }
    });
    let days = days
        .into_iter()
        .map(|(day, events)| {
            view! {
                <h3 class="pt-3 pb-1 text-[11px] leading-4 text-ink-faint">{day}</h3>
                <ul>{events.iter().map(|event| view! { <LogLine event /> }).collect::<Vec<_>>()}</ul>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <div class="px-4 pb-3 max-xl:md:px-6">
            {empty} {days}
            <a
                href=all
                class="mt-2 inline-flex min-h-6 items-center text-[12px] text-accent underline-offset-[3px] hover:underline"
            >
                "All activity"
            </a>
        </div>
    }
}

#[component]
fn LogLine<'a>(event: &'a Event) -> impl IntoView + use<> {
    view! {
        <li class="flex gap-2.5 py-2">
            <EventTile event />
            <p class="min-w-0 grow text-[12px] leading-[18px] wrap-words text-ink-muted">
                <EventSentence event teller=Teller::Actor linked=true />
            </p>
            <ClockTime at=event.at class="shrink-0 text-[11px] leading-[18px] text-ink-faint" />
        </li>
    }
}
