//! Writing events.

use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::activity::{ActorType, Details, Event, Folded, Outcome, What};
use stackyard_model::id::{EventId, MemberId, RepositoryId, UserId, WorkspaceId};
use stackyard_model::quote::{harmless, plain};
use stackyard_model::trace::Trace;
use stackyard_model::{PermissionKind, Refusal, Ts};

use super::denials::{self, DenialRow};
use super::queries;
use crate::hex::digest;
use crate::permissions::{Grant, Reply, reply};
use crate::{Ctx, Error, json, notices};

/// An event on its way into the log: the parts that do not come from the request itself are set one by one.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) workspace: Option<WorkspaceId>,
    pub(crate) event: Event,
    /// The members whom it concerns, besides the one that it is about.
    pub(crate) members: Vec<MemberId>,
    /// Whether those whom it concerns can be told by mail: there is a mail server.
    pub(crate) mailing: bool,
}

impl Entry {
    /// What the actor of `ctx` did, now.
    pub(crate) fn new(ctx: &Ctx, workspace: Option<&WorkspaceId>, what: What, outcome: Outcome) -> Self {
        let (actor_type, actor_id, actor_name) = ctx.actor_words();
        let at = ctx.now();
        Self {
            workspace: workspace.cloned(),
            members: Vec::new(),
            mailing: ctx.deps().mailer().is_some(),
            event: Event {
                id: EventId::mint(at, ctx.id_bytes()),
                at,
                actor_type,
                actor_id,
                actor_name: plain(&actor_name),
                category: what.category(),
                action: what.action().to_owned(),
                outcome,
                target_type: String::new(),
                target_id: String::new(),
                target_name: String::new(),
                repository_id: None,
                repository: None,
                kind: None,
                workflow: None,
                branch: None,
                environment: None,
                event: None,
                address: ctx.request.address.clone(),
                user_agent: ctx.request.user_agent.as_deref().map(plain),
                trace_id: ctx.request.trace_id.clone(),
                permission_id: None,
                permission_version: None,
                details: Details::default(),
            },
        }
    }

    /// Done by a person who is not signed in, such as one who came by a mailed link.
    pub(crate) fn by(mut self, id: &UserId, name: &str) -> Self {
        self.event.actor_type = ActorType::User;
        self.event.actor_id = id.to_string();
        self.event.actor_name = plain(name);
        self
    }

    /// Done by the server by itself, such as what ends with its time.
    pub(crate) const fn by_itself(mut self) -> Self {
        self.event.actor_type = ActorType::System;
        self
    }

    /// Done by a member or the operator, with success.
    pub(crate) fn done(ctx: &Ctx, workspace: &WorkspaceId, what: What) -> Self {
        Self::new(ctx, Some(workspace), what, Outcome::Ok)
    }

    /// Concerning these members too.
    pub(crate) fn concerning(mut self, members: Vec<MemberId>) -> Self {
        self.members = members;
        self
    }

    pub(crate) fn target(mut self, kind: &str, id: &str, name: &str) -> Self {
        self.event.target_type = kind.to_owned();
        self.event.target_id = id.to_owned();
        self.event.target_name = plain(name);
        self
    }

    pub(crate) fn repository(mut self, id: &RepositoryId, name: &str) -> Self {
        self.event.repository_id = Some(id.clone());
        self.event.repository = Some(plain(name));
        self
    }

    pub(crate) fn repository_gone(mut self, id: &RepositoryId) -> Self {
        self.event.repository_id = Some(id.clone());
        self
    }

    pub(crate) fn kind(mut self, kind: Option<PermissionKind>) -> Self {
        self.event.kind = kind;
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.event.details.note = Some(harmless(&note.into()));
        self
    }

    /// The same with what was done besides, if anything was.
    pub(crate) fn noted(self, besides: &[String]) -> Self {
        if besides.is_empty() { self } else { self.note(besides.join(", ")) }
    }

    pub(crate) fn details(mut self, change: impl FnOnce(&mut Details)) -> Self {
        change(&mut self.event.details);
        self
    }

    pub(crate) fn grant(mut self, grant: &Grant) -> Self {
        self.event.permission_id = Some(grant.permission.clone());
        self.event.permission_version = Some(grant.version);
        self
    }

    /// The values that a decision saw.
    pub(crate) fn seen(mut self, seen: &stackyard_model::trace::Seen) -> Self {
        self.event.workflow = seen.workflow.as_deref().map(plain);
        self.event.branch = seen.branch.as_deref().map(plain);
        self.event.environment = seen.environment.as_deref().map(plain);
        self.event.event = seen.event.as_deref().map(plain);
        self
    }
}

/// Writes an event in the transaction of what it records, and tells those whom it concerns.
pub(crate) async fn record(conn: &mut Conn, entry: &Entry) -> Result<(), Error> {
    queries::insert(conn, entry).await?;
    notices::tell(conn, entry).await
}

/// Writes many events in the transaction of what they record; none of them a decision.
pub(crate) async fn record_all(conn: &mut Conn, entries: &[Entry]) -> Result<(), Error> {
    queries::insert_all(conn, entries).await?;
    for entry in entries {
        notices::tell(conn, entry).await?;
    }
    Ok(())
}

/// A refusal by decision, on its way into the log.
pub(crate) struct Denial<'a> {
    /// The event as far as it is known; its trace and reply are set here.
    pub(crate) entry: Entry,
    /// How it was decided.
    pub(crate) trace: &'a Trace,
    /// The public address of this server.
    pub(crate) public_url: &'a str,
    /// The id of the event that ends a row of counted denials, should this one find such a row.
    pub(crate) fold_id: EventId,
}

/// For how long the same denial is counted instead of written again.
pub(crate) const FOLD: Duration = Duration::from_secs(60);

/// Writes a denial, or counts it when the same one was written less than a minute ago. Gives the reply, whose
/// link leads to the event that was written.
pub(crate) async fn record_denial(conn: &mut Conn, denial: Denial<'_>) -> Result<Reply, Error> {
    let Denial { mut entry, trace, public_url, fold_id } = denial;
    let Some(workspace) = entry.workspace.clone() else {
        return Err(Error::Internal("a denial belongs to a workspace".to_owned()));
    };
    let reason = json::text(trace)?;
    let fingerprint = fingerprint(&entry.event, &reason);
    if let Some(first_trace) = counted(conn, &workspace, &fingerprint, fold_id, entry.event.at).await? {
        return Ok(reply(trace, &why(public_url, &first_trace)));
    }
    let answer = reply(trace, &why(public_url, &entry.event.trace_id));
    entry.event.details.trace = Some(trace.clone());
    entry.event.details.reply = Some(answer.message.clone());
    entry.event.details.refusal = Some(Refusal::NotAllowed);
    begin(conn, &entry, workspace, fingerprint).await?;
    Ok(answer)
}

/// Writes a refusal or a conflict that no permission decided, or counts it as [`record_denial`] does. Its note is its
/// reason.
pub(crate) async fn record_refusal(conn: &mut Conn, entry: Entry, fold_id: EventId) -> Result<(), Error> {
    let Some(workspace) = entry.workspace.clone() else {
        return Err(Error::Internal("a refusal belongs to a workspace".to_owned()));
    };
    let fingerprint = fingerprint(&entry.event, entry.event.details.note.as_deref().unwrap_or_default());
    if counted(conn, &workspace, &fingerprint, fold_id, entry.event.at).await?.is_none() {
        begin(conn, &entry, workspace, fingerprint).await?;
    }
    Ok(())
}

/// Counts a refusal when the same one was written less than a minute ago, and gives the trace id of that one.
async fn counted(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    fingerprint: &str,
    fold_id: EventId,
    now: Ts,
) -> Result<Option<String>, Error> {
    let Some(counter) = denials::find_denial(conn, workspace, fingerprint).await? else { return Ok(None) };
    if now.since(counter.first_at) < FOLD {
        denials::count_denial(conn, &counter, now).await?;
        return Ok(Some(queries::trace_of(conn, &counter.event_id).await?));
    }
    end_row(conn, &counter, fold_id, now).await?;
    Ok(None)
}

/// Writes the first of a row of refusals, and its counter.
async fn begin(
    conn: &mut Conn,
    entry: &Entry,
    workspace_id: WorkspaceId,
    fingerprint: String,
) -> Result<(), Error> {
    record(conn, entry).await?;
    let now = entry.event.at;
    let event_id = entry.event.id.clone();
    let counter = DenialRow { workspace_id, fingerprint, event_id, count: 0, first_at: now, last_at: now };
    Ok(denials::begin_denial(conn, &counter).await?)
}

/// Ends a row of denials: those that were only counted get one event that says how many they were.
pub(crate) async fn end_row(conn: &mut Conn, counter: &DenialRow, id: EventId, now: Ts) -> Result<(), Error> {
    if counter.count > 0
        && let Some(mut entry) = queries::find_entry(conn, &counter.event_id).await?
    {
        let folded = Folded { count: counter.count, first: counter.first_at, last: counter.last_at };
        entry.event.id = id;
        entry.event.at = now;
        What::DenialsFolded.action().clone_into(&mut entry.event.action);
        entry.event.category = What::DenialsFolded.category();
        entry.event.details =
            Details { folded: Some(folded), run: entry.event.details.run, ..Details::default() };
        queries::insert(conn, &entry).await?;
    }
    denials::delete_denial(conn, counter).await
}

fn why(public_url: &str, trace_id: &str) -> String {
    format!("{public_url}/why/{trace_id}")
}

/// What makes two refusals the same: who asked for what, and what stood against it.
fn fingerprint(event: &Event, reason: &str) -> String {
    digest(&[event.category.as_str(), &event.action, &event.actor_id, &event.target_name, reason])
}
