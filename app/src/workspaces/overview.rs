//! The overview of a workspace: real counts, what needs a person, locks held, the Activity Log.

use leptos::prelude::*;
use stackyard_domain::{activity, locks, repositories, workspaces};
use stackyard_model::activity::{ActivityFilter, Event, Outcome};
use stackyard_model::lock::{HolderType, Lock};
use stackyard_model::repository::Repository;
use stackyard_model::workspace::{COUNTED_MAX, Totals as Counts, Workspace};
use stackyard_model::{Action, Ts};
use stackyard_ui::{
    ActivityLog, ButtonSize, Code, Glyph, Icon, LinkButton, Live, Now, PageHeader, Panel, PanelWidth, PartHeader, Split, SplitMain,
    State, StateGlyph, TextLink, Total, Totals, counted, thousands, up_to_most,
};

use crate::locks::split_key;
use crate::page::{Answer, Nav, Page};
use crate::paths::{self, with_params};
use crate::visit::Visit;
use crate::workspaces::rollout::{Drift, DriftNote, RecentDeployments, Rollout};

/// Events in the log beside the page.
const RECENT: u32 = 20;
/// Denials that are looked through for what needs a person.
const DENIALS: u32 = 50;
/// Locks that are shown; the others are on their page.
const LOCKS: u32 = 5;

/// What members see who may see resources.
struct Resources {
    held: Vec<Repository>,
    denials: Vec<Event>,
    more_denials: bool,
    locks: Vec<Lock>,
    rollout: Rollout,
    recent: Vec<Event>,
}

/// `/dashboard/workspaces/{slug}`.
///
/// # Errors
/// As [`Visit::workspace`].
pub async fn overview(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    let here = &inside.here;
    let totals = workspaces::totals(&visit.ctx, here).await?;
    let resources = if here.may(Action::SeeResources) {
        let denied =
            ActivityFilter { outcome: Outcome::Denied.as_str().to_owned(), ..ActivityFilter::default() };
        let denied = activity::list(&visit.ctx, here, &denied, DENIALS).await?;
        let now = visit.now();
        let today = |at: Ts| now.day_word(at) == now.day_word(now.at);
        let all = denied.items.len();
        let denials: Vec<_> = denied.items.into_iter().filter(|event| today(event.at)).collect();
        Some(Resources {
            held: repositories::held(&visit.ctx, here).await?,
            more_denials: denied.next_cursor.is_some() && denials.len() == all,
            denials,
            locks: locks::soonest(&visit.ctx, here, LOCKS).await?,
            rollout: Rollout::load(&visit.ctx, here).await?,
            recent: activity::recent(&visit.ctx, here, RECENT).await?,
        })
    } else {
        None
    };
    let recent = resources.iter().flat_map(|resources| &resources.recent);
    let faces = visit.faces(recent.map(|event| event.actor_id.as_str())).await?;
    let workspace = inside.workspace().clone();
    let may_add = here.may(Action::ManageRepositories);
    let may_invite = here.may(Action::ManageMembers);
    Ok(Page::of_workspace(&inside, Nav::Overview, "Overview", move || {
        provide_context(faces);
        let add = (may_add && totals.repositories == 0)
            .then(|| view! { <FirstRepository workspace=workspace.clone() /> });
        let invite = may_invite.then(|| {
            view! {
                <LinkButton href=paths::invite_people(&workspace) icon=Icon::Plus size=ButtonSize::Small>
                    "Invite people"
                </LinkButton>
            }
        });
        let locks_held = totals.locks;
        let counts = view! { <CountTotals totals workspace=workspace.clone() linked=resources.is_some() /> };
        let all = paths::activity(&workspace);
        let live = resources.is_some().then(|| view! { <Live url=paths::live(&workspace) /> });
        let body = match resources {
            Some(Resources { held: kept_out, denials, more_denials, locks, rollout, recent }) => view! {
                <Split width=PanelWidth::Read>
                    <SplitMain>
                        <div data-live="main">
                            {counts} {add} <Needs held=kept_out denials more_denials workspace=workspace.clone() />
                            <RecentDeployments deployments=rollout.deployments workspace=workspace.clone() />
                            <div class="xl:grid xl:grid-cols-2">
                                <div class="border-line max-xl:border-b xl:border-r">
                                    <LocksHeld locks held=locks_held workspace=workspace.clone() />
                                </div>
                                <Drift amiss=rollout.amiss totals workspace=workspace.clone() />
                            </div>
                        </div>
                    </SplitMain>
                    <Panel id="log" title="Activity Log">
                        <div data-live="log">
                            <ActivityLog events=recent all />
                        </div>
                    </Panel>
                </Split>
            }
            .into_any(),
            None => counts.into_any(),
        };
        view! {
            <PageHeader title="Overview">{live} {invite}</PageHeader>
            {body}
        }
    }))
}

#[component]
fn CountTotals(totals: Counts, workspace: Workspace, linked: bool) -> impl IntoView {
    let to = |words: String, href: String| {
        if linked {
            view! {
                <TextLink href inline=true>
                    {words}
                </TextLink>
            }
            .into_any()
        } else {
            words.into_any()
        }
    };
    let permissions =
        to(counted(totals.permissions, "permission", "permissions"), paths::repositories(&workspace));
    let locks = to("who holds what".to_owned(), paths::locks(&workspace));
    let denied = with_params(&paths::activity(&workspace), &[("outcome", "denied")]);
    let denied = to(format!("{} denied", up_to_most(totals.denied, COUNTED_MAX)), denied);
    let members = counted(totals.members, "member", "members");
    view! {
        <Totals>
            <Total label="Repositories" count=totals.repositories>
                {permissions}
            </Total>
            <Total label="Instances" count=totals.instances>
                <DriftNote totals workspace=workspace.clone() linked />
            </Total>
            <Total label="Deployments" count=totals.deployments up_to=COUNTED_MAX>
                "in 7 days"
            </Total>
            <Total label="Locks held" count=totals.locks>
                {locks}
            </Total>
            <Total label="Requests allowed" count=totals.allowed up_to=COUNTED_MAX>
                "in 7 days, "
                {denied}
            </Total>
            <Total label="Workspaces" count=totals.workspaces>
                {format!("{members} in this one")}
            </Total>
        </Totals>
    }
    .into_any()
}

#[component]
fn FirstRepository(workspace: Workspace) -> impl IntoView {
    let href = paths::add_repository(&workspace);
    view! {
        <section
            class="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-3 md:px-6"
            aria-label="First steps"
        >
            <p class="min-w-0 grow basis-64 text-ink-muted">
                "No repository yet. Add one, give it a permission, and its workflows can sign in."
            </p>
            <LinkButton href icon=Icon::Github>
                "Add Repository"
            </LinkButton>
        </section>
    }
    .into_any()
}

#[component]
fn Needs(
    held: Vec<Repository>,
    denials: Vec<Event>,
    more_denials: bool,
    workspace: Workspace,
) -> impl IntoView {
    if held.is_empty() && denials.is_empty() {
        return ().into_any();
    }
    let held = held
        .into_iter()
        .map(|repository| {
            view! {
                <li class="flex items-center gap-3 border-b border-line px-4 py-2 last:border-b-0 md:px-6">
                    <Glyph icon=Icon::Warn class="w-4 h-4 text-warn" />
                    <span class="min-w-0 grow">
                        <Code
                            text=repository.name
                            class="font-mono text-[12px] font-medium wrap-words"
                        />
                        <span class="text-ink-muted">
                            " turned up under another name or owner; its workflows are refused"
                        </span>
                    </span>
                    <TextLink href=paths::repositories(&workspace) class="shrink-0 text-[12px]">
                        "Confirm"
                    </TextLink>
                </li>
            }
        })
        .collect::<Vec<_>>();
    let denied = denials.first().map(|latest| {
        let count = i64::try_from(denials.len()).unwrap_or(i64::MAX);
        let many = if more_denials { format!("{}+ denials", thousands(count)) } else { counted(count, "denial", "denials") };
        let latest_href = paths::why(&latest.trace_id);
        let href = with_params(&paths::activity(&workspace), &[("outcome", "denied")]);
        view! {
            <li class="flex items-center gap-3 border-b border-line px-4 py-2 last:border-b-0 md:px-6">
                <StateGlyph state=State::Denied />
                <span class="min-w-0 grow">
                    <TextLink href inline=true>{many}</TextLink>
                    <span class="text-ink-muted">" today, the last of "</span>
                    <Code
                        text=latest.repository.clone().unwrap_or_else(|| latest.actor_name.clone())
                        class="font-mono text-[12px] font-medium wrap-words"
                    />
                    {latest
                        .branch
                        .clone()
                        .map(|branch| {
                            view! {
                                <span class="text-ink-muted">" on "</span>
                                <Code text=branch class="font-mono text-[12px] wrap-words" />
                            }
                        })}
                </span>
                <TextLink href=latest_href class="shrink-0 text-[12px]">
                    "Trace"
                </TextLink>
            </li>
        }
    });
    view! {
        <section aria-labelledby="needs" class="border-b border-line">
            <h2 id="needs" class="sr-only">
                "Needs attention"
            </h2>
            <ul>{held} {denied}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn LocksHeld(locks: Vec<Lock>, held: i64, workspace: Workspace) -> impl IntoView {
    let now = Now::here().at;
    let rows = locks
        .into_iter()
        .map(|lock| view! { <LockLine lock now workspace=workspace.clone() /> })
        .collect::<Vec<_>>();
    let list = if rows.is_empty() {
        view! {
            <p class="border-t border-line px-4 py-4 text-ink-muted md:px-6">
                "Nothing is locked. Workflows that may create locks take them before an apply."
            </p>
        }
        .into_any()
    } else {
        view! { <ul class="border-t border-line px-4 md:px-6">{rows}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby="locks">
            <PartHeader id="locks" title="Locks held" note=thousands(held)>
                <TextLink href=paths::locks(&workspace) class="text-[12px]">
                    "All locks"
                </TextLink>
            </PartHeader>
            {list}
        </section>
    }
    .into_any()
}

#[component]
fn LockLine(lock: Lock, now: Ts, workspace: Workspace) -> impl IntoView {
    let left = lock.expires_at.since(now);
    let (class, minutes) = (
        if left.as_secs() < 300 { "shrink-0 text-[12px] text-warn" } else { "shrink-0 text-[12px] text-ink-muted" },
        left.as_secs() / 60,
    );
    let left = match minutes {
        0 => "under 1 min left".to_owned(),
        1..60 => format!("{minutes} min left"),
        _ => format!("{} h left", minutes / 60),
    };
    let holder = match lock.holder_type {
        HolderType::Run | HolderType::User => lock.holder_name,
        HolderType::Token => format!("token {}", lock.holder_name),
    };
    let said = if lock.message.is_empty() { holder } else { format!("{holder} · “{}”", lock.message) };
    let href = paths::lock_history(&workspace, &lock.id);
    let (repository, rest) = split_key(&lock.key);
    view! {
        <li class="flex items-start gap-3 border-b border-line py-2.5 last:border-b-0">
            <Glyph icon=Icon::Lock class="mt-0.5 w-4 h-4 text-ink-muted" />
            <span class="min-w-0 grow">
                <span class="flex gap-3">
                    <a
                        href=href
                        class="min-w-0 grow hover:text-accent hover:underline underline-offset-[3px]"
                    >
                        <span class="font-mono text-[12px] wrap-words">
                            <span class="text-ink-muted">{repository}</span>
                            <Code text=rest class="font-medium" />
                        </span>
                    </a>
                    <span class=class title=format!("until {}", Now::here().exact(lock.expires_at))>
                        {left}
                    </span>
                </span>
                <span class="block truncate text-[12px] leading-5 text-ink-muted">{said}</span>
            </span>
        </li>
    }
}
