//! What each error tag means and what to do about it: the pages under `/help`.

mod topics;

use topics::TOPICS;

/// An error tag, explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    /// The tag.
    pub tag: &'static str,
    /// It as a title.
    pub title: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What to do, the likeliest first.
    pub what_to_do: &'static [&'static str],
}

/// The topic of a tag.
#[must_use]
pub fn topic(tag: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.tag == tag)
}

/// All topics.
#[must_use]
pub fn all() -> &'static [Topic] {
    TOPICS
}

/// How a request of a workflow is decided, step by step: the step's name and what it does. The names are those of the
/// product whose CLI this serves (rules §4).
pub const DECISION: &[(&str, &str)] = &[
    ("Extract Context", "Repository, workflow, branch, environment and event are read from the run's token."),
    (
        "Find the Repository",
        "Its host and numeric id have to be configured in the workspace that the request names.",
    ),
    ("Get Its Permissions", "All of them, as they are at this moment."),
    ("Filter by Type", "Those of the kind that the request needs. To get a session, any kind will do."),
    (
        "Match Patterns",
        "Workflow, branch and environment have to match one permission, and its events have to allow the run's.",
    ),
    (
        "Grant or Deny",
        "The first that matches lets the request in. Otherwise the answer is 403, with what each of them wanted.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_tag_is_explained_once() {
        let mut seen = HashSet::new();
        for topic in all() {
            assert!(seen.insert(topic.tag), "{}", topic.tag);
            assert!(!topic.what_to_do.is_empty(), "{}", topic.tag);
        }
    }
}
