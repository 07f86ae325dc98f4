//! One lock as a row of a table, held or ended.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::access::Standings;
use stackyard_model::Action;
use stackyard_model::id::LockId;
use stackyard_model::lock::{HolderType, Lock, LockEnd, LockEnded};
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    ButtonKind, ButtonSize, Cell, Code, Countdown, CoverLink, ExtLink, Form, Glyph, Hidden, Icon, LinkButton,
    MachineTile, Menu, MenuItem, Now, PersonTile, RelativeTime, Row, RowMark, RowTone, State, SubmitButton,
};

use crate::locks::forms::ReleaseLock;
use crate::paths;

/// What every row of the page needs to know.
#[derive(Debug, Clone)]
pub(super) struct RowContext {
    /// Where.
    pub(super) workspace: Workspace,
    /// Who looks, as a holder's id.
    pub(super) me: String,
    /// What they may do with locks of which repository.
    pub(super) standings: Standings,
    /// This page.
    pub(super) back: String,
    /// The lock whose key's history stands beside.
    pub(super) shown: Option<LockId>,
    /// The lock that is about to be ended.
    pub(super) force: Option<LockId>,
}

/// The owner and repository of a key, with its slash, and the rest.
pub(crate) fn split_key(key: &str) -> (String, String) {
    let place = key.match_indices('/').nth(1).map_or(0, |(at, _)| at + 1);
    let (repository, rest) = key.split_at_checked(place).unwrap_or(("", key));
    (repository.to_owned(), rest.to_owned())
}

#[component]
pub(super) fn LockRow(lock: Lock, row: RowContext) -> impl IntoView {
    let (repository, rest) = split_key(&lock.key);
    let shown = row.shown.as_ref() == Some(&lock.id);
    let forcing = row.force.as_ref() == Some(&lock.id);
    let tone = if shown {
        RowTone::Selected
    } else if forcing {
        RowTone::Open
    } else {
        RowTone::Linked
    };
    let history = paths::lock_history(&row.workspace, &lock.id);
    let second = second_line(&lock).map(|line| {
        view! {
            <span class="block truncate text-[12px] leading-4 text-ink-muted" title=line>
                {line.clone()}
            </span>
        }
    });
    let time = match &lock.ended {
        Some(ended) => view! { <Ended ended=ended.clone() /> }.into_any(),
        None => {
            let now = Now::here();
            let seconds = |duration: std::time::Duration| u32::try_from(duration.as_secs()).unwrap_or(u32::MAX);
            let left = seconds(lock.expires_at.since(now.at));
            let total = seconds(lock.expires_at.since(lock.created_at));
            let until = format!("until {}", now.exact(lock.expires_at));
            view! { <Countdown left total until /> }.into_any()
        }
    };
    let fence = format!(", fencing number {}", lock.fence);
    let (since, number, title) = (lock.created_at, lock.fence, lock.key.clone());
    let holder = view! { <Holder lock=lock.clone() /> };
    let actions = view! { <Actions lock row history=history.clone() /> };
    view! {
        <Row tone wide=true>
            <Cell class="max-md:[grid-column:1/3] max-md:row-start-1">
                {shown.then(|| view! { <RowMark /> })}
                <CoverLink
                    href=history
                    current=shown
                    title=title
                    class="cover block font-mono text-[12px] leading-5"
                >
                    <span class="text-ink-muted max-2xl:block max-2xl:text-[11px] max-2xl:leading-4 wrap-words">
                        {repository}
                    </span>
                    <Code text=rest class="wrap-words font-medium max-2xl:block max-2xl:leading-4" />
                </CoverLink>
                {second}
            </Cell>
            <Cell class="max-md:col-start-1 max-md:row-start-2 max-md:mt-1">
                {holder}
                <span class="sr-only 2xl:hidden">{fence}</span>
            </Cell>
            <Cell class="max-2xl:hidden">
                <RelativeTime at=since />
            </Cell>
            <Cell class="max-md:[grid-column:2/4] max-md:row-start-2 max-md:mt-1">{time}</Cell>
            <Cell class="text-right max-2xl:hidden">
                <span class="font-mono text-[12px] text-ink-muted">{number}</span>
            </Cell>
            <Cell class="text-right max-md:[grid-column:3] max-md:row-start-1">
                {actions}
            </Cell>
        </Row>
    }
}

/// Under the key: why a lock was ended, else what its holder said.
fn second_line(lock: &Lock) -> Option<String> {
    let why = lock.ended.as_ref().and_then(|ended| {
        let reason = ended.reason.as_ref()?;
        Some(match &ended.by {
            Some(by) => format!("by {by}: “{reason}”"),
            None => format!("“{reason}”"),
        })
    });
    why.or_else(|| (!lock.message.is_empty()).then(|| format!("“{}”", lock.message)))
}

#[component]
fn Holder(lock: Lock) -> impl IntoView {
    let Lock { holder_type, holder_id, holder_name, workflow, run_url, .. } = lock;
    let tile = match holder_type {
        HolderType::User => view! { <PersonTile name=holder_name.clone() person=holder_id /> }.into_any(),
        HolderType::Run => view! { <MachineTile /> }.into_any(),
        HolderType::Token => view! { <MachineTile icon=Icon::Key /> }.into_any(),
    };
    let name = match run_url {
        Some(href) => view! {
            <ExtLink href class="relative z-10 inline-flex min-h-6 items-center">
                {holder_name}
            </ExtLink>
        }
        .into_any(),
        None => holder_name.into_any(),
    };
    view! {
        <span class="flex min-w-0 items-center gap-2 max-md:text-[12px]">
            {tile}
            <span class="min-w-0 truncate">
                {name}
                {workflow
                    .map(|workflow| {
                        view! {
                            <span class="block truncate font-mono text-[11px] leading-4 text-ink-muted max-2xl:hidden">
                                {workflow}
                            </span>
                        }
                    })}
            </span>
        </span>
    }
    .into_any()
}

#[component]
fn Ended(ended: LockEnded) -> impl IntoView {
    let state = match ended.how {
        LockEnd::Released => State::Released,
        LockEnd::Expired => State::Expired,
        LockEnd::Forced => State::Forced,
    };
    let title = ended.by.map(|by| format!("by {by}"));
    view! {
        <span
            class="flex items-center gap-2 whitespace-nowrap text-ink-muted max-md:justify-end max-md:text-[12px]"
            title=title
        >
            <Glyph icon=state.icon() class=state.class() />
            {state.word()}
        </span>
        <RelativeTime
            at=ended.at
            class="block text-[12px] leading-4 text-ink-faint pl-6 max-md:text-right"
        />
    }
    .into_any()
}

#[component]
fn Actions(lock: Lock, row: RowContext, history: String) -> impl IntoView {
    let row_is_open = row.force.as_ref() == Some(&lock.id);
    let RowContext { workspace, me, standings, back, .. } = row;
    let standing = standings.on(&lock.repository_id);
    let may_use = standing.may(Action::UseLocks);
    let may_force = standing.may(Action::ForceRelease);
    let held = lock.ended.is_none();
    let mine = lock.holder_type == HolderType::User && lock.holder_id == me;
    let events = paths::with_params(&paths::activity(&workspace), &[("category", "lock"), ("q", &lock.key)]);
    let force_path = paths::force_release(&workspace, &lock.id);
    let label = format!("Actions for the lock of {}", lock.key);
    if held && row_is_open {
        return view! {
            <LinkButton href=paths::locks(&workspace) size=ButtonSize::Small class="relative z-10">
                "Close"
            </LinkButton>
        }
        .into_any();
    }
    if held && mine && may_use {
        let label = format!("Release {}", lock.key);
        return view! {
            <Form action=ReleaseLock::url() back class="relative z-10">
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="lock" value=lock.id.to_string() />
                <SubmitButton kind=ButtonKind::Plain size=ButtonSize::Small label>
                    "Release"
                </SubmitButton>
            </Form>
        }
        .into_any();
    }
    let mut items = vec![
        MenuItem::link(history, Icon::Clock, "History of this key"),
        MenuItem::link(events, Icon::Activity, "Events"),
    ];
    if held && !mine && may_force {
        items.extend([MenuItem::Line, MenuItem::danger(force_path, Icon::Warn, "Force-release…")]);
    }
    view! { <Menu label items /> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_begins_with_its_repository() {
        assert_eq!(split_key("acme/infra/dev/vpc"), ("acme/infra/".to_owned(), "dev/vpc".to_owned()));
        assert_eq!(split_key("acme/infra"), (String::new(), "acme/infra".to_owned()));
        assert_eq!(split_key(""), (String::new(), String::new()));
    }
}
