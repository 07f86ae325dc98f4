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
use stackyard_db::schema::{ci_sessions, events, repositories, used_tokens};
use stackyard_db::{Conn, Db, DbError, Weight, run};
use stackyard_domain::{Clock as _, Random as _, SystemClock, SystemRandom};
use stackyard_model::Ts;
use stackyard_model::activity::{Details, RunFacts};
use stackyard_model::id::{CiSessionId, EventId, RANDOM_LENGTH, base62};
use stackyard_oidc::testing::TestKey;

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
    claims: Claims,
    workspace: String,
    workflow: String,
    branch: String,
    run: String,
    details: String,
    now: Ts,
    expires_at: Ts,
    secret: String,
    session: CiSessionId,
    event: EventId,
}

impl Row {
    fn new(claims: Claims, workspace: String) -> Result<Self> {
        let now = SystemClock.now();
        let mut random = [0; 32];
        SystemRandom.fill(&mut random);
        let secret: String = random.iter().map(|byte| base62(u64::from(*byte))).collect();
        let id = |skip: usize| -> [u8; RANDOM_LENGTH] {
            std::array::from_fn(|n| random.get((n + skip) % random.len()).copied().unwrap_or_default())
        };
        let file = claims.workflow_ref.split_once("/workflows/").and_then(|(_, file)| file.split_once('@'));
        let (workflow, _) = file.ok_or_else(|| anyhow!("no workflow"))?;
        let facts = RunFacts {
            run_id: claims.run_id.clone(),
            attempt: claims.run_attempt.clone(),
            url: Some(format!("https://github.com/{}/actions/runs/{}", claims.repository, claims.run_id)),
            started_by: claims.actor.clone(),
            sha: claims.sha.clone(),
            git_ref: claims.r#ref.clone(),
            remote_id: claims.repository_id.parse()?,
        };
        let run = serde_json::to_string(&facts)?;
        let details = serde_json::to_string(&Details { run: Some(facts), ..Details::default() })?;
        Ok(Self {
            workspace,
            workflow: workflow.to_owned(),
            branch: claims.r#ref.trim_start_matches("refs/heads/").to_owned(),
            run,
            details,
            now,
            expires_at: now + Duration::from_secs(3600),
            secret: format!("ci_{secret}"),
            session: CiSessionId::mint(now, id(0)),
            event: EventId::mint(now, id(7)),
            claims,
        })
    }
}

/// False when there is no such repository, or the token was used before.
async fn write(conn: &mut Conn, row: &Row) -> Result<bool, DbError> {
    let query = repositories::table
        .filter(repositories::workspace_id.eq(&row.workspace))
        .filter(repositories::name_folded.eq(&row.claims.repository))
        .select((repositories::id, repositories::name));
    let found: Option<(String, String)> = run!(conn, |c| query.get_result(c).await.optional())?;
    let Some((repository, name)) = found else { return Ok(false) };
    let used = diesel::insert_into(used_tokens::table)
        .values((
            used_tokens::issuer.eq(&row.claims.iss),
            used_tokens::jti.eq(&row.claims.jti),
            used_tokens::expires_at.eq(Ts::from_seconds(row.claims.exp)),
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
        ci_sessions::issuer.eq(&row.claims.iss),
        ci_sessions::audience.eq("atmos-pro.com"),
        ci_sessions::workflow.eq(&row.workflow),
        ci_sessions::branch.eq(&row.branch),
        ci_sessions::branch_source.eq("branch"),
        ci_sessions::event.eq(&row.claims.event_name),
        ci_sessions::run.eq(&row.run),
        ci_sessions::created_at.eq(row.now),
        ci_sessions::expires_at.eq(row.expires_at),
    ));
    run!(conn, |c| session.execute(c).await)?;
    let actor = format!("{repository}/{}/{}", row.claims.run_id, row.claims.run_attempt);
    let actor_name = format!("Run {}", row.claims.run_id);
    let (category, action) = ("auth", "oidc_token_exchange_success");
    let words = [&*actor_name, category, action, &name, &row.workflow, &row.branch, &row.claims.event_name];
    let event = diesel::insert_into(events::table).values((
        events::id.eq(&row.event),
        events::workspace_id.eq(&row.workspace),
        events::at.eq(row.now),
        (
            events::actor_type.eq("run"),
            events::actor_id.eq(&actor),
            events::actor_name.eq(&actor_name),
            events::category.eq(category),
            events::action.eq(action),
            events::outcome.eq("ok"),
        ),
        (
            events::target_type.eq("ci_session"),
            events::target_id.eq(&row.session),
            events::target_name.eq(&name),
            events::repository_id.eq(&repository),
            events::repository.eq(&name),
        ),
        (
            events::workflow.eq(&row.workflow),
            events::branch.eq(&row.branch),
            events::event.eq(&row.claims.event_name),
            events::address.eq("127.0.0.1"),
            events::user_agent.eq("atmos-bench"),
            events::trace_id.eq(row.event.as_str().get(4..24).unwrap_or_default()),
        ),
        events::details.eq(&row.details),
        events::haystack.eq(words.join(" ")),
        events::facets.eq("auth.run.ok"),
    ));
    run!(conn, |c| event.execute(c).await)?;
    Ok(true)
}
