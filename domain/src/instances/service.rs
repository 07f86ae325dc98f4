//! Looking at instances.

use std::collections::HashMap;

use stackyard_db::Conn;
use stackyard_model::Action;
use stackyard_model::id::{InstanceId, RepositoryId};
use stackyard_model::instance::{Instance, InstanceDetails, InstanceStatus};

use super::queries::{self, InstanceRow, Wanted};
use crate::{Ctx, Error, Here, deployments, locks, search};

/// Most instances of a page.
const LIMIT_MAX: u32 = 500;
/// Deployments that are shown with their instance.
const DEPLOYMENTS: i64 = 50;

/// Which instances are wanted.
#[derive(Debug, Clone, Default)]
pub struct InstanceFilter {
    /// Words in stack, component or repository.
    pub q: String,
    /// Of this repository alone.
    pub repository: Option<RepositoryId>,
    /// With this status alone.
    pub status: Option<InstanceStatus>,
}

/// How many instances have which status, whatever status is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InstanceCounts {
    /// In sync.
    pub in_sync: i64,
    /// Drifted.
    pub drifted: i64,
    /// Failed.
    pub error: i64,
    /// Never reported.
    pub unknown: i64,
}

impl InstanceCounts {
    /// All of them.
    #[must_use]
    pub const fn all(&self) -> i64 {
        self.in_sync + self.drifted + self.error + self.unknown
    }
}

/// A page of instances.
#[derive(Debug, Clone)]
pub struct InstancePage {
    /// By stack and component.
    pub items: Vec<Instance>,
    /// Who holds the locks that are held on them.
    pub holders: HashMap<InstanceId, String>,
    /// How many there are.
    pub counts: InstanceCounts,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// The workspace's instances that fit `filter`, at most `limit` that come after the cursor `after`. A cursor that is
/// none, or an empty one, begins at the first.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see them.
pub async fn page(
    ctx: &Ctx,
    here: &Here,
    filter: &InstanceFilter,
    after: &str,
    limit: u32,
) -> Result<InstancePage, Error> {
    here.require(Action::SeeResources)?;
    let limit = usize::try_from(limit.clamp(1, LIMIT_MAX)).unwrap_or(1);
    let mut conn = ctx.deps().db.read().await?;
    let patterns = search::patterns(&filter.q);
    let wanted = Wanted {
        workspace: here.id(),
        patterns: &patterns,
        repository: filter.repository.as_ref(),
        within: here.within(),
        status: filter.status,
    };
    let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let now = ctx.store_now(&mut conn).await?;
    let mut rows = queries::page(&mut conn, &wanted, read_cursor(after).as_ref(), now, one_more).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| more).map(|(last, _)| cursor(last));
    let counts = counted(&mut conn, &wanted).await?;
    let mut holders = HashMap::new();
    let items = rows
        .into_iter()
        .map(|(row, holder)| {
            holders.extend(holder.map(|holder| (row.id.clone(), holder)));
            Instance::from(row)
        })
        .collect();
    Ok(InstancePage { items, holders, counts, next_cursor })
}

/// One instance, with its settings, its latest 50 deployments, and the lock that is held on it.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of this workspace's.
pub async fn get(ctx: &Ctx, here: &Here, id: &InstanceId) -> Result<InstanceDetails, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    let row = queries::find(&mut conn, here.id(), id).await?.ok_or(Error::NotFound)?;
    here.reach(&row.repository_id)?;
    let settings = queries::settings(&mut conn, id).await?;
    let deployments = deployments::of_instance(&mut conn, id, DEPLOYMENTS).await?;
    let lock = locks::held_on(ctx, &mut conn, &row.repository_id, &row.path()).await?;
    Ok(InstanceDetails { instance: row.into(), settings, deployments, lock })
}

/// How many instances of a workspace whoever asks may see, by status.
pub(crate) async fn counts_of(conn: &mut Conn, here: &Here) -> Result<InstanceCounts, Error> {
    let within = here.within();
    let wanted = Wanted { workspace: here.id(), patterns: &[], repository: None, within, status: None };
    counted(conn, &wanted).await
}

async fn counted(conn: &mut Conn, wanted: &Wanted<'_>) -> Result<InstanceCounts, Error> {
    let mut counts = InstanceCounts::default();
    for (status, count) in queries::counts(conn, wanted).await? {
        match status {
            InstanceStatus::InSync => counts.in_sync = count,
            InstanceStatus::Drifted => counts.drifted = count,
            InstanceStatus::Error => counts.error = count,
            InstanceStatus::Unknown => counts.unknown = count,
        }
    }
    Ok(counts)
}

/// The place of an instance among the others, as text that stands in an address.
fn cursor(last: &InstanceRow) -> String {
    serde_json::json!([last.stack, last.component, last.id.as_str()]).to_string()
}

fn read_cursor(text: &str) -> Option<(String, String, InstanceId)> {
    let (stack, component, id): (String, String, String) = serde_json::from_str(text).ok()?;
    let clean = !stack.contains('\0') && !component.contains('\0');
    Some((stack, component, id.parse().ok()?)).filter(|_| clean)
}
