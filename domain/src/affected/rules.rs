//! The waves and circles of a graph. Pure, linear in its size, and without recursion: chains may be as long as they like.

/// A graph by the places of its nodes, with its edges grouped by where they begin.
struct Adjacency {
    /// Where each node's edges begin in `targets`; one more stands for the end.
    starts: Vec<usize>,
    targets: Vec<usize>,
}

impl Adjacency {
    fn new(nodes: usize, edges: &[(u32, u32)]) -> Self {
        let mut starts = vec![0; nodes + 1];
        for (from, _) in edges {
            if let Some(count) = starts.get_mut(place(*from) + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in &mut starts {
            sum += *count;
            *count = sum;
        }
        let mut next = starts.clone();
        let mut targets = vec![0; edges.len()];
        for (from, to) in edges {
            let Some(slot) = next.get_mut(place(*from)) else { continue };
            if let Some(target) = targets.get_mut(*slot) {
                *target = place(*to);
            }
            *slot += 1;
        }
        Self { starts, targets }
    }

    fn of(&self, node: usize) -> &[usize] {
        let range = self.starts.get(node).zip(self.starts.get(node + 1));
        range.and_then(|(begin, end)| self.targets.get(*begin..*end)).unwrap_or_default()
    }
}

fn place(node: u32) -> usize {
    usize::try_from(node).unwrap_or(usize::MAX)
}

/// What a graph looks like when everything follows what it depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// Each node's wave, from 0: the longest way to it from a node that depends on nothing.
    pub(super) layers: Vec<u32>,
    /// The groups of nodes that depend on each other in a circle, those that depend on themselves among them; each in
    /// ascending order, by their first. All of a group are in one wave.
    pub(super) cycles: Vec<Vec<u32>>,
}

/// Lays out the nodes `0..nodes`, all edges being between them.
pub(super) fn layout(nodes: usize, edges: &[(u32, u32)]) -> Layout {
    let graph = Adjacency::new(nodes, edges);
    let groups = Groups::find(nodes, &graph);
    let members_of = groups.members();
    let mut layer_of_group = vec![0_u32; groups.count];
    // A group is found after all that can be reached from it, so the last found depends on nothing.
    for (group, members) in members_of.iter().enumerate().rev() {
        let next = layer_of_group.get(group).map_or(0, |layer| layer + 1);
        for target in members.iter().flat_map(|member| graph.of(*member)) {
            let target = groups.of(*target);
            if target != group
                && let Some(layer) = layer_of_group.get_mut(target)
            {
                *layer = next.max(*layer);
            }
        }
    }
    let layer = |node| layer_of_group.get(groups.of(node)).copied().unwrap_or_default();
    let is_circle = |members: &Vec<usize>| {
        members.len() > 1 || members.first().is_some_and(|only| graph.of(*only).contains(only))
    };
    let mut cycles: Vec<Vec<u32>> = members_of
        .into_iter()
        .filter(is_circle)
        .map(|members| members.into_iter().map(|node| u32::try_from(node).unwrap_or(u32::MAX)).collect())
        .collect();
    cycles.sort();
    Layout { layers: (0..nodes).map(layer).collect(), cycles }
}

/// The strongly connected components of a graph, numbered so that edges between them lead to lower numbers.
struct Groups {
    of_node: Vec<usize>,
    count: usize,
}

const UNSEEN: usize = usize::MAX;

/// A node, as far as the search has come with it.
#[derive(Clone)]
struct Visit {
    /// When it was first seen.
    order: usize,
    /// The earliest seen that can be reached from it and is in no group yet.
    lowest: usize,
    group: usize,
}

impl Groups {
    /// Tarjan's algorithm, with a stack of its own instead of the program's.
    fn find(nodes: usize, graph: &Adjacency) -> Self {
        let mut visits = vec![Visit { order: UNSEEN, lowest: UNSEEN, group: UNSEEN }; nodes];
        let mut seen = 0;
        let mut count = 0;
        let mut open: Vec<usize> = Vec::new();
        // A node, and how many of its edges were followed.
        let mut path: Vec<(usize, usize)> = Vec::new();
        for root in 0..nodes {
            if visits.get(root).is_none_or(|visit| visit.order != UNSEEN) {
                continue;
            }
            path.push((root, 0));
            while let Some((node, followed)) = path.pop() {
                let Some(visit) = visits.get_mut(node) else { continue };
                if followed == 0 {
                    (visit.order, visit.lowest) = (seen, seen);
                    seen += 1;
                    open.push(node);
                }
                if let Some(target) = graph.of(node).get(followed).copied() {
                    path.push((node, followed + 1));
                    match visits.get(target) {
                        Some(to) if to.order == UNSEEN => path.push((target, 0)),
                        Some(to) if to.group == UNSEEN => {
                            let order = to.order;
                            lower(&mut visits, node, order);
                        }
                        _ => {}
                    }
                    continue;
                }
                let (order, lowest) = (visit.order, visit.lowest);
                if order == lowest {
                    while let Some(member) = open.pop() {
                        if let Some(visit) = visits.get_mut(member) {
                            visit.group = count;
                        }
                        if member == node {
                            break;
                        }
                    }
                    count += 1;
                }
                if let Some((parent, _)) = path.last().copied() {
                    lower(&mut visits, parent, lowest);
                }
            }
        }
        Self { of_node: visits.into_iter().map(|visit| visit.group).collect(), count }
    }

    fn of(&self, node: usize) -> usize {
        self.of_node.get(node).copied().unwrap_or(UNSEEN)
    }

    /// The nodes of each group, ascending.
    fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.count];
        for (node, group) in self.of_node.iter().enumerate() {
            if let Some(members) = members.get_mut(*group) {
                members.push(node);
            }
        }
        members
    }
}

fn lower(visits: &mut [Visit], node: usize, to: usize) {
    if let Some(visit) = visits.get_mut(node) {
        visit.lowest = visit.lowest.min(to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn laid(nodes: usize, edges: &[(u32, u32)]) -> (Vec<u32>, Vec<Vec<u32>>) {
        let Layout { layers, cycles } = layout(nodes, edges);
        (layers, cycles)
    }

    #[test]
    fn a_diamond_has_three_waves() {
        assert_eq!(laid(4, &[(0, 1), (0, 2), (1, 3), (2, 3)]), (vec![0, 1, 1, 2], vec![]));
        // The longer way counts.
        assert_eq!(laid(4, &[(0, 3), (0, 1), (1, 2), (2, 3)]).0, [0, 1, 2, 3]);
    }

    #[test]
    fn what_depends_on_nothing_is_in_the_first_wave() {
        assert_eq!(laid(0, &[]), (vec![], vec![]));
        assert_eq!(laid(3, &[(2, 1)]).0, [0, 1, 0]);
    }

    #[test]
    fn a_circle_is_one_wave_and_is_told() {
        let circle = laid(5, &[(0, 1), (1, 2), (2, 3), (3, 1), (3, 4)]);
        assert_eq!(circle, (vec![0, 1, 1, 1, 2], vec![vec![1, 2, 3]]));
        let two = laid(4, &[(3, 2), (2, 3), (1, 0), (0, 1), (1, 2)]);
        assert_eq!(two, (vec![0, 0, 1, 1], vec![vec![0, 1], vec![2, 3]]));
    }

    #[test]
    fn what_depends_on_itself_is_a_circle_of_one() {
        assert_eq!(laid(3, &[(0, 1), (1, 1), (1, 2)]), (vec![0, 1, 2], vec![vec![1]]));
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let length = 100_000;
        let chain: Vec<_> = (1..length).map(|n| (n - 1, n)).collect();
        let layout = layout(usize::try_from(length).unwrap(), &chain);
        assert!(layout.layers.iter().copied().eq(0..length) && layout.cycles.is_empty());
        let mut closed = chain;
        closed.push((length - 1, 0));
        let layout = super::layout(usize::try_from(length).unwrap(), &closed);
        assert!(layout.layers.iter().all(|layer| *layer == 0));
        assert_eq!(layout.cycles.len(), 1);
    }

    #[test]
    fn the_largest_graph_is_laid_out_at_once() {
        let (nodes, each) = (20_000_u32, 5);
        let edges: Vec<_> =
            (0..nodes).flat_map(|from| (1..=each).map(move |n| (from, (from + n * 37) % nodes))).collect();
        let began = std::time::Instant::now();
        assert_eq!(layout(usize::try_from(nodes).unwrap(), &edges).cycles.len(), 1);
        assert!(began.elapsed() < std::time::Duration::from_secs(2), "{:?}", began.elapsed());
    }

    /// Whether `to` can be reached from each node by at least one edge, by trying.
    fn reaches(nodes: u32, edges: &[(u32, u32)], to: u32) -> Vec<bool> {
        let mut reached = vec![false; usize::try_from(nodes).unwrap()];
        for _ in 0..nodes {
            for (from, next) in edges {
                if *next == to || reached[place(*next)] {
                    reached[place(*from)] = true;
                }
            }
        }
        reached
    }

    proptest! {
        #[test]
        fn waves_follow_dependencies_and_circles_are_what_reaches_itself(
            edges in proptest::collection::btree_set((0_u32..9, 0_u32..9), 0..30)
        ) {
            let edges: Vec<_> = edges.into_iter().collect();
            let Layout { layers, cycles } = layout(9, &edges);
            let group = |node| cycles.iter().position(|cycle| cycle.contains(&node));
            for node in 0..9 {
                let reached = reaches(9, &edges, node);
                prop_assert_eq!(reached[place(node)], group(node).is_some());
            }
            for (from, to) in &edges {
                let (before, after) = (layers[place(*from)], layers[place(*to)]);
                match (group(*from), group(*to)) {
                    (Some(a), Some(b)) if a == b => prop_assert_eq!(before, after),
                    _ => prop_assert!(before < after),
                }
            }
            let widest = layers.iter().max().copied().unwrap_or_default();
            for layer in 0..=widest {
                prop_assert!(layers.contains(&layer), "no wave is empty");
            }
        }
    }
}
