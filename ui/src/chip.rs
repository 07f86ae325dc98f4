//! Chips hold a pattern: its kind, a hairline, the pattern.

use leptos::prelude::*;
use stackyard_model::permission::{Events, SpecialEvent};
use stackyard_model::PatternKind;

use crate::icon::{Glyph, Icon};
use crate::markup;

/// A pattern in its box: *any* is dashed, *exact* plain, *regex* has its meaningful characters in the accent.
#[component]
pub fn PatternChip(
    /// The pattern.
    #[prop(into)]
    pattern: String,
) -> impl IntoView {
    let kind = PatternKind::of(&pattern);
    let (outer, head, body) = match kind {
        PatternKind::Any => (
            "inline-flex max-w-full items-stretch rounded-[4px] border border-dashed border-line-strong text-[12px] leading-5",
            "text-ink-muted px-1.5 text-[11px]",
            "min-w-0 pr-2 font-mono wrap-words",
        ),
        PatternKind::Exact => (
            "inline-flex max-w-full items-stretch rounded-[4px] border border-line-strong bg-surface-raised text-[12px] leading-5",
            "border-r border-line text-ink-muted px-1.5 text-[11px]",
            "min-w-0 px-2 font-mono wrap-words",
        ),
        PatternKind::Regex => (
            "inline-flex max-w-full items-stretch rounded-[4px] border border-line-strong bg-surface-raised text-[12px] leading-5",
            "border-r border-line text-accent px-1.5 text-[11px]",
            "min-w-0 px-2 font-mono wrap-words rx",
        ),
    };
    view! {
        <span class=outer>
            <span class=head>{kind.label()}</span>
            <span class=body inner_html=markup::pattern(&pattern)></span>
        </span>
    }
}

/// The pattern alone, marked like in a chip, without its box.
#[component]
pub fn PatternText(
    /// The pattern.
    #[prop(into)]
    pattern: String,
) -> impl IntoView {
    let class = if PatternKind::of(&pattern) == PatternKind::Regex { "rx" } else { "" };
    view! { <span class=class inner_html=markup::pattern(&pattern)></span> }
}

/// Which events differ from the usual: "Also on …" in warning with a plus, "Not on …" muted with a minus.
/// Nothing when none does.
#[component]
pub fn EventsNote(
    /// The permission's events.
    events: Events,
) -> impl IntoView {
    let risky: Vec<&str> =
        SpecialEvent::ALL.iter().filter(|event| event.is_risky() && events.has(**event)).map(SpecialEvent::as_str).collect();
    let without: Vec<&str> = SpecialEvent::ALL
        .iter()
        .filter(|event| !event.is_risky() && !events.has(**event))
        .map(SpecialEvent::as_str)
        .collect();
    let also = (!risky.is_empty()).then(|| {
        view! {
            <p class="mt-2 flex items-start gap-1.5 text-[12px] leading-4 text-warn">
                <Glyph icon=Icon::Plus />
                <span>"Also on " {names(&risky)}</span>
            </p>
        }
    });
    let not = (!without.is_empty()).then(|| {
        view! {
            <p class="mt-2 flex items-start gap-1.5 text-[12px] leading-4 text-ink-muted">
                <Glyph icon=Icon::Minus class="w-4 h-4 text-ink-faint" />
                <span>"Not on " {names(&without)}</span>
            </p>
        }
    });
    (also, not)
}

fn names(events: &[&'static str]) -> impl IntoView + use<> {
    events
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let joint = if index == 0 { "" } else { ", " };
            view! {
                {joint}
                <span class="font-mono text-ink">{*name}</span>
            }
        })
        .collect::<Vec<_>>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;

    #[test]
    fn a_chip_names_its_kind_and_escapes_its_pattern() {
        let html = render(|| view! { <PatternChip pattern="*" /> });
        assert!(html.contains("border-dashed") && html.contains(">any<"), "{html}");
        let html = render(|| view! { <PatternChip pattern="<script>alert(1)</script>|x" /> });
        assert!(html.contains(">regex<") && html.contains("&lt;script&gt;") && !html.contains("<script"), "{html}");
    }

    #[test]
    fn only_unusual_events_are_told() {
        let html = render(|| view! { <EventsNote events=Events::default() /> });
        assert!(!html.contains("<p"), "{html}");
        let events = Events { pull_request: false, workflow_run: true, issue_comment: true, ..Events::default() };
        let html = render(|| view! { <EventsNote events /> });
        assert!(html.contains("Also on ") && html.contains("workflow_run") && html.contains("issue_comment"), "{html}");
        assert!(html.contains("Not on ") && html.contains(">pull_request<") && !html.contains("pull_request_target"), "{html}");
    }
}
