//! The mails about notices.

use stackyard_db::Conn;
use stackyard_model::Ts;
use stackyard_model::id::{MailId, UserId};
use stackyard_model::mail::MailKind;
use stackyard_model::notice::{Notice, NoticeMail};
use stackyard_model::number::counted;
use stackyard_model::quote::plain;
use stackyard_model::sentence::{Teller, event_text};

use super::queries;
use super::service::with_events;
use crate::accounts::find_user;
use crate::mail::{Letter, short_name, when};
use crate::{Ctx, Error};

/// Most notices that one mail lists; the page has the others.
const LISTED: usize = 50;

/// What a person is told of by one mail.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    email: String,
    daily: bool,
    /// Never empty.
    notices: Vec<Notice>,
}

/// What the mail says that is about to be sent. None when there is nothing to tell any more.
pub(crate) async fn to_be_mailed(
    conn: &mut Conn,
    kind: MailKind,
    person: &str,
    mail: &MailId,
    now: Ts,
) -> Result<Option<Told>, Error> {
    let Ok(id) = person.parse::<UserId>() else { return Ok(None) };
    // An address that nobody has proved may be a stranger's.
    let user = find_user(conn, &id).await?.filter(|user| user.disabled_at.is_none() && user.email_verified);
    let Some(user) = user else { return Ok(None) };
    let daily = kind == MailKind::Digest;
    let due = if daily { NoticeMail::Daily } else { NoticeMail::AtOnce };
    let taken = queries::take(conn, &id, due, mail).await?;
    let notices = with_events(conn, &id, taken, now).await?;
    let told = Told { email: user.email, daily, notices };
    Ok(Some(told).filter(|told| !told.notices.is_empty()))
}

impl Told {
    /// The mail.
    pub(crate) fn letter(&self, ctx: &Ctx) -> Letter {
        let server = &ctx.deps().site.public_url;
        let count = i64::try_from(self.notices.len()).unwrap_or(i64::MAX);
        let subject = match self.notices.as_slice() {
            [one] if !self.daily => plain(&headline(one)),
            _ => format!("{} from Stackyard", counted(count, "notice", "notices")),
        };
        let items = self.notices.iter().take(LISTED).map(line).collect();
        let letter =
            Letter::new(&self.email, subject).words(format!("What happened on {server}:")).items(items);
        let rest = self.notices.len().saturating_sub(LISTED);
        let letter = match i64::try_from(rest) {
            Ok(rest) if rest > 0 => {
                letter.words(format!("{} not listed here.", counted(rest, "more is", "more are")))
            }
            _ => letter,
        };
        let letter = letter.link("Read your notices", format!("{server}/notices"));
        if self.notices.iter().any(|notice| notice.place.is_none()) {
            letter.words(
                "If you did not do what happened to your own account, set a new password and tell your operator.",
            )
        } else {
            letter.words(format!("How often you get these mails is set at {server}/account#notices."))
        }
    }
}

/// What happened, and where.
fn headline(notice: &Notice) -> String {
    let sentence = plain(&event_text(&notice.event, Teller::Actor));
    match &notice.place {
        Some(place) => format!("{}: {sentence}", short_name(&place.name)),
        None => sentence,
    }
}

/// The same with its time.
fn line(notice: &Notice) -> String {
    format!("{} ({})", headline(notice), when(notice.event.at))
}
