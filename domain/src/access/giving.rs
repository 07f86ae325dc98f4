//! What a right to give access does not give: what is lent for a time gives nothing that lasts to who has it, and makes
//! nobody an admin; a credential gives nothing to the person who made its secret.

use stackyard_db::Conn;
use stackyard_model::access::Standing;
use stackyard_model::id::{MemberId, RepositoryId};
use stackyard_model::{Action, Role};

use super::{Here, grant_queries, queries};
use crate::{Actor, Ctx, Error, credentials};

/// Why somebody who may give access may not give all of it.
enum Bound {
    /// A person who may do it only for a time.
    Lent(MemberId),
    /// A credential, of whose secret this member is the maker.
    Secret(MemberId),
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
                Some(user) => queries::member(conn, here.id(), &user).await?.map(|it| Bound::Secret(it.id)),
                None => None,
            },
            _ => None,
        };
        Ok(Self(bound))
    }

    /// Refuses to give something to these members, when the giver is one of them.
    pub(crate) fn gives_to(&self, members: &[MemberId]) -> Result<(), Error> {
        let message = match &self.0 {
            Some(Bound::Lent(me)) if members.contains(me) => {
                "Your role is lent to you for a time, and does not give you what lasts longer. Somebody else has to."
            }
            Some(Bound::Secret(maker)) if members.contains(maker) => {
                "A credential does not give access to who made its secret. A person has to."
            }
            _ => return Ok(()),
        };
        Err(Error::Forbidden(message.to_owned()))
    }

    /// Refuses to make somebody an admin, of the workspace or of one thing: two to whom it is lent would give it to each
    /// other for good.
    pub(crate) fn gives_admin(&self) -> Result<(), Error> {
        match &self.0 {
            Some(Bound::Lent(_)) => {
                let message = "Your role is lent to you for a time, and makes nobody an admin. Somebody else has to, \
                               whose role is their own.";
                Err(Error::Forbidden(message.to_owned()))
            }
            _ => Ok(()),
        }
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
    let lasts = Standing { role, members_see_all, granted }.may(action) || (on.is_none() && role.may(action));
    Ok((!lasts).then_some(member.id))
}
