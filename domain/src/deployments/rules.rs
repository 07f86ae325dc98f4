//! What is decided of deployments. Pure (rules §9).

use std::time::Duration;

use stackyard_model::Refusal;
use stackyard_model::deployment::DeploymentStatus;
use stackyard_model::quote::{code, is_control};

use super::create::NewDeployment;
use crate::uploads::{NAME_MAX, is_name, unusable};
use crate::{Conflict, Error, Refused};

/// Longest name of an environment, in characters.
const ENVIRONMENT_MAX: usize = 255;
/// Longest name of a commit, in bytes.
const COMMIT_MAX: usize = 100;
/// Longest title, in characters.
const TITLE_MAX: usize = 200;
/// Longest message, in characters.
const MESSAGE_MAX: usize = 2000;
/// Longest idempotency key, in bytes.
const KEY_MAX: usize = 255;
/// Most bytes of one piece of a log.
pub(super) const PIECE_MAX: usize = 64 * 1024;
/// Most bytes of a log.
pub(super) const LOG_MAX: i64 = 16 * 1024 * 1024;
/// For how long a log may grow after the deployment's end.
pub(super) const LOG_AFTER_END: Duration = Duration::from_secs(3600);

/// Checks what a new deployment says of itself.
///
/// # Errors
/// [`Error::Refused`] naming all that is wrong.
pub(super) fn check(new: &NewDeployment) -> Result<(), Error> {
    let line = |text: &Option<String>, most: usize| {
        text.as_ref().is_none_or(|text| text.chars().count() <= most && !text.chars().any(is_control))
    };
    let mut wrong = Vec::new();
    if !is_name(&new.stack) || !is_name(&new.component) {
        wrong.push(format!("`stack` and `component` have 1 to {NAME_MAX} bytes and no control characters"));
    }
    if !line(&new.environment, ENVIRONMENT_MAX) {
        wrong.push(format!("`environment` has at most {ENVIRONMENT_MAX} characters, on one line"));
    }
    if new.commit.as_ref().is_some_and(|commit| commit.len() > COMMIT_MAX || commit.chars().any(is_control)) {
        wrong.push(format!("`commit` has at most {COMMIT_MAX} bytes, on one line"));
    }
    if !line(&new.title, TITLE_MAX) {
        wrong.push(format!("`title` has at most {TITLE_MAX} characters, on one line"));
    }
    let is_message = |text: &String| {
        text.chars().count() <= MESSAGE_MAX && !text.chars().any(|c| c != '\n' && is_control(c))
    };
    if !new.message.as_ref().is_none_or(is_message) {
        wrong.push(format!("`message` has at most {MESSAGE_MAX} characters and no control characters"));
    }
    if new.idempotency_key.as_ref().is_some_and(|key| key.is_empty() || key.len() > KEY_MAX) {
        wrong.push(format!("an idempotency key has 1 to {KEY_MAX} bytes"));
    }
    if new.status.is_final() {
        wrong.push("a deployment begins as `queued` or `in_progress`".to_owned());
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(unusable("BadDeployment", "The deployment cannot be recorded.", wrong))
}

/// What becomes of a deployment that is said to be somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It is there already.
    Stay,
    /// It goes there.
    Go,
    /// It is past that.
    Past,
}

/// From one status to another: a deployment waits, runs, and ends for good.
pub(super) fn step(from: DeploymentStatus, to: DeploymentStatus) -> Step {
    if from == to {
        Step::Stay
    } else if from.is_final() || to == DeploymentStatus::Queued {
        Step::Past
    } else {
        Step::Go
    }
}

/// A step that cannot be taken.
pub(super) fn past(from: DeploymentStatus, to: DeploymentStatus) -> Error {
    let (tag, message) = if from.is_final() {
        ("DeploymentFinished", format!("The deployment ended as {}, and that is final.", code(from.as_str())))
    } else {
        let (from, to) = (code(from.as_str()), code(to.as_str()));
        ("DeploymentStarted", format!("The deployment is {from} already and cannot be {to} again."))
    };
    let context = serde_json::json!({"status": from});
    Error::Conflict(Conflict { tag, message, context })
}

/// A piece of a log does not follow what is there.
pub(super) fn misplaced(size: i64) -> Error {
    let message = format!(
        "The log has {size} bytes here, and the piece does not follow them or is not what came there before. Send what \
         comes after with the offset `{size}`."
    );
    Error::Conflict(Conflict { tag: "LogOffset", message, context: expected(size) })
}

/// A log has no room for a piece.
pub(super) fn full(size: i64) -> Error {
    let message = format!(
        "The log of a deployment has at most {} MiB, and this one has {size} bytes. Nothing more of it is kept.",
        LOG_MAX / 1024 / 1024
    );
    Error::Conflict(Conflict { tag: "LogFull", message, context: expected(size) })
}

/// A log does not grow any more.
pub(super) fn closed(size: i64) -> Error {
    let message = "The deployment ended more than an hour ago. Its log is not added to any more.".to_owned();
    Error::Conflict(Conflict { tag: "LogClosed", message, context: expected(size) })
}

fn expected(size: i64) -> serde_json::Value {
    serde_json::json!({"expectedOffset": size})
}

/// A piece of a log is too long.
pub(super) fn piece_too_large() -> Error {
    let message = format!("A piece of a log has at most {} KiB. Send several.", PIECE_MAX / 1024);
    Error::Refused(Refused::new(Refusal::Unusable, "LogPieceTooLarge", message))
}

/// There is no such deployment, as far as the run may know.
#[must_use]
pub fn not_there() -> Error {
    let message = "There is no such deployment of this repository.";
    Error::Refused(Refused::new(Refusal::NotFound, "DeploymentNotFound", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_waits_runs_and_ends_for_good() {
        use DeploymentStatus::{Cancelled, Failure, InProgress, Queued, Success};
        for to in [InProgress, Success, Failure, Cancelled] {
            assert_eq!(step(Queued, to), Step::Go);
        }
        for to in [Success, Failure, Cancelled] {
            assert_eq!(step(InProgress, to), Step::Go);
        }
        assert_eq!(step(InProgress, Queued), Step::Past);
        for end in [Success, Failure, Cancelled] {
            for to in DeploymentStatus::ALL {
                let expected = if *to == end { Step::Stay } else { Step::Past };
                assert_eq!(step(end, *to), expected, "{end} to {to}");
            }
        }
        assert_eq!(past(Success, Failure).tag(), "DeploymentFinished");
        assert_eq!(past(InProgress, Queued).tag(), "DeploymentStarted");
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        let good = NewDeployment {
            stack: "dev".to_owned(),
            component: "eks/cluster".to_owned(),
            message: Some("one\ntwo".to_owned()),
            ..NewDeployment::default()
        };
        assert!(check(&good).is_ok());
        let bad = NewDeployment {
            stack: String::new(),
            environment: Some("a\nb".to_owned()),
            commit: Some("x".repeat(101)),
            title: Some("x".repeat(201)),
            message: Some("\0".to_owned()),
            idempotency_key: Some(String::new()),
            status: DeploymentStatus::Success,
            ..good
        };
        let Err(Error::Refused(refused)) = check(&bad) else { panic!("it was taken") };
        assert_eq!((refused.tag, refused.problems.len()), ("BadDeployment", 7));
    }

    #[test]
    fn a_misplaced_piece_is_told_where_the_log_ends() {
        let Error::Conflict(conflict) = misplaced(4096) else { panic!("another error") };
        assert!(conflict.message.contains("`4096`"));
        assert_eq!(conflict.context["expectedOffset"], 4096);
    }
}
