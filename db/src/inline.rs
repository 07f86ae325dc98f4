//! The connection to SQLite as Diesel's asynchronous queries use it: a statement runs where it is awaited, from the query as
//! it is. A point query takes tens of microseconds, less than handing it to another thread and back; and less than writing
//! it out and copying what it binds, as is needed to hand it over (decision 0046).

use diesel::QueryResult;
use diesel::connection::{Connection as _, LoadConnection, SimpleConnection as _};
use diesel::query_builder::{AsQuery, AstPass, Query, QueryFragment, QueryId};
use diesel::row::IntoOwnedRow;
use diesel::sql_types::Untyped;
use diesel::sqlite::{Sqlite, SqliteConnection};
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
        ready(self.0.execute_returning_count(&source))
    }
}

/// All rows of a query. They are read before anything else is asked, so the statement is done with.
fn rows<'query, Q>(connection: &mut SqliteConnection, query: Plain<Q>) -> QueryResult<Vec<QueryResult<Owned>>>
where
    Q: QueryFragment<Sqlite> + QueryId + 'query,
{
    let mut names = Default::default();
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
}
