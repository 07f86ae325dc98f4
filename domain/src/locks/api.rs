//! Locks as the CLI takes and releases them.

use serde::Serialize;
use serde_json::json;
use stackyard_db::{Conn, Weight, together};
use stackyard_model::activity::{Outcome, What};
use stackyard_model::id::{LockId, WorkspaceId};
use stackyard_model::lock::{HolderType, LockEnd};
use stackyard_model::quote::{code, plain};
use stackyard_model::{PermissionKind, Refusal, Ts};

use super::queries::{self, Ending, LockRow};
use super::rules;
use crate::activity::{Entry, record};
use crate::ci::{Gatekeeper, Passage};
use crate::permissions::write_judging;
use crate::repositories::RepositoryRow;
use crate::{Actor, Conflict, Ctx, Error, Refused, random};

/// What the CLI sends to take a lock.
#[derive(Debug, Clone)]
pub struct TakeRequest {
    /// `owner/repo/stack/component`.
    pub key: String,
    /// Seconds; 0 means the default.
    pub ttl: i64,
    /// What to say to those who come later.
    pub lock_message: String,
}

/// A lock as the CLI reads it. Times are RFC 3339 or null, nothing else decodes there.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LockData {
    /// The lock's id.
    pub id: LockId,
    /// Its workspace.
    pub workspace_id: WorkspaceId,
    /// The key as sent: the CLI prints it.
    pub key: String,
    /// The message as sent.
    pub lock_message: String,
    /// When it runs out.
    pub expires_at: Ts,
    /// When it was taken.
    pub created_at: Ts,
    /// When it was last changed: when it was taken.
    pub updated_at: Ts,
    /// Always null: it is held.
    pub deleted_at: Option<Ts>,
    /// The fencing number of this grant.
    pub fence: i64,
}

/// What a transaction comes to that is committed either way.
enum Verdict<T> {
    Done(T),
    Refused(Error),
}

impl<T> Verdict<T> {
    fn into_result(self) -> Result<T, Error> {
        match self {
            Self::Done(value) => Ok(value),
            Self::Refused(error) => Err(error),
        }
    }
}

/// Takes a lock for a run or a token.
///
/// # Errors
/// [`Error::Conflict`] naming the holder when it is held, also by the same run; [`Error::Denied`] without the
/// permission; [`Error::Refused`] for a broken key, time to live or message.
pub async fn api_take(ctx: &Ctx, request: TakeRequest) -> Result<LockData, Error> {
    let gate = Gatekeeper::new(ctx, PermissionKind::LocksCreate, &request.key)?;
    let taking = Taking {
        id: LockId::mint(ctx.now(), random::bytes(&*ctx.deps().random)),
        ttl: rules::ttl(request.ttl)?,
        message: rules::message(&request.lock_message)?,
        request,
        ctx: ctx.clone(),
        gate,
    };
    let verdict = write_judging(ctx, Weight::Light, taking, |conn, taking| {
        Box::pin(async move { taking.run(conn).await })
    });
    verdict.await?.into_result()
}

struct Taking {
    ctx: Ctx,
    gate: Gatekeeper,
    id: LockId,
    request: TakeRequest,
    ttl: std::time::Duration,
    message: String,
}

impl Taking {
    async fn run(&self, conn: &mut Conn) -> Result<Verdict<LockData>, Error> {
        let granted = match self.gate.pass(conn).await? {
            Passage::Granted(granted) => granted,
            Passage::Refused(error) => return Ok(Verdict::Refused(error)),
        };
        let (repository, now) = (&granted.repository, granted.now);
        let key = match own_key(conn, &self.gate, &self.request.key, repository).await? {
            Ok(key) => key,
            Err(error) => return Ok(Verdict::Refused(error)),
        };
        if let Some(held) = queries::held_on(conn, &repository.id, &key.path, now).await? {
            let entry = self.gate.entry(Some(repository), What::LockCreated, Outcome::Failed);
            self.gate.count(conn, entry.target("lock", held.id.as_str(), &held.key).held_by(&held)).await?;
            return Ok(Verdict::Refused(conflict(&held)));
        }
        let row = self.row(conn, repository, key, now).await?;
        let entry = self
            .gate
            .entry(Some(repository), What::LockCreated, Outcome::Ok)
            .target("lock", row.id.as_str(), &row.key)
            .grant(&granted.grant)
            .note(plain(&row.message));
        together!(conn, Error, |c| queries::insert(c, &row), record(c, &entry));
        Ok(Verdict::Done(LockData {
            id: row.id,
            workspace_id: row.workspace_id,
            key: row.key,
            lock_message: row.message,
            expires_at: row.expires_at,
            created_at: row.created_at,
            updated_at: row.created_at,
            deleted_at: None,
            fence: row.fence,
        }))
    }

    async fn row(
        &self,
        conn: &mut Conn,
        repository: &RepositoryRow,
        key: rules::Key,
        now: Ts,
    ) -> Result<LockRow, Error> {
        let (holder_type, holder_id, holder_name, workflow, run_url) = match &self.ctx.actor {
            Actor::Run(session) => {
                let url = session.run.url.clone();
                (HolderType::Run, session.holder_id(), session.label(), session.seen.workflow.clone(), url)
            }
            Actor::Token(token) => (HolderType::Token, token.id.to_string(), token.name.clone(), None, None),
            _ => return Err(Error::Unauthenticated),
        };
        Ok(LockRow {
            haystack: queries::haystack(&self.request.key, &holder_name, &self.message),
            id: self.id.clone(),
            workspace_id: repository.workspace_id.clone(),
            repository_id: repository.id.clone(),
            key: self.request.key.clone(),
            fence: queries::next_fence(conn, repository, &key.path).await?,
            path: key.path,
            holder_type,
            holder_id,
            holder_name,
            workflow,
            run_url,
            message: self.message.clone(),
            created_at: now,
            expires_at: now + self.ttl,
            ended_at: None,
            ended_how: None,
            ended_by: None,
            ended_reason: None,
        })
    }
}

/// Releases a lock for a run or a token: any lock of its repository that no person holds.
///
/// # Errors
/// [`Error::Refused`] when nothing is locked, [`Error::Denied`] without the permission or when a person holds it.
pub async fn api_release(ctx: &Ctx, key: &str) -> Result<(), Error> {
    let gate = Gatekeeper::new(ctx, PermissionKind::LocksDelete, key)?;
    let args = (ctx.clone(), gate, key.to_owned());
    let verdict = write_judging(ctx, Weight::Light, args, |conn, args| {
        Box::pin(async move {
            let (ctx, gate, key) = &**args;
            release(conn, ctx, gate, key).await
        })
    });
    verdict.await?.into_result()
}

async fn release(conn: &mut Conn, ctx: &Ctx, gate: &Gatekeeper, key: &str) -> Result<Verdict<()>, Error> {
    let granted = match gate.pass(conn).await? {
        Passage::Granted(granted) => granted,
        Passage::Refused(error) => return Ok(Verdict::Refused(error)),
    };
    let (repository, now) = (&granted.repository, granted.now);
    let path = match own_key(conn, gate, key, repository).await? {
        Ok(key) => key.path,
        Err(error) => return Ok(Verdict::Refused(error)),
    };
    let (_, _, name) = ctx.actor_words();
    let ending = Ending { at: now, how: LockEnd::Released, by: Some(name), reason: None };
    let Some((id, key)) = queries::end_of_machine(conn, &repository.id, &path, &ending).await? else {
        return Ok(Verdict::Refused(not_released(conn, gate, repository, (key, &path), now).await?));
    };
    let entry = gate
        .entry(Some(repository), What::LockDeleted, Outcome::Ok)
        .target("lock", id.as_str(), &key)
        .grant(&granted.grant);
    record(conn, &entry).await?;
    Ok(Verdict::Done(()))
}

/// Why there was nothing that a run or a token may release.
async fn not_released(
    conn: &mut Conn,
    gate: &Gatekeeper,
    repository: &RepositoryRow,
    (key, path): (&str, &str),
    now: Ts,
) -> Result<Error, Error> {
    let Some(held) = queries::held_on(conn, &repository.id, path, now).await? else {
        return Ok(not_locked(key));
    };
    let message = format!(
        "{} is held by {}, a person. They can release it on the page **Locks**; an admin can force it there, with a \
         reason.",
        code(&held.key),
        code(&held.holder_name)
    );
    gate.refuse(conn, Some(repository), "LockHeldByPerson", message).await
}

/// The key, when it is one of this repository; else the refusal, which is in the log.
async fn own_key(
    conn: &mut Conn,
    gate: &Gatekeeper,
    text: &str,
    repository: &RepositoryRow,
) -> Result<Result<rules::Key, Error>, Error> {
    let key = match rules::key(text, &repository.name) {
        Ok(key) => key,
        Err(error) => return Ok(Err(error)),
    };
    if stackyard_model::text::fold(&key.repository) == repository.name_folded {
        return Ok(Ok(key));
    }
    let message = format!(
        "This session is for {}, and the key is one of {}.",
        code(&repository.name),
        code(&key.repository)
    );
    Ok(Err(gate.refuse(conn, Some(repository), "RepositoryMismatch", message).await?))
}

fn not_locked(key: &str) -> Error {
    let message = format!("{} is not locked: it was released or ran out.", code(key));
    Error::Refused(Refused::new(Refusal::NotFound, "LockNotFound", message))
}

impl Entry {
    /// Why a lock was not taken.
    pub(super) fn held_by(self, held: &LockRow) -> Self {
        let note = format!(
            "{} holds it until {}.",
            plain(&held.holder_name),
            plain(&held.expires_at.to_rfc3339_seconds())
        );
        self.note(note).details(|details| details.refusal = Some(Refusal::Conflict))
    }
}

/// What somebody is told who wants a lock that is held: all that helps to decide what to do.
pub(super) fn conflict(held: &LockRow) -> Error {
    let mut lines = vec![
        format!(
            "- held by {} since {}",
            code(&held.holder_name),
            code(&held.created_at.to_rfc3339_seconds())
        ),
        format!("- until {}, unless it is released before", code(&held.expires_at.to_rfc3339_seconds())),
    ];
    if !held.message.is_empty() {
        lines.push(format!("- message: {}", code(&held.message)));
    }
    if let Some(url) = &held.run_url {
        lines.push(format!("- run: {}", plain(url)));
    }
    let message = format!("{} is locked already.\n\n{}\n\n", code(&held.key), lines.join("\n"));
    let context = json!({
        "holder": plain(&held.holder_name),
        "since": held.created_at,
        "until": held.expires_at,
        "message": plain(&held.message),
        "run": held.run_url.as_deref().map(plain),
        "fence": held.fence,
    });
    Error::Conflict(Conflict { tag: "LockHeld", message, context })
}
