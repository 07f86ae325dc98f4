//! The floor of locks and reports: HTTP, and the same rows through the same writer, sealed as the server does. Nobody is
//! asked who they are.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::extract::{Query, State};
use axum::routing::{patch, post};
use axum::{Json, Router};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use stackyard_db::schema::{instances, lock_fences, locks, repositories};
use stackyard_db::{Db, DbError, Kept, Weight, run};
use stackyard_domain::{Clock as _, SystemClock, activity};
use stackyard_model::PermissionKind;
use stackyard_model::activity::What;
use stackyard_model::id::LockId;

use super::event::{Deed, Event, Run, Whose, random};
use crate::home::Home;

/// Serves until the process ends.
pub async fn serve(database: &Path) -> Result<()> {
    let db = super::open(database).await?;
    let query = repositories::table.filter(repositories::name_folded.eq("acme/infra")).select((
        repositories::workspace_id,
        repositories::id,
        repositories::name,
    ));
    let mut conn = db.read().await?;
    let found: Option<(String, String, String)> =
        run!(&mut conn, |c| query.first(c).await.optional()).map_err(DbError::from)?;
    drop(conn);
    let (workspace, repository, name) = found.context("there is no acme/infra")?;
    let home = Home::over(db.clone())?;
    let shared = Arc::new(Shared { db, whose: Arc::new(Whose { workspace, repository, name }) });
    let router = Router::new()
        .route("/api/v1/locks", post(take).delete(release))
        .route("/api/v1/repos/acme/infra/instances", patch(report))
        .with_state(shared);
    tokio::select! {
        ended = seal(&home) => ended,
        ended = super::listen(router) => ended,
    }
}

/// How often the log is sealed, as the server does.
const SEAL_EVERY: Duration = Duration::from_millis(300);

/// Seals the log as the server does: the words of an event are among its rows.
async fn seal(home: &Home) -> Result<()> {
    loop {
        tokio::time::sleep(SEAL_EVERY).await;
        while activity::seal(&home.ctx).await? {}
    }
}

struct Shared {
    db: Db,
    whose: Arc<Whose>,
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

type Answer = Result<Json<Value>, StatusCode>;

fn broken<E>(_: E) -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn take(State(shared): State<Arc<Shared>>, Json(wanted): Json<Key>) -> Answer {
    let id = LockId::mint(SystemClock.now(), random());
    let target = ["lock".to_owned(), id.to_string(), wanted.key.clone()];
    let deed = Deed { what: What::LockCreated, kind: Some(PermissionKind::LocksCreate), note: Some("bench") };
    let event = Event::new(Run::bench(), deed, target).map_err(broken)?;
    let args = (Arc::clone(&shared.whose), id, wanted.key, event);
    let written = shared.db.write_weighing(Weight::Light, args, |conn, (whose, id, key, event)| {
        Box::pin(async move {
            let path = key.rsplit_once('/').map_or(key.as_str(), |(_, path)| path);
            let fence = diesel::insert_into(lock_fences::table)
                .values((
                    lock_fences::workspace_id.eq(&whose.workspace),
                    lock_fences::repository.eq("github.com/acme/infra"),
                    lock_fences::path.eq(path),
                    lock_fences::last.eq(1),
                ))
                .on_conflict((lock_fences::workspace_id, lock_fences::repository, lock_fences::path))
                .do_update()
                .set(lock_fences::last.eq(lock_fences::last + 1))
                .returning(lock_fences::last);
            let fence: i64 = run!(conn, |c| Kept(fence).get_result(c).await)?;
            let lock = diesel::insert_into(locks::table).values((
                (
                    locks::id.eq(id),
                    locks::workspace_id.eq(&whose.workspace),
                    locks::repository_id.eq(&whose.repository),
                    locks::key.eq(key),
                    locks::path.eq(path),
                ),
                (
                    locks::holder_type.eq("run"),
                    locks::holder_id.eq(format!("{}/1234567890/1", whose.repository)),
                    locks::holder_name.eq("Run 1234567890"),
                    locks::workflow.eq("deploy.yaml"),
                    locks::run_url.eq("https://github.com/acme/infra/actions/runs/1234567890"),
                ),
                locks::message.eq("bench"),
                locks::fence.eq(fence),
                locks::created_at.eq(event.at),
                locks::expires_at.eq(event.at + Duration::from_secs(600)),
                locks::haystack.eq(format!("{key} run 1234567890 bench")),
            ));
            run!(conn, |c| lock.execute(c).await)?;
            event.insert(conn, whose).await
        })
    });
    written.await.map_err(broken)?;
    Ok(Json(json!({"success": true})))
}

async fn release(State(shared): State<Arc<Shared>>, Json(wanted): Json<Key>) -> Answer {
    let id = LockId::mint(SystemClock.now(), random());
    let target = ["lock".to_owned(), id.to_string(), wanted.key.clone()];
    let deed = Deed { what: What::LockDeleted, kind: Some(PermissionKind::LocksDelete), note: None };
    let event = Event::new(Run::bench(), deed, target).map_err(broken)?;
    let args = (Arc::clone(&shared.whose), wanted.key, event);
    let written = shared.db.write_weighing(Weight::Light, args, |conn, (whose, key, event)| {
        Box::pin(async move {
            let path = key.rsplit_once('/').map_or(key.as_str(), |(_, path)| path);
            let held = locks::table
                .filter(locks::repository_id.eq(&whose.repository).and(locks::path.eq(path)))
                .filter(locks::ended_at.is_null());
            let changes = (
                locks::ended_at.eq(event.at),
                locks::ended_how.eq("released"),
                locks::ended_by.eq("Run 1234567890"),
            );
            ended(run!(conn, |c| Kept(diesel::update(held).set(changes)).execute(c).await)?)?;
            event.insert(conn, whose).await
        })
    });
    written.await.map_err(broken)?;
    Ok(Json(json!({"success": true})))
}

#[derive(Deserialize)]
struct Instance {
    stack: String,
    component: String,
}

async fn report(
    State(shared): State<Arc<Shared>>,
    Query(wanted): Query<Instance>,
    _body: Json<Value>,
) -> Answer {
    let name = format!("{}/{}", wanted.stack, wanted.component);
    // As long as one of its ids, and always the same of an instance.
    let id = format!("inst_{:0>28}", wanted.stack.replace('-', ""));
    let target = ["instance".to_owned(), id, name];
    let deed = Deed {
        what: What::DriftStatusUpdated,
        kind: Some(PermissionKind::InstancesUpdate),
        note: Some("plan with exit code 0: In sync, as before"),
    };
    let event = Event::new(Run::bench(), deed, target).map_err(broken)?;
    let args = (Arc::clone(&shared.whose), wanted, event);
    let written = shared.db.write_weighing(Weight::Light, args, |conn, (whose, wanted, event)| {
        Box::pin(async move {
            let instance = instances::table
                .filter(instances::repository_id.eq(&whose.repository))
                .filter(instances::stack.eq(&wanted.stack).and(instances::component.eq(&wanted.component)));
            let changes = (
                instances::status.eq("in_sync"),
                instances::last_command.eq("plan"),
                instances::last_exit_code.eq(0),
                instances::last_run_at.eq(event.at),
                instances::planned_at.eq(event.at),
                instances::last_run_said.eq(event.at),
                instances::plan_run_url.eq("https://github.com/acme/infra/actions/runs/1234567890"),
            );
            ended(run!(conn, |c| Kept(diesel::update(instance).set(changes)).execute(c).await)?)?;
            event.insert(conn, whose).await
        })
    });
    written.await.map_err(broken)?;
    Ok(Json(json!({"success": true})))
}

/// A floor that changes no row would be none.
fn ended(rows: usize) -> Result<(), DbError> {
    if rows == 1 { Ok(()) } else { Err(DbError::from(diesel::result::Error::NotFound)) }
}
