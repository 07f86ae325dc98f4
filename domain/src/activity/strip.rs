//! How many events there were in which hour: the strip over the log, and the counts that go with it.

use std::collections::BTreeMap;
use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{event_counts, events};
use stackyard_db::{Conn, DbError, Kept, run};
use stackyard_model::activity::{ActivityFilter, Outcome};
use stackyard_model::id::{EventId, RANDOM_LENGTH, RepositoryId, WorkspaceId};
use stackyard_model::{Action, Ts};

use super::facets::{self, Facets};
use super::lists::within;
use crate::{Ctx, Error, Here};

/// Seconds of an hour.
const HOUR: i64 = 3600;
/// Most events that are counted one by one.
const COUNTED_ONE_BY_ONE: i64 = 50_000;
/// Most hours that are asked for: a month.
const HOURS_MAX: u32 = 31 * 24;

/// The events of one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    /// When it began.
    pub from: Ts,
    /// Its events.
    pub count: i64,
    /// Those of them that were denied.
    pub denied: i64,
}

/// When the hour of a moment began.
pub(super) fn hour(at: Ts) -> Ts {
    Ts::from_seconds(at.as_seconds().div_euclid(HOUR) * HOUR)
}

/// Counts events of an hour.
pub(super) async fn add(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    (hour, facets): (Ts, &str),
    count: i64,
) -> Result<(), DbError> {
    let row = (
        event_counts::workspace_id.eq(workspace),
        event_counts::hour.eq(hour),
        event_counts::facets.eq(facets),
        event_counts::count.eq(count),
    );
    let added = diesel::insert_into(event_counts::table)
        .values(row)
        .on_conflict((event_counts::workspace_id, event_counts::hour, event_counts::facets))
        .do_update()
        .set(event_counts::count.eq(event_counts::count + count));
    run!(conn, |c| Kept(added).execute(c).await)?;
    Ok(())
}

/// What was counted since an hour began.
async fn counted(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    from: Ts,
) -> Result<Vec<(Ts, String, i64)>, DbError> {
    let query = event_counts::table
        .filter(event_counts::workspace_id.eq(workspace).and(event_counts::hour.ge(from)))
        .select((event_counts::hour, event_counts::facets, event_counts::count));
    Ok(run!(conn, |c| query.load(c).await)?)
}

/// The same for who sees some repositories alone, for whom nothing is counted beforehand: of the newest events.
async fn counted_within(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    within: &[RepositoryId],
    from: Ts,
) -> Result<Vec<(Ts, String, i64)>, DbError> {
    // Ids begin with their time.
    let from = EventId::mint(from, [0; RANDOM_LENGTH]);
    let found: Vec<(Ts, String)> = run!(conn, |c| {
        let mut query = events::table
            .filter(events::workspace_id.eq(workspace).and(events::id.ge(&from)))
            .filter(events::seq.is_not_null())
            .select((events::at, events::facets))
            .into_boxed();
        within!(query, Some(within));
        query.order(events::id.desc()).limit(COUNTED_ONE_BY_ONE).load(c).await
    })?;
    Ok(found.into_iter().map(|(at, facets)| (hour(at), facets, 1)).collect())
}

/// The last `hours` hours up to now, the oldest first, of events that fit the filter's category, actor and outcome.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see the log.
pub async fn strip(ctx: &Ctx, here: &Here, filter: &ActivityFilter, hours: u32) -> Result<Vec<Hour>, Error> {
    here.require(Action::SeeResources)?;
    let hours = hours.clamp(1, HOURS_MAX);
    let last = hour(ctx.now());
    let at = |back: u32| last - Duration::from_secs(3600 * u64::from(back));
    let mut conn = ctx.deps().db.read().await?;
    let rows = match here.within() {
        None => counted(&mut conn, here.id(), at(hours - 1)).await?,
        Some(within) => counted_within(&mut conn, here.id(), within, at(hours - 1)).await?,
    };
    let wanted = Facets::of(filter).words();
    let mut all: BTreeMap<Ts, Hour> =
        (0..hours).map(|back| (at(back), Hour { from: at(back), count: 0, denied: 0 })).collect();
    for (from, word, count) in rows {
        let Some(hour) = all.get_mut(&from).filter(|_| wanted.contains(&word)) else { continue };
        hour.count += count;
        if facets::outcome(&word) == Some(Outcome::Denied) {
            hour.denied += count;
        }
    }
    Ok(all.into_values().collect())
}
