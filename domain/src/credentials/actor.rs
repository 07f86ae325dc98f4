//! Who an access token or an API key speaks for, at the door and again in each transaction.

use std::time::Duration;

use stackyard_db::Conn;
use stackyard_model::credential::{Credential, CredentialId, CredentialKind, Scope};
use stackyard_model::id::WorkspaceId;
use stackyard_model::quote::plain;
use stackyard_model::{Refusal, Ts};

use super::queries::{self, Row};
use crate::{Actor, Ctx, Error, Refused, Secret, SecretHash};

/// How often a credential's last use is written.
const USED_EVERY: Duration = Duration::from_secs(60);

/// An access token or an API key, used.
#[derive(Debug, Clone)]
pub struct CredentialActor {
    /// Its id.
    pub id: CredentialId,
    /// What kind.
    pub kind: CredentialKind,
    /// What people call it.
    pub name: String,
    /// The workspace that it is for.
    pub workspace_id: WorkspaceId,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    pub(super) secret: SecretHash,
}

impl CredentialActor {
    /// Whether it may be used for what `wanted` is for.
    #[must_use]
    pub fn covers(&self, wanted: Scope) -> bool {
        self.scopes.iter().any(|scope| scope.covers(wanted))
    }

    /// Refuses, naming the scope, unless it may be used for what that is for.
    ///
    /// # Errors
    /// [`Error::Refused`] with the tag `MissingScope`.
    pub fn require(&self, wanted: Scope) -> Result<(), Error> {
        if self.covers(wanted) {
            return Ok(());
        }
        let message = format!(
            "This needs the scope `{wanted}`, which {} does not have. Make one with it under Workspace Settings.",
            plain(&self.name)
        );
        Err(Error::Refused(Refused::new(Refusal::NotAllowed, "MissingScope", message)))
    }
}

/// Who the bearer token of a request to the management API speaks for.
///
/// # Errors
/// [`Error::Refused`] when it is unknown, expired, revoked or switched off, one and the same; [`Error::Throttled`] when it
/// comes too often.
pub async fn authenticate(ctx: &Ctx, bearer: &str) -> Result<Actor, Error> {
    let secret = CredentialKind::ALL.iter().find_map(|kind| Secret::parse(bearer, kind.prefix()));
    let hash = secret.ok_or_else(unknown)?.hash();
    let mut conn = ctx.deps().db.read().await?;
    let now = ctx.now();
    let row = queries::by_secret(&mut conn, &hash).await?;
    drop(conn);
    let row = row.filter(|row| opens(row, &hash, now)).ok_or_else(unknown)?;
    ctx.deps().rates.count(&row.id, now)?;
    note_use(ctx, &row, now);
    let credential = Credential::from(row.clone());
    Ok(Actor::Credential(
        CredentialActor {
            id: credential.id,
            kind: credential.kind,
            name: credential.name,
            workspace_id: row.workspace_id,
            scopes: credential.scopes,
            secret: hash,
        }
        .into(),
    ))
}

/// The scopes that a credential has at this moment: it may have been revoked since it came in.
///
/// # Errors
/// [`Error::Refused`] as for one that never was.
pub(crate) async fn scopes_now(
    ctx: &Ctx,
    conn: &mut Conn,
    actor: &CredentialActor,
) -> Result<Vec<Scope>, Error> {
    let row = queries::find(conn, &actor.workspace_id, &actor.id).await?;
    let row = row.filter(|row| opens(row, &actor.secret, ctx.now())).ok_or_else(unknown)?;
    Ok(Credential::from(row).scopes)
}

/// Whether what a credential promised still stands: it works, and may do what `wanted` is for.
pub(crate) async fn stands(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &CredentialId,
    wanted: Scope,
    now: Ts,
) -> Result<bool, Error> {
    let row = queries::find(conn, workspace, id).await?.map(Credential::from);
    Ok(row.is_some_and(|row| row.works(now) && row.scopes.iter().any(|scope| scope.covers(wanted))))
}

/// Whether a request with this secret is let in.
fn opens(row: &Row, secret: &SecretHash, now: Ts) -> bool {
    let is_old =
        row.old_secret_hash.as_ref() == Some(&secret.0) && row.old_until.is_some_and(|end| end > now);
    (row.secret_hash == secret.0 || is_old) && Credential::from(row.clone()).works(now)
}

/// Writes down that a credential was used, once a minute. The request does not wait for it.
fn note_use(ctx: &Ctx, row: &Row, now: Ts) {
    if row.last_used_at.is_some_and(|last| now.since(last) < USED_EVERY) {
        return;
    }
    let ctx = ctx.clone();
    let args = (row.id.clone(), now, ctx.request.address.clone());
    tokio::spawn(async move {
        let written = ctx.deps().db.write(args, |conn, (id, now, address)| {
            Box::pin(async move { Ok::<_, Error>(queries::used(conn, id, *now, address.as_deref()).await?) })
        });
        if let Err(error) = written.await {
            tracing::warn!(%error, "the last use of a credential was not written");
        }
    });
}

fn unknown() -> Error {
    let message = "This access token or API key is not known here, has expired, was revoked, or is switched off. Make \
                   a new one under Workspace Settings.";
    Error::Refused(Refused::new(Refusal::UnknownCredential, "Unauthorized", message))
}
