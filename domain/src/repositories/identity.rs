//! Is this the repository that was configured? Pure (rules §1).

use stackyard_model::text::fold;

use super::queries::RepositoryRow;

/// What a verified token says of its repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claimed {
    pub(crate) host: String,
    pub(crate) id: i64,
    pub(crate) owner_id: i64,
    pub(crate) name: String,
}

/// What became of the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Identity {
    /// It is this one.
    Known,
    /// It is this one, and its ids are seen for the first time.
    Pin,
    /// It is this one under another name or owner: an admin has to confirm.
    Changed,
    /// It is another one that has this one's name.
    Impostor,
}

/// Compares a configured repository, found by id or else by name, with what a token says.
pub(crate) fn identify(row: &RepositoryRow, claimed: &Claimed) -> Identity {
    match row.remote_id {
        None => Identity::Pin,
        Some(id) if id != claimed.id => Identity::Impostor,
        Some(_) => {
            let same_name = row.name_folded == fold(&claimed.name);
            let same_owner = row.remote_owner_id == Some(claimed.owner_id);
            if same_name && same_owner { Identity::Known } else { Identity::Changed }
        }
    }
}
