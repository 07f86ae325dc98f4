//! A whole log in a box: of a hundred thousand lines only those in sight are in the page. Without a script there is what
//! the server made: some lines, with ways to others.
#![allow(missing_docs, reason = "the island macro writes a struct that cannot be documented")]

use leptos::html::Div;
use leptos::prelude::*;

#[cfg(feature = "hydrate")]
mod answer;
#[cfg(any(test, feature = "hydrate"))]
mod reach;
#[cfg(any(test, feature = "hydrate"))]
mod search;
#[cfg(feature = "hydrate")]
mod viewer;

/// The event of the window that says that there is more of the log.
#[cfg(feature = "hydrate")]
pub(crate) const GROWN: &str = "log-grown";

/// Shows all lines of a log, loading what comes into sight; searches on the server; follows the end while lines come, as
/// [`Live`](crate::Live) tells. `#L123` in the address leads to a line and marks it. What it works with is made by
/// [`LogBox`].
#[island]
pub fn LogFollow(
    /// The server function that gives lines: takes `from`, the number of the first, and `count`; answers a `LogWindow`.
    url: String,
    /// The one that searches: takes `q`, answers `LogMatches`.
    find: String,
    /// Whose log it is: both are sent it as `workspace` and `deployment`.
    workspace: String,
    deployment: String,
    /// The line at which it begins to be read; 0 for the last ones.
    from: u64,
    children: Children,
) -> impl IntoView {
    let root = NodeRef::<Div>::new();
    #[cfg(feature = "hydrate")]
    {
        let about = StoredValue::new(Some(viewer::About { url, find, workspace, deployment, from }));
        Effect::new(move |_| {
            let about = about.try_update_value(Option::take).flatten();
            root.get().zip(about).and_then(|(root, about)| viewer::open(&root, about))
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (url, find, workspace, deployment, from);
    view! { <div node_ref=root>{children()}</div> }
}

/// Which log is shown, and how it is read.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone)]
pub struct LogSource {
    /// The server function that gives lines.
    pub url: String,
    /// The one that searches.
    pub find: String,
    /// The workspace's slug.
    pub workspace: String,
    /// The deployment's id.
    pub deployment: String,
    /// The line at which it begins to be read; 0 for the last ones.
    pub from: u64,
    /// What is searched for from the beginning; may be empty.
    pub q: String,
}

/// A log: its children are what there is without a script.
#[cfg(feature = "ssr")]
#[component]
pub fn LogBox(
    /// Where the lines are.
    source: LogSource,
    children: Children,
) -> impl IntoView {
    use crate::icon::{Glyph, Icon};

    let LogSource { url, find, workspace, deployment, from, q } = source;
    let step = |icon: Icon, label: &'static str, part: &'static str| {
        view! {
            <button
                type="button"
                data-log=part
                class="inline-flex w-7 h-7 shrink-0 items-center justify-center rounded-[5px] text-ink-muted hover:bg-hover hover:text-ink max-md:w-9 max-md:h-9"
                aria-label=label
                title=label
            >
                <Glyph icon />
            </button>
        }
    };
    view! {
        <LogFollow url find workspace deployment from>
            <div data-log="box" class="hidden">
                <div class="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">
                    <div class="relative min-w-0 grow">
                        <span class="pointer-events-none absolute top-1.5 left-2.5 text-ink-faint max-md:top-3">
                            <Glyph icon=Icon::Search />
                        </span>
                        <input
                            data-log="field"
                            type="search"
                            value=q
                            aria-label="Search the log"
                            autocomplete="off"
                            spellcheck="false"
                            class="h-7 w-full min-w-0 rounded-[5px] border border-control bg-surface-raised pr-20 pl-8 font-mono text-[12px] text-ink hover:border-ink-muted max-md:h-10 max-md:pl-9 max-md:text-[16px]"
                        />
                        <span
                            data-log="found"
                            class="pointer-events-none absolute top-1.5 right-2.5 text-[12px] leading-4 text-ink-muted max-md:top-3"
                            role="status"
                        ></span>
                    </div>
                    <div class="flex">
                        {step(Icon::ArrowUp, "Previous match", "previous")}
                        {step(Icon::ArrowDown, "Next match", "next")}
                    </div>
                    <label class="flex h-7 items-center gap-2 px-1 text-[12px]">
                        <input data-log="follow" type="checkbox" role="switch" />
                        "Follow"
                    </label>
                    <span data-log="count" class="text-[12px] text-ink-muted"></span>
                </div>
                <div
                    data-log="lines"
                    class="log focus-inset h-[70vh] overflow-auto bg-surface-sunken font-mono text-[12px] leading-5"
                    role="log"
                    aria-label="Log"
                    aria-live="off"
                    tabindex="0"
                >
                    <svg data-log="above" class="block" width="1" height="0" aria-hidden="true"></svg>
                    <svg data-log="below" class="block" width="1" height="0" aria-hidden="true"></svg>
                </div>
            </div>
            <div data-log="made">{children()}</div>
        </LogFollow>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::render;

    #[test]
    fn without_a_script_only_what_the_server_made_is_seen() {
        let source = LogSource {
            url: "/w".to_owned(),
            find: "/f".to_owned(),
            workspace: "acme".to_owned(),
            deployment: "dep_1".to_owned(),
            from: 0,
            q: "\"><b>".to_owned(),
        };
        let html = render(|| view! { <LogBox source>"some lines"</LogBox> });
        assert!(html.contains("<div data-log=\"box\" class=\"hidden\">"), "{html}");
        assert!(html.contains("some lines") && !html.contains("style=") && !html.contains("<b>"), "{html}");
    }
}
