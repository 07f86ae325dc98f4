//! Repository tokens: static credentials for one repository, for use outside OIDC (rules §5).

mod queries;

use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::activity::What;
use stackyard_model::id::{RepositoryId, RepositoryTokenId, UserId, WorkspaceId};
use stackyard_model::text::line;
use stackyard_model::token::RepositoryToken;
use stackyard_model::{Action, Ts};

use self::queries::Row;
use crate::activity::{Entry, record};
use crate::ci::TOKEN_PREFIX;
use crate::{Ctx, Error, Here, Secret, access, repositories};

/// Longest life of a token with an end, in days.
const DAYS_MAX: u32 = 3650;

/// The workspace's repository tokens, the newest first; secrets are not among what is kept.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see tokens.
pub async fn list(ctx: &Ctx, here: &Here) -> Result<Vec<RepositoryToken>, Error> {
    here.require(Action::SeeSensitive)?;
    let mut conn = ctx.deps().db.read().await?;
    Ok(queries::list(&mut conn, here.id()).await?)
}

/// A person's tokens that still work, the newest first.
pub(crate) async fn made_by(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
    now: Ts,
) -> Result<Vec<RepositoryToken>, Error> {
    let mut tokens = queries::made_by(conn, workspace, user).await?;
    tokens.retain(|token| token.expires_at.is_none_or(|end| end > now));
    Ok(tokens)
}

/// Revokes one of [`made_by`], in the transaction of a reason to.
pub(crate) async fn revoke_in(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    token: &RepositoryToken,
) -> Result<(), Error> {
    queries::revoke(conn, here.id(), &token.id, ctx.now()).await?;
    record(conn, &revoked(ctx, here, token)).await
}

fn revoked(ctx: &Ctx, here: &Here, token: &RepositoryToken) -> Entry {
    Entry::done(ctx, here.id(), What::RepositoryTokenRevoked)
        .target("repository_token", token.id.as_str(), &token.name)
        .repository(&token.repository_id, &token.repository)
}

/// Makes a token. Its secret is in the answer and nowhere else.
///
/// # Errors
/// [`Error::Invalid`] at `name` or `days`, [`Error::Forbidden`] also for who has their role for a time.
pub async fn create(
    ctx: &Ctx,
    here: &Here,
    repository: &RepositoryId,
    name: &str,
    expires_in_days: Option<u32>,
) -> Result<(RepositoryToken, Secret), Error> {
    here.require(Action::ManageTokens)?;
    let repository = repositories::get(ctx, here, repository).await?;
    let name = line(name, 1, 100, "A name has 1 to 100 characters.")
        .map_err(|message| Error::field("name", message))?;
    if expires_in_days.is_some_and(|days| days == 0 || days > DAYS_MAX) {
        return Err(Error::field("days", "A token lasts from 1 to 3,650 days, or has no end."));
    }
    let secret = Secret::mint(TOKEN_PREFIX, &*ctx.deps().random);
    let now = ctx.now();
    let (_, _, created_by) = ctx.actor_words();
    let row = Row {
        id: RepositoryTokenId::mint(now, ctx.id_bytes()),
        workspace_id: here.id().clone(),
        repository_id: repository.id.clone(),
        name,
        secret_hash: secret.hash().0,
        created_by,
        made_by: ctx.signed_in().ok().map(|user| user.account.id.clone()),
        created_at: now,
        expires_at: expires_in_days.map(|days| now + Duration::from_secs(u64::from(days) * 24 * 3600)),
        last_used_at: None,
        revoked_at: None,
    };
    let entry = Entry::done(ctx, here.id(), What::RepositoryTokenCreated)
        .target("repository_token", row.id.as_str(), &row.name)
        .repository(&repository.id, &repository.name);
    let token = row.clone().into_token(repository.name);
    ctx.deps()
        .db
        .write((ctx.clone(), here.clone(), row, entry), |conn, (ctx, here, row, entry)| {
            Box::pin(async move {
                access::require_now(ctx, conn, here, Action::ManageTokens).await?;
                access::require_lasting(ctx, conn, here, Action::ManageTokens).await?;
                queries::insert(conn, row).await?;
                record(conn, entry).await
            })
        })
        .await?;
    Ok((token, secret))
}

/// Revokes a token. The next request with it is refused.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of this workspace's, or is revoked.
pub async fn revoke(ctx: &Ctx, here: &Here, id: &RepositoryTokenId) -> Result<(), Error> {
    here.require(Action::ManageTokens)?;
    let token = list(ctx, here).await?.into_iter().find(|token| token.id == *id).ok_or(Error::NotFound)?;
    let entry = revoked(ctx, here, &token);
    ctx.deps()
        .db
        .write((ctx.clone(), here.clone(), id.clone(), entry), |conn, (ctx, here, id, entry)| {
            Box::pin(async move {
                access::require_now(ctx, conn, here, Action::ManageTokens).await?;
                if !queries::revoke(conn, here.id(), id, ctx.now()).await? {
                    return Err(Error::NotFound);
                }
                record(conn, entry).await
            })
        })
        .await
}
