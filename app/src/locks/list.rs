//! Locks held, and those that ended during the last hour.

use leptos::prelude::*;
use stackyard_domain::{Error, locks as service, repositories};
use stackyard_model::Action;
use stackyard_model::id::LockId;
use stackyard_model::lock::Lock;
use stackyard_ui::{
    Column, Empty, LinkButton, PageHeader, PanelWidth, SearchForm, SearchInput, Split, SplitMain, SubmitButton,
    Table, thousands,
};
use stackyard_ui::{ButtonKind, ButtonSize};

use super::force::ForceForm;
use super::history::History;
use super::row::{LockRow, RowContext};
use super::take::TakeMenu;
use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::visit::Visit;

/// `…/locks`; `history={lock}` shows the history of its key beside, `force={lock}` the form that ends it.
///
/// # Errors
/// As [`Visit::workspace`], and for a role that may not see locks.
pub async fn list(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    let here = &inside.here;
    let q = visit.query("q");
    let locks = service::list(&visit.ctx, here, &q).await?;
    let chosen = |name: &str| -> Result<Option<LockId>, Error> {
        if visit.has(name) { visit.query(name).parse().map(Some).map_err(|_| Error::NotFound) } else { Ok(None) }
    };
    let history = match chosen("history")? {
        Some(id) => Some((id.clone(), service::history(&visit.ctx, here, &id).await?)),
        None => None,
    };
    let force = if here.may(Action::ForceRelease) { chosen("force")? } else { None };
    let may_use = here.may(Action::UseLocks);
    let repositories =
        if may_use { repositories::list(&visit.ctx, here, "").await? } else { Vec::new() };
    let row = RowContext {
        workspace: inside.workspace().clone(),
        me: visit.account()?.id.to_string(),
        may_use,
        may_force: here.may(Action::ForceRelease),
        back: visit.here(),
        shown: history.as_ref().map(|(id, _)| id.clone()),
        force: force.clone(),
    };
    let take = visit.form("locks/take");
    let forced = force.map(|id| (visit.form_of("locks/force-release", "lock", id.as_str()), id));
    Ok(Page::of_workspace(&inside, Nav::Locks, "Locks", move || {
        let workspace = row.workspace.clone();
        let path = paths::locks(&workspace);
        let held = i64::try_from(locks.held.len()).unwrap_or(i64::MAX);
        let nothing = locks.held.is_empty() && locks.ended.is_empty();
        let searched = !q.is_empty();
        let force = forced.and_then(|(state, id)| {
            let lock = locks.held.iter().find(|lock| lock.id == id)?.clone();
            Some(view! { <ForceForm lock state row=row.clone() /> })
        });
        let (all, back) = (path.clone(), path.clone());
        let take = may_use.then(|| {
            view! { <TakeMenu state=take repositories workspace=workspace.clone() back /> }
        });
        let lists = if nothing && searched {
            view! {
                <Empty title="No lock matches" text="No key, holder or message has that in it. Search for something shorter.">
                    <LinkButton href=all size=ButtonSize::Small>
                        "Show all"
                    </LinkButton>
                </Empty>
            }
            .into_any()
        } else if nothing {
            view! {
                <Empty
                    title="Nothing is locked"
                    text="Workflows that may create locks take them by themselves before an apply. Take one by hand to keep everybody off an instance for a while."
                />
            }
            .into_any()
        } else {
            view! {
                <HeldLocks locks=locks.held row=row.clone() />
                {force}
                <EndedLocks locks=locks.ended row=row.clone() />
                <p class="px-4 py-3 text-[12px] leading-[18px] text-ink-faint md:px-6">
                    "A lock ends by itself, by this server’s clock. It keeps workflows that ask for it away; it stops nothing that does not ask."
                </p>
            }
            .into_any()
        };
        let main = view! { <SplitMain>{lists}</SplitMain> };
        view! {
            <PageHeader title="Locks" note=format!("{} held", thousands(held))>
                {take}
            </PageHeader>
            <div class="flex flex-wrap items-center gap-3 border-b border-line px-4 py-2.5 md:px-6">
                <SearchForm action=path.clone() class="flex gap-2 max-md:w-full">
                    <SearchInput
                        name="q"
                        label="Search locks"
                        value=q
                        placeholder="Key, holder or message"
                        small=true
                        class="relative w-56 max-md:w-full"
                    />
                    <SubmitButton kind=ButtonKind::Plain size=ButtonSize::Small>
                        "Search"
                    </SubmitButton>
                </SearchForm>
            </div>
            {match history {
                Some((_, grants)) => {
                    view! {
                        <Split width=PanelWidth::Read>
                            {main} <History grants close=path />
                        </Split>
                    }
                        .into_any()
                }
                None => main.into_any(),
            }}
        }
    }))
}

fn columns(holder: &str, time: &str) -> Vec<Column> {
    vec![
        Column::new("Key and message", ""),
        Column::new(holder, "md:max-2xl:w-[184px] 2xl:w-[236px]"),
        Column::new("Since", "max-2xl:hidden md:w-[112px]"),
        Column::new(time, "md:max-2xl:w-[116px] 2xl:w-[128px]"),
        Column::new("Fence", "text-right max-2xl:hidden 2xl:w-[72px]")
            .meaning("Fencing number: every grant of a key gets the next one"),
        Column::silent("Actions", "md:w-[108px]"),
    ]
}

#[component]
fn HeldLocks(locks: Vec<Lock>, row: RowContext) -> impl IntoView {
    if locks.is_empty() {
        return view! {
            <p class="border-b border-line px-4 py-4 text-ink-muted md:px-6">"Nothing is locked now."</p>
        }
        .into_any();
    }
    let rows =
        locks.into_iter().map(|lock| view! { <LockRow lock row=row.clone() /> }).collect::<Vec<_>>();
    view! {
        <h2 class="sr-only">"Held"</h2>
        <Table label="Locks held, soonest to run out first" columns=columns("Held by", "Left")>
            {rows}
        </Table>
    }
    .into_any()
}

#[component]
fn EndedLocks(locks: Vec<Lock>, row: RowContext) -> impl IntoView {
    if locks.is_empty() {
        return ().into_any();
    }
    let count = i64::try_from(locks.len()).unwrap_or(i64::MAX);
    let rows =
        locks.into_iter().map(|lock| view! { <LockRow lock row=row.clone() /> }).collect::<Vec<_>>();
    view! {
        <div class="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 border-y border-line bg-surface-sunken px-4 py-2 md:px-6">
            <h2 class="text-[13px] font-semibold">
                "Ended " <span class="font-normal text-ink-faint">{thousands(count)}</span>
            </h2>
            <p class="text-[12px] text-ink-muted">"in the last hour"</p>
        </div>
        <Table label="Locks ended in the last hour" columns=columns("Was held by", "Ended")>
            {rows}
        </Table>
    }
    .into_any()
}
