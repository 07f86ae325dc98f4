//! The browser's part: makes the islands of a page live.

// Linked for their islands, which the page calls by name.
use stackyard_app as _;
use stackyard_ui as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by a page, when the wasm has arrived.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
