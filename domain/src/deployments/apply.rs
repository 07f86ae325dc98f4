//! Recording a deployment of which only the end is reported: an apply (rules §7).

use stackyard_db::Conn;
use stackyard_model::Ts;
use stackyard_model::activity::{Change, Outcome, What};
use stackyard_model::deployment::{DeploymentSource, DeploymentStatus};

use super::create::begin;
use super::queries;
use crate::activity::record;
use crate::ci::{Gatekeeper, Granted};
use crate::hex::digest;
use crate::instances::InstanceRow;
use crate::{Ctx, Error};

/// An apply that is reported.
pub(crate) struct Applied<'a> {
    pub(crate) ctx: &'a Ctx,
    pub(crate) gate: &'a Gatekeeper,
    pub(crate) granted: &'a Granted,
    pub(crate) instance: &'a InstanceRow,
    /// Whether it worked.
    pub(crate) worked: bool,
    pub(crate) exit_code: Option<i32>,
    /// When it was run.
    pub(crate) at: Ts,
    /// When it says that it was run, by which the same report is known again.
    pub(crate) said: Ts,
}

/// Records the deployment of an apply, in the transaction of its report. The same report again records none.
pub(crate) async fn record_apply(conn: &mut Conn, applied: Applied<'_>) -> Result<(), Error> {
    let Applied { ctx, gate, granted, instance, worked, exit_code, at, said } = applied;
    let repository = &granted.repository;
    let mut row = begin(ctx, repository, instance, ctx.now());
    row.status = if worked { DeploymentStatus::Success } else { DeploymentStatus::Failure };
    row.source = DeploymentSource::Status;
    row.exit_code = exit_code;
    row.started_at = None;
    row.finished_at = Some(at);
    let (said, code) = (said.as_micros().to_string(), exit_code.unwrap_or_default().to_string());
    row.once = Some(digest(&["report", instance.id.as_str(), &row.actor_id, &said, &code]));
    let row = row.searchable(repository);
    if !queries::insert(conn, &row).await? {
        return Ok(());
    }
    let outcome = if worked { Outcome::Ok } else { Outcome::Failed };
    let mut entry = gate
        .entry(Some(repository), What::DeploymentFinished, outcome)
        .target("deployment", row.id.as_str(), &row.target())
        .grant(&granted.grant)
        .details(|details| details.changes = vec![ended("", row.status)]);
    if let Some(exit_code) = exit_code {
        entry = entry.note(format!("exit code {exit_code}"));
    }
    record(conn, &entry).await
}

/// How the log tells a new status.
pub(super) fn ended(from: &str, to: DeploymentStatus) -> Change {
    Change::new("status", from, to.as_str())
}
