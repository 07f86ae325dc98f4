//! Saying how far a deployment is.

use stackyard_db::{Conn, Weight};
use stackyard_model::PermissionKind;
use stackyard_model::activity::{Outcome, What};
use stackyard_model::deployment::{Deployment, DeploymentStatus};
use stackyard_model::id::DeploymentId;
use stackyard_model::quote::code;

use super::apply::ended;
use super::queries::{self, DeploymentRow};
use super::rules::{self, Step};
use crate::activity::record;
use crate::ci::{Gatekeeper, Granted, Passage};
use crate::permissions::write_judging;
use crate::{Ctx, Error};

struct Updating {
    ctx: Ctx,
    gate: Gatekeeper,
    id: DeploymentId,
    status: DeploymentStatus,
    exit_code: Option<i32>,
}

/// Says how far a deployment is that the same run recorded, and at its end with which exit code. What it is already is no
/// news.
///
/// # Errors
/// [`Error::Conflict`] when it has ended, or runs and is said to be queued; [`Error::Denied`] without the permission and
/// for another run's deployment; [`Error::Refused`] when there is none.
pub async fn update(
    ctx: &Ctx,
    id: &DeploymentId,
    status: DeploymentStatus,
    exit_code: Option<i32>,
) -> Result<Deployment, Error> {
    let gate = Gatekeeper::new(ctx, PermissionKind::DeploymentsCreate, id.as_str())?;
    let updating = Updating { ctx: ctx.clone(), gate, id: id.clone(), status, exit_code };
    write_judging(ctx, Weight::Light, updating, |conn, updating| {
        Box::pin(async move { updating.run(conn).await })
    })
    .await?
}

impl Updating {
    async fn run(&self, conn: &mut Conn) -> Result<Result<Deployment, Error>, Error> {
        let granted = match self.gate.pass(conn).await? {
            Passage::Granted(granted) => granted,
            Passage::Refused(error) => return Ok(Err(error)),
        };
        let row = match of_this_run(conn, &self.ctx, &self.gate, &granted, &self.id).await? {
            Ok(row) => row,
            Err(refused) => return Ok(Err(refused)),
        };
        match rules::step(row.status, self.status) {
            Step::Stay => return Ok(Ok(row.into())),
            Step::Past => return Ok(Err(rules::past(row.status, self.status))),
            Step::Go => {}
        }
        let now = self.ctx.now();
        let before = row.status;
        let mut row = DeploymentRow { status: self.status, heard_at: Some(now), ..row };
        let (what, outcome) = match self.status {
            DeploymentStatus::Queued | DeploymentStatus::InProgress => (What::DeploymentStarted, Outcome::Ok),
            DeploymentStatus::Success | DeploymentStatus::Cancelled => {
                (What::DeploymentFinished, Outcome::Ok)
            }
            DeploymentStatus::Failure => (What::DeploymentFinished, Outcome::Failed),
        };
        if self.status.is_final() {
            row.finished_at = Some(now);
            row.exit_code = self.exit_code;
        } else {
            row.started_at = Some(now);
        }
        queries::set_status(conn, &row).await?;
        let mut entry = self
            .gate
            .entry(Some(&granted.repository), what, outcome)
            .target("deployment", row.id.as_str(), &row.target())
            .grant(&granted.grant)
            .details(|details| details.changes = vec![ended(before.as_str(), row.status)]);
        if let Some(exit_code) = row.exit_code {
            entry = entry.note(format!("exit code {exit_code}"));
        }
        record(conn, &entry).await?;
        Ok(Ok(row.into()))
    }
}

/// The deployment, when this very run or token recorded it; else the refusal, which is in the log.
pub(super) async fn of_this_run(
    conn: &mut Conn,
    ctx: &Ctx,
    gate: &Gatekeeper,
    granted: &Granted,
    id: &DeploymentId,
) -> Result<Result<DeploymentRow, Error>, Error> {
    let repository = &granted.repository;
    let found = queries::find(conn, &repository.workspace_id, id).await?;
    // Another repository's is like what there is not.
    let Some(row) = found.filter(|row| row.repository_id == repository.id) else {
        return Ok(Err(rules::not_there()));
    };
    let (_, me, _) = ctx.actor_words();
    if row.actor_id == me {
        return Ok(Ok(row));
    }
    let by = code(&row.actor_name);
    let message = format!(
        "The deployment was recorded by {by}. Only the same run, or the same token, may go on with it."
    );
    Ok(Err(gate.refuse(conn, Some(repository), "NotYourDeployment", message).await?))
}
