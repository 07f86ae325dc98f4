//! Rendering for tests, as a page would.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::prelude::*;

/// The HTML of a view that is built where contexts can be given, without what stands between erased children.
pub(crate) fn render<V: IntoView>(view: impl FnOnce() -> V) -> String {
    // Islands with children want to know that they are made on a server.
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| view().to_html());
    // The view's contexts live as long as the owner.
    drop(owner);
    html.replace("<!>", "")
}
