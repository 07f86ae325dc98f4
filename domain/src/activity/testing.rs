//! Logs for tests and measurements.

use std::time::Duration;

use diesel_async::RunQueryDsl as _;
use stackyard_db::schema::events;
use stackyard_db::{Conn, DbError};
use stackyard_model::activity::{ActorType, Outcome, RunFacts, What};
use stackyard_model::id::EventId;
use stackyard_model::repository::Repository;
use stackyard_model::{PermissionKind, Ts};

use super::entry::{Entry, record};
use super::queries::NewRow;
use crate::{Ctx, Error, Here};

/// Most events of one transaction. PostgreSQL takes 65,535 values in one statement.
const SOME: usize = 2000;

/// Writes `count` events of different kinds into the log of a workspace.
///
/// # Errors
/// When the store fails.
pub async fn fill(ctx: &Ctx, here: &Here, count: usize) -> Result<(), Error> {
    let entry = |n: usize| {
        let what = What::ALL.get(n % What::ALL.len()).copied().unwrap_or(What::LockCreated);
        Entry::done(ctx, here.id(), what).target("filler", "", &format!("filler {n}"))
    };
    let entries: Vec<_> = (0..count).map(entry).collect();
    for some in entries.chunks(SOME) {
        let written = ctx.deps().db.write(some.to_vec(), |conn, some| {
            Box::pin(async move {
                for entry in some {
                    record(conn, entry).await?;
                }
                Ok::<_, Error>(())
            })
        });
        written.await?;
    }
    Ok(())
}

/// What a run does, one after the other.
const STEPS: [What; 5] = [
    What::TokenExchanged,
    What::AffectedUploaded,
    What::LockCreated,
    What::DriftStatusUpdated,
    What::LockDeleted,
];

/// Writes what runs of these repositories did since a moment: `count` events, evenly spread until now. A run in fifty is
/// refused something, and an event in a thousand is somebody's change of a permission.
///
/// # Errors
/// When the store fails.
pub async fn history(
    ctx: &Ctx,
    here: &Here,
    repositories: &[Repository],
    since: Ts,
    count: usize,
) -> Result<(), Error> {
    let span = ctx.now().since(since);
    for from in (0..count).step_by(SOME) {
        let some: Vec<_> = (from..count.min(from + SOME))
            .filter_map(|n| {
                let share = span.as_micros() * u128::try_from(n).ok()? / u128::try_from(count).ok()?;
                let at = since + Duration::from_micros(u64::try_from(share).ok()?);
                step(ctx, here, repositories, at, n)
            })
            .collect();
        let written = ctx.deps().db.write(some, |conn, some| Box::pin(insert_all(conn, some)));
        written.await?;
    }
    Ok(())
}

/// Event `n` of a history. What varies does so in steps that have no common divisor.
fn step(ctx: &Ctx, here: &Here, repositories: &[Repository], at: Ts, n: usize) -> Option<Entry> {
    let run = n / STEPS.len();
    let repository = repositories.get(run * 7 % repositories.len())?;
    let refused = run % 50 == 49 && n % STEPS.len() == 2;
    let what = match n {
        n if n % 1000 == 999 => What::PermissionUpdated,
        _ if refused => What::RequestDenied,
        n => *STEPS.get(n % STEPS.len())?,
    };
    let outcome = if refused { Outcome::Denied } else { Outcome::Ok };
    let stack = ["dev", "staging", "prod"].get(run % 3)?;
    let component = format!("{stack}/component-{}", run % 41);
    let mut entry = Entry::new(ctx, Some(here.id()), what, outcome)
        .target("instance", &format!("inst_{:022}", run % 4001), &component)
        .repository(&repository.id, &repository.name)
        .kind(Some(PermissionKind::LocksCreate));
    let event = &mut entry.event;
    (event.id, event.at) = (EventId::mint(at, ctx.id_bytes()), at);
    event.actor_type = if what == What::PermissionUpdated { ActorType::User } else { ActorType::Run };
    event.actor_id = format!("{}/{run}/1", repository.id);
    event.actor_name = format!("Run {run}");
    event.workflow = Some(format!("deploy-{}.yaml", run % 11));
    event.branch =
        Some(if run.is_multiple_of(4) { format!("release/{}", run % 13) } else { "main".to_owned() });
    event.event = Some("push".to_owned());
    event.trace_id = format!("{n:026}");
    event.details.run = Some(RunFacts {
        run_id: run.to_string(),
        attempt: "1".to_owned(),
        url: Some(format!("https://github.com/{}/actions/runs/{run}", repository.name)),
        started_by: "octocat".to_owned(),
        sha: format!("{run:040x}"),
        git_ref: "refs/heads/main".to_owned(),
        remote_id: 74,
    });
    Some(entry)
}

async fn insert_all(conn: &mut Conn, entries: &[Entry]) -> Result<(), Error> {
    let rows = entries.iter().map(|entry| NewRow::new(entry, None)).collect::<Result<Vec<_>, _>>()?;
    match conn {
        Conn::Sqlite(c) => {
            for row in &rows {
                let one = diesel::insert_into(events::table).values(row);
                one.execute(&mut **c).await.map_err(DbError::from)?;
            }
        }
        Conn::Pg(c) => {
            let all = diesel::insert_into(events::table).values(&rows);
            all.execute(&mut &**c).await.map_err(DbError::from)?;
        }
    }
    Ok(())
}
