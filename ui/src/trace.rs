//! One drawing of one decision: the trunk that was checked first, the values seen, a lane for each permission.
//!
//! From 1280 px lanes are horizontal with an end column, from 1024 px without it, below that each lane is vertical.
//! In the document it is two ordered lists; the track itself is hidden from readers.

use leptos::prelude::*;
use stackyard_model::Dimension;
use stackyard_model::trace::{BranchSource, Lane, Seen, Trace};

use crate::gate::GateView;
use crate::icon::{Glyph, Icon};
use crate::markup;
use crate::trunk::{Trunk, checks};

/// Lanes that are drawn; the others are counted.
const DRAWN: usize = 5;

/// The columns of one drawing: three, or four when the event was compared too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Columns {
    Three,
    Four,
}

impl Columns {
    fn of(trace: &Trace) -> Self {
        let has_event = |lane: &Lane| lane.gates.iter().any(|gate| gate.dimension == Dimension::Event);
        if trace.lanes.iter().any(has_event) { Self::Four } else { Self::Three }
    }

    fn dimensions(self) -> &'static [Dimension] {
        const ALL: &[Dimension] =
            &[Dimension::Workflow, Dimension::Branch, Dimension::Environment, Dimension::Event];
        match self {
            Self::Three => ALL.split_last().map_or(ALL, |(_, three)| three),
            Self::Four => ALL,
        }
    }

    const fn grid(self) -> &'static str {
        match self {
            Self::Three => {
                "lg:grid lg:max-xl:grid-cols-[176px_repeat(3,minmax(0,1fr))] xl:grid-cols-[224px_repeat(3,minmax(0,1fr))_100px]"
            }
            Self::Four => {
                "lg:grid lg:max-xl:grid-cols-[176px_repeat(4,minmax(0,1fr))] xl:grid-cols-[200px_repeat(4,minmax(0,1fr))_100px]"
            }
        }
    }

    const fn lane(self) -> &'static str {
        match self {
            Self::Three => {
                "lg:grid lg:max-xl:grid-cols-[176px_repeat(3,minmax(0,1fr))] xl:grid-cols-[224px_repeat(3,minmax(0,1fr))_100px] relative border-line max-lg:border-t max-lg:pt-3"
            }
            Self::Four => {
                "lg:grid lg:max-xl:grid-cols-[176px_repeat(4,minmax(0,1fr))] xl:grid-cols-[200px_repeat(4,minmax(0,1fr))_100px] relative border-line max-lg:border-t max-lg:pt-3"
            }
        }
    }

    const fn heads(self) -> &'static str {
        match self {
            Self::Three => "lg:col-span-3 lg:grid lg:grid-cols-3 lg:self-end lg:pb-3",
            Self::Four => "lg:col-span-4 lg:grid lg:grid-cols-4 lg:self-end lg:pb-3",
        }
    }
}

/// The drawing of a decision.
#[component]
pub fn TraceDrawing(
    /// The decision.
    trace: Trace,
    /// The page that lists the repository's permissions; each lane leads to its own. None for who may not see it.
    #[prop(optional_no_strip)]
    permissions: Option<String>,
) -> impl IntoView {
    let columns = Columns::of(&trace);
    let granted = trace.is_granted();
    let of_any_kind = trace.wanted.is_none();
    let tried = usize::try_from(trace.of_kind).unwrap_or(usize::MAX).max(trace.lanes.len());
    let shown = trace.lanes.len().min(DRAWN);
    let more = tried - shown;
    let goes_on = shown > 0;
    let checks = checks(&trace);
    let lanes = trace
        .lanes
        .iter()
        .take(DRAWN)
        .enumerate()
        .map(|(index, lane)| {
            let note = lane_note(lane, index == 0 && !granted && tried > 1, of_any_kind);
            let last = index + 1 == shown && more == 0;
            view! {
                <LaneView
                    lane=lane.clone()
                    seen=trace.seen.clone()
                    columns
                    last
                    note
                    permissions=permissions.clone()
                />
            }
        })
        .collect::<Vec<_>>();
    let list_label =
        if of_any_kind { "Permissions, nearest first" } else { "Permissions of this kind, nearest first" };
    view! {
        <div role="group" aria-label="Decision trace">
            <div class=columns.grid()>
                <Trunk checks goes_on />
                <dl class=columns.heads()>
                    {columns
                        .dimensions()
                        .iter()
                        .map(|dimension| view! { <SeenHead dimension=*dimension seen=trace.seen.clone() /> })
                        .collect::<Vec<_>>()}
                </dl>
            </div>
            {goes_on
                .then(|| {
                    view! {
                        <ol aria-label=list_label>
                            {lanes}
                            {(more > 0).then(|| view! { <MoreLanes more repository=permissions /> })}
                        </ol>
                    }
                })}
        </div>
    }
}

/// The head of a column: the value that was seen, and the claim that it came from.
#[component]
fn SeenHead(dimension: Dimension, seen: Seen) -> impl IntoView {
    let (before, claim, after) = source(dimension, &seen);
    let value = seen.get(dimension).map_or_else(|| "–".to_owned(), markup::machine);
    view! {
        <div class="flex gap-3 py-1 lg:block lg:py-0 lg:pr-5">
            <dt class="w-24 shrink-0 text-[12px] leading-5 text-ink-muted lg:w-auto lg:leading-4">
                {dimension.label()}
            </dt>
            <dd class="min-w-0 font-mono text-[13px] leading-5 font-semibold wrap-words text-ink">
                <span inner_html=value></span>
                <span class="block font-sans text-[11px] leading-4 font-normal text-ink-faint">
                    {before} <span class="font-mono">{claim}</span> {after}
                </span>
            </dd>
        </div>
    }
}

fn source(dimension: Dimension, seen: &Seen) -> (&'static str, &'static str, &'static str) {
    match (dimension, seen.branch_source) {
        (_, BranchSource::None) => ("no claims", "", ""),
        (Dimension::Workflow, _) => ("claim ", "workflow_ref", ", the file name"),
        (Dimension::Branch, BranchSource::HeadRef) => ("claim ", "head_ref", ""),
        (Dimension::Branch, BranchSource::Branch) => ("claim ", "ref", ", without refs/heads/"),
        (Dimension::Branch, BranchSource::FullRef) => ("claim ", "ref", ", whole: not a branch"),
        (Dimension::Environment, _) if seen.environment.is_none() => ("no environment", "", ""),
        (Dimension::Environment, _) => ("claim ", "environment", ""),
        (Dimension::Event, _) => ("claim ", "event_name", ""),
    }
}

fn lane_note(lane: &Lane, nearest: bool, of_any_kind: bool) -> String {
    let mut parts = Vec::new();
    if nearest {
        parts.push("nearest".to_owned());
    }
    if of_any_kind {
        parts.push(lane.kind.label().to_owned());
    }
    if lane.version > 1 {
        parts.push(format!("version {}", lane.version));
    }
    parts.join(" · ")
}

#[component]
fn LaneView(
    lane: Lane,
    seen: Seen,
    columns: Columns,
    last: bool,
    note: String,
    permissions: Option<String>,
) -> impl IntoView {
    let misses = lane.misses();
    let (end_class, end_words) = if misses == 0 {
        ("font-medium text-ok", "let through".to_owned())
    } else {
        ("text-ink-muted", format!("misses by {misses}"))
    };
    let end = move || view! { <span class=end_class>{end_words.clone()}</span> };
    let id = lane.permission.as_str().to_owned();
    let short = crate::code::shorten(&id);
    let name = match permissions {
        Some(page) => view! {
            <a
                href=format!("{page}#{id}")
                title=id
                class="grow font-mono hover:text-accent hover:underline underline-offset-[3px]"
            >
                {short}
            </a>
        }
        .into_any(),
        None => view! {
            <span title=id class="grow font-mono">
                {short}
            </span>
        }
        .into_any(),
    };
    let mut closed = false;
    let gates = columns
        .dimensions()
        .iter()
        .map(|dimension| {
            let gate = lane.gates.iter().find(|gate| gate.dimension == *dimension).cloned();
            let after_stop = closed;
            closed |= gate.as_ref().is_some_and(|gate| !gate.open);
            let value = seen.get(*dimension).map(str::to_owned);
            gate.map(|gate| view! { <GateView gate seen=value after_stop /> })
        })
        .collect::<Vec<_>>();
    view! {
        <li class=columns.lane()>
            <div class="relative max-lg:pb-2 lg:pr-4 lg:pl-[34px]">
                <span
                    class="absolute top-[-1px] left-[7px] h-[14px] w-[28px] rounded-bl-[10px] border-b-2 border-l-2 border-ok max-lg:hidden"
                    aria-hidden="true"
                ></span>
                {(!last)
                    .then(|| {
                        view! {
                            <span
                                class="absolute top-0 bottom-0 left-[7px] border-l-2 border-ok max-lg:hidden"
                                aria-hidden="true"
                            ></span>
                        }
                    })}
                <div class="flex items-center max-lg:hidden lg:h-6 lg:-mr-4" aria-hidden="true">
                    <span class="h-0 grow border-t-2 border-ok"></span>
                </div>
                <p class="flex gap-3 text-[12px] leading-4">{name} <span class="lg:hidden">{end()}</span></p>
                <p class="text-[11px] leading-5 text-ink-faint">{note}</p>
                <p class="hidden text-[12px] leading-5 lg:max-xl:block">{end()}</p>
            </div>
            {gates}
            <div class="max-xl:hidden">
                <LaneEnd passed=misses == 0 />
                <p class="text-right text-[12px] leading-4">{end()}</p>
            </div>
        </li>
    }
}

#[component]
fn LaneEnd(passed: bool) -> impl IntoView {
    if passed {
        view! {
            <div class="flex h-6 items-center" aria-hidden="true">
                <span class="h-0 grow border-t-2 border-ok"></span>
                <Glyph icon=Icon::ChevRight class="-ml-2 w-4 h-4 text-ok" />
            </div>
        }
        .into_any()
    } else {
        view! {
            <div class="flex h-6 items-center" aria-hidden="true">
                <span class="h-0 grow border-t-2 border-dashed border-control"></span>
                <span class="h-3 w-0.5 bg-control"></span>
            </div>
        }
        .into_any()
    }
}

#[component]
fn MoreLanes(more: usize, repository: Option<String>) -> impl IntoView {
    let words = format!("and {more} more");
    view! {
        <li class="relative border-line max-lg:border-t max-lg:pt-3 lg:pt-1 lg:pb-2 lg:pl-[34px]">
            <span
                class="absolute top-[-1px] left-[7px] h-[14px] w-[20px] rounded-bl-[10px] border-b-2 border-l-2 border-dashed border-control max-lg:hidden"
                aria-hidden="true"
            ></span>
            {match repository {
                Some(href) => {
                    view! {
                        <a href=href class="text-[12px] leading-5 text-accent underline-offset-[3px] hover:underline">
                            {words}
                        </a>
                    }
                        .into_any()
                }
                None => view! { <span class="text-[12px] leading-5 text-ink-muted">{words}</span> }.into_any(),
            }}
        </li>
    }
}

#[cfg(test)]
mod tests;
