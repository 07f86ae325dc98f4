//! Why a request was not done, as HTTP says it. Written once as an envelope or a page, where the request leaves.

use std::error::Error as StdError;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Map, Value};
use stackyard_app::error::status;
use stackyard_domain::Error;
use stackyard_model::quote;

/// How long a client shall wait after "not now".
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// A refusal or a failure on its way out.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The status.
    pub status: StatusCode,
    /// What `/help/{tag}` explains.
    pub tag: &'static str,
    /// What the person or the workflow's log reads.
    pub message: Box<str>,
    /// The same as data, for the API.
    pub context: Map<String, Value>,
    /// What is wrong with single values, for the API.
    pub validation_errors: Vec<String>,
    /// When to come back.
    pub retry_after: Option<Duration>,
    /// For the log alone.
    pub cause: Box<str>,
}

impl Failure {
    /// A failure of which the log knows no more than the client.
    #[must_use]
    pub fn new(status: StatusCode, tag: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            status,
            tag,
            cause: quote::plain(&message).into(),
            message: message.into(),
            context: Map::new(),
            validation_errors: Vec::new(),
            retry_after: None,
        }
    }

    /// The request itself is wrong.
    #[must_use]
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// There is nothing at this address.
    #[must_use]
    pub fn not_found() -> Self {
        Self::from(Error::NotFound)
    }

    /// The body is larger than what is read here.
    #[must_use]
    pub fn too_large(limit: usize) -> Self {
        let limit = limit / 1024;
        let message = format!("The request is too large: at most {limit} KiB are read here.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLarge", message)
    }

    /// Our own mistake.
    #[must_use]
    pub fn internal(cause: impl Into<String>) -> Self {
        Self::from(Error::Internal(cause.into()))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let retry_after = match &error {
            Error::Throttled { retry_after } => Some(*retry_after),
            Error::Unavailable(_) => Some(RETRY_AFTER),
            Error::Db(error) if error.is_unavailable() => Some(RETRY_AFTER),
            _ => None,
        };
        let mut failure = Self {
            retry_after,
            cause: quote::plain(&chain(&error)).into(),
            ..Self::new(status(&error), error.tag(), error.user_message())
        };
        match error {
            Error::Invalid(errors) => {
                failure.validation_errors = errors.0.into_iter().map(|error| error.message).collect();
            }
            Error::Refused(refused) => failure.validation_errors = refused.problems,
            Error::Denied(denied) => failure.context = object(denied.context),
            Error::Conflict(conflict) => failure.context = object(conflict.context),
            _ => {}
        }
        failure
    }
}

/// The API's `context` is an object or absent.
fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// An error with what caused it, for the log.
#[must_use]
pub fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use stackyard_db::DbError;
    use stackyard_model::FieldErrors;

    use super::*;

    #[test]
    fn what_the_store_says_stays_in_the_log() {
        let failure =
            Failure::from(Error::Db(DbError::Connect("password of db.internal is wrong".to_owned())));
        assert_eq!(failure.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(failure.retry_after.is_some());
        assert!(!failure.message.contains("db.internal"), "{}", failure.message);
        assert!(failure.cause.contains("db.internal"), "{}", failure.cause);
    }

    #[test]
    fn wrong_fields_are_400_and_listed() {
        let failure = Failure::from(Error::Invalid(FieldErrors::one("name", "Give it a name.")));
        assert_eq!(failure.status, StatusCode::BAD_REQUEST);
        assert_eq!(failure.validation_errors, ["Give it a name."]);
    }

    #[test]
    fn a_throttle_says_when_to_come_back() {
        let failure = Failure::from(Error::Throttled { retry_after: Duration::from_secs(90) });
        assert_eq!(failure.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(failure.retry_after, Some(Duration::from_secs(90)));
    }
}
