//! Functions that both databases have and Diesel has no names for.

use diesel::sql_types::Text;

diesel::define_sql_function! {
    /// How many characters a text has.
    fn length(text: Text) -> Integer;
}

diesel::define_sql_function! {
    /// How many bytes a text has.
    fn octet_length(text: Text) -> Integer;
}
