//! What browsers and crawlers ask every server for.

use axum::response::IntoResponse;
use http::header;

const ICON: &str = include_str!("icon.svg");

/// The icon of the tab.
pub async fn icon() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")], ICON)
}

/// Nothing here is for search engines.
pub async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}
