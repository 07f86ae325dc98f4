//! Functions that both databases have and Diesel has no names for.

use diesel::expression::{AppearsOnTable, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel::{Expression, QueryResult};
use stackyard_model::sql::UtcTs;

diesel::define_sql_function! {
    /// How many characters a text has.
    fn length(text: Text) -> Integer;
}

diesel::define_sql_function! {
    /// How many bytes a text has.
    fn octet_length(text: Text) -> Integer;
}

/// The database server's clock, now rather than at the beginning of the transaction. None on SQLite, which has no other
/// clock than this machine's.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct StoreClock;

impl Expression for StoreClock {
    type SqlType = Nullable<UtcTs>;
}

impl QueryFragment<Pg> for StoreClock {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql("clock_timestamp()");
        Ok(())
    }
}

impl QueryFragment<Sqlite> for StoreClock {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        pass.push_sql("NULL");
        Ok(())
    }
}

impl<Tables> SelectableExpression<Tables> for StoreClock {}
impl<Tables> AppearsOnTable<Tables> for StoreClock {}
impl<Groups> ValidGrouping<Groups> for StoreClock {
    type IsAggregate = is_aggregate::Never;
}
