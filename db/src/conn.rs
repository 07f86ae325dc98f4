//! One type for a connection to either database, and the macro that writes a query once for both.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use diesel::{QueryDsl as _, QueryResult};
use diesel_async::AsyncPgConnection;
use diesel_async::RunQueryDsl as _;
use stackyard_model::Ts;

use crate::DbError;
use crate::functions::StoreClock;
use crate::inline::SqliteConn;
use crate::pool::PgConn;
use crate::schema::server_keys;

/// A connection to PostgreSQL. Statements are sent by a shared reference, so that several can be on their way.
pub type PgTarget<'a> = &'a AsyncPgConnection;

/// A connection to whichever database there is.
pub enum Conn {
    /// PostgreSQL. More than one while statements are sent [`together`](crate::together).
    Pg(PgHandle),
    /// SQLite.
    Sqlite(SqliteHandle),
}

/// A connection to PostgreSQL, by a handle of several: its transaction has one, and what is sent
/// [`together`](crate::together) has one each.
#[derive(Clone)]
pub struct PgHandle(Arc<PgConn>);

impl PgHandle {
    pub(crate) fn new(conn: PgConn) -> Self {
        Self(Arc::new(conn))
    }

    /// Begins a transaction; see [`Checked::begin`](crate::pool::Checked::begin).
    pub(crate) async fn begin(&self, sql: &str) -> QueryResult<()> {
        self.0.begin(sql).await
    }

    /// Ends it; see [`Checked::end`](crate::pool::Checked::end).
    pub(crate) async fn end(&self, sql: &str) -> QueryResult<()> {
        self.0.end(sql).await
    }
}

impl Deref for PgHandle {
    type Target = AsyncPgConnection;
    fn deref(&self) -> &AsyncPgConnection {
        &self.0
    }
}

/// A connection to SQLite: a reader out of the pool, or the writer's own.
pub enum SqliteHandle {
    /// Goes back to the pool.
    Pooled(deadpool::unmanaged::Object<SqliteConn>),
    /// The one that writes.
    Writer(Box<SqliteConn>),
}

impl Deref for SqliteHandle {
    type Target = SqliteConn;
    fn deref(&self) -> &SqliteConn {
        match self {
            Self::Pooled(conn) => conn,
            Self::Writer(conn) => conn,
        }
    }
}

impl DerefMut for SqliteHandle {
    fn deref_mut(&mut self) -> &mut SqliteConn {
        match self {
            Self::Pooled(conn) => conn,
            Self::Writer(conn) => conn,
        }
    }
}

/// The database server's clock. None on SQLite, which has no other clock than this machine's.
///
/// # Errors
/// When the server does not answer.
pub async fn clock(conn: &mut Conn) -> Result<Option<Ts>, DbError> {
    match conn {
        Conn::Sqlite(_) => Ok(None),
        Conn::Pg(conn) => Ok(diesel::select(StoreClock).get_result(&mut &**conn).await?),
    }
}

/// Whether the database answers at all.
///
/// # Errors
/// When it does not.
pub async fn probe(conn: &mut Conn) -> Result<(), DbError> {
    let query = server_keys::table.count();
    crate::run!(conn, |c| query.get_result::<i64>(c).await)?;
    Ok(())
}

/// Runs a query on whichever database `conn` is: the body is written once and compiled for both.
///
/// ```text
/// run!(conn, |c| users::table.find(id).select(User::as_select()).first(c).await.optional())
/// ```
#[macro_export]
macro_rules! run {
    ($conn:expr, |$c:ident| $body:expr) => {
        match $conn {
            $crate::Conn::Pg(connection) => {
                let $c: &mut $crate::PgTarget<'_> = &mut &**connection;
                $body
            }
            $crate::Conn::Sqlite(connection) => {
                let $c: &mut $crate::SqliteConn = &mut *connection;
                $body
            }
        }
    };
}

/// Asks several things that do not depend on each other's answers. PostgreSQL is sent all of them before the first is
/// answered, which saves waiting and waking; SQLite, which has nobody to wait for, is asked one after the other. Gives all
/// answers; the first failure is returned from the function around it, as the error that is named.
///
/// What is sent is in no order, so that nothing may rely on another one's rows. Each may ask several things itself.
///
/// ```text
/// let (repository, now) = together!(conn, Error, |c| find(c, id), ctx.store_now(c));
/// ```
#[macro_export]
macro_rules! together {
    ($conn:expr, $error:ty, |$c:ident| $($answer:expr),+ $(,)?) => {
        match &mut *$conn {
            $crate::Conn::Pg(shared) => {
                let shared = &*shared;
                $crate::try_join!($(async {
                    let mut same = $crate::Conn::Pg(shared.clone());
                    let $c = &mut same;
                    $answer.await.map_err(<$error>::from)
                }),+)?
            }
            $crate::Conn::Sqlite(_) => ($({
                let $c = &mut *$conn;
                $answer.await?
            }),+),
        }
    };
}

/// Writes many rows into a table, so that PostgreSQL is asked once for each 200 of them. SQLite has no network to save,
/// and Diesel no statement of many rows for it. Gives how many were written; with `or_nothing`, rows that a unique index
/// refuses are left out.
///
/// ```text
/// insert_all!(conn, events::table, &rows)
/// ```
#[macro_export]
macro_rules! insert_all {
    ($conn:expr, $table:expr, $rows:expr) => {
        $crate::insert_all!(@each $conn, $rows, |values| diesel::insert_into($table).values(values))
    };
    ($conn:expr, $table:expr, $rows:expr, or_nothing) => {
        $crate::insert_all!(@each $conn, $rows, |values| {
            diesel::insert_into($table).values(values).on_conflict_do_nothing()
        })
    };
    (@each $conn:expr, $rows:expr, |$values:ident| $insert:expr) => {{
        let mut written = 0;
        match $conn {
            $crate::Conn::Pg(connection) => {
                let connection: &mut $crate::PgTarget<'_> = &mut &**connection;
                for $values in $rows.chunks(200) {
                    written += $insert.execute(connection).await?;
                }
            }
            $crate::Conn::Sqlite(connection) => {
                let connection: &mut $crate::SqliteConn = &mut *connection;
                for $values in $rows {
                    written += $insert.execute(connection).await?;
                }
            }
        }
        Ok::<usize, $crate::DbError>(written)
    }};
}
