//! People in the store.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::functions::{length, octet_length};
use stackyard_db::schema::{members, users, workspaces};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::account::{Account, Theme};
use stackyard_model::id::{MemberId, UserId, WorkspaceId};
use stackyard_model::notice::NoticeMail;
use stackyard_model::text::{fold, fold_address};
use stackyard_model::{Role, Ts};

use super::erase::Within;

/// A person as stored.
#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct UserRow {
    pub(crate) id: UserId,
    pub(crate) email: String,
    pub(crate) email_folded: String,
    pub(crate) email_verified: bool,
    pub(crate) name: String,
    /// What people are searched and sorted by.
    pub(crate) name_folded: String,
    pub(crate) password_hash: Option<String>,
    pub(crate) time_zone: Option<String>,
    pub(crate) theme: Theme,
    pub(crate) default_workspace_id: Option<WorkspaceId>,
    pub(crate) created_at: Ts,
    pub(crate) disabled_at: Option<Ts>,
    pub(crate) picture_version: Option<String>,
    pub(crate) notice_mail: NoticeMail,
    pub(crate) notices_unread: i32,
}

impl UserRow {
    /// Whether the account is still enabled and has the password that was checked a moment ago.
    pub(crate) fn still_opens_with(&self, checked: Option<&str>) -> bool {
        self.disabled_at.is_none() && self.password_hash.as_deref() == checked
    }
}

impl From<UserRow> for Account {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.id,
            email: row.email,
            email_verified: row.email_verified,
            name: row.name,
            time_zone: row.time_zone,
            theme: row.theme,
            default_workspace: row.default_workspace_id,
            picture: row.picture_version,
            notice_mail: row.notice_mail,
            notices_unread: row.notices_unread,
        }
    }
}

pub(crate) async fn count(conn: &mut Conn) -> Result<i64, DbError> {
    let query = users::table.count();
    Ok(run!(conn, |c| query.get_result(c).await)?)
}

pub(crate) async fn find(conn: &mut Conn, id: &UserId) -> Result<Option<UserRow>, DbError> {
    let query = users::table.find(id);
    Ok(run!(conn, |c| query.select(UserRow::as_select()).get_result(c).await.optional())?)
}

pub(crate) async fn find_by_email(conn: &mut Conn, email: &str) -> Result<Option<UserRow>, DbError> {
    let query = users::table.filter(users::email_folded.eq(fold_address(email.trim())));
    Ok(run!(conn, |c| query.select(UserRow::as_select()).get_result(c).await.optional())?)
}

/// Writes a person. False when the address is taken.
pub(crate) async fn insert(conn: &mut Conn, row: &UserRow) -> Result<bool, DbError> {
    let new = diesel::insert_into(users::table).values(row).on_conflict_do_nothing();
    Ok(run!(conn, |c| new.execute(c).await)? == 1)
}

pub(super) async fn set_profile(conn: &mut Conn, id: &UserId, account: &Account) -> Result<(), DbError> {
    let target = users::table.find(id);
    let changes = (
        users::name.eq(&account.name),
        users::name_folded.eq(fold(&account.name)),
        users::time_zone.eq(&account.time_zone),
        users::theme.eq(account.theme),
        users::default_workspace_id.eq(&account.default_workspace),
    );
    run!(conn, |c| diesel::update(target).set(changes).execute(c).await)?;
    Ok(())
}

/// Marks an address as proved: a mail to it was answered.
pub(super) async fn set_verified(conn: &mut Conn, id: &UserId) -> Result<(), DbError> {
    let target = users::table.find(id);
    run!(conn, |c| diesel::update(target).set(users::email_verified.eq(true)).execute(c).await)?;
    Ok(())
}

/// The names that are not folded yet: those that were there before they were.
pub(super) async fn unfolded(conn: &mut Conn) -> Result<Vec<(UserId, String)>, DbError> {
    let query = users::table.filter(users::name_folded.eq("")).select((users::id, users::name));
    Ok(run!(conn, |c| query.load(c).await)?)
}

pub(super) async fn set_folded(conn: &mut Conn, id: &UserId, folded: &str) -> Result<(), DbError> {
    let target = users::table.find(id);
    run!(conn, |c| diesel::update(target).set(users::name_folded.eq(folded)).execute(c).await)?;
    Ok(())
}

/// The addresses with letters outside ASCII: the person, the address, and what it is compared by.
pub(super) async fn with_foreign_letters(conn: &mut Conn) -> Result<Vec<(UserId, String, String)>, DbError> {
    let query = users::table.filter(octet_length(users::email).ne(length(users::email))).select((
        users::id,
        users::email,
        users::email_folded,
    ));
    Ok(run!(conn, |c| query.load(c).await)?)
}

pub(super) async fn has_address(conn: &mut Conn, email_folded: &str) -> Result<bool, DbError> {
    let query =
        diesel::select(diesel::dsl::exists(users::table.filter(users::email_folded.eq(email_folded))));
    Ok(run!(conn, |c| query.get_result(c).await)?)
}

pub(super) async fn set_address_folded(
    conn: &mut Conn,
    id: &UserId,
    email_folded: &str,
) -> Result<(), DbError> {
    let target = users::table.find(id);
    run!(conn, |c| diesel::update(target).set(users::email_folded.eq(email_folded)).execute(c).await)?;
    Ok(())
}

pub(super) async fn set_disabled(conn: &mut Conn, id: &UserId, at: Option<Ts>) -> Result<(), DbError> {
    let target = users::table.find(id);
    run!(conn, |c| diesel::update(target).set(users::disabled_at.eq(at)).execute(c).await)?;
    Ok(())
}

/// What a person is called who was erased.
pub(super) const ERASED: &str = "Erased person";

/// The address of a person who was erased: no mail goes there, and nobody else has it (RFC 2606).
pub(super) fn erased_address(id: &UserId) -> String {
    format!("{id}@erased.invalid")
}

/// Takes away what says who somebody is, and their way in.
pub(super) async fn make_pseudonym(conn: &mut Conn, id: &UserId, now: Ts) -> Result<(), DbError> {
    let address = erased_address(id);
    let set = (
        users::email_folded.eq(fold_address(&address)),
        users::email.eq(address),
        users::email_verified.eq(false),
        users::name.eq(ERASED),
        users::name_folded.eq(fold(ERASED)),
        users::password_hash.eq(None::<String>),
        users::time_zone.eq(None::<String>),
        users::default_workspace_id.eq(None::<WorkspaceId>),
        users::disabled_at.eq(now),
        users::notice_mail.eq(NoticeMail::Never),
        users::notices_unread.eq(0),
    );
    run!(conn, |c| diesel::update(users::table.find(id)).set(set).execute(c).await)?;
    Ok(())
}

/// The workspaces that somebody is in, suspended or not.
pub(super) async fn within(conn: &mut Conn, id: &UserId) -> Result<Vec<Within>, DbError> {
    let query = members::table
        .inner_join(workspaces::table)
        .filter(members::user_id.eq(id).and(workspaces::deleted_at.is_null()));
    let columns = (members::workspace_id, workspaces::name, members::id, members::role);
    let rows: Vec<(WorkspaceId, String, MemberId, Role)> =
        run!(conn, |c| query.select(columns).load(c).await)?;
    let within = |(workspace, name, member, role)| Within { workspace, name, member, role };
    Ok(rows.into_iter().map(within).collect())
}

pub(super) async fn set_theme(conn: &mut Conn, id: &UserId, theme: Theme) -> Result<(), DbError> {
    run!(conn, |c| diesel::update(users::table.find(id)).set(users::theme.eq(theme)).execute(c).await)?;
    Ok(())
}

pub(super) async fn set_password(conn: &mut Conn, id: &UserId, hash: &str) -> Result<(), DbError> {
    run!(conn, |c| diesel::update(users::table.find(id))
        .set(users::password_hash.eq(hash))
        .execute(c)
        .await)?;
    Ok(())
}
