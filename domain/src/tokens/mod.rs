//! Repository tokens: static credentials for one repository, for use outside OIDC (rules §5).

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{repositories as repository_table, repository_tokens};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::activity::What;
use stackyard_model::id::{RepositoryId, RepositoryTokenId, WorkspaceId};
use stackyard_model::text::line;
use stackyard_model::token::RepositoryToken;
use stackyard_model::{Action, Ts};

use crate::activity::{Entry, record};
use crate::ci::TOKEN_PREFIX;
use crate::{Ctx, Error, Here, Secret, repositories};

/// Longest life of a token with an end, in days.
const DAYS_MAX: u32 = 3650;

#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = repository_tokens, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
struct Row {
    id: RepositoryTokenId,
    workspace_id: WorkspaceId,
    repository_id: RepositoryId,
    name: String,
    secret_hash: Vec<u8>,
    created_by: String,
    created_at: Ts,
    expires_at: Option<Ts>,
    last_used_at: Option<Ts>,
    revoked_at: Option<Ts>,
}

impl Row {
    fn into_token(self, repository: String) -> RepositoryToken {
        RepositoryToken {
            id: self.id,
            repository_id: self.repository_id,
            repository,
            name: self.name,
            created_by: self.created_by,
            created_at: self.created_at,
            expires_at: self.expires_at,
            last_used_at: self.last_used_at,
            revoked_at: self.revoked_at,
        }
    }
}

/// The workspace's repository tokens, the newest first; secrets are not among what is kept.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see tokens.
pub async fn list(ctx: &Ctx, here: &Here) -> Result<Vec<RepositoryToken>, Error> {
    here.require(Action::SeeSensitive)?;
    let mut conn = ctx.deps().db.read().await?;
    let query = repository_tokens::table
        .inner_join(repository_table::table)
        .filter(repository_tokens::workspace_id.eq(here.id()))
        .order(repository_tokens::id.desc());
    let rows: Vec<(Row, String)> =
        run!(&mut conn, |c| query.select((Row::as_select(), repository_table::name)).load(c).await)?;
    Ok(rows.into_iter().map(|(row, repository)| row.into_token(repository)).collect())
}

/// Makes a token. Its secret is in the answer and nowhere else.
///
/// # Errors
/// [`Error::Invalid`] at `name` or `days`.
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
        .write((row, entry), |conn, (row, entry)| {
            Box::pin(async move {
                insert(conn, row).await?;
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
    let entry = Entry::done(ctx, here.id(), What::RepositoryTokenRevoked)
        .target("repository_token", token.id.as_str(), &token.name)
        .repository(&token.repository_id, &token.repository);
    ctx.deps()
        .db
        .write((here.id().clone(), id.clone(), ctx.now(), entry), |conn, (workspace, id, now, entry)| {
            Box::pin(async move {
                if !mark_revoked(conn, workspace, id, *now).await? {
                    return Err(Error::NotFound);
                }
                record(conn, entry).await
            })
        })
        .await
}

async fn insert(conn: &mut Conn, row: &Row) -> Result<(), DbError> {
    run!(conn, |c| diesel::insert_into(repository_tokens::table).values(row).execute(c).await)?;
    Ok(())
}

async fn mark_revoked(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &RepositoryTokenId,
    now: Ts,
) -> Result<bool, DbError> {
    let target = repository_tokens::table
        .filter(repository_tokens::id.eq(id))
        .filter(repository_tokens::workspace_id.eq(workspace))
        .filter(repository_tokens::revoked_at.is_null());
    let set = repository_tokens::revoked_at.eq(now);
    Ok(run!(conn, |c| diesel::update(target).set(set).execute(c).await)? == 1)
}
