//! Coming into a workspace: who may know that it is there, and what they may do in it and with its repositories.

mod credential;
mod deciding;
mod effective;
mod giving;
mod grant_queries;
mod grants;
mod queries;
mod reach;
mod request_queries;
mod requests;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::credential::Scope;
use stackyard_model::id::{MemberId, UserId, WorkspaceId};
use stackyard_model::text::in_words;
use stackyard_model::workspace::{Membership, Workspace};
use stackyard_model::{Action, MemberStatus, Role, Ts};

pub use self::credential::enter_with_credential;
pub(crate) use self::deciding::sweep;
pub use self::deciding::{approve, reject};
pub use self::effective::{reached_by, reaching};
pub(crate) use self::giving::{Giver, NOT_ITS_MAKER, require_lasting};
pub(crate) use self::grant_queries::{any_decides, decides};
pub use self::grants::{grant, grants_of_group, grants_on, revoke};
pub(crate) use self::queries::{MemberRole, forget_repository};
use self::reach::Reach;
pub(crate) use self::reach::require_on_now;
pub use self::reach::{Standings, require_on, standing, standings};
pub(crate) use self::request_queries::end_lent_role;
pub use self::requests::{AskInput, RequestPage, ask, cancel, count_pending, request, requests};
pub(crate) use self::requests::{end_waiting_of, waiting_of};
use crate::{Actor, Ctx, Error, sessions, workspaces};

/// The membership of whoever asks, read in this request. Only [`enter`] and its like make one, so holding it
/// proves that the workspace may be known to them.
#[derive(Debug, Clone)]
pub struct Here {
    membership: Membership,
    reach: Reach,
    /// What a credential may be used for; none where a person or the operator came in.
    scopes: Option<Arc<[Scope]>>,
}

impl Deref for Here {
    type Target = Membership;
    fn deref(&self) -> &Membership {
        &self.membership
    }
}

impl Here {
    /// The workspace.
    #[must_use]
    pub const fn workspace(&self) -> &Workspace {
        &self.membership.workspace
    }

    /// Whether whoever came in may do `action`: by their role, and a credential by its scopes too.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        self.is_in_scope(action) && self.membership.may(action)
    }

    /// Refuses, with the reason, unless whoever came in may do `action`.
    ///
    /// # Errors
    /// [`Error::Forbidden`] naming the role, what it would need, and who can help.
    pub fn require(&self, action: Action) -> Result<(), Error> {
        if self.may(action) {
            return Ok(());
        }
        if self.scopes.is_some() {
            let message = format!("“{}” is not among what this credential may do.", action.label());
            return Err(Error::Forbidden(message));
        }
        let able: Vec<_> =
            Role::ALL.iter().filter(|role| role.may(action)).map(|role| role.label()).collect();
        Err(Error::Forbidden(format!(
            "“{}” needs the role {}; yours is {}. Ask an owner or admin of {}.",
            action.label(),
            in_words(&able, "or"),
            self.role.label(),
            self.workspace().name,
        )))
    }

    pub(crate) const fn id(&self) -> &WorkspaceId {
        &self.membership.workspace.id
    }

    async fn of(ctx: &Ctx, conn: &mut Conn, membership: Membership) -> Result<Self, Error> {
        let reach = Reach::of(ctx, conn, &membership).await?;
        Ok(Self { membership, reach, scopes: None })
    }
}

/// What became of an address.
#[derive(Debug, Clone)]
pub enum Entered {
    /// Here it is.
    Here(Here),
    /// The workspace is addressed by this slug now.
    Moved {
        /// Its slug.
        slug: String,
    },
}

/// How often a member's last activity is written.
const ACTIVE_EVERY: Duration = Duration::from_secs(60);

/// Comes into the workspace with this slug, former slug or id.
///
/// # Errors
/// [`Error::Unauthenticated`] when nobody is signed in, whether or not it exists; [`Error::NotFound`] when there
/// is none or the person is no active member, one and the same.
pub async fn enter(ctx: &Ctx, slug_or_id: &str) -> Result<Entered, Error> {
    let user = ctx.signed_in()?.account.id.clone();
    let mut conn = ctx.deps().db.read().await?;
    let (workspace, moved) = find(ctx, &mut conn, slug_or_id).await?.ok_or(Error::NotFound)?;
    let member = queries::member(&mut conn, &workspace.id, &user).await?.ok_or(Error::NotFound)?;
    if member.status == MemberStatus::Suspended {
        return Err(Error::NotFound);
    }
    let here = Here::of(ctx, &mut conn, member.of(workspace, ctx.now())).await?;
    drop(conn);
    touch(ctx, &here.member_id, here.last_active_at).await?;
    if moved {
        return Ok(Entered::Moved { slug: here.membership.workspace.slug });
    }
    Ok(Entered::Here(here))
}

/// Comes into the workspace as [`enter`] does, and gives all that the person may enter, by name: read once, for pages
/// that offer the others too.
///
/// # Errors
/// As [`enter`].
pub async fn enter_among_mine(ctx: &Ctx, slug_or_id: &str) -> Result<(Entered, Vec<Membership>), Error> {
    let user = &ctx.signed_in()?.account.id;
    let mut conn = ctx.deps().db.read().await?;
    let mine = workspaces::of_user(&mut conn, user, ctx.now()).await?;
    let found = mine.iter().find(|mine| mine.workspace.slug == slug_or_id).cloned();
    let entered = match found {
        Some(found) => {
            let here = Here::of(ctx, &mut conn, found).await?;
            drop(conn);
            touch(ctx, &here.member_id, here.last_active_at).await?;
            Entered::Here(here)
        }
        None => {
            drop(conn);
            enter(ctx, slug_or_id).await?
        }
    };
    Ok((entered, mine))
}

/// Comes in wherever the address leads, for services that do not redirect.
///
/// # Errors
/// As [`enter`].
pub async fn enter_anyhow(ctx: &Ctx, slug_or_id: &str) -> Result<Here, Error> {
    match enter(ctx, slug_or_id).await? {
        Entered::Here(here) => Ok(here),
        Entered::Moved { slug } => match enter(ctx, &slug).await? {
            Entered::Here(here) => Ok(here),
            Entered::Moved { .. } => Err(Error::NotFound),
        },
    }
}

/// The operator comes in anywhere, with an owner's rights.
///
/// # Errors
/// [`Error::NotFound`] when there is no such workspace, or it is not the operator who asks.
pub async fn enter_as_operator(ctx: &Ctx, slug_or_id: &str) -> Result<Here, Error> {
    ctx.operator_only()?;
    let mut conn = ctx.deps().db.read().await?;
    let (workspace, _) = find(ctx, &mut conn, slug_or_id).await?.ok_or(Error::NotFound)?;
    let member_id = MemberId::mint(ctx.now(), ctx.id_bytes());
    let membership = Membership { workspace, member_id, role: Role::Owner, last_active_at: None };
    Here::of(ctx, &mut conn, membership).await
}

/// A person's own way into a workspace of which they have just been made a member, or whose event they follow; and a
/// credential's, as what it is at this moment.
pub(crate) async fn by_id(ctx: &Ctx, conn: &mut Conn, id: &WorkspaceId) -> Result<Here, Error> {
    if let Actor::Credential(actor) = &ctx.actor {
        return credential::by_id(ctx, conn, actor, id).await;
    }
    let user = ctx.signed_in()?;
    sessions::require_live(conn, user, ctx.now()).await?;
    let workspace = queries::workspace_by_id(conn, id).await?.ok_or(Error::NotFound)?;
    let member = queries::member(conn, id, &user.account.id).await?.ok_or(Error::NotFound)?;
    if member.status == MemberStatus::Suspended {
        return Err(Error::NotFound);
    }
    Here::of(ctx, conn, member.of(workspace, ctx.now())).await
}

/// What somebody is in a workspace.
pub(crate) struct MemberNow {
    pub(crate) id: MemberId,
    pub(crate) role: Role,
    pub(crate) status: MemberStatus,
    pub(crate) joined_at: Ts,
}

/// What somebody is in a workspace; none when they are no member.
pub(crate) async fn membership(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
    now: Ts,
) -> Result<Option<MemberNow>, Error> {
    let member = queries::member(conn, workspace, user).await?;
    Ok(member.map(|queries::Member { id, role, status, joined_at, .. }| MemberNow {
        id,
        role: role.at(now),
        status,
        joined_at,
    }))
}

/// Refuses unless the role that whoever asks has at this moment may do `action`: what was read before a transaction may
/// be over in it.
pub(crate) async fn require_now(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    action: Action,
) -> Result<(), Error> {
    again(ctx, conn, here).await?.require(action)
}

/// Whoever asks, as what they are at this moment.
///
/// # Errors
/// [`Error::NotFound`] when they may not know of the workspace any more.
pub(crate) async fn again(ctx: &Ctx, conn: &mut Conn, here: &Here) -> Result<Here, Error> {
    match &ctx.actor {
        Actor::Operator => Ok(here.clone()),
        _ => by_id(ctx, conn, here.id()).await,
    }
}

/// The workspace, and whether the address is not its canonical one.
async fn find(ctx: &Ctx, conn: &mut Conn, slug_or_id: &str) -> Result<Option<(Workspace, bool)>, Error> {
    if slug_or_id.contains('\0') {
        return Ok(None);
    }
    if let Ok(id) = slug_or_id.parse::<WorkspaceId>() {
        return Ok(queries::workspace_by_id(conn, &id).await?.map(|workspace| (workspace, true)));
    }
    if let Some(workspace) = queries::workspace_by_slug(conn, slug_or_id).await? {
        return Ok(Some((workspace, false)));
    }
    let former = queries::workspace_by_former_slug(conn, slug_or_id, ctx.now()).await?;
    Ok(former.map(|workspace| (workspace, true)))
}

async fn touch(ctx: &Ctx, member: &MemberId, last: Option<Ts>) -> Result<(), Error> {
    let now = ctx.now();
    if !matches!(ctx.actor, Actor::User(_)) || last.is_some_and(|last| now.since(last) < ACTIVE_EVERY) {
        return Ok(());
    }
    let args = (member.clone(), now);
    ctx.deps()
        .db
        .write(args, |conn, (member, now)| {
            Box::pin(async move { Ok::<_, Error>(queries::set_last_active(conn, member, *now).await?) })
        })
        .await
}
