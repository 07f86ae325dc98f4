//! Sessions in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{sessions, users};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::Ts;
use stackyard_model::id::{SessionId, UserId};

use crate::SecretHash;
use crate::accounts::UserRow;

/// A session as it is stored.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = sessions, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct SessionRow {
    pub(super) id: SessionId,
    pub(super) secret_hash: Vec<u8>,
    pub(super) user_id: UserId,
    pub(super) created_at: Ts,
    pub(super) last_seen_at: Ts,
    pub(super) expires_at: Ts,
    pub(super) address: Option<String>,
    pub(super) user_agent: Option<String>,
}

pub(super) async fn insert(conn: &mut Conn, row: &SessionRow) -> Result<(), DbError> {
    run!(conn, |c| diesel::insert_into(sessions::table).values(row).execute(c).await)?;
    Ok(())
}

pub(super) async fn by_secret(
    conn: &mut Conn,
    hash: &SecretHash,
) -> Result<Option<(SessionRow, UserRow)>, DbError> {
    let query = sessions::table.inner_join(users::table).filter(sessions::secret_hash.eq(&hash.0));
    Ok(run!(conn, |c| query
        .select((SessionRow::as_select(), UserRow::as_select()))
        .get_result(c)
        .await
        .optional())?)
}

/// Whether a session is there with this secret, and its account is not disabled.
pub(super) async fn is_live(
    conn: &mut Conn,
    id: &SessionId,
    secret: &SecretHash,
    now: Ts,
) -> Result<bool, DbError> {
    let live = sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq(id).and(sessions::secret_hash.eq(&secret.0)))
        .filter(sessions::expires_at.gt(now).and(users::disabled_at.is_null()));
    Ok(run!(conn, |c| diesel::select(diesel::dsl::exists(live)).get_result(c).await)?)
}

pub(super) async fn of_user(conn: &mut Conn, user: &UserId, now: Ts) -> Result<Vec<SessionRow>, DbError> {
    let query = sessions::table
        .filter(sessions::user_id.eq(user).and(sessions::expires_at.gt(now)))
        .order(sessions::last_seen_at.desc());
    Ok(run!(conn, |c| query.select(SessionRow::as_select()).load(c).await)?)
}

/// Where the person with this address is signed in.
pub(super) async fn places(
    conn: &mut Conn,
    email_folded: &str,
    now: Ts,
) -> Result<Vec<Option<String>>, DbError> {
    let query = sessions::table
        .inner_join(users::table)
        .filter(users::email_folded.eq(email_folded).and(sessions::expires_at.gt(now)))
        .select(sessions::address)
        .distinct();
    Ok(run!(conn, |c| query.load(c).await)?)
}

pub(super) async fn touch(conn: &mut Conn, row: &SessionRow) -> Result<(), DbError> {
    let target = sessions::table.find(&row.id);
    let changes = (
        sessions::last_seen_at.eq(row.last_seen_at),
        sessions::expires_at.eq(row.expires_at),
        sessions::address.eq(&row.address),
        sessions::user_agent.eq(&row.user_agent),
    );
    run!(conn, |c| diesel::update(target).set(changes).execute(c).await)?;
    Ok(())
}

/// Gives a session another secret and end.
pub(super) async fn renew(
    conn: &mut Conn,
    id: &SessionId,
    secret: &SecretHash,
    expires_at: Ts,
) -> Result<bool, DbError> {
    let target = sessions::table.find(id);
    let changes = (sessions::secret_hash.eq(&secret.0), sessions::expires_at.eq(expires_at));
    Ok(run!(conn, |c| diesel::update(target).set(changes).execute(c).await)? == 1)
}

/// Ends a session of a person. False when it is not one of theirs.
pub(super) async fn delete(conn: &mut Conn, user: &UserId, id: &SessionId) -> Result<bool, DbError> {
    let target = sessions::table.filter(sessions::id.eq(id).and(sessions::user_id.eq(user)));
    Ok(run!(conn, |c| diesel::delete(target).execute(c).await)? == 1)
}

/// Ends all sessions of a person but one.
pub(crate) async fn delete_others(
    conn: &mut Conn,
    user: &UserId,
    but: Option<&SessionId>,
) -> Result<usize, DbError> {
    let but = but.map_or("", SessionId::as_str);
    let target = sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::id.ne(but));
    Ok(run!(conn, |c| diesel::delete(target).execute(c).await)?)
}

/// Forgets sessions that have ended.
pub(crate) async fn sweep(conn: &mut Conn, now: Ts) -> Result<(), DbError> {
    let ended = sessions::table.filter(sessions::expires_at.le(now));
    run!(conn, |c| diesel::delete(ended).execute(c).await)?;
    Ok(())
}
