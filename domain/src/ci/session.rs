//! CI sessions and repository tokens: who a bearer token speaks for.

use std::time::Duration;

use stackyard_model::activity::RunFacts;
use stackyard_model::id::{CiSessionId, RepositoryId, RepositoryTokenId, WorkspaceId};
use stackyard_model::quote::plain;
use stackyard_model::trace::Seen;
use stackyard_model::{Refusal, Ts};

use super::queries;
use crate::{Actor, Ctx, Error, Refused, Secret};

/// What a session's secret begins with. No dots: the CLI takes an opaque token without them as one that it need
/// not read.
pub(crate) const SESSION_PREFIX: &str = "ci_";
/// What a repository token begins with.
pub(crate) const TOKEN_PREFIX: &str = "stackyard_repo_";

/// What an OIDC token was exchanged for: one run of one repository in one workspace.
#[derive(Debug, Clone)]
pub struct CiSession {
    /// Its id.
    pub id: CiSessionId,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The repository.
    pub repository_id: RepositoryId,
    /// The audience of the token that it was exchanged for.
    pub audience: String,
    /// The values that permissions look at.
    pub seen: Seen,
    /// The run.
    pub run: RunFacts,
    /// When it ends.
    pub expires_at: Ts,
}

impl CiSession {
    /// The run, as holder of locks: the CLI has a new session at each call, the run stays (rules §8).
    #[must_use]
    pub fn holder_id(&self) -> String {
        run_holder(&self.repository_id, &self.run)
    }

    /// What people call it.
    #[must_use]
    pub fn label(&self) -> String {
        run_label(&self.run)
    }
}

/// A run of a repository, as the holder of its locks and the actor in the log.
pub(super) fn run_holder(repository: &RepositoryId, run: &RunFacts) -> String {
    format!("{repository}/{}/{}", run.run_id, run.attempt)
}

/// What people call a run.
pub(super) fn run_label(run: &RunFacts) -> String {
    format!("Run {}", plain(&run.run_id))
}

/// A repository token, used.
#[derive(Debug, Clone)]
pub struct TokenActor {
    /// Its id.
    pub id: RepositoryTokenId,
    /// What people call it.
    pub name: String,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The repository.
    pub repository_id: RepositoryId,
}

/// How often a token's last use is written.
const USED_EVERY: Duration = Duration::from_secs(60);

/// Who a bearer token of the CLI's routes speaks for.
///
/// # Errors
/// [`Error::Refused`] when it is unknown, expired or revoked, one and the same: the CLI then exchanges again.
pub async fn authenticate(ctx: &Ctx, bearer: &str) -> Result<Actor, Error> {
    let mut conn = ctx.deps().db.read().await?;
    let now = ctx.now();
    if let Some(secret) = Secret::parse(bearer, SESSION_PREFIX) {
        let session = queries::session(&mut conn, &secret.hash()).await?;
        let live = session.filter(|session| session.revoked_at.is_none() && session.expires_at > now);
        let session = live.ok_or_else(unknown)?.into_session()?;
        return Ok(Actor::Run(session.into()));
    }
    if let Some(secret) = Secret::parse(bearer, TOKEN_PREFIX) {
        let token = queries::token(&mut conn, &secret.hash()).await?;
        let live = |token: &queries::TokenRow| {
            token.revoked_at.is_none() && token.expires_at.is_none_or(|expiry| expiry > now)
        };
        let token = token.filter(live).ok_or_else(unknown)?;
        drop(conn);
        if token.last_used_at.is_none_or(|last| now.since(last) >= USED_EVERY) {
            let args = (token.id.clone(), now);
            let write = ctx.deps().db.write(args, |conn, (id, now)| {
                Box::pin(async move { Ok::<_, Error>(queries::token_used(conn, id, *now).await?) })
            });
            write.await?;
        }
        return Ok(Actor::Token(token.into_actor().into()));
    }
    Err(unknown())
}

/// What is said to a token that opens nothing.
pub(super) fn unknown() -> Error {
    let message = "This token is not known here, has expired, or was revoked. Exchange the job's OIDC token again, \
                   or set `ATMOS_PRO_TOKEN` to a repository token that is still valid.";
    Error::Refused(Refused::new(Refusal::UnknownCredential, "Unauthorized", message))
}
