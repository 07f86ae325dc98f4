//! What a right to give access does not give: what is lent for a time gives nothing that lasts to those to whom something is
//! lent, and makes nobody an admin; a credential gives nothing to the person who made its secret, and no more than that person
//! could.

use stackyard_db::Conn;
use stackyard_model::access::Standing;
use stackyard_model::id::{MemberId, RepositoryId, UserId};
use stackyard_model::{Action, MemberStatus, Role};

use super::queries::Member;
use super::{Here, grant_queries, queries};
use crate::{Actor, Ctx, Error, accounts, credentials};

/// Why somebody who may give access may not give all of it.
enum Bound {
    /// A person who may do it only for a time.
    Lent(MemberId),
    /// A credential, of whose secret somebody is the maker.
    Secret(Maker),
}

/// Who made the secret by which a credential came in.
struct Maker {
    /// Their folded address; none when the account is gone.
    address: Option<String>,
    /// What they are in the workspace, suspended or not.
    member: Option<MemberId>,
    /// Whether they could do it themselves, and not for a time.
    could: bool,
}

/// Whoever gives access, as what they are at this moment.
pub(crate) struct Giver(Option<Bound>);

impl Giver {
    /// Whoever asks, who gives access because they may do `action`: in the workspace, or with a repository.
    pub(crate) async fn of(
        ctx: &Ctx,
        conn: &mut Conn,
        here: &Here,
        action: Action,
        on: Option<&RepositoryId>,
    ) -> Result<Self, Error> {
        let bound = match &ctx.actor {
            Actor::User(_) => lent(ctx, conn, here, action, on).await?.map(Bound::Lent),
            Actor::Credential(actor) => match credentials::maker_of(conn, actor).await? {
                Some(user) => Some(Bound::Secret(Maker::of(ctx, conn, here, action, on, &user).await?)),
                None => None,
            },
            _ => None,
        };
        Ok(Self(bound))
    }

    /// Refuses to give something that lasts to these members, when the giver is one of them, or they would give it to each
    /// other.
    pub(crate) async fn gives_to(
        &self,
        ctx: &Ctx,
        conn: &mut Conn,
        members: &[MemberId],
    ) -> Result<(), Error> {
        let message = match &self.0 {
            Some(Bound::Lent(me)) if members.contains(me) => {
                "Your role is lent to you for a time, and does not give you what lasts longer. Somebody else has to."
            }
            Some(Bound::Lent(_)) if grant_queries::any_borrows(conn, members, ctx.now()).await? => {
                "Your role is lent to you for a time, and does not give what lasts longer to somebody to whom \
                 something is lent too. Somebody else has to, whose role is their own."
            }
            Some(Bound::Secret(maker)) if maker.member.as_ref().is_some_and(|it| members.contains(it)) => {
                "A credential does not give access to who made its secret. A person has to."
            }
            _ => return Ok(()),
        };
        Err(Error::Forbidden(message.to_owned()))
    }

    /// Refuses to make somebody an admin, of the workspace or of one thing: two to whom it is lent would give it to each
    /// other for good, and who is no admin any more would become one again by what they made before.
    pub(crate) fn gives_admin(&self) -> Result<(), Error> {
        self.gives_all("makes nobody an admin")
    }

    /// Refuses to show every member what was granted to some.
    pub(crate) fn opens_to_all(&self) -> Result<(), Error> {
        self.gives_all("does not open all repositories to everybody")
    }

    fn gives_all(&self, what_not: &str) -> Result<(), Error> {
        let message = match &self.0 {
            Some(Bound::Lent(_)) => format!(
                "Your role is lent to you for a time, and {what_not}. Somebody else has to, whose role is their own."
            ),
            Some(Bound::Secret(maker)) if !maker.could => format!(
                "Who made the secret of this credential may not do this themselves, so it {what_not}. A person has to."
            ),
            _ => return Ok(()),
        };
        Err(Error::Forbidden(message))
    }

    /// Refuses to invite who made the secret, by one of these folded addresses.
    pub(crate) fn invites(&self, addresses: &[&str]) -> Result<(), Error> {
        match &self.0 {
            Some(Bound::Secret(maker))
                if maker.address.as_deref().is_some_and(|it| addresses.contains(&it)) =>
            {
                Err(Error::Forbidden(NOT_ITS_MAKER.to_owned()))
            }
            _ => Ok(()),
        }
    }
}

/// What is said where a credential would let its own maker in again.
pub(crate) const NOT_ITS_MAKER: &str = "A credential does not invite who made its secret. A person has to.";

impl Maker {
    async fn of(
        ctx: &Ctx,
        conn: &mut Conn,
        here: &Here,
        action: Action,
        on: Option<&RepositoryId>,
        user: &UserId,
    ) -> Result<Self, Error> {
        let account = accounts::find_user(conn, user).await?;
        let member = queries::member(conn, here.id(), user).await?;
        let is_let_in = account.as_ref().is_some_and(|account| account.disabled_at.is_none())
            && member.as_ref().is_some_and(|member| member.status != MemberStatus::Suspended);
        let could = match &member {
            Some(member) if is_let_in => lasts(ctx, conn, here, member, action, on).await?,
            _ => false,
        };
        let address = account.map(|account| account.email_folded);
        Ok(Self { address, member: member.map(|member| member.id), could })
    }
}

/// Refuses a person to whom their role is lent for a time: what they would make here works when the time is over.
pub(crate) async fn require_lasting(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    action: Action,
) -> Result<(), Error> {
    if matches!(ctx.actor, Actor::User(_)) && lent(ctx, conn, here, action, None).await?.is_some() {
        let message = "Your role is lent to you for a time, and a secret goes on after it. Ask somebody to make it \
                       whose role is their own.";
        return Err(Error::Forbidden(message.to_owned()));
    }
    Ok(())
}

/// The member who asks, when they could not do `action` by what they have for good.
async fn lent(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    action: Action,
    on: Option<&RepositoryId>,
) -> Result<Option<MemberId>, Error> {
    let user = &ctx.signed_in()?.account.id;
    let member = queries::member(conn, here.id(), user).await?.ok_or(Error::NotFound)?;
    let lasts = lasts(ctx, conn, here, &member, action, on).await?;
    Ok((!lasts).then_some(member.id))
}

/// Whether a member may do `action` by what they have for good.
async fn lasts(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    member: &Member,
    action: Action,
    on: Option<&RepositoryId>,
) -> Result<bool, Error> {
    let role: Role = member.role.for_good();
    let granted = match on {
        Some(repository) => {
            let had = grant_queries::had_by(conn, &member.id, ctx.now()).await?;
            let lasting = |(id, role, until, _): grant_queries::Had| {
                (id == *repository && until.is_none()).then_some(role)
            };
            had.into_iter().filter_map(lasting).max()
        }
        None => None,
    };
    let members_see_all = here.workspace().members_see_all;
    Ok(Standing { role, members_see_all, granted }.may(action) || (on.is_none() && role.may(action)))
}
