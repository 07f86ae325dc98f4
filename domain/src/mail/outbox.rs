//! Sending what waits, one mail after the other, by the one replica whose turn it is.

use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::Ts;
use stackyard_model::invitation::MailState;

use super::Undelivered;
use super::content::{Content, Due};
use super::queries::{self, MailRow};
use crate::activity::record;
use crate::{Ctx, Error};

/// How long a mail waits after each attempt that its server put off.
const AGAIN: [Duration; 6] = [
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(15 * 60),
    Duration::from_secs(3600),
    Duration::from_secs(4 * 3600),
    Duration::from_secs(12 * 3600),
];
/// After what time a mail that is being sent is not any more: much longer than sending may take.
const SENDING: Duration = Duration::from_secs(120);

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing is due.
    Idle,
    /// One mail was dealt with; there may be others.
    Went,
    /// The mail server cannot be reached: others would fare no better for a while.
    Paused,
}

/// Sends the mail that is due first, if there is one and the operator set a mail server.
///
/// # Errors
/// When the store fails. A mail that was claimed then is never sent again by itself.
pub async fn step(ctx: &Ctx) -> Result<Step, Error> {
    let Some(mailer) = ctx.deps().mailer() else { return Ok(Step::Idle) };
    let claimed = ctx.deps().db.write(ctx.clone(), |conn, ctx| {
        Box::pin(async move {
            let now = ctx.store_now(conn).await?;
            claim(ctx, conn, now).await
        })
    });
    let (row, content) = match claimed.await? {
        Claimed::Nothing => return Ok(Step::Idle),
        Claimed::Stays => return Ok(Step::Went),
        Claimed::This(claimed) => *claimed,
    };
    let mail = content.mail(ctx, row.id.to_string());
    let result = mailer.deliver(&mail).await;
    let step = if matches!(result, Err(Undelivered::Unreachable(_))) { Step::Paused } else { Step::Went };
    let args = (ctx.clone(), row, content, result.err());
    ctx.deps()
        .db
        .write(args, |conn, (ctx, row, content, error)| {
            Box::pin(async move {
                let now = ctx.store_now(conn).await?;
                let row = after(row, error.as_ref(), now);
                queries::update(conn, &row).await?;
                if matches!(row.state, MailState::Sent | MailState::Unsure) {
                    content.left(conn, now).await?;
                }
                if row.state == MailState::Sent || row.state == MailState::Queued {
                    return Ok(());
                }
                match content.undelivered(ctx, &row) {
                    Some(entry) => record(conn, &entry).await,
                    None => Ok(()),
                }
            })
        })
        .await?;
    Ok(step)
}

/// What was claimed.
enum Claimed {
    /// Nothing was due.
    Nothing,
    /// One that does not leave now: there is no reason for it any more, or its mailbox is spared for a while.
    Stays,
    /// One to be sent.
    This(Box<(MailRow, Content)>),
}

/// Takes the mail that is due first, and makes what it says, links included.
async fn claim(ctx: &Ctx, conn: &mut Conn, now: Ts) -> Result<Claimed, Error> {
    queries::interrupted(conn, now - SENDING, now).await?;
    let Some(row) = queries::first_due(conn, now).await? else { return Ok(Claimed::Nothing) };
    let content = match Content::of(ctx, conn, &row, now).await? {
        Due::Now(content) => content,
        Due::Later(due_at) => {
            queries::update(conn, &MailRow { due_at, ..row }).await?;
            return Ok(Claimed::Stays);
        }
        Due::Never => {
            let row = MailRow { state: MailState::Dropped, ended_at: Some(now), ..row };
            queries::update(conn, &row).await?;
            return Ok(Claimed::Stays);
        }
    };
    let row = MailRow {
        state: MailState::Sending,
        attempts: row.attempts + 1,
        claimed_at: Some(now),
        note: None,
        ..row
    };
    queries::update(conn, &row).await?;
    Ok(Claimed::This(Box::new((row, content))))
}

/// Where a mail is after an attempt.
fn after(row: &MailRow, error: Option<&Undelivered>, now: Ts) -> MailRow {
    let row = row.clone();
    let note = error.map(ToString::to_string);
    let wait = usize::try_from(row.attempts - 1).ok().and_then(|done| AGAIN.get(done));
    match (error, wait) {
        (None, _) => MailRow { state: MailState::Sent, ended_at: Some(now), note, ..row },
        // No attempt of this mail: it has not left. It ends with the invitation at the latest.
        (Some(Undelivered::Unreachable(_)), _) => {
            MailRow { state: MailState::Queued, attempts: row.attempts - 1, note, ..row }
        }
        (Some(Undelivered::Later(_)), Some(wait)) => {
            MailRow { state: MailState::Queued, due_at: now + *wait, note, ..row }
        }
        (Some(Undelivered::Later(_) | Undelivered::Never(_)), _) => {
            MailRow { state: MailState::Failed, ended_at: Some(now), note, ..row }
        }
        (Some(Undelivered::Unsure(_)), _) => {
            MailRow { state: MailState::Unsure, ended_at: Some(now), note, ..row }
        }
    }
}
