//! Reading the API's bodies: their size, their depth, their characters, their types. What is wrong is said with its
//! place.

use std::error::Error as _;

use axum::RequestExt as _;
use axum::extract::{FromRequest as _, Request};
use axum::response::IntoResponse as _;
use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt as _, LengthLimitError};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;
use stackyard_model::quote;

use super::json::Once;
use crate::failure::Failure;

/// Deepest nesting of a body (rules §6).
const DEPTH_MAX: usize = 64;
/// Bytes that are parsed where they arrive: about a millisecond. More are parsed beside, so that nobody waits for them.
const AT_ONCE: usize = 64 * 1024;
/// Bytes of a body for each object that it may have, beyond the first: half of what the densest of the CLI's have.
const OBJECT_BYTES: usize = 32;
/// Objects that every body may have.
const OBJECTS_MIN: usize = 1000;

/// Reads the body as a `T`. Names that `T` does not have are ignored, since older and newer clients send others.
///
/// # Errors
/// 413 when it is larger than the route's limit, 400 when it is not such a JSON object.
pub async fn read<T: DeserializeOwned + Send + 'static>(request: Request) -> Result<T, Failure> {
    Ok(read_counted(request).await?.0)
}

/// The same, and how many bytes it has.
///
/// # Errors
/// As [`read`].
pub async fn read_counted<T>(request: Request) -> Result<(T, usize), Failure>
where
    T: DeserializeOwned + Send + 'static,
{
    let bytes = bytes(request).await?;
    let count = bytes.len();
    if count <= AT_ONCE {
        return Ok((parse(&bytes)?, count));
    }
    let parsing = tokio::task::spawn_blocking(move || parse(&bytes)).await;
    Ok((parsing.map_err(|error| Failure::internal(error.to_string()))??, count))
}

/// Reads the body as it is.
///
/// # Errors
/// 413 when it is larger than the route's limit.
pub async fn bytes(request: Request) -> Result<Bytes, Failure> {
    Bytes::from_request(request, &())
        .await
        .map_err(|rejection| unread(rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE))
}

/// Reads the body to its end and keeps nothing of it: a client that is answered before it has sent everything may see
/// a broken connection instead.
///
/// # Errors
/// 413 when it is larger than the route's limit.
pub async fn drain(request: Request) -> Result<(), Failure> {
    let mut body = request.into_limited_body();
    while let Some(frame) = body.frame().await {
        frame
            .map_err(|error| unread(error.source().is_some_and(|source| source.is::<LengthLimitError>())))?;
    }
    Ok(())
}

fn unread(too_large: bool) -> Failure {
    if too_large {
        let message = "The body is larger than what is read here.";
        Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLarge", message)
    } else {
        Failure::bad_request("The body did not arrive whole. Send it again.")
    }
}

/// Reads a body that is there.
///
/// # Errors
/// 400 when it is not such a JSON object.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Failure::bad_request("The body is empty; it must be a JSON object."));
    }
    let shape = shape(bytes);
    if shape.depth > DEPTH_MAX {
        return Err(Failure::bad_request(format!("The body is nested more than {DEPTH_MAX} deep.")));
    }
    // An object takes hundreds of bytes of memory, however few it has on the wire.
    if shape.objects > OBJECTS_MIN + bytes.len() / OBJECT_BYTES {
        return Err(Failure::bad_request(
            "The body has more objects in it than a body of its size can need.",
        ));
    }
    let Once(value) = serde_json::from_slice(bytes).map_err(|error| {
        let text = quote::plain(&error.to_string());
        Failure::bad_request(match error.classify() {
            Category::Data => format!("The body is not certain: {text}. Send every name once."),
            _ => format!("The body is not JSON: {text}. Send a JSON object."),
        })
    })?;
    if !value.is_object() {
        return Err(Failure::bad_request(format!("The body must be a JSON object, not {}.", kind(&value))));
    }
    if let Some(place) = nul(&value) {
        return Err(Failure::bad_request(format!(
            "{} holds the character U+0000, which cannot be kept. Send it without.",
            quote::code(&place)
        )));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let place = error.path().to_string();
        let text = quote::code(&error.inner().to_string());
        Failure::bad_request(if place == "." {
            format!("The body is not as expected: {text}.")
        } else {
            format!("{} is not as expected: {text}.", quote::code(&place))
        })
    })
}

/// How deep a body is nested, and how many objects it has.
#[derive(Default)]
struct Shape {
    depth: usize,
    objects: usize,
}

/// Told before parsing, from the brackets outside strings. It ends where the body is too deep.
fn shape(bytes: &[u8]) -> Shape {
    let mut shape = Shape::default();
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in bytes {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'{' | b'[') => {
                depth += 1;
                shape.objects += usize::from(*byte == b'{');
            }
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        shape.depth = shape.depth.max(depth);
        if shape.depth > DEPTH_MAX {
            break;
        }
    }
    shape
}

/// Where a string or a name holds U+0000, which PostgreSQL cannot store.
fn nul(value: &Value) -> Option<String> {
    let inner = |name: String, inside: Option<String>| {
        inside.map(|rest| match rest.as_str() {
            "" => name,
            rest if rest.starts_with('[') => format!("{name}{rest}"),
            rest => format!("{name}.{rest}"),
        })
    };
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| inner(format!("[{index}]"), nul(item)))
        }
        Value::Object(map) => map.iter().find_map(|(name, item)| {
            if name.contains('\0') { Some("A name".to_owned()) } else { inner(name.clone(), nul(item)) }
        }),
        _ => None,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Sample {
        key: String,
        #[serde(default)]
        items: Vec<Vec<i64>>,
    }

    fn refused(body: &str) -> String {
        let failure = parse::<Sample>(body.as_bytes()).unwrap_err();
        assert_eq!(failure.status, StatusCode::BAD_REQUEST);
        failure.message.into()
    }

    #[test]
    fn unknown_names_are_ignored() {
        let sample: Sample = parse(br#"{"key":"a","new":{"x":[1]},"items":[[1]]}"#).unwrap();
        assert_eq!((sample.key.as_str(), sample.items), ("a", vec![vec![1]]));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        insta::assert_snapshot!(refused(""), @"The body is empty; it must be a JSON object.");
        insta::assert_snapshot!(refused(r#"{"key":"ab"#), @"The body is not JSON: EOF while parsing a string at line 1 column 10. Send a JSON object.");
        insta::assert_snapshot!(refused(r#"{"key":"a","x":[{"y":1,"y":2}]}"#), @"The body is not certain: the name `y` comes twice in one object at line 1 column 29. Send every name once.");
        insta::assert_snapshot!(refused("[1]"), @"The body must be a JSON object, not an array.");
        insta::assert_snapshot!(refused("{}"), @"The body is not as expected: `` missing field `key` ``.");
        insta::assert_snapshot!(refused(r#"{"key":"a","items":[[1],[1,"x"]]}"#), @r#"`items[1][1]` is not as expected: `invalid type: string "x", expected i64`."#);
    }

    #[test]
    fn the_character_that_cannot_be_stored_is_found_anywhere() {
        assert!(refused(r#"{"key":"a\u0000"}"#).starts_with("`key` holds"));
        assert!(refused(r#"{"key":"a","x":[{"y":["z","\u0000"]}]}"#).starts_with("`x[0].y[1]` holds"));
        assert!(refused(r#"{"key":"a","x":{"\u0000":1}}"#).contains("U+0000"));
    }

    #[test]
    fn depth_is_counted_outside_strings_alone() {
        let deep = |depth: usize| format!(r#"{{"key":"a","x":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        assert!(parse::<Sample>(deep(63).as_bytes()).is_ok());
        assert!(refused(&deep(64)).contains("64 deep"));
        assert!(refused(&"[".repeat(100_000)).contains("64 deep"));
        let text = format!(r#"{{"key":"\"{}"}}"#, "[".repeat(200));
        assert!(parse::<Sample>(text.as_bytes()).is_ok());
    }
}
