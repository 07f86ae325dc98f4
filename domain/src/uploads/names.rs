//! Names of stacks and components, and how those that cannot be kept are told. Pure.

use stackyard_model::Refusal;
use stackyard_model::quote::{code, is_control};

use crate::{Error, Refused};

/// Most bytes of the name of a stack or a component: together they fit a lock's key.
pub(crate) const NAME_MAX: usize = 400;
/// Most problems that are listed; the rest is counted.
const PROBLEMS: usize = 50;

/// Whether a stack or a component may be called so.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= NAME_MAX && !name.chars().any(is_control)
}

/// An instance, as people read it.
pub(crate) fn place(stack: &str, component: &str) -> String {
    code(&format!("{stack}/{component}"))
}

/// The first problems, and how many more there are.
pub(crate) fn listed(problems: impl Iterator<Item = String>) -> Vec<String> {
    let mut listed = Vec::new();
    let mut more = 0_u32;
    for problem in problems {
        if listed.len() < PROBLEMS {
            listed.push(problem);
        } else {
            more = more.saturating_add(1);
        }
    }
    if more > 0 {
        listed.push(format!("and {more} more"));
    }
    listed
}

/// What was sent cannot be used, for these reasons.
pub(crate) fn unusable(tag: &'static str, message: &str, problems: Vec<String>) -> Error {
    Error::Refused(Refused::new(Refusal::Unusable, tag, message).listing(problems))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_something_on_one_line() {
        for good in ["vpc", "eks/cluster", "plat-ue1-dev", "größe", &"x".repeat(NAME_MAX)] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "a\nb", "a\0b", "a\u{202e}b", &"x".repeat(NAME_MAX + 1)] {
            assert!(!is_name(bad), "{bad:?}");
        }
    }

    #[test]
    fn of_many_problems_the_first_are_listed() {
        let all = listed((0..60).map(|n| n.to_string()));
        assert_eq!((all.len(), all[49].as_str(), all[50].as_str()), (51, "49", "and 10 more"));
        assert_eq!(listed((0..50).map(|n| n.to_string())).len(), 50);
    }
}
