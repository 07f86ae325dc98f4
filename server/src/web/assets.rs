//! The built files of the site, embedded in the binary. Their names change with their content, so browsers keep
//! them for ever.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use leptos::config::LeptosOptions;
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;
use stackyard_app::context::Assets;

use crate::failure::Failure;

#[derive(RustEmbed)]
#[folder = "../dist/site"]
#[allow_missing = true]
struct Files;

/// The folder of everything that pages refer to.
const FOLDER: &str = "pkg";
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// The compressed copies that the build makes, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// What the build says about its names.
#[derive(Deserialize)]
struct Manifest {
    output_name: String,
    css: String,
    theme: String,
}

/// The files that pages refer to; none when the binary was built without them.
#[must_use]
pub fn site() -> Option<Assets> {
    let manifest = Files::get("manifest.json")?;
    let manifest: Manifest = serde_json::from_slice(&manifest.data)
        .inspect_err(|error| tracing::error!(cause = %error, "the manifest of the site cannot be read"))
        .ok()?;
    Some(Assets {
        css: format!("/{FOLDER}/{}", manifest.css),
        theme: format!("/{FOLDER}/{}", manifest.theme),
        leptos: LeptosOptions::builder().output_name(manifest.output_name).site_pkg_dir(FOLDER).build(),
    })
}

/// Answers with a file, compressed when the browser takes it so.
pub async fn file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(plain) = Files::get(&format!("{FOLDER}/{path}")) else {
        return Failure::not_found().into_response();
    };
    let content_type = HeaderValue::from_str(plain.metadata.mimetype())
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let packed = ENCODINGS
        .into_iter()
        .filter(|(name, _)| takes(&headers, name))
        .find_map(|(name, ending)| Files::get(&format!("{FOLDER}/{path}.{ending}")).map(|file| (name, file)));
    let (encoding, file) = packed.map_or((None, plain), |(name, file)| (Some(name), file));
    let mut response = Body::from(content(file)).into_response();
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, content_type);
    answer.insert(header::CACHE_CONTROL, FOR_EVER);
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// The bytes, without a copy where they are part of the binary.
fn content(file: EmbeddedFile) -> Bytes {
    match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    }
}

/// Whether the client takes an encoding: named, and not with a weight of zero.
fn takes(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|header| header.to_str().ok());
    accepted.flat_map(|header| header.split(',')).any(|offer| {
        let (name, weight) = offer.split_once(';').unwrap_or((offer, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse::<f32>() == Ok(0.0));
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_taken_when_it_is_offered_and_not_refused() {
        let taken = |accepted: &'static str, encoding| {
            takes(
                &HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]),
                encoding,
            )
        };
        assert!(taken("gzip, deflate, br", "br"));
        assert!(taken("br;q=0.5", "br"));
        assert!(!taken("gzip, br;q=0", "br"));
        assert!(!taken("gzip", "br"));
        assert!(!takes(&HeaderMap::new(), "gzip"));
    }
}
