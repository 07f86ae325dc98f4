//! One gate of a lane: what the permission wanted in one dimension, and whether the value seen fits.

use leptos::prelude::*;
use stackyard_model::trace::Gate;
use stackyard_model::{Dimension, PatternKind};

use crate::chip::PatternText;
use crate::icon::{Glyph, Icon};
use crate::markup;

/// A gate. The closed ones are the only red boxes of the drawing: expected over seen.
#[component]
pub(crate) fn GateView(
    gate: Gate,
    /// The value seen.
    seen: Option<String>,
    /// Whether an earlier gate of the lane is closed.
    after_stop: bool,
) -> impl IntoView {
    let (icon, glyph) = match (gate.open, after_stop) {
        (true, false) => (Icon::SigOk, "w-4 h-4 text-ok"),
        (true, true) => (Icon::SigOk, "w-4 h-4 text-ink-faint"),
        (false, _) => (Icon::SigDeny, "w-4 h-4 text-danger"),
    };
    let rail = if gate.open && !after_stop {
        "grow border-ok max-lg:w-0 max-lg:border-l-2 lg:h-0 lg:border-t-2"
    } else {
        "grow border-dashed border-control max-lg:w-0 max-lg:border-l-2 lg:h-0 lg:border-t-2"
    };
    let result = match (gate.open, after_stop) {
        (true, false) => "matches",
        (true, true) => "would match",
        (false, false) => "stops here",
        (false, true) => "would stop too",
    };
    let result_class = if gate.open { "" } else { "font-medium text-danger" };
    let dimension = format!("{}, ", gate.dimension.label());
    let kind = match gate.dimension {
        Dimension::Event => "special, ".to_owned(),
        _ => format!("{}, ", gate.kind.label()),
    };
    view! {
        <div class="flex gap-2.5 max-lg:min-h-14 lg:block">
            <div class="flex items-center max-lg:flex-col lg:h-6" aria-hidden="true">
                <Glyph icon class=glyph />
                <span class=rail></span>
            </div>
            <div class="min-w-0 grow pb-3 lg:pr-5 lg:pb-4">
                <p class="mb-0.5 text-[11px] leading-4 text-ink-faint">
                    <span class="text-ink-muted lg:sr-only">{dimension}</span>
                    {kind}
                    <span class=result_class>{result}</span>
                </p>
                {if gate.open {
                    view! { <OpenGate pattern=gate.pattern faint=after_stop /> }.into_any()
                } else {
                    view! { <ClosedGate gate seen /> }.into_any()
                }}
            </div>
        </div>
    }
}

#[component]
fn OpenGate(pattern: String, faint: bool) -> impl IntoView {
    let class = if faint {
        "font-mono text-[12px] leading-5 wrap-words text-ink-muted"
    } else {
        "font-mono text-[12px] leading-5 wrap-words text-ink"
    };
    view! {
        <p class=class>
            <PatternText pattern />
        </p>
    }
}

#[component]
fn ClosedGate(gate: Gate, seen: Option<String>) -> impl IntoView {
    let shared = match (&seen, gate.kind) {
        (Some(seen), PatternKind::Exact) => shared_beginning(&gate.pattern, seen),
        _ => 0,
    };
    let expected = match gate.dimension {
        Dimension::Event if gate.pattern.is_empty() => {
            view! { <span class="font-sans">"not allowed"</span> }.into_any()
        }
        Dimension::Event => gate.pattern.into_any(),
        _ if gate.kind == PatternKind::Exact => view! { <Split text=gate.pattern at=shared /> }.into_any(),
        _ => view! { <PatternText pattern=gate.pattern /> }.into_any(),
    };
    let seen = match seen {
        Some(seen) => view! { <Split text=seen at=shared /> }.into_any(),
        None => view! { <span class="font-sans">"none"</span> }.into_any(),
    };
    view! {
        <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2.5 rounded-[4px] lg:max-xl:grid-cols-[minmax(0,1fr)] border border-danger-line bg-danger-soft px-2 py-1 text-[12px] leading-5">
            <dt class="text-ink-muted">"expected"</dt>
            <dd class="font-mono wrap-words text-ink">{expected}</dd>
            <dt class="text-ink-muted">"seen"</dt>
            <dd class="font-mono wrap-words text-danger">{seen}</dd>
        </dl>
    }
}

/// A value whose first `at` bytes are muted.
#[component]
fn Split(text: String, at: usize) -> impl IntoView {
    let (start, rest) = text.split_at_checked(at).unwrap_or(("", &text));
    let start = (!start.is_empty())
        .then(|| view! { <span class="text-ink-muted" inner_html=markup::machine(start)></span> });
    view! {
        {start}
        <span inner_html=markup::machine(rest)></span>
    }
}

/// How many bytes two words share at their beginnings, up to and with the last joint: `plat-` of `plat-staging` and
/// `plat-prod`, nothing of `main` and `maintenance`.
fn shared_beginning(a: &str, b: &str) -> usize {
    let mut shared = 0;
    for ((at, x), y) in a.char_indices().zip(b.chars()) {
        if x != y {
            break;
        }
        if matches!(x, '/' | '-' | '_' | '.') {
            shared = at + x.len_utf8();
        }
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_parts_count_as_shared() {
        for (a, b, shared) in [
            ("plat-staging", "plat-prod", "plat-"),
            ("release/1.2", "release/1.3", "release/1."),
            ("main", "maintenance", ""),
            ("main", "hotfix", ""),
            ("é-a", "é-b", "é-"),
            ("", "x", ""),
        ] {
            assert_eq!(shared_beginning(a, b), shared.len(), "{a} {b}");
        }
    }
}
