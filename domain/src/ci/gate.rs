//! What every route of the CLI goes through: is the repository still here, and does a permission allow it?

use stackyard_db::Conn;
use stackyard_model::activity::{Details, Outcome, What};
use stackyard_model::id::{EventId, RepositoryId, WorkspaceId};
use stackyard_model::permission::Permission;
use stackyard_model::quote::code;
use stackyard_model::trace::Seen;
use stackyard_model::{PermissionKind, Refusal, Ts};

use super::queries::{self, CameBy, Place};
use super::session::unknown;
use crate::activity::{Denial, Entry, record_denial, record_refusal};
use crate::permissions::{Grant, Judgement, judge};
use crate::repositories::RepositoryRow;
use crate::{Actor, Ctx, Error};

/// What is said where a workspace takes only this server's own audience.
pub(super) const OTHER_AUDIENCE: &str = "This workspace takes only tokens that were requested for this server's own \
     audience. Request the token with that audience, or ask an admin of the workspace to allow `atmos-pro.com`.";

/// One request of a run or a token that needs a permission.
pub(crate) struct Gatekeeper {
    ctx: Ctx,
    workspace: WorkspaceId,
    repository: RepositoryId,
    came_by: CameBy,
    /// The audience of the session's token; a repository token has none.
    audience: Option<String>,
    seen: Seen,
    run: Option<stackyard_model::activity::RunFacts>,
    /// None for what every session of the repository may do: then no permission is read, and nothing is decided.
    wanted: Option<PermissionKind>,
    target: String,
}

/// What became of it. The transaction of a refusal is to be committed: the log has it.
pub(crate) enum Passage {
    Granted(Box<Granted>),
    Refused(Error),
}

/// The repository, the permission that lets the request through, and when that was, by the store's clock.
pub(crate) struct Granted {
    pub(crate) repository: RepositoryRow,
    pub(crate) grant: Grant,
    pub(crate) now: Ts,
}

/// Why a session is let in nowhere any more, whatever it wants.
struct Barred {
    /// None when it is gone.
    repository: Option<RepositoryRow>,
    tag: &'static str,
    text: String,
}

impl Gatekeeper {
    /// For the run or token that asks. `target` is what it is done to, for the log.
    pub(crate) fn new(ctx: &Ctx, wanted: PermissionKind, target: &str) -> Result<Self, Error> {
        Self::wanting(ctx, Some(wanted), target)
    }

    fn wanting(ctx: &Ctx, wanted: Option<PermissionKind>, target: &str) -> Result<Self, Error> {
        let (workspace, repository, came_by, audience, seen, run) = match &ctx.actor {
            Actor::Run(session) => {
                let session = &**session;
                (
                    &session.workspace_id,
                    &session.repository_id,
                    CameBy::Session(session.id.clone()),
                    Some(session.audience.clone()),
                    session.seen.clone(),
                    Some(session.run.clone()),
                )
            }
            Actor::Token(token) => {
                let came_by = CameBy::Token(token.id.clone());
                (&token.workspace_id, &token.repository_id, came_by, None, Seen::nothing(), None)
            }
            _ => return Err(Error::Unauthenticated),
        };
        Ok(Self {
            ctx: ctx.clone(),
            workspace: workspace.clone(),
            repository: repository.clone(),
            came_by,
            audience,
            seen,
            run,
            wanted,
            target: target.to_owned(),
        })
    }

    /// The repository of the session or token, whether or not it is still here.
    pub(crate) const fn repository(&self) -> &RepositoryId {
        &self.repository
    }

    /// Lets a run or token that asks read what is of its repository: no permission is needed for that (rules §6).
    ///
    /// # Errors
    /// [`Error::Denied`] when its repository is not here any more, which the log has then.
    pub(crate) async fn pass_to_read(ctx: &Ctx, target: &str) -> Result<RepositoryRow, Error> {
        let gate = Self::wanting(ctx, None, target)?;
        let mut conn = ctx.deps().db.read().await?;
        let found = gate.place(&mut conn).await?;
        let barred = match gate.admitted(found) {
            Ok((repository, _)) => return Ok(repository),
            Err(barred) => barred,
        };
        drop(conn);
        let refused = ctx.deps().db.write((gate, barred), |conn, (gate, barred)| {
            Box::pin(async move {
                let Barred { repository, tag, text } = &**barred;
                gate.refuse(conn, repository.as_ref(), tag, text.clone()).await
            })
        });
        Err(refused.await?)
    }

    /// Decides from the rows as they are now.
    pub(crate) async fn pass(&self, conn: &mut Conn) -> Result<Passage, Error> {
        let found = self.place(conn).await?;
        let now = self.ctx.store_time(found.as_ref().and_then(|place| place.clock));
        match self.admitted(found) {
            Ok((repository, candidates)) => self.decide(conn, repository, candidates, now).await,
            Err(barred) => {
                let Barred { repository, tag, text } = *barred;
                Ok(Passage::Refused(self.refuse(conn, repository.as_ref(), tag, text).await?))
            }
        }
    }

    /// The repository as it is now. Who was revoked since they came in is refused as at the door.
    async fn place(&self, conn: &mut Conn) -> Result<Option<Place>, Error> {
        let ids = (&self.workspace, &self.repository);
        let found = queries::place(conn, ids, &self.came_by, self.wanted).await?;
        if found.as_ref().is_some_and(|place| !place.is_live) {
            return Err(unknown());
        }
        Ok(found)
    }

    /// The session's repository and what its runs may do, if they may come in at all.
    fn admitted(&self, found: Option<Place>) -> Result<(RepositoryRow, Vec<Permission>), Box<Barred>> {
        let barred = |repository, tag, text| Err(Box::new(Barred { repository, tag, text }));
        // 403, never 401: after a 401 the client exchanges again, four times (rules §5).
        let Some(Place { own_audience_only, repository, permissions, .. }) = found else {
            let text = "The workspace of this session was deleted.";
            return barred(None, "WorkspaceDeleted", text.to_owned());
        };
        let Some(repository) = repository else {
            let text =
                "The repository of this session was removed from the workspace. An admin can add it again.";
            return barred(None, "RepositoryRemoved", text.to_owned());
        };
        if repository.held_since.is_some() {
            let text = format!(
                "{} turned up under another name or owner. An admin of the workspace has to confirm that under \
                 **Configured Repositories**.",
                code(&repository.name)
            );
            return barred(Some(repository), "RepositoryHeld", text);
        }
        // The workspace may have become stricter since the exchange.
        let own = &self.ctx.deps().site.public_url;
        if own_audience_only && self.audience.as_ref().is_some_and(|audience| audience != own) {
            return barred(Some(repository), "AudienceRefused", OTHER_AUDIENCE.to_owned());
        }
        Ok((repository, permissions))
    }

    async fn decide(
        &self,
        conn: &mut Conn,
        repository: RepositoryRow,
        candidates: Vec<Permission>,
        now: Ts,
    ) -> Result<Passage, Error> {
        let judgement = judge(&self.ctx, conn, &repository, candidates, self.wanted, &self.seen).await?;
        let trace = match judgement {
            Judgement::Granted(grant) => {
                return Ok(Passage::Granted(Box::new(Granted { repository, grant, now })));
            }
            Judgement::Denied(trace) => trace,
        };
        let entry = self.entry(Some(&repository), What::RequestDenied, Outcome::Denied).target(
            "request",
            "",
            &self.target,
        );
        let denial = Denial {
            entry,
            trace: &trace,
            public_url: &self.ctx.deps().site.public_url,
            fold_id: EventId::mint(self.ctx.now(), self.ctx.id_bytes()),
        };
        let reply = record_denial(conn, denial).await?;
        Ok(Passage::Refused(Error::no_permission(reply)))
    }

    /// A refusal that no permission decides: told, and written or counted. Without the repository when it is gone.
    pub(crate) async fn refuse(
        &self,
        conn: &mut Conn,
        repository: Option<&RepositoryRow>,
        tag: &'static str,
        text: String,
    ) -> Result<Error, Error> {
        let entry = self.entry(repository, What::RequestDenied, Outcome::Denied);
        let entry = entry.target("request", "", &self.target).note(text.clone());
        let entry = entry.details(|details| details.refusal = Some(Refusal::NotAllowed));
        self.count(conn, entry).await?;
        Ok(Error::denied(tag, text))
    }

    /// Writes an event of this request, or counts it when the same one was written less than a minute ago.
    pub(crate) async fn count(&self, conn: &mut Conn, entry: Entry) -> Result<(), Error> {
        record_refusal(conn, entry, EventId::mint(self.ctx.now(), self.ctx.id_bytes())).await
    }

    /// An event of this request; of a repository that is gone only the id is known.
    pub(crate) fn entry(&self, repository: Option<&RepositoryRow>, what: What, outcome: Outcome) -> Entry {
        let entry = Entry::new(&self.ctx, Some(&self.workspace), what, outcome)
            .kind(self.wanted)
            .seen(&self.seen)
            .details(|details| *details = Details { run: self.run.clone(), ..Details::default() });
        match repository {
            Some(repository) => entry.repository(&repository.id, &repository.name),
            None => entry.repository_gone(&self.repository),
        }
    }
}
