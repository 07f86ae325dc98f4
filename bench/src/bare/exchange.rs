//! The floor of the exchange: HTTP, verification, one look-up, and the same three rows through the same writer.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use http::StatusCode;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use stackyard_db::schema::{ci_sessions, repositories, used_tokens};
use stackyard_db::{Conn, Db, DbError, Weight, run};
use stackyard_domain::{Clock as _, Random as _, SystemClock, SystemRandom};
use stackyard_model::Ts;
use stackyard_model::activity::{RunFacts, What};
use stackyard_model::id::{CiSessionId, base62};
use stackyard_oidc::testing::TestKey;

use super::event::{Deed, Event, Run, Whose, random};

/// Serves until the process ends.
pub async fn serve(database: &Path, issuer: String) -> Result<()> {
    let jwk: Jwk = serde_json::from_value(TestKey::RsaA.jwk("test-1"))?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&["atmos-pro.com"]);
    validation.set_issuer(&[issuer]);
    let key = DecodingKey::from_jwk(&jwk)?;
    let shared = Arc::new(Shared { db: super::open(database).await?, key, validation });
    super::listen(Router::new().route("/api/v1/auth/github-oidc", post(exchange)).with_state(shared)).await
}

struct Shared {
    db: Db,
    key: DecodingKey,
    validation: Validation,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    token: String,
    workspace_id: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    jti: String,
    exp: i64,
    repository: String,
    repository_id: String,
    r#ref: String,
    workflow_ref: String,
    event_name: String,
    actor: String,
    run_id: String,
    run_attempt: String,
    sha: String,
}

async fn exchange(
    State(shared): State<Arc<Shared>>,
    Json(wanted): Json<Wanted>,
) -> Result<Json<Value>, StatusCode> {
    let claims: Claims =
        decode(&wanted.token, &shared.key, &shared.validation).map_err(|_| StatusCode::BAD_REQUEST)?.claims;
    let row = Row::new(claims, wanted.workspace_id).map_err(|_| StatusCode::BAD_REQUEST)?;
    let secret = row.secret.clone();
    let expires_at = row.expires_at.to_rfc3339_seconds();
    let written = shared.db.write_weighing(Weight::Light, row, |conn, row| Box::pin(write(conn, row))).await;
    match written {
        Ok(true) => Ok(Json(json!({"success": true, "data": {"token": secret, "expiresAt": expires_at}}))),
        Ok(false) => Err(StatusCode::NOT_FOUND),
        Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// What is written for one token.
struct Row {
    issuer: String,
    jti: String,
    used_until: Ts,
    repository: String,
    workspace: String,
    workflow: String,
    branch: String,
    started_by: String,
    run: String,
    expires_at: Ts,
    secret: String,
    session: CiSessionId,
    event: Event,
}

impl Row {
    fn new(claims: Claims, workspace: String) -> Result<Self> {
        let mut secret = [0; 32];
        SystemRandom.fill(&mut secret);
        let secret: String = secret.iter().map(|byte| base62(u64::from(*byte))).collect();
        let file = claims.workflow_ref.split_once("/workflows/").and_then(|(_, file)| file.split_once('@'));
        let (workflow, _) = file.ok_or_else(|| anyhow!("no workflow"))?;
        let branch = claims.r#ref.trim_start_matches("refs/heads/").to_owned();
        let facts = RunFacts {
            url: Some(format!("https://github.com/{}/actions/runs/{}", claims.repository, claims.run_id)),
            run_id: claims.run_id,
            attempt: claims.run_attempt,
            started_by: claims.actor,
            sha: claims.sha,
            git_ref: claims.r#ref,
            remote_id: claims.repository_id.parse()?,
        };
        let session = CiSessionId::mint(SystemClock.now(), random());
        let (workflow, started_by) = (workflow.to_owned(), claims.event_name);
        let run =
            Run { facts, workflow: workflow.clone(), branch: branch.clone(), event: started_by.clone() };
        let text = serde_json::to_string(&run.facts)?;
        let target = ["ci_session".to_owned(), session.to_string(), claims.repository.clone()];
        let event = Event::new(run, Deed { what: What::TokenExchanged, kind: None, note: None }, target)?;
        Ok(Self {
            issuer: claims.iss,
            jti: claims.jti,
            used_until: Ts::from_seconds(claims.exp),
            repository: claims.repository,
            workspace,
            workflow,
            branch,
            started_by,
            run: text,
            expires_at: event.at + Duration::from_secs(3600),
            secret: format!("ci_{secret}"),
            session,
            event,
        })
    }
}

/// False when there is no such repository, or the token was used before.
async fn write(conn: &mut Conn, row: &Row) -> Result<bool, DbError> {
    let query = repositories::table
        .filter(repositories::workspace_id.eq(&row.workspace))
        .filter(repositories::name_folded.eq(&row.repository))
        .select((repositories::id, repositories::name));
    let found: Option<(String, String)> = run!(conn, |c| query.get_result(c).await.optional())?;
    let Some((repository, name)) = found else { return Ok(false) };
    let used = diesel::insert_into(used_tokens::table)
        .values((
            used_tokens::issuer.eq(&row.issuer),
            used_tokens::jti.eq(&row.jti),
            used_tokens::expires_at.eq(row.used_until),
        ))
        .on_conflict_do_nothing();
    if run!(conn, |c| used.execute(c).await)? != 1 {
        return Ok(false);
    }
    let session = diesel::insert_into(ci_sessions::table).values((
        ci_sessions::id.eq(&row.session),
        ci_sessions::secret_hash.eq(Sha256::digest(&row.secret).to_vec()),
        ci_sessions::workspace_id.eq(&row.workspace),
        ci_sessions::repository_id.eq(&repository),
        ci_sessions::issuer.eq(&row.issuer),
        ci_sessions::audience.eq("atmos-pro.com"),
        ci_sessions::workflow.eq(&row.workflow),
        ci_sessions::branch.eq(&row.branch),
        ci_sessions::branch_source.eq("branch"),
        ci_sessions::event.eq(&row.started_by),
        ci_sessions::run.eq(&row.run),
        ci_sessions::created_at.eq(row.event.at),
        ci_sessions::expires_at.eq(row.expires_at),
    ));
    run!(conn, |c| session.execute(c).await)?;
    row.event.insert(conn, &Whose { workspace: row.workspace.clone(), repository, name }).await?;
    Ok(true)
}
