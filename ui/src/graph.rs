//! The order in which instances are to be applied: a drawing by waves from 1024 px, and the same as a list.

mod drawing;
mod layout;
mod list;

use std::collections::BTreeSet;

use leptos::prelude::*;
use stackyard_model::affected::AffectedGraph;

use crate::panel::Banner;
use crate::number::{counted, thousands};
use drawing::Drawing;
use layout::{grouped, plan};
use list::Waves;

/// Circles that are told one by one, and instances of each.
const CYCLES_MAX: usize = 5;
const CIRCLE_MAX: usize = 8;

/// A graph of instances by waves: what has to come first stands further left. Circles are told in words above it. Many
/// instances are put together by component; then the list stands under the drawing, else it is for readers alone and for
/// small screens.
#[component]
pub fn OrderGraph(
    /// The graph.
    graph: AffectedGraph,
) -> impl IntoView {
    let AffectedGraph { nodes, edges, cycles } = graph;
    let edges: Vec<(usize, usize)> = edges
        .into_iter()
        .filter_map(|(first, then)| Some((usize::try_from(first).ok()?, usize::try_from(then).ok()?)))
        .filter(|(first, then)| *first < nodes.len() && *then < nodes.len())
        .collect();
    let (groups, group_of) = grouped(&nodes);
    let between: BTreeSet<(usize, usize)> = edges
        .iter()
        .filter_map(|(first, then)| Some((*group_of.get(*first)?, *group_of.get(*then)?)))
        .filter(|(first, then)| first != then)
        .collect();
    let circles = cycles
        .iter()
        .map(|circle| {
            let places = circle.iter().filter_map(|place| usize::try_from(*place).ok());
            places.filter_map(|place| nodes.get(place)).map(list::name).collect::<Vec<_>>()
        })
        .filter(|circle| !circle.is_empty())
        .collect::<Vec<_>>();
    let plan = plan(&groups, &between);
    // What a box holds can be read in the list alone.
    let listed = plan.is_none() || groups.len() < nodes.len();
    let drawing = plan.map(|plan| view! { <Drawing plan groups=&groups nodes=&nodes /> });
    view! {
        <Circles circles />
        {drawing}
        <Waves nodes=&nodes edges=&edges groups=&groups beside=!listed />
    }
    .into_any()
}

/// What depends on itself in the end, in words.
#[component]
fn Circles(circles: Vec<Vec<String>>) -> impl IntoView {
    if circles.is_empty() {
        return ().into_any();
    }
    let count = i64::try_from(circles.len()).unwrap_or(i64::MAX);
    let more = circles.len().saturating_sub(CYCLES_MAX);
    let more = (more > 0).then(|| {
        view! { <li>{format!("and {} more", thousands(i64::try_from(more).unwrap_or(i64::MAX)))}</li> }
    });
    let told = circles
        .into_iter()
        .take(CYCLES_MAX)
        .map(|circle| {
            let words = match circle.as_slice() {
                [own] => format!("{own} depends on itself"),
                _ => list::some_of(&circle, CIRCLE_MAX),
            };
            view! { <li class="wrap-words">{words}</li> }
        })
        .collect::<Vec<_>>();
    view! {
        <Banner class="mx-4 mt-4 md:mx-6">
            <p class="font-medium">
                {counted(count, "group of instances depends on itself in a circle", "groups of instances depend on themselves in a circle")}
            </p>
            <p class="text-ink-muted">
                "There is no order among these; each group stands in one wave. Take one of the dependencies away."
            </p>
            <ul class="mt-1 list-disc pl-4 font-mono text-[12px] leading-5">{told} {more}</ul>
        </Banner>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;
    use stackyard_model::affected::AffectedNode;

    fn node(stack: &str, component: &str, layer: u32) -> AffectedNode {
        AffectedNode {
            stack: stack.to_owned(),
            component: component.to_owned(),
            changed: layer == 0,
            deleted: false,
            layer,
            in_cycle: false,
        }
    }

    fn html(nodes: Vec<AffectedNode>, edges: Vec<(u32, u32)>, cycles: Vec<Vec<u32>>) -> String {
        render(|| view! { <OrderGraph graph=AffectedGraph { nodes, edges, cycles } /> })
    }

    /// The list alone.
    fn list(html: &str) -> &str {
        html.split_once("<ol").unwrap().1
    }

    #[test]
    fn each_instance_stands_once_in_the_list_by_waves_with_what_it_comes_after() {
        let nodes = vec![node("dev", "vpc", 0), node("dev", "eks", 1), node("prod", "app", 2)];
        let html = html(nodes, vec![(0, 1), (1, 2)], vec![]);
        let list = list(&html);
        let waves = ["Wave 1", ">vpc<", "Wave 2", ">eks<", "Wave 3", ">app<"].map(|word| list.find(word).unwrap());
        assert!(waves.is_sorted(), "{list}");
        for name in [">vpc<", ">eks<", ">app<"] {
            assert_eq!(list.matches(name).count(), 1, "{list}");
        }
        assert!(list.contains("after vpc") && list.contains("after eks in dev"), "{list}");
        assert!(list.contains("changed by the commit") && list.contains("downstream"), "{list}");
    }

    #[test]
    fn the_drawing_is_not_read_out_and_marks_what_is_changed() {
        let html = html(vec![node("dev", "vpc", 0), node("dev", "eks", 1)], vec![(0, 1)], vec![]);
        let drawing = html.split_once("<ol").unwrap().0;
        assert!(drawing.contains("aria-hidden=\"true\""), "{drawing}");
        assert_eq!(drawing.matches("fill-ink\"></rect>").count(), 1, "{drawing}");
        assert!(!drawing.contains("style="), "{drawing}");
    }

    #[test]
    fn what_is_deleted_or_in_a_circle_is_said() {
        let nodes = vec![
            AffectedNode { deleted: true, ..node("dev", "old", 0) },
            AffectedNode { in_cycle: true, ..node("dev", "a", 0) },
            AffectedNode { in_cycle: true, ..node("dev", "b", 0) },
        ];
        let html = html(nodes, vec![(1, 2), (2, 1)], vec![vec![1, 2]]);
        assert!(html.contains("1 group of instances depends on itself in a circle"), "{html}");
        assert!(html.contains("a in dev, b in dev"), "{html}");
        assert!(list(&html).contains("deleted") && list(&html).contains("in a circle"), "{html}");
    }

    #[test]
    fn five_hundred_instances_are_put_together_and_stay_small() {
        let nodes: Vec<_> =
            (0..500).map(|n| node(&format!("stack-{:02}", n % 25), &format!("comp-{:02}", n / 25), n / 125)).collect();
        let edges = (0..375).flat_map(|n| (0..5).map(move |m| (n, 375 + (n * 7 + m * 31) % 125))).collect();
        let html = html(nodes, edges, vec![]);
        assert!(html.len() < 400_000, "{}", html.len());
        let list = list(&html);
        assert!(list.contains("25 stacks") && list.contains("<details"), "{list}");
        let items = list.matches("data-node").count();
        assert_eq!(items, 500);
    }

    #[test]
    fn twenty_thousand_instances_are_counted_where_they_are_not_listed() {
        let nodes: Vec<_> = (0..20_000).map(|n| node(&format!("s{n}"), &format!("c{}", n % 900), n % 30)).collect();
        let html = html(nodes, vec![], vec![]);
        assert!(html.contains("17,000 more instances"), "{}", html.len());
        assert!(html.len() < 2_500_000, "{}", html.len());
    }

    #[test]
    fn a_hostile_name_stays_text() {
        let html = html(vec![node("<img src=x>", "\"><script>alert(1)</script>", 0)], vec![], vec![vec![0]]);
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    }
}
