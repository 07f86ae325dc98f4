//! Exchanging a workflow's OIDC token for a CI session (rules §5).

use stackyard_db::{Conn, Weight};
use stackyard_model::activity::{Details, Outcome, RunFacts, What};
use stackyard_model::id::{CiSessionId, EventId, WorkspaceId};
use stackyard_model::quote::{code, plain};
use stackyard_model::trace::Seen;
use stackyard_model::{Refusal, Ts};
use stackyard_oidc::{TokenError, VerifiedToken};

use super::gate::OTHER_AUDIENCE;
use super::queries::{self, SessionRow};
use super::session::{SESSION_PREFIX, run_holder, run_label};
use super::values::{run_facts, values};
use crate::activity::{Denial, Entry, record, record_denial, record_refusal};
use crate::permissions::{Grant, Judgement, for_repository, judge, write_judging};
use crate::repositories::{self, Claimed, Identity, RepositoryRow, identify};
use crate::{Ctx, Error, Refused, Secret, Unavailable, json, workspaces};

/// A new session.
#[derive(Debug)]
pub struct Exchanged {
    /// What the workflow sends from now on.
    pub token: Secret,
    /// When it stops working.
    pub expires_at: Ts,
}

/// Exchanges a verified token of a configured repository for a session, if at least one permission matches.
///
/// Every verified token is used up, whatever becomes of it.
///
/// # Errors
/// [`Error::Refused`] when the token, the workspace or the repository is not one, [`Error::Denied`] with the
/// trace when no permission matches, [`Error::Unavailable`] when the issuer's keys cannot be had.
pub async fn exchange(ctx: &Ctx, token: &str, workspace_id: &str) -> Result<Exchanged, Error> {
    let verified = ctx.deps().issuers.verify(token, ctx.now()).await.map_err(refused)?;
    // A claim from which nothing can be read is told after the token is used up, as every other refusal is.
    let (seen, unreadable) = match values(&verified.claims) {
        Ok(seen) => (seen, None),
        Err(error) => (Seen::nothing(), Some(error.to_string())),
    };
    let secret = Secret::mint(SESSION_PREFIX, &*ctx.deps().random);
    let now = ctx.now();
    let lifetime = ctx.deps().limits.ci_session;
    let attempt = Attempt {
        ctx: ctx.clone(),
        run: run_facts(&verified.host, &verified.claims),
        claimed: Claimed {
            host: verified.host.clone(),
            id: verified.claims.repository_id,
            owner_id: verified.claims.repository_owner_id,
            name: verified.claims.repository.clone(),
        },
        workspace_id: workspace_id.to_owned(),
        session: CiSessionId::mint(now, ctx.id_bytes()),
        secret: secret.clone(),
        expires_at: now + lifetime,
        now,
        seen,
        unreadable,
        verified,
    };
    let verdict = write_judging(ctx, Weight::Light, attempt, |conn, attempt| {
        Box::pin(async move { attempt.decide(conn).await })
    });
    match verdict.await? {
        Verdict::Granted => Ok(Exchanged { token: secret, expires_at: now + lifetime }),
        Verdict::Refused(error) => Err(*error),
    }
}

/// What an attempt comes to. A refusal is kept too: the token is used up and the log has it.
enum Verdict {
    Granted,
    Refused(Box<Error>),
}

/// One attempt, with all that deciding it needs.
struct Attempt {
    ctx: Ctx,
    verified: VerifiedToken,
    seen: Seen,
    unreadable: Option<String>,
    run: RunFacts,
    claimed: Claimed,
    workspace_id: String,
    session: CiSessionId,
    secret: Secret,
    expires_at: Ts,
    now: Ts,
}

impl Attempt {
    async fn decide(&self, conn: &mut Conn) -> Result<Verdict, Error> {
        let VerifiedToken { issuer, jti, .. } = &self.verified;
        let fresh = queries::use_up(conn, issuer, jti, self.verified.usable_until()).await?;
        let Some(workspace) = self.workspace(conn).await? else { return Ok(self.not_here()) };
        let Some(repository) = self.repository(conn, &workspace.id).await? else {
            if fresh {
                self.note_usual_mistake(conn, &workspace.id).await?;
            }
            return Ok(self.not_here());
        };
        let identity = identify(&repository, &self.claimed);
        if identity == Identity::Impostor {
            if fresh {
                self.note_impostor(conn, &repository).await?;
            }
            return Ok(self.not_here());
        }
        if !fresh {
            let text = "This token was used before. Every token can be exchanged once; request a new one in the job.";
            return self.refuse(conn, &repository, "TokenReplayed", text).await;
        }
        if let Some(text) = &self.unreadable {
            return self.refuse(conn, &repository, "WorkflowRefused", text).await;
        }
        if workspace.own_audience_only && self.verified.audience != self.ctx.deps().site.public_url {
            return self.forbid(conn, &repository, "AudienceRefused", OTHER_AUDIENCE).await;
        }
        match identity {
            Identity::Changed => return self.hold(conn, &repository).await,
            Identity::Pin => self.pin(conn, &repository).await?,
            Identity::Known if repository.held_since.is_some() => self.let_go(conn, &repository).await?,
            Identity::Known | Identity::Impostor => {}
        }
        self.match_permissions(conn, &repository).await
    }

    async fn workspace(&self, conn: &mut Conn) -> Result<Option<workspaces::WorkspaceRow>, Error> {
        match self.workspace_id.parse::<WorkspaceId>() {
            Ok(id) => Ok(workspaces::find(conn, &id).await?),
            Err(_) => Ok(None),
        }
    }

    /// By id, and only when there is none by name (rules §1).
    async fn repository(
        &self,
        conn: &mut Conn,
        workspace: &WorkspaceId,
    ) -> Result<Option<RepositoryRow>, Error> {
        match repositories::find_by_remote_id(conn, workspace, &self.claimed).await? {
            Some(found) => Ok(Some(found)),
            None => {
                Ok(repositories::find_by_name(conn, workspace, &self.claimed.host, &self.claimed.name)
                    .await?)
            }
        }
    }

    async fn match_permissions(&self, conn: &mut Conn, repository: &RepositoryRow) -> Result<Verdict, Error> {
        let candidates = for_repository(conn, &repository.id).await?;
        let trace = match judge(&self.ctx, conn, repository, candidates, None, &self.seen).await? {
            Judgement::Granted(grant) => return self.grant(conn, repository, &grant).await,
            Judgement::Denied(trace) => trace,
        };
        let denial = Denial {
            entry: self.entry(repository, What::TokenRefused, Outcome::Denied),
            trace: &trace,
            public_url: &self.ctx.deps().site.public_url,
            fold_id: EventId::mint(self.now, self.ctx.id_bytes()),
        };
        let reply = record_denial(conn, denial).await?;
        Ok(Verdict::Refused(Box::new(Error::no_permission(reply))))
    }

    async fn grant(
        &self,
        conn: &mut Conn,
        repository: &RepositoryRow,
        grant: &Grant,
    ) -> Result<Verdict, Error> {
        queries::insert_session(conn, &self.row(repository)?).await?;
        if repository.last_seen_at.is_none_or(|last| self.now.since(last).as_secs() >= 60) {
            repositories::seen(conn, &repository.id, self.now).await?;
        }
        let entry = self
            .entry(repository, What::TokenExchanged, Outcome::Ok)
            .target("ci_session", self.session.as_str(), &repository.name)
            .grant(grant);
        record(conn, &entry).await?;
        Ok(Verdict::Granted)
    }

    fn row(&self, repository: &RepositoryRow) -> Result<SessionRow, Error> {
        let run = json::text(&self.run)?;
        Ok(SessionRow {
            id: self.session.clone(),
            secret_hash: self.secret.hash().0,
            workspace_id: repository.workspace_id.clone(),
            repository_id: repository.id.clone(),
            issuer: self.verified.issuer.clone(),
            audience: self.verified.audience.clone(),
            workflow: self.seen.workflow.clone().unwrap_or_default(),
            branch: self.seen.branch.clone().unwrap_or_default(),
            branch_source: self.seen.branch_source,
            environment: self.seen.environment.clone(),
            event: self.seen.event.clone().unwrap_or_default(),
            run,
            created_at: self.now,
            expires_at: self.expires_at,
            revoked_at: None,
        })
    }

    async fn pin(&self, conn: &mut Conn, repository: &RepositoryRow) -> Result<(), Error> {
        repositories::pin(conn, &repository.id, &self.claimed).await?;
        let note = format!("id {}, owner id {}", self.claimed.id, self.claimed.owner_id);
        let entry = self
            .entry(repository, What::RepositoryPinned, Outcome::Ok)
            .target("repository", repository.id.as_str(), &repository.name)
            .note(note);
        record(conn, &entry).await
    }

    /// The configured name and owner again: there is nothing to confirm any more.
    async fn let_go(&self, conn: &mut Conn, repository: &RepositoryRow) -> Result<(), Error> {
        repositories::let_go(conn, &repository.id).await?;
        let entry = self
            .entry(repository, What::RepositoryIdentityConfirmed, Outcome::Ok)
            .target("repository", repository.id.as_str(), &repository.name)
            .note("It turned up under its configured name again.");
        record(conn, &entry).await
    }

    /// The same id under another name or owner: kept out until an admin confirms it.
    async fn hold(&self, conn: &mut Conn, repository: &RepositoryRow) -> Result<Verdict, Error> {
        let text = format!(
            "The repository with the id `{}` is configured here as {} and now calls itself {}. An admin of the \
             workspace has to confirm that under **Configured Repositories**.",
            self.claimed.id,
            code(&repository.name),
            code(&self.claimed.name),
        );
        let known = repository.held_name.as_deref() == Some(self.claimed.name.as_str())
            && repository.held_owner_id == Some(self.claimed.owner_id);
        if !known {
            repositories::hold(conn, &repository.id, &self.claimed, self.now).await?;
            self.record(conn, repository, What::RepositoryIdentityChanged, &text, Refusal::NotAllowed)
                .await?;
        }
        self.forbid(conn, repository, "RepositoryHeld", &text).await
    }

    /// Another repository under the name of a configured one: its admins should know.
    async fn note_impostor(&self, conn: &mut Conn, repository: &RepositoryRow) -> Result<(), Error> {
        let text = format!(
            "{} has the id {} here, and the token's repository of that name has the id {}.",
            repository.name,
            repository.remote_id.unwrap_or_default(),
            self.claimed.id
        );
        self.record(conn, repository, What::RepositoryIdentityConflict, &text, Refusal::NotFound).await
    }

    /// A token of an owner whose repositories are configured here, from one that is not: worth telling its admins.
    async fn note_usual_mistake(&self, conn: &mut Conn, workspace: &WorkspaceId) -> Result<(), Error> {
        let Some(sibling) = repositories::with_owner(conn, workspace, &self.claimed).await? else {
            return Ok(());
        };
        let note =
            format!("{} (id {}) is not configured in this workspace.", self.claimed.name, self.claimed.id);
        let mut entry = self.entry(&sibling, What::TokenRefused, Outcome::Denied);
        entry.event.repository_id = None;
        entry.event.repository = Some(plain(&self.claimed.name));
        let entry = entry.note(note).details(|details| details.refusal = Some(Refusal::NotFound));
        record_refusal(conn, entry, EventId::mint(self.now, self.ctx.id_bytes())).await
    }

    async fn refuse(
        &self,
        conn: &mut Conn,
        repository: &RepositoryRow,
        tag: &'static str,
        text: &str,
    ) -> Result<Verdict, Error> {
        self.record(conn, repository, What::TokenRefused, text, Refusal::Unusable).await?;
        Ok(Verdict::Refused(Box::new(Error::Refused(Refused::new(Refusal::Unusable, tag, text)))))
    }

    async fn forbid(
        &self,
        conn: &mut Conn,
        repository: &RepositoryRow,
        tag: &'static str,
        text: &str,
    ) -> Result<Verdict, Error> {
        self.record(conn, repository, What::TokenRefused, text, Refusal::NotAllowed).await?;
        Ok(Verdict::Refused(Box::new(Error::denied(tag, text.to_owned()))))
    }

    async fn record(
        &self,
        conn: &mut Conn,
        repository: &RepositoryRow,
        what: What,
        text: &str,
        refusal: Refusal,
    ) -> Result<(), Error> {
        let entry = self
            .entry(repository, what, Outcome::Denied)
            .target("repository", repository.id.as_str(), &repository.name)
            .note(text)
            .details(|details| details.refusal = Some(refusal));
        record_refusal(conn, entry, EventId::mint(self.now, self.ctx.id_bytes())).await
    }

    fn entry(&self, repository: &RepositoryRow, what: What, outcome: Outcome) -> Entry {
        let mut entry = Entry::new(&self.ctx, Some(&repository.workspace_id), what, outcome)
            .repository(&repository.id, &repository.name)
            .seen(&self.seen)
            .details(|details| *details = Details { run: Some(self.run.clone()), ..Details::default() });
        // Nobody is signed in yet; the run is who asks.
        entry.event.actor_type = stackyard_model::activity::ActorType::Run;
        entry.event.actor_id = run_holder(&repository.id, &self.run);
        entry.event.actor_name = run_label(&self.run);
        entry
    }

    /// One answer for an unknown workspace and for a repository that is not in it (rules §5).
    fn not_here(&self) -> Verdict {
        let message = format!(
            "There is no workspace {} that {} (id {}) belongs to. Check `ATMOS_PRO_WORKSPACE_ID` against \
             **Workspace Settings**, and that the repository is listed under **Configured Repositories**.",
            code(&self.workspace_id),
            code(&self.claimed.name),
            self.claimed.id,
        );
        let refused = Refused::new(Refusal::NotFound, "WorkspaceOrRepositoryNotFound", message);
        Verdict::Refused(Box::new(Error::Refused(refused)))
    }
}

fn refused(error: TokenError) -> Error {
    let (reason, message) = (error.tag(), error.to_string());
    match error {
        TokenError::Unavailable(_) => Error::Unavailable(Unavailable { reason, cause: message }),
        _ => Error::Refused(Refused { reason, ..Refused::new(Refusal::Unusable, "TokenRefused", message) }),
    }
}
