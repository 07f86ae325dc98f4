//! An order as a list by waves: what readers that cannot see the drawing have, and small screens.

use leptos::either::Either;
use leptos::prelude::*;
use stackyard_model::affected::AffectedNode;

use super::layout::Group;
use crate::code::Code;
use crate::icon::{Glyph, Icon};
use crate::number::{counted, thousands};
use crate::written::written;

/// Instances that are listed; of more it is said how many.
const LISTED_MAX: usize = 3_000;
/// What an instance comes after, by name.
const AFTER_MAX: usize = 3;

/// An instance in words.
pub(super) fn name(node: &AffectedNode) -> String {
    format!("{} in {}", node.component, node.stack)
}

/// `a, b and 3 others`.
pub(super) fn some_of(names: &[String], most: usize) -> String {
    let more = names.len().saturating_sub(most);
    let shown = names.get(..most).unwrap_or(names).join(", ");
    match i64::try_from(more) {
        Ok(0) => shown,
        more => format!("{shown} and {}", counted(more.unwrap_or(i64::MAX), "other", "others")),
    }
}

/// The waves, one after the other. `beside` a drawing that says all of it, it is seen on small screens alone.
#[component]
pub(super) fn Waves<'a>(
    nodes: &'a [AffectedNode],
    edges: &'a [(usize, usize)],
    groups: &'a [Group],
    beside: bool,
) -> impl IntoView + use<> {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (first, then) in edges {
        if let Some(before) = before.get_mut(*then).filter(|_| first != then) {
            before.push(*first);
        }
    }
    let mut left = LISTED_MAX;
    let mut waves: Vec<(u32, usize, String)> = Vec::new();
    for group in groups {
        if waves.last().is_none_or(|(layer, ..)| *layer != group.layer) {
            waves.push((group.layer, 0, String::new()));
        }
        let Some((_, count, html)) = waves.last_mut() else { continue };
        *count += group.members.len();
        let members: Vec<_> = group.members.iter().take(left).filter_map(|place| nodes.get(*place)).collect();
        left -= members.len();
        if members.is_empty() {
            continue;
        }
        let items = group.members.iter().take(members.len()).filter_map(|place| {
            let before = before.get(*place)?;
            Some(item(nodes.get(*place)?, before, nodes, group.members.len() > 1))
        });
        let view = if group.members.len() == 1 {
            Either::Left(written(items))
        } else {
            Either::Right(together(group, written(items)))
        };
        html.push_str(&view.to_html());
    }
    let more = nodes.len().saturating_sub(LISTED_MAX);
    let more = (more > 0).then(|| {
        let more = thousands(i64::try_from(more).unwrap_or(i64::MAX));
        view! {
            <p class="px-4 py-3 text-[12px] text-ink-muted md:px-6">
                {format!("{more} more instances are not listed.")}
            </p>
        }
    });
    let waves = written(waves.into_iter().map(|(layer, count, html)| {
        let count = counted(i64::try_from(count).unwrap_or(i64::MAX), "instance", "instances");
        view! {
            <li class="border-b border-line px-4 py-2.5 last:border-b-0 md:px-6">
                <h3 class="text-[12px] leading-5">
                    <span class="font-medium">{format!("Wave {}", u64::from(layer) + 1)}</span>
                    <span class="ml-1.5 text-ink-faint">{count}</span>
                </h3>
                <ul>{leptos::tachys::html::InertElement::new(html)}</ul>
            </li>
        }
    }));
    let class = if beside { "lg:sr-only" } else { "border-t border-line" };
    view! {
        <ol class=class aria-label="The order by waves">
            {waves}
        </ol>
        {more}
    }
    .into_any()
}

/// The instances of one component, folded.
fn together(group: &Group, items: impl IntoView) -> impl IntoView {
    let counts = [(group.changed, "changed by the commit"), (group.deleted, "deleted")];
    let told = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", thousands(i64::try_from(count).unwrap_or(i64::MAX))))
        .collect::<Vec<_>>();
    let told = if told.is_empty() { "downstream".to_owned() } else { told.join(", ") };
    let edge = if group.changed > 0 { CHANGED } else { UNCHANGED };
    let stacks = counted(i64::try_from(group.members.len()).unwrap_or(i64::MAX), "stack", "stacks");
    let id = format!("wave-{}-{}", u64::from(group.layer) + 1, group.component);
    view! {
        <li>
            <details class="group" id=id>
                <summary class="focus-inset flex min-h-6 flex-wrap items-center gap-x-3 rounded-[4px] py-1">
                    <span class=edge>
                        <Code text=group.component.clone() />
                        <span class="text-[12px] text-ink-muted">{format!(" · {stacks}")}</span>
                    </span>
                    <span class="text-[12px] text-ink-muted">{told}</span>
                    {group.in_cycle.then_some(view! { <span class="text-[12px] text-warn">"in a circle"</span> })}
                    <Glyph
                        icon=Icon::ChevRight
                        class="ml-auto w-4 h-4 text-ink-faint group-open:[transform:rotate(90deg)]"
                    />
                </summary>
                <ul class="ml-4 border-l border-line pl-3">{items}</ul>
            </details>
        </li>
    }
}

const CHANGED: &str = "border-l-[3px] border-ink pl-2.5";
const UNCHANGED: &str = "border-l-[3px] border-transparent pl-2.5";

fn item(node: &AffectedNode, before: &[usize], nodes: &[AffectedNode], short: bool) -> impl IntoView + use<> {
    // Only those that are said are named.
    let names: Vec<String> = before
        .iter()
        .filter_map(|place| nodes.get(*place))
        .take(AFTER_MAX)
        .map(|other| if other.stack == node.stack { other.component.clone() } else { name(other) })
        .collect();
    let more = i64::try_from(before.len().saturating_sub(names.len())).unwrap_or(i64::MAX);
    let after = match (names.is_empty(), more) {
        (true, _) => String::new(),
        (false, 0) => format!("after {}", names.join(", ")),
        (false, more) => format!("after {} and {}", names.join(", "), counted(more, "other", "others")),
    };
    let edge = if node.changed { CHANGED } else { UNCHANGED };
    let state = if node.changed { "changed by the commit" } else { "downstream" };
    let component = (!short).then(|| view! { <Code text=node.component.clone() class=NAME /> });
    let stack = view! { <Code text=node.stack.clone() class=STACK /> };
    view! {
        <li data-node="" class="flex flex-wrap items-baseline gap-x-3 py-1 text-[12px] leading-5 text-ink-muted">
            <span class=edge>{component} " " {stack}</span>
            <span>{state}</span>
            {node.deleted.then_some(view! { <span class="text-danger">"deleted"</span> })}
            {node.in_cycle.then_some(view! { <span class="text-warn">"in a circle"</span> })}
            <span class="wrap-words max-lg:basis-full max-lg:pl-[13px] lg:ml-auto">{after}</span>
        </li>
    }
}

const NAME: &str = "font-mono font-medium wrap-words text-ink";
const STACK: &str = "font-mono wrap-words";
