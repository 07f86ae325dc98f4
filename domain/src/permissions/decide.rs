//! The decision: which permission lets a request through, or why none does (rules §4). Pure.
//!
//! Of the six steps that [`crate::help::DECISION`] tells people, this is the fourth to the sixth; the first is
//! `ci::values`, the second `repositories::identify`, the third [`super::for_repository`] or
//! `ci::queries::place`.

use std::sync::Arc;

use stackyard_model::id::PermissionId;
use stackyard_model::permission::{Permission, SpecialEvent};
use stackyard_model::trace::{Gate, Lane, Seen, Trace};
use stackyard_model::{Dimension, PatternKind, PermissionKind};

use super::pattern::{Matcher, PatternError};

/// A permission with its patterns compiled.
pub struct Compiled {
    /// The permission.
    pub permission: Permission,
    pub(super) workflow: Arc<Matcher>,
    pub(super) branch: Arc<Matcher>,
    pub(super) environment: Arc<Matcher>,
}

/// The permission that let a request through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Which.
    pub permission: PermissionId,
    /// Its version then.
    pub version: i32,
}

impl Compiled {
    /// Compiles a permission's patterns here and now: for who holds nobody up with it.
    ///
    /// # Errors
    /// When one does not compile, which saving makes sure of.
    pub fn new(permission: Permission) -> Result<Self, PatternError> {
        let make = |pattern: &str, dimension| Matcher::new(pattern, dimension).map(Arc::new);
        Ok(Self {
            workflow: make(&permission.workflow, Dimension::Workflow)?,
            branch: make(&permission.branch, Dimension::Branch)?,
            environment: make(&permission.environment, Dimension::Environment)?,
            permission,
        })
    }

    fn is_wanted(&self, wanted: Option<PermissionKind>) -> bool {
        wanted.is_none_or(|kind| kind == self.permission.kind)
    }

    fn matches(&self, seen: &Seen) -> bool {
        self.workflow.matches(seen.workflow.as_deref())
            && self.branch.matches(seen.branch.as_deref())
            && self.environment.matches(seen.environment.as_deref())
            && self.permission.events.allow(seen.event.as_deref())
    }

    fn lane(&self, seen: &Seen) -> Lane {
        let gate = |dimension, pattern: &str, matcher: &Matcher| Gate {
            dimension,
            pattern: pattern.to_owned(),
            kind: PatternKind::of(pattern),
            open: matcher.matches(seen.get(dimension)),
        };
        let permission = &self.permission;
        let mut gates = vec![
            gate(Dimension::Workflow, &permission.workflow, &self.workflow),
            gate(Dimension::Branch, &permission.branch, &self.branch),
            gate(Dimension::Environment, &permission.environment, &self.environment),
        ];
        // Only where the event is one that permissions treat on their own does it tell anything.
        if seen.event.as_deref().is_some_and(|event| event.parse::<SpecialEvent>().is_ok()) {
            gates.push(Gate {
                dimension: Dimension::Event,
                pattern: permission.events.to_list(),
                kind: PatternKind::Exact,
                open: permission.events.allow(seen.event.as_deref()),
            });
        }
        Lane { permission: permission.id.clone(), version: permission.version, kind: permission.kind, gates }
    }
}

/// The first permission of the wanted kind (of any kind, when none is wanted) that lets `seen` through.
#[must_use]
pub fn decide(permissions: &[Compiled], wanted: Option<PermissionKind>, seen: &Seen) -> Option<Grant> {
    permissions.iter().find(|candidate| candidate.is_wanted(wanted) && candidate.matches(seen)).map(
        |granting| Grant { permission: granting.permission.id.clone(), version: granting.permission.version },
    )
}

/// The whole trace of the same decision: every permission of the kind, nearest first, and what each wanted.
#[must_use]
pub fn explain(
    permissions: &[Compiled],
    wanted: Option<PermissionKind>,
    seen: &Seen,
    repository: &str,
) -> Trace {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mut lanes: Vec<Lane> = permissions
        .iter()
        .filter(|candidate| candidate.is_wanted(wanted))
        .map(|candidate| candidate.lane(seen))
        .collect();
    let of_kind = count(lanes.len());
    lanes.sort_by_key(Lane::misses);
    Trace {
        wanted,
        repository: repository.to_owned(),
        seen: seen.clone(),
        total: count(permissions.len()),
        of_kind,
        granted: decide(permissions, wanted, seen).map(|grant| grant.permission),
        lanes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::PERMISSIONS_MAX;
    use stackyard_model::Ts;
    use stackyard_model::id::{RANDOM_LENGTH, RepositoryId};
    use stackyard_model::permission::Events;
    use stackyard_model::trace::BranchSource;

    fn permission(n: u8, kind: PermissionKind, patterns: [&str; 3]) -> Compiled {
        let [workflow, branch, environment] = patterns.map(str::to_owned);
        let at = Ts::from_seconds(i64::from(n));
        let id = PermissionId::mint(at, [n; RANDOM_LENGTH]);
        let repository_id = RepositoryId::mint(at, [0; RANDOM_LENGTH]);
        let permission = Permission {
            id,
            repository_id,
            kind,
            workflow,
            branch,
            environment,
            events: Events::default(),
            version: 1,
            created_at: at,
            updated_at: at,
        };
        Compiled::new(permission).unwrap()
    }

    fn seen(workflow: &str, branch: &str, environment: Option<&str>, event: &str) -> Seen {
        Seen {
            workflow: Some(workflow.to_owned()),
            branch: Some(branch.to_owned()),
            branch_source: BranchSource::Branch,
            environment: environment.map(str::to_owned),
            event: Some(event.to_owned()),
        }
    }

    #[test]
    fn the_first_match_of_the_kind_grants() {
        let permissions = [
            permission(1, PermissionKind::LocksDelete, ["*", "*", "*"]),
            permission(2, PermissionKind::LocksCreate, ["*", "develop", "*"]),
            permission(3, PermissionKind::LocksCreate, ["*", "main", "*"]),
            permission(4, PermissionKind::LocksCreate, ["*", "*", "*"]),
        ];
        let run = seen("deploy.yaml", "main", None, "push");
        let grant = decide(&permissions, Some(PermissionKind::LocksCreate), &run).unwrap();
        assert_eq!(grant.permission, permissions[2].permission.id);
        assert!(decide(&permissions, Some(PermissionKind::CommitsCreate), &run).is_none());
        assert!(decide(&permissions, None, &run).is_some());
    }

    #[test]
    fn the_trace_lists_every_permission_of_the_kind_nearest_first() {
        let permissions = [
            permission(1, PermissionKind::LocksCreate, ["other.yaml", "main", "prod"]),
            permission(2, PermissionKind::LocksCreate, ["deploy.yaml", "main", "*"]),
            permission(3, PermissionKind::LocksDelete, ["*", "*", "*"]),
        ];
        let run = seen("deploy.yaml", "feature/x", None, "push");
        let trace = explain(&permissions, Some(PermissionKind::LocksCreate), &run, "acme/infra");
        assert_eq!((trace.total, trace.of_kind, trace.is_granted()), (3, 2, false));
        let misses: Vec<_> = trace.lanes.iter().map(Lane::misses).collect();
        assert_eq!(misses, [1, 3]);
        assert_eq!(trace.lanes[0].closed().next().unwrap().dimension, Dimension::Branch);
    }

    #[test]
    fn no_permission_is_left_out_of_the_trace_and_the_answer_stays_short() {
        let long = "x".repeat(stackyard_model::permission::PATTERN_MAX - 2) + ".*";
        let permissions: Vec<_> = (0..PERMISSIONS_MAX)
            .map(|n| permission(u8::try_from(n).unwrap(), PermissionKind::LocksCreate, [&long, &long, &long]))
            .collect();
        let run = seen("deploy.yaml", "main", None, "pull_request");
        let trace = explain(&permissions, None, &run, "acme/infra");
        assert_eq!((trace.lanes.len(), trace.of_kind), (PERMISSIONS_MAX, 150));
        let stored = serde_json::to_string(&trace).unwrap();
        assert!(stored.len() < 200_000, "{}", stored.len());
        let answer = crate::permissions::reply(&trace, "https://yard.example/why/01K");
        assert!(answer.message.len() < 8_000, "{}", answer.message.len());
        assert!(answer.context.to_string().len() < 8_000, "{}", answer.context.to_string().len());
    }

    #[test]
    fn events_of_borrowed_trust_are_a_gate_of_their_own() {
        let permissions = [permission(1, PermissionKind::LocksCreate, ["*", "*", "*"])];
        let run = seen("deploy.yaml", "main", None, "pull_request_target");
        let trace = explain(&permissions, Some(PermissionKind::LocksCreate), &run, "acme/infra");
        assert!(!trace.is_granted());
        assert_eq!(trace.lanes[0].closed().next().unwrap().dimension, Dimension::Event);
    }

    #[test]
    fn a_repository_token_matches_only_everything() {
        let narrow = [permission(1, PermissionKind::LocksCreate, ["*", "main", "*"])];
        let wide = [permission(1, PermissionKind::LocksCreate, ["*", "*", "*"])];
        assert!(decide(&narrow, Some(PermissionKind::LocksCreate), &Seen::nothing()).is_none());
        assert!(decide(&wide, Some(PermissionKind::LocksCreate), &Seen::nothing()).is_some());
    }
}
