//! The forest that arrives: what a commit changes, each with all that depends on it, so that shared parts stand there
//! many times. Read once into a graph, in time that is linear in what arrived. Pure.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::graph::{Builder, Graph};
use crate::hex::half;
use crate::uploads::{NAME_MAX, is_name, listed, place, unusable};
use crate::{Error, json};

/// One affected instance as it is uploaded, with what depends on it.
#[derive(Debug, Clone, Default)]
pub struct AffectedItem {
    /// The stack.
    pub stack: String,
    /// The component, with its slashes.
    pub component: String,
    /// `settings.pro`, when there is one. Nothing of it is kept: the inventory has it.
    pub pro: Option<Value>,
    /// What depends on it, changed or not.
    pub dependents: Vec<AffectedItem>,
    /// Whether it also stands in another place of the forest.
    pub included_in_dependents: bool,
    /// Whether the commit deletes it.
    pub deleted: bool,
    /// What is deleted with it: `component` or `stack`.
    pub deletion_type: Option<String>,
}

/// What a request brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Brought {
    pub(super) graph: Graph,
    /// By what the same is known when it comes again.
    pub(super) digest: String,
}

/// Reads the forest of an upload that is about these commits.
///
/// # Errors
/// [`Error::Refused`] for names that cannot be kept, naming them, and for more than can be kept.
pub(super) fn read(items: &[AffectedItem], head_sha: &str, base_sha: &str) -> Result<Brought, Error> {
    let mut hash = Hash::default();
    hash.part(head_sha.as_bytes());
    hash.part(base_sha.as_bytes());
    let mut builder = Builder::default();
    let mut bad = Vec::new();
    // Where an item hangs, and how deep. Those of the top come last in, so the first is read first.
    let mut waiting: Vec<_> = items.iter().rev().map(|item| (item, None, 0_u32)).collect();
    while let Some((item, parent, depth)) = waiting.pop() {
        hash.item(item, depth)?;
        if !is_name(&item.stack) || !is_name(&item.component) {
            bad.push(place(&item.stack, &item.component));
            continue;
        }
        let node = builder.node(&item.stack, &item.component, parent.is_none(), item.deleted)?;
        if let Some(parent) = parent {
            builder.edge(parent, node)?;
        }
        waiting
            .extend(item.dependents.iter().rev().map(|child| (child, Some(node), depth.saturating_add(1))));
    }
    if !bad.is_empty() {
        let message = format!("A stack or component has 1 to {NAME_MAX} bytes and no control characters.");
        return Err(unusable("BadAffected", &message, listed(bad.into_iter())));
    }
    Ok(Brought { graph: builder.finish(), digest: hash.finish() })
}

/// A running digest of what arrives.
#[derive(Default)]
struct Hash(Sha256);

impl Hash {
    /// A text of its own: its length keeps it from running into the next.
    fn part(&mut self, text: &[u8]) {
        self.0.update(text.len().to_le_bytes());
        self.0.update(text);
    }

    fn item(&mut self, item: &AffectedItem, depth: u32) -> Result<(), Error> {
        self.0.update(depth.to_le_bytes());
        self.0.update([u8::from(item.included_in_dependents), u8::from(item.deleted)]);
        self.part(item.stack.as_bytes());
        self.part(item.component.as_bytes());
        self.part(item.deletion_type.as_deref().unwrap_or_default().as_bytes());
        if let Some(pro) = &item.pro {
            json::write(&mut self.0, pro)?;
        }
        self.0.update([0]);
        Ok(())
    }

    fn finish(self) -> String {
        half(&self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::affected::graph::counts;
    use serde_json::json;

    fn item(stack: &str, component: &str, dependents: Vec<AffectedItem>) -> AffectedItem {
        let (stack, component) = (stack.to_owned(), component.to_owned());
        AffectedItem { stack, component, dependents, ..AffectedItem::default() }
    }

    fn dev(component: &str, dependents: Vec<AffectedItem>) -> AffectedItem {
        item("dev", component, dependents)
    }

    fn graph(items: &[AffectedItem]) -> Graph {
        read(items, "head", "base").unwrap().graph
    }

    #[test]
    fn shared_parts_become_one_and_other_stacks_stay_apart() {
        let app = || dev("app", vec![item("edge", "app", vec![])]);
        let forest = [
            dev("vpc", vec![dev("eks", vec![app()]), dev("rds", vec![app()])]),
            AffectedItem { deleted: true, ..dev("old", vec![]) },
            AffectedItem { included_in_dependents: true, ..dev("rds", vec![app()]) },
        ];
        let graph = graph(&forest);
        let node = |stack: &str, component: &str, changed, deleted| {
            (stack.to_owned(), component.to_owned(), changed, deleted)
        };
        assert_eq!(
            graph.nodes,
            [
                node("dev", "app", false, false),
                node("dev", "eks", false, false),
                node("dev", "old", true, true),
                node("dev", "rds", true, false),
                node("dev", "vpc", true, false),
                node("edge", "app", false, false),
            ]
        );
        assert_eq!(graph.edges, [(0, 5), (1, 0), (3, 0), (4, 1), (4, 3)]);
        let counts = counts(&graph.laid_out());
        assert_eq!((counts.changed, counts.downstream, counts.layers), (3, 3, 4));
    }

    #[test]
    fn names_that_cannot_be_kept_are_told_also_deep_inside() {
        let forest = [dev("vpc", vec![dev("", vec![]), dev("a\nb", vec![])]), item("", "x", vec![])];
        let Err(Error::Refused(refused)) = read(&forest, "h", "b") else { panic!("it was taken") };
        assert_eq!((refused.tag, refused.problems.len()), ("BadAffected", 3));
        assert_eq!(refused.problems[1], "`dev/ab`");
    }

    #[test]
    fn only_the_same_body_is_the_same() {
        let digest = |items: &[AffectedItem], head: &str| read(items, head, "base").unwrap().digest;
        let flat = [dev("a", vec![]), dev("b", vec![])];
        let deep = [dev("a", vec![dev("b", vec![])])];
        let pro = [AffectedItem { pro: Some(json!({"b": 1, "a": 2})), ..dev("a", vec![]) }, dev("b", vec![])];
        let same =
            [AffectedItem { pro: Some(json!({"a": 2, "b": 1})), ..dev("a", vec![]) }, dev("b", vec![])];
        assert_eq!(digest(&flat, "h"), digest(&flat.clone(), "h"));
        assert_eq!(digest(&pro, "h"), digest(&same, "h"));
        let all = [digest(&flat, "h"), digest(&flat, "g"), digest(&deep, "h"), digest(&pro, "h")];
        assert_eq!(all.iter().collect::<std::collections::HashSet<_>>().len(), 4);
    }

    #[test]
    fn thousands_with_shared_parts_are_read_at_once() {
        // 50 changed, each with the same 100 below it, which share another 4,850: about 250,000 places.
        let leaves =
            |n: usize| (0..49).map(|m| dev(&format!("leaf-{:04}", (n * 49 + m) % 4850), vec![])).collect();
        let below: Vec<_> = (0..100).map(|n| dev(&format!("below-{n}"), leaves(n))).collect();
        let forest: Vec<_> = (0..50).map(|n| dev(&format!("top-{n}"), below.clone())).collect();
        let began = std::time::Instant::now();
        let graph = graph(&forest);
        assert_eq!((graph.nodes.len(), graph.edges.len()), (5000, 50 * 100 + 4900));
        let laid = graph.laid_out();
        assert_eq!(counts(&laid).layers, 3);
        // A test build is many times slower than what is shipped.
        assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
    }
}
