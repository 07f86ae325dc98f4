//! Leases in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::leases;
use stackyard_db::{Conn, DbError, run};
use stackyard_model::Ts;

/// Who holds a lease, and until when.
pub(super) async fn find(conn: &mut Conn, name: &str) -> Result<Option<(String, Ts)>, DbError> {
    let query = leases::table.find(name).select((leases::holder, leases::until));
    Ok(run!(conn, |c| query.get_result(c).await.optional())?)
}

/// Gives a lease to `holder`.
pub(super) async fn give(conn: &mut Conn, name: &str, holder: &str, until: Ts) -> Result<(), DbError> {
    let values = (leases::holder.eq(holder), leases::until.eq(until));
    let row = (leases::name.eq(name), leases::holder.eq(holder), leases::until.eq(until));
    let given =
        diesel::insert_into(leases::table).values(row).on_conflict(leases::name).do_update().set(values);
    run!(conn, |c| given.execute(c).await)?;
    Ok(())
}

/// Ends a lease, if `holder` has it.
pub(super) async fn end(conn: &mut Conn, name: &str, holder: &str) -> Result<(), DbError> {
    let target = leases::table.filter(leases::name.eq(name).and(leases::holder.eq(holder)));
    run!(conn, |c| diesel::delete(target).execute(c).await)?;
    Ok(())
}
