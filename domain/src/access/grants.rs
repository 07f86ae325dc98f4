//! Who has which role on a repository: granting and taking back.

use stackyard_db::Conn;
use stackyard_model::access::{Grant, Grantee, ResourceRole};
use stackyard_model::activity::{Change, What};
use stackyard_model::id::{GrantId, MemberId, RepositoryId};
use stackyard_model::repository::Repository;
use stackyard_model::text::{self, fold, fold_address};
use stackyard_model::{Action, FieldErrors, Ts};

use super::giving::Giver;
use super::grant_queries::{self as queries, GrantRow};
use super::{request_queries, require_on, require_on_now};
use crate::activity::{Entry, record};
use crate::{Ctx, Error, Here, groups, repositories};

/// Longest name or address that is looked up, in characters.
const WHO_MAX: usize = 300;

/// The roles on a repository that were granted, the strongest first, then by name.
///
/// # Errors
/// [`Error::NotFound`] when whoever asks may not know of the repository, [`Error::Forbidden`] when they may not say who
/// has access.
pub async fn grants_on(ctx: &Ctx, here: &Here, repository: &RepositoryId) -> Result<Vec<Grant>, Error> {
    let repository = managed(ctx, here, repository).await?;
    let mut conn = ctx.deps().db.read().await?;
    let mut grants = queries::on(&mut conn, &repository, ctx.now()).await?;
    grants.sort_by_key(|grant| (std::cmp::Reverse(grant.role), fold(grant.to.name())));
    Ok(grants)
}

/// The roles that a group was granted, by repository; those alone of repositories that whoever asks may see.
///
/// # Errors
/// When the store fails.
pub async fn grants_of_group(
    ctx: &Ctx,
    here: &Here,
    group: &stackyard_model::id::GroupId,
) -> Result<Vec<Grant>, Error> {
    here.require(Action::SeeResources)?;
    let mut conn = ctx.deps().db.read().await?;
    let mut grants = queries::of_group(&mut conn, here.id(), group, ctx.now()).await?;
    grants.retain(|grant| here.reaches(&grant.repository_id));
    Ok(grants)
}

/// A repository whose access whoever asks may decide about.
async fn managed(ctx: &Ctx, here: &Here, repository: &RepositoryId) -> Result<Repository, Error> {
    let repository = repositories::get(ctx, here, repository).await?;
    require_on(ctx, here, Action::ManageAccess, &repository.id).await?;
    Ok(repository)
}

/// Gives somebody a role on a repository for good: a member by their address, or a group by its name. Whoever has one for
/// good has this one instead.
///
/// # Errors
/// [`Error::Invalid`] at `who` or `role`, [`Error::Forbidden`] also for what a right that is lent does not give, and as
/// [`grants_on`].
pub async fn grant(
    ctx: &Ctx,
    here: &Here,
    repository: &RepositoryId,
    who: &str,
    role: &str,
) -> Result<Grantee, Error> {
    let repository = managed(ctx, here, repository).await?;
    let mut errors = FieldErrors::default();
    let role = errors.keep("role", role.parse::<ResourceRole>().map_err(|_| "Choose a role."));
    let who: String = who.trim().chars().filter(|c| *c != '\0').take(WHO_MAX).collect();
    if who.is_empty() {
        errors.push("who", "Write a member’s e-mail address, or the name of a group.");
    }
    let Some(role) = role.filter(|_| errors.is_empty()) else { return Err(Error::Invalid(errors)) };
    let args = (ctx.clone(), here.clone(), repository, who, role);
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, repository, who, role)| {
            Box::pin(async move {
                require_on_now(ctx, conn, here, Action::ManageAccess, &repository.id).await?;
                let to = find(ctx, conn, here, who).await?;
                let giver = Giver::of(ctx, conn, here, Action::ManageAccess, Some(&repository.id)).await?;
                let holders = holders(conn, &to).await?;
                giver.gives_to(ctx, conn, &holders).await?;
                if *role == ResourceRole::Admin {
                    giver.gives_admin()?;
                }
                give(ctx, conn, here, repository, &to, *role).await?;
                Ok(to)
            })
        })
        .await
}

/// The member of that address, or the group of that name. What is an address is never taken for a group's name: whoever
/// makes groups would catch what is meant for a person.
async fn find(ctx: &Ctx, conn: &mut Conn, here: &Here, who: &str) -> Result<Grantee, Error> {
    let is_address = text::email(who).is_ok();
    if !is_address && let Some((id, name)) = groups::by_name(conn, here.id(), who).await? {
        return Ok(Grantee::Group(id, name));
    }
    let Some((id, name, role)) = queries::member_by_address(conn, here.id(), &fold_address(who)).await?
    else {
        return Err(Error::field("who", "No member has this address, and no group has this name."));
    };
    if !role.at(ctx.now()).may(Action::SeeResources) {
        let message = format!("{name} has a role that sees no repositories. Change that one first.");
        return Err(Error::field("who", message));
    }
    Ok(Grantee::Member(id, name))
}

/// Writes a role for good, and its event.
pub(super) async fn give(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    repository: &Repository,
    to: &Grantee,
    role: ResourceRole,
) -> Result<(), Error> {
    let before = queries::for_good(conn, &repository.id, to).await?;
    let members = concerned(conn, to).await?;
    let entry = |what| about(ctx, here, what, repository, to).concerning(members);
    match before {
        Some((_, old)) if old == role => Ok(()),
        Some((id, old)) => {
            queries::set_role(conn, &id, role).await?;
            let change = Change::new("role", old.as_str(), role.as_str());
            let entry = entry(What::AccessChanged).details(|details| details.changes = vec![change]);
            record(conn, &entry).await
        }
        None => {
            queries::insert(conn, &GrantRow::new(ctx, here, repository, to, role, None)).await?;
            record(conn, &entry(What::AccessGranted).details(|details| details.changes = vec![new(role)]))
                .await
        }
    }
}

/// Writes a role for a time beside what the grantee has for good. Its event is that of the request.
pub(super) async fn lend(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    repository: &Repository,
    to: &Grantee,
    (role, until): (ResourceRole, Ts),
) -> Result<GrantId, Error> {
    let row = GrantRow::new(ctx, here, repository, to, role, Some(until));
    queries::insert(conn, &row).await?;
    Ok(row.id)
}

/// Takes a role on a repository back. The next request obeys.
///
/// # Errors
/// [`Error::NotFound`] when there is no such grant, and as [`grants_on`].
pub async fn revoke(
    ctx: &Ctx,
    here: &Here,
    repository: &RepositoryId,
    id: &GrantId,
) -> Result<Grantee, Error> {
    let repository = managed(ctx, here, repository).await?;
    let args = (ctx.clone(), here.clone(), repository, id.clone());
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, repository, id)| {
            Box::pin(async move {
                require_on_now(ctx, conn, here, Action::ManageAccess, &repository.id).await?;
                let grants = queries::on(conn, repository, ctx.now()).await?;
                let grant = grants.into_iter().find(|grant| grant.id == *id).ok_or(Error::NotFound)?;
                queries::delete(conn, id).await?;
                request_queries::end_of_grant(conn, id, ctx.now()).await?;
                let was = Change::new("role", grant.role.as_str(), "");
                let entry = about(ctx, here, What::AccessRevoked, repository, &grant.to)
                    .concerning(concerned(conn, &grant.to).await?)
                    .details(|details| details.changes = vec![was]);
                record(conn, &entry).await?;
                Ok(grant.to)
            })
        })
        .await
}

fn new(role: ResourceRole) -> Change {
    Change::new("role", "", role.as_str())
}

/// Those who have what somebody has.
async fn holders(conn: &mut Conn, to: &Grantee) -> Result<Vec<MemberId>, Error> {
    match to {
        Grantee::Member(id, _) => Ok(vec![id.clone()]),
        Grantee::Group(..) => concerned(conn, to).await,
    }
}

/// Those who have what a group has.
async fn concerned(conn: &mut Conn, to: &Grantee) -> Result<Vec<MemberId>, Error> {
    Ok(match to {
        Grantee::Member(..) => Vec::new(),
        Grantee::Group(id, _) => groups::member_ids(conn, id).await?,
    })
}

fn about(ctx: &Ctx, here: &Here, what: What, repository: &Repository, to: &Grantee) -> Entry {
    let (kind, id) = match to {
        Grantee::Member(id, _) => ("member", id.as_str()),
        Grantee::Group(id, _) => ("group", id.as_str()),
    };
    Entry::done(ctx, here.id(), what).target(kind, id, to.name()).repository(&repository.id, &repository.name)
}
