//! Access tokens and API keys in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::credentials;
use stackyard_db::{Conn, DbError, run};
use stackyard_model::Ts;
use stackyard_model::credential::{Credential, CredentialId, CredentialKind, scopes_of};
use stackyard_model::id::{UserId, WorkspaceId};

use crate::SecretHash;

/// Most credentials that are told of in one turn of the sweep.
const AT_ONCE: i64 = 100;

/// A credential as it is stored.
#[derive(Queryable, Selectable, Insertable, AsChangeset, Debug, Clone)]
#[diesel(table_name = credentials, treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
#[diesel(check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(super) struct Row {
    pub(super) id: CredentialId,
    pub(super) workspace_id: WorkspaceId,
    pub(super) kind: CredentialKind,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) scopes: String,
    pub(super) secret_hash: Vec<u8>,
    pub(super) hint: String,
    pub(super) old_secret_hash: Option<Vec<u8>>,
    pub(super) old_until: Option<Ts>,
    pub(super) active: bool,
    pub(super) created_by: String,
    /// The person's id, where a person made it.
    pub(super) made_by: Option<UserId>,
    /// Who has read the secret before, as long as it is taken.
    pub(super) old_made_by: Option<UserId>,
    pub(super) created_at: Ts,
    pub(super) rotated_at: Option<Ts>,
    pub(super) days: Option<i32>,
    pub(super) expires_at: Option<Ts>,
    pub(super) warned_at: Option<Ts>,
    pub(super) expiry_told_at: Option<Ts>,
    pub(super) last_used_at: Option<Ts>,
    pub(super) last_used_from: Option<String>,
    pub(super) revoked_at: Option<Ts>,
}

impl From<Row> for Credential {
    fn from(row: Row) -> Self {
        Self {
            scopes: scopes_of(&row.scopes),
            id: row.id,
            kind: row.kind,
            name: row.name,
            description: row.description,
            hint: row.hint,
            active: row.active,
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            old_until: row.old_until,
            last_used_at: row.last_used_at,
            last_used_from: row.last_used_from,
            revoked_at: row.revoked_at,
        }
    }
}

/// A workspace's credentials, the newest first.
pub(super) async fn list(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Vec<Row>, DbError> {
    let query = credentials::table
        .filter(credentials::workspace_id.eq(workspace))
        .order((credentials::created_at.desc(), credentials::id.desc()));
    Ok(run!(conn, |c| query.select(Row::as_select()).load(c).await)?)
}

/// How many of a kind are not revoked.
pub(super) async fn count(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    kind: CredentialKind,
) -> Result<i64, DbError> {
    let query = credentials::table
        .filter(credentials::workspace_id.eq(workspace).and(credentials::kind.eq(kind)))
        .filter(credentials::revoked_at.is_null())
        .count();
    Ok(run!(conn, |c| query.get_result(c).await)?)
}

pub(super) async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &CredentialId,
) -> Result<Option<Row>, DbError> {
    let query =
        credentials::table.filter(credentials::id.eq(id).and(credentials::workspace_id.eq(workspace)));
    Ok(run!(conn, |c| query.select(Row::as_select()).get_result(c).await.optional())?)
}

/// The credential whose secret this is, or was before.
pub(super) async fn by_secret(conn: &mut Conn, hash: &SecretHash) -> Result<Option<Row>, DbError> {
    let now = credentials::table.filter(credentials::secret_hash.eq(&hash.0));
    let found: Option<Row> = run!(conn, |c| now.select(Row::as_select()).get_result(c).await.optional())?;
    if found.is_some() {
        return Ok(found);
    }
    let before = credentials::table.filter(credentials::old_secret_hash.eq(&hash.0));
    Ok(run!(conn, |c| before.select(Row::as_select()).get_result(c).await.optional())?)
}

/// Those that are not revoked and of which a person made a secret that is still taken, the newest first.
pub(super) async fn made_by(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
    now: Ts,
) -> Result<Vec<Row>, DbError> {
    let before = credentials::old_made_by.eq(user).and(credentials::old_until.gt(now));
    let query = credentials::table
        .filter(credentials::workspace_id.eq(workspace).and(credentials::made_by.eq(user).or(before)))
        .filter(credentials::revoked_at.is_null())
        .order(credentials::id.desc());
    Ok(run!(conn, |c| query.select(Row::as_select()).load(c).await)?)
}

pub(super) async fn insert(conn: &mut Conn, row: &Row) -> Result<(), DbError> {
    run!(conn, |c| diesel::insert_into(credentials::table).values(row).execute(c).await)?;
    Ok(())
}

pub(super) async fn update(conn: &mut Conn, row: &Row) -> Result<(), DbError> {
    let target = credentials::table.filter(credentials::id.eq(&row.id));
    run!(conn, |c| diesel::update(target).set(row).execute(c).await)?;
    Ok(())
}

/// Notes that a credential was used, and from where.
pub(super) async fn used(
    conn: &mut Conn,
    id: &CredentialId,
    now: Ts,
    address: Option<&str>,
) -> Result<(), DbError> {
    let target = credentials::table.filter(credentials::id.eq(id));
    let set = (credentials::last_used_at.eq(now), credentials::last_used_from.eq(address));
    run!(conn, |c| diesel::update(target).set(set).execute(c).await)?;
    Ok(())
}

/// Those that end before `until` and that nobody was warned about. Who chose no more than `least_days` knows.
pub(super) async fn expiring(
    conn: &mut Conn,
    now: Ts,
    until: Ts,
    least_days: i32,
) -> Result<Vec<Row>, DbError> {
    let query = credentials::table
        .filter(credentials::revoked_at.is_null().and(credentials::warned_at.is_null()))
        .filter(credentials::expires_at.gt(now).and(credentials::expires_at.le(until)))
        .filter(credentials::days.gt(least_days))
        .limit(AT_ONCE);
    Ok(run!(conn, |c| query.select(Row::as_select()).load(c).await)?)
}

/// Those whose time is over and of which that was not said.
pub(super) async fn expired(conn: &mut Conn, now: Ts) -> Result<Vec<Row>, DbError> {
    let query = credentials::table
        .filter(credentials::revoked_at.is_null().and(credentials::expiry_told_at.is_null()))
        .filter(credentials::expires_at.le(now))
        .limit(AT_ONCE);
    Ok(run!(conn, |c| query.select(Row::as_select()).load(c).await)?)
}

/// Forgets what was revoked before `before`; the log keeps that it was.
pub(super) async fn forget(conn: &mut Conn, before: Ts) -> Result<(), DbError> {
    let old = credentials::table.filter(credentials::revoked_at.lt(before));
    run!(conn, |c| diesel::delete(old).execute(c).await)?;
    Ok(())
}
