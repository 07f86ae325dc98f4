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

/// Compiled patterns by their text.
#[derive(Default)]
pub struct PatternCache {
    plain: RwLock<HashMap<Box<str>, Arc<Matcher>>>,
    folded: RwLock<HashMap<Box<str>, Arc<Matcher>>>,
}

impl PatternCache {
    /// The permission with its patterns compiled.
    ///
    /// # Errors
    /// When a stored pattern does not compile, which saving makes sure of.
    pub fn compile(&self, permission: Permission) -> Result<Compiled, PatternError> {
        Ok(Compiled {
            workflow: self.get(&permission.workflow, Dimension::Workflow)?,
            branch: self.get(&permission.branch, Dimension::Branch)?,
            environment: self.get(&permission.environment, Dimension::Environment)?,
            permission,
        })
    }

    fn get(&self, pattern: &str, dimension: Dimension) -> Result<Arc<Matcher>, PatternError> {
        let shelf = if dimension == Dimension::Environment { &self.folded } else { &self.plain };
        if let Some(found) = shelf.read().get(pattern) {
            return Ok(Arc::clone(found));
        }
        let made = Arc::new(Matcher::new(pattern, dimension)?);
        if PatternKind::of(pattern) == PatternKind::Regex {
            let mut shelf = shelf.write();
            // Emptied at once rather than by age: a server with this many different patterns is rare, and
            // compiling them again takes less than a second.
            if shelf.len() >= BUDGET / WORST {
                shelf.clear();
            }
            shelf.insert(pattern.into(), Arc::clone(&made));
        }
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_stays_within_its_budget() {
        let cache = PatternCache::default();
        for number in 0..2 * BUDGET / WORST {
            cache.get(&format!("branch-{number}.*"), Dimension::Branch).unwrap();
        }
        assert!(cache.plain.read().len() <= BUDGET / WORST);
        assert!(cache.get("branch-0.*", Dimension::Branch).unwrap().matches(Some("branch-0x")));
    }
}
