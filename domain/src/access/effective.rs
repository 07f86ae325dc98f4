//! Effective access, both ways: what one person can reach and why, and who can reach one repository and why.

use std::collections::HashMap;

use stackyard_model::access::{Because, Grantee, NamedMember, Reached, Reaching, ResourceRole, Standing};
use stackyard_model::id::{MemberId, RepositoryId};
use stackyard_model::team::TeamMember;
use stackyard_model::{Action, MemberStatus, Role};

use super::{grant_queries as queries, require_on};
use crate::{Ctx, Error, Here, repositories, team};

/// The repositories that a member reaches, by name, each with all the reasons. One may ask about oneself.
///
/// # Errors
/// [`Error::NotFound`] when it is no member, [`Error::Forbidden`] for who may not ask about others.
pub async fn reached_by(ctx: &Ctx, here: &Here, id: &MemberId) -> Result<(TeamMember, Vec<Reached>), Error> {
    if here.member_id != *id {
        here.require(Action::ManageAccess)?;
    }
    let member = team::get(ctx, here, id).await?;
    if member.status == MemberStatus::Suspended {
        return Ok((member, Vec::new()));
    }
    let repositories = repositories::list(ctx, here, "").await?;
    let mut conn = ctx.deps().db.read().await?;
    let mut had: HashMap<RepositoryId, Vec<Because>> = HashMap::new();
    for (repository, role, until, group) in queries::had_by(&mut conn, id, ctx.now()).await? {
        let because = match group {
            Some(name) => Because::Group(name, role, until),
            None => Because::Granted(role, until),
        };
        had.entry(repository).or_default().push(because);
    }
    let reached = repositories.into_iter().filter_map(|repository| {
        let granted = had.remove(&repository.id).unwrap_or_default();
        let (comes_to, because) = weigh(here, member.role, granted)?;
        Some(Reached { repository_id: repository.id, repository: repository.name, comes_to, because })
    });
    let reached = reached.collect();
    Ok((member, reached))
}

/// Who can reach a repository, the strongest first, then by name, each with all the reasons.
///
/// # Errors
/// [`Error::NotFound`] when whoever asks may not know of the repository, [`Error::Forbidden`] when they may not say who
/// has access.
pub async fn reaching(ctx: &Ctx, here: &Here, repository: &RepositoryId) -> Result<Vec<Reaching>, Error> {
    let repository = repositories::get(ctx, here, repository).await?;
    require_on(ctx, here, Action::ManageAccess, &repository.id).await?;
    let mut conn = ctx.deps().db.read().await?;
    let (mut own, mut of_groups): (HashMap<MemberId, Vec<Because>>, HashMap<_, Vec<Because>>) =
        Default::default();
    for grant in queries::on(&mut conn, &repository, ctx.now()).await? {
        match grant.to {
            Grantee::Member(id, _) => {
                own.entry(id).or_default().push(Because::Granted(grant.role, grant.expires_at));
            }
            Grantee::Group(id, name) => {
                of_groups.entry(id).or_default().push(Because::Group(name, grant.role, grant.expires_at));
            }
        }
    }
    let ids: Vec<_> = of_groups.keys().cloned().collect();
    for (group, member) in queries::who_is_in(&mut conn, &ids).await? {
        own.entry(member).or_default().extend(of_groups.get(&group).into_iter().flatten().cloned());
    }
    let everybody = queries::everybody(&mut conn, here.id(), ctx.now()).await?;
    let weighed = |member: NamedMember| {
        let granted = own.remove(&member.id).unwrap_or_default();
        let (comes_to, because) = weigh(here, member.role, granted)?;
        Some(Reaching { member, comes_to, because })
    };
    let mut reaching: Vec<_> = everybody.into_iter().filter_map(weighed).collect();
    reaching.sort_by_key(|one| std::cmp::Reverse(one.comes_to));
    Ok(reaching)
}

/// What a role and grants come to together, and the reasons, the strongest first. None for who does not see it.
fn weigh(here: &Here, role: Role, granted: Vec<Because>) -> Option<(ResourceRole, Vec<Because>)> {
    let members_see_all = here.workspace().members_see_all;
    let standing = |granted| Standing { role, members_see_all, granted };
    let strongest = granted.iter().filter_map(role_of).max();
    let comes_to = standing(strongest).comes_to()?;
    let by_role = standing(None).comes_to().map(|comes_to| (comes_to, Because::Role(role)));
    let mut because: Vec<_> = granted.into_iter().filter_map(|one| Some((role_of(&one)?, one))).collect();
    because.extend(by_role);
    because.sort_by_key(|(role, _)| std::cmp::Reverse(*role));
    Some((comes_to, because.into_iter().map(|(_, because)| because).collect()))
}

const fn role_of(because: &Because) -> Option<ResourceRole> {
    match because {
        Because::Role(_) => None,
        Because::Granted(role, _) | Because::Group(_, role, _) => Some(*role),
    }
}
