//! What the command palette is told: where somebody can go, in groups.

use serde::{Deserialize, Serialize};

use crate::quote::is_control;

/// The answer to what was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Palette {
    /// The groups in order; none is empty.
    pub groups: Vec<Group>,
}

/// Places of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// What they are: "Pages".
    pub label: String,
    /// The places, the best first.
    pub items: Vec<Place>,
}

/// Somewhere to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// What it is called: "Locks".
    pub label: String,
    /// Where it is: "Acme Platform". May be empty.
    pub hint: String,
    /// Its address: a path of this site, or it is not shown.
    pub href: String,
}

/// Whether an address is a path of this site. Browsers read backslashes as slashes and drop control characters, so
/// neither may be in it.
#[must_use]
pub fn is_path(href: &str) -> bool {
    href.starts_with('/') && !href.starts_with("//") && !href.chars().any(|c| c == '\\' || is_control(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_places() {
        for path in ["/", "/dashboard/workspaces/acme?x=//y#z"] {
            assert!(is_path(path), "{path}");
        }
        for other in [
            "",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https://evil.example",
            "javascript:1",
            "x",
        ] {
            assert!(!is_path(other), "{other}");
        }
    }

    #[test]
    fn an_answer_is_written_as_the_island_reads_it() {
        let place = Place { label: "Locks".into(), hint: "acme".into(), href: "/x".into() };
        let answer = Palette { groups: vec![Group { label: "Pages".into(), items: vec![place] }] };
        assert_eq!(
            serde_json::to_string(&answer).unwrap(),
            r#"{"groups":[{"label":"Pages","items":[{"label":"Locks","hint":"acme","href":"/x"}]}]}"#
        );
    }
}
