//! The first account: a link that is printed once, to the terminal only (rules §11).

mod queries;

use std::time::Duration;

use stackyard_model::activity::{Outcome, What};

use crate::accounts::{NewAccount, UserRow, check_account, count_users, hash_password, insert_user};
use crate::activity::{Entry, record};
use crate::sessions::{self, NewSession};
use crate::{Ctx, Error, Secret};

/// What the link's secret begins with.
const PREFIX: &str = "setup_";
/// For how long a link works.
const LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Whether there is nobody yet, so that a link is needed.
///
/// # Errors
/// When the store fails.
pub async fn is_needed(ctx: &Ctx) -> Result<bool, Error> {
    let mut conn = ctx.deps().db.read().await?;
    Ok(count_users(&mut conn).await? == 0)
}

/// A new link, in place of any before it. None as soon as there is a person.
///
/// # Errors
/// When the store fails.
pub async fn issue_link(ctx: &Ctx) -> Result<Option<Secret>, Error> {
    let secret = Secret::mint(PREFIX, &*ctx.deps().random);
    let now = ctx.now();
    let wanted = ctx
        .deps()
        .db
        .write((secret.hash(), now), |conn, (hash, now)| {
            Box::pin(async move {
                queries::delete_all(conn).await?;
                if count_users(conn).await? > 0 {
                    return Ok::<_, Error>(false);
                }
                queries::insert(conn, hash, *now, *now + LIFETIME).await?;
                Ok(true)
            })
        })
        .await?;
    Ok(wanted.then_some(secret))
}

/// Whether a link works. Looking uses nothing up.
///
/// # Errors
/// When the store fails.
pub async fn check_link(ctx: &Ctx, secret: &str) -> Result<bool, Error> {
    let Some(secret) = Secret::parse(secret, PREFIX) else { return Ok(false) };
    let mut conn = ctx.deps().db.read().await?;
    Ok(queries::works(&mut conn, &secret.hash(), ctx.now()).await?)
}

/// Makes the first account and signs it in. The link is used up.
///
/// # Errors
/// [`Error::Invalid`] with each error at its field, [`Error::Conflict`] when the link does not work (any more).
pub async fn complete(ctx: &Ctx, secret: &str, new: NewAccount) -> Result<NewSession, Error> {
    let secret = Secret::parse(secret, PREFIX).ok_or_else(used_up)?;
    if !check_link(ctx, secret.expose()).await? {
        return Err(used_up());
    }
    let checked = check_account(&new)?;
    let hash = hash_password(ctx, &new.password).await?;
    // Whoever has the operator's link says whose address it is, as the operator does.
    let user = UserRow { email_verified: true, ..checked.into_row(ctx, hash) };
    let (row, session) = sessions::open(ctx, &user.id);
    let entry = Entry::new(ctx, None, What::SignedIn, Outcome::Ok)
        .target("user", user.id.as_str(), &user.name)
        .by(&user.id, &user.name)
        .note("the first account");
    let args = (secret.hash(), user, row, entry, ctx.now());
    ctx.deps()
        .db
        .write(args, |conn, (link, user, session, entry, now)| {
            Box::pin(async move {
                if !queries::works(conn, link, *now).await? || count_users(conn).await? > 0 {
                    return Err(used_up());
                }
                queries::delete_all(conn).await?;
                insert_user(conn, user).await?;
                session.write(conn).await?;
                record(conn, entry).await
            })
        })
        .await?;
    Ok(session)
}

fn used_up() -> Error {
    let message = "This link was used, has expired, or was replaced. Start the server again for a new one, or run \
                   stackyard admin setup-link.";
    Error::conflict("SetupLinkUsed", message)
}
