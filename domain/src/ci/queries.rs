//! CI sessions, used tokens and repository tokens in the store.

use std::time::Duration;

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::functions::StoreClock;
use stackyard_db::schema::{
    ci_sessions, permissions, repositories, repository_tokens, used_tokens, workspaces,
};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::id::{CiSessionId, RANDOM_LENGTH, RepositoryId, RepositoryTokenId, WorkspaceId};
use stackyard_model::permission::Permission;
use stackyard_model::trace::{BranchSource, Seen};
use stackyard_model::{PermissionKind, Ts};

use super::session::{CiSession, TokenActor};
use crate::permissions::PermissionRow;
use crate::repositories::RepositoryRow;
use crate::{Error, SecretHash, json};

/// A session as it is stored.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = ci_sessions, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct SessionRow {
    pub(super) id: CiSessionId,
    pub(super) secret_hash: Vec<u8>,
    pub(super) workspace_id: WorkspaceId,
    pub(super) repository_id: RepositoryId,
    pub(super) issuer: String,
    pub(super) audience: String,
    pub(super) workflow: String,
    pub(super) branch: String,
    pub(super) branch_source: BranchSource,
    pub(super) environment: Option<String>,
    pub(super) event: String,
    pub(super) run: String,
    pub(super) created_at: Ts,
    pub(super) expires_at: Ts,
    pub(super) revoked_at: Option<Ts>,
}

impl SessionRow {
    pub(super) fn into_session(self) -> Result<CiSession, Error> {
        let run = json::read(&self.run)?;
        let seen = Seen {
            workflow: Some(self.workflow),
            branch: Some(self.branch),
            branch_source: self.branch_source,
            environment: self.environment,
            event: Some(self.event),
        };
        Ok(CiSession {
            id: self.id,
            workspace_id: self.workspace_id,
            repository_id: self.repository_id,
            audience: self.audience,
            seen,
            run,
            expires_at: self.expires_at,
        })
    }
}

pub(super) async fn insert_session(conn: &mut Conn, row: &SessionRow) -> Result<(), DbError> {
    run!(conn, |c| diesel::insert_into(ci_sessions::table).values(row).execute(c).await)?;
    Ok(())
}

pub(super) async fn session(conn: &mut Conn, hash: &SecretHash) -> Result<Option<SessionRow>, DbError> {
    let query = ci_sessions::table.filter(ci_sessions::secret_hash.eq(&hash.0));
    Ok(run!(conn, |c| query.select(SessionRow::as_select()).get_result(c).await.optional())?)
}

/// By what a call of a run comes in.
#[derive(Debug, Clone)]
pub(super) enum CameBy {
    /// A session.
    Session(CiSessionId),
    /// A repository token.
    Token(RepositoryTokenId),
}

/// What every call of a run begins with.
pub(super) struct Place {
    /// Whether the workspace takes only this server's own audience.
    pub(super) own_audience_only: bool,
    /// The repository, unless it was removed.
    pub(super) repository: Option<RepositoryRow>,
    /// Whether that by which it comes in still does: a session or token that was not revoked since.
    pub(super) is_live: bool,
    /// The database's clock, see [`StoreClock`].
    pub(super) clock: Option<Ts>,
    /// What the runs of the repository may do, of the kind that was asked for.
    pub(super) permissions: Vec<Permission>,
}

/// A row of it: the same of each permission.
type PlaceRow = (bool, Option<RepositoryRow>, bool, Option<Ts>, Option<PermissionRow>);

/// A repository of a workspace with its permissions of a kind, as a run or a token that asks finds it; none when the
/// workspace is gone. In one statement, since what a call costs goes by how many it has.
pub(super) async fn place(
    conn: &mut Conn,
    (workspace, repository): (&WorkspaceId, &RepositoryId),
    came_by: &CameBy,
    kind: Option<PermissionKind>,
) -> Result<Option<Place>, DbError> {
    let of_workspace =
        repositories::workspace_id.eq(workspaces::id).and(repositories::id.eq(repository.clone()));
    // No kind is empty.
    let kind = kind.map_or("", |kind| kind.as_str());
    let of_repository = permissions::repository_id.eq(repositories::id).and(permissions::kind.eq(kind));
    let query = workspaces::table
        .left_join(repositories::table.on(of_workspace))
        .left_join(permissions::table.on(of_repository))
        .filter(workspaces::id.eq(workspace).and(workspaces::deleted_at.is_null()));
    macro_rules! rows {
        ($live:expr) => {
            run!(conn, |c| query
                .select((
                    workspaces::own_audience_only,
                    Option::<RepositoryRow>::as_select(),
                    exists($live),
                    StoreClock,
                    Option::<PermissionRow>::as_select(),
                ))
                .load(c)
                .await)?
        };
    }
    let rows: Vec<PlaceRow> = match came_by {
        CameBy::Session(id) => {
            rows!(ci_sessions::table.filter(ci_sessions::id.eq(id).and(ci_sessions::revoked_at.is_null())))
        }
        CameBy::Token(id) => {
            let one = repository_tokens::id.eq(id);
            rows!(repository_tokens::table.filter(one.and(repository_tokens::revoked_at.is_null())))
        }
    };
    let mut found: Option<Place> = None;
    for (own_audience_only, repository, is_live, clock, permission) in rows {
        let fresh = Place { own_audience_only, repository, is_live, clock, permissions: Vec::new() };
        let place = found.get_or_insert(fresh);
        place.permissions.extend(permission.map(PermissionRow::into_permission));
    }
    // As they were made. There are few, and the database would set up a sort for one.
    if let Some(place) = &mut found {
        place.permissions.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    }
    Ok(found)
}

/// Revokes the sessions of a workspace, or of one of its repositories, that are still good; says how many.
pub(super) async fn revoke(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    repository: Option<&RepositoryId>,
    now: Ts,
) -> Result<usize, DbError> {
    let of_workspace = ci_sessions::table
        .filter(ci_sessions::workspace_id.eq(workspace))
        .filter(ci_sessions::revoked_at.is_null())
        .filter(ci_sessions::expires_at.gt(now));
    let set = ci_sessions::revoked_at.eq(now);
    Ok(match repository {
        Some(repository) => {
            let target = of_workspace.filter(ci_sessions::repository_id.eq(repository));
            run!(conn, |c| diesel::update(target).set(set).execute(c).await)?
        }
        None => run!(conn, |c| diesel::update(of_workspace).set(set).execute(c).await)?,
    })
}

/// Uses a token up. False when it was used before.
pub(super) async fn use_up(conn: &mut Conn, issuer: &str, jti: &str, until: Ts) -> Result<bool, DbError> {
    let row = (used_tokens::issuer.eq(issuer), used_tokens::jti.eq(jti), used_tokens::expires_at.eq(until));
    let new = diesel::insert_into(used_tokens::table).values(row).on_conflict_do_nothing();
    Ok(run!(conn, |c| new.execute(c).await)? == 1)
}

/// A repository token as it is stored.
#[derive(Queryable, Selectable)]
#[diesel(table_name = repository_tokens, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub(super) struct TokenRow {
    pub(super) id: RepositoryTokenId,
    name: String,
    workspace_id: WorkspaceId,
    repository_id: RepositoryId,
    pub(super) expires_at: Option<Ts>,
    pub(super) last_used_at: Option<Ts>,
    pub(super) revoked_at: Option<Ts>,
}

impl TokenRow {
    pub(super) fn into_actor(self) -> TokenActor {
        TokenActor {
            id: self.id,
            name: self.name,
            workspace_id: self.workspace_id,
            repository_id: self.repository_id,
        }
    }
}

pub(super) async fn token(conn: &mut Conn, hash: &SecretHash) -> Result<Option<TokenRow>, DbError> {
    let query = repository_tokens::table.filter(repository_tokens::secret_hash.eq(&hash.0));
    Ok(run!(conn, |c| query.select(TokenRow::as_select()).get_result(c).await.optional())?)
}

pub(super) async fn token_used(conn: &mut Conn, id: &RepositoryTokenId, now: Ts) -> Result<(), DbError> {
    let target = repository_tokens::table.filter(repository_tokens::id.eq(id));
    run!(conn, |c| diesel::update(target).set(repository_tokens::last_used_at.eq(now)).execute(c).await)?;
    Ok(())
}

/// Longest that a session lasts.
const LONGEST: Duration = Duration::from_secs(3600);

/// Forgets used tokens and sessions that ended before these moments (rules §10).
pub(crate) async fn sweep(conn: &mut Conn, tokens_before: Ts, sessions_before: Ts) -> Result<(), DbError> {
    let used = used_tokens::table.filter(used_tokens::expires_at.le(tokens_before));
    run!(conn, |c| diesel::delete(used).execute(c).await)?;
    // A session lasts an hour at most (rules §5), and ids begin with the time that they were made: no index is kept for
    // this alone, which every exchange would write to.
    let made_before = CiSessionId::mint(sessions_before - LONGEST, [0; RANDOM_LENGTH]);
    let ended = ci_sessions::table.filter(ci_sessions::id.lt(made_before));
    run!(conn, |c| diesel::delete(ended).execute(c).await)?;
    Ok(())
}
