//! Repository permissions: what a workflow of a repository may do (rules §3 and §4).

mod cache;
mod decide;
mod judge;
mod never;
mod pattern;
mod queries;
mod reply;
mod service;

pub(crate) use cache::PatternCache;
pub use cache::Wanted;
pub use decide::{Compiled, Grant, decide, explain};
pub(crate) use judge::{Judgement, judge, write_judging};
pub use pattern::{Matcher, PatternError, check_pattern};
pub(crate) use queries::{PermissionRow, for_repository};
pub use reply::{Reply, reply};
#[cfg(test)]
use service::PERMISSIONS_MAX;
pub use service::{
    Matches, add, add_starter_set, get, list, matches, remove, update, update_seen, update_version,
};
