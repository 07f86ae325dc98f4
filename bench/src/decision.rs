//! A decision with a hundred permissions of the kind, of which only the last matches.

use std::hint::black_box;

use anyhow::{Result, ensure};
use regex::Regex;
use stackyard_domain::permissions::{Compiled, decide, explain};
use stackyard_model::id::{PermissionId, RANDOM_LENGTH, RepositoryId};
use stackyard_model::permission::{Events, Permission};
use stackyard_model::trace::{BranchSource, Seen};
use stackyard_model::{PermissionKind, Ts};

use crate::cpu;
use crate::report::{Figure, Limit, note};
use crate::rounds::{Pairs, median};

/// How many permissions.
const PERMISSIONS: u8 = 100;
const KIND: PermissionKind = PermissionKind::LocksCreate;

/// The three patterns of permission `n`: workflow, branch, environment.
fn patterns(n: u8) -> [String; 3] {
    [format!(r"deploy-{n}\.ya?ml"), format!("(main|release/{n}/.*)"), format!("(prod|stage)-{n}")]
}

/// A run that only the last of [`permissions`] lets through.
pub fn seen() -> Seen {
    let last = PERMISSIONS - 1;
    Seen {
        workflow: Some(format!("deploy-{last}.yaml")),
        branch: Some(format!("release/{last}/hotfix")),
        branch_source: BranchSource::Branch,
        environment: Some(format!("prod-{last}")),
        event: Some("push".to_owned()),
    }
}

/// A run that none lets through, although the workflow of the last does.
fn turned_away() -> Seen {
    Seen { branch: Some("feature/x".to_owned()), ..seen() }
}

/// The permissions, compiled.
pub fn permissions() -> Result<Vec<Compiled>> {
    (0..PERMISSIONS).map(|n| Ok(Compiled::new(permission(n))?)).collect()
}

fn permission(n: u8) -> Permission {
    let at = Ts::from_seconds(i64::from(n));
    let [workflow, branch, environment] = patterns(n);
    Permission {
        id: PermissionId::mint(at, [n; RANDOM_LENGTH]),
        repository_id: RepositoryId::mint(at, [0; RANDOM_LENGTH]),
        kind: KIND,
        workflow,
        branch,
        environment,
        events: Events::default(),
        version: 1,
        created_at: at,
        updated_at: at,
    }
}

/// The same question, asked of nothing but the regular expressions.
fn bare() -> Result<Vec<[Regex; 3]>> {
    let whole = |pattern: &str| Regex::new(&format!(r"\A(?:{pattern})\z"));
    (0..PERMISSIONS)
        .map(|n| {
            let [workflow, branch, environment] = patterns(n);
            Ok([whole(&workflow)?, whole(&branch)?, whole(&format!("(?i){environment}"))?])
        })
        .collect()
}

/// Measures the decision, and beside it what a refusal with its whole trace costs.
pub fn measure(rounds: u32) -> Result<Figure> {
    const TIMES: u32 = 2_000;
    let permissions = permissions()?;
    let bare = bare()?;
    let seen = seen();
    let refused = turned_away();
    ensure!(decide(&permissions, Some(KIND), &seen).is_some(), "the last permission does not match");
    ensure!(decide(&permissions, Some(KIND), &refused).is_none(), "a permission matches that should not");
    let values = [&seen.workflow, &seen.branch, &seen.environment]
        .map(|value| value.as_deref().unwrap_or_default().to_owned());
    let fits = |three: &&[Regex; 3]| three.iter().zip(&values).all(|(regex, value)| regex.is_match(value));
    ensure!(bare.iter().find(fits).is_some(), "the last bare pattern does not match");

    let mut pairs = Pairs::default();
    let mut traces = Vec::new();
    for _ in 0..rounds {
        let floor = cpu::micros(TIMES, || {
            black_box(black_box(&bare).iter().position(|three| fits(&three)));
        });
        let subject = cpu::micros(TIMES, || {
            black_box(decide(black_box(&permissions), Some(KIND), black_box(&seen)));
        });
        pairs.add(floor, subject);
        traces.push(cpu::micros(TIMES / 20, || {
            black_box(explain(black_box(&permissions), Some(KIND), black_box(&refused), "acme/infra"));
        }));
    }
    note("a refusal with its whole trace", &format!("{:.1} µs", median(traces)));
    Ok(Figure {
        name: "decision, 100 permissions",
        unit: "µs",
        value: pairs.subject(),
        floor_name: "bare regexes",
        floor: pairs.floor(),
        ratio: pairs.ratio(),
        limit: Limit::AtMost(1.18),
        goal: Some(2.0),
    })
}
