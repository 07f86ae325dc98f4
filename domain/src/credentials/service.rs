//! Making access tokens and API keys, giving them new secrets, switching and revoking them. For owners and admins.

use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::activity::{Change, What};
use stackyard_model::credential::{
    Credential, CredentialId, CredentialKind, DAYS_MAX, Overlap, Scope, scopes_text,
};
use stackyard_model::id::{UserId, WorkspaceId};
use stackyard_model::text::line;
use stackyard_model::{Action, FieldErrors, Ts};

use super::actor::CredentialActor;
use super::queries::{self, Row};
use crate::activity::{Entry, record};
use crate::{Actor, Ctx, Error, Here, Secret, access};

/// Most credentials of a kind that are not revoked: they are listed on one page.
const CREDENTIALS_MAX: i64 = 200;
/// Longest description, in characters.
const DESCRIPTION_MAX: usize = 300;
/// Characters of a secret's end that are kept to tell it by.
const HINT: usize = 4;

/// A form that makes a credential.
#[derive(Debug, Clone)]
pub struct CredentialInput {
    /// Whom it is for.
    pub kind: CredentialKind,
    /// What people call it.
    pub name: String,
    /// What an API key is for.
    pub description: String,
    /// [`Scope`] words.
    pub scopes: Vec<String>,
    /// For how many days it works; none for one without an end.
    pub days: Option<u32>,
}

/// The workspace's access tokens and API keys, the newest first; secrets are not among what is kept.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not see them.
pub async fn list(ctx: &Ctx, here: &Here) -> Result<Vec<Credential>, Error> {
    here.require(Action::SeeSensitive)?;
    let mut conn = ctx.deps().db.read().await?;
    Ok(queries::list(&mut conn, here.id()).await?.into_iter().map(Into::into).collect())
}

/// Makes a credential. Its secret is in the answer and nowhere else.
///
/// # Errors
/// [`Error::Invalid`] with each error at its field, [`Error::Conflict`] when there are too many, [`Error::Forbidden`] also for
/// who has their role for a time.
pub async fn create(ctx: &Ctx, here: &Here, input: CredentialInput) -> Result<(Credential, Secret), Error> {
    here.require(Action::ManageTokens)?;
    let Checked { name, description, scopes, days } = check(&input)?;
    let secret = Secret::mint(input.kind.prefix(), &*ctx.deps().random);
    let now = ctx.now();
    let (_, _, created_by) = ctx.actor_words();
    let row = Row {
        id: CredentialId::mint(input.kind, now, ctx.id_bytes()),
        workspace_id: here.id().clone(),
        kind: input.kind,
        name,
        description,
        scopes: scopes_text(&scopes),
        secret_hash: secret.hash().0,
        hint: hint(&secret),
        old_secret_hash: None,
        old_until: None,
        active: true,
        created_by,
        made_by: ctx.signed_in().ok().map(|user| user.account.id.clone()),
        old_made_by: None,
        created_at: now,
        rotated_at: None,
        days,
        expires_at: end_after(days, now),
        warned_at: None,
        expiry_told_at: None,
        last_used_at: None,
        last_used_from: None,
        revoked_at: None,
    };
    let credential = row.clone().into();
    ctx.deps()
        .db
        .write((ctx.clone(), here.clone(), row), |conn, (ctx, here, row)| {
            Box::pin(async move {
                access::require_now(ctx, conn, here, Action::ManageTokens).await?;
                access::require_lasting(ctx, conn, here, Action::ManageTokens).await?;
                if queries::count(conn, here.id(), row.kind).await? >= CREDENTIALS_MAX {
                    let message =
                        format!("A workspace has at most {CREDENTIALS_MAX} of them. Revoke some first.");
                    return Err(Error::conflict("TooManyCredentials", message));
                }
                queries::insert(conn, row).await?;
                let entry = about(ctx, &row.workspace_id, What::CredentialCreated, row);
                record(conn, &with_end(entry, row).note(row.scopes.clone())).await
            })
        })
        .await?;
    Ok((credential, secret))
}

/// Gives a credential a new secret, and its days anew. The one before goes on for the overlap; one before that ends.
///
/// # Errors
/// [`Error::NotFound`] when it is none of this workspace's, or is revoked, [`Error::Forbidden`] also for who has their role
/// for a time.
pub async fn rotate(
    ctx: &Ctx,
    here: &Here,
    id: &CredentialId,
    overlap: Overlap,
) -> Result<(Credential, Secret), Error> {
    let prefix =
        if id.as_str().starts_with("apk_") { CredentialKind::ApiKey } else { CredentialKind::AccessToken };
    let secret = Secret::mint(prefix.prefix(), &*ctx.deps().random);
    let made = secret.clone();
    let row = change(ctx, here, id, Lasts(true), (overlap, made), |ctx, row, (overlap, secret)| {
        let now = ctx.now();
        // What has run out already does not come back.
        let until = row.expires_at.map_or(now + overlap.duration(), |end| end.min(now + overlap.duration()));
        let goes_on = until > now;
        let after = Row {
            old_secret_hash: goes_on.then(|| row.secret_hash.clone()),
            old_until: goes_on.then_some(until),
            old_made_by: row.made_by.clone().filter(|_| goes_on),
            secret_hash: secret.hash().0,
            hint: hint(secret),
            // Whoever has read the secret is asked about when they go.
            made_by: ctx.signed_in().ok().map(|user| user.account.id.clone()).or_else(|| row.made_by.clone()),
            rotated_at: Some(now),
            expires_at: end_after(row.days, now),
            warned_at: None,
            expiry_told_at: None,
            ..row.clone()
        };
        let entry = about(ctx, &row.workspace_id, What::CredentialRotated, row);
        let old = if goes_on {
            format!("the old one works until {}", until.to_rfc3339_seconds())
        } else {
            "the old one ended".to_owned()
        };
        Ok(Some((with_end(entry, &after).note(old), after)))
    });
    Ok((row.await?.into(), secret))
}

/// Switches an API key off, or on again.
///
/// # Errors
/// [`Error::NotFound`] when it is no API key of this workspace, or is revoked, [`Error::Forbidden`] for who has their role for
/// a time and would switch one on.
pub async fn switch(ctx: &Ctx, here: &Here, id: &CredentialId, active: bool) -> Result<Credential, Error> {
    let row = change(ctx, here, id, Lasts(active), active, |ctx, row, active| {
        if row.kind != CredentialKind::ApiKey {
            return Err(Error::NotFound);
        }
        if row.active == *active {
            return Ok(None);
        }
        let what = if *active { What::CredentialEnabled } else { What::CredentialDisabled };
        let entry = about(ctx, &row.workspace_id, what, row);
        Ok(Some((entry, Row { active: *active, ..row.clone() })))
    });
    Ok(row.await?.into())
}

/// Revokes a credential. The next request with it is refused, and so is one that is on its way and would change
/// something.
///
/// # Errors
/// [`Error::NotFound`] when it is none of this workspace's, or is revoked.
pub async fn revoke(ctx: &Ctx, here: &Here, id: &CredentialId) -> Result<Credential, Error> {
    let row = change(ctx, here, id, Lasts(false), (), |ctx, row, ()| {
        let entry = about(ctx, &row.workspace_id, What::CredentialRevoked, row);
        Ok(Some((entry, revoked(ctx, row.clone()))))
    });
    Ok(row.await?.into())
}

/// What becomes of a credential, with its event; none when it is so already.
type Changed<A> = fn(&Ctx, &Row, &A) -> Result<Option<(Entry, Row)>, Error>;

/// Whether a secret works by the change that did not, and outlasts a role that is lent to who makes it.
struct Lasts(bool);

/// Changes a credential that is not revoked, for whoever may at this moment.
async fn change<A: Send + Sync + 'static>(
    ctx: &Ctx,
    here: &Here,
    id: &CredentialId,
    lasts: Lasts,
    args: A,
    into: Changed<A>,
) -> Result<Row, Error> {
    here.require(Action::ManageTokens)?;
    let args = (ctx.clone(), here.clone(), id.clone(), lasts, args, into);
    ctx.deps()
        .db
        .write(args, |conn, (ctx, here, id, lasts, args, into)| {
            Box::pin(async move {
                access::require_now(ctx, conn, here, Action::ManageTokens).await?;
                if lasts.0 {
                    access::require_lasting(ctx, conn, here, Action::ManageTokens).await?;
                }
                let row = queries::find(conn, here.id(), id).await?;
                let row = row.filter(|row| row.revoked_at.is_none()).ok_or(Error::NotFound)?;
                let Some((entry, after)) = into(ctx, &row, args)? else { return Ok(row) };
                queries::update(conn, &after).await?;
                record(conn, &entry).await?;
                Ok(after)
            })
        })
        .await
}

/// The credentials of which a person has read a secret that is not over, the newest first; also those that are switched off,
/// which can be switched on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Held {
    /// Access tokens whose secret they made.
    pub(crate) access_tokens: Vec<Credential>,
    /// API keys whose secret they made.
    pub(crate) api_keys: Vec<Credential>,
    /// Those to which somebody else has given a new secret, while the one before, which is theirs, goes on beside it.
    pub(crate) old_secrets: Vec<Credential>,
}

/// What a person has read.
pub(crate) async fn held_by(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    user: &UserId,
    now: Ts,
) -> Result<Held, Error> {
    let mut held = Held::default();
    for row in queries::made_by(conn, workspace, user, now).await? {
        if row.expires_at.is_some_and(|end| end <= now) {
            continue;
        }
        let of = match row.kind {
            _ if row.made_by.as_ref() != Some(user) => &mut held.old_secrets,
            CredentialKind::AccessToken => &mut held.access_tokens,
            CredentialKind::ApiKey => &mut held.api_keys,
        };
        of.push(row.into());
    }
    Ok(held)
}

/// Revokes one of a workspace's credentials, in the transaction of a reason to.
pub(crate) async fn revoke_in(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    id: &CredentialId,
) -> Result<(), Error> {
    end_in(ctx, conn, here, id, What::CredentialRevoked, revoked).await
}

/// Ends the secret before of one of a workspace's credentials, in the transaction of a reason to.
pub(crate) async fn end_old_in(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    id: &CredentialId,
) -> Result<(), Error> {
    end_in(ctx, conn, here, id, What::CredentialOldSecretEnded, |_, row| without_old(row)).await
}

async fn end_in(
    ctx: &Ctx,
    conn: &mut Conn,
    here: &Here,
    id: &CredentialId,
    what: What,
    ended: fn(&Ctx, Row) -> Row,
) -> Result<(), Error> {
    let row = queries::find(conn, here.id(), id).await?.ok_or(Error::NotFound)?;
    let entry = about(ctx, &row.workspace_id, what, &row);
    queries::update(conn, &ended(ctx, row)).await?;
    record(conn, &entry).await
}

/// The person who made the secret by which a credential came in; none when that was not a person.
pub(crate) async fn maker_of(conn: &mut Conn, actor: &CredentialActor) -> Result<Option<UserId>, Error> {
    let row = queries::find(conn, &actor.workspace_id, &actor.id).await?;
    Ok(row.and_then(|row| if row.secret_hash == actor.secret.0 { row.made_by } else { row.old_made_by }))
}

/// The people who made the secrets of a credential: the one that works, and the one before it as long as that does too.
pub(crate) async fn makers(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &CredentialId,
    now: Ts,
) -> Result<Vec<UserId>, Error> {
    let Some(row) = queries::find(conn, workspace, id).await? else { return Ok(Vec::new()) };
    let old = row.old_made_by.filter(|_| row.old_until.is_some_and(|end| end > now));
    Ok([row.made_by, old].into_iter().flatten().collect())
}

/// Whether who acts is a credential, by a secret that a person made.
pub(crate) async fn acts_for(ctx: &Ctx, conn: &mut Conn, user: &UserId) -> Result<bool, Error> {
    let Actor::Credential(actor) = &ctx.actor else { return Ok(false) };
    Ok(maker_of(conn, actor).await?.as_ref() == Some(user))
}

/// The old secret ends with the new one.
fn revoked(ctx: &Ctx, row: Row) -> Row {
    Row { revoked_at: Some(ctx.now()), ..without_old(row) }
}

fn without_old(row: Row) -> Row {
    Row { old_secret_hash: None, old_until: None, old_made_by: None, ..row }
}

/// An entry about a credential.
pub(super) fn about(ctx: &Ctx, workspace: &WorkspaceId, what: What, row: &Row) -> Entry {
    Entry::done(ctx, workspace, what).target(row.kind.as_str(), row.id.as_str(), &row.name)
}

/// The same, with its end.
pub(super) fn with_end(entry: Entry, row: &Row) -> Entry {
    let end = row.expires_at.map(|end| Change::new("expires", "", end.to_rfc3339_seconds()));
    entry.details(|details| details.changes.extend(end))
}

fn end_after(days: Option<i32>, now: Ts) -> Option<Ts> {
    days.map(|days| now + Duration::from_secs(u64::from(days.unsigned_abs()) * 24 * 3600))
}

fn hint(secret: &Secret) -> String {
    let text = secret.expose();
    text.chars().skip(text.chars().count().saturating_sub(HINT)).collect()
}

struct Checked {
    name: String,
    description: String,
    scopes: Vec<Scope>,
    days: Option<i32>,
}

fn check(input: &CredentialInput) -> Result<Checked, Error> {
    let mut errors = FieldErrors::default();
    let name = errors.keep("name", line(&input.name, 3, 255, "A name has 3 to 255 characters."));
    let description =
        errors.keep("description", line(&input.description, 0, DESCRIPTION_MAX, "At most 300 characters."));
    let chosen: Result<Vec<Scope>, _> = input.scopes.iter().map(|word| word.parse()).collect();
    let scopes = match chosen {
        Ok(scopes) if scopes.is_empty() => Err("Choose at least one."),
        Ok(scopes) => Ok(Scope::ALL.iter().copied().filter(|scope| scopes.contains(scope)).collect()),
        Err(_) => Err("Choose from the list."),
    };
    let scopes: Option<Vec<Scope>> = errors.keep("scopes", scopes);
    let days = match input.days {
        None => Ok(None),
        Some(days) if (1..=DAYS_MAX).contains(&days) => Ok(i32::try_from(days).ok()),
        Some(_) => Err("It lasts from 1 to 365 days, or has no end."),
    };
    let days = errors.keep("days", days);
    match (name, description, scopes, days) {
        (Some(name), Some(description), Some(scopes), Some(days)) if errors.is_empty() => {
            Ok(Checked { name, description, scopes, days })
        }
        _ => Err(Error::Invalid(errors)),
    }
}
