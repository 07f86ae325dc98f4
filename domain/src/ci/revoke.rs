//! Ending workflows' sessions before their time.

use stackyard_model::Action;
use stackyard_model::activity::What;
use stackyard_model::id::RepositoryId;

use super::queries;
use crate::activity::{Entry, record};
use crate::{Ctx, Error, Here, repositories};

/// Revokes the sessions of a repository's workflows, or of all in the workspace, and says how many there were. Their
/// next request is answered as one with an unknown token.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not manage tokens, [`Error::NotFound`] when the repository is not one of
/// this workspace's.
pub async fn revoke_sessions(
    ctx: &Ctx,
    here: &Here,
    repository: Option<&RepositoryId>,
) -> Result<usize, Error> {
    here.require(Action::ManageTokens)?;
    let entry = Entry::done(ctx, here.id(), What::CiSessionRevoked);
    let entry = match repository {
        Some(id) => {
            let repository = repositories::get(ctx, here, id).await?;
            entry
                .target("repository", repository.id.as_str(), &repository.name)
                .repository(&repository.id, &repository.name)
        }
        None => entry.target("workspace", here.id().as_str(), &here.workspace().name),
    };
    let args = (here.id().clone(), repository.cloned(), ctx.now(), entry);
    ctx.deps()
        .db
        .write(args, |conn, (workspace, repository, now, entry)| {
            Box::pin(async move {
                let ended = queries::revoke(conn, workspace, repository.as_ref(), *now).await?;
                if ended > 0 {
                    let sessions = if ended == 1 { "session" } else { "sessions" };
                    record(conn, &entry.clone().note(format!("{ended} {sessions}"))).await?;
                }
                Ok(ended)
            })
        })
        .await
}
