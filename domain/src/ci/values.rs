//! What a token says about its run, as permissions compare it (rules §2). Pure.

use stackyard_model::activity::RunFacts;
use stackyard_model::quote::code;
use stackyard_model::trace::{BranchSource, Seen};
use stackyard_oidc::GitHubClaims;

/// A claim from which no value can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadClaim {
    /// `workflow_ref` is not a workflow file of the token's own repository.
    #[error("The token's `workflow_ref` {} is not a workflow file of {}.", code(.workflow_ref), code(.repository))]
    Workflow {
        /// The claim.
        workflow_ref: String,
        /// The token's repository.
        repository: String,
    },
}

/// The values that permissions look at.
///
/// # Errors
/// When `workflow_ref` names another repository's workflow, or a file that is not directly in the folder.
pub fn values(claims: &GitHubClaims) -> Result<Seen, BadClaim> {
    let workflow = workflow(claims).ok_or_else(|| BadClaim::Workflow {
        workflow_ref: claims.workflow_ref.clone(),
        repository: claims.repository.clone(),
    })?;
    let (branch, branch_source) = branch(claims);
    Ok(Seen {
        workflow: Some(workflow),
        branch: Some(branch),
        branch_source,
        environment: claims.environment.clone().filter(|environment| !environment.is_empty()),
        event: Some(claims.event_name.clone()),
    })
}

fn workflow(claims: &GitHubClaims) -> Option<String> {
    let path = claims.workflow_ref.strip_prefix(&claims.repository)?.strip_prefix("/.github/workflows/")?;
    let (file, _) = path.split_once("@refs/")?;
    (!file.is_empty() && !file.contains('/')).then(|| file.to_owned())
}

fn branch(claims: &GitHubClaims) -> (String, BranchSource) {
    if claims.event_name == "pull_request" && !claims.head_ref.is_empty() {
        return (spelled(&claims.head_ref), BranchSource::HeadRef);
    }
    match claims.git_ref.strip_prefix("refs/heads/") {
        Some(name) if claims.ref_type == "branch" => (spelled(name), BranchSource::Branch),
        _ => (claims.git_ref.clone(), BranchSource::FullRef),
    }
}

/// A branch whose name looks like a full ref is written as one, so that it never equals a tag.
fn spelled(branch: &str) -> String {
    if branch.starts_with("refs/") { format!("refs/heads/{branch}") } else { branch.to_owned() }
}

/// What is kept of the run, for people to recognise it.
pub(crate) fn run_facts(host: &str, claims: &GitHubClaims) -> RunFacts {
    let address = format!("https://{host}/{}/actions/runs/{}", claims.repository, claims.run_id);
    let is_number = !claims.run_id.is_empty() && claims.run_id.bytes().all(|byte| byte.is_ascii_digit());
    RunFacts {
        run_id: claims.run_id.clone(),
        attempt: claims.run_attempt.clone(),
        url: is_number.then_some(address),
        started_by: claims.actor.clone(),
        sha: claims.sha.clone(),
        git_ref: claims.git_ref.clone(),
        remote_id: claims.repository_id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> GitHubClaims {
        GitHubClaims {
            sub: "repo:acme/infra:ref:refs/heads/main".to_owned(),
            repository: "acme/infra".to_owned(),
            repository_id: 74,
            repository_owner: "acme".to_owned(),
            repository_owner_id: 65,
            workflow_ref: "acme/infra/.github/workflows/deploy.yaml@refs/heads/main".to_owned(),
            job_workflow_ref: None,
            git_ref: "refs/heads/main".to_owned(),
            ref_type: "branch".to_owned(),
            head_ref: String::new(),
            base_ref: String::new(),
            environment: None,
            event_name: "push".to_owned(),
            actor: "ida".to_owned(),
            actor_id: None,
            run_id: "17".to_owned(),
            run_number: None,
            run_attempt: "1".to_owned(),
            sha: "4f5eefb".to_owned(),
            workflow: None,
            repository_visibility: None,
            runner_environment: None,
        }
    }

    #[test]
    fn the_workflow_is_the_file_directly_in_the_folder_of_the_same_repository() {
        let read = |workflow_ref: &str| {
            let claims = GitHubClaims { workflow_ref: workflow_ref.to_owned(), ..claims() };
            values(&claims).ok().and_then(|seen| seen.workflow)
        };
        assert_eq!(
            read("acme/infra/.github/workflows/deploy.yaml@refs/heads/main").as_deref(),
            Some("deploy.yaml")
        );
        assert_eq!(read("acme/infra/.github/workflows/a@b.yml@refs/tags/v1").as_deref(), Some("a@b.yml"));
        assert_eq!(
            read("acme/infra/.github/workflows/x.yml@refs/heads/a@refs/heads/b").as_deref(),
            Some("x.yml"),
            "the first @refs/ ends the file"
        );
        for refused in [
            "evil/infra/.github/workflows/deploy.yaml@refs/heads/main",
            "acme/infra2/.github/workflows/deploy.yaml@refs/heads/main",
            "acme/infra/.github/workflows/sub/deploy.yaml@refs/heads/main",
            "acme/infra/.github/workflows/@refs/heads/main",
            "acme/infra/.github/workflows/deploy.yaml",
            "acme/infra/deploy.yaml@refs/heads/main",
            "",
        ] {
            assert_eq!(read(refused), None, "{refused}");
        }
    }

    #[test]
    fn the_branch_of_a_pull_request_is_its_head() {
        let pr = GitHubClaims {
            event_name: "pull_request".to_owned(),
            git_ref: "refs/pull/7/merge".to_owned(),
            head_ref: "feature/x".to_owned(),
            ..claims()
        };
        assert_eq!(branch(&pr), ("feature/x".to_owned(), BranchSource::HeadRef));
        let target = GitHubClaims {
            event_name: "pull_request_target".to_owned(),
            git_ref: "refs/heads/main".to_owned(),
            ..pr
        };
        assert_eq!(branch(&target), ("main".to_owned(), BranchSource::Branch));
    }

    #[test]
    fn a_tag_never_equals_a_branch_whatever_they_are_called() {
        let tag = |name: &str| GitHubClaims {
            ref_type: "tag".to_owned(),
            git_ref: format!("refs/tags/{name}"),
            ..claims()
        };
        let head = |name: &str| GitHubClaims { git_ref: format!("refs/heads/{name}"), ..claims() };
        assert_eq!(branch(&tag("main")).0, "refs/tags/main");
        assert_eq!(branch(&head("main")).0, "main");
        assert_ne!(branch(&head("refs/tags/v1")).0, branch(&tag("v1")).0);
        let pr = GitHubClaims {
            event_name: "pull_request".to_owned(),
            head_ref: "refs/tags/v1".to_owned(),
            ..claims()
        };
        assert_ne!(branch(&pr).0, branch(&tag("v1")).0);
        let lying =
            GitHubClaims { ref_type: "tag".to_owned(), git_ref: "refs/heads/main".to_owned(), ..claims() };
        assert_eq!(branch(&lying).0, "refs/heads/main");
    }

    #[test]
    fn an_empty_environment_is_a_missing_one() {
        let empty = GitHubClaims { environment: Some(String::new()), ..claims() };
        assert_eq!(values(&empty).unwrap().environment, None);
    }
}
