//! The form of every answer of the API: what the `atmos` CLI decodes. One wrong type in it and the CLI loses the
//! message, so absent parts are left out, `data` and `context` are objects, and nothing is ever an array.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::failure::Failure;

/// What a handler of the API answers when it did what was asked.
#[derive(Debug, Clone)]
pub struct Done {
    status: StatusCode,
    data: Map<String, Value>,
}

impl Done {
    /// Something was made.
    ///
    /// # Errors
    /// When `data` is not an object.
    pub fn created(data: &impl Serialize) -> Result<Self, Failure> {
        Self::with(StatusCode::CREATED, data)
    }

    /// It was done.
    ///
    /// # Errors
    /// When `data` is not an object.
    pub fn ok(data: &impl Serialize) -> Result<Self, Failure> {
        Self::with(StatusCode::OK, data)
    }

    /// It was done, and there is no more to say.
    #[must_use]
    pub fn empty() -> Self {
        Self { status: StatusCode::OK, data: Map::new() }
    }

    /// Data that was written before.
    #[must_use]
    pub fn with_data(status: StatusCode, data: Map<String, Value>) -> Self {
        Self { status, data }
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The data.
    #[must_use]
    pub const fn data(&self) -> &Map<String, Value> {
        &self.data
    }

    fn with(status: StatusCode, data: &impl Serialize) -> Result<Self, Failure> {
        match serde_json::to_value(data) {
            Ok(Value::Object(data)) => Ok(Self { status, data }),
            _ => Err(Failure::internal("the data of an answer is not an object")),
        }
    }
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    request: &'a str,
    status: u16,
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_tag: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a Map<String, Value>>,
    trace_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Map<String, Value>>,
}

/// Writes a success.
pub fn success(done: &Done, path: &str, trace_id: &str) -> Body {
    body(&Envelope {
        request: path,
        status: done.status.as_u16(),
        success: true,
        error_tag: None,
        error_message: None,
        context: None,
        trace_id,
        data: Some(&done.data),
    })
}

/// Writes a failure.
pub fn failure(failure: &Failure, path: &str, trace_id: &str) -> Body {
    let mut data = Map::new();
    if !failure.validation_errors.is_empty() {
        data.insert("validationErrors".to_owned(), json!(failure.validation_errors));
    }
    body(&Envelope {
        request: path,
        status: failure.status.as_u16(),
        success: false,
        error_tag: Some(failure.tag),
        error_message: Some(&failure.message),
        context: Some(&failure.context).filter(|context| !context.is_empty()),
        trace_id,
        data: Some(data).filter(|data| !data.is_empty()).as_ref(),
    })
}

/// The type of every answer of the API.
pub const CONTENT_TYPE: (header::HeaderName, HeaderValue) =
    (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));

fn body(envelope: &Envelope<'_>) -> Body {
    // Strings, numbers and maps of values that were JSON already: this does not fail.
    Body::from(serde_json::to_vec(envelope).unwrap_or_default())
}
