//! Making notices from an event.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};
use stackyard_db::Conn;
use stackyard_model::activity::{ActorType, Event};
use stackyard_model::id::{MailId, RANDOM_LENGTH, UserId};
use stackyard_model::mail::MailKind;
use stackyard_model::notice::NoticeMail;

use super::queries::{self, NoticeRow, Recipient};
use super::rules::{self, Concerned};
use crate::Error;
use crate::activity::Entry;
use crate::mail::{self, MailRow};

/// Tells those whom an event concerns, in its transaction.
pub(crate) async fn tell(conn: &mut Conn, entry: &Entry) -> Result<(), Error> {
    let event = &entry.event;
    let Some(what) = event.what().filter(|what| rules::counts(*what, event.outcome)) else { return Ok(()) };
    let concerned = rules::concerned(what);
    if concerned == Concerned::Nobody {
        return Ok(());
    }
    let people = recipients(conn, entry, concerned).await?;
    if people.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = people.iter().map(|person| row(entry, concerned, person)).collect();
    let unread: Vec<_> = rows.iter().filter(|row| row.read_at.is_none()).map(|row| &row.user_id).collect();
    queries::insert(conn, &rows).await?;
    queries::count_unread(conn, &unread).await?;
    let told = |when: NoticeMail| -> Vec<_> {
        let told = people.iter().zip(&rows).filter(|(_, row)| row.mail == when);
        told.map(|(person, _)| person).collect()
    };
    enqueue(conn, event, concerned, MailKind::Notices, &told(NoticeMail::AtOnce)).await?;
    enqueue(conn, event, concerned, MailKind::Digest, &told(NoticeMail::Daily)).await
}

/// Those whom the event concerns, without the one who did it.
async fn recipients(conn: &mut Conn, entry: &Entry, concerned: Concerned) -> Result<Vec<Recipient>, Error> {
    let event = &entry.event;
    let mut people = Vec::new();
    if let Some(workspace) = entry.workspace.as_ref().filter(|_| concerned != Concerned::Account) {
        people = queries::admins(conn, workspace, event.at).await?;
    }
    if matches!(concerned, Concerned::AdminsAndMembers | Concerned::Account) {
        let mut subjects = match &entry.workspace {
            Some(workspace) => queries::members(conn, workspace, &entry.members, event.at).await?,
            None => Vec::new(),
        };
        let subject = match (&entry.workspace, event.target_type.as_str()) {
            (Some(workspace), "member") => queries::member(conn, workspace, &event.target_id).await?,
            (Some(workspace), "access_request") => queries::asking(conn, workspace, &event.target_id).await?,
            (_, "user") => queries::person(conn, &event.target_id).await?,
            _ => None,
        };
        subjects.extend(subject);
        let known: HashSet<_> = people.iter().map(|admin| admin.id.clone()).collect();
        people.extend(subjects.into_iter().filter(|person| !known.contains(&person.id)));
    }
    people.retain(|person| concerned == Concerned::Account || !did_it(event, &person.id));
    Ok(people)
}

fn did_it(event: &Event, person: &UserId) -> bool {
    event.actor_type == ActorType::User && event.actor_id == person.as_str()
}

fn row(entry: &Entry, concerned: Concerned, person: &Recipient) -> NoticeRow {
    let event = &entry.event;
    let mail = match concerned {
        // To an address that nobody has proved nothing goes but what proves it.
        _ if !entry.mailing || !person.email_verified => NoticeMail::Never,
        Concerned::Account => NoticeMail::AtOnce,
        _ => person.notice_mail,
    };
    NoticeRow {
        user_id: person.id.clone(),
        event_id: event.id.clone(),
        workspace_id: entry.workspace.clone(),
        // Who did it to their own account need not be told here, only by mail.
        read_at: did_it(event, &person.id).then_some(event.at),
        mail,
        mail_id: None,
    }
}

/// Puts up a mail for each of those who have none of the kind waiting.
async fn enqueue(
    conn: &mut Conn,
    event: &Event,
    concerned: Concerned,
    kind: MailKind,
    people: &[&Recipient],
) -> Result<(), Error> {
    if people.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = people.iter().map(|person| person.id.as_str()).collect();
    // What waits to be gathered does not hold up what is told at once.
    let waiting = match concerned {
        Concerned::Account => HashSet::new(),
        _ => mail::queued_among(conn, kind, &ids).await?,
    };
    let new = people.iter().filter(|person| !waiting.contains(person.id.as_str()));
    let mails: Vec<_> = new
        .map(|person| {
            let due = match (kind, concerned) {
                (MailKind::Digest, _) => rules::next_morning(event.at, person.time_zone.as_deref()),
                (_, Concerned::Account) => event.at,
                _ => event.at + rules::GATHERED,
            };
            MailRow::new(mail_id(event, &person.id), kind, person.id.as_str(), event.at, due)
        })
        .collect();
    Ok(mail::enqueue(conn, &mails).await?)
}

/// The mail to a person that an event put up; the same when its transaction is run again.
fn mail_id(event: &Event, person: &UserId) -> MailId {
    let digest = Sha256::digest(format!("{} {person}", event.id));
    MailId::mint(event.at, *digest.first_chunk::<RANDOM_LENGTH>().unwrap_or(&[0; RANDOM_LENGTH]))
}
