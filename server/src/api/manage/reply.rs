//! What the management API answers: one thing with its tag, or a page of many.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};
use stackyard_domain::digest;
use utoipa::ToSchema;

use super::super::Done;
use crate::failure::Failure;

/// What every handler of the management API answers.
pub type Answer = Result<Response, Failure>;

/// A page of a list.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Listed<T> {
    /// The entries.
    pub items: Vec<T>,
    /// What `cursor` has to be for the next page; null on the last one.
    pub next_cursor: Option<String>,
}

/// A page.
pub fn listed<T: Serialize>(
    items: impl IntoIterator<Item = impl Into<T>>,
    next_cursor: Option<String>,
) -> Answer {
    let items: Vec<T> = items.into_iter().map(Into::into).collect();
    shown(&Listed { items, next_cursor })
}

/// What is no thing of its own, so has no tag.
pub fn shown(data: &impl Serialize) -> Answer {
    Ok(Done::ok(data)?.into_response())
}

/// A page of things that are all there already: the newest first, behind the one that the cursor names.
pub fn paged<T: Serialize, I: Into<T>, K: Ord + ToString>(
    mut all: Vec<I>,
    id: impl Fn(&I) -> K,
    after: Option<&K>,
    limit: u32,
) -> Answer {
    all.sort_by_key(|item| std::cmp::Reverse(id(item)));
    all.retain(|item| after.is_none_or(|after| id(item) < *after));
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = all.len() > limit;
    all.truncate(limit);
    let next = all.last().filter(|_| more).map(|last| id(last).to_string());
    listed(all, next)
}

/// One thing, with the tag that `If-Match` takes.
pub fn one(thing: &impl Serialize) -> Answer {
    tagged(Done::ok(thing)?, thing)
}

/// The same, just made.
pub fn made(thing: &impl Serialize) -> Answer {
    tagged(Done::created(thing)?, thing)
}

fn tagged(done: Done, thing: &impl Serialize) -> Answer {
    let tag = tag(thing)?;
    let mut response = done.into_response();
    let value = HeaderValue::from_str(&tag).map_err(|error| Failure::internal(error.to_string()))?;
    response.headers_mut().insert(header::ETAG, value);
    Ok(response)
}

/// It was done, and there is no more to say.
pub fn nothing() -> Answer {
    Ok(Done::empty().into_response())
}

/// What was answered before to the same request.
pub fn again(status: u16, answer: &str) -> Answer {
    let data: Map<String, Value> =
        serde_json::from_str(answer).map_err(|error| Failure::internal(error.to_string()))?;
    let status = StatusCode::from_u16(status).map_err(|error| Failure::internal(error.to_string()))?;
    let mut response = Done::with_data(status, data).into_response();
    response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
    Ok(response)
}

/// The tag of a thing as it is: the same as long as all that is shown of it is, except what changes by being used.
pub fn tag(thing: &impl Serialize) -> Result<String, Failure> {
    let value = serde_json::to_value(thing).map_err(|error| Failure::internal(error.to_string()))?;
    let Value::Object(mut shown) = value else { return Err(Failure::internal("a thing is not an object")) };
    for moving in ["lastActiveAt", "lastSeenAt"] {
        shown.remove(moving);
    }
    Ok(format!("\"{}\"", digest(&[&Value::Object(shown).to_string()])))
}
