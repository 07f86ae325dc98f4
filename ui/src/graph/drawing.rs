//! The drawing of an order: columns of boxes with tracks between them.

use leptos::prelude::*;
use stackyard_model::affected::AffectedNode;

use super::layout::{Group, HEIGHT, Plan, WIDTH};
use crate::number::thousands;
use crate::written::written;

/// Width of a mono letter of 12 px and of 11 px, and of a sans letter of 11 px, each in tenths of a pixel.
const LARGE: usize = 73;
const SMALL: usize = 67;
const WORD: usize = 58;
/// Room for text in a box.
const ROOM: usize = 1860;

/// Columns and tracks. The list says the same to readers that cannot see it.
#[component]
pub(super) fn Drawing<'a>(plan: Plan, groups: &'a [Group], nodes: &'a [AffectedNode]) -> impl IntoView + use<> {
    let Plan { width, height, columns, boxes, tracks, heads, drawn, left_out } = plan;
    let boxes = written(boxes.into_iter().zip(groups).map(|(at, group)| boxed(at, group, nodes)));
    let names = columns
        .into_iter()
        .map(|(x, layer)| {
            view! {
                <text x=x y="12" class="fill-ink text-[12px] font-medium">
                    {format!("Wave {}", u64::from(layer) + 1)}
                </text>
            }
        })
        .collect::<Vec<_>>();
    let cut = (left_out > 0).then(|| {
        let count = |count: usize| thousands(i64::try_from(count).unwrap_or(i64::MAX));
        view! {
            <p class="px-4 pb-2 text-[12px] leading-4 text-ink-muted max-lg:hidden md:px-6">
                {format!("The drawing has the {} shortest of {} dependencies.", count(drawn), count(drawn + left_out))}
            </p>
        }
    });
    view! {
        <div
            class="focus-inset overflow-x-auto px-4 py-4 max-lg:hidden md:px-6"
            tabindex="0"
            role="group"
            aria-label="Drawing of the order, scrolls sideways; the list after it says the same"
        >
            <svg
                viewBox=format!("0 0 {width} {}", height + 24)
                width=width
                height=height + 24
                class="block"
                aria-hidden="true"
            >
                {names}
                <g transform="translate(0 24)">
                    <path d=tracks fill="none" stroke-width="1.5" class="stroke-control"></path>
                    <path d=heads class="fill-control"></path>
                    {boxes}
                </g>
            </svg>
        </div>
        {cut}
    }
    .into_any()
}

fn boxed((x, y): (i64, i64), group: &Group, nodes: &[AffectedNode]) -> impl IntoView + use<> {
    let stack = group.members.first().and_then(|place| nodes.get(*place)).map(|node| node.stack.as_str());
    let all = group.members.len();
    let (where_, many) = match (stack, all) {
        (Some(stack), 1) => (stack.to_owned(), false),
        _ => (format!("{} stacks", thousands(i64::try_from(all).unwrap_or(i64::MAX))), true),
    };
    let said = |count: usize, word: &str| match count {
        0 => None,
        _ if count == all => Some(word.to_owned()),
        _ => Some(format!("{count} {word}")),
    };
    let state = said(group.deleted, "deleted").or_else(|| said(group.changed, "changed"));
    let state = state.unwrap_or_else(|| "downstream".to_owned());
    // The edge on the left tells of changes; the list has all words.
    let word = if group.in_cycle { "in a circle".to_owned() } else { state };
    let room = ROOM.saturating_sub(word.chars().count() * WORD + 80) / SMALL;
    let edge = if group.in_cycle { "fill-surface-raised stroke-warn" } else { "fill-surface-raised stroke-control" };
    let name = if group.deleted == all {
        "fill-ink-muted font-mono text-[12px] font-semibold line-through"
    } else {
        "fill-ink font-mono text-[12px] font-semibold"
    };
    let place = if many { "fill-ink-muted text-[11px]" } else { "fill-ink-muted font-mono text-[11px]" };
    let changed = (group.changed > 0).then(|| {
        view! { <rect x="0" y="8" width="3" height="28" class="bar fill-ink"></rect> }
    });
    view! {
        <g transform=format!("translate({x} {y})")>
            <title>{format!("{} · {where_}", group.component)}</title>
            <rect width=WIDTH height=HEIGHT rx="5" class=edge></rect>
            {changed}
            <text x="12" y="19" class=name>
                {cut(&group.component, ROOM / LARGE)}
            </text>
            <text x="12" y="34" class=place>
                {cut(&where_, room)}
            </text>
            <text x="198" y="34" text-anchor="end" class="fill-ink-muted text-[11px]">
                {word}
            </text>
        </g>
    }
}

/// A word of at most `room` letters: the middle is left out, never the end.
fn cut(word: &str, room: usize) -> String {
    let count = word.chars().count();
    if count <= room {
        return word.to_owned();
    }
    let kept = room.saturating_sub(1);
    let end = kept / 2;
    let start: String = word.chars().take(kept - end).collect();
    let rest: String = word.chars().skip(count - end).collect();
    format!("{start}…{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_keeps_its_end() {
        assert_eq!(cut("eks/cluster", 11), "eks/cluster");
        assert_eq!(cut("organization/service-control-policies", 15), "organiz…olicies");
        assert_eq!(cut("ééé", 2), "é…");
        assert_eq!(cut("abc", 0), "…");
    }
}
