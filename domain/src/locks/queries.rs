//! Locks in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{lock_fences, locks};
use stackyard_db::{Conn, DbError, Kept, run};
use stackyard_model::Ts;
use stackyard_model::id::{LockId, RepositoryId, WorkspaceId};
use stackyard_model::lock::{HolderType, Lock, LockEnd, LockEnded};
use stackyard_model::text::fold;

use super::service::Holders;
use crate::repositories::RepositoryRow;

/// A lock as it is stored.
#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = locks, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct LockRow {
    pub(super) id: LockId,
    pub(super) workspace_id: WorkspaceId,
    pub(super) repository_id: RepositoryId,
    pub(super) key: String,
    pub(super) path: String,
    pub(super) holder_type: HolderType,
    pub(super) holder_id: String,
    pub(super) holder_name: String,
    pub(super) workflow: Option<String>,
    pub(super) run_url: Option<String>,
    pub(super) message: String,
    pub(super) fence: i64,
    pub(super) created_at: Ts,
    pub(super) expires_at: Ts,
    pub(super) ended_at: Option<Ts>,
    pub(super) ended_how: Option<LockEnd>,
    pub(super) ended_by: Option<String>,
    pub(super) ended_reason: Option<String>,
    /// What the search looks through: one folded line.
    pub(super) haystack: String,
}

/// What the search looks through.
pub(super) fn haystack(key: &str, holder: &str, message: &str) -> String {
    fold(&format!("{key} {holder} {message}"))
}

impl LockRow {
    /// As pages show it at `now`: what has run out is shown so, whether or not it was written down yet.
    pub(super) fn into_lock(self, now: Ts) -> Lock {
        let ended = match (self.ended_at, self.ended_how) {
            (Some(at), Some(how)) => {
                Some(LockEnded { at, how, by: self.ended_by, reason: self.ended_reason })
            }
            _ if self.expires_at <= now => {
                Some(LockEnded { at: self.expires_at, how: LockEnd::Expired, by: None, reason: None })
            }
            _ => None,
        };
        Lock {
            id: self.id,
            repository_id: self.repository_id,
            key: self.key,
            holder_type: self.holder_type,
            holder_id: self.holder_id,
            holder_name: self.holder_name,
            workflow: self.workflow,
            run_url: self.run_url,
            message: self.message,
            fence: self.fence,
            created_at: self.created_at,
            expires_at: self.expires_at,
            ended,
        }
    }
}

/// How a lock ends.
#[derive(Debug, Clone)]
pub(super) struct Ending {
    pub(super) at: Ts,
    pub(super) how: LockEnd,
    pub(super) by: Option<String>,
    pub(super) reason: Option<String>,
}

/// The lock on a path that nobody has ended yet; it may have run out.
pub(super) async fn open_on(
    conn: &mut Conn,
    repository: &RepositoryId,
    path: &str,
) -> Result<Option<LockRow>, DbError> {
    let query = locks::table
        .filter(locks::repository_id.eq(repository))
        .filter(locks::path.eq(path))
        .filter(locks::ended_at.is_null());
    Ok(run!(conn, |c| query.select(LockRow::as_select()).get_result(c).await.optional())?)
}

/// The lock on a path that is held at `now`; one that has run out is written down as such first.
pub(super) async fn held_on(
    conn: &mut Conn,
    repository: &RepositoryId,
    path: &str,
    now: Ts,
) -> Result<Option<LockRow>, DbError> {
    let Some(open) = open_on(conn, repository, path).await? else { return Ok(None) };
    if open.expires_at > now {
        return Ok(Some(open));
    }
    let ending = Ending { at: open.expires_at, how: LockEnd::Expired, by: None, reason: None };
    end(conn, &open.id, &ending).await?;
    Ok(None)
}

/// The next fencing number of a key. It goes on where it was for a repository that is removed and added again: what
/// was fenced off by the last number is still out there.
pub(super) async fn next_fence(
    conn: &mut Conn,
    repository: &RepositoryRow,
    path: &str,
) -> Result<i64, DbError> {
    let first = (
        lock_fences::workspace_id.eq(&repository.workspace_id),
        lock_fences::repository.eq(fenced(&repository.host, &repository.name_folded)),
        lock_fences::path.eq(path),
        lock_fences::last.eq(1),
    );
    let next = diesel::insert_into(lock_fences::table)
        .values(first)
        .on_conflict((lock_fences::workspace_id, lock_fences::repository, lock_fences::path))
        .do_update()
        .set(lock_fences::last.eq(lock_fences::last + 1))
        .returning(lock_fences::last);
    Ok(run!(conn, |c| Kept(next).get_result(c).await)?)
}

/// Lets the numbers of a repository's keys go on under the name that it gets, also where that has numbers of its own.
pub(crate) async fn carry_fences(
    conn: &mut Conn,
    repository: &RepositoryRow,
    name_folded: &str,
) -> Result<(), DbError> {
    let workspace = &repository.workspace_id;
    let before = lock_fences::table
        .filter(lock_fences::workspace_id.eq(workspace))
        .filter(lock_fences::repository.eq(fenced(&repository.host, &repository.name_folded)))
        .select((lock_fences::path, lock_fences::last));
    let before: Vec<(String, i64)> = run!(conn, |c| before.load(c).await)?;
    let name = fenced(&repository.host, name_folded);
    for (path, last) in before {
        let carried = diesel::insert_into(lock_fences::table)
            .values((
                lock_fences::workspace_id.eq(workspace),
                lock_fences::repository.eq(&name),
                lock_fences::path.eq(path),
                lock_fences::last.eq(last),
            ))
            .on_conflict((lock_fences::workspace_id, lock_fences::repository, lock_fences::path))
            .do_update()
            .set(lock_fences::last.eq(last));
        let carried = diesel::query_dsl::methods::FilterDsl::filter(carried, lock_fences::last.lt(last));
        run!(conn, |c| carried.execute(c).await)?;
    }
    Ok(())
}

/// What a repository's numbers are kept by.
fn fenced(host: &str, name_folded: &str) -> String {
    format!("{host}/{name_folded}")
}

pub(super) async fn insert(conn: &mut Conn, row: &LockRow) -> Result<(), DbError> {
    run!(conn, |c| diesel::insert_into(locks::table).values(row).execute(c).await)?;
    Ok(())
}

pub(super) async fn end(conn: &mut Conn, id: &LockId, ending: &Ending) -> Result<(), DbError> {
    let target = locks::table.filter(locks::id.eq(id).and(locks::ended_at.is_null()));
    let changes = (
        locks::ended_at.eq(ending.at),
        locks::ended_how.eq(ending.how),
        locks::ended_by.eq(&ending.by),
        locks::ended_reason.eq(&ending.reason),
    );
    run!(conn, |c| Kept(diesel::update(target).set(changes)).execute(c).await)?;
    Ok(())
}

/// Ends the lock that is held on a path, unless a person holds it: which one it was, and its key.
pub(super) async fn end_of_machine(
    conn: &mut Conn,
    repository: &RepositoryId,
    path: &str,
    ending: &Ending,
) -> Result<Option<(LockId, String)>, DbError> {
    let held = locks::table
        .filter(locks::repository_id.eq(repository).and(locks::path.eq(path)))
        .filter(locks::ended_at.is_null().and(locks::expires_at.gt(ending.at)))
        .filter(locks::holder_type.ne(HolderType::User));
    let changes = (
        locks::ended_at.eq(ending.at),
        locks::ended_how.eq(ending.how),
        locks::ended_by.eq(&ending.by),
        locks::ended_reason.eq(&ending.reason),
    );
    let ended = diesel::update(held).set(changes).returning((locks::id, locks::key));
    Ok(run!(conn, |c| Kept(ended).get_result(c).await.optional())?)
}

pub(super) async fn find(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &LockId,
) -> Result<Option<LockRow>, DbError> {
    let query = locks::table.filter(locks::id.eq(id).and(locks::workspace_id.eq(workspace)));
    Ok(run!(conn, |c| query.select(LockRow::as_select()).get_result(c).await.optional())?)
}

/// Which locks of a workspace, now.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) workspace: &'a WorkspaceId,
    /// LIKE patterns that all have to match.
    pub(super) patterns: &'a [String],
    pub(super) repository: Option<&'a RepositoryId>,
    /// Of these repositories alone.
    pub(super) within: Option<&'a [RepositoryId]>,
    pub(super) holders: Holders,
    /// Who asks, as a holder.
    pub(super) me: &'a str,
    pub(super) now: Ts,
}

/// Narrows a boxed query by what is wanted, whatever it selects.
macro_rules! narrow {
    ($query:ident, $wanted:ident) => {
        for pattern in $wanted.patterns {
            $query = $query.filter(locks::haystack.like(pattern).escape('\\'));
        }
        if let Some(repository) = $wanted.repository {
            $query = $query.filter(locks::repository_id.eq(repository));
        }
        if let Some(within) = $wanted.within {
            $query = $query.filter(locks::repository_id.eq_any(within));
        }
        let person = locks::holder_type.eq(HolderType::User);
        $query = match $wanted.holders {
            Holders::All => $query,
            Holders::Machines => $query.filter(locks::holder_type.ne(HolderType::User)),
            Holders::People => $query.filter(person),
            Holders::Mine => $query.filter(person.and(locks::holder_id.eq($wanted.me))),
        };
    };
}

/// What is held, the first to end first, after a place in that order.
pub(super) async fn held(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    after: Option<&(Ts, LockId)>,
    limit: i64,
) -> Result<Vec<LockRow>, DbError> {
    run!(conn, |c| {
        let mut query = locks::table
            .filter(locks::workspace_id.eq(wanted.workspace))
            .filter(locks::ended_at.is_null())
            .filter(locks::expires_at.gt(wanted.now))
            .select(LockRow::as_select())
            .into_boxed();
        narrow!(query, wanted);
        if let Some((at, id)) = after {
            let later = locks::expires_at.gt(at).or(locks::expires_at.eq(at).and(locks::id.gt(id)));
            query = query.filter(later);
        }
        Ok(query.order((locks::expires_at, locks::id)).limit(limit).load(c).await?)
    })
}

/// What a person holds in a workspace.
pub(super) async fn held_by(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &str,
    now: Ts,
) -> Result<Vec<LockRow>, DbError> {
    let query = locks::table
        .filter(locks::workspace_id.eq(workspace).and(locks::holder_id.eq(user)))
        .filter(locks::holder_type.eq(HolderType::User))
        .filter(locks::ended_at.is_null().and(locks::expires_at.gt(now)))
        .order(locks::id.desc());
    Ok(run!(conn, |c| query.select(LockRow::as_select()).load(c).await)?)
}

/// How many are wanted, of whatever page.
pub(super) async fn count_held(conn: &mut Conn, wanted: &Wanted<'_>) -> Result<i64, DbError> {
    run!(conn, |c| {
        let mut query = locks::table
            .filter(locks::workspace_id.eq(wanted.workspace))
            .filter(locks::ended_at.is_null())
            .filter(locks::expires_at.gt(wanted.now))
            .count()
            .into_boxed();
        narrow!(query, wanted);
        Ok(query.get_result(c).await?)
    })
}

/// What ended since a moment, the last ones: also what has run out and is not written down yet.
pub(super) async fn ended(
    conn: &mut Conn,
    wanted: &Wanted<'_>,
    since: Ts,
    limit: i64,
) -> Result<Vec<LockRow>, DbError> {
    run!(conn, |c| {
        let run_out = locks::ended_at.is_null().and(locks::expires_at.le(wanted.now));
        let mut query = locks::table
            .filter(locks::workspace_id.eq(wanted.workspace))
            .filter(locks::ended_at.ge(since).or(run_out.nullable()))
            .select(LockRow::as_select())
            .into_boxed();
        narrow!(query, wanted);
        Ok(query
            .order((locks::ended_at.is_null().desc(), locks::ended_at.desc()))
            .limit(limit)
            .load(c)
            .await?)
    })
}

/// The last grants of a key, newest first.
pub(super) async fn of_key(conn: &mut Conn, like: &LockRow) -> Result<Vec<LockRow>, DbError> {
    let query = locks::table
        .filter(locks::repository_id.eq(&like.repository_id))
        .filter(locks::path.eq(&like.path))
        .order(locks::fence.desc())
        .limit(20);
    Ok(run!(conn, |c| query.select(LockRow::as_select()).load(c).await)?)
}

/// Writes down the end of what has run out.
pub(crate) async fn end_expired(conn: &mut Conn, now: Ts) -> Result<(), DbError> {
    let target = locks::table.filter(locks::ended_at.is_null().and(locks::expires_at.le(now)));
    let changes = (locks::ended_at.eq(locks::expires_at.nullable()), locks::ended_how.eq(LockEnd::Expired));
    run!(conn, |c| diesel::update(target).set(changes).execute(c).await)?;
    Ok(())
}
