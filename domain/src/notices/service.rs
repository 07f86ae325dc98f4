//! Reading notices, and how they come by mail.

use std::collections::HashMap;

use stackyard_db::Conn;
use stackyard_model::activity::{Change, Event, Outcome, What};
use stackyard_model::id::{EventId, UserId, WorkspaceId};
use stackyard_model::notice::{Notice, NoticeMail, NoticePlace};
use stackyard_model::{Action, MemberStatus, Ts};

use super::queries::{self, NoticeRow};
use crate::activity::{self, Entry, record, without_withheld};
use crate::{Ctx, Error, access};

/// A page of a person's notices.
#[derive(Debug, Clone)]
pub struct NoticePage {
    /// The newest first.
    pub items: Vec<Notice>,
    /// Where the next page begins; none when this is the last.
    pub next_cursor: Option<String>,
}

/// Notices of the person who asks, the newest first.
///
/// # Errors
/// [`Error::Unauthenticated`] when nobody is signed in.
pub async fn list(ctx: &Ctx, before: &str, limit: u32) -> Result<NoticePage, Error> {
    let me = &ctx.signed_in()?.account.id;
    let before = before.parse::<EventId>().ok();
    let mut conn = ctx.deps().db.read().await?;
    let mut rows = queries::page(&mut conn, me, before.as_ref(), i64::from(limit) + 1).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| more).map(|(row, _)| row.event_id.to_string());
    Ok(NoticePage { items: with_events(&mut conn, me, rows, ctx.now()).await?, next_cursor })
}

/// With what happened, as far as it is for this person now. An event that is gone takes its notice along.
pub(super) async fn with_events(
    conn: &mut Conn,
    me: &UserId,
    rows: Vec<(NoticeRow, Option<NoticePlace>)>,
    now: Ts,
) -> Result<Vec<Notice>, Error> {
    let mut events = HashMap::new();
    for some in rows.chunks(200) {
        let ids: Vec<_> = some.iter().map(|(row, _)| &row.event_id).collect();
        let found = activity::by_ids(conn, &ids).await?;
        events.extend(found.into_iter().map(|event| (event.id.clone(), event)));
    }
    let mut runs: HashMap<WorkspaceId, bool> = HashMap::new();
    let mut notices = Vec::new();
    for (row, place) in rows {
        let Some(event) = events.remove(&row.event_id) else { continue };
        let runs_it = match &row.workspace_id {
            Some(id) => match runs.get(id) {
                Some(known) => *known,
                None => *runs.entry(id.clone()).or_insert(runs_workspace(conn, id, me, now).await?),
            },
            // What happened to their own account.
            None => true,
        };
        let event = if runs_it || asked_for_it(conn, &row, &event).await? {
            // Where it came from, the log tells those who run the workspace.
            Event { address: None, user_agent: None, ..event }
        } else {
            without_withheld(event)
        };
        notices.push(Notice { event, place, read: row.read_at.is_some() });
    }
    Ok(notices)
}

/// Whether a person may know at this moment what is for those alone who run a workspace.
async fn runs_workspace(conn: &mut Conn, id: &WorkspaceId, me: &UserId, now: Ts) -> Result<bool, Error> {
    let member = access::membership(conn, id, me, now).await?;
    Ok(member.is_some_and(|member| {
        member.status != MemberStatus::Suspended && member.role.may(Action::SeeSensitive)
    }))
}

/// Whether the event answers a request of the person who is told: its words are for them.
async fn asked_for_it(conn: &mut Conn, row: &NoticeRow, event: &Event) -> Result<bool, Error> {
    let Some(workspace) = row.workspace_id.as_ref().filter(|_| event.target_type == "access_request") else {
        return Ok(false);
    };
    let asker = queries::asking(conn, workspace, &event.target_id).await?;
    Ok(asker.is_some_and(|asker| asker.id == row.user_id))
}

/// Marks a notice of the person who asks as read.
///
/// # Errors
/// [`Error::NotFound`] when it is none of theirs, or was read.
pub async fn read(ctx: &Ctx, event: &EventId) -> Result<(), Error> {
    let me = ctx.signed_in()?.account.id.clone();
    ctx.deps()
        .db
        .write((me, event.clone(), ctx.now()), |conn, (me, event, now)| {
            Box::pin(async move {
                let read = queries::read_one(conn, me, event, *now).await?;
                if read { Ok(()) } else { Err(Error::NotFound) }
            })
        })
        .await
}

/// Marks all notices of the person who asks as read, up to the newest that they saw.
///
/// # Errors
/// [`Error::Unauthenticated`] when nobody is signed in.
pub async fn read_all(ctx: &Ctx, last: &EventId) -> Result<(), Error> {
    let me = ctx.signed_in()?.account.id.clone();
    ctx.deps()
        .db
        .write((me, last.clone(), ctx.now()), |conn, (me, last, now)| {
            Box::pin(async move { Ok::<_, Error>(queries::read_until(conn, me, last, *now).await?) })
        })
        .await
}

/// Sets when the person who asks hears of changes of trust by mail.
///
/// # Errors
/// [`Error::Invalid`] at `mail`.
pub async fn set_mail(ctx: &Ctx, mail: &str) -> Result<(), Error> {
    let account = ctx.signed_in()?.account.clone();
    let wanted: NoticeMail =
        mail.parse().map_err(|_| Error::field("mail", "Choose at once, once a day or never."))?;
    if wanted == account.notice_mail {
        return Ok(());
    }
    let change = Change::new("notices", account.notice_mail.label(), wanted.label());
    let entry = Entry::new(ctx, None, What::ProfileChanged, Outcome::Ok)
        .target("user", account.id.as_str(), &account.name)
        .details(|details| details.changes = vec![change]);
    ctx.deps()
        .db
        .write((account.id, wanted, entry), |conn, (me, wanted, entry)| {
            Box::pin(async move {
                queries::set_mail(conn, me, *wanted).await?;
                record(conn, entry).await
            })
        })
        .await
}
