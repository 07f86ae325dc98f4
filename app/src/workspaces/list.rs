//! All my workspaces.

use leptos::prelude::*;
use stackyard_domain::{invitations, workspaces};
use stackyard_model::workspace::Membership;
use stackyard_ui::{
    ButtonKind, CoverLink, Empty, Icon, LinkButton, PlainTitle, RelativeTime, RoleBadge, SearchForm, SearchInput,
    TileSize, WorkspaceTile, counted,
};

use crate::invitations::Waiting;
use crate::page::{Answer, Page, Stop};
use crate::paths;
use crate::visit::Visit;

/// `/`: the workspace that the person chose, else their only one, else the list; the sign-in for everybody else.
///
/// # Errors
/// Always [`Stop`]: there is nothing to see here.
pub async fn home(visit: Visit) -> Answer {
    let account = visit.account()?;
    let memberships = workspaces::list(&visit.ctx, "").await?;
    let chosen = memberships.iter().find(|membership| Some(&membership.workspace.id) == account.default_workspace.as_ref());
    let only = match memberships.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    let to = match chosen.or(only) {
        Some(membership) => paths::overview(&membership.workspace),
        None if memberships.is_empty()
            && visit.ctx.deps().site.anyone_may_create_workspaces
            && invitations::waiting(&visit.ctx).await?.is_empty() =>
        {
            paths::START.to_owned()
        }
        None => paths::WORKSPACES.to_owned(),
    };
    Err(Stop::See(to))
}

/// `/dashboard/workspaces`.
///
/// # Errors
/// [`stackyard_domain::Error::Unauthenticated`] when nobody is signed in.
pub async fn list(visit: Visit) -> Answer {
    visit.account()?;
    let q = visit.query("q");
    let memberships = workspaces::list(&visit.ctx, &q).await?;
    let invited = invitations::waiting(&visit.ctx).await?;
    let may_create = visit.ctx.deps().site.anyone_may_create_workspaces;
    Ok(Page::plain("Workspaces", move || {
        let shown = memberships.len();
        let count = i64::try_from(shown).unwrap_or(i64::MAX);
        let searched = !q.is_empty();
        let note = if searched { counted(count, "match", "matches") } else { count.to_string() };
        let cards = memberships
            .into_iter()
            .map(|membership| view! { <Card membership /> })
            .collect::<Vec<_>>();
        let create = move |kind| {
            may_create.then(|| {
                view! {
                    <LinkButton href=paths::START kind icon=Icon::Plus>
                        "Create Workspace"
                    </LinkButton>
                }
            })
        };
        let list = if cards.is_empty() && searched {
            view! {
                <Empty
                    title="No workspace matches"
                    text="None of your workspaces has that in its name or slug. Search for something shorter."
                    class="mt-6"
                >
                    <LinkButton href=paths::WORKSPACES>"Show all"</LinkButton>
                </Empty>
            }
            .into_any()
        } else if cards.is_empty() {
            view! {
                <Empty
                    title="You are in no workspace yet"
                    text="A workspace is a team’s home base: its repositories, what their workflows may do, and a log of it all."
                    class="mt-6"
                >
                    {create(ButtonKind::Plain)}
                </Empty>
            }
            .into_any()
        } else {
            view! {
                <ul class="mt-6 grid gap-px overflow-hidden rounded-[6px] border border-line-strong bg-line-strong grid-cols-[minmax(0,1fr)] md:max-xl:grid-cols-2 xl:grid-cols-3">
                    {cards} <Rest shown />
                </ul>
            }
            .into_any()
        };
        view! {
            <PlainTitle title="Workspaces" note>
                <SearchForm
                    action=paths::WORKSPACES
                    class="ml-auto w-64 max-md:order-last max-md:ml-0 max-md:w-full"
                >
                    <SearchInput
                        name="q"
                        label="Search workspaces"
                        value=q
                        placeholder="Search by name or slug"
                        class="relative"
                    />
                </SearchForm>
                <span class="max-md:ml-auto">{create(ButtonKind::Primary)}</span>
            </PlainTitle>
            {invited.into_iter().map(|invited| view! { <Waiting invited /> }).collect::<Vec<_>>()}
            {list}
        }
    }))
}

/// Fills the last row, which would show the ground between the cards.
#[component]
fn Rest(shown: usize) -> impl IntoView {
    let two = match shown % 2 {
        0 => "md:max-xl:hidden",
        _ => "md:max-xl:col-span-1",
    };
    let three = match shown % 3 {
        0 => "xl:hidden",
        1 => "xl:col-span-2",
        _ => "xl:col-span-1",
    };
    view! {
        <li
            class=format!("bg-surface p-4 text-[12px] leading-[18px] text-ink-faint max-md:hidden {two} {three}")
            aria-hidden="true"
        >
            "A workspace is people, its repositories, what their workflows may do, and a log of it all."
        </li>
    }
}

#[component]
fn Card(membership: Membership) -> impl IntoView {
    let workspace = membership.workspace;
    let logo = paths::logo(&workspace);
    let href = paths::overview(&workspace);
    let title = workspace.name.clone();
    view! {
        <li class="covered relative flex flex-col gap-3 bg-surface-raised p-4 hover:bg-hover">
            <div class="flex items-start gap-3">
                <WorkspaceTile name=workspace.name.clone() logo size=TileSize::Px32 />
                <div class="min-w-0 grow">
                    <h2 class="line-clamp-2 text-[14px] leading-5 font-semibold wrap-words" title=title>
                        <CoverLink href class="cover">
                            {workspace.name}
                        </CoverLink>
                    </h2>
                    <p class="font-mono text-[12px] leading-4 text-ink-faint wrap-words">{workspace.slug}</p>
                </div>
                <RoleBadge role=membership.role />
            </div>
            {(!workspace.description.is_empty())
                .then(|| {
                    view! {
                        <p class="line-clamp-4 text-[12px] leading-[18px] text-ink-muted wrap-words">{workspace.description}</p>
                    }
                })}
            <p class="mt-auto border-t border-line pt-3 text-[12px] leading-4 text-ink-muted">
                "Made " <RelativeTime at=workspace.created_at class="text-ink-faint" />
            </p>
        </li>
    }
    .into_any()
}
