//! Repository tokens in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{repositories, repository_tokens};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::Ts;
use stackyard_model::id::{RepositoryId, RepositoryTokenId, UserId, WorkspaceId};
use stackyard_model::token::RepositoryToken;

/// A token as it is stored.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = repository_tokens, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct Row {
    pub(super) id: RepositoryTokenId,
    pub(super) workspace_id: WorkspaceId,
    pub(super) repository_id: RepositoryId,
    pub(super) name: String,
    pub(super) secret_hash: Vec<u8>,
    pub(super) created_by: String,
    /// The person's id, where a person made it.
    pub(super) made_by: Option<UserId>,
    pub(super) created_at: Ts,
    pub(super) expires_at: Option<Ts>,
    pub(super) last_used_at: Option<Ts>,
    pub(super) revoked_at: Option<Ts>,
}

impl Row {
    pub(super) fn into_token(self, repository: String) -> RepositoryToken {
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

/// A workspace's tokens with the names of their repositories, the newest first.
pub(super) async fn list(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Vec<RepositoryToken>, DbError> {
    let query = repository_tokens::table
        .inner_join(repositories::table)
        .filter(repository_tokens::workspace_id.eq(workspace))
        .order(repository_tokens::id.desc());
    let rows: Vec<(Row, String)> =
        run!(conn, |c| query.select((Row::as_select(), repositories::name)).load(c).await)?;
    Ok(rows.into_iter().map(|(row, repository)| row.into_token(repository)).collect())
}

/// A person's tokens of a workspace that are not revoked.
pub(super) async fn made_by(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
) -> Result<Vec<RepositoryToken>, DbError> {
    let query = repository_tokens::table
        .inner_join(repositories::table)
        .filter(repository_tokens::workspace_id.eq(workspace).and(repository_tokens::made_by.eq(user)))
        .filter(repository_tokens::revoked_at.is_null())
        .order(repository_tokens::id.desc());
    let rows: Vec<(Row, String)> =
        run!(conn, |c| query.select((Row::as_select(), repositories::name)).load(c).await)?;
    Ok(rows.into_iter().map(|(row, repository)| row.into_token(repository)).collect())
}

pub(super) async fn insert(conn: &mut Conn, row: &Row) -> Result<(), DbError> {
    run!(conn, |c| diesel::insert_into(repository_tokens::table).values(row).execute(c).await)?;
    Ok(())
}

/// Revokes a token. False when it is none of the workspace's, or is revoked.
pub(super) async fn revoke(
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
