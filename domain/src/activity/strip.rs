//! How many events there were in which hour: the strip over the log, and the counts that go with it.

use std::collections::BTreeMap;
use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::event_counts;
use stackyard_db::{Conn, DbError, run};
use stackyard_model::activity::{ActivityFilter, Outcome};
use stackyard_model::id::WorkspaceId;
use stackyard_model::{Action, Ts};

use super::facets::{self, Facets};
use crate::{Ctx, Error, Here};

/// Seconds of an hour.
const HOUR: i64 = 3600;
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
    run!(conn, |c| added.execute(c).await)?;
    Ok(())
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
    let rows: Vec<(Ts, String, i64)> = {
        let query = event_counts::table
            .filter(event_counts::workspace_id.eq(here.id()).and(event_counts::hour.ge(at(hours - 1))))
            .select((event_counts::hour, event_counts::facets, event_counts::count));
        run!(&mut conn, |c| query.load(c).await).map_err(DbError::from)?
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
