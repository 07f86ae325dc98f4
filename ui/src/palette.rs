//! The command palette: where to go, by typing. Without a script what opens it is a link to a page.
#![allow(missing_docs, reason = "the island macro writes a struct that cannot be documented")]

use leptos::html::Div;
use leptos::prelude::*;

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "hydrate")]
mod results;

/// The id of the template that the palette is made from when it opens.
#[cfg(any(test, feature = "hydrate"))]
const DIALOG: &str = "jump-dialog";

/// Opens the palette when what is in it is pressed, or by ⌘K and Ctrl+K: of several in a page the one that is seen.
#[island]
pub fn Palette(
    /// Where what is typed is sent, as `q`, with the workspace as `workspace`. The answer is a `palette::Palette` of
    /// the model as JSON.
    url: String,
    /// Which workspace the page is of; empty for none.
    workspace: String,
    children: Children,
) -> impl IntoView {
    let root = NodeRef::<Div>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| root.get().and_then(|root| browser::wake(&root, url.clone(), workspace.clone())));
    #[cfg(not(feature = "hydrate"))]
    let _ = (url, workspace);
    view! { <div node_ref=root>{children()}</div> }
}

/// What opens the palette.
#[cfg(feature = "ssr")]
#[component]
pub fn PaletteLink(
    /// Where it is asked, and about which workspace.
    way: crate::Way,
) -> impl IntoView {
    use crate::icon::{Glyph, Icon};

    view! {
        <Palette url=way.url workspace=way.workspace>
            <a
                href=way.page
                class="flex h-8 items-center gap-2.5 rounded-[5px] border border-line-strong bg-surface px-2 text-ink-faint hover:border-control hover:text-ink-muted max-lg:h-10"
                aria-keyshortcuts="Meta+K Control+K"
            >
                <Glyph icon=Icon::Search />
                <span class="min-w-0 grow truncate">"Jump to…"</span>
                <kbd class="text-[11px] max-lg:hidden" aria-hidden="true"></kbd>
            </a>
        </Palette>
    }
}

/// The palette itself, once a page: it is only there when a script opens it.
#[cfg(feature = "ssr")]
#[component]
pub fn PaletteDialog() -> impl IntoView {
    // All of it is written as it stands: nothing in it changes, and it is on every page.
    view! {
        <template id="jump-dialog">
            <dialog
                class="mx-auto mt-[12vh] w-[560px] max-w-[calc(100vw-32px)] overflow-hidden rounded-[8px] bg-surface-raised p-0 text-ink shadow-[var(--shadow-dialog)]"
                aria-label="Jump to"
            >
                <div class="flex h-11 items-center gap-2.5 border-b border-line px-3">
                    <svg class="w-4 h-4 text-ink-faint" aria-hidden="true">
                        <use_ href="#i-search"></use_>
                    </svg>
                    <input
                        type="text"
                        class="min-w-0 grow bg-transparent text-[14px] outline-none max-md:text-[16px]"
                        role="combobox"
                        aria-label="Jump to"
                        aria-autocomplete="list"
                        aria-expanded="false"
                        aria-controls="palette-list"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                    />
                    <button
                        type="button"
                        class="inline-flex h-6 min-w-6 items-center justify-center rounded-[4px] border border-line-strong px-1 text-[11px] text-ink-muted hover:bg-hover"
                        aria-label="Close, esc"
                    >
                        "esc"
                    </button>
                </div>
                <ul
                    id="palette-list"
                    role="listbox"
                    aria-label="Results"
                    class="max-h-[50vh] overflow-y-auto p-1.5"
                ></ul>
                <p role="status" class="px-4 text-[12px] text-ink-muted"></p>
            </dialog>
        </template>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::Way;
    use crate::testing::render;

    #[test]
    fn without_a_script_it_is_a_link_to_a_page() {
        let way = Way { url: "/ask".to_owned(), workspace: "ws_1".to_owned(), page: "/jump".to_owned() };
        let html = render(|| view! { <PaletteLink way /> });
        assert!(html.contains("href=\"/jump\"") && html.contains("Jump to…"), "{html}");
        assert!(!html.contains("combobox"), "{html}");
    }

    #[test]
    fn the_palette_is_a_template_until_it_is_opened() {
        let html = render(|| view! { <PaletteDialog /> });
        assert!(html.contains(&format!("<template id=\"{DIALOG}\"><dialog")), "{html}");
        assert!(html.contains(crate::Icon::Search.href()), "{html}");
        assert!(!html.contains(" open"), "{html}");
    }
}
