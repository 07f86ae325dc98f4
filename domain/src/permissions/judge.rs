//! Deciding from the rows as they are now.

use stackyard_db::Conn;
use stackyard_model::PermissionKind;
use stackyard_model::trace::{Seen, Trace};

use super::decide::{Grant, decide, explain};
use super::queries;
use crate::repositories::RepositoryRow;
use crate::{Ctx, Error};

/// What a decision comes to.
pub(crate) enum Judgement {
    Granted(Grant),
    Denied(Box<Trace>),
}

/// Reads the repository's permissions and decides. Only those of the wanted kind are compiled.
pub(crate) async fn judge(
    ctx: &Ctx,
    conn: &mut Conn,
    repository: &RepositoryRow,
    wanted: Option<PermissionKind>,
    seen: &Seen,
) -> Result<Judgement, Error> {
    let all = queries::for_repository(conn, &repository.id).await?;
    let total = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let compiled = all
        .into_iter()
        .filter(|permission| wanted.is_none_or(|kind| kind == permission.kind))
        .map(|permission| ctx.deps().patterns.compile(permission))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Error::Internal(error.to_string()))?;
    if let Some(grant) = decide(&compiled, wanted, seen) {
        return Ok(Judgement::Granted(grant));
    }
    let trace = explain(&compiled, wanted, seen, &repository.name);
    Ok(Judgement::Denied(Box::new(Trace { total, ..trace })))
}
