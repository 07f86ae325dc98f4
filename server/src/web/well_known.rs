//! What browsers and crawlers ask every server for.

use axum::response::IntoResponse;
use http::header;

const ICON: &str = include_str!("icon.svg");
const SPECULATION: &str = include_str!("speculation.json");
/// Where browsers find which links they may follow ahead, as the header of every page names it.
pub const SPECULATION_PATH: &str = "/speculation-rules.json";

/// The icon of the tab.
pub async fn icon() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")], ICON)
}

/// Which links browsers may follow ahead: prefetch only, and none that uses something up (rules §12).
pub async fn speculation() -> impl IntoResponse {
    let content_type = (header::CONTENT_TYPE, "application/speculationrules+json");
    ([content_type, (header::CACHE_CONTROL, "public, max-age=3600")], SPECULATION)
}

/// Nothing here is for search engines.
pub async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}
