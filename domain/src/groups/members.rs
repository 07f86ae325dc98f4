//! Who is in which group.

use std::collections::{HashMap, HashSet};

use stackyard_db::Conn;
use stackyard_model::Action;
use stackyard_model::access::{Group, NamedMember};
use stackyard_model::activity::What;
use stackyard_model::id::{GroupId, MemberId};

use super::manage::{about, managed};
use super::queries;
use crate::access::Giver;
use crate::activity::record;
use crate::{Ctx, Error, Here, access, search, team};

/// Most people who are put in or taken out at once: a page of them.
const AT_ONCE: usize = 500;
/// Names that an event of many people has.
const NAMED: usize = 5;

/// Who is in a group, by name.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of this workspace's.
pub async fn members(ctx: &Ctx, here: &Here, id: &GroupId) -> Result<Vec<NamedMember>, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    queries::find(&mut conn, here.id(), id).await?.ok_or(Error::NotFound)?;
    Ok(queries::members(&mut conn, id, ctx.now()).await?)
}

/// Members of the workspace who are not in a group, by name, at most `limit` of those whose name or address has the
/// words of `q`; before them those who were chosen already.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of this workspace's, [`Error::Forbidden`] for who may not manage groups.
pub async fn outsiders(
    ctx: &Ctx,
    here: &Here,
    id: &GroupId,
    q: &str,
    chosen: &[MemberId],
    limit: i64,
) -> Result<Vec<NamedMember>, Error> {
    here.require(Action::ManageGroups)?;
    let mut conn = ctx.deps().db.read().await?;
    queries::find(&mut conn, here.id(), id).await?.ok_or(Error::NotFound)?;
    let patterns = search::patterns(q);
    let found = queries::outsiders(&mut conn, here.id(), id, &patterns, limit, ctx.now()).await?;
    if chosen.is_empty() {
        return Ok(found);
    }
    let chosen = queries::named(&mut conn, here.id(), chosen, ctx.now()).await?;
    let others: Vec<_> =
        found.into_iter().filter(|person| chosen.iter().all(|chosen| chosen.id != person.id)).collect();
    Ok(chosen.into_iter().chain(others).collect())
}

/// The groups of some members, each by name, for lists of people.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see the team.
pub async fn of_members(
    ctx: &Ctx,
    here: &Here,
    members: &[MemberId],
) -> Result<HashMap<MemberId, Vec<String>>, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    let mut groups: HashMap<_, Vec<_>> = HashMap::new();
    for (member, name) in queries::names_of(&mut conn, here.id(), members).await? {
        groups.entry(member).or_default().push(name);
    }
    Ok(groups)
}

/// Every group of the workspace by name, and whether a member is in it.
///
/// # Errors
/// As [`of_members`].
pub async fn of_member(ctx: &Ctx, here: &Here, member: &MemberId) -> Result<Vec<(Group, bool)>, Error> {
    let groups = super::list(ctx, here).await?;
    let mut conn = ctx.deps().db.read().await?;
    let within: HashSet<_> = queries::ids_of(&mut conn, here.id(), member).await?.into_iter().collect();
    let with = |group: Group| {
        let is_in = within.contains(&group.id);
        (group, is_in)
    };
    Ok(groups.into_iter().map(with).collect())
}

/// Puts members into a group. Gives how many were not in it before.
///
/// # Errors
/// [`Error::NotFound`] when the group or one of the members is not of this workspace, [`Error::Invalid`] at `members`
/// when nobody is named, or too many are, [`Error::Forbidden`] also for what a right that is lent does not give.
pub async fn add(ctx: &Ctx, here: &Here, id: &GroupId, members: &[MemberId]) -> Result<usize, Error> {
    change(ctx, here, id, members, What::GroupMembersAdded).await
}

/// Takes members out of a group. Gives how many were in it.
///
/// # Errors
/// As [`add`].
pub async fn remove(ctx: &Ctx, here: &Here, id: &GroupId, members: &[MemberId]) -> Result<usize, Error> {
    change(ctx, here, id, members, What::GroupMembersRemoved).await
}

async fn change(
    ctx: &Ctx,
    here: &Here,
    id: &GroupId,
    members: &[MemberId],
    what: What,
) -> Result<usize, Error> {
    here.require(Action::ManageGroups)?;
    if members.is_empty() {
        return Err(Error::field("members", "Choose somebody."));
    }
    if members.len() > AT_ONCE {
        return Err(Error::field("members", format!("At most {AT_ONCE} people at once.")));
    }
    let args = (ctx.clone(), here.clone(), id.clone(), members.to_vec(), what);
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, id, members, what)| {
            Box::pin(async move {
                let group = managed(ctx, conn, here, id).await?;
                let people = queries::named(conn, here.id(), members, ctx.now()).await?;
                let wanted: HashSet<_> = members.iter().collect();
                if people.len() < wanted.len() {
                    return Err(Error::NotFound);
                }
                let within: HashSet<_> = queries::member_ids(conn, id).await?.into_iter().collect();
                let adds = *what == What::GroupMembersAdded;
                let moved: Vec<_> =
                    people.into_iter().filter(|person| within.contains(&person.id) != adds).collect();
                let ids: Vec<_> = moved.iter().map(|person| person.id.clone()).collect();
                if adds {
                    may_join(ctx, conn, here, id, &ids).await?;
                    queries::put_in(conn, id, &ids, ctx.now()).await?;
                } else {
                    queries::take_out(conn, id, &ids).await?;
                }
                if !moved.is_empty() {
                    let entry = about(ctx, here, *what, id, &group.name).note(names(&moved)).concerning(ids);
                    record(conn, &entry).await?;
                }
                Ok(moved.len())
            })
        })
        .await
}

/// Says in which groups a member is, by a form that showed some: puts them into those that were `chosen` and were not ticked
/// before, and takes them out of those that were. What others changed meanwhile stays.
///
/// # Errors
/// [`Error::NotFound`] when the member or one of the groups is not of this workspace, [`Error::Forbidden`] for who may
/// not manage groups.
pub async fn set_for(
    ctx: &Ctx,
    here: &Here,
    member: &MemberId,
    ticked: &[GroupId],
    chosen: &[GroupId],
) -> Result<NamedMember, Error> {
    here.require(Action::ManageGroups)?;
    let (ticked, chosen): (HashSet<_>, HashSet<_>) =
        (ticked.iter().cloned().collect(), chosen.iter().cloned().collect());
    let args = (ctx.clone(), here.clone(), member.clone(), ticked, chosen);
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, member, ticked, chosen)| {
            Box::pin(async move {
                access::require_now(ctx, conn, here, Action::ManageGroups).await?;
                let found = team::find_member(conn, here.id(), member, ctx.now()).await?;
                let found = found.ok_or(Error::NotFound)?;
                let person =
                    NamedMember { id: found.id, name: found.name, email: found.email, role: found.role };
                set_in(ctx, conn, here, &person, (ticked, chosen)).await?;
                Ok(person)
            })
        })
        .await
}

async fn set_in(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    person: &NamedMember,
    (ticked, chosen): (&HashSet<GroupId>, &HashSet<GroupId>),
) -> Result<(), Error> {
    let within: HashSet<_> = queries::ids_of(conn, here.id(), &person.id).await?.into_iter().collect();
    let only = std::slice::from_ref(&person.id);
    for id in chosen.difference(ticked).filter(|id| !within.contains(id)) {
        let group = queries::find(conn, here.id(), id).await?.ok_or(Error::NotFound)?;
        may_join(ctx, conn, here, id, only).await?;
        queries::put_in(conn, id, only, ctx.now()).await?;
        let entry = about(ctx, here, What::GroupMembersAdded, id, &group.name);
        record(conn, &entry.note(person.name.clone()).concerning(only.to_vec())).await?;
    }
    for id in ticked.difference(chosen).filter(|id| within.contains(id)) {
        let group = queries::find(conn, here.id(), id).await?.ok_or(Error::NotFound)?;
        queries::take_out(conn, id, only).await?;
        let entry = about(ctx, here, What::GroupMembersRemoved, id, &group.name);
        record(conn, &entry.note(person.name.clone()).concerning(only.to_vec())).await?;
    }
    Ok(())
}

/// Refuses to put members into a group when whoever asks may not give them what it has.
async fn may_join(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    group: &GroupId,
    members: &[MemberId],
) -> Result<(), Error> {
    let giver = Giver::of(ctx, conn, here, Action::ManageGroups, None).await?;
    giver.gives_to(ctx, conn, members).await?;
    if !members.is_empty() && access::any_decides(conn, std::slice::from_ref(group)).await? {
        giver.gives_admin()?;
    }
    Ok(())
}

/// "Ada, Ben and 3 more".
fn names(people: &[NamedMember]) -> String {
    let named: Vec<_> = people.iter().take(NAMED).map(|person| person.name.as_str()).collect();
    match people.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
