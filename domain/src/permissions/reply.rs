//! The text of a refusal: Markdown, because the CLI renders it so (rules §4).

use serde_json::{Value, json};
use stackyard_model::Dimension;
use stackyard_model::permission::merge_queue_pattern;
use stackyard_model::quote::{code, plain};
use stackyard_model::trace::{Gate, Lane, Trace};

/// Most permissions that a reply lists.
const LISTED: usize = 5;

/// A refusal as text and as data.
#[derive(Debug, Clone)]
pub struct Reply {
    /// One sentence, a list, a link, two line ends.
    pub message: String,
    /// The same as data.
    pub context: Value,
}

/// What a refused workflow is told. `why` is the address of the page that shows the same.
#[must_use]
pub fn reply(trace: &Trace, why: &str) -> Reply {
    let mut lines: Vec<String> = trace.lanes.iter().take(LISTED).map(|lane| line(lane, trace)).collect();
    if lines.is_empty() {
        lines.push(nothing_of_the_kind(trace));
    }
    let hidden = usize::try_from(trace.of_kind).unwrap_or(0).saturating_sub(trace.lanes.len().min(LISTED));
    if hidden > 0 {
        lines.truncate(LISTED - 1);
        lines.push(format!("- and {} more", usize::try_from(trace.of_kind).unwrap_or(0) - lines.len()));
    }
    let message = format!("{}\n\n{}\n\nWhy: {why}\n\n", verdict(trace), lines.join("\n"));
    Reply { message, context: context(trace, why) }
}

fn verdict(trace: &Trace) -> String {
    let repository = code(&trace.repository);
    match trace.wanted {
        Some(kind) => format!("No permission of {repository} allows {} here.", kind.label()),
        None => format!("No permission of {repository} matches this run, so it gets no session."),
    }
}

fn nothing_of_the_kind(trace: &Trace) -> String {
    match (trace.total, trace.wanted) {
        (0, _) | (_, None) => {
            "- the repository has no permissions yet; an admin adds them under Permissions".to_owned()
        }
        (total, Some(kind)) => {
            format!("- none of its {total} permissions is of the kind {}", code(kind.as_str()))
        }
    }
}

fn line(lane: &Lane, trace: &Trace) -> String {
    let reasons: Vec<_> = lane.closed().map(|gate| reason(gate, trace)).collect();
    format!("- {}: {}", code(lane.permission.as_str()), reasons.join("; "))
}

fn reason(gate: &Gate, trace: &Trace) -> String {
    let seen = trace.seen.get(gate.dimension);
    if gate.dimension == Dimension::Event {
        return format!("event {} is not ticked", code(seen.unwrap_or_default()));
    }
    let needs = format!("needs {} ({})", code(&gate.pattern), gate.kind);
    let mut text = match seen {
        Some(value) => format!("{} is {}, {needs}", gate.dimension, code(value)),
        None => format!("{} is missing, {needs}", gate.dimension),
    };
    if gate.dimension == Dimension::Branch
        && let Some(pattern) = seen.and_then(merge_queue_pattern)
    {
        text.push_str(&format!("; a merge queue's branches match {}", code(&pattern)));
    }
    text
}

/// The same as data. The client prints all of it into the job's log, where a runner reads commands: so no more of it
/// than the text lists, and nothing as it was sent.
fn context(trace: &Trace, why: &str) -> Value {
    let lanes = trace.lanes.iter().take(LISTED).cloned().collect();
    let nearest = Trace {
        seen: trace.seen.clone(),
        repository: trace.repository.clone(),
        granted: trace.granted.clone(),
        lanes,
        ..*trace
    };
    json!({ "why": why, "trace": quoted(json!(nearest)) })
}

/// The same value with every text in it made harmless.
fn quoted(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(plain(&text)),
        Value::Array(items) => items.into_iter().map(quoted).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, quoted(value))).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::Matcher;
    use stackyard_model::PatternKind;
    use stackyard_model::id::{PermissionId, RANDOM_LENGTH};
    use stackyard_model::trace::{BranchSource, Seen};
    use stackyard_model::{PermissionKind, Ts};

    fn lane(n: u8, gates: Vec<Gate>) -> Lane {
        let permission = PermissionId::mint(Ts::from_seconds(i64::from(n)), [n; RANDOM_LENGTH]);
        Lane { permission, version: 1, kind: PermissionKind::LocksCreate, gates }
    }

    fn closed(dimension: Dimension, pattern: &str) -> Gate {
        Gate { dimension, pattern: pattern.to_owned(), kind: PatternKind::of(pattern), open: false }
    }

    fn trace(branch: &str, lanes: Vec<Lane>) -> Trace {
        let seen = Seen {
            workflow: Some("deploy.yaml".to_owned()),
            branch: Some(branch.to_owned()),
            branch_source: BranchSource::Branch,
            environment: None,
            event: Some("push".to_owned()),
        };
        let of_kind = u32::try_from(lanes.len()).unwrap();
        let wanted = Some(PermissionKind::LocksCreate);
        Trace { wanted, repository: "acme/infra".to_owned(), seen, total: 9, of_kind, granted: None, lanes }
    }

    #[test]
    fn what_the_client_prints_holds_no_command_of_a_runner() {
        let gate = closed(Dimension::Workflow, "##[add-mask]x");
        let text = context(&trace("a::b", vec![lane(1, vec![gate])]), "https://x").to_string();
        assert!(text.contains("add-mask") && !text.contains("##[") && !text.contains("a::b"), "{text}");
    }

    #[test]
    fn a_refusal_reads_as_the_rules_say() {
        let lanes = vec![
            lane(1, vec![closed(Dimension::Branch, "main")]),
            lane(2, vec![closed(Dimension::Branch, "rel.*"), closed(Dimension::Environment, "prod.*")]),
        ];
        let reply = reply(&trace("feature/x", lanes), "https://yard.example/why/01K");
        insta::assert_snapshot!(reply.message.replace('\n', "⏎\n"), @r"
        No permission of `acme/infra` allows Locks Create here.⏎
        ⏎
        - `perm_000004C921111111111111111111`: branch is `feature/x`, needs `main` (exact)⏎
        - `perm_000008OI42222222222222222222`: branch is `feature/x`, needs `rel.*` (regex); environment is missing, needs `prod.*` (regex)⏎
        ⏎
        Why: https://yard.example/why/01K⏎
        ⏎
        ");
    }

    #[test]
    fn at_most_five_lines_and_the_rest_is_counted() {
        let lanes: Vec<_> = (1..=12).map(|n| lane(n, vec![closed(Dimension::Branch, "main")])).collect();
        let reply = reply(&trace("x", lanes), "https://yard.example/why/01K");
        assert_eq!(reply.message.lines().filter(|line| line.starts_with("- ")).count(), 5);
        assert!(reply.message.contains("- and 8 more"));
        assert_eq!(reply.context["trace"]["lanes"].as_array().map(Vec::len), Some(5));
        assert_eq!(reply.context["trace"]["of_kind"], 12);
    }

    #[test]
    fn a_hostile_branch_cannot_speak_to_the_runner() {
        let lanes = vec![lane(1, vec![closed(Dimension::Branch, "main")])];
        let hostile = "::error::`x`##[add-mask]\n::set-output";
        let message = reply(&trace(hostile, lanes), "https://yard.example/why/01K").message;
        assert!(!message.contains("::") && !message.contains("##["));
    }

    #[test]
    fn a_merge_queue_is_told_the_pattern_that_would_let_it_through() {
        for target in ["main", "release/1.x+y", "a(b"] {
            let branch = format!("gh-readonly-queue/{target}/pr-7-4f5eef");
            let pattern = merge_queue_pattern(&branch).unwrap();
            assert!(Matcher::new(&pattern, Dimension::Branch).unwrap().matches(Some(&branch)), "{pattern}");
            let lanes = vec![lane(1, vec![closed(Dimension::Branch, "main")])];
            let message = reply(&trace(&branch, lanes), "https://yard.example/why/01K").message;
            assert!(message.contains(&code(&pattern)), "{message}");
        }
    }
}
