//! That a mailbox gets one invitation a minute, and ten a day, however often and from however many workspaces its address is
//! invited: whoever makes an account could mail anybody else. What is more than that waits; a link that is copied does not. No
//! workspace is told what others send.

use std::collections::HashMap;
use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::Ts;
use stackyard_model::id::InvitationId;
use stackyard_model::invitation::{InvitationState, LinkWay};
use stackyard_model::text::fold_address;

use super::queries;
use super::rows::InvitationRow;
use crate::Error;
use crate::throttle::{self, Limit, Turn};

/// How long a mailbox is spared the next mail.
const SPARED: Duration = Duration::from_secs(60);
/// Mails that leave for one mailbox. Counted apart from the invitations, which go with their workspace.
const A_DAY: Limit = Limit::a_day(10);

/// The mails that left for some addresses a moment ago: of which invitation the last one was, and when it left.
pub(super) type JustMailed = HashMap<String, (InvitationId, Ts)>;

/// What left for these addresses so short a time ago that they are spared the next.
pub(super) async fn just_mailed(
    conn: &mut Conn,
    emails_folded: &[&str],
    now: Ts,
) -> Result<JustMailed, Error> {
    let rows = queries::mailed_since(conn, emails_folded, now - SPARED).await?;
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
    let just_mailed = just_mailed(conn, &[&row.email_folded], now).await?;
    let minute = just_mailed.get(&row.email_folded).map(|(_, left)| *left + SPARED);
    let day = match throttle::turn(conn, &counter(&row.email_folded), A_DAY, now).await? {
        Turn::Go => None,
        Turn::Wait(left) => Some(now + left),
    };
    Ok(minute.max(day))
}

/// Whether a mail with this very invitation left a moment ago.
pub(super) async fn left_just_now(conn: &mut Conn, row: &InvitationRow, now: Ts) -> Result<bool, Error> {
    let rows = queries::mailed_since(conn, &[&row.email_folded], now - SPARED).await?;
    Ok(rows.iter().any(|(_, id, _)| *id == row.id))
}

/// Counts a mail that has left for an address.
pub(crate) async fn count_mailed(conn: &mut Conn, email: &str, now: Ts) -> Result<(), Error> {
    throttle::count(conn, &counter(&fold_address(email)), A_DAY, now).await?;
    Ok(())
}

fn counter(email_folded: &str) -> String {
    throttle::key("invited", email_folded)
}
