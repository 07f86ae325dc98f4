//! Graphs of instances: put together from what arrives, kept, merged, and laid out for people. Pure.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use stackyard_model::Refusal;
use stackyard_model::affected::{AffectedGraph, AffectedNode};

use super::rules::{Layout, layout};
use crate::{Error, Refused};

/// Most instances of an upload.
pub(super) const NODES_MAX: usize = 20_000;
/// Most dependencies of an upload.
pub(super) const EDGES_MAX: usize = 100_000;

/// There is more than can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many instances or dependencies")]
pub(super) struct TooLarge;

impl From<TooLarge> for Error {
    fn from(_: TooLarge) -> Self {
        let message = "An upload has at most 20,000 affected instances and 100,000 dependencies among them.";
        Self::Refused(Refused::new(Refusal::Unusable, "TooManyAffected", message))
    }
}

/// An instance of a graph: stack, component, whether it is changed, whether it is deleted.
pub(super) type Node = (String, String, bool, bool);

/// A graph as it is kept: instances by stack and component, dependencies as pairs of their places. The same graph is
/// always the same value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<(u32, u32)>,
}

/// Counts of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) changed: i32,
    pub(super) downstream: i32,
    pub(super) edges: i32,
    pub(super) cycles: i32,
    pub(super) layers: i32,
}

/// A graph that is being put together from names that stand elsewhere.
#[derive(Default)]
pub(super) struct Builder<'a> {
    places: HashMap<(&'a str, &'a str), u32>,
    /// Changed and deleted, by place.
    flags: Vec<(bool, bool)>,
    edges: HashSet<(u32, u32)>,
}

impl<'a> Builder<'a> {
    /// The place of an instance, which is there then.
    pub(super) fn node(
        &mut self,
        stack: &'a str,
        component: &'a str,
        changed: bool,
        deleted: bool,
    ) -> Result<u32, TooLarge> {
        let count = self.flags.len();
        let next = u32::try_from(count).map_err(|_| TooLarge)?;
        let place = *self.places.entry((stack, component)).or_insert(next);
        match self.flags.get_mut(usize::try_from(place).map_err(|_| TooLarge)?) {
            Some(known) => *known = (known.0 || changed, known.1 || deleted),
            None if count < NODES_MAX => self.flags.push((changed, deleted)),
            None => return Err(TooLarge),
        }
        Ok(place)
    }

    /// `child` depends on `parent`.
    pub(super) fn edge(&mut self, parent: u32, child: u32) -> Result<(), TooLarge> {
        self.edges.insert((parent, child));
        if self.edges.len() > EDGES_MAX { Err(TooLarge) } else { Ok(()) }
    }

    /// Adds all of a graph.
    pub(super) fn add(&mut self, graph: &'a Graph) -> Result<(), TooLarge> {
        let places = graph
            .nodes
            .iter()
            .map(|(stack, component, changed, deleted)| self.node(stack, component, *changed, *deleted))
            .collect::<Result<Vec<_>, _>>()?;
        for (parent, child) in &graph.edges {
            if let (Some(parent), Some(child)) = (at(&places, *parent), at(&places, *child)) {
                self.edge(parent, child)?;
            }
        }
        Ok(())
    }

    /// The graph.
    pub(super) fn finish(self) -> Graph {
        let flags = |place: u32| {
            let flags = usize::try_from(place).ok().and_then(|place| self.flags.get(place));
            flags.copied().unwrap_or_default()
        };
        let mut named: Vec<_> = self.places.into_iter().collect();
        named.sort_unstable();
        let order: Vec<u32> = named.iter().map(|(_, place)| *place).collect();
        let nodes = named
            .into_iter()
            .map(|((stack, component), place)| {
                let (changed, deleted) = flags(place);
                (stack.to_owned(), component.to_owned(), changed, deleted)
            })
            .collect();
        Graph { nodes, edges: moved(self.edges, &order) }
    }
}

fn at(places: &[u32], place: u32) -> Option<u32> {
    places.get(usize::try_from(place).ok()?).copied()
}

/// Edges between nodes that were put into another order, of which `order` has the old places.
fn moved(edges: impl IntoIterator<Item = (u32, u32)>, order: &[u32]) -> Vec<(u32, u32)> {
    let new_places = inverse(order);
    let edge = |(parent, child)| Some((at(&new_places, parent)?, at(&new_places, child)?));
    let mut edges: Vec<_> = edges.into_iter().filter_map(edge).collect();
    edges.sort_unstable();
    edges
}

/// Where each old place comes to.
fn inverse(order: &[u32]) -> Vec<u32> {
    let mut new_places = vec![0; order.len()];
    for (new, old) in (0_u32..).zip(order) {
        if let Some(place) = usize::try_from(*old).ok().and_then(|old| new_places.get_mut(old)) {
            *place = new;
        }
    }
    new_places
}

impl Graph {
    /// The union of several graphs.
    pub(super) fn merged<'a>(graphs: impl IntoIterator<Item = &'a Self>) -> Result<Self, TooLarge> {
        let mut builder = Builder::default();
        for graph in graphs {
            builder.add(graph)?;
        }
        Ok(builder.finish())
    }

    /// As people look at it: in waves, with what goes in circles.
    pub(super) fn laid_out(self) -> AffectedGraph {
        let Layout { layers, cycles } = layout(self.nodes.len(), &self.edges);
        let layer = |place: u32| at(&layers, place).unwrap_or_default();
        let count = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let mut order: Vec<u32> = (0..count).collect();
        // Stable: within a wave they stay by stack and component.
        order.sort_by_key(|place| layer(*place));
        let circling: HashSet<u32> = cycles.iter().flatten().copied().collect();
        let mut nodes: Vec<_> = self.nodes.into_iter().map(Some).collect();
        let laid = order.iter().filter_map(|place| {
            let (stack, component, changed, deleted) =
                nodes.get_mut(usize::try_from(*place).ok()?)?.take()?;
            let (layer, in_cycle) = (layer(*place), circling.contains(place));
            Some(AffectedNode { stack, component, changed, deleted, layer, in_cycle })
        });
        let laid = laid.collect();
        let new_places = inverse(&order);
        let cycle = |members: Vec<u32>| {
            let mut members: Vec<_> = members.into_iter().filter_map(|old| at(&new_places, old)).collect();
            members.sort_unstable();
            members
        };
        let mut cycles: Vec<_> = cycles.into_iter().map(cycle).collect();
        cycles.sort();
        AffectedGraph { nodes: laid, edges: moved(self.edges, &order), cycles }
    }
}

/// What there is in a graph.
pub(super) fn counts(graph: &AffectedGraph) -> Counts {
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let changed = graph.nodes.iter().filter(|node| node.changed).count();
    let layers = graph.nodes.last().map_or(0, |last| last.layer.saturating_add(1));
    Counts {
        changed: count(changed),
        downstream: count(graph.nodes.len() - changed),
        edges: count(graph.edges.len()),
        cycles: count(graph.cycles.len()),
        layers: i32::try_from(layers).unwrap_or(i32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &str)], changed: &[&str]) -> Graph {
        let mut builder = Builder::default();
        for name in changed {
            builder.node("dev", name, true, false).unwrap();
        }
        for (parent, child) in edges {
            let parent = builder.node("dev", parent, false, false).unwrap();
            let child = builder.node("dev", child, false, false).unwrap();
            builder.edge(parent, child).unwrap();
        }
        builder.finish()
    }

    #[test]
    fn the_same_graph_is_the_same_value_in_whatever_order_it_came() {
        let one = graph(&[("vpc", "eks"), ("eks", "app"), ("vpc", "rds")], &["vpc"]);
        let other = graph(&[("vpc", "rds"), ("eks", "app"), ("vpc", "eks"), ("eks", "app")], &["vpc", "vpc"]);
        assert_eq!(one, other);
        assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&other).unwrap());
    }

    #[test]
    fn pieces_make_the_graph_that_the_whole_makes() {
        let whole = graph(&[("vpc", "eks"), ("eks", "app"), ("rds", "app")], &["rds", "vpc"]);
        let pieces = [graph(&[("rds", "app")], &["rds"]), graph(&[("vpc", "eks"), ("eks", "app")], &["vpc"])];
        assert_eq!(Graph::merged(&pieces).unwrap(), whole);
        assert_eq!(Graph::merged(&[]).unwrap(), Graph::default());
    }

    #[test]
    fn waves_are_laid_out_one_after_the_other() {
        let laid =
            graph(&[("vpc", "eks"), ("eks", "app"), ("b", "b"), ("x", "y"), ("y", "x")], &["vpc", "b"])
                .laid_out();
        let names: Vec<_> = laid.nodes.iter().map(|node| (node.component.as_str(), node.layer)).collect();
        assert_eq!(names, [("b", 0), ("vpc", 0), ("x", 0), ("y", 0), ("eks", 1), ("app", 2)]);
        assert_eq!(laid.edges, [(0, 0), (1, 4), (2, 3), (3, 2), (4, 5)]);
        assert_eq!(laid.cycles, [vec![0], vec![2, 3]]);
        let circling: Vec<_> =
            laid.nodes.iter().filter(|node| node.in_cycle).map(|node| node.component.as_str()).collect();
        assert_eq!(circling, ["b", "x", "y"]);
        let counts = counts(&laid);
        assert_eq!(
            (counts.changed, counts.downstream, counts.edges, counts.cycles, counts.layers),
            (2, 4, 5, 2, 3)
        );
    }

    #[test]
    fn more_than_can_be_kept_is_refused() {
        let names: Vec<String> = (0..=NODES_MAX).map(|n| n.to_string()).collect();
        let mut builder = Builder::default();
        for name in &names[..NODES_MAX] {
            builder.node("dev", name, true, false).unwrap();
        }
        assert_eq!(builder.node("dev", "0", true, false), Ok(0), "it is there already");
        assert_eq!(builder.node("dev", &names[NODES_MAX], true, false), Err(TooLarge));
        for n in 0..u32::try_from(EDGES_MAX).unwrap() {
            builder.edge(n % 20_000, n / 20_000).unwrap();
        }
        assert!(builder.edge(0, 0).is_ok(), "it is there already");
        assert_eq!(builder.edge(0, 19_999), Err(TooLarge));
        assert_eq!(Error::from(TooLarge).tag(), "TooManyAffected");
    }
}
