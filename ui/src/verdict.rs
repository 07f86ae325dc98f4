//! What a decision came to, in two sentences: who is refused, then which dimension failed.

use leptos::prelude::*;
use stackyard_model::permission::merge_queue_pattern;
use stackyard_model::text::capitalised;
use stackyard_model::trace::{BranchSource, Lane, Trace};

use crate::number::counted;

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
    let said = sentence(&trace)
        .into_iter()
        .map(|part| match part {
            Said::Plain(text) => text.into_any(),
            Said::Strong(text) => view! { <span class="font-medium text-ink">{text}</span> }.into_any(),
        })
        .collect::<Vec<_>>();
    let refused = trace.seen.branch.as_deref().filter(|_| !trace.is_granted());
    let queue = refused.and_then(merge_queue_pattern).map(|pattern| {
        view! {
            " This is a merge queue’s branch; those of its base match "
            <span class="font-mono text-[12px] text-ink">{pattern}</span>
            "."
        }
    });
    view! {
        <div class="mb-4 max-w-[760px]">
            {heading} <p class="mt-0.5 text-ink-muted wrap-words">{said} {queue}</p>
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

/// A part of a sentence; the strong ones are what the eye looks for.
enum Said {
    Plain(String),
    Strong(String),
}

/// Which permissions were tried, and by what the nearest misses.
fn sentence(trace: &Trace) -> Vec<Said> {
    let plain = |text: &str| Said::Plain(text.to_owned());
    let strong = |text: &str| Said::Strong(text.to_owned());
    let repository = &trace.repository;
    if trace.total == 0 {
        let text = format!("{repository} has no permission yet, so nothing its workflows ask for is allowed.");
        return vec![Said::Plain(text)];
    }
    let Some(nearest) = trace.lanes.first() else {
        let total = counted(i64::from(trace.total), "permission", "permissions");
        let kind = trace.wanted.map_or("any kind", |kind| kind.label());
        return vec![Said::Plain(format!("{repository} has {total}, none of kind ")), strong(kind), plain(".")];
    };
    if trace.is_granted() {
        return vec![plain("The first match decides: "), strong(nearest.kind.label()), plain(".")];
    }
    let tried = u32::try_from(trace.lanes.len()).unwrap_or(u32::MAX).max(trace.of_kind);
    let permissions = if tried == 1 { "permission" } else { "permissions" };
    let mut said = vec![Said::Plain(format!("{} {permissions}", capitalised(&number(tried))))];
    if let Some(kind) = trace.wanted {
        said.extend([plain(" of kind "), strong(kind.label())]);
    }
    said.push(plain(if tried == 1 { " was tried. " } else { " were tried. " }));
    let misses = nearest.misses();
    let values = if misses == 1 { "one value".to_owned() } else { format!("{} values", number_of(misses)) };
    let equal = trace.lanes.iter().take_while(|lane| lane.misses() == misses).count();
    let failing = |index: usize| {
        let dimensions: Vec<&str> =
            trace.lanes.get(index).into_iter().flat_map(Lane::closed).map(|gate| gate.dimension.as_str()).collect();
        Said::Strong(dimensions.join(" and "))
    };
    match (trace.lanes.len(), equal) {
        (1, _) => said.extend([Said::Plain(format!("It misses by {values}: ")), failing(0), plain(".")]),
        (_, 1) => said.extend([Said::Plain(format!("The nearest misses by {values}: ")), failing(0), plain(".")]),
        (_, 2) => said.extend([
            Said::Plain(format!("The two nearest each miss by {values}: ")),
            failing(0),
            plain(" in the first, "),
            failing(1),
            plain(" in the second."),
        ]),
        (_, equal) => said.extend([
            Said::Plain(format!("The {} nearest each miss by {values}; in the first it is ", number_of(equal))),
            failing(0),
            plain("."),
        ]),
    }
    said
}

fn number(count: u32) -> String {
    const WORDS: &[&str] =
        &["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    usize::try_from(count)
        .ok()
        .and_then(|index| WORDS.get(index))
        .map_or_else(|| crate::number::thousands(i64::from(count)), |word| (*word).to_owned())
}

fn number_of(count: usize) -> String {
    number(u32::try_from(count).unwrap_or(u32::MAX))
}

