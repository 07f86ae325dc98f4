//! Reading the log.

use stackyard_model::Action;
use stackyard_model::activity::{ActivityFilter, Event, Page};
use stackyard_model::id::EventId;

use super::entry::{FOLD, end_row};
use super::queries;
use crate::{Ctx, Error, Here};

/// Most events of a page.
const LIMIT_MAX: u32 = 200;

/// A page of the log, newest first, narrowed by `filter`.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see the log.
pub async fn list(ctx: &Ctx, here: &Here, filter: &ActivityFilter, limit: u32) -> Result<Page<Event>, Error> {
    here.require(Action::SeeResources)?;
    let limit = limit.clamp(1, LIMIT_MAX);
    let mut conn = ctx.deps().db.read().await?;
    let mut items = queries::page(&mut conn, here.id(), filter, limit + 1).await?;
    let more = items.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    items.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next_cursor = items.last().filter(|_| more).map(|last| last.id.to_string());
    let items = items.into_iter().map(|event| visible(here, event)).collect();
    Ok(Page { items, next_cursor })
}

/// The newest events, for the sidebar.
///
/// # Errors
/// As [`list`].
pub async fn recent(ctx: &Ctx, here: &Here, limit: u32) -> Result<Vec<Event>, Error> {
    Ok(list(ctx, here, &ActivityFilter::default(), limit).await?.items)
}

/// One event.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of this workspace's.
pub async fn get(ctx: &Ctx, here: &Here, id: &EventId) -> Result<Event, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    let event = queries::find(&mut conn, here.id(), id).await?.ok_or(Error::NotFound)?;
    Ok(visible(here, event))
}

/// The event as this member may see it: addresses and user agents are for those who run the workspace.
pub(crate) fn visible(here: &Here, mut event: Event) -> Event {
    if !here.may(Action::SeeSensitive) {
        event.address = None;
        event.user_agent = None;
    }
    event
}

/// Ends the rows of denials that are older than a minute.
pub(crate) async fn fold_denials(ctx: &Ctx) -> Result<(), Error> {
    let now = ctx.now();
    let mut conn = ctx.deps().db.read().await?;
    let due = queries::due_denials(&mut conn, now - FOLD).await?;
    drop(conn);
    for counter in due {
        let args = (counter, EventId::mint(now, ctx.id_bytes()), now);
        ctx.deps()
            .db
            .write(args, |conn, (counter, id, now)| {
                Box::pin(async move {
                    // Read again: another replica may have ended it, or more may have been counted.
                    match queries::find_denial(conn, &counter.workspace_id, &counter.fingerprint).await? {
                        Some(counter) if now.since(counter.first_at) >= FOLD => {
                            end_row(conn, &counter, id.clone(), *now).await
                        }
                        _ => Ok(()),
                    }
                })
            })
            .await?;
    }
    Ok(())
}
