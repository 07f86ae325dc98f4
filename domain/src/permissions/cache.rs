//! Compiled patterns, kept by their text. Rows are read for every request; only this is cached (rules §4).

use std::collections::{HashMap, VecDeque};
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

/// Compiled patterns, the oldest of which makes place for a new one: what one request has compiled, fewer than the shelf
/// holds, is there together when it is run again.
#[derive(Default)]
struct Shelf {
    matchers: HashMap<Box<str>, Arc<Matcher>>,
    by_age: VecDeque<Box<str>>,
}

impl Shelf {
    fn put(&mut self, pattern: &str, matcher: Arc<Matcher>) {
        if self.matchers.insert(pattern.into(), matcher).is_some() {
            return;
        }
        self.by_age.push_back(pattern.into());
        if self.by_age.len() > BUDGET / WORST
            && let Some(oldest) = self.by_age.pop_front()
        {
            self.matchers.remove(&oldest);
        }
    }
}

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
            // Another request may have compiled it meanwhile, or this one under another permission.
            if self.find(pattern, *dimension).is_none() {
                let made = Arc::new(Matcher::new(pattern, *dimension)?);
                self.shelf(*dimension).write().put(pattern, made);
            }
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
        self.shelf(dimension).read().matchers.get(pattern).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(prefix: &str, count: usize) -> Vec<Wanted> {
        let pattern = |n| format!("{prefix}-{n}.*").into_boxed_str();
        (0..count).map(|n| Wanted { pattern: pattern(n), dimension: Dimension::Branch }).collect()
    }

    fn found(cache: &PatternCache, wanted: &[Wanted]) -> usize {
        wanted.iter().filter(|one| cache.find(&one.pattern, one.dimension).is_some()).count()
    }

    #[test]
    fn what_a_repository_needs_is_there_together_however_full_the_cache_was() {
        let cache = PatternCache::default();
        // As many as a repository may have of one shelf.
        let all: Vec<_> = (0..8).map(|n| wanted(&format!("tenant-{n}"), 300)).collect();
        for _ in 0..3 {
            for one in &all {
                cache.compile(one).unwrap();
                assert_eq!(found(&cache, one), 300);
            }
        }
        let shelf = cache.plain.read();
        assert!(shelf.matchers.len() <= BUDGET / WORST && shelf.matchers.len() == shelf.by_age.len());
    }

    #[test]
    fn a_pattern_is_compiled_once_and_folded_ones_are_others() {
        let cache = PatternCache::default();
        let twice = [wanted("main", 1), wanted("main", 1)].concat();
        cache.compile(&twice).unwrap();
        assert_eq!(cache.plain.read().by_age.len(), 1);
        assert!(cache.find("main-0.*", Dimension::Branch).unwrap().matches(Some("main-0x")));
        assert!(cache.find("main-0.*", Dimension::Environment).is_none());
    }
}
