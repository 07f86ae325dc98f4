//! Changing one's own account, and making accounts as the operator.

use stackyard_db::Conn;
use stackyard_model::FieldErrors;
use stackyard_model::account::{Account, LinkPurpose, Theme};
use stackyard_model::activity::{Change, Outcome, What};
use stackyard_model::id::{UserId, WorkspaceId};
use stackyard_model::notice::NoticeMail;
use stackyard_model::text::{self, fold, fold_address};

use super::links;
use super::password::{hash_password, verify_password};
use super::queries::{self, UserRow};
use crate::activity::{Entry, record};
use crate::sessions::{self, NewSession};
use crate::throttle::{self, Limit};
use crate::{Ctx, Error};

const NOT_YOURS: &str = "This is not your password.";

/// A form for a new account.
#[derive(Clone)]
pub struct NewAccount {
    /// The person's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
}

/// A form for one's profile.
#[derive(Debug, Clone)]
pub struct ProfileInput {
    /// The person's name.
    pub name: String,
    /// An IANA time zone; empty: the browser's.
    pub time_zone: String,
    /// A [`Theme`] word.
    pub theme: String,
    /// A workspace's id; empty: none.
    pub default_workspace: String,
}

/// A new account whose fields are right, without its password.
pub(crate) struct CheckedAccount {
    name: String,
    email: String,
}

/// Checks a form for a new account.
pub(crate) fn check(new: &NewAccount) -> Result<CheckedAccount, Error> {
    let mut errors = FieldErrors::default();
    let name = errors.keep("name", text::person_name(&new.name));
    let email = errors.keep("email", text::email(&new.email));
    errors.keep("password", text::password(&new.password));
    match (name, email) {
        (Some(name), Some(email)) if errors.is_empty() => Ok(CheckedAccount { name, email }),
        _ => Err(Error::Invalid(errors)),
    }
}

impl CheckedAccount {
    /// The row of the account. Nothing has proved the address yet.
    pub(crate) fn into_row(self, ctx: &Ctx, password_hash: String) -> UserRow {
        let now = ctx.now();
        UserRow {
            id: UserId::mint(now, ctx.id_bytes()),
            email_folded: fold_address(&self.email),
            email: self.email,
            email_verified: false,
            name_folded: fold(&self.name),
            name: self.name,
            password_hash: Some(password_hash),
            time_zone: None,
            theme: Theme::System,
            default_workspace_id: None,
            created_at: now,
            disabled_at: None,
            picture_version: None,
            notice_mail: NoticeMail::AtOnce,
            notices_unread: 0,
        }
    }
}

/// Makes an account, as the operator, who says whose address it is.
///
/// # Errors
/// [`Error::Invalid`] with each error at its field.
pub async fn create(ctx: &Ctx, new: NewAccount) -> Result<Account, Error> {
    ctx.operator_only()?;
    let checked = check(&new)?;
    let hash = hash_password(ctx, &new.password).await?;
    let row = UserRow { email_verified: true, ..checked.into_row(ctx, hash) };
    let account = row.clone().into();
    ctx.deps()
        .db
        .write(row, |conn, row| {
            Box::pin(async move {
                if queries::insert(conn, row).await? {
                    Ok(())
                } else {
                    Err(Error::field("email", "There is an account with this address already."))
                }
            })
        })
        .await?;
    Ok(account)
}

/// The account that an operator names by its address or by its id, which no address is.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn named(ctx: &Ctx, email_or_id: &str) -> Result<Account, Error> {
    ctx.operator_only()?;
    let mut conn = ctx.deps().db.read().await?;
    let found = match email_or_id.parse() {
        Ok(id) => queries::find(&mut conn, &id).await?,
        Err(_) => queries::find_by_email(&mut conn, email_or_id).await?,
    };
    Ok(found.ok_or(Error::NotFound)?.into())
}

/// Changes name, time zone, look and default workspace of the person who asks.
///
/// # Errors
/// [`Error::Invalid`] with each error at its field.
pub async fn update_profile(ctx: &Ctx, input: ProfileInput) -> Result<(), Error> {
    let account = &ctx.signed_in()?.account;
    let mut errors = FieldErrors::default();
    let name = errors.keep("name", text::person_name(&input.name));
    let zone = match input.time_zone.trim() {
        "" => Some(None),
        zone => errors.keep("time_zone", known_zone(zone).map(Some)),
    };
    let theme =
        errors.keep("theme", input.theme.parse::<Theme>().map_err(|_| "Choose system, light or dark."));
    let mine = crate::workspaces::list(ctx, "").await?;
    let workspace = match input.default_workspace.trim() {
        "" => Some(None),
        id => {
            let chosen = match id.parse::<WorkspaceId>() {
                Ok(id) if mine.iter().any(|mine| mine.workspace.id == id) => Ok(Some(id)),
                // It was theirs when they chose it; a form that is about something else sends it along.
                Ok(id) if account.default_workspace.as_ref() == Some(&id) => Ok(None),
                _ => Err("Choose one of your workspaces."),
            };
            errors.keep("default_workspace", chosen)
        }
    };
    let (Some(name), Some(time_zone), Some(theme), Some(default_workspace)) = (name, zone, theme, workspace)
    else {
        return Err(Error::Invalid(errors));
    };
    let renamed = (name != account.name).then(|| {
        let change = Change::new("name", account.name.as_str(), name.as_str());
        Entry::new(ctx, None, What::ProfileChanged, Outcome::Ok)
            .target("user", account.id.as_str(), &name)
            .details(|details| details.changes = vec![change])
    });
    let changed = Account { name, time_zone, theme, default_workspace, ..account.clone() };
    ctx.deps()
        .db
        .write((changed, renamed), |conn, (changed, renamed)| {
            Box::pin(async move {
                queries::set_profile(conn, &changed.id, changed).await?;
                match renamed {
                    Some(entry) => record(conn, entry).await,
                    None => Ok(()),
                }
            })
        })
        .await
}

fn known_zone(zone: &str) -> Result<String, &'static str> {
    let found =
        jiff::tz::db().get(zone).map_err(|_| "This time zone is not known. Choose one of the list.")?;
    Ok(found.iana_name().unwrap_or(zone).to_owned())
}

/// Changes the look of the person who asks.
///
/// # Errors
/// [`Error::Unauthenticated`] when nobody is signed in.
pub async fn set_theme(ctx: &Ctx, theme: Theme) -> Result<(), Error> {
    let id = ctx.signed_in()?.account.id.clone();
    ctx.deps()
        .db
        .write((id, theme), |conn, (id, theme)| {
            Box::pin(async move { Ok::<_, Error>(queries::set_theme(conn, id, *theme).await?) })
        })
        .await
}

/// Changes the password of the person who asks, and signs out their other browsers. This one has another cookie from now on.
///
/// # Errors
/// [`Error::Invalid`] at `current` or `new`; [`Error::Throttled`] after too many wrong ones.
pub async fn change_password(ctx: &Ctx, current: &str, new: &str) -> Result<NewSession, Error> {
    let user = ctx.signed_in()?;
    let limits = &ctx.deps().limits;
    let limit = Limit { attempts: limits.sign_in_attempts, window: limits.sign_in_window };
    let key = throttle::key("password", user.account.id.as_str());
    let args = (key.clone(), limit, ctx.now());
    let counted = ctx.deps().db.write(args, |conn, (key, limit, now)| {
        Box::pin(async move { Ok::<_, Error>(throttle::count(conn, key, *limit, *now).await?) })
    });
    counted.await?.or_throttled()?;
    let mut conn = ctx.deps().db.read().await?;
    let row = queries::find(&mut conn, &user.account.id).await?.ok_or(Error::Unauthenticated)?;
    drop(conn);
    if !verify_password(ctx, row.password_hash.clone(), current).await? {
        return Err(Error::field("current", NOT_YOURS));
    }
    text::password(new).map_err(|message| Error::field("new", message))?;
    let hash = hash_password(ctx, new).await?;
    let checked = row.password_hash;
    let entry = Entry::new(ctx, None, What::PasswordChanged, Outcome::Ok).target(
        "user",
        user.account.id.as_str(),
        &user.account.name,
    );
    let renewed = sessions::renewed(ctx);
    let me = (user.account.id.clone(), user.session.clone());
    let args = (me, renewed.clone(), hash, checked, entry, key);
    ctx.deps()
        .db
        .write(args, |conn, ((user, session), renewed, hash, checked, entry, key)| {
            Box::pin(async move {
                // Meanwhile the operator may have set another one.
                let now = queries::find(conn, user).await?.ok_or(Error::Unauthenticated)?;
                if !now.still_opens_with(checked.as_deref()) {
                    return Err(Error::field("current", NOT_YOURS));
                }
                set(conn, user, hash).await?;
                sessions::renew(conn, (user, session), renewed).await?;
                throttle::forget(conn, key).await?;
                record(conn, entry).await
            })
        })
        .await?;
    Ok(renewed)
}

/// Sets a password. A link to set one that is under way would undo it.
async fn set(conn: &mut Conn, user: &UserId, hash: &str) -> Result<(), Error> {
    links::forget(conn, user, LinkPurpose::Password).await?;
    Ok(queries::set_password(conn, user, hash).await?)
}

/// Sets somebody's password and signs out all their browsers, as the operator.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account, [`Error::Invalid`] at `password`.
pub async fn set_password(ctx: &Ctx, email_or_id: &str, password: &str) -> Result<(), Error> {
    let account = named(ctx, email_or_id).await?;
    text::password(password).map_err(|message| Error::field("password", message))?;
    let hash = hash_password(ctx, password).await?;
    let entry = Entry::new(ctx, None, What::PasswordChanged, Outcome::Ok).target(
        "user",
        account.id.as_str(),
        &account.name,
    );
    ctx.deps()
        .db
        .write((account.id, hash, entry), |conn, (user, hash, entry)| {
            Box::pin(async move {
                set(conn, user, hash).await?;
                sessions::delete_others(conn, user, None).await?;
                record(conn, entry).await
            })
        })
        .await
}

/// Disables an account, as the operator: all its browsers are signed out, and nobody can sign in with it.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account.
pub async fn disable(ctx: &Ctx, email_or_id: &str) -> Result<(), Error> {
    set_disabled(ctx, email_or_id, true).await
}

/// Enables an account again, as the operator.
///
/// # Errors
/// [`Error::NotFound`] when there is no such account.
pub async fn enable(ctx: &Ctx, email_or_id: &str) -> Result<(), Error> {
    set_disabled(ctx, email_or_id, false).await
}

async fn set_disabled(ctx: &Ctx, email_or_id: &str, disabled: bool) -> Result<(), Error> {
    let account = named(ctx, email_or_id).await?;
    let what = if disabled { What::AccountDisabled } else { What::AccountEnabled };
    let entry = Entry::new(ctx, None, what, Outcome::Ok).target("user", account.id.as_str(), &account.name);
    let at = disabled.then(|| ctx.now());
    ctx.deps()
        .db
        .write((account.id, at, entry), |conn, (user, at, entry)| {
            Box::pin(async move {
                queries::set_disabled(conn, user, *at).await?;
                if at.is_some() {
                    links::forget(conn, user, LinkPurpose::Password).await?;
                    sessions::delete_others(conn, user, None).await?;
                }
                record(conn, entry).await
            })
        })
        .await
}
