//! `/api/v1/activity`: the log.

use axum::extract::Extension;
use serde::Serialize;
use stackyard_domain::{Ctx, activity};
use stackyard_model::Ts;
use stackyard_model::activity::{ActivityFilter, ActorType, Category, Event as Model, Outcome};
use stackyard_model::credential::Scope;
use stackyard_model::id::{EventId, RepositoryId};
use utoipa::ToSchema;

use super::{Answer, Ids, Params, enter, one, shown};
use crate::failure::Failure;

/// A value that an event changed.
#[derive(Serialize, ToSchema)]
pub struct Change {
    /// What was changed.
    field: String,
    /// Its value before; empty where there was none.
    from: String,
    /// Its value after; empty where there is none.
    to: String,
}

/// An entry of the log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Its id, `evt_…`.
    id: String,
    /// When.
    at: String,
    /// `user`, `run`, `token`, `access_token`, `api_key`, `operator` or `system`.
    actor_type: String,
    /// The actor's id.
    actor_id: String,
    /// The actor's name then.
    actor_name: String,
    /// What it was about.
    category: String,
    /// What was done.
    action: String,
    /// `ok`, `denied` or `failed`.
    outcome: String,
    /// What kind of thing it was done to.
    target_type: String,
    /// That thing's id.
    target_id: String,
    /// That thing's name then.
    target_name: String,
    /// The repository it concerns, `repo_…`.
    repository_id: Option<String>,
    /// That repository's name then.
    repository: Option<String>,
    /// The workflow seen.
    workflow: Option<String>,
    /// The branch seen.
    branch: Option<String>,
    /// The environment seen.
    environment: Option<String>,
    /// Where it came from.
    address: Option<String>,
    /// What the client called itself.
    user_agent: Option<String>,
    /// The request's trace id.
    trace_id: String,
    /// A reason, a message, why it failed.
    note: Option<String>,
    /// What was changed.
    changes: Vec<Change>,
}

impl From<Model> for Event {
    fn from(event: Model) -> Self {
        let change = |change: stackyard_model::activity::Change| Change {
            field: change.field,
            from: change.from,
            to: change.to,
        };
        Self {
            id: event.id.into(),
            at: event.at.to_string(),
            actor_type: event.actor_type.to_string(),
            actor_id: event.actor_id,
            actor_name: event.actor_name,
            category: event.category.to_string(),
            action: event.action,
            outcome: event.outcome.to_string(),
            target_type: event.target_type,
            target_id: event.target_id,
            target_name: event.target_name,
            repository_id: event.repository_id.map(Into::into),
            repository: event.repository,
            workflow: event.workflow,
            branch: event.branch,
            environment: event.environment,
            address: event.address,
            user_agent: event.user_agent,
            trace_id: event.trace_id,
            note: event.details.note,
            changes: event.details.changes.into_iter().map(change).collect(),
        }
    }
}

/// A page of the log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogPage {
    /// The events, the newest first.
    items: Vec<Event>,
    /// What `cursor` has to be for the next page; null on the last one.
    next_cursor: Option<String>,
    /// How far back a search went that ended before the page was full; it goes on at the cursor.
    searched_to: Option<String>,
}

/// Read the log
///
/// The newest first. A search for several words looks through some thousand events at once, and says how far it came.
#[utoipa::path(get, path = "/api/v1/activity", tag = "Activity", operation_id = "listActivity",
    params(
        ("q" = Option<String>, Query, description = "Words that actor, action, target, workflow, branch, environment or note have to contain"),
        ("category" = Option<String>, Query, description = "Of this category alone"),
        ("actor" = Option<String>, Query, description = "Of this kind of actor alone"),
        ("outcome" = Option<String>, Query, description = "With this outcome alone"),
        ("repository" = Option<String>, Query, description = "Of this repository alone, `repo_…`"),
        ("from" = Option<String>, Query, description = "From then on, RFC 3339"),
        ("until" = Option<String>, Query, description = "Before then, RFC 3339"),
        ("limit" = Option<u32>, Query, description = "Entries of the page, 1 to 200; 50 unless said"),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before")),
    responses((status = 200, description = "A page of the log", body = LogPage)))]
pub async fn list(Extension(ctx): Extension<Ctx>, params: Params) -> Answer {
    let here = enter(&ctx, Scope::ActivityRead).await?;
    let filter = filter(&params)?;
    let page = activity::list(&ctx, &here, &filter, params.limit()?).await?;
    shown(&LogPage {
        items: page.items.into_iter().map(Into::into).collect(),
        next_cursor: page.next_cursor,
        searched_to: page.searched_to.map(|at| at.to_string()),
    })
}

fn filter(params: &Params) -> Result<ActivityFilter, Failure> {
    let word = |text: Option<String>| text.unwrap_or_default();
    Ok(ActivityFilter {
        category: word(params.read::<Category>("category", "a category")?.map(|word| word.to_string())),
        actor: word(params.read::<ActorType>("actor", "a kind of actor")?.map(|word| word.to_string())),
        outcome: word(params.read::<Outcome>("outcome", "an outcome")?.map(|word| word.to_string())),
        repository: word(
            params.read::<RepositoryId>("repository", "the id of a repository")?.map(Into::into),
        ),
        q: params.text("q").unwrap_or_default().to_owned(),
        within: false,
        from: params.read::<Ts>("from", "a time of RFC 3339")?,
        until: params.read::<Ts>("until", "a time of RFC 3339")?,
        before: word(params.after::<EventId>()?.map(Into::into)),
    })
}

/// Read an event
#[utoipa::path(get, path = "/api/v1/activity/{event}", tag = "Activity", operation_id = "getEvent",
    params(("event" = String, Path, description = "`evt_…`")),
    responses((status = 200, description = "The event", body = Event)))]
pub async fn show(Extension(ctx): Extension<Ctx>, Ids(id): Ids<EventId>) -> Answer {
    let here = enter(&ctx, Scope::ActivityRead).await?;
    one(&Event::from(activity::get(&ctx, &here, &id).await?))
}
