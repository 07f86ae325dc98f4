//! Repositories to choose from, and what they are called.

use stackyard_model::id::RepositoryId;
use stackyard_model::repository::RepositoryName;
use stackyard_ui::Choice;

/// Any repository, or one of these: what lists are narrowed to.
pub(crate) fn any_or(repositories: &[RepositoryName]) -> Vec<Choice> {
    std::iter::once(Choice::new("", "Any repository"))
        .chain(repositories.iter().map(|one| Choice::new(one.id.clone(), one.name.clone())))
        .collect()
}

/// What a repository is called; nothing when it is not here any more.
pub(crate) fn name_of(repositories: &[RepositoryName], id: &RepositoryId) -> String {
    let found = repositories.iter().find(|repository| repository.id == *id);
    found.map(|repository| repository.name.clone()).unwrap_or_default()
}
