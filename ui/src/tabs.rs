//! Tabs, segments, the navigation of a settings page. All are links.

use leptos::prelude::*;

/// The tabs of a page, under its header.
#[component]
pub fn Tabs(
    /// Of what, for readers.
    #[prop(into)]
    label: String,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="border-b border-line px-4 md:px-6">
            <nav class="-mb-px flex gap-5 overflow-x-auto text-[13px]" aria-label=label>
                {children()}
            </nav>
        </div>
    }
}

/// One tab.
#[component]
pub fn Tab(
    /// Where it leads; a path of this site.
    #[prop(into)]
    href: String,
    /// Its words.
    #[prop(into)]
    label: String,
    /// Whether it is the one that is shown.
    #[prop(optional)]
    current: bool,
    /// How many things are behind it.
    #[prop(optional, into)]
    count: Option<i64>,
) -> impl IntoView {
    let class = if current {
        "focus-inset flex h-10 items-center gap-1.5 border-b-2 whitespace-nowrap border-accent font-medium text-ink"
    } else {
        "focus-inset flex h-10 items-center gap-1.5 border-b-2 whitespace-nowrap border-transparent text-ink-muted hover:text-ink"
    };
    view! {
        <a href=href class=class aria-current=current.then_some("page")>
            {label}
            {count
                .map(|count| {
                    view! { <span class="text-[12px] font-normal text-ink-faint">{crate::number::thousands(count)}</span> }
                })}
        </a>
    }
}

/// One of the choices of [`Segments`].
#[derive(Debug, Clone)]
pub struct Segment {
    /// Where it leads; a path of this site.
    pub href: String,
    /// Its word.
    pub label: String,
    /// How many things it would show.
    pub count: Option<i64>,
    /// Whether it is chosen.
    pub current: bool,
}

/// Choices side by side that narrow a list.
#[component]
pub fn Segments(
    /// What is chosen, for readers.
    #[prop(into)]
    label: String,
    /// The choices.
    segments: Vec<Segment>,
) -> impl IntoView {
    let last = segments.len().saturating_sub(1);
    let links = segments
        .into_iter()
        .enumerate()
        .map(|(index, segment)| {
            let mut class =
                String::from("inline-flex h-7 items-center gap-1.5 px-2.5 text-[12px] whitespace-nowrap max-md:h-9");
            class.push_str(if segment.current {
                " bg-hover font-medium text-ink"
            } else {
                " text-ink-muted hover:text-ink"
            });
            class.push_str(if index == 0 { " rounded-l-[4px]" } else { " border-l border-line" });
            if index == last {
                class.push_str(" rounded-r-[4px]");
            }
            view! {
                <a href=segment.href class=class aria-current=segment.current.then_some("true")>
                    {segment.label}
                    {segment
                        .count
                        .map(|count| view! { <span class="text-ink-faint">{crate::number::thousands(count)}</span> })}
                </a>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <div class="max-w-full overflow-x-auto">
            <div class="inline-flex rounded-[5px] border border-line-strong" role="group" aria-label=label>
                {links}
            </div>
        </div>
    }
}

/// A page of sections with its navigation on the left.
#[component]
pub fn SideNav(
    /// Of what, for readers.
    #[prop(into)]
    label: String,
    /// The links: where to, and the words. The first is where one is.
    links: Vec<(String, String)>,
    children: Children,
) -> impl IntoView {
    let links = links
        .into_iter()
        .enumerate()
        .map(|(index, (href, label))| {
            let class = if index == 0 {
                "focus-inset flex h-8 shrink-0 items-center rounded-[5px] px-3 bg-hover font-medium text-ink"
            } else {
                "focus-inset flex h-8 shrink-0 items-center rounded-[5px] px-3 text-ink-muted hover:bg-hover hover:text-ink"
            };
            view! {
                <a href=href class=class aria-current=(index == 0).then_some("page")>
                    {label}
                </a>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <div class="lg:grid lg:min-h-[calc(100dvh-49px)] lg:grid-cols-[184px_minmax(0,1fr)]">
            <nav
                class="flex gap-1 overflow-x-auto border-line p-2 max-lg:border-b lg:flex-col lg:gap-px lg:border-r lg:p-3"
                aria-label=label
            >
                {links}
            </nav>
            <div class="min-w-0">{children()}</div>
        </div>
    }
}
