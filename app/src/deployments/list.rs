//! Deployments, newest first.

use leptos::either::Either;
use leptos::prelude::*;
use stackyard_domain::deployments::{self as service, DeploymentFilter};
use stackyard_domain::repositories;
use stackyard_model::Ts;
use stackyard_model::activity::ActorType;
use stackyard_model::deployment::{Deployment, DeploymentCounts, DeploymentStatus};
use stackyard_model::repository::RepositoryName;
use stackyard_model::workspace::{COUNTED_MAX, Workspace};
use stackyard_ui::{
    ButtonKind, ButtonSize, Cell, Code, Column, CoverLink, Empty, ExtLink, Hidden, LinkButton, Live, Now,
    PageHeader, Pager, RelativeTime, Row, RowTone, SearchForm, SearchInput, Segment, Segments, Select, State,
    StateSignal, SubmitButton, Table, counted, duration_words, up_to_most, written,
};

use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::repositories::any_or;
use crate::visit::Visit;

/// Deployments of a page.
const LIMIT: u32 = 50;

/// The statuses that the list can be narrowed to.
const STATUSES: &[Option<DeploymentStatus>] = &[
    None,
    Some(DeploymentStatus::Queued),
    Some(DeploymentStatus::InProgress),
    Some(DeploymentStatus::Success),
    Some(DeploymentStatus::Failure),
    Some(DeploymentStatus::Cancelled),
];

/// A status as the state that it is shown as.
pub(super) const fn state_of(status: DeploymentStatus) -> State {
    match status {
        DeploymentStatus::Queued => State::Queued,
        DeploymentStatus::InProgress => State::Running,
        DeploymentStatus::Success => State::Done,
        DeploymentStatus::Failure => State::Failed,
        DeploymentStatus::Cancelled => State::Cancelled,
    }
}

/// A status in the words of its state.
const fn word_of(status: DeploymentStatus) -> &'static str {
    state_of(status).word()
}

fn count(counts: &DeploymentCounts, status: Option<DeploymentStatus>) -> i64 {
    status.map_or_else(|| counts.all(), |status| counts.of(status))
}

/// `…/deployments?q=&status=&repository=&after=`.
///
/// # Errors
/// As [`Visit::workspace`], and for a role that may not see deployments.
pub async fn list(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    let here = &inside.here;
    let filter = DeploymentFilter {
        q: visit.query("q"),
        repository: visit.query("repository").parse().ok(),
        status: visit.query("status").parse().ok(),
        ..DeploymentFilter::default()
    };
    let after = visit.query("after");
    let found = service::page(&visit.ctx, here, &filter, &after, LIMIT).await?;
    let repositories = repositories::names(&visit.ctx, here).await?;
    let workspace = inside.workspace().clone();
    Ok(Page::of_workspace(&inside, Nav::Deployments, "Deployments", move || {
        let path = paths::deployments(&workspace);
        let DeploymentFilter { q, repository, status, .. } = filter;
        let repository = repository.map(|id| id.to_string()).unwrap_or_default();
        let word = |status: Option<DeploymentStatus>| status.map_or("", |status| status.as_str());
        let at = |status: &str, after: &str| {
            paths::with_params(
                &path,
                &[("q", &q), ("status", status), ("repository", &repository), ("after", after)],
            )
        };
        let narrowed = at(word(status), "") != path;
        let shown = i64::try_from(found.items.len()).unwrap_or(i64::MAX);
        let first = (!after.is_empty()).then(|| at(word(status), ""));
        let later = found.next_cursor.as_deref().map(|after| at(word(status), after));
        let pager = (first.is_some() || later.is_some()).then(|| {
            let all = up_to_most(count(&found.counts, status), COUNTED_MAX);
            let shown = format!("{} of {all}", counted(shown, "deployment", "deployments"));
            view! { <Pager shown newer=first older=later words=("Newest", "Older") /> }
        });
        let segments = STATUSES
            .iter()
            .map(|one| Segment {
                href: at(word(*one), ""),
                label: one.map_or("All", word_of).to_owned(),
                count: Some(count(&found.counts, *one)),
                current: *one == status,
            })
            .collect();
        let choices = any_or(&repositories);
        let (all, url) = (path.clone(), paths::live(&workspace));
        let list = if found.items.is_empty() && narrowed {
            view! {
                <Empty title="No deployment matches" text="No deployment has all of this. Take a filter away.">
                    <LinkButton href=all size=ButtonSize::Small>
                        "Show all"
                    </LinkButton>
                </Empty>
            }
            .into_any()
        } else if found.items.is_empty() {
            view! {
                <Empty
                    title="No deployment yet"
                    text="Every apply that a workflow reports is a deployment. A workflow that may create deployments can also record one step by step, with its log."
                >
                    <LinkButton href=paths::repositories(&workspace) size=ButtonSize::Small>
                        "Configured Repositories"
                    </LinkButton>
                </Empty>
            }
            .into_any()
        } else {
            view! {
                <Deployments deployments=found.items repositories workspace />
                {pager}
            }
            .into_any()
        };
        view! {
            <PageHeader title="Deployments">
                <Live url />
            </PageHeader>
            <SearchForm action=path.clone() class="flex flex-wrap items-center gap-3 border-b border-line px-4 py-2.5 md:px-6">
                <SearchInput
                    name="q"
                    label="Search deployments"
                    value=q.clone()
                    placeholder="Stack, component, commit…"
                    small=true
                    class="relative w-56 max-md:w-full"
                />
                {status.map(|status| view! { <Hidden name="status" value=status.as_str() /> })}
                <div class="max-w-full" data-live="statuses">
                    <Segments label="Status" segments />
                </div>
                <span class="grow max-md:hidden"></span>
                <Select name="repository" label="Repository" value=repository.clone() choices small=true class="max-w-64 max-md:max-w-full max-md:grow" />
                <SubmitButton kind=ButtonKind::Plain size=ButtonSize::Small>
                    "Apply"
                </SubmitButton>
            </SearchForm>
            <div data-live="deployments">{list}</div>
        }
    }))
}

#[component]
fn Deployments(
    deployments: Vec<Deployment>,
    repositories: Vec<RepositoryName>,
    workspace: Workspace,
) -> impl IntoView {
    let columns = vec![
        Column::new("Target", ""),
        Column::new("Status", "md:w-[132px]"),
        Column::new("Environment", "max-lg:hidden md:w-[132px]"),
        Column::new("Commit", "max-lg:hidden md:w-[96px]"),
        Column::new("By", "max-xl:hidden md:w-[200px]"),
        Column::new("Repository", "max-xl:hidden md:w-[180px]"),
        Column::new("Duration", "text-right max-lg:hidden md:w-[100px]"),
        Column::new("Started", "text-right md:w-[120px]"),
    ];
    let rows = written(deployments.into_iter().map(|deployment| {
        let repository = repositories.iter().find(|repository| repository.id == deployment.repository_id);
        let repository = repository.map(|repository| repository.name.clone()).unwrap_or_default();
        view! { <DeploymentRow deployment repository workspace=workspace.clone() /> }
    }));
    view! {
        <Table label="Deployments, newest first" columns>
            {rows}
        </Table>
    }
    .into_any()
}

#[component]
fn DeploymentRow(deployment: Deployment, repository: String, workspace: Workspace) -> impl IntoView {
    let href = paths::deployment(&workspace, &deployment.id);
    let state = state_of(deployment.status);
    let quiet = matches!(deployment.status, DeploymentStatus::Success | DeploymentStatus::Cancelled);
    let took = took(&deployment, Now::here().at).map(duration_words);
    let title = deployment.title.clone().map(|title| {
        view! { <span class="block truncate text-[12px] leading-4 text-ink-muted" title=title>{title.clone()}</span> }
    });
    let at = deployment.started_at.unwrap_or(deployment.created_at);
    let whole = format!("{} in {}", deployment.component, deployment.stack);
    let commit = deployment.commit.as_deref().map(short);
    let environment = deployment.environment.clone();
    let (component, stack) = (deployment.component.clone(), deployment.stack.clone());
    view! {
        <Row tone=RowTone::Linked>
            <Cell class="max-md:col-start-1 max-md:row-start-1">
                <CoverLink href title=whole class="cover block font-mono text-[12px] leading-5">
                    <Code text=component class="wrap-words font-medium" />
                    " "
                    <Code text=stack class="wrap-words text-ink-muted" />
                </CoverLink>
                {title}
            </Cell>
            <Cell class="max-md:col-start-2 max-md:row-start-1">
                <StateSignal state quiet />
            </Cell>
            <Cell class="max-lg:hidden">
                {environment.map(|text| view! { <Code text class="font-mono text-[12px] wrap-words text-ink-muted" /> })}
            </Cell>
            <Cell class="max-lg:hidden">
                {commit.map(|text| view! { <Code text class="font-mono text-[12px] text-ink-muted" /> })}
            </Cell>
            <Cell class="max-xl:hidden">
                <Deployer deployment />
            </Cell>
            <Cell class="max-xl:hidden">
                <span class="block truncate text-ink-muted" title=repository.clone()>
                    {repository.clone()}
                </span>
            </Cell>
            <Cell class="text-right max-lg:hidden">
                <span class="text-ink-muted">{took}</span>
            </Cell>
            <Cell class="text-right max-md:col-start-2 max-md:row-start-2 max-md:text-[12px]">
                <span class="text-ink-muted">
                    <RelativeTime at />
                </span>
            </Cell>
        </Row>
    }
}

/// Deployments of one instance, or of any, one line each.
#[component]
pub(crate) fn DeploymentLines(
    /// The newest first.
    deployments: Vec<Deployment>,
    /// Where.
    workspace: Workspace,
    /// Whether each says to which instance it goes.
    #[prop(optional)]
    named: bool,
) -> impl IntoView {
    if deployments.is_empty() {
        return view! {
            <p class="border-t border-line px-4 py-4 text-ink-muted md:px-6">
                "Not deployed yet. An apply that is reported is a deployment."
            </p>
        }
        .into_any();
    }
    let now = Now::here().at;
    let rows = written(deployments.into_iter().map(|deployment| {
        let href = paths::deployment(&workspace, &deployment.id);
        let state = state_of(deployment.status);
        let took = took(&deployment, now).map(duration_words);
        let words = deployment.title.clone().unwrap_or_else(|| {
            deployment.commit.as_deref().map_or_else(|| "Deployment".to_owned(), |sha| format!("Commit {}", short(sha)))
        });
        let words = if named {
            // One line that is cut, so the names do not break at their joints.
            view! {
                <span class="font-mono text-[12px] font-medium">{deployment.component.clone()}</span>
                " "
                <span class="font-mono text-[12px] text-ink-muted">{deployment.stack.clone()}</span>
                <span class="ml-3 text-ink-muted">{words}</span>
            }
            .into_any()
        } else {
            words.into_any()
        };
        let at = deployment.started_at.unwrap_or(deployment.created_at);
        view! {
            <li class="covered relative flex flex-wrap items-center gap-x-4 gap-y-0.5 border-b border-line px-4 py-2 last:border-b-0 hover:bg-hover md:flex-nowrap md:px-6">
                <span class="w-28 shrink-0">
                    <StateSignal state />
                </span>
                <CoverLink href class="cover min-w-0 grow truncate max-md:order-last max-md:basis-full">
                    {words}
                </CoverLink>
                <span class="ml-auto shrink-0 text-[12px] text-ink-muted">{took}</span>
                <span class="shrink-0 text-[12px] text-ink-muted">
                    <RelativeTime at />
                </span>
            </li>
        }
    }));
    view! { <ul class="border-t border-line">{rows}</ul> }.into_any()
}

/// Who deploys, with the way to the run.
#[component]
pub(super) fn Deployer(deployment: Deployment) -> impl IntoView {
    let who = match (deployment.actor_type, deployment.workflow) {
        (ActorType::Run, Some(workflow)) => workflow,
        (ActorType::Token, _) => format!("token {}", deployment.actor_name),
        _ => deployment.actor_name,
    };
    let words = view! { <Code text=who class="font-mono text-[12px] wrap-words" /> };
    match deployment.run_url {
        // Above the link that covers the row.
        Some(href) => Either::Left(view! {
            <span class="relative z-10">
                <ExtLink href inline=true>
                    {words}
                </ExtLink>
            </span>
        }),
        None => Either::Right(view! { <span class="text-ink-muted">{words}</span> }),
    }
}

/// Seconds from its beginning to its end, or to now while it runs; none when nobody said that it began.
pub(super) fn took(deployment: &Deployment, now: Ts) -> Option<u64> {
    let end = deployment.finished_at.or((!deployment.status.is_final()).then_some(now))?;
    Some(end.since(deployment.started_at?).as_secs())
}

/// The beginning of a commit's hash, as people know it.
pub(super) fn short(sha: &str) -> String {
    sha.chars().take(7).collect()
}
