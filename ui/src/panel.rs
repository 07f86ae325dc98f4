//! Panels beside a list, sections of a form page, banners.

use leptos::prelude::*;

use crate::icon::{Glyph, Icon};

/// How wide the panel beside a list is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PanelWidth {
    /// 360 px: something to work in.
    #[default]
    Work,
    /// 320 px: something to read.
    Read,
}

/// A list and a panel: side by side from 1280 px. Holds one [`SplitMain`] and one [`Panel`], in the order in which
/// they are to be read: a panel to work in before the list, one to read after it.
#[component]
pub fn Split(
    /// The panel's width.
    #[prop(optional)]
    width: PanelWidth,
    children: Children,
) -> impl IntoView {
    let class = match width {
        PanelWidth::Work => {
            "flex flex-col xl:grid xl:min-h-[calc(100dvh-49px)] xl:grid-cols-[minmax(0,1fr)_360px]"
        }
        PanelWidth::Read => {
            "flex flex-col xl:grid xl:min-h-[calc(100dvh-49px)] xl:grid-cols-[minmax(0,1fr)_320px]"
        }
    };
    view! { <div class=class>{children()}</div> }
}

/// The list of a [`Split`].
#[component]
pub fn SplitMain(children: Children) -> impl IntoView {
    view! { <div class="min-w-0 xl:[grid-area:1/1]">{children()}</div> }
}

/// The panel of a [`Split`].
#[component]
pub fn Panel(
    /// The id of its heading; links can lead there.
    #[prop(into)]
    id: String,
    /// Its heading.
    #[prop(into)]
    title: String,
    /// Where closing leads; none when it stays.
    #[prop(optional, into)]
    close: Option<String>,
    /// Whether it stands before the list in the document.
    #[prop(optional)]
    before: bool,
    children: Children,
) -> impl IntoView {
    let class = if before {
        "border-line bg-surface-sunken max-xl:border-b xl:[grid-area:1/2] xl:border-l"
    } else {
        "border-line bg-surface-sunken max-xl:border-t xl:[grid-area:1/2] xl:border-l"
    };
    view! {
        <aside class=class aria-labelledby=id>
            <div class="xl:sticky xl:top-0">
                <div class="flex h-12 items-center gap-2 border-b border-line px-4 max-xl:md:px-6">
                    <h2 id=id.clone() class="grow text-[13px] font-semibold">
                        {title}
                    </h2>
                    {close
                        .map(|href| {
                            view! { <crate::button::IconButton icon=Icon::X label="Close" href class="-mr-2" /> }
                        })}
                </div>
                {children()}
            </div>
        </aside>
    }
}

/// One section of a page of settings: its heading and lead on the left, what can be done on the right.
#[component]
pub fn Section(
    /// Its id; links can lead there.
    #[prop(into)]
    id: String,
    /// Its heading.
    #[prop(into)]
    title: String,
    /// One sentence under the heading.
    #[prop(optional, into)]
    lead: Option<String>,
    /// What takes away: the heading in the colour of danger.
    #[prop(optional)]
    danger: bool,
    /// On the account page, which has its own margins.
    #[prop(optional)]
    narrow: bool,
    children: Children,
) -> impl IntoView {
    let title_id = format!("{id}-t");
    let (outer, grid) = if narrow {
        (
            "border-b border-line py-7 last:border-b-0",
            "grid grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-4 xl:grid-cols-[200px_minmax(0,1fr)]",
        )
    } else {
        (
            "border-b border-line px-4 py-7 last:border-b-0 md:px-8",
            "grid grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-4 xl:grid-cols-[224px_minmax(0,720px)]",
        )
    };
    let heading = if danger {
        "text-[14px] leading-5 font-semibold text-danger"
    } else {
        "text-[14px] leading-5 font-semibold"
    };
    view! {
        <section id=id class=outer aria-labelledby=title_id>
            <div class=grid>
                <div>
                    <h2 id=title_id.clone() class=heading>
                        {title}
                    </h2>
                    {lead.map(|lead| view! { <p class="mt-1 text-[12px] leading-[18px] text-ink-muted">{lead}</p> })}
                </div>
                <div class="min-w-0">{children()}</div>
            </div>
        </section>
    }
}

/// What a banner is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BannerTone {
    /// Somebody should look.
    #[default]
    Warn,
    /// It did not work.
    Danger,
    /// It was done.
    Ok,
    /// An offer.
    Accent,
}

/// A line across the page: what happened, then what to do. Read out when the page opens on it.
#[component]
pub fn Banner(
    /// What it is about.
    #[prop(optional)]
    tone: BannerTone,
    /// Further classes, margins among them.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    let (base, glyph, icon, role) = match tone {
        BannerTone::Warn => (
            "flex items-start gap-3 rounded-[6px] border border-warn-line bg-warn-soft px-3 py-2",
            "mt-0.5 text-warn",
            Icon::Warn,
            "status",
        ),
        BannerTone::Danger => (
            "flex items-start gap-3 rounded-[6px] border border-danger-line bg-danger-soft px-3 py-2",
            "mt-0.5 text-danger",
            Icon::SigError,
            "alert",
        ),
        BannerTone::Ok => (
            "flex items-start gap-3 rounded-[6px] border border-ok-line bg-ok-soft px-3 py-2",
            "mt-0.5 text-ok",
            Icon::Check,
            "status",
        ),
        BannerTone::Accent => (
            "flex items-start gap-3 rounded-[6px] border border-accent-line bg-accent-soft px-3 py-2",
            "mt-0.5 text-accent",
            Icon::Info,
            "status",
        ),
    };
    view! {
        <div class=crate::field::join(base, class) role=role>
            <span class=glyph>
                <Glyph icon />
            </span>
            <div class="min-w-0 grow wrap-words">{children()}</div>
        </div>
    }
}

/// A sunken strip under the page header: figures and facts in one line.
#[component]
pub fn Strip(children: Children) -> impl IntoView {
    view! {
        <div class="flex flex-wrap items-center gap-x-6 gap-y-1 border-b border-line bg-surface-sunken px-4 py-2.5 text-[12px] text-ink-muted md:px-6">
            {children()}
        </div>
    }
}
