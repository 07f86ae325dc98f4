//! What a plan or an apply of an instance came to (rules §7).

use stackyard_db::{Conn, Weight, together};
use stackyard_model::activity::{Outcome, What};
use stackyard_model::instance::{InstanceStatus, ReportCommand};
use stackyard_model::quote::code;
use stackyard_model::{PermissionKind, Refusal, Ts};

use super::queries::{self, InstanceRow};
use super::{rules, target};
use crate::activity::record;
use crate::ci::{Gatekeeper, Granted, Passage};
use crate::deployments::{Applied, record_apply};
use crate::permissions::write_judging;
use crate::uploads::NamedRepository;
use crate::{Actor, Ctx, Error, Refused};

/// A report as it is sent.
#[derive(Debug, Clone)]
pub struct ReportInput {
    /// The repository of the path.
    pub repository: NamedRepository,
    /// The stack.
    pub stack: String,
    /// The component; clients send only what stands behind its last slash.
    pub component: String,
    /// What was run, and its exit code; none from clients before 1.211.
    pub command: Option<(String, i32)>,
    /// What such a client says instead: `in_sync` or `drifted`.
    pub status: Option<String>,
    /// When it was run, by the client's clock.
    pub last_run: Option<Ts>,
}

struct Reporting {
    ctx: Ctx,
    gate: Gatekeeper,
    input: ReportInput,
    command: ReportCommand,
    exit_code: Option<i32>,
    status: InstanceStatus,
}

/// Takes a report of the repository of the run or token that asks.
///
/// # Errors
/// [`Error::Refused`] for what is no report and for an instance that is not there, [`Error::Conflict`] when several could
/// be meant, [`Error::Denied`] without the permission or for another repository.
pub async fn report(ctx: &Ctx, input: ReportInput) -> Result<(), Error> {
    let target = format!("{}/{}", input.stack, input.component);
    let gate = Gatekeeper::new(ctx, PermissionKind::InstancesUpdate, &target)?;
    let (command, exit_code, status) = read(&input)?;
    let reporting = Reporting { ctx: ctx.clone(), gate, input, command, exit_code, status };
    let refused = write_judging(ctx, Weight::Light, reporting, |conn, reporting| {
        Box::pin(async move { reporting.run(conn).await })
    });
    refused.await?.map_or(Ok(()), Err)
}

/// What a report says.
fn read(input: &ReportInput) -> Result<(ReportCommand, Option<i32>, InstanceStatus), Error> {
    let bad = |message: String| Error::Refused(Refused::new(Refusal::Unusable, "BadReport", message));
    if let Some((command, exit_code)) = &input.command {
        // Mending drift is applying.
        let word = if command == "remediate" { "apply" } else { command };
        let command = word
            .parse::<ReportCommand>()
            .map_err(|_| bad(format!("{} is no command that is reported: plan or apply.", code(command))))?;
        return Ok((command, Some(*exit_code), rules::status(command, *exit_code)));
    }
    let word = input.status.as_deref().unwrap_or_default();
    match word.parse() {
        Ok(status @ (InstanceStatus::InSync | InstanceStatus::Drifted)) => {
            Ok((ReportCommand::Plan, None, status))
        }
        _ => Err(bad(format!(
            "A report has a `command` and an `exit_code`, or a `status`; not {}.",
            code(word)
        ))),
    }
}

impl Reporting {
    /// None when it is done, else the refusal.
    async fn run(&self, conn: &mut Conn) -> Result<Option<Error>, Error> {
        let ReportInput { stack, component, .. } = &self.input;
        let (passage, found) = together!(
            conn,
            Error,
            |c| self.gate.pass(c),
            target::find(c, self.gate.repository(), stack, component)
        );
        let granted = match passage {
            Passage::Granted(granted) => granted,
            Passage::Refused(error) => return Ok(Some(error)),
        };
        let repository = &granted.repository;
        if let Some(error) = self.input.repository.refuse_others(conn, &self.gate, repository).await? {
            return Ok(Some(error));
        }
        let row = match found {
            Ok(row) => row,
            Err(refused) => return Ok(Some(refused)),
        };
        let now = self.ctx.now();
        // A clock that is ahead must not make every later report an older one.
        let at = self.input.last_run.map_or(now, |at| at.min(now));
        // One that does not say when it was run is never the same again.
        let said = self.input.last_run.unwrap_or(now);
        let again = row.last_run_said == Some(said)
            && (row.last_command, row.last_exit_code, row.status)
                == (Some(self.command), self.exit_code, self.status);
        if again {
            return Ok(None);
        }
        let is_older = row.last_run_at.is_some_and(|last| last > at);
        let row = if is_older { row } else { self.take(conn, &granted, row, at, said).await? };
        // What was applied was applied, whatever was learnt in the meantime.
        if self.command == ReportCommand::Apply {
            let worked = self.status == InstanceStatus::InSync;
            let (ctx, gate, exit_code) = (&self.ctx, &self.gate, self.exit_code);
            let applied =
                Applied { ctx, gate, granted: &granted, instance: &row, worked, exit_code, at, said };
            record_apply(conn, applied).await?;
        }
        Ok(None)
    }

    /// Writes how the instance stands by the report, and that it was so reported.
    async fn take(
        &self,
        conn: &mut Conn,
        granted: &Granted,
        row: InstanceRow,
        at: Ts,
        said: Ts,
    ) -> Result<InstanceRow, Error> {
        let changed = row.status != self.status;
        let row = self.reported(row, at, said);
        let note = format!(
            "{}{}: {}{}",
            self.command.as_str(),
            self.exit_code.map(|exit_code| format!(" with exit code {exit_code}")).unwrap_or_default(),
            self.status.label(),
            if changed { "" } else { ", as before" }
        );
        let entry = self
            .gate
            .entry(Some(&granted.repository), What::DriftStatusUpdated, Outcome::Ok)
            .target("instance", row.id.as_str(), &format!("{}/{}", row.stack, row.component))
            .grant(&granted.grant)
            .note(note);
        together!(conn, Error, |c| queries::report(c, &row), record(c, &entry));
        Ok(row)
    }

    fn reported(&self, row: InstanceRow, at: Ts, said: Ts) -> InstanceRow {
        let run_url = match &self.ctx.actor {
            Actor::Run(session) => session.run.url.clone(),
            _ => None,
        };
        let mut row = InstanceRow {
            status: self.status,
            last_command: Some(self.command),
            last_exit_code: self.exit_code,
            last_run_at: Some(at),
            last_run_said: Some(said),
            ..row
        };
        match self.command {
            ReportCommand::Plan => (row.planned_at, row.plan_run_url) = (Some(at), run_url),
            ReportCommand::Apply => (row.applied_at, row.apply_run_url) = (Some(at), run_url),
        }
        row
    }
}
