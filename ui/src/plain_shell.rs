//! Pages outside a workspace: a bar on top, or first run with its drawing.

use leptos::prelude::*;

use crate::bell::Bell;
use crate::document::SkipLink;
use crate::icon::{Glyph, Icon, Mark};
use crate::shell::ShellPerson;
use crate::theme::ThemeSwitch;
use crate::tile::{PersonTile, TileSize};
use crate::yard::Yard;

#[component]
fn Home() -> impl IntoView {
    view! {
        <a
            href="/dashboard/workspaces"
            class="flex items-center gap-2 text-[14px] font-semibold tracking-[-0.01em]"
        >
            <Mark />
            "Stackyard"
        </a>
    }
}

#[component]
fn SignOutLink(action: String) -> impl IntoView {
    view! {
        <form method="post" action=action>
            <button
                type="submit"
                class="inline-flex h-8 items-center gap-2 rounded-[5px] px-2 text-ink-muted hover:bg-hover hover:text-ink"
            >
                <Glyph icon=Icon::Logout />
                "Sign out"
            </button>
        </form>
    }
}

/// A page that belongs to no workspace: the bar on top, `children` as the main part.
#[component]
pub fn PlainShell(
    /// The person; none for who is not signed in.
    #[prop(optional_no_strip)]
    person: Option<ShellPerson>,
    /// The main part takes the whole width and sets its own margins.
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> impl IntoView {
    let who = person.map(|person| {
        view! {
            <Bell unread=person.unread />
            <ThemeSwitch
                action=person.set_theme
                current=person.theme.as_str().to_owned()
                back=person.here
            />
            <a href="/account" class="flex items-center gap-2 rounded-full" title=person.email>
                <PersonTile name=person.name picture=person.picture size=TileSize::Px28 />
                <span class="sr-only">"My account"</span>
            </a>
            <SignOutLink action=person.sign_out />
        }
    });
    let main = if wide { "" } else { "mx-auto max-w-[1168px] px-4 pt-8 pb-16 md:px-6" };
    view! {
        <SkipLink />
        <header class="border-b border-line bg-surface-sunken">
            <div class="mx-auto flex h-12 max-w-[1168px] items-center gap-3 px-4 md:px-6">
                <Home />
                <span class="grow"></span>
                {who}
            </div>
        </header>
        <main id="main" class=main tabindex="-1">
            {children()}
        </main>
    }
}

/// First run: what to do on the left, the yard on the right with `aside` over it.
#[component]
pub fn FirstRunShell(
    /// The person; none for who is not signed in.
    #[prop(optional_no_strip)]
    person: Option<ShellPerson>,
    /// What stands in the corner for who is not signed in: the theme switch.
    #[prop(optional, into)]
    corner: ViewFnOnce,
    /// What stands over the drawing: the way that lies ahead.
    #[prop(optional, into)]
    aside: ViewFnOnce,
    /// What stands at the foot.
    #[prop(optional, into)]
    foot: ViewFnOnce,
    children: Children,
) -> impl IntoView {
    let who = match person {
        Some(person) => view! {
            <span class="truncate text-[12px] text-ink-muted">{person.email}</span>
            <form method="post" action=person.sign_out class="shrink-0">
                <button type="submit" class="text-accent whitespace-nowrap underline-offset-[3px] hover:underline text-[12px]">
                    "Sign out"
                </button>
            </form>
        }
        .into_any(),
        None => corner.run(),
    };
    view! {
        <div class="grid min-h-dvh grid-cols-[minmax(0,1fr)] lg:grid-cols-[480px_minmax(0,1fr)]">
            <main id="main" class="flex flex-col px-5 py-5 sm:px-10">
                <div class="flex h-8 items-center gap-2">
                    <Home />
                    <span class="grow"></span>
                    {who}
                </div>
                <div class="my-auto w-full max-w-[400px] py-10">{children()}</div>
                <div class="text-[12px] leading-[18px] text-ink-muted">{foot.run()}</div>
            </main>
            <div class="relative hidden overflow-hidden border-l border-line bg-surface-sunken lg:block">
                <Yard />
                {aside.run()}
            </div>
        </div>
    }
}

/// The heading of a first-run page.
#[component]
pub fn FirstRunTitle(
    /// The page's name, its only `<h1>`.
    #[prop(into)]
    title: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div>
            <h1 class="text-[24px] leading-8 font-semibold tracking-[-0.015em] wrap-words">{title}</h1>
            {children.map(|lead| view! { <p class="mt-1 text-ink-muted wrap-words">{lead()}</p> })}
        </div>
    }
}

/// The title of a page with the bar on top.
#[component]
pub fn PlainTitle(
    /// The page's name, its only `<h1>`.
    #[prop(into)]
    title: String,
    /// A faint word after it.
    #[prop(optional, into)]
    note: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="flex flex-wrap items-center gap-x-4 gap-y-3">
            <h1 class="text-[20px] leading-7 font-semibold tracking-[-0.01em] wrap-words">{title}</h1>
            {note.map(|note| view! { <p class="text-ink-faint">{note}</p> })}
            {children.map(|children| children())}
        </div>
    }
}

/// A step of a way.
#[derive(Debug, Clone)]
pub struct Step {
    /// What to do.
    pub title: &'static str,
    /// What it means.
    pub text: &'static str,
}

/// A way in steps over the drawing, with the one where one is.
#[component]
pub fn Steps(
    /// Where it leads and how long it takes.
    #[prop(into)]
    title: String,
    /// The steps.
    steps: Vec<Step>,
    /// Which step one is at, from 0.
    current: usize,
) -> impl IntoView {
    let last = steps.len().saturating_sub(1);
    let rows = steps
        .into_iter()
        .enumerate()
        .map(|(index, step)| {
            let row = if index == last { "flex gap-3 relative" } else { "flex gap-3 pb-3 relative" };
            let done = index < current;
            let number = if done {
                "relative inline-flex h-6 w-6 shrink-0 items-center justify-center rounded-full border text-[12px] border-ok-line bg-ok-soft text-ok"
            } else if index == current {
                "relative inline-flex h-6 w-6 shrink-0 items-center justify-center rounded-full border text-[12px] border-accent bg-accent-solid text-on-accent"
            } else {
                "relative inline-flex h-6 w-6 shrink-0 items-center justify-center rounded-full border text-[12px] border-line-strong bg-surface text-ink-muted"
            };
            let title =
                if index == current { "block leading-6 font-semibold" } else { "block leading-6 font-medium" };
            let mark = if done {
                view! {
                    <Glyph icon=Icon::Check />
                    <span class="sr-only">"Done: "</span>
                }
                .into_any()
            } else {
                (index + 1).into_any()
            };
            view! {
                <li class=row aria-current=(index == current).then_some("step")>
                    {(index != last)
                        .then(|| {
                            view! {
                                <span
                                    class="absolute top-6 bottom-0 left-[11px] border-l-2 border-dashed border-line-strong"
                                    aria-hidden="true"
                                ></span>
                            }
                        })} <span class=number>{mark}</span> <p class="leading-4">
                        <span class=title>{step.title}</span>
                        <span class="text-[12px] text-ink-muted">{step.text}</span>
                    </p>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <aside
            aria-label="What comes next"
            class="absolute bottom-10 left-10 w-[360px] max-w-[calc(100%-80px)] rounded-[6px] border border-line-strong bg-surface p-5"
        >
            <h2 class="mb-3 text-[12px] text-ink-muted">{title}</h2>
            <ol>{rows}</ol>
        </aside>
    }
}
