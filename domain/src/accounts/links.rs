//! Links that are mailed to a person: stored as hashes, good once, one of each purpose at a time. A link is made in the
//! moment in which its mail is sent.

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::account_links;
use stackyard_db::{Conn, DbError, run};
use stackyard_model::Ts;
use stackyard_model::account::LinkPurpose;
use stackyard_model::activity::{Outcome, What};
use stackyard_model::id::UserId;
use stackyard_model::quote::plain;

use super::queries::{self, UserRow};
use crate::activity::{Entry, record};
use crate::mail::{Letter, when};
use crate::{Ctx, Error, Secret, SecretHash};

/// What the secret of a purpose begins with.
const fn prefix(purpose: LinkPurpose) -> &'static str {
    match purpose {
        LinkPurpose::Password => "reset_",
        LinkPurpose::Address => "verify_",
    }
}

/// The event that one was mailed.
const fn mailed(purpose: LinkPurpose) -> What {
    match purpose {
        LinkPurpose::Password => What::PasswordLinkMailed,
        LinkPurpose::Address => What::AddressLinkMailed,
    }
}

/// For how long a link counts: one that lets in shorter than one that proves.
const fn lasts(purpose: LinkPurpose) -> Duration {
    match purpose {
        LinkPurpose::Password => Duration::from_secs(3600),
        LinkPurpose::Address => Duration::from_secs(24 * 3600),
    }
}

/// A link as it is stored.
#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = account_links, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
struct LinkRow {
    secret_hash: Vec<u8>,
    user_id: UserId,
    purpose: LinkPurpose,
    /// The address that it went to: it counts as long as that is the person's.
    email_folded: String,
    expires_at: Ts,
}

/// What a mail with a link says.
#[derive(Debug, Clone)]
pub(crate) struct LinkMail {
    purpose: LinkPurpose,
    email: String,
    name: String,
    secret: Secret,
    expires_at: Ts,
}

/// A new link for a person, in place of the one before.
pub(super) async fn make(
    ctx: &Ctx,
    conn: &mut Conn,
    user: &UserRow,
    purpose: LinkPurpose,
    now: Ts,
) -> Result<LinkMail, Error> {
    let secret = Secret::mint(prefix(purpose), &*ctx.deps().random);
    let row = LinkRow {
        secret_hash: secret.hash().0,
        user_id: user.id.clone(),
        purpose,
        email_folded: user.email_folded.clone(),
        expires_at: now + lasts(purpose),
    };
    forget(conn, &user.id, purpose).await?;
    insert(conn, &row).await?;
    let entry = Entry::new(ctx, None, mailed(purpose), Outcome::Ok).by_itself();
    record(conn, &entry.target("user", user.id.as_str(), &user.name)).await?;
    let (email, name) = (user.email.clone(), user.name.clone());
    Ok(LinkMail { purpose, email, name, secret, expires_at: row.expires_at })
}

async fn insert(conn: &mut Conn, row: &LinkRow) -> Result<(), DbError> {
    run!(conn, |c| diesel::insert_into(account_links::table).values(row).execute(c).await)?;
    Ok(())
}

/// The hash of a text that could be a link's secret; so that nonsense never reaches the store.
pub(super) fn hash(secret: &str, purpose: LinkPurpose) -> Option<SecretHash> {
    Secret::parse(secret, prefix(purpose)).map(|secret| secret.hash())
}

/// Whose link it is, while it counts.
pub(super) async fn find(
    conn: &mut Conn,
    hash: &SecretHash,
    purpose: LinkPurpose,
    now: Ts,
) -> Result<Option<UserRow>, DbError> {
    let query = account_links::table
        .filter(account_links::secret_hash.eq(&hash.0).and(account_links::purpose.eq(purpose)))
        .filter(account_links::expires_at.gt(now));
    let row: Option<LinkRow> =
        run!(conn, |c| query.select(LinkRow::as_select()).get_result(c).await.optional())?;
    let Some(row) = row else { return Ok(None) };
    let user = queries::find(conn, &row.user_id).await?;
    Ok(user.filter(|user| user.disabled_at.is_none() && user.email_folded == row.email_folded))
}

/// Ends the link of a person.
pub(super) async fn forget(conn: &mut Conn, user: &UserId, purpose: LinkPurpose) -> Result<(), DbError> {
    let target =
        account_links::table.filter(account_links::user_id.eq(user).and(account_links::purpose.eq(purpose)));
    run!(conn, |c| diesel::delete(target).execute(c).await)?;
    Ok(())
}

/// Forgets links whose time is over.
pub(crate) async fn sweep(conn: &mut Conn, now: Ts) -> Result<(), DbError> {
    let over = account_links::table.filter(account_links::expires_at.le(now));
    run!(conn, |c| diesel::delete(over).execute(c).await)?;
    Ok(())
}

impl LinkMail {
    /// The mail.
    pub(crate) fn letter(&self, ctx: &Ctx) -> Letter {
        let server = &ctx.deps().site.public_url;
        let (name, until, secret) = (plain(&self.name), when(self.expires_at), self.secret.expose());
        let unused = format!("The link works once, until {until}. Opening it uses nothing up.");
        match self.purpose {
            LinkPurpose::Password => Letter::new(&self.email, "Set a new password")
                .words(format!("Somebody, perhaps you, asked for a new password for {name} on {server}."))
                .link("Set a new password", format!("{server}/reset/{secret}"))
                .words(unused)
                .words("If it was not you, you need not do anything: your password stays as it is."),
            LinkPurpose::Address => Letter::new(&self.email, "Confirm your address")
                .words(format!("{name} uses this address on {server}. Confirm that it is yours."))
                .link("Confirm this address", format!("{server}/verify/{secret}"))
                .words(unused)
                .words("If that is not you, do nothing, and the address stays unconfirmed."),
        }
    }
}
