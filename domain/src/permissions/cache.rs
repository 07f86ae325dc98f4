//! Compiled patterns, kept by their text. Rows are read for every request; only this is cached (rules §4).

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;
use stackyard_model::permission::Permission;
use stackyard_model::{Dimension, PatternKind};

use super::decide::Compiled;
use super::pattern::{COMPILED_MAX, Matcher, PatternError, STATES_MAX};

/// Bytes that the compiled patterns of one shelf may take together, counting each at the most it may be. One
/// repository's fit, whatever they are.
const BUDGET: usize = 40 * 1024 * 1024;
/// The most that one compiled pattern takes: its program and the states that matching builds.
const WORST: usize = COMPILED_MAX + STATES_MAX;

/// A pattern that has to be compiled, and for which values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pattern: Box<str>,
    dimension: Dimension,
}

/// Compiled patterns by their text.
#[derive(Default)]
pub struct PatternCache {
    plain: RwLock<Shelf>,
    folded: RwLock<Shelf>,
}

type Shelf = HashMap<Box<str>, Arc<Matcher>>;

impl PatternCache {
    /// The permission with its patterns compiled; none when one of them is not, which is then added to `missing`.
    pub fn compiled(&self, permission: Permission, missing: &mut Vec<Wanted>) -> Option<Compiled> {
        let mut found = |pattern: &str, dimension| {
            let found = self.find(pattern, dimension);
            if found.is_none() {
                missing.push(Wanted { pattern: pattern.into(), dimension });
            }
            found
        };
        let workflow = found(&permission.workflow, Dimension::Workflow);
        let branch = found(&permission.branch, Dimension::Branch);
        let environment = found(&permission.environment, Dimension::Environment);
        Some(Compiled { workflow: workflow?, branch: branch?, environment: environment?, permission })
    }

    /// Compiles patterns, so that they are found. It takes long when they are large.
    ///
    /// # Errors
    /// When one does not compile, which saving makes sure of.
    pub fn compile(&self, wanted: &[Wanted]) -> Result<(), PatternError> {
        for Wanted { pattern, dimension } in wanted {
            let made = Arc::new(Matcher::new(pattern, *dimension)?);
            let mut shelf = self.shelf(*dimension).write();
            // One that makes place: which one hardly matters, a server with this many different patterns is rare.
            if shelf.len() >= BUDGET / WORST
                && let Some(one) = shelf.keys().next().cloned()
            {
                shelf.remove(&one);
            }
            shelf.insert(pattern.clone(), made);
        }
        Ok(())
    }

    const fn shelf(&self, dimension: Dimension) -> &RwLock<Shelf> {
        match dimension {
            Dimension::Environment => &self.folded,
            Dimension::Workflow | Dimension::Branch | Dimension::Event => &self.plain,
        }
    }

    /// What is no regular expression costs nothing to make.
    fn find(&self, pattern: &str, dimension: Dimension) -> Option<Arc<Matcher>> {
        if PatternKind::of(pattern) != PatternKind::Regex {
            return Matcher::new(pattern, dimension).ok().map(Arc::new);
        }
        self.shelf(dimension).read().get(pattern).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_stays_within_its_budget_and_finds_what_was_compiled_last() {
        let cache = PatternCache::default();
        for number in 0..2 * BUDGET / WORST {
            let pattern = format!("branch-{number}.*");
            assert!(cache.find(&pattern, Dimension::Branch).is_none());
            let wanted = Wanted { pattern: pattern.as_str().into(), dimension: Dimension::Branch };
            cache.compile(&[wanted]).unwrap();
            assert!(cache.find(&pattern, Dimension::Branch).unwrap().matches(Some(&pattern)));
        }
        assert!(cache.plain.read().len() <= BUDGET / WORST);
        assert!(cache.find("branch-0.*", Dimension::Environment).is_none(), "folded ones are others");
    }
}
