//! Lists of the log: the newest that fit, those of a window, those in the order of their numbers.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::log::{self, Newest};
use stackyard_db::schema::events;
use stackyard_db::{Conn, DbError, run};
use stackyard_model::Ts;
use stackyard_model::activity::{ActivityFilter, Event};
use stackyard_model::id::{EventId, RANDOM_LENGTH, RepositoryId, WorkspaceId};

use super::facets::Facets;
use super::queries::{Row, with_traces};
use super::visible::Unsearched;
use crate::Here;

/// Which events of a workspace are wanted, between which ids: neither is wanted itself.
pub(super) struct Wanted<'a> {
    pub(super) workspace: &'a WorkspaceId,
    pub(super) facets: Facets,
    pub(super) repository: Option<RepositoryId>,
    /// Of these repositories alone, or of none.
    pub(super) within: Option<&'a [RepositoryId]>,
    /// What a search leaves out.
    pub(super) unsearched: Option<Unsearched>,
    pub(super) after: Option<EventId>,
    pub(super) before: Option<EventId>,
}

impl<'a> Wanted<'a> {
    /// What a filter chooses, but for its words.
    pub(super) fn of(here: &'a Here, filter: &ActivityFilter) -> Self {
        // Ids begin with their time.
        let at = |at: Ts| EventId::mint(at, [0; RANDOM_LENGTH]);
        Self {
            workspace: here.id(),
            within: here.within(),
            unsearched: None,
            facets: Facets::of(filter),
            repository: filter.repository.parse().ok(),
            after: filter.from.map(at),
            before: filter.before.parse().ok().into_iter().chain(filter.until.map(at)).min(),
        }
    }
}

/// Keeps a query of events between two ids.
macro_rules! between {
    ($query:ident, $wanted:ident) => {
        if let Some(after) = &$wanted.after {
            $query = $query.filter(events::id.gt(after));
        }
        if let Some(before) = &$wanted.before {
            $query = $query.filter(events::id.lt(before));
        }
    };
}

/// Keeps a query of events to those of some repositories, and those that are of none.
macro_rules! within {
    ($query:ident, $within:expr) => {
        if let Some(within) = $within {
            let of_none = events::repository_id.is_null().and(events::repository.is_null());
            $query = $query.filter(events::repository_id.eq_any(within).or(of_none.nullable()));
        }
    };
}
pub(super) use within;

/// Keeps a query of events to what is wanted and has every pattern.
macro_rules! narrow {
    ($query:ident, $wanted:ident, $patterns:ident) => {
        between!($query, $wanted);
        within!($query, $wanted.within);
        let Facets { category, actor, outcome } = $wanted.facets;
        if let Some(category) = category {
            $query = $query.filter(events::category.eq(category));
        }
        if let Some(actor) = actor {
            $query = $query.filter(events::actor_type.eq(actor));
        }
        if let Some(outcome) = outcome {
            $query = $query.filter(events::outcome.eq(outcome));
        }
        if let Some(repository) = &$wanted.repository {
            $query = $query.filter(events::repository_id.eq(repository));
        }
        if let Some(unsearched) = &$wanted.unsearched {
            $query = $query
                .filter(events::category.ne_all(unsearched.categories))
                .filter(events::action.ne_all(&unsearched.actions));
        }
        for pattern in $patterns {
            $query = $query.filter(events::haystack.like(pattern).escape('\\'));
        }
    };
}

/// The newest of the events that are wanted.
pub(super) async fn page(conn: &mut Conn, wanted: &Wanted<'_>, limit: u32) -> Result<Vec<Event>, DbError> {
    if wanted.facets.all() && wanted.repository.is_none() && wanted.within.is_none() {
        let rows: Vec<Row> = run!(conn, |c| {
            let mut query = events::table
                .filter(events::workspace_id.eq(wanted.workspace))
                .select(Row::as_select())
                .into_boxed();
            between!(query, wanted);
            query.order(events::id.desc()).limit(i64::from(limit)).load(c).await
        })?;
        return with_traces(conn, wanted.workspace, rows).await;
    }
    if wanted.within.is_some() {
        // Each of the indexes leads to what may be shown and what may not.
        return search(conn, wanted, &[], limit).await;
    }
    let mut ids = newest_of_each(conn, wanted, limit).await?;
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    by_ids(conn, wanted.workspace, &ids).await
}

/// The newest ids of each word of facets: each is one short walk along an index, however rare the choice is.
async fn newest_of_each(conn: &mut Conn, wanted: &Wanted<'_>, limit: u32) -> Result<Vec<EventId>, DbError> {
    let words = wanted.facets.words();
    let limit = i64::from(limit);
    let c = match conn {
        Conn::Sqlite(c) => c,
        Conn::Pg(c) => {
            let newest = Newest {
                workspace: wanted.workspace.as_str(),
                repository: wanted.repository.as_ref().map(RepositoryId::as_str),
                facets: words,
                between: (
                    wanted.after.as_ref().map(EventId::as_str),
                    wanted.before.as_ref().map(EventId::as_str),
                ),
                limit,
            };
            let found = log::newest(c, newest).await?;
            return Ok(found.iter().filter_map(|id| id.parse().ok()).collect());
        }
    };
    let mut ids = Vec::new();
    for word in words {
        let mut query = events::table
            .filter(events::workspace_id.eq(wanted.workspace))
            .filter(events::facets.eq(word))
            .select(events::id)
            .into_boxed();
        if let Some(repository) = &wanted.repository {
            query = query.filter(events::repository_id.eq(repository));
        }
        between!(query, wanted);
        ids.extend(query.order(events::id.desc()).limit(limit).load::<EventId>(&mut **c).await?);
    }
    Ok(ids)
}

/// Events by their ids, newest first.
pub(super) async fn by_ids(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    ids: &[EventId],
) -> Result<Vec<Event>, DbError> {
    let query = events::table
        .filter(events::workspace_id.eq(workspace).and(events::id.eq_any(ids)))
        .order(events::id.desc());
    let rows: Vec<Row> = run!(conn, |c| query.select(Row::as_select()).load(c).await)?;
    with_traces(conn, workspace, rows).await
}

/// Those of these events that are the workspace's, by their sequence numbers, newest first.
pub(super) async fn by_seqs(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    seqs: &[i64],
) -> Result<Vec<Event>, DbError> {
    // By their numbers alone: asked for the workspace too, SQLite reads the whole of it.
    let query = events::table.filter(events::seq.eq_any(seqs)).order(events::seq.desc());
    let rows: Vec<(Option<WorkspaceId>, Row)> =
        run!(conn, |c| query.select((events::workspace_id, Row::as_select())).load(c).await)?;
    let rows =
        rows.into_iter().filter(|(of, _)| of.as_ref() == Some(workspace)).map(|(_, row)| row).collect();
    with_traces(conn, workspace, rows).await
}

/// The number of an event, if it has one already. None when there is no such event.
pub(super) async fn seq_of(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &EventId,
) -> Result<Option<Option<i64>>, DbError> {
    let query =
        events::table.filter(events::workspace_id.eq(workspace).and(events::id.eq(id))).select(events::seq);
    Ok(run!(conn, |c| query.get_result(c).await.optional())?)
}

/// Where a window of events ends that is searched at once.
pub(super) struct End {
    /// The oldest event of the window.
    pub(super) last: EventId,
    /// When that was.
    pub(super) at: Ts,
    /// The newest of the next window.
    pub(super) next: EventId,
}

/// The end of a window of `size` events. None when it reaches the last event.
pub(super) async fn window(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    before: Option<&EventId>,
    size: i64,
) -> Result<Option<End>, DbError> {
    let found: Vec<(EventId, Ts)> = run!(conn, |c| {
        let mut query = events::table
            .filter(events::workspace_id.eq(workspace))
            .select((events::id, events::at))
            .into_boxed();
        if let Some(before) = before {
            query = query.filter(events::id.lt(before));
        }
        query.order(events::id.desc()).offset(size - 1).limit(2).load(c).await
    })?;
    let mut found = found.into_iter();
    Ok(found.next().zip(found.next()).map(|((last, at), (next, _))| End { last, at, next }))
}

/// The newest events of a window in which every pattern occurs.
pub(super) async fn search(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    patterns: &[String],
    limit: u32,
) -> Result<Vec<Event>, DbError> {
    let rows: Vec<Row> = run!(conn, |c| {
        let mut query = events::table
            .filter(events::workspace_id.eq(wanted.workspace))
            .select(Row::as_select())
            .into_boxed();
        narrow!(query, wanted, patterns);
        query.order(events::id.desc()).limit(i64::from(limit)).load(c).await
    })?;
    with_traces(conn, wanted.workspace, rows).await
}

/// The events that are wanted and have every pattern, of those sealed after `from` up to `upto`, in that order.
pub(super) async fn sealed_between(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    patterns: &[String],
    (from, upto): (i64, i64),
) -> Result<Vec<Event>, DbError> {
    let rows: Vec<Row> = run!(conn, |c| {
        let mut query = events::table
            .filter(events::seq.gt(from).and(events::seq.le(upto)))
            .filter(events::workspace_id.eq(wanted.workspace))
            .select(Row::as_select())
            .into_boxed();
        narrow!(query, wanted, patterns);
        query.order(events::seq).load(c).await
    })?;
    with_traces(conn, wanted.workspace, rows).await
}
