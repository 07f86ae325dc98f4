//! Which repositories a member reaches, and what they may do with one. What it comes to is decided by
//! [`Standing::may`]; here is only read what that needs.

use std::collections::BTreeMap;
use std::sync::Arc;

use stackyard_db::Conn;
use stackyard_model::access::{ResourceRole, Standing};
use stackyard_model::id::RepositoryId;
use stackyard_model::workspace::Membership;
use stackyard_model::{Action, Role};

use super::{Here, by_id, queries};
use crate::{Actor, Ctx, Error};

/// The repositories that somebody reaches.
#[derive(Debug, Clone)]
pub(crate) enum Reach {
    /// All of the workspace. Nothing more is read to know it.
    All,
    /// Those alone that were granted.
    Granted(Arc<Granted>),
}

/// What somebody was granted, by repository.
#[derive(Debug, Default)]
pub(crate) struct Granted {
    roles: BTreeMap<RepositoryId, ResourceRole>,
    ids: Vec<RepositoryId>,
}

impl Granted {
    /// The strongest role on each repository.
    fn of(granted: impl IntoIterator<Item = (RepositoryId, ResourceRole)>) -> Self {
        let mut roles = BTreeMap::new();
        for (id, role) in granted {
            let strongest = roles.entry(id).or_insert(role);
            *strongest = role.max(*strongest);
        }
        let ids = roles.keys().cloned().collect();
        Self { roles, ids }
    }
}

impl Reach {
    /// Of a member. Reads nothing where members see all, nor for those who run the workspace.
    pub(super) async fn of(ctx: &Ctx, conn: &mut Conn, membership: &Membership) -> Result<Self, Error> {
        if sees_by_role(membership.role) || membership.workspace.members_see_all {
            return Ok(Self::All);
        }
        let granted = queries::granted(conn, &membership.member_id, ctx.now()).await?;
        Ok(Self::Granted(Arc::new(Granted::of(granted))))
    }
}

/// Whether what a role sees does not depend on grants: it sees everything, or no resources at all.
const fn sees_by_role(role: Role) -> bool {
    role.may(Action::ManageAccess) || !role.may(Action::SeeResources)
}

impl Here {
    /// The only repositories of which something may be shown; none when all may be.
    pub(crate) fn within(&self) -> Option<&[RepositoryId]> {
        match &self.reach {
            Reach::All => None,
            Reach::Granted(granted) => Some(&granted.ids),
        }
    }

    /// Whether anything of this repository may be shown.
    pub(crate) fn reaches(&self, repository: &RepositoryId) -> bool {
        match &self.reach {
            Reach::All => true,
            Reach::Granted(granted) => granted.roles.contains_key(repository),
        }
    }

    /// [`Error::NotFound`] for a repository of which nothing may be shown, as for one that there is not.
    pub(crate) fn reach(&self, repository: &RepositoryId) -> Result<(), Error> {
        if self.reaches(repository) { Ok(()) } else { Err(Error::NotFound) }
    }

    fn standing(&self, granted: Option<ResourceRole>) -> Standing {
        Standing { role: self.role, members_see_all: self.workspace().members_see_all, granted }
    }
}

/// What whoever asks may do with a repository.
///
/// # Errors
/// When the store fails.
pub async fn standing(ctx: &Ctx, here: &Here, repository: &RepositoryId) -> Result<Standing, Error> {
    let mut conn = ctx.deps().db.read().await?;
    standing_in(ctx, &mut conn, here, repository).await
}

async fn standing_in(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    repository: &RepositoryId,
) -> Result<Standing, Error> {
    if sees_by_role(here.role) {
        return Ok(here.standing(None));
    }
    let granted = match &here.reach {
        Reach::Granted(granted) => granted.roles.get(repository).copied(),
        Reach::All => queries::granted_on(conn, &here.member_id, repository, ctx.now()).await?,
    };
    Ok(here.standing(granted))
}

/// What whoever asks may do with each repository, for lists of things of many.
#[derive(Debug, Clone)]
pub struct Standings {
    here: Here,
    granted: Arc<Granted>,
}

impl Standings {
    /// What they may do with a repository.
    #[must_use]
    pub fn on(&self, repository: &RepositoryId) -> Standing {
        self.here.standing(self.granted.roles.get(repository).copied())
    }
}

/// What whoever asks may do with each repository.
///
/// # Errors
/// When the store fails.
pub async fn standings(ctx: &Ctx, here: &Here) -> Result<Standings, Error> {
    let granted = match &here.reach {
        Reach::Granted(granted) => Arc::clone(granted),
        Reach::All if sees_by_role(here.role) => Arc::default(),
        Reach::All => {
            let mut conn = ctx.deps().db.read().await?;
            let granted = queries::granted(&mut conn, &here.member_id, ctx.now()).await?;
            Arc::new(Granted::of(granted))
        }
    };
    Ok(Standings { here: here.clone(), granted })
}

/// Refuses, with the reason, unless whoever asks may do `action` with a repository.
///
/// # Errors
/// [`Error::NotFound`] when they may not know of it, [`Error::Forbidden`] naming what it needs.
pub async fn require_on(
    ctx: &Ctx,
    here: &Here,
    action: Action,
    repository: &RepositoryId,
) -> Result<(), Error> {
    let mut conn = ctx.deps().db.read().await?;
    let standing = standing_in(ctx, &mut conn, here, repository).await?;
    allow(here, standing, action)
}

/// The same by what holds at this moment: what was read before a transaction may be over in it.
pub(crate) async fn require_on_now(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    action: Action,
    repository: &RepositoryId,
) -> Result<(), Error> {
    if matches!(ctx.actor, Actor::Operator) {
        return here.require(action);
    }
    let now = by_id(ctx, conn, here.id()).await?;
    let standing = standing_in(ctx, conn, &now, repository).await?;
    allow(&now, standing, action)
}

fn allow(here: &Here, standing: Standing, action: Action) -> Result<(), Error> {
    if !here.is_in_scope(action) {
        return here.require(action);
    }
    if standing.may(action) {
        return Ok(());
    }
    // Who sees no resources at all is told what that needs.
    here.require(Action::SeeResources)?;
    if !standing.may(Action::SeeResources) {
        return Err(Error::NotFound);
    }
    let able = ResourceRole::ALL.iter().find(|role| role.may(action)).map_or("Admin", |role| role.label());
    Err(Error::Forbidden(format!(
        "“{}” needs the role {able} on this repository, or a role in {} that may. Ask an owner or admin.",
        action.label(),
        here.workspace().name,
    )))
}
