//! Repositories of a workspace, known by host and numeric id (rules §1).

mod identity;
mod queries;
mod service;

pub(crate) use identity::{Claimed, Identity, identify};
pub(crate) use queries::{
    RepositoryRow, by_name as find_by_name, by_remote_id as find_by_remote_id, count_permissions,
    find as find_repository, hold, let_go, named, pin, seen, with_owner,
};
pub use service::{add, confirm_identity, get, held, hosts, list, names, remove};
