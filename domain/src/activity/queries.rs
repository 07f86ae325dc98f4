//! Events in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{denials, events};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::activity::{ActivityFilter, ActorType, Category, Details, Event, Outcome};
use stackyard_model::id::{EventId, PermissionId, RANDOM_LENGTH, RepositoryId, WorkspaceId};
use stackyard_model::text::fold;
use stackyard_model::workspace::COUNTED_MAX;
use stackyard_model::{PermissionKind, Ts};

use super::entry::Entry;
use super::facets::{self, Facets};
use super::traces;
use crate::{Error, json};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = events, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(super) struct Row {
    id: EventId,
    workspace_id: Option<WorkspaceId>,
    at: Ts,
    actor_type: ActorType,
    actor_id: String,
    actor_name: String,
    category: Category,
    action: String,
    outcome: Outcome,
    target_type: String,
    target_id: String,
    target_name: String,
    repository_id: Option<RepositoryId>,
    repository: Option<String>,
    kind: Option<PermissionKind>,
    workflow: Option<String>,
    branch: Option<String>,
    environment: Option<String>,
    event: Option<String>,
    address: Option<String>,
    user_agent: Option<String>,
    trace_id: String,
    permission_id: Option<PermissionId>,
    permission_version: Option<i32>,
    trace_digest: Option<String>,
    details: String,
    haystack: String,
    facets: String,
}

/// Most bytes of an event's details.
const DETAILS_MAX: usize = 64 * 1024;

impl Row {
    pub(super) fn new(entry: &Entry, trace_digest: Option<String>) -> Result<Self, Error> {
        let mut event = entry.event.clone();
        event.details.trace = None;
        let mut details = json::text(&event.details)?;
        if details.len() > DETAILS_MAX {
            details = json::text(&Details { note: event.details.note.clone(), ..Details::default() })?;
        }
        let haystack = haystack(&event);
        let facets = facets::word(event.category, event.actor_type, event.outcome);
        Ok(Self {
            id: event.id,
            workspace_id: entry.workspace.clone(),
            at: event.at,
            actor_type: event.actor_type,
            actor_id: event.actor_id,
            actor_name: event.actor_name,
            category: event.category,
            action: event.action,
            outcome: event.outcome,
            target_type: event.target_type,
            target_id: event.target_id,
            target_name: event.target_name,
            repository_id: event.repository_id,
            repository: event.repository,
            kind: event.kind,
            workflow: event.workflow,
            branch: event.branch,
            environment: event.environment,
            event: event.event,
            address: event.address,
            user_agent: event.user_agent,
            trace_id: event.trace_id,
            permission_id: event.permission_id,
            permission_version: event.permission_version,
            trace_digest,
            details,
            haystack,
            facets,
        })
    }

    fn into_event(self) -> Event {
        Event {
            id: self.id,
            at: self.at,
            actor_type: self.actor_type,
            actor_id: self.actor_id,
            actor_name: self.actor_name,
            category: self.category,
            action: self.action,
            outcome: self.outcome,
            target_type: self.target_type,
            target_id: self.target_id,
            target_name: self.target_name,
            repository_id: self.repository_id,
            repository: self.repository,
            kind: self.kind,
            workflow: self.workflow,
            branch: self.branch,
            environment: self.environment,
            event: self.event,
            address: self.address,
            user_agent: self.user_agent,
            trace_id: self.trace_id,
            permission_id: self.permission_id,
            permission_version: self.permission_version,
            // Written by another version: what is not understood is left out rather than the whole page.
            details: serde_json::from_str(&self.details).unwrap_or_default(),
        }
    }
}

/// What the search looks through: one folded line.
fn haystack(event: &Event) -> String {
    let parts = [
        Some(event.actor_name.as_str()),
        Some(event.category.as_str()),
        Some(event.action.as_str()),
        Some(event.target_name.as_str()),
        event.repository.as_deref(),
        event.kind.as_ref().map(PermissionKind::label),
        event.workflow.as_deref(),
        event.branch.as_deref(),
        event.environment.as_deref(),
        event.event.as_deref(),
        event.details.note.as_deref(),
        event.details.run.as_ref().map(|run| run.run_id.as_str()),
        Some(event.trace_id.as_str()),
        Some(event.target_id.as_str()),
    ];
    fold(&parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

pub(super) async fn insert(conn: &mut Conn, entry: &Entry) -> Result<(), Error> {
    let digest = match (&entry.workspace, &entry.event.details.trace) {
        (Some(workspace), Some(trace)) => traces::keep(conn, workspace, trace).await?,
        _ => None,
    };
    let row = Row::new(entry, digest)?;
    run!(conn, |c| diesel::insert_into(events::table).values(&row).execute(c).await)?;
    Ok(())
}

/// Which events of a workspace are wanted, between which ids: neither is wanted itself.
pub(super) struct Wanted<'a> {
    pub(super) workspace: &'a WorkspaceId,
    pub(super) facets: Facets,
    pub(super) repository: Option<RepositoryId>,
    pub(super) after: Option<EventId>,
    pub(super) before: Option<EventId>,
}

impl<'a> Wanted<'a> {
    /// What a filter chooses, but for its words.
    pub(super) fn of(workspace: &'a WorkspaceId, filter: &ActivityFilter) -> Self {
        // Ids begin with their time.
        let at = |at: Ts| EventId::mint(at, [0; RANDOM_LENGTH]);
        Self {
            workspace,
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

/// Keeps a query of events to what is wanted and has every pattern.
macro_rules! narrow {
    ($query:ident, $wanted:ident, $patterns:ident) => {
        between!($query, $wanted);
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
        for pattern in $patterns {
            $query = $query.filter(events::haystack.like(pattern).escape('\\'));
        }
    };
}

/// The newest of the events that are wanted.
pub(super) async fn page(conn: &mut Conn, wanted: &Wanted<'_>, limit: u32) -> Result<Vec<Event>, DbError> {
    if wanted.facets.all() && wanted.repository.is_none() {
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
    let mut ids = newest_of_each(conn, wanted, limit).await?;
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    by_ids(conn, wanted.workspace, &ids).await
}

/// The newest ids of each word of facets: each is one short walk along an index, however rare the choice is.
async fn newest_of_each(conn: &mut Conn, wanted: &Wanted<'_>, limit: u32) -> Result<Vec<EventId>, DbError> {
    macro_rules! newest {
        ($word:expr, $c:expr) => {{
            let mut query = events::table
                .filter(events::workspace_id.eq(wanted.workspace))
                .filter(events::facets.eq($word))
                .select(events::id)
                .into_boxed();
            if let Some(repository) = &wanted.repository {
                query = query.filter(events::repository_id.eq(repository));
            }
            between!(query, wanted);
            query.order(events::id.desc()).limit(i64::from(limit)).load::<EventId>($c)
        }};
    }
    let words = wanted.facets.words();
    let mut ids = Vec::new();
    match conn {
        Conn::Sqlite(c) => {
            for word in words {
                ids.extend(newest!(word, &mut **c).await?);
            }
        }
        // All of them are on their way at once: one round trip.
        Conn::Pg(c) => {
            let c: &stackyard_db::PgTarget = c;
            let all = words.into_iter().map(|word| async move { newest!(word, &mut &*c).await });
            ids.extend(futures::future::try_join_all(all).await?.into_iter().flatten());
        }
    }
    Ok(ids)
}

/// Events by their ids, newest first.
async fn by_ids(conn: &mut Conn, workspace: &WorkspaceId, ids: &[EventId]) -> Result<Vec<Event>, DbError> {
    let query = events::table
        .filter(events::workspace_id.eq(workspace).and(events::id.eq_any(ids)))
        .order(events::id.desc());
    let rows: Vec<Row> = run!(conn, |c| query.select(Row::as_select()).load(c).await)?;
    with_traces(conn, workspace, rows).await
}

/// Events by their sequence numbers, newest first.
pub(super) async fn by_seqs(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    seqs: &[i64],
) -> Result<Vec<Event>, DbError> {
    let query = events::table
        .filter(events::seq.eq_any(seqs).and(events::workspace_id.eq(workspace)))
        .order(events::seq.desc());
    let rows: Vec<Row> = run!(conn, |c| query.select(Row::as_select()).load(c).await)?;
    with_traces(conn, workspace, rows).await
}

pub(super) async fn seq_of(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &EventId,
) -> Result<Option<i64>, DbError> {
    let query =
        events::table.filter(events::workspace_id.eq(workspace).and(events::id.eq(id))).select(events::seq);
    let seq: Option<Option<i64>> = run!(conn, |c| query.first(c).await.optional())?;
    Ok(seq.flatten())
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

/// The events of a workspace with their traces.
async fn with_traces(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    rows: Vec<Row>,
) -> Result<Vec<Event>, DbError> {
    let digests = rows.iter().filter_map(|row| row.trace_digest.as_deref());
    let traces = traces::find(conn, workspace, digests).await?;
    let event = |row: Row| {
        let trace = row.trace_digest.as_ref().and_then(|digest| traces.get(digest)).cloned();
        let mut event = row.into_event();
        event.details.trace = trace;
        event
    };
    Ok(rows.into_iter().map(event).collect())
}

pub(super) async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &EventId,
) -> Result<Option<Event>, DbError> {
    let query = events::table.filter(events::id.eq(id).and(events::workspace_id.eq(workspace)));
    let row: Option<Row> = run!(conn, |c| query.select(Row::as_select()).first(c).await.optional())?;
    Ok(with_traces(conn, workspace, row.into_iter().collect()).await?.pop())
}

/// An event as it was recorded, without its trace.
pub(super) async fn find_entry(conn: &mut Conn, id: &EventId) -> Result<Option<Entry>, DbError> {
    let query = events::table.filter(events::id.eq(id));
    let row: Option<Row> = run!(conn, |c| query.select(Row::as_select()).first(c).await.optional())?;
    Ok(row.map(|row| Entry { workspace: row.workspace_id.clone(), event: row.into_event() }))
}

pub(super) async fn trace_of(conn: &mut Conn, id: &EventId) -> Result<String, DbError> {
    let query = events::table.filter(events::id.eq(id)).select(events::trace_id);
    Ok(run!(conn, |c| query.first(c).await)?)
}

/// The refusal that was answered under a trace id, and whose workspace's it is.
pub(crate) async fn find_denied_by_trace(
    conn: &mut Conn,
    trace_id: &str,
) -> Result<Option<(WorkspaceId, Event)>, DbError> {
    let query = events::table
        .filter(events::trace_id.eq(trace_id).and(events::outcome.eq(Outcome::Denied)))
        .order(events::id);
    let row: Option<Row> = run!(conn, |c| query.select(Row::as_select()).first(c).await.optional())?;
    let Some((workspace, row)) = row.and_then(|row| Some((row.workspace_id.clone()?, row))) else {
        return Ok(None);
    };
    let event = with_traces(conn, &workspace, vec![row]).await?.pop();
    Ok(event.map(|event| (workspace, event)))
}

/// How many events of a run or token with this outcome happened since a moment; one more than [`COUNTED_MAX`] stands
/// for all that are more.
pub(crate) async fn count_since(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    outcome: Outcome,
    since: Ts,
) -> Result<i64, DbError> {
    // Ids begin with their time, and the index has all that is asked for here.
    let from = EventId::mint(since, [0; RANDOM_LENGTH]);
    let mut all = 0;
    for actor in [ActorType::Run, ActorType::Token] {
        // What a request changes of its repository on the way is no request of its own.
        for category in Category::ALL.iter().filter(|category| **category != Category::Repository) {
            let counted = || {
                events::table
                    .filter(events::workspace_id.eq(workspace))
                    .filter(events::facets.eq(facets::word(*category, actor, outcome)))
                    .filter(events::id.ge(&from))
            };
            let one_more = counted().order(events::id).select(events::id).offset(COUNTED_MAX - all).limit(1);
            let one_more: Option<EventId> = run!(conn, |c| one_more.first(c).await.optional())?;
            if one_more.is_some() {
                return Ok(COUNTED_MAX + 1);
            }
            let some = counted().count();
            all += run!(conn, |c| some.get_result::<i64>(c).await)?;
        }
    }
    Ok(all)
}

/// The counter of one row of denials.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = denials, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(crate) struct DenialRow {
    pub(super) workspace_id: WorkspaceId,
    pub(super) fingerprint: String,
    pub(super) event_id: EventId,
    pub(super) count: i64,
    pub(super) first_at: Ts,
    pub(super) last_at: Ts,
}

pub(super) async fn find_denial(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    fingerprint: &str,
) -> Result<Option<DenialRow>, DbError> {
    let query = denials::table.find((workspace, fingerprint));
    Ok(run!(conn, |c| query.select(DenialRow::as_select()).first(c).await.optional())?)
}

pub(super) async fn begin_denial(conn: &mut Conn, counter: &DenialRow) -> Result<(), DbError> {
    run!(conn, |c| diesel::insert_into(denials::table).values(counter).execute(c).await)?;
    Ok(())
}

pub(super) async fn count_denial(conn: &mut Conn, counter: &DenialRow, now: Ts) -> Result<(), DbError> {
    let target = denials::table.find((&counter.workspace_id, &counter.fingerprint));
    let changes = (denials::count.eq(denials::count + 1), denials::last_at.eq(now));
    run!(conn, |c| diesel::update(target).set(changes).execute(c).await)?;
    Ok(())
}

pub(super) async fn delete_denial(conn: &mut Conn, counter: &DenialRow) -> Result<(), Error> {
    let target = denials::table.find((&counter.workspace_id, &counter.fingerprint));
    run!(conn, |c| diesel::delete(target).execute(c).await)?;
    Ok(())
}

/// Rows of denials that began before `since`, some of them.
pub(super) async fn due_denials(conn: &mut Conn, since: Ts) -> Result<Vec<DenialRow>, DbError> {
    let query = denials::table.filter(denials::first_at.le(since)).limit(200);
    Ok(run!(conn, |c| query.select(DenialRow::as_select()).load(c).await)?)
}
