//! The connection to SQLite as Diesel's asynchronous queries use it: a statement runs where it is awaited, from the query as
//! it is. A point query takes tens of microseconds, less than handing it to another thread and back; and less than writing
//! it out and copying what it binds, as is needed to hand it over (decision 0046).

use std::sync::Arc;

use diesel::connection::{Connection as _, LoadConnection, SimpleConnection as _};
use diesel::query_builder::{AsQuery, AstPass, Query, QueryFragment, QueryId};
use diesel::result::Error as QueryError;
use diesel::row::IntoOwnedRow;
use diesel::sql_types::Untyped;
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel::{QueryResult, RunQueryDsl};
use diesel_async::{AsyncConnectionCore, SimpleAsyncConnection};
use futures::future::{Ready, ready};
use futures::stream::{self, Iter};

/// A connection to SQLite whose statements run where they are awaited.
pub struct SqliteConn(SqliteConnection);

impl SqliteConn {
    pub(crate) const fn new(connection: SqliteConnection) -> Self {
        Self(connection)
    }
}

/// A row as SQLite's connection gives it.
type Borrowed<'conn, 'query> = <SqliteConnection as LoadConnection>::Row<'conn, 'query>;
/// A row that outlives the statement.
type Owned = <Borrowed<'static, 'static> as IntoOwnedRow<'static, Sqlite>>::OwnedRow;

impl SimpleAsyncConnection for SqliteConn {
    async fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.0.batch_execute(query)
    }
}

impl AsyncConnectionCore for SqliteConn {
    type ExecuteFuture<'conn, 'query> = Ready<QueryResult<usize>>;
    type LoadFuture<'conn, 'query> = Ready<QueryResult<Self::Stream<'conn, 'query>>>;
    type Stream<'conn, 'query> = Iter<std::vec::IntoIter<QueryResult<Owned>>>;
    type Row<'conn, 'query> = Owned;
    type Backend = Sqlite;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> Self::LoadFuture<'conn, 'query>
    where
        T: AsQuery + 'query,
        T::Query: QueryFragment<Sqlite> + QueryId + 'query,
    {
        ready(rows(&mut self.0, Plain(source.as_query())).map(stream::iter))
    }

    fn execute_returning_count<'conn, 'query, T>(
        &'conn mut self,
        source: T,
    ) -> Self::ExecuteFuture<'conn, 'query>
    where
        T: QueryFragment<Sqlite> + QueryId + 'query,
    {
        ready(execute(&mut self.0, source))
    }
}

/// Runs a statement. The connection sees it by a reference, which hides that it is [`Kept`](crate::Kept): such a statement is
/// run like a query, and asked how many rows it changed.
fn execute<T>(connection: &mut SqliteConnection, source: T) -> QueryResult<usize>
where
    T: QueryFragment<Sqlite> + QueryId,
{
    let hides = |source: &T| -> QueryResult<bool> {
        let seen = <&T as QueryFragment<Sqlite>>::is_safe_to_cache_prepared(&source, &Sqlite)?;
        Ok(!seen && source.is_safe_to_cache_prepared(&Sqlite)?)
    };
    if T::HAS_STATIC_QUERY_ID || !hides(&source)? {
        return connection.execute_returning_count(&source);
    }
    connection.load(Plain(source))?.try_for_each(|row| row.map(drop))?;
    let changed: i64 = RunQueryDsl::get_result(diesel::select(changes()), connection)?;
    usize::try_from(changed).map_err(|error| QueryError::DeserializationError(error.into()))
}

/// All rows of a query. They are read before anything else is asked, so the statement is done with. What Diesel wrote is read
/// by the places of its columns; only statements that are written by hand are read by names, which are copied for them.
fn rows<'query, Q>(connection: &mut SqliteConnection, query: Plain<Q>) -> QueryResult<Vec<QueryResult<Owned>>>
where
    Q: QueryFragment<Sqlite> + QueryId + 'query,
{
    let mut names = Q::HAS_STATIC_QUERY_ID.then(|| Arc::from([]));
    connection.load(query)?.map(|row| Ok(Ok(row?.into_owned(&mut names)))).collect()
}

/// A query of which the connection need not know what its columns are: whoever asked reads the rows.
#[derive(QueryId)]
struct Plain<Q>(Q);

impl<Q> Query for Plain<Q> {
    type SqlType = Untyped;
}

impl<Q: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Plain<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, backend: &Sqlite) -> QueryResult<bool> {
        self.0.is_safe_to_cache_prepared(backend)
    }
}

diesel::define_sql_function! {
    /// How many rows the last statement of the connection changed.
    fn changes() -> BigInt;
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use diesel::connection::{Connection as _, InstrumentationEvent, SimpleConnection as _};
    use diesel::prelude::*;
    use diesel_async::RunQueryDsl;
    use futures::executor::block_on;

    use super::{SqliteConn, SqliteConnection};
    use crate::Kept;

    diesel::table! {
        marks (name) {
            name -> Text,
            seq -> BigInt,
        }
    }

    /// A connection, and how many statements it compiled to keep.
    fn counting() -> (SqliteConn, impl Fn() -> usize) {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        connection.batch_execute("CREATE TABLE marks (name TEXT PRIMARY KEY, seq INTEGER NOT NULL)").unwrap();
        let kept = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&kept);
        connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::CacheQuery { .. }) {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        });
        (SqliteConn::new(connection), move || AtomicUsize::load(&kept, Ordering::Relaxed))
    }

    #[test]
    fn what_is_kept_is_compiled_once_and_says_what_it_changed() {
        let (mut conn, kept) = counting();
        let conn = &mut conn;
        for (name, seq) in [("a", 1), ("b", 2), ("a", 3)] {
            let row = (marks::name.eq(name), marks::seq.eq(seq));
            let upsert = diesel::insert_into(marks::table)
                .values(row)
                .on_conflict(marks::name)
                .do_update()
                .set(marks::seq.eq(seq));
            assert_eq!(block_on(Kept(upsert).execute(conn)).unwrap(), 1);
        }
        // The upsert, and the question how many rows it changed.
        assert_eq!(kept(), 2);

        for (least, changed) in [(0, 2), (3, 1), (4, 0)] {
            let some = marks::table.filter(marks::seq.ge(least));
            let update = diesel::update(some).set(marks::seq.eq(marks::seq + 0));
            assert_eq!(block_on(Kept(update).execute(conn)).unwrap(), changed);
            let returned = diesel::update(some).set(marks::seq.eq(marks::seq + 0)).returning(marks::name);
            let names: Vec<String> = block_on(Kept(returned).load(conn)).unwrap();
            assert_eq!(names.len(), changed);
        }
        assert_eq!(kept(), 4);

        // What is kept without being told says for itself what it changed.
        for (name, changed) in [("a", 0), ("c", 1)] {
            let row = (marks::name.eq(name), marks::seq.eq(1));
            let new = diesel::insert_into(marks::table).values(row).on_conflict_do_nothing();
            assert_eq!(block_on(new.execute(conn)).unwrap(), changed);
        }
        assert_eq!(kept(), 5);
    }
}
