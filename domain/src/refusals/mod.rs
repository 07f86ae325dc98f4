//! One refusal, explained to those who may see its workspace, and the permission that would have let it through.

use stackyard_model::activity::Event;
use stackyard_model::permission::{Events, PermissionInput, SpecialEvent, merge_queue_pattern};
use stackyard_model::trace::{Seen, Trace};
use stackyard_model::{Action, PermissionKind};

use crate::activity::{find_denied_by_trace, may_see, visible};
use crate::permissions::check_pattern;
use crate::{Ctx, Error, Here, access};

/// A refusal and what can be done about it.
#[derive(Debug, Clone)]
pub struct Why {
    /// The workspace it happened in.
    pub here: Here,
    /// The refusal.
    pub event: Event,
    /// Whether the person may add permissions there.
    pub may_create: bool,
    /// The permission that would let the same run through; none when no permission would.
    pub suggestion: Option<Suggestion>,
}

/// The narrowest permission that would have let a run through, and wider ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Exactly the values that were seen.
    pub exact: PermissionInput,
    /// What else it could let in: a label and the permission.
    pub wider: Vec<(String, PermissionInput)>,
}

/// The refusal that was answered under a trace id.
///
/// # Errors
/// [`Error::NotFound`] for everybody who may not see it, whether or not there is one.
pub async fn why(ctx: &Ctx, trace_id: &str) -> Result<Why, Error> {
    ctx.signed_in()?;
    if !trace_id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Error::NotFound);
    }
    let mut conn = ctx.deps().db.read().await?;
    let (workspace, event) = find_denied_by_trace(&mut conn, trace_id).await?.ok_or(Error::NotFound)?;
    let here = access::by_id(ctx, &mut conn, &workspace).await?;
    if !here.may(Action::SeeResources) || !may_see(&here, &event) {
        return Err(Error::NotFound);
    }
    let suggestion = event.details.trace.as_ref().and_then(suggest);
    let may_create = match &event.repository_id {
        Some(repository) => access::standing(ctx, &here, repository).await?.may(Action::ManagePermissions),
        None => here.may(Action::ManagePermissions),
    };
    let event = visible(&here, event);
    Ok(Why { here, event, may_create, suggestion })
}

/// What would let the request of a trace through. Pure.
fn suggest(trace: &Trace) -> Option<Suggestion> {
    // The exchange wants any permission: the one that every workflow needs first.
    let kind = trace.wanted.unwrap_or(PermissionKind::AffectedStacksCreate);
    let Seen { workflow, branch, environment, event, .. } = &trace.seen;
    let exact = |value: &Option<String>| value.as_deref().map_or_else(|| "*".to_owned(), exactly);
    let mut events = Events::default();
    match event.as_deref().and_then(|event| event.parse().ok()) {
        Some(SpecialEvent::PullRequestTarget) => events.pull_request_target = true,
        Some(SpecialEvent::WorkflowRun) => events.workflow_run = true,
        Some(SpecialEvent::IssueComment) => events.issue_comment = true,
        Some(SpecialEvent::PullRequest) | None => {}
    }
    let exact = PermissionInput {
        kind: kind.as_str().to_owned(),
        workflow: exact(workflow),
        branch: exact(branch),
        environment: exact(environment),
        events,
    };
    // A value can be longer than a pattern may be.
    if [&exact.workflow, &exact.branch, &exact.environment]
        .into_iter()
        .any(|pattern| check_pattern(pattern).is_err())
    {
        return None;
    }
    let mut wider = Vec::new();
    if let Some(branch) = branch {
        if let Some(pattern) = merge_queue_pattern(branch) {
            wider.push(("this merge queue".to_owned(), PermissionInput { branch: pattern, ..exact.clone() }));
        } else if let Some((folder, _)) = branch.split_once('/') {
            let pattern = format!("{}/.*", escaped(folder));
            wider.push((
                format!("every {folder} branch"),
                PermissionInput { branch: pattern, ..exact.clone() },
            ));
        }
        wider.push(("every branch".to_owned(), PermissionInput { branch: "*".to_owned(), ..exact.clone() }));
    }
    Some(Suggestion { exact, wider })
}

/// The pattern that matches this value and nothing else.
fn exactly(value: &str) -> String {
    if value.contains(stackyard_model::permission::SPECIAL) { escaped(value) } else { value.to_owned() }
}

/// The value within a regular expression. A backslash is written by its number, since patterns read two as one.
fn escaped(value: &str) -> String {
    regex::escape(value).replace(r"\\", r"\x5C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use stackyard_model::trace::BranchSource;

    fn trace(branch: &str, event: &str) -> Trace {
        Trace {
            wanted: Some(PermissionKind::LocksCreate),
            repository: "acme/infra".to_owned(),
            seen: Seen {
                workflow: Some("deploy+x.yaml".to_owned()),
                branch: Some(branch.to_owned()),
                branch_source: BranchSource::Branch,
                environment: None,
                event: Some(event.to_owned()),
            },
            total: 0,
            of_kind: 0,
            granted: None,
            lanes: Vec::new(),
        }
    }

    #[test]
    fn the_narrowest_permission_has_the_very_values() {
        let suggestion = suggest(&trace("hotfix/db", "push")).unwrap();
        assert_eq!(suggestion.exact.workflow, r"deploy\+x\.yaml");
        assert_eq!(
            (suggestion.exact.branch.as_str(), suggestion.exact.environment.as_str()),
            ("hotfix/db", "*")
        );
        assert!(check_pattern(&suggestion.exact.workflow).is_ok());
        let wider: Vec<_> = suggestion.wider.iter().map(|(_, input)| input.branch.as_str()).collect();
        assert_eq!(wider, ["hotfix/.*", "*"]);
    }

    #[test]
    fn a_risky_event_is_ticked_because_the_run_had_it() {
        assert!(suggest(&trace("main", "workflow_run")).unwrap().exact.events.workflow_run);
        assert!(!suggest(&trace("main", "push")).unwrap().exact.events.workflow_run);
    }
}
