//! The shell of a workspace's pages: sidebar from 1024 px, a folded bar below.

use leptos::prelude::*;
use stackyard_model::account::Theme;

use crate::bell::{Bell, unread_words};
use crate::document::SkipLink;
use crate::icon::{Glyph, Icon};
use crate::palette::{PaletteDialog, PaletteLink};
use crate::theme::ThemeSwitch;
use crate::tile::{PersonTile, TileSize, WorkspaceTile};

mod links;

use links::{NavLinks, SwitcherLinks};

/// A page of the workspace.
#[derive(Debug, Clone)]
pub struct NavEntry {
    /// Where it is.
    pub href: String,
    /// What it is called.
    pub label: &'static str,
    /// Its symbol.
    pub icon: Icon,
    /// Whether it is this page or one above it.
    pub current: bool,
    /// A number or word after it: "5".
    pub count: Option<String>,
    /// Whether that word warns.
    pub warn: bool,
}

/// A workspace that can be switched to.
#[derive(Debug, Clone)]
pub struct SwitcherEntry {
    /// Its overview.
    pub href: String,
    /// Its name.
    pub name: String,
    /// The address of its logo.
    pub logo: Option<String>,
    /// What the person is there.
    pub role: &'static str,
    /// Whether it is the one that is shown.
    pub current: bool,
}

/// The person who is signed in, and where what they may do with that goes.
#[derive(Debug, Clone)]
pub struct ShellPerson {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The address of their picture, when they have one.
    pub picture: Option<String>,
    /// Notices that they have not read.
    pub unread: i32,
    /// The theme that they chose.
    pub theme: Theme,
    /// The server function that signs out.
    pub sign_out: String,
    /// The server function that sets the theme.
    pub set_theme: String,
    /// The path of this page, to come back to.
    pub here: String,
}

/// How the command palette is asked.
#[derive(Debug, Clone)]
pub struct Way {
    /// The server function that answers it.
    pub url: String,
    /// The page that does the same without a script.
    pub page: String,
    /// Which workspace is asked about.
    pub workspace: String,
}

/// All that the shell shows.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The workspace's name.
    pub workspace: String,
    /// The address of its logo.
    pub logo: Option<String>,
    /// The person's workspaces, this one among them.
    pub switcher: Vec<SwitcherEntry>,
    /// The command palette.
    pub jump: Way,
    /// The workspace's pages, in order.
    pub nav: Vec<NavEntry>,
    /// Its settings, bottom left, for those who may see them.
    pub settings: Option<NavEntry>,
    /// Whether the person may create workspaces.
    pub may_create: bool,
    /// The person.
    pub person: ShellPerson,
}

/// A page of a workspace. With `dialog`, that stands over the page and the page cannot be reached.
#[component]
pub fn Shell(
    /// What the shell shows.
    frame: Frame,
    /// An open [`Dialog`](crate::Dialog).
    #[prop(optional_no_strip)]
    dialog: Option<ViewFnOnce>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="lg:grid lg:min-h-dvh lg:grid-cols-[224px_minmax(0,1fr)]" inert=dialog.is_some()>
            <SkipLink />
            <Sidebar frame=frame.clone() />
            <TopBar frame />
            <main id="main" class="min-w-0" tabindex="-1">
                {children()}
            </main>
        </div>
        {dialog.map(ViewFnOnce::run)}
        <PaletteDialog />
    }
}

#[component]
fn Sidebar(frame: Frame) -> impl IntoView {
    let Frame { workspace, logo, switcher, jump, nav, settings, may_create, person } = frame;
    view! {
        <aside
            aria-label="Sidebar"
            class="sticky top-0 hidden h-dvh flex-col border-r border-line bg-surface-sunken lg:flex"
        >
            <details name="shell" class="relative border-b border-line">
                <summary class="focus-inset flex h-12 items-center gap-2.5 px-4 hover:bg-hover">
                    <WorkspaceTile name=workspace.clone() logo=logo size=TileSize::Px24 />
                    <span class="grow truncate font-semibold" title=workspace>
                        {workspace.clone()}
                    </span>
                    <Glyph icon=Icon::Updown class="w-4 h-4 text-ink-faint" />
                    <span class="sr-only">", switch workspace"</span>
                </summary>
                <div class="relative mx-2">
                    <div class="absolute top-full right-0 left-0 z-30 mt-1 max-h-[70vh] overflow-y-auto rounded-[6px] bg-surface-raised p-1 shadow-[var(--shadow-menu)]">
                        <SwitcherLinks entries=switcher />
                        <div class="my-1 border-t border-line"></div>
                        <QuietLink href="/dashboard/workspaces" icon=Icon::Stacks label="All workspaces" />
                        {may_create
                            .then(|| view! { <QuietLink href="/start" icon=Icon::Plus label="Create Workspace" /> })}
                    </div>
                </div>
            </details>
            <div class="p-2 pb-0">
                <PaletteLink way=jump />
            </div>
            <nav class="flex grow flex-col gap-px overflow-y-auto p-2" aria-label="Workspace">
                <NavLinks entries=nav />
            </nav>
            <div class="flex flex-col gap-px border-t border-line p-2">
                <NavLinks entries=settings.into_iter().collect() />
                <PersonRow person />
            </div>
        </aside>
    }
}

#[component]
fn TopBar(frame: Frame) -> impl IntoView {
    let Frame { workspace, logo, jump, nav, settings, person, .. } = frame;
    let more = |href: &str, label: &'static str, icon: Icon| NavEntry {
        href: href.to_owned(),
        label,
        icon,
        current: false,
        count: None,
        warn: false,
    };
    let unread = unread_words(person.unread);
    let notices = NavEntry { count: unread.clone(), ..more("/notices", "Notices", Icon::Bell) };
    let after = settings.into_iter().chain([
        notices,
        more("/dashboard/workspaces", "All workspaces", Icon::Stacks),
        more("/account", "My account", Icon::User),
    ]);
    view! {
        <div class="sticky top-0 z-20 border-b border-line bg-surface-sunken lg:hidden">
            <details name="shell" class="group">
                <summary class="focus-inset flex h-12 items-center gap-2.5 px-4">
                    <WorkspaceTile name=workspace.clone() logo=logo size=TileSize::Px24 />
                    <span class="min-w-0 grow truncate font-semibold" title=workspace>
                        {workspace.clone()}
                    </span>
                    {unread
                        .map(|unread| {
                            view! {
                                <span class="relative inline-flex h-8 w-8 shrink-0 items-center justify-center text-ink-muted">
                                    <Glyph icon=Icon::Bell />
                                    <span class="absolute top-0 right-0 h-4 min-w-4 rounded-full bg-accent-solid px-1 text-center text-[10px] leading-4 font-medium text-on-accent">
                                        {unread}
                                        <span class="sr-only">" unread notices"</span>
                                    </span>
                                </span>
                            }
                        })}
                    <span class="inline-flex h-8 w-8 items-center justify-center rounded-[5px] text-ink-muted">
                        <Glyph icon=Icon::Menu />
                    </span>
                    <span class="sr-only">"Menu"</span>
                </summary>
                <nav
                    class="flex flex-col gap-px border-t border-line p-2 pl-4"
                    aria-label="Workspace, small screen"
                >
                    <div class="mb-2">
                        <PaletteLink way=jump />
                    </div>
                    <NavLinks entries=nav />
                    <div class="my-1 border-t border-line"></div>
                    <NavLinks entries=after.collect() />
                </nav>
                <div class="flex items-center gap-2 border-t border-line p-2 pl-4">
                    <form method="post" action=person.sign_out class="grow">
                        <SignOutButton />
                    </form>
                    <ThemeSwitch
                        action=person.set_theme
                        current=person.theme.as_str().to_owned()
                        back=person.here
                    />
                </div>
            </details>
        </div>
    }
}

#[component]
fn QuietLink(href: &'static str, icon: Icon, label: &'static str) -> impl IntoView {
    view! {
        <a
            href=href
            class="flex h-8 items-center gap-2 rounded-[4px] px-2 text-ink-muted hover:bg-hover hover:text-ink"
        >
            <Glyph icon />
            {label}
        </a>
    }
}

#[component]
fn PersonRow(person: ShellPerson) -> impl IntoView {
    view! {
        <div class="flex items-center gap-1">
            <details name="shell" class="relative min-w-0 grow">
                <summary class="focus-inset flex h-8 items-center gap-2.5 rounded-[5px] px-2 text-ink-muted hover:bg-hover hover:text-ink">
                    <PersonTile name=person.name.clone() picture=person.picture />
                    <span class="min-w-0 truncate">{person.name}</span>
                    <span class="sr-only">", your menu"</span>
                </summary>
                <div class="absolute bottom-full left-0 z-30 mb-1 w-52 rounded-[6px] bg-surface-raised p-1 shadow-[var(--shadow-menu)]">
                    <p class="truncate px-2 py-1 text-[11px] leading-4 text-ink-faint">{person.email}</p>
                    <QuietLink href="/account" icon=Icon::User label="My account" />
                    <div class="my-1 border-t border-line"></div>
                    <form method="post" action=person.sign_out>
                        <SignOutButton />
                    </form>
                </div>
            </details>
            <Bell unread=person.unread />
            <ThemeSwitch action=person.set_theme current=person.theme.as_str().to_owned() back=person.here />
        </div>
    }
}

#[component]
pub(crate) fn SignOutButton() -> impl IntoView {
    view! {
        <button
            type="submit"
            class="flex h-8 w-full items-center gap-2 rounded-[4px] px-2 text-left text-ink-muted hover:bg-hover hover:text-ink max-lg:h-10"
        >
            <Glyph icon=Icon::Logout />
            "Sign out"
        </button>
    }
}
