//! Marking a deployment as cancelled, of which nothing comes any more.

use stackyard_db::Conn;
use stackyard_model::Action;
use stackyard_model::activity::What;
use stackyard_model::deployment::DeploymentStatus;
use stackyard_model::id::DeploymentId;
use stackyard_model::text;

use super::apply::ended;
use super::queries::{self, DeploymentRow};
use crate::activity::{Entry, record};
use crate::{Ctx, Error, Here, access, repositories};

struct Cancelling {
    ctx: Ctx,
    here: Here,
    id: DeploymentId,
    reason: String,
}

/// Marks a deployment as cancelled, with a reason that the log keeps. Its run is not stopped: what it says later is refused,
/// since that a deployment has ended is final.
///
/// # Errors
/// [`Error::Invalid`] without a reason, [`Error::Forbidden`] for who may not, [`Error::Conflict`] when it has ended.
pub async fn cancel(ctx: &Ctx, here: &Here, id: &DeploymentId, reason: &str) -> Result<(), Error> {
    here.require(Action::SeeResources)?;
    let reason = text::reason(reason).map_err(|message| Error::field("reason", message))?;
    let cancelling = Cancelling { ctx: ctx.clone(), here: here.clone(), id: id.clone(), reason };
    let db = &ctx.deps().db;
    db.write(cancelling, |conn, cancelling| Box::pin(async move { cancelling.run(conn).await })).await
}

impl Cancelling {
    async fn run(&self, conn: &mut Conn) -> Result<(), Error> {
        let Self { ctx, here, id, reason } = self;
        let row = queries::find(conn, here.id(), id).await?.ok_or(Error::NotFound)?;
        access::require_on_now(ctx, conn, here, Action::ForceRelease, &row.repository_id).await?;
        if row.status.is_final() {
            let message = "The deployment has ended already, and that is final.";
            return Err(Error::conflict("DeploymentFinished", message));
        }
        let change = ended(row.status.as_str(), DeploymentStatus::Cancelled);
        let row = DeploymentRow { status: DeploymentStatus::Cancelled, finished_at: Some(ctx.now()), ..row };
        queries::set_status(conn, &row).await?;
        let mut entry = Entry::done(ctx, here.id(), What::DeploymentCancelled)
            .target("deployment", row.id.as_str(), &row.target())
            .note(reason.clone())
            .details(|details| details.changes = vec![change]);
        if let Some(repository) = repositories::find_repository(conn, here.id(), &row.repository_id).await? {
            entry = entry.repository(&repository.id, &repository.name);
        }
        record(conn, &entry).await
    }
}
