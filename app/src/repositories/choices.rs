//! Repositories to choose from.

use stackyard_model::repository::Repository;
use stackyard_ui::Choice;

/// Any repository, or one of these: what lists are narrowed to.
pub(crate) fn any_or(repositories: &[Repository]) -> Vec<Choice> {
    std::iter::once(Choice::new("", "Any repository"))
        .chain(repositories.iter().map(|one| Choice::new(one.id.clone(), one.name.clone())))
        .collect()
}
