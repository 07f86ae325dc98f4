//! Deciding from the rows as they are now.

use std::sync::Arc;

use stackyard_db::{Conn, Job, Weight};
use stackyard_model::PermissionKind;
use stackyard_model::permission::Permission;
use stackyard_model::trace::{Seen, Trace};

use super::cache::Wanted;
use super::decide::{Grant, decide, explain};
use crate::repositories::{self, RepositoryRow};
use crate::{Ctx, Error, Unavailable};

/// What a decision comes to.
pub(crate) enum Judgement {
    Granted(Grant),
    Denied(Box<Trace>),
}

/// Decides by the repository's permissions that could allow what is wanted, those of its kind or all, which were read in
/// the same transaction. To be called within [`write_judging`].
pub(crate) async fn judge(
    ctx: &Ctx,
    conn: &mut Conn,
    repository: &RepositoryRow,
    candidates: Vec<Permission>,
    wanted: Option<PermissionKind>,
    seen: &Seen,
) -> Result<Judgement, Error> {
    let mut missing = Vec::new();
    let compiled: Vec<_> = candidates
        .into_iter()
        .filter_map(|permission| ctx.deps().patterns.compiled(permission, &mut missing))
        .collect();
    if !missing.is_empty() {
        return Err(Error::NotCompiled(missing));
    }
    if let Some(grant) = decide(&compiled, wanted, seen) {
        return Ok(Judgement::Granted(grant));
    }
    let total = repositories::count_permissions(conn, &repository.id).await?;
    let total = u32::try_from(total).unwrap_or(u32::MAX);
    let trace = explain(&compiled, wanted, seen, &repository.name);
    Ok(Judgement::Denied(Box::new(Trace { total, ..trace })))
}

/// How often a transaction is run when others keep taking the place of what was compiled for it.
const TRIES: u32 = 8;

/// Runs a transaction that judges. Patterns that are not compiled yet are compiled between two tries and one request's
/// at a time: there is one writer on SQLite, and nobody's write shall wait for somebody's costly patterns.
pub(crate) async fn write_judging<A, R>(
    ctx: &Ctx,
    weight: Weight,
    args: A,
    job: Job<Arc<A>, R, Error>,
) -> Result<R, Error>
where
    A: Send + Sync + 'static,
    R: Send + 'static,
{
    let args = Arc::new(args);
    for _ in 0..TRIES {
        match ctx.deps().db.write_weighing(weight, Arc::clone(&args), job).await {
            Err(Error::NotCompiled(wanted)) => compile(ctx, wanted).await?,
            done => return done,
        }
    }
    let cause = "the patterns of this repository do not stay compiled".to_owned();
    Err(Error::Unavailable(Unavailable { reason: "PatternsBusy", cause }))
}

async fn compile(ctx: &Ctx, wanted: Vec<Wanted>) -> Result<(), Error> {
    let turn = ctx.deps().compiling.lock().await;
    let ctx = ctx.clone();
    let compiled = tokio::task::spawn_blocking(move || ctx.deps().patterns.compile(&wanted)).await;
    drop(turn);
    let compiled = compiled.map_err(|error| Error::Internal(error.to_string()))?;
    compiled.map_err(|error| Error::Internal(error.to_string()))
}
