//! Requests for access: a member asks, an admin [decides](super::deciding), and what was granted for a time ends by itself.
//!
//! What is lent counts by its end whenever it is read ([`MemberRole::at`](super::MemberRole), and the grants that hold at a
//! moment); the sweep only writes that it is over.

use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::access::{AccessRequest, Asked, RequestState, ResourceRole, ResourceType};
use stackyard_model::activity::{Change, What};
use stackyard_model::id::{AccessRequestId, MemberId, WorkspaceId};
use stackyard_model::quote::plain;
use stackyard_model::repository::Repository;
use stackyard_model::text::{self, fold, repository_name};
use stackyard_model::{Action, FieldErrors, Role};

use super::request_queries::{self as queries, RequestRow};
use super::{by_id, require_now};
use crate::activity::{Entry, record};
use crate::throttle::{self, Limit};
use crate::{Ctx, Error, Here};

/// Most requests of one person that wait.
const PENDING_MAX: i64 = 20;
/// Requests of one person in a workspace, also of those that they take back: admins are told of each, by mail too.
const OFTEN: Limit = Limit { attempts: 30, window: Duration::from_secs(3600) };
/// Most requests of a page.
const LIMIT_MAX: u32 = 200;

/// A form that asks.
#[derive(Debug, Clone)]
pub struct AskInput {
    /// `role`, or `repository`.
    pub what: String,
    /// A [`Role`] word, when it is a role.
    pub role: String,
    /// `owner/name`, when it is a repository.
    pub repository: String,
    /// A [`ResourceRole`] word, when it is a repository.
    pub resource_role: String,
    /// Why.
    pub reason: String,
}

/// A page of requests.
#[derive(Debug, Clone)]
pub struct RequestPage {
    /// Those that wait first, then the newest.
    pub items: Vec<AccessRequest>,
    /// Where the next page begins; none when this is the last.
    pub next_cursor: Option<String>,
}

/// Requests, the newest first: everybody's for those who decide, one's own for others. Those that wait alone, or all that
/// do not.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not ask for access.
pub async fn requests(
    ctx: &Ctx,
    here: &Here,
    pending: bool,
    after: &str,
    limit: u32,
) -> Result<RequestPage, Error> {
    here.require(Action::RequestAccess)?;
    let only_of = (!here.may(Action::ManageMembers)).then_some(&here.member_id);
    let limit = usize::try_from(limit.clamp(1, LIMIT_MAX)).unwrap_or(1);
    let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut conn = ctx.deps().db.read().await?;
    let before = after.parse().ok();
    let rows = queries::page(&mut conn, here.id(), only_of, pending, before.as_ref(), one_more).await?;
    let mut items: Vec<_> = rows.into_iter().filter_map(|row| row.into_request(ctx.now())).collect();
    let more = items.len() > limit;
    items.truncate(limit);
    let next_cursor = items.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(RequestPage { items, next_cursor })
}

/// How many requests wait for whoever asks to decide; none for those who do not decide.
///
/// # Errors
/// When the store fails.
pub async fn count_pending(ctx: &Ctx, here: &Here) -> Result<i64, Error> {
    if !here.may(Action::ManageMembers) {
        return Ok(0);
    }
    let mut conn = ctx.deps().db.read().await?;
    Ok(queries::count_pending(&mut conn, here.id()).await?)
}

/// One request: one's own, or any for those who decide.
///
/// # Errors
/// [`Error::NotFound`] when there is none that whoever asks may see.
pub async fn request(ctx: &Ctx, here: &Here, id: &AccessRequestId) -> Result<AccessRequest, Error> {
    here.require(Action::RequestAccess)?;
    let mut conn = ctx.deps().db.read().await?;
    let found = queries::find(&mut conn, here.id(), id).await?.ok_or(Error::NotFound)?;
    let request = found.into_request(ctx.now()).ok_or(Error::NotFound)?;
    if request.member_id != here.member_id && !here.may(Action::ManageMembers) {
        return Err(Error::NotFound);
    }
    Ok(request)
}

/// Asks for a role, or for one on a repository. Whether there is a repository of that name is not said.
///
/// # Errors
/// [`Error::Invalid`] with each error at its field, [`Error::Conflict`] when the same is asked already,
/// [`Error::Throttled`] for who asks very often.
pub async fn ask(ctx: &Ctx, here: &Here, input: AskInput) -> Result<(), Error> {
    here.require(Action::RequestAccess)?;
    ctx.signed_in()?;
    let (asked, reason) = check(here, &input)?;
    let args = (ctx.clone(), here.clone(), asked, reason);
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, asked, reason)| {
            Box::pin(async move {
                require_now(ctx, conn, here, Action::RequestAccess).await?;
                if queries::count_pending_of(conn, &here.member_id).await? >= PENDING_MAX {
                    let message = "Twenty of your requests wait already. Cancel one, or wait for an answer.";
                    return Err(Error::conflict("TooManyAccessRequests", message));
                }
                let row = RequestRow::new(ctx, here, asked, reason);
                if !queries::insert(conn, &row).await? {
                    let message = "You have asked for that already. An owner or admin has to decide first.";
                    return Err(Error::conflict("RequestExists", message));
                }
                let counter = throttle::key("ask", here.member_id.as_str());
                throttle::count(conn, &counter, OFTEN, ctx.now()).await?.or_throttled()?;
                tell(ctx, conn, here.id(), What::AccessRequested, &row, None).await
            })
        })
        .await
}

fn check(here: &Here, input: &AskInput) -> Result<(Asked, String), Error> {
    let mut errors = FieldErrors::default();
    let reason = errors.keep("reason", text::reason(&input.reason));
    let asked = match input.what.as_str() {
        "role" => {
            let role = match input.role.parse::<Role>() {
                Ok(Role::Owner) => Err("There is one owner. Ownership is transferred, not asked for."),
                Ok(role) if role == here.role => Err("You have this role already."),
                Ok(role) => Ok(role),
                Err(_) => Err("Choose a role."),
            };
            errors.keep("role", role).map(Asked::Role)
        }
        "repository" => {
            let name = errors.keep("repository", repository_name(&input.repository));
            let role = input.resource_role.parse::<ResourceRole>().map_err(|_| "Choose a role.");
            let role = errors.keep("resource_role", role);
            name.zip(role).map(|(name, role)| Asked::Repository(name, role))
        }
        _ => {
            errors.push("what", "Choose what you ask for.");
            None
        }
    };
    asked.zip(reason).ok_or(Error::Invalid(errors))
}

/// Takes one's own request back.
///
/// # Errors
/// [`Error::NotFound`] when it is not one's own, [`Error::Conflict`] when it was decided.
pub async fn cancel(ctx: &Ctx, here: &Here, id: &AccessRequestId) -> Result<(), Error> {
    here.require(Action::RequestAccess)?;
    let args = (ctx.clone(), here.clone(), id.clone());
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, id)| {
            Box::pin(async move {
                let me = by_id(ctx, conn, here.id()).await?;
                let row = queries::find(conn, here.id(), id).await?;
                let row = row.map(|found| found.row).filter(|row| row.member_id == me.member_id);
                let row = pending(row.ok_or(Error::NotFound)?)?;
                let row = row.decided(ctx, RequestState::Cancelled, None);
                queries::update(conn, &row).await?;
                tell(ctx, conn, here.id(), What::AccessCancelled, &row, None).await
            })
        })
        .await
}

/// What a member asks for and nobody has decided.
pub(crate) async fn waiting_of(
    ctx: &Ctx,
    conn: &mut Conn,
    workspace: &WorkspaceId,
    member: &MemberId,
) -> Result<Vec<AccessRequest>, Error> {
    let rows = queries::page(conn, workspace, Some(member), true, None, PENDING_MAX).await?;
    Ok(rows.into_iter().filter_map(|row| row.into_request(ctx.now())).collect())
}

/// Ends what a member asks for, because they go. It is told before they are gone.
pub(crate) async fn end_waiting_of(
    ctx: &Ctx,
    conn: &mut Conn,
    workspace: &WorkspaceId,
    member: &MemberId,
) -> Result<(), Error> {
    for found in queries::page(conn, workspace, Some(member), true, None, PENDING_MAX).await? {
        let row = found.row.decided(ctx, RequestState::Cancelled, None);
        queries::update(conn, &row).await?;
        tell(ctx, conn, workspace, What::AccessCancelled, &row, None).await?;
    }
    Ok(())
}

/// The request, when it waits.
pub(super) fn pending(row: RequestRow) -> Result<RequestRow, Error> {
    match row.state {
        RequestState::Pending => Ok(row),
        state => {
            let message = format!("This request is {} by now.", state.label().to_lowercase());
            Err(Error::conflict("RequestDecided", message))
        }
    }
}

/// Tells everyone concerned what became of a request: in the log, with the change itself, from which notices are made.
pub(super) async fn tell(
    ctx: &Ctx,
    conn: &mut Conn,
    workspace: &WorkspaceId,
    what: What,
    row: &RequestRow,
    repository: Option<&Repository>,
) -> Result<(), Error> {
    let name = queries::name_of(conn, &row.member_id).await?.unwrap_or_default();
    let asked = row.asked().map(|asked| asked.label()).unwrap_or_default();
    let mut entry = Entry::done(ctx, workspace, what).target("access_request", row.id.as_str(), &name);
    if what == What::AccessExpired {
        entry = entry.by_itself();
    }
    if let Some(repository) = repository {
        entry = entry.repository(&repository.id, &repository.name);
    } else if row.resource_type == Some(ResourceType::Repository) {
        // By the name that was typed: nobody is told by it whether there is one.
        entry.event.repository = row.resource_name.as_deref().map(plain);
    }
    let mut changes = vec![Change::new("access", "", asked)];
    if what == What::AccessApproved {
        let until = row.expires_at.map_or_else(|| "for good".to_owned(), |until| until.to_rfc3339_seconds());
        changes.push(Change::new("until", "", until));
    }
    entry = entry.details(|details| details.changes = changes);
    let said = match what {
        What::AccessRequested => Some(row.reason.clone()),
        What::AccessApproved | What::AccessRejected => row.note.clone(),
        _ => None,
    };
    let entry = match said.filter(|said| !said.is_empty()) {
        Some(said) => entry.note(said),
        None => entry,
    };
    record(conn, &entry).await
}

/// What a request is about, by which two of one person are the same.
pub(super) fn subject(asked: &Asked) -> String {
    match asked {
        Asked::Role(_) => "role".to_owned(),
        Asked::Repository(name, _) => format!("repository:{}", fold(name)),
    }
}
