//! Reading the log.

use stackyard_db::Conn;
use stackyard_model::Action;
use stackyard_model::activity::{ActivityFilter, Event, LogPage};
use stackyard_model::id::EventId;
use stackyard_model::text::fold;

use super::entry::{FOLD, end_row};
use super::lists::{self, Wanted};
use super::visible::{may_find, may_see, unsearched, visible};
use super::{by_word, denials, queries, words};
use crate::{Ctx, Error, Here, search};

/// Most events of a page.
const LIMIT_MAX: u32 = 200;
/// Events that a search looks through at once, when no index leads to what it looks for.
const WINDOW: i64 = 5_000;

/// A page of the log, newest first, narrowed by `filter`.
///
/// What is chosen by category, actor, outcome, repository or time is found at once however old it is, and so is a single
/// word. Any other search goes backwards by some thousands of events and says how far it came.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see the log.
pub async fn list(ctx: &Ctx, here: &Here, filter: &ActivityFilter, limit: u32) -> Result<LogPage, Error> {
    here.require(Action::SeeResources)?;
    let limit = limit.clamp(1, LIMIT_MAX);
    let mut conn = ctx.deps().db.read().await?;
    let mut wanted = Wanted::of(here, filter);
    let patterns = search::patterns(&filter.q);
    let narrowed = !wanted.facets.all()
        || wanted.repository.is_some()
        || wanted.after.is_some()
        || filter.until.is_some();
    if patterns.is_empty() {
        let found = lists::page(&mut conn, &wanted, limit + 1).await?;
        return Ok(shown(here, found, limit));
    }
    if let Some(word) =
        words::single(&filter.q).filter(|_| !narrowed && !filter.within && here.within().is_none())
    {
        let found = with_word(&mut conn, here, &word, wanted.before.take(), limit + 1).await?;
        return Ok(shown(here, found, limit));
    }
    wanted.unsearched = unsearched(here);
    let end = lists::window(&mut conn, here.id(), wanted.before.as_ref(), WINDOW).await?;
    let end = end.filter(|end| wanted.after.as_ref().is_none_or(|after| end.next > *after));
    if let Some(end) = &end {
        wanted.after = Some(end.next.clone());
    }
    let found = lists::search(&mut conn, &wanted, &patterns, limit + 1).await?;
    let mut page = shown(here, found, limit);
    if let (None, Some(end)) = (&page.next_cursor, end) {
        page.searched_to = Some(end.at);
        page.next_cursor = Some(end.last.to_string());
    }
    Ok(page)
}

/// The newest events that hold a word and that a search of this member may find, older than the one named.
async fn with_word(
    conn: &mut Conn,
    here: &Here,
    word: &str,
    mut before: Option<EventId>,
    limit: u32,
) -> Result<Vec<Event>, Error> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let all = here.may(Action::SeeSensitive);
    let mut found = Vec::new();
    loop {
        let some = by_word::newest(conn, here.id(), word, all, before.as_ref(), limit).await?;
        let was_all = some.len() < wanted;
        before = some.last().map(|event| event.id.clone());
        found.extend(some.into_iter().filter(|event| may_find(here, event)));
        if was_all || found.len() >= wanted {
            found.truncate(wanted);
            return Ok(found);
        }
    }
}

/// A page of what was found: one more than `limit` when there are more.
fn shown(here: &Here, mut items: Vec<Event>, limit: u32) -> LogPage {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next_cursor = items.last().filter(|_| more).map(|last| last.id.to_string());
    let items = items.into_iter().map(|event| visible(here, event)).collect();
    LogPage { items, next_cursor, searched_to: None }
}

/// The newest events of one thing, by its id, such as an instance.
///
/// # Errors
/// As [`list`].
pub async fn of_target(ctx: &Ctx, here: &Here, target: &str, limit: u32) -> Result<Vec<Event>, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    let limit = limit.clamp(1, LIMIT_MAX);
    let all = here.may(Action::SeeSensitive);
    let found = by_word::newest(&mut conn, here.id(), &fold(target), all, None, limit).await?;
    let shown = found.into_iter().filter(|event| may_see(here, event));
    Ok(shown.map(|event| visible(here, event)).collect())
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
    if !may_see(here, &event) {
        return Err(Error::NotFound);
    }
    Ok(visible(here, event))
}

/// Ends the rows of denials that are older than a minute.
pub(crate) async fn fold_denials(ctx: &Ctx) -> Result<(), Error> {
    let now = ctx.now();
    let mut conn = ctx.deps().db.read().await?;
    let due = denials::due_denials(&mut conn, now - FOLD).await?;
    drop(conn);
    for counter in due {
        let args = (counter, EventId::mint(now, ctx.id_bytes()), now);
        ctx.deps()
            .db
            .write(args, |conn, (counter, id, now)| {
                Box::pin(async move {
                    // Read again: another replica may have ended it, or more may have been counted.
                    match denials::find_denial(conn, &counter.workspace_id, &counter.fingerprint).await? {
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
