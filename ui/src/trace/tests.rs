use stackyard_model::id::PermissionId;
use stackyard_model::trace::Gate;
use stackyard_model::{PatternKind, PermissionKind, Ts};

use super::*;
use crate::testing::render;
use crate::verdict::TraceVerdict;

fn gate(dimension: Dimension, pattern: &str, open: bool) -> Gate {
    Gate { dimension, pattern: pattern.to_owned(), kind: PatternKind::of(pattern), open }
}

fn lane(number: u8, gates: Vec<Gate>) -> Lane {
    Lane {
        permission: PermissionId::mint(Ts::from_seconds(1_763_724_600), [number; 19]),
        version: 1,
        kind: PermissionKind::DeploymentsCreate,
        gates,
    }
}

fn missing_branch(number: u8) -> Lane {
    lane(
        number,
        vec![
            gate(Dimension::Workflow, "deploy.yaml", true),
            gate(Dimension::Branch, "main", false),
            gate(Dimension::Environment, ".*-prod", true),
        ],
    )
}

fn trace(lanes: Vec<Lane>) -> Trace {
    let of_kind = u32::try_from(lanes.len()).unwrap();
    Trace {
        wanted: Some(PermissionKind::DeploymentsCreate),
        repository: "acme/infra".to_owned(),
        seen: Seen {
            workflow: Some("deploy.yaml".to_owned()),
            branch: Some("hotfix/db-timeout".to_owned()),
            branch_source: BranchSource::Branch,
            environment: Some("plat-prod".to_owned()),
            event: Some("push".to_owned()),
        },
        total: 9,
        of_kind,
        granted: None,
        lanes,
    }
}

fn drawn(trace: Trace) -> String {
    render(|| {
        let verdict = trace.clone();
        view! {
            <TraceVerdict trace=verdict />
            <TraceDrawing trace permissions=Some("/p".to_owned()) />
        }
    })
}

/// What readers hear: the text between tags.
fn text(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

#[test]
fn without_a_permission_of_the_kind_the_trunk_stops() {
    let html = drawn(trace(vec![]));
    assert_eq!(html.matches("<ol").count(), 1, "{html}");
    assert!(text(&html).contains("None of this kind"), "{html}");
    assert!(text(&html).contains("acme/infra has 9 permissions, none of kind Deployments Create."), "{html}");
    let nothing = Trace { total: 0, ..trace(vec![]) };
    let words = text(&drawn(nothing));
    assert!(words.contains("No permission here") && words.contains("Of this kind not reached"), "{words}");
}

#[test]
fn one_lane_shows_where_it_stops() {
    let html = drawn(trace(vec![missing_branch(1)]));
    let words = text(&html);
    assert_eq!(html.matches("<ol").count(), 2, "{html}");
    assert_eq!(html.matches("bg-danger-soft").count(), 1, "{html}");
    for part in ["exact, matches", "exact, stops here", "regex, would match", "expectedmain", "seenhotfix/db-timeout", "misses by 1"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(words.contains("One permission of kind Deployments Create was tried. It misses by one value: branch."), "{words}");
    assert!(html.contains("href=\"/p#perm_"), "{html}");
}

#[test]
fn two_nearest_lanes_are_both_named() {
    let second = lane(2, vec![
        gate(Dimension::Workflow, "deploy.yaml", true),
        gate(Dimension::Branch, "hotfix/.*", true),
        gate(Dimension::Environment, "plat-staging", false),
    ]);
    let third = lane(3, vec![
        gate(Dimension::Workflow, "other.yaml", false),
        gate(Dimension::Branch, "*", true),
        gate(Dimension::Environment, "preview-.*", false),
    ]);
    let html = drawn(trace(vec![missing_branch(1), second, third]));
    let words = text(&html);
    let sentence = "Three permissions of kind Deployments Create were tried. The two nearest each miss by one value: branch in the first, environment in the second.";
    assert!(words.contains(sentence), "{words}");
    assert!(words.contains("would stop too") && words.contains("misses by 2"), "{words}");
    assert!(html.contains(">plat-</span>"), "{html}");
}

#[test]
fn beyond_five_lanes_the_others_are_counted() {
    let many = |count: u8| (0..count).map(missing_branch).collect::<Vec<_>>();
    let html = drawn(trace(many(5)));
    assert!(!text(&html).contains("more"), "{html}");
    let html = drawn(trace(many(6)));
    assert!(text(&html).contains("and 1 more"), "{html}");
    assert_eq!(html.matches("misses by 1").count(), 5 * 3, "{html}");
    let counted_only = Trace { of_kind: 32, ..trace(many(20)) };
    let words = text(&drawn(counted_only));
    assert!(words.contains("and 27 more") && words.contains("32 permissions of kind"), "{words}");
    assert!(words.contains("The 20 nearest each miss by one value; in the first it is branch."), "{words}");
}

#[test]
fn a_grant_is_let_through() {
    let open = lane(1, vec![
        gate(Dimension::Workflow, "*", true),
        gate(Dimension::Branch, "main", true),
        gate(Dimension::Environment, "*", true),
    ]);
    let granted = Trace { granted: Some(open.permission.clone()), ..trace(vec![open]) };
    let html = drawn(granted);
    let words = text(&html);
    assert!(words.contains("A permission of acme/infra lets this run through"), "{words}");
    assert!(words.contains("let through") && words.contains("the first match decides"), "{words}");
    assert!(!html.contains("danger") && !words.contains("misses"), "{html}");
}

#[test]
fn the_exchange_takes_any_kind() {
    let exchange = Trace { wanted: None, total: 1, ..trace(vec![missing_branch(1)]) };
    let words = text(&drawn(exchange));
    assert!(words.contains("Any kind will do, 0 match"), "{words}");
    assert!(words.contains("Deployments Create") && words.contains("One permission was tried."), "{words}");
}

#[test]
fn a_repository_token_has_no_claims() {
    let token = Trace { seen: Seen::nothing(), ..trace(vec![missing_branch(1)]) };
    let words = text(&drawn(token));
    assert!(words.contains("lets this token through") && words.contains("Repository token known"), "{words}");
    assert!(words.contains("no claims") && words.contains("seennone"), "{words}");
}

#[test]
fn a_special_event_is_a_column_of_its_own() {
    let mut refused = missing_branch(1);
    refused.gates.push(gate(Dimension::Event, "", false));
    let mut wants = trace(vec![refused]);
    wants.seen.event = Some("workflow_run".to_owned());
    let html = drawn(wants);
    let words = text(&html);
    assert!(html.contains("lg:grid-cols-4") && !html.contains("lg:grid-cols-3"), "{html}");
    assert!(words.contains("claim event_name") && words.contains("expectednot allowed"), "{words}");
    assert!(words.contains("misses by 2") && words.contains("branch and event"), "{words}");
}

#[test]
fn long_and_hostile_values_stay_text() {
    let hostile = format!("</dd><script>alert(1)</script>/{}", "x".repeat(3000));
    let mut wants = trace(vec![lane(1, vec![gate(Dimension::Branch, &hostile, false)])]);
    wants.repository = hostile.clone();
    wants.seen.branch = Some(hostile);
    let html = drawn(wants);
    assert!(!html.contains("<script") && html.contains("&lt;script&gt;"), "a value became a tag");
    assert_eq!(html.matches("<dd").count(), html.matches("</dd>").count());
}

#[test]
fn a_merge_queue_suggests_its_pattern() {
    let mut queue = trace(vec![missing_branch(1)]);
    queue.seen.branch = Some("gh-readonly-queue/main/pr-7-4be1f70".to_owned());
    let words = text(&drawn(queue));
    assert!(words.contains("gh-readonly-queue/main/pr-.*"), "{words}");
}
