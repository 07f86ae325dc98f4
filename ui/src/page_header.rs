//! The head of a page: where one is, what can be done.

use leptos::prelude::*;

/// A page above this one.
#[derive(Debug, Clone)]
pub struct Crumb {
    /// Where it is; a path of this site.
    pub href: String,
    /// What it is called.
    pub label: String,
}

impl Crumb {
    /// A page above this one.
    #[must_use]
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self { href: href.into(), label: label.into() }
    }
}

/// The head of a page in the shell. Its children are the actions, the primary one last.
#[component]
pub fn PageHeader(
    /// The page's name, its only `<h1>`.
    #[prop(into)]
    title: String,
    /// The pages above it, the highest first.
    #[prop(optional)]
    crumbs: Vec<Crumb>,
    /// A faint word after the name: "5 held".
    #[prop(optional, into)]
    note: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let crumbs = crumbs
        .into_iter()
        .map(|crumb| {
            view! {
                <a
                    href=crumb.href
                    class="hover:text-accent hover:underline underline-offset-[3px] text-ink-muted wrap-words"
                >
                    {crumb.label}
                </a>
                <span class="text-ink-faint" aria-hidden="true">
                    "/"
                </span>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <header class="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-2 md:px-6">
            <div class="flex min-w-0 grow flex-wrap items-center gap-x-2 text-[13px]">
                {crumbs}
                <h1 class="min-w-0 text-[15px] leading-6 font-semibold wrap-words">{title}</h1>
                {note.map(|note| view! { <span data-live="note" class="text-ink-faint">{note}</span> })}
            </div>
            {children
                .map(|actions| view! { <div class="flex flex-wrap items-center gap-2">{actions()}</div> })}
        </header>
    }
}

/// The heading of a part of a page, with a link to all of it.
#[component]
pub fn PartHeader(
    /// The id of the heading.
    #[prop(into)]
    id: String,
    /// Its words.
    #[prop(into)]
    title: String,
    /// A faint word after them: how many.
    #[prop(optional, into)]
    note: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="flex h-11 items-center gap-3 px-4 md:px-6">
            <h2 id=id class="grow text-[13px] font-semibold">
                {title}
                {note.map(|note| view! { <span class="ml-1.5 font-normal text-ink-faint">{note}</span> })}
            </h2>
            {children.map(|children| children())}
        </div>
    }
}
