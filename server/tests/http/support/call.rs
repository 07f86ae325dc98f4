use axum::body::Body;
use futures::StreamExt as _;
use http::request::Builder;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use stackyard::router::Front;
use stackyard_domain::help;
use tower::ServiceExt as _;

use super::{COOKIE, ORIGIN};

/// A request being put together.
pub struct Call {
    service: Front,
    builder: Builder,
    body: Body,
    host: String,
}

impl Call {
    pub(super) fn new(service: Front, method: &str, target: &str) -> Self {
        let builder = Request::builder().method(method).uri(target);
        Self { service, builder, body: Body::empty(), host: "localhost:3000".to_owned() }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// Sends it to another host name.
    pub fn host(mut self, host: &str) -> Self {
        self.host = host.to_owned();
        self
    }

    /// Sent by a signed-in browser.
    pub fn cookie(self, secret: &str) -> Self {
        self.header("cookie", &format!("{COOKIE}={secret}"))
    }

    /// Sent by a workflow.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With this body.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// With a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    /// A form as a browser sends it from one of our pages.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let mut body = String::new();
        for (name, value) in fields {
            if !body.is_empty() {
                body.push('&');
            }
            body.push_str(&format!("{}={}", encode(name), encode(value)));
        }
        self.header("content-type", "application/x-www-form-urlencoded").by_our_page().body(body)
    }

    /// As a browser marks what our own pages send.
    pub fn by_our_page(self) -> Self {
        let here = ORIGIN.ends_with(&self.host);
        let origin = if here { ORIGIN.to_owned() } else { format!("https://{}", self.host) };
        self.header("origin", &origin)
    }

    /// For a browser.
    pub fn html(self) -> Self {
        self.header("accept", "text/html,application/xhtml+xml")
    }

    /// Sent by one of our pages whose address is told to nobody: its origin is hidden, and the browser says the rest.
    pub fn by_our_hidden_page(self) -> Self {
        self.header("origin", "null").header("sec-fetch-site", "same-origin")
    }

    /// Sends it and waits for the whole answer.
    pub async fn send(self) -> Answer {
        let request = self.builder.header("host", self.host).body(self.body).unwrap();
        let response = self.service.oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let endless = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        // A stream has no end: its first piece stands for it.
        let bytes = if endless {
            body.into_data_stream().next().await.unwrap().unwrap()
        } else {
            body.collect().await.unwrap().to_bytes()
        };
        Answer { status: parts.status, headers: parts.headers, bytes: bytes.to_vec() }
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// A header's text; empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it redirects to.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as an envelope that the CLI can decode, of the type that it wants.
    pub fn envelope(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json");
        let value = self.json();
        let body = value.as_object().unwrap();
        assert!(body["request"].is_string());
        assert_eq!(body["status"].as_u64(), Some(u64::from(self.status.as_u16())));
        assert_eq!(body["success"].as_bool(), Some(self.status.is_success()));
        assert_eq!(body["traceId"].as_str(), Some(self.header("x-trace-id")));
        assert!(body.get("context").is_none_or(Value::is_object), "{body:?}");
        assert!(body.get("data").is_none_or(Value::is_object), "{body:?}");
        assert!(!body.contains_key("error"));
        if self.status.is_success() {
            assert!(body.contains_key("data") && !body.contains_key("errorTag"), "{body:?}");
        } else {
            let tag = body["errorTag"].as_str().unwrap();
            assert!(help::topic(tag).is_some(), "/help/{tag} says nothing");
            assert!(body["errorMessage"].as_str().is_some_and(|text| !text.is_empty()));
        }
        value
    }

    /// The tag and the text of a refusal.
    pub fn refusal(&self) -> (String, String) {
        let body = self.envelope();
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        (text("errorTag"), text("errorMessage"))
    }

    /// The part of the page's policy that a name begins.
    pub fn policy(&self) -> &str {
        self.header(header::CONTENT_SECURITY_POLICY.as_str())
    }
}

/// A form with a file in a field, as a browser sends it.
pub fn multipart(call: Call, field: &str, file: &[u8]) -> Call {
    let head = format!("--b\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"a.png\"\r\n\r\n");
    let mut body = head.into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--b--\r\n");
    call.header("content-type", "multipart/form-data; boundary=b").body(body)
}

/// An image of one pixel.
pub const PNG: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 31,
    21, 196, 137, 0, 0, 0, 13, 73, 68, 65, 84, 120, 156, 99, 224, 74, 171, 253, 15, 0, 3, 88, 1, 237, 202,
    223, 55, 43, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130,
];
