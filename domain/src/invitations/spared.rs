//! That a mailbox gets one invitation a minute from a workspace, however often its address is invited.

use std::collections::HashMap;
use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::Ts;
use stackyard_model::id::{InvitationId, WorkspaceId};
use stackyard_model::invitation::{InvitationState, LinkWay};

use super::queries;
use super::rows::InvitationRow;
use crate::Error;

/// How long a mailbox is spared the next mail.
const SPARED: Duration = Duration::from_secs(60);

/// The mails that left for some addresses a moment ago: of which invitation the last one was, and when it left.
pub(super) type JustMailed = HashMap<String, (InvitationId, Ts)>;

/// What left for these addresses so short a time ago that they are spared the next.
pub(super) async fn just_mailed(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    emails_folded: &[&str],
    now: Ts,
) -> Result<JustMailed, Error> {
    let rows = queries::mailed_since(conn, workspace, emails_folded, now - SPARED).await?;
    // Later ones take the place of earlier ones.
    Ok(rows.into_iter().map(|(address, id, left)| (address, (id, left))).collect())
}

/// Whether the mail with an invitation came just now and its link still counts: then it is the one about what is offered
/// anew, too.
pub(super) fn came_just_now(before: &InvitationRow, just_mailed: &JustMailed) -> bool {
    let came = just_mailed.get(&before.email_folded).is_some_and(|(id, _)| *id == before.id);
    let counts = before.way == LinkWay::Mailed && before.link_hash.is_some();
    came && counts && before.state == InvitationState::Waiting
}

/// When the next mail may leave for an address; none when it may now.
pub(super) async fn spared_until(conn: &mut Conn, row: &InvitationRow, now: Ts) -> Result<Option<Ts>, Error> {
    let just_mailed = just_mailed(conn, &row.workspace_id, &[&row.email_folded], now).await?;
    Ok(just_mailed.get(&row.email_folded).map(|(_, left)| *left + SPARED))
}
