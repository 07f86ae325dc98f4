//! What a decision came to, in two sentences: who is refused, then which dimension failed.

use leptos::prelude::*;
use stackyard_model::trace::{BranchSource, Trace};

use crate::totals::counted;

/// The verdict over a trace.
#[component]
pub fn TraceVerdict(
    /// The decision.
    trace: Trace,
    /// As the heading of a page's part instead of a row's.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let title = title(&trace);
    let heading = if large {
        view! { <h2 class="text-[16px] leading-6 font-semibold wrap-words">{title}</h2> }.into_any()
    } else {
        view! { <h3 class="text-[14px] leading-5 font-semibold wrap-words">{title}</h3> }.into_any()
    };
    let queue = merge_queue_pattern(&trace).map(|pattern| {
        view! {
            " This is a merge queue’s branch; those of its base match "
            <span class="font-mono text-[12px] text-ink">{pattern}</span>
            "."
        }
    });
    view! {
        <div class="mb-4 max-w-[760px]">
            {heading} <p class="mt-0.5 text-ink-muted wrap-words">{sentence(&trace)} {queue}</p>
        </div>
    }
}

fn title(trace: &Trace) -> String {
    let who = if trace.seen.branch_source == BranchSource::None { "token" } else { "run" };
    if trace.is_granted() {
        format!("A permission of {} lets this {who} through", trace.repository)
    } else {
        format!("No permission of {} lets this {who} through", trace.repository)
    }
}

/// Which permissions were tried, and by what the nearest miss.
fn sentence(trace: &Trace) -> String {
    let repository = &trace.repository;
    if trace.total == 0 {
        return format!("{repository} has no permission yet, so nothing its workflows ask for is allowed.");
    }
    let total = counted(i64::from(trace.total), "permission", "permissions");
    let Some(nearest) = trace.lanes.first() else {
        let kind = trace.wanted.map_or("any kind", |kind| kind.label());
        return format!("{repository} has {total}, none of kind {kind}.");
    };
    let kind = trace.wanted.map_or_else(String::new, |kind| format!(" of kind {}", kind.label()));
    if trace.is_granted() {
        return format!("The first match decides: {}.", nearest.kind.label());
    }
    let tried = u32::try_from(trace.lanes.len()).unwrap_or(u32::MAX).max(trace.of_kind);
    let tried = if tried == 1 {
        format!("One permission{kind} was tried.")
    } else {
        format!("{} permissions{kind} were tried.", capitalised(&number(tried)))
    };
    let failing = |index: usize| -> Vec<&'static str> {
        trace.lanes.get(index).map_or_else(Vec::new, |lane| lane.closed().map(|gate| gate.dimension.as_str()).collect())
    };
    let misses = nearest.misses();
    let equal = trace.lanes.iter().take_while(|lane| lane.misses() == misses).count();
    let words = |dimensions: Vec<&str>| dimensions.join(" and ");
    let how_far = if misses == 1 { "one value".to_owned() } else { format!("{} values", number(u32::try_from(misses).unwrap_or(u32::MAX))) };
    let near = match (trace.lanes.len(), equal) {
        (1, _) => format!("It misses by {how_far}: {}.", words(failing(0))),
        (_, 1) => format!("The nearest misses by {how_far}: {}.", words(failing(0))),
        (_, 2) => format!(
            "The two nearest each miss by {how_far}: {} in the first, {} in the second.",
            words(failing(0)),
            words(failing(1))
        ),
        (_, equal) => format!(
            "The {} nearest each miss by {how_far}; in the first it is {}.",
            number(u32::try_from(equal).unwrap_or(u32::MAX)),
            words(failing(0))
        ),
    };
    format!("{tried} {near}")
}

/// The pattern that matches a merge queue's branches of the same base, when the branch seen is one of them.
fn merge_queue_pattern(trace: &Trace) -> Option<String> {
    let rest = trace.seen.branch.as_deref()?.strip_prefix("gh-readonly-queue/")?;
    let (base, _) = rest.rsplit_once('/')?;
    (!trace.is_granted()).then(|| format!("gh-readonly-queue/{base}/.*"))
}

fn number(count: u32) -> String {
    const WORDS: &[&str] =
        &["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    usize::try_from(count)
        .ok()
        .and_then(|index| WORDS.get(index))
        .map_or_else(|| crate::totals::thousands(i64::from(count)), |word| (*word).to_owned())
}

pub(crate) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
