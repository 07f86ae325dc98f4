//! What a form's function answers when it does not do what was asked.

use std::fmt;

use http::StatusCode;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};
use stackyard_domain::Error;
use stackyard_model::{FieldErrors, Refusal};

use crate::context::ctx;

/// The failure of a form as data. Only [`AppError::of`] makes one of a domain error, so that no text of the store
/// or of a library can slip through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppError {
    /// The HTTP status.
    pub status: u16,
    /// The kind of error, which `/help/{tag}` explains.
    pub error_tag: String,
    /// What happened and what to do, for people.
    pub error_message: String,
    /// What is wrong with which field.
    pub errors: FieldErrors,
    /// The request's trace id.
    pub trace_id: String,
}

impl AppError {
    /// The failure as the caller may know it.
    #[must_use]
    pub fn of(error: &Error, trace_id: &str) -> Self {
        Self {
            status: status(error).as_u16(),
            error_tag: error.tag().to_owned(),
            error_message: error.user_message(),
            errors: match error {
                Error::Invalid(errors) => errors.clone(),
                _ => FieldErrors::default(),
            },
            trace_id: trace_id.to_owned(),
        }
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error_message)
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    /// The request could not be read, or the answer not be written. Leptos answers 500 for all of these and sends
    /// browsers back to where they came from; a body that is no form of ours is the sender's mistake and is told so.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let unreadable = matches!(
            error,
            ServerFnErrorErr::Args(_)
                | ServerFnErrorErr::MissingArg(_)
                | ServerFnErrorErr::Deserialization(_)
                | ServerFnErrorErr::UnsupportedRequestMethod(_)
        );
        let (status, error_tag, error_message) = if unreadable {
            (
                StatusCode::BAD_REQUEST,
                "ValidationError",
                "This is not what the form sends. Load the page again.",
            )
        } else {
            (StatusCode::INTERNAL_SERVER_ERROR, "InternalError", "Something went wrong here. Try again.")
        };
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(status);
        }
        Self {
            status: status.as_u16(),
            error_tag: error_tag.to_owned(),
            error_message: error_message.to_owned(),
            errors: FieldErrors::default(),
            trace_id: ctx().map(|ctx| ctx.request.trace_id.clone()).unwrap_or_default(),
        }
    }
}

/// The HTTP status of a failure.
#[must_use]
pub fn status(error: &Error) -> StatusCode {
    match error {
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Forbidden(_) | Error::Denied(_) => StatusCode::FORBIDDEN,
        Error::Invalid(_) => StatusCode::BAD_REQUEST,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::Refused(refused) => status_of(refused.kind),
        Error::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Db(error) if error.is_unavailable() => StatusCode::SERVICE_UNAVAILABLE,
        Error::Db(_) | Error::NotCompiled(_) | Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The HTTP status of a refusal.
#[must_use]
pub const fn status_of(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::Unusable => StatusCode::BAD_REQUEST,
        Refusal::UnknownCredential => StatusCode::UNAUTHORIZED,
        Refusal::NotAllowed => StatusCode::FORBIDDEN,
        Refusal::NotFound => StatusCode::NOT_FOUND,
        Refusal::Conflict => StatusCode::CONFLICT,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use stackyard_domain::Unavailable;

    use super::*;

    #[test]
    fn each_failure_has_its_status() {
        for (error, expected) in [
            (Error::Unauthenticated, 401),
            (Error::NotFound, 404),
            (Error::Forbidden("no".into()), 403),
            (Error::Invalid(FieldErrors::one("name", "Too short.")), 400),
            (Error::Throttled { retry_after: Duration::from_secs(60) }, 429),
            (Error::Unavailable(Unavailable { reason: "X", cause: "down".into() }), 503),
            (Error::Internal("boom".into()), 500),
        ] {
            assert_eq!(AppError::of(&error, "T").status, expected, "{error}");
        }
    }

    #[test]
    fn nothing_of_the_machinery_is_told() {
        let told = AppError::of(&Error::Internal("no such table: users".into()), "TRACE");
        assert!(!told.error_message.contains("table"), "{told:?}");
        assert_eq!((told.trace_id.as_str(), told.error_tag.as_str()), ("TRACE", "InternalError"));
    }

    #[test]
    fn what_is_wrong_keeps_its_field() {
        let told = AppError::of(&Error::Invalid(FieldErrors::one("slug", "Taken.")), "T");
        assert_eq!(told.errors.at("slug").map(|error| error.message.as_str()), Some("Taken."));
    }

    #[test]
    fn a_body_that_is_no_form_is_the_senders_mistake() {
        let told = AppError::from_server_fn_error(ServerFnErrorErr::Args("missing field `x`".into()));
        assert_eq!(told.status, 400);
        assert!(!told.error_message.contains('`'), "{told:?}");
        let told = AppError::from_server_fn_error(ServerFnErrorErr::Serialization("secret".into()));
        assert_eq!(told.status, 500);
        assert!(!told.error_message.contains("secret"), "{told:?}");
    }
}
