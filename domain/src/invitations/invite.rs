//! Inviting: one address, or thousands at once.

use std::collections::HashMap;
use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::activity::{Change, What};
use stackyard_model::id::{GroupId, InvitationId};
use stackyard_model::invitation::{COPIED_AT_ONCE, INVITATION_DAYS, InvitationState, LinkWay};
use stackyard_model::text::fold_address;
use stackyard_model::{Action, FieldErrors, Role, Ts};

use super::rows::{InvitationRow, LinkRow};
use super::spared::{self, came_just_now};
use super::typed::{self, Typed};
use super::{look, queries};
use crate::access::Giver;
use crate::activity::{Entry, record_all};
use crate::mail::{self, MailRow};
use crate::{Ctx, Error, Here, Secret, access, groups, team};

/// Most invitations of one transaction: on SQLite others wait for it.
const SOME: usize = 500;

/// Most groups that somebody lands in: each is a row for each of thousands.
const GROUPS_MAX: usize = 20;

/// A form that invites.
#[derive(Debug, Clone)]
pub struct InviteInput {
    /// One address a line, or a CSV.
    pub people: String,
    /// A [`Role`] word, for lines that say none.
    pub role: String,
    /// A [`LinkWay`] word.
    pub way: String,
    /// For how many days the link works; one of [`INVITATION_DAYS`].
    pub days: String,
    /// The groups that those land in who join; ids.
    pub groups: Vec<String>,
}

/// What became of a list.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many were invited.
    pub invited: usize,
    /// Those of them whose earlier invitation was replaced.
    pub replaced: usize,
    /// Those that are members already, by name; nothing was sent to them.
    pub members: Vec<String>,
    /// The ids of those that were invited, in the order of the list.
    pub ids: Vec<InvitationId>,
    /// The links to be handed over, with their addresses; they are nowhere else.
    pub links: Vec<(String, Secret)>,
}

/// What all of a list have in common.
#[derive(Clone)]
struct Terms {
    role: Role,
    way: LinkWay,
    days: i32,
    groups: Vec<GroupId>,
    now: Ts,
    /// The person's id and name; no id for the operator.
    by: (String, String),
}

/// Invites everybody on a list. Those who wait already, or declined, get a new invitation in place of the old one, members
/// get none.
///
/// # Errors
/// [`Error::Invalid`] with each error at its field and line; then nobody was invited. When the store fails half way, those
/// before are invited; sending the list again does no harm.
pub async fn invite(ctx: &Ctx, here: &Here, input: InviteInput) -> Result<Outcome, Error> {
    here.require(Action::ManageMembers)?;
    let (people, terms) = check(ctx, &input)?;
    let mut conn = ctx.deps().db.read().await?;
    let folded: Vec<_> = people.iter().map(|typed| fold_address(&typed.email)).collect();
    let mut members = HashMap::new();
    for some in folded.chunks(SOME) {
        members.extend(team::members_among(&mut conn, here.id(), some).await?);
    }
    drop(conn);
    let mut outcome = Outcome::default();
    let (already, people): (Vec<_>, Vec<_>) =
        people.into_iter().partition(|typed| members.contains_key(&fold_address(&typed.email)));
    outcome.members =
        already.iter().filter_map(|typed| members.get(&fold_address(&typed.email)).cloned()).collect();
    for some in people.chunks(SOME) {
        let secrets: Vec<_> = match terms.way {
            LinkWay::Copied => some.iter().map(|_| look::mint(ctx)).collect(),
            LinkWay::Mailed => Vec::new(),
        };
        let args = (ctx.clone(), here.clone(), some.to_vec(), terms.clone(), secrets.clone());
        let replaced = ctx.deps().db.write(args, |conn, (ctx, here, some, terms, secrets)| {
            Box::pin(async move { write(conn, ctx, here, some, terms, secrets).await })
        });
        let (replaced, ids) = replaced.await?;
        outcome.replaced += replaced;
        outcome.ids.extend(ids);
        outcome.invited += some.len();
        outcome.links.extend(some.iter().map(|typed| typed.email.clone()).zip(secrets));
    }
    Ok(outcome)
}

fn check(ctx: &Ctx, input: &InviteInput) -> Result<(Vec<Typed>, Terms), Error> {
    let mut errors = FieldErrors::default();
    let role = errors.keep("role", team::to_give(&input.role));
    let mailer = ctx.deps().mailer();
    let way = match input.way.parse::<LinkWay>() {
        Ok(LinkWay::Mailed) if mailer.is_none() => Err(NO_MAIL),
        Ok(way) => Ok(way),
        Err(_) => Err("Choose how the link travels: mailed or copied."),
    };
    let way = errors.keep("way", way);
    let days = input.days.parse().ok().filter(|days| INVITATION_DAYS.contains(days));
    let days = errors.keep("days", days.ok_or("Choose for how long it works."));
    let groups: Result<Vec<GroupId>, _> = input.groups.iter().map(|id| id.parse()).collect();
    let groups = groups.map_err(|_| "Choose among the groups of this workspace.");
    let few = |groups: &Vec<GroupId>| groups.len() <= GROUPS_MAX;
    let groups = groups.and_then(|groups| Some(groups).filter(few).ok_or("Choose at most 20 groups."));
    let groups = errors.keep("groups", groups);
    let can_be_mailed = |address: &str| match mailer.filter(|_| way == Some(LinkWay::Mailed)) {
        Some(mailer) => mailer.check(address),
        None => Ok(()),
    };
    let people = match typed::read(&input.people, &can_be_mailed) {
        Ok(people) => Some(people),
        Err(wrong) => {
            errors.0.extend(wrong.0);
            None
        }
    };
    if way == Some(LinkWay::Copied) && people.as_ref().is_some_and(|people| people.len() > COPIED_AT_ONCE) {
        errors.push(
            typed::FIELD,
            format!("At most {COPIED_AT_ONCE} links can be copied at once. Mail the others."),
        );
    }
    let (_, id, name) = ctx.actor_words();
    match (people, role, way, days, groups) {
        (Some(people), Some(role), Some(way), Some(days), Some(groups)) if errors.is_empty() => {
            Ok((people, Terms { role, way, days, groups, now: ctx.now(), by: (id, name) }))
        }
        _ => Err(Error::Invalid(errors)),
    }
}

/// What those are told who want to mail from a server that sends none.
pub(super) const NO_MAIL: &str = "This server sends no mail. Copy the link and hand it over yourself.";

/// Writes some of a list. Gives how many were replaced, and the ids of all.
async fn write(
    conn: &mut Conn,
    ctx: &Ctx,
    here: &Here,
    some: &[Typed],
    terms: &Terms,
    secrets: &[Secret],
) -> Result<(usize, Vec<InvitationId>), Error> {
    access::require_now(ctx, conn, here, Action::ManageMembers).await?;
    if groups::known(conn, here.id(), &terms.groups).await?
        < i64::try_from(terms.groups.len()).unwrap_or(i64::MAX)
    {
        return Err(Error::NotFound);
    }
    let admins = some.iter().any(|typed| typed.role.unwrap_or(terms.role) == Role::Admin);
    let folded: Vec<_> = some.iter().map(|typed| fold_address(&typed.email)).collect();
    let keys: Vec<_> = folded.iter().map(String::as_str).collect();
    may_offer(ctx, conn, here, &keys, admins, &terms.groups).await?;
    let mut open = HashMap::new();
    for row in queries::open_among(conn, here.id(), &keys).await? {
        // One that waits comes before any that was declined.
        let waits = row.state == InvitationState::Waiting;
        if waits || !open.contains_key(&row.email_folded) {
            open.insert(row.email_folded.clone(), row);
        }
    }
    let just_mailed = spared::just_mailed(conn, &keys, terms.now).await?;
    let (mut new, mut links, mut mails, mut entries) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut replaced, mut ids) = (0, Vec::new());
    for (index, (typed, folded)) in some.iter().zip(folded).enumerate() {
        let secret = secrets.get(index);
        let before = open.remove(&folded);
        let mut row = row(ctx, here, typed, folded, terms, before.as_ref(), secret);
        let spared = before.as_ref().filter(|before| secret.is_none() && came_just_now(before, &just_mailed));
        match (secret, spared) {
            (None, Some(before)) => {
                row.link_hash.clone_from(&before.link_hash);
                row.sent_at = before.sent_at;
            }
            (Some(secret), _) => links.push(LinkRow {
                secret_hash: secret.hash().0,
                invitation_id: row.id.clone(),
                way: terms.way,
                created_at: terms.now,
            }),
            (None, None) => mails.push(MailRow::of_invitation(ctx, here.id(), row.id.as_str())),
        }
        entries.push(invited(ctx, here, &row));
        ids.push(row.id.clone());
        if before.is_some() {
            replaced += 1;
            if spared.is_none() {
                mail::drop_queued(conn, row.id.as_str(), terms.now).await?;
            }
            queries::update(conn, &row).await?;
        } else {
            new.push(row);
        }
    }
    if queries::insert(conn, &new).await? < new.len() {
        let message = "Somebody else invited one of these people at the same moment. Send the list again.";
        return Err(Error::conflict("InvitationEnded", message));
    }
    groups::set_of_invitations(conn, &ids, &terms.groups).await?;
    queries::insert_links(conn, &links).await?;
    mail::enqueue(conn, &mails).await?;
    record_all(conn, &entries).await?;
    Ok((replaced, ids))
}

/// Refuses to invite these addresses when whoever asks may not, and to offer what makes admins, by their role or by a group
/// that decides about something, when they may not give it.
pub(super) async fn may_offer(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    addresses: &[&str],
    admins: bool,
    groups: &[GroupId],
) -> Result<(), Error> {
    let giver = Giver::of(ctx, conn, here, Action::ManageMembers, None).await?;
    giver.invites(addresses)?;
    if admins || access::any_decides(conn, groups).await? {
        giver.gives_admin()?;
    }
    Ok(())
}

fn row(
    ctx: &Ctx,
    here: &Here,
    typed: &Typed,
    email_folded: String,
    terms: &Terms,
    before: Option<&InvitationRow>,
    secret: Option<&Secret>,
) -> InvitationRow {
    let id = before.map(|before| before.id.clone());
    InvitationRow {
        id: id.unwrap_or_else(|| InvitationId::mint(terms.now, ctx.id_bytes())),
        workspace_id: here.id().clone(),
        email: typed.email.clone(),
        email_folded,
        role: typed.role.unwrap_or(terms.role),
        state: InvitationState::Waiting,
        way: terms.way,
        link_hash: secret.map(|secret| secret.hash().0),
        days: terms.days,
        invited_by: terms.by.0.clone(),
        invited_by_name: terms.by.1.clone(),
        created_at: before.map_or(terms.now, |before| before.created_at),
        sent_at: terms.now,
        expires_at: until(terms.now, terms.days),
        decided_at: None,
        decided_by: None,
        decided_by_name: None,
    }
}

/// When an invitation that is sent now ends by itself.
pub(super) fn until(now: Ts, days: i32) -> Ts {
    now + Duration::from_secs(u64::from(days.unsigned_abs()) * 24 * 3600)
}

fn invited(ctx: &Ctx, here: &Here, row: &InvitationRow) -> Entry {
    let how = match row.way {
        LinkWay::Mailed => "by mail",
        LinkWay::Copied => "by a link to be handed over",
    };
    about(Entry::done(ctx, here.id(), What::MemberInvited), row).note(how)
}

/// The entry with what an invitation is about.
pub(super) fn about(entry: Entry, row: &InvitationRow) -> Entry {
    let role = Change::new("role", "", row.role.as_str());
    entry.target("invitation", row.id.as_str(), &row.email).details(|details| details.changes = vec![role])
}
