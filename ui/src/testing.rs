//! Rendering for tests, as a page would.

use leptos::prelude::*;

/// The HTML of a view that is built where contexts can be given.
pub(crate) fn render<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    let html = owner.with(|| view().to_html());
    // The view's contexts live as long as the owner.
    drop(owner);
    html
}
