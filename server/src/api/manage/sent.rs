//! What a request that changes something sends: its body, and the headers that say when it may be done.

use std::future::Future;

use axum::extract::{FromRequest, Request};
use axum::response::IntoResponse as _;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use stackyard_domain::idempotency::{self, Begun};
use stackyard_domain::{Ctx, Error, digest};

use super::super::{Done, body};
use super::reply::{self, Answer};
use crate::failure::Failure;

/// By what the same request is known when it comes again.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Longest such key.
const KEY_MAX: usize = 255;

/// A request that changes something, read to its end.
pub struct Sent {
    /// Who asks.
    pub ctx: Ctx,
    bytes: Bytes,
    if_match: Option<String>,
    key: Option<String>,
    /// Method, address and body: by what two requests are one.
    digest: String,
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let ctx = request.extensions().get::<Ctx>().cloned();
        let ctx = ctx.ok_or_else(|| Failure::internal("a request without a context"))?;
        let if_match = readable(request.headers(), header::IF_MATCH.as_str())?;
        let key = readable(request.headers(), IDEMPOTENCY_KEY)?;
        if key.as_ref().is_some_and(|key| key.is_empty() || key.len() > KEY_MAX) {
            return Err(Failure::bad_request(format!("`Idempotency-Key` has 1 to {KEY_MAX} characters.")));
        }
        let target = format!("{} {}", request.method(), request.uri());
        let bytes = body::bytes(request).await?;
        let digest = digest(&[&target, &String::from_utf8_lossy(&bytes)]);
        Ok(Self { ctx, bytes, if_match, key, digest })
    }
}

fn readable(headers: &HeaderMap, name: &str) -> Result<Option<String>, Failure> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let text = value.to_str().map_err(|_| Failure::bad_request(format!("`{name}` is not visible ASCII.")))?;
    Ok(Some(text.to_owned()))
}

impl Sent {
    /// The body.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        body::parse(&self.bytes)
    }

    /// 412 unless the thing is still what the client saw, where it says what that was (RFC 9110, 13.1.1).
    pub fn meant(&self, thing: &impl Serialize) -> Result<(), Failure> {
        let Some(wanted) = &self.if_match else { return Ok(()) };
        let tag = reply::tag(thing)?;
        let fits = wanted.split(',').map(str::trim).any(|wanted| wanted == "*" || wanted == tag);
        if fits { Ok(()) } else { Err(precondition_failed()) }
    }

    /// A failure as this request has to be told it: what changed since it was compared is 412 too.
    pub fn failed(&self, error: Error) -> Failure {
        let changed = matches!(&error, Error::Conflict(conflict) if conflict.tag == "ChangedMeanwhile");
        if changed && self.if_match.is_some() { precondition_failed() } else { error.into() }
    }

    /// Does what was asked, once for each `Idempotency-Key`: the same request again gets the same answer, without the
    /// `secrets` of its data. Without a key it is simply done.
    pub fn once<'a>(
        &'a self,
        secrets: &'a [&'a str],
        act: impl Future<Output = Answer> + Send + 'a,
    ) -> impl Future<Output = Answer> + Send + 'a {
        // A service holds much while it waits.
        let act = Box::pin(act);
        self.once_boxed(secrets, act)
    }

    async fn once_boxed(&self, secrets: &[&str], act: BoxFuture<'_, Answer>) -> Answer {
        let Some(key) = &self.key else { return act.await };
        let claim = match idempotency::begin(&self.ctx, key, &self.digest).await? {
            Begun::First(claim) => claim,
            Begun::Again { status, answer } => return reply::again(status, &answer),
            Begun::Other => {
                let message = "This `Idempotency-Key` came with another request before. Send another key.";
                return Err(Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "IdempotencyKeyReused", message));
            }
            Begun::Ongoing => {
                let message = "The request that came first with this `Idempotency-Key` has not ended. Wait a moment \
                               and send it again; if it never ends, look whether it was done and send another key.";
                return Err(Failure::new(StatusCode::CONFLICT, "IdempotencyKeyInUse", message));
            }
        };
        let answer = act.await;
        let done = answer.as_ref().ok().and_then(|response| response.extensions().get::<Done>());
        match done {
            Some(done) => {
                let mut data = done.data().clone();
                data.retain(|name, _| !secrets.contains(&name.as_str()));
                let status = done.status().as_u16();
                idempotency::finish(&self.ctx, claim, status, &Value::Object(data).to_string()).await?;
            }
            // Nothing was done, so it may be tried again.
            None => idempotency::forget(&self.ctx, claim).await?,
        }
        answer.map(|response| response.into_response())
    }
}

fn precondition_failed() -> Failure {
    let message = "It is not what `If-Match` says any more. Read it again, and send what you want of that.";
    Failure::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", message)
}
