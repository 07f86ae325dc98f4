//! Patterns that no value can ever fit, because they are written as GitHub writes elsewhere what a token says otherwise here
//! (rules §2).

use regex_syntax::ast::{Ast, parse::ParserBuilder};
use stackyard_model::quote::plain;
use stackyard_model::{Dimension, PatternKind};

use super::pattern::{PatternError, unescaped};

/// Where a repository keeps its workflows; they are seen by their files' names.
const WORKFLOWS: &str = ".github/workflows/";
/// What stands before a branch in a full ref; branches are seen by their short names, and none begins so.
const BRANCHES: &str = "refs/heads/";

/// Refuses a pattern, right by itself, that nothing in its dimension can ever fit.
///
/// # Errors
/// What it would have to be instead.
pub(super) fn check_reach(pattern: &str, dimension: Dimension) -> Result<(), PatternError> {
    let is_exact = PatternKind::of(pattern) == PatternKind::Exact;
    let said = match dimension {
        // A file's name has no slash.
        Dimension::Workflow if is_exact => {
            pattern.rsplit_once('/').map(|(_, name)| instead("A workflow is seen by its file’s name.", name))
        }
        Dimension::Workflow => rest(pattern, WORKFLOWS)
            .map(|name| instead("A workflow is seen by its file’s name, without its folder.", &name)),
        Dimension::Branch => {
            let name = if is_exact {
                pattern.strip_prefix(BRANCHES).map(str::to_owned)
            } else {
                rest(pattern, BRANCHES)
            };
            name.map(|name| instead("A branch is seen by its short name.", &name))
        }
        Dimension::Environment | Dimension::Event => None,
    };
    said.map_or(Ok(()), |message| Err(PatternError { message, column: None }))
}

fn instead(seen: &str, name: &str) -> String {
    if name.is_empty() {
        return format!("{seen} Write that alone.");
    }
    format!("{seen} Write “{}” instead.", plain(name))
}

/// What comes after `prefix` in a regular expression of which every match begins with it.
fn rest(pattern: &str, prefix: &str) -> Option<String> {
    let read = unescaped(pattern);
    let tree = ParserBuilder::new().nest_limit(32).build().parse(&read).ok()?;
    let Ast::Concat(whole) = &tree else { return None };
    let mut parts = whole.asts.iter().skip_while(|part| matches!(part, Ast::Assertion(_)));
    let mut end = 0;
    for wanted in prefix.chars() {
        let part = parts.next()?;
        let fits = match part {
            Ast::Literal(literal) => literal.c == wanted,
            Ast::Dot(_) => wanted == '.',
            _ => false,
        };
        if !fits {
            return None;
        }
        end = part.span().end.offset;
    }
    read.get(end..).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(pattern: &str, dimension: Dimension) -> Option<String> {
        check_reach(pattern, dimension).err().map(|error| error.message)
    }

    #[test]
    fn a_full_ref_is_no_branch() {
        let write = |name: &str| Some(format!("A branch is seen by its short name. Write “{name}” instead."));
        assert_eq!(refused("refs/heads/main", Dimension::Branch), write("main"));
        assert_eq!(refused("refs/heads/(main|dev)", Dimension::Branch), write("(main|dev)"));
        assert_eq!(refused(r"^refs\/heads\/release/.*", Dimension::Branch), write("release/.*"));
        assert_eq!(refused(r"\\Arefs/heads/x+", Dimension::Branch), write("x+"));
    }

    #[test]
    fn a_path_is_no_workflow() {
        for pattern in [".github/workflows/x.yaml", "acme/infra/.github/workflows/x.yaml", "./x.yaml"] {
            assert!(
                refused(pattern, Dimension::Workflow).unwrap().ends_with("Write “x.yaml” instead."),
                "{pattern}"
            );
        }
        for pattern in [r".github/workflows/x.*", r"\.github/workflows/x.*"] {
            assert!(
                refused(pattern, Dimension::Workflow).unwrap().ends_with("Write “x.*” instead."),
                "{pattern}"
            );
        }
        assert!(refused(".github/workflows/", Dimension::Workflow).unwrap().ends_with("Write that alone."));
    }

    #[test]
    fn what_may_match_is_kept() {
        for pattern in [
            "*",
            "main",
            "refs/tags/v1",
            "refs/tags/.*",
            "feature/refs/heads/main",
            "refs/heads/main|main",
            "refs/heads/*main",
            "(refs/heads/)?main",
            "refs.heads.main|x",
        ] {
            assert_eq!(refused(pattern, Dimension::Branch), None, "{pattern}");
        }
        for pattern in ["*", "x.yaml", ".*", ".*/x.yaml|x.yaml", "(.github/workflows/)?x.yaml"] {
            assert_eq!(refused(pattern, Dimension::Workflow), None, "{pattern}");
        }
        assert_eq!(refused("refs/heads/main", Dimension::Environment), None);
    }
}
