//! Listing the people of a workspace.

use stackyard_db::Conn;
use stackyard_model::id::MemberId;
use stackyard_model::team::{OwnershipOffer, TeamCounts, TeamMember};
use stackyard_model::{Action, MemberStatus, Role, Ts};

use super::ownership::offer_in;
use super::queries::{self, After, Listed};
use crate::{Ctx, Error, Here, invitations};

/// What a list of people is sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TeamSort {
    /// Who was here last comes first.
    #[default]
    Seen,
    /// By name.
    Name,
    /// Who joined last comes first.
    Joined,
}

/// Every order, by the word in addresses, and as people know it.
pub const TEAM_SORTS: &[(TeamSort, &str, &str)] = &[
    (TeamSort::Seen, "", "Last active"),
    (TeamSort::Name, "name", "Name"),
    (TeamSort::Joined, "joined", "Joined"),
];

/// Which people a page wants. What is empty does not narrow.
#[derive(Debug, Clone, Default)]
pub struct TeamFilter {
    /// Words that all occur in name or address.
    pub q: String,
    /// Only this role.
    pub role: Option<Role>,
    /// Only this status.
    pub status: Option<MemberStatus>,
    /// The order.
    pub sort: TeamSort,
}

/// A page of the people of a workspace.
#[derive(Debug, Clone)]
pub struct TeamPage {
    /// In the filter's order.
    pub members: Vec<TeamMember>,
    /// Where the next page begins; none when this is the last.
    pub next_cursor: Option<String>,
    /// How many there are of each, without the filter.
    pub counts: TeamCounts,
    /// Ownership that waits for somebody to take it.
    pub offer: Option<OwnershipOffer>,
}

/// A page of the people of a workspace.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see them.
pub async fn page(
    ctx: &Ctx,
    here: &Here,
    filter: &TeamFilter,
    cursor: &str,
    limit: u32,
) -> Result<TeamPage, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    let after = after(filter.sort, cursor);
    let mut listed =
        queries::page(&mut conn, here.id(), filter, &after, i64::from(limit) + 1, ctx.now()).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = listed.len() > limit;
    listed.truncate(limit);
    let next_cursor = listed.last().filter(|_| more).map(|last| cursor_of(filter.sort, last));
    Ok(TeamPage {
        members: listed.into_iter().map(|listed| listed.member).collect(),
        next_cursor,
        counts: counts(ctx, &mut conn, here).await?,
        offer: offer_in(ctx, &mut conn, here.id()).await?.map(|(offer, _)| offer),
    })
}

async fn counts(ctx: &Ctx, conn: &mut Conn, here: &Here) -> Result<TeamCounts, Error> {
    let (active, inactive, suspended) = queries::counts(conn, here.id(), ctx.now()).await?;
    // Who is invited is for those who may see it.
    let invited = if here.may(Action::SeeSensitive) {
        invitations::count(conn, here.id(), ctx.now()).await?
    } else {
        0
    };
    Ok(TeamCounts { active, inactive, suspended, invited })
}

/// One of the people of a workspace.
///
/// # Errors
/// [`Error::NotFound`] when they are none.
pub async fn get(ctx: &Ctx, here: &Here, id: &MemberId) -> Result<TeamMember, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    queries::find(&mut conn, here.id(), id, ctx.now()).await?.ok_or(Error::NotFound)
}

/// Where the page behind a member begins: what the list is sorted by, then the member.
fn cursor_of(sort: TeamSort, last: &Listed) -> String {
    let id = &last.member.id;
    match sort {
        TeamSort::Seen => format!("{}.{id}", last.seen_at.as_micros()),
        TeamSort::Name => format!("{}.{id}", last.name_folded),
        TeamSort::Joined => id.to_string(),
    }
}

/// The place that a cursor names; the beginning when it is none of this order.
fn after(sort: TeamSort, cursor: &str) -> After {
    if cursor.contains('\0') {
        return After::Nothing;
    }
    let (key, id) = cursor.rsplit_once('.').unwrap_or(("", cursor));
    let Ok(id) = id.parse::<MemberId>() else { return After::Nothing };
    match sort {
        TeamSort::Seen => match key.parse() {
            Ok(micros) => After::Seen(Ts::from_micros(micros), id),
            Err(_) => After::Nothing,
        },
        TeamSort::Name => After::Name(key.to_owned(), id),
        TeamSort::Joined => After::Joined(id),
    }
}
