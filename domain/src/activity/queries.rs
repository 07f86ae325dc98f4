//! Events in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::events;
use stackyard_db::{Conn, DbError, run};
use stackyard_model::activity::{ActorType, Category, Details, Event, Outcome};
use stackyard_model::id::{EventId, PermissionId, RANDOM_LENGTH, RepositoryId, WorkspaceId};
use stackyard_model::text::fold;
use stackyard_model::workspace::COUNTED_MAX;
use stackyard_model::{PermissionKind, Ts};

use super::entry::Entry;
use super::facets;
use super::traces;
use crate::{Error, Here, json};

/// An event as it is read.
#[derive(Queryable, Selectable)]
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
}

/// An event as it is written: with what it is found and counted by.
#[derive(Insertable)]
#[diesel(table_name = events)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct NewRow<'a> {
    id: &'a EventId,
    workspace_id: Option<&'a WorkspaceId>,
    at: Ts,
    actor_type: ActorType,
    actor_id: &'a str,
    actor_name: &'a str,
    category: Category,
    action: &'a str,
    outcome: Outcome,
    target_type: &'a str,
    target_id: &'a str,
    target_name: &'a str,
    repository_id: Option<&'a RepositoryId>,
    repository: Option<&'a str>,
    kind: Option<PermissionKind>,
    workflow: Option<&'a str>,
    branch: Option<&'a str>,
    environment: Option<&'a str>,
    event: Option<&'a str>,
    address: Option<&'a str>,
    user_agent: Option<&'a str>,
    trace_id: &'a str,
    permission_id: Option<&'a PermissionId>,
    permission_version: Option<i32>,
    trace_digest: Option<String>,
    details: String,
    haystack: String,
    facets: String,
}

/// Most bytes of an event's details.
const DETAILS_MAX: usize = 64 * 1024;

impl<'a> NewRow<'a> {
    pub(super) fn new(entry: &'a Entry, trace_digest: Option<String>) -> Result<Self, Error> {
        let event = &entry.event;
        Ok(Self {
            id: &event.id,
            workspace_id: entry.workspace.as_ref(),
            at: event.at,
            actor_type: event.actor_type,
            actor_id: &event.actor_id,
            actor_name: &event.actor_name,
            category: event.category,
            action: &event.action,
            outcome: event.outcome,
            target_type: &event.target_type,
            target_id: &event.target_id,
            target_name: &event.target_name,
            repository_id: event.repository_id.as_ref(),
            repository: event.repository.as_deref(),
            kind: event.kind,
            workflow: event.workflow.as_deref(),
            branch: event.branch.as_deref(),
            environment: event.environment.as_deref(),
            event: event.event.as_deref(),
            address: event.address.as_deref(),
            user_agent: event.user_agent.as_deref(),
            trace_id: &event.trace_id,
            permission_id: event.permission_id.as_ref(),
            permission_version: event.permission_version,
            trace_digest,
            details: details(&event.details)?,
            haystack: haystack(event),
            facets: facets::word(event.category, event.actor_type, event.outcome),
        })
    }
}

/// Details as JSON, without the trace, which is kept apart. Of what is too long only the note.
fn details(details: &Details) -> Result<String, Error> {
    let stored = match &details.trace {
        Some(_) => json::text(&Details { trace: None, ..details.clone() }),
        None => json::text(details),
    }?;
    if stored.len() <= DETAILS_MAX {
        return Ok(stored);
    }
    json::text(&Details { note: details.note.clone(), ..Details::default() })
}

impl Row {
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
    let row = NewRow::new(entry, digest)?;
    run!(conn, |c| diesel::insert_into(events::table).values(&row).execute(c).await)?;
    Ok(())
}

/// Writes many events at once; none of them has a trace.
pub(super) async fn insert_all(conn: &mut Conn, entries: &[Entry]) -> Result<(), Error> {
    let rows = entries.iter().map(|entry| NewRow::new(entry, None)).collect::<Result<Vec<_>, _>>()?;
    stackyard_db::insert_all!(conn, events::table, &rows)?;
    Ok(())
}

/// The events of a workspace with their traces.
pub(super) async fn with_traces(
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
    let row: Option<Row> = run!(conn, |c| query.select(Row::as_select()).get_result(c).await.optional())?;
    Ok(with_traces(conn, workspace, row.into_iter().collect()).await?.pop())
}

/// An event as it was recorded, without its trace.
pub(super) async fn find_entry(conn: &mut Conn, id: &EventId) -> Result<Option<Entry>, DbError> {
    let query = events::table.filter(events::id.eq(id));
    let row: Option<Row> = run!(conn, |c| query.select(Row::as_select()).get_result(c).await.optional())?;
    Ok(row.map(|row| Entry {
        workspace: row.workspace_id.clone(),
        event: row.into_event(),
        members: Vec::new(),
        mailing: false,
    }))
}

/// These events, whosever they are, in no order.
pub(crate) async fn by_ids(conn: &mut Conn, ids: &[&EventId]) -> Result<Vec<Event>, DbError> {
    let query = events::table.filter(events::id.eq_any(ids));
    let rows: Vec<Row> = run!(conn, |c| query.select(Row::as_select()).load(c).await)?;
    Ok(rows.into_iter().map(Row::into_event).collect())
}

pub(super) async fn trace_of(conn: &mut Conn, id: &EventId) -> Result<String, DbError> {
    let query = events::table.filter(events::id.eq(id)).select(events::trace_id);
    Ok(run!(conn, |c| query.get_result(c).await)?)
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
    here: &Here,
    outcome: Outcome,
    since: Ts,
) -> Result<i64, DbError> {
    let workspace = here.id();
    // Ids begin with their time, and the index has all that is asked for here.
    let from = EventId::mint(since, [0; RANDOM_LENGTH]);
    if let Some(within) = here.within() {
        return count_within(conn, workspace, within, outcome, &from).await;
    }
    let mut all = 0;
    for actor in [ActorType::Run, ActorType::Token] {
        for category in Category::ALL.iter().filter(|category| is_asked_by_runs(**category)) {
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

/// Whether a run or a token can ask for what is told under a category. What a request changes of its repository on the
/// way is no request of its own.
const fn is_asked_by_runs(category: Category) -> bool {
    matches!(category, Category::Auth | Category::Deployment | Category::Instance | Category::Lock)
}

/// The same for who sees some repositories alone.
async fn count_within(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    within: &[RepositoryId],
    outcome: Outcome,
    from: &EventId,
) -> Result<i64, DbError> {
    let words: Vec<_> = Category::ALL
        .iter()
        .filter(|category| is_asked_by_runs(**category))
        .flat_map(|category| {
            [ActorType::Run, ActorType::Token].map(|actor| facets::word(*category, actor, outcome))
        })
        .collect();
    let found: Vec<EventId> = run!(conn, |c| {
        events::table
            .filter(events::workspace_id.eq(workspace))
            .filter(events::repository_id.eq_any(within))
            .filter(events::facets.eq_any(&words))
            .filter(events::id.ge(from))
            .select(events::id)
            .limit(COUNTED_MAX + 1)
            .load(c)
            .await
    })?;
    Ok(i64::try_from(found.len()).unwrap_or(i64::MAX))
}
