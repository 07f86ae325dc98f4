//! Locks held, and those that ended during the last hour.

use leptos::prelude::*;
use stackyard_domain::locks::{self as service, Holders, LockFilter};
use stackyard_domain::{Error, access, repositories};
use stackyard_model::Action;
use stackyard_model::id::LockId;
use stackyard_model::lock::Lock;
use stackyard_ui::{
    Column, Empty, Hidden, LinkButton, Live, PageHeader, Pager, PanelWidth, SearchForm, SearchInput, Segment,
    Segments, Select, Split, SplitMain, SubmitButton, Table, thousands, written,
};
use stackyard_ui::{ButtonKind, ButtonSize};

use super::force::ForceForm;
use super::history::History;
use super::row::{LockRow, RowContext};
use super::take::TakeMenu;
use crate::forms::FormState;
use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::repositories::any_or;
use crate::visit::Visit;

/// Held locks of a page.
const LIMIT: u32 = 50;

/// The holders that the list can be narrowed to, as the address and as people know them.
const HOLDERS: &[(Holders, &str, &str)] = &[
    (Holders::All, "", "All"),
    (Holders::Machines, "runs", "Runs"),
    (Holders::People, "people", "People"),
    (Holders::Mine, "mine", "Mine"),
];

/// `…/locks?q=&holder=&repository=&after=`; `take` opens the form that takes one, `history={lock}` shows the history of its key beside, `force={lock}` the form that ends it.
///
/// # Errors
/// As [`Visit::workspace`], and for a role that may not see locks.
pub async fn list(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    let here = &inside.here;
    let wanted = visit.query("holder");
    let (holders, holder, _) =
        *HOLDERS.iter().find(|(_, word, _)| *word == wanted).unwrap_or(&(Holders::All, "", ""));
    let filter = LockFilter {
        q: visit.query("q"),
        holders,
        repository: visit.query("repository").parse().ok(),
    };
    let after = visit.query("after");
    let locks = service::page(&visit.ctx, here, &filter, &after, LIMIT).await?;
    let faces = visit.faces(locks.held.iter().map(|lock| lock.holder_id.as_str())).await?;
    let chosen = |name: &str| -> Result<Option<LockId>, Error> {
        if visit.has(name) { visit.query(name).parse().map(Some).map_err(|_| Error::NotFound) } else { Ok(None) }
    };
    let history = match chosen("history")? {
        Some(id) => Some((id.clone(), service::history(&visit.ctx, here, &id).await?)),
        None => None,
    };
    let standings = access::standings(&visit.ctx, here).await?;
    let force = match chosen("force")? {
        Some(id) => {
            let lock = service::get(&visit.ctx, here, &id).await?;
            Some(id).filter(|_| standings.on(&lock.repository_id).may(Action::ForceRelease))
        }
        None => None,
    };
    let repositories = repositories::names(&visit.ctx, here).await?;
    let lockable: Vec<_> = repositories
        .iter()
        .filter(|repository| standings.on(&repository.id).may(Action::UseLocks))
        .cloned()
        .collect();
    let may_use = !lockable.is_empty() || (repositories.is_empty() && here.may(Action::UseLocks));
    let row = RowContext {
        workspace: inside.workspace().clone(),
        me: visit.account()?.id.to_string(),
        standings,
        back: visit.here(),
        shown: history.as_ref().map(|(id, _)| id.clone()),
        force: force.clone(),
    };
    let take = visit.form("locks/take");
    let open = visit.has("take");
    let forced = match force {
        // It need not be on this page of the list.
        Some(id) => {
            let lock = service::get(&visit.ctx, here, &id).await?;
            Some((visit.form_of("locks/force-release", "lock", id.as_str()), lock))
        }
        None => None,
    };
    Ok(Page::of_workspace(&inside, Nav::Locks, "Locks", move || {
        provide_context(faces);
        let workspace = row.workspace.clone();
        let path = paths::locks(&workspace);
        let counts = locks.counts;
        let held = counts.of(holders);
        let nothing = locks.held.is_empty() && locks.ended.is_empty();
        let LockFilter { q, repository, .. } = filter;
        let repository = repository.map(|id| id.to_string()).unwrap_or_default();
        let at = |holder: &str, after: &str| {
            paths::with_params(
                &path,
                &[("q", &q), ("holder", holder), ("repository", &repository), ("after", after)],
            )
        };
        let narrowed = at(holder, "") != path;
        // What is written into the form must not be taken away.
        let live = forced.is_none().then_some("locks");
        let force = forced.filter(|(_, lock)| lock.ended.is_none());
        let first = (!after.is_empty()).then(|| at(holder, ""));
        let later = locks.next_cursor.as_deref().map(|after| at(holder, after));
        let pager = (first.is_some() || later.is_some()).then(|| {
            let shown = i64::try_from(locks.held.len()).unwrap_or(i64::MAX);
            let shown = format!("{} of {} held", thousands(shown), thousands(held));
            view! { <Pager shown newer=first older=later words=("First", "Later") /> }
        });
        let segments = HOLDERS
            .iter()
            .map(|(holders, word, label)| Segment {
                href: at(word, ""),
                label: (*label).to_owned(),
                count: Some(counts.of(*holders)),
                current: *word == holder,
            })
            .collect();
        let choices = any_or(&repositories);
        let (all, back) = (path.clone(), path.clone());
        let take = may_use.then(|| {
            view! { <TakeMenu state=take open repositories=lockable workspace=workspace.clone() back /> }
        });
        let lists = if nothing && narrowed {
            view! {
                <Empty title="No lock matches" text="No lock that is held or ended within the hour fits all of this. Take a filter away.">
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
                <HeldLocks locks=locks.held row=row.clone() force />
                {pager}
                <EndedLocks locks=locks.ended row=row.clone() />
                <p class="px-4 py-3 text-[12px] leading-[18px] text-ink-faint md:px-6">
                    "A lock ends by itself, by this server’s clock. It keeps workflows that ask for it away; it stops nothing that does not ask."
                </p>
            }
            .into_any()
        };
        let main = view! {
            <SplitMain>
                <div data-live=live>{lists}</div>
            </SplitMain>
        };
        view! {
            <PageHeader title="Locks" note=format!("{} held", thousands(held))>
                <Live url=paths::live(&workspace) />
                {take}
            </PageHeader>
            <SearchForm action=path.clone() class="flex flex-wrap items-center gap-3 border-b border-line px-4 py-2.5 md:px-6">
                <SearchInput
                    name="q"
                    label="Search locks"
                    value=q
                    placeholder="Key, holder or message"
                    small=true
                    class="relative w-56 max-md:w-full"
                />
                {(!holder.is_empty()).then(|| view! { <Hidden name="holder" value=holder /> })}
                <div class="max-w-full" data-live="holders">
                    <Segments label="Holder" segments />
                </div>
                <span class="grow max-md:hidden"></span>
                <Select name="repository" label="Repository" value=repository choices small=true class="max-w-64 max-md:max-w-full max-md:grow" />
                <SubmitButton kind=ButtonKind::Plain size=ButtonSize::Small>
                    "Apply"
                </SubmitButton>
            </SearchForm>
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
fn HeldLocks(locks: Vec<Lock>, row: RowContext, force: Option<(FormState, Lock)>) -> impl IntoView {
    let (mut forced, elsewhere) = match force {
        Some((state, lock)) if locks.iter().any(|held| held.id == lock.id) => (Some((state, lock)), None),
        // It stands on another page of the list.
        Some((state, lock)) => (None, Some(view! { <ForceForm lock state row=row.clone() /> })),
        None => (None, None),
    };
    if locks.is_empty() {
        return view! {
            {elsewhere}
            <p class="border-b border-line px-4 py-4 text-ink-muted md:px-6">"Nothing is locked now."</p>
        }
        .into_any();
    }
    let rows = written(locks.into_iter().map(|lock| {
            let form = forced.take_if(|(_, forced)| forced.id == lock.id).map(|(state, lock)| {
                view! {
                    <tr role="row" class="max-md:block">
                        <td role="cell" colspan="6" class="max-md:block">
                            <ForceForm lock state row=row.clone() />
                        </td>
                    </tr>
                }
            });
            view! {
                <LockRow lock row=row.clone() />
                {form}
            }
        }));
    view! {
        <h2 class="sr-only">"Held"</h2>
        {elsewhere}
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
    let rows = written(locks.into_iter().map(|lock| view! { <LockRow lock row=row.clone() /> }));
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
