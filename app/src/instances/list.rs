//! Stacks: every instance under its stack.

use std::collections::HashMap;

use leptos::prelude::*;
use stackyard_domain::instances::{self as service, InstanceCounts, InstanceFilter};
use stackyard_domain::{repositories, uploads};
use stackyard_model::id::InstanceId;
use stackyard_model::instance::{Instance, InstanceStatus, ReportCommand};
use stackyard_model::repository::RepositoryName;
use stackyard_model::upload::UploadKind;
use stackyard_model::workspace::Workspace;
use stackyard_model::Ts;
use stackyard_ui::{
    ButtonKind, ButtonSize, Cell, Code, Column, CoverLink, Empty, ExtLink, Glyph, Hidden, Icon, LinkButton, Live, PageHeader, Pager,
    RelativeTime, Row, RowTone, SearchForm, SearchInput, Segment, Segments, Select, State, StateSignal, SubmitButton, Table,
    counted, thousands, written,
};

use crate::affected::StacksTabs;
use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::repositories::{any_or, name_of};
use crate::uploads::Coming;
use crate::visit::Visit;

/// Instances of a page.
const LIMIT: u32 = 50;

/// The statuses that the list can be narrowed to.
const STATUSES: &[Option<InstanceStatus>] = &[
    None,
    Some(InstanceStatus::InSync),
    Some(InstanceStatus::Drifted),
    Some(InstanceStatus::Error),
    Some(InstanceStatus::Unknown),
];

fn count(counts: InstanceCounts, status: Option<InstanceStatus>) -> i64 {
    match status {
        None => counts.all(),
        Some(InstanceStatus::InSync) => counts.in_sync,
        Some(InstanceStatus::Drifted) => counts.drifted,
        Some(InstanceStatus::Error) => counts.error,
        Some(InstanceStatus::Unknown) => counts.unknown,
    }
}

/// `…/stacks?q=&status=&repository=&after=`.
///
/// # Errors
/// As [`Visit::workspace`], and for a role that may not see instances.
pub async fn list(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    let here = &inside.here;
    let filter = InstanceFilter {
        q: visit.query("q"),
        repository: visit.query("repository").parse().ok(),
        status: visit.query("status").parse().ok(),
    };
    let after = visit.query("after");
    let found = service::page(&visit.ctx, here, &filter, &after, LIMIT).await?;
    let coming = uploads::incomplete(&visit.ctx, here).await?;
    let repositories = repositories::names(&visit.ctx, here).await?;
    let workspace = inside.workspace().clone();
    Ok(Page::of_workspace(&inside, Nav::Stacks, "Stacks", move || {
        let path = paths::stacks(&workspace);
        let InstanceFilter { q, repository, status } = filter;
        let repository = repository.map(|id| id.to_string()).unwrap_or_default();
        let word = |status: Option<InstanceStatus>| status.map_or("", |status| status.as_str());
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
            let shown = format!("{} of {} instances", thousands(shown), thousands(count(found.counts, status)));
            view! { <Pager shown newer=first older=later words=("First", "Later") /> }
        });
        let segments = STATUSES
            .iter()
            .map(|one| Segment {
                href: at(word(*one), ""),
                label: one.map_or("All", |status| status.label()).to_owned(),
                count: Some(count(found.counts, *one)),
                current: *one == status,
            })
            .collect();
        let choices = any_or(&repositories);
        let coming = view! { <Coming uploads=coming kind=UploadKind::Instances repositories=repositories.clone() /> };
        let note = counted(found.counts.all(), "instance", "instances");
        let all = path.clone();
        let (tabs, url) = (workspace.clone(), paths::live(&workspace));
        let list = if found.items.is_empty() && narrowed {
            view! {
                <Empty title="No instance matches" text="No instance has all of this. Take a filter away.">
                    <LinkButton href=all size=ButtonSize::Small>
                        "Show all"
                    </LinkButton>
                </Empty>
            }
            .into_any()
        } else if found.items.is_empty() {
            view! { <Nothing workspace repository=repositories.into_iter().next() /> }.into_any()
        } else {
            view! {
                <Instances instances=found.items holders=found.holders repositories workspace />
                {pager}
            }
            .into_any()
        };
        view! {
            <PageHeader title="Stacks" note>
                <Live url />
            </PageHeader>
            <StacksTabs workspace=tabs affected=false />
            <SearchForm action=path.clone() class="flex flex-wrap items-center gap-3 border-b border-line px-4 py-2.5 md:px-6">
                <SearchInput
                    name="q"
                    label="Search instances"
                    value=q.clone()
                    placeholder="Stack or component"
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
            <div data-live="instances">{coming} {list}</div>
        }
    }))
}

/// Before the first inventory: what uploads one.
#[component]
fn Nothing(workspace: Workspace, repository: Option<RepositoryName>) -> impl IntoView {
    let (href, label) = match &repository {
        Some(repository) => {
            (paths::permissions(&workspace, &repository.id), format!("Permissions of {}", repository.name))
        }
        None => (paths::repositories(&workspace), "Configured Repositories".to_owned()),
    };
    view! {
        <Empty
            title="No instance yet"
            text="A workflow that may create instances uploads which component stands in which stack: atmos list instances --upload. Plans and applies then report what they came to with --upload-status."
        >
            <LinkButton href size=ButtonSize::Small>
                {label}
            </LinkButton>
        </Empty>
    }
    .into_any()
}

#[component]
fn Instances(
    instances: Vec<Instance>,
    mut holders: HashMap<InstanceId, String>,
    repositories: Vec<RepositoryName>,
    workspace: Workspace,
) -> impl IntoView {
    let columns = vec![
        Column::new("Component", ""),
        Column::new("Status", "md:w-[132px]"),
        Column::new("Last report", "max-lg:hidden md:w-[156px]"),
        Column::new("Planned", "max-lg:hidden md:w-[116px]"),
        Column::new("Applied", "md:w-[116px]"),
        Column::new("Repository", "max-xl:hidden md:w-[220px]"),
    ];
    let mut stack = String::new();
    let rows = instances.into_iter().map(|instance| {
        let heading = (stack != instance.stack).then(|| {
            stack.clone_from(&instance.stack);
            view! {
                <tr role="row" class="max-md:block">
                    <th
                        role="rowheader"
                        scope="rowgroup"
                        colspan="3"
                        class="border-b border-line bg-surface-sunken px-4 py-1 text-left font-mono text-[12px] leading-5 font-normal max-md:block md:px-6"
                    >
                        <Code text=instance.stack.clone() class="wrap-words" />
                    </th>
                    // As many as there are columns: one more would take room from those that are shown.
                    <td aria-hidden="true" colspan="2" class="border-b border-line bg-surface-sunken max-lg:hidden"></td>
                    <td aria-hidden="true" class="border-b border-line bg-surface-sunken max-xl:hidden"></td>
                </tr>
            }
        });
        let repository = name_of(&repositories, &instance.repository_id);
        let holder = holders.remove(&instance.id);
        view! {
            {heading}
            <InstanceRow instance holder repository workspace=workspace.clone() />
        }
    });
    let rows = written(rows);
    view! {
        <Table label="Instances by stack" columns>
            {rows}
        </Table>
    }
    .into_any()
}

#[component]
fn InstanceRow(instance: Instance, holder: Option<String>, repository: String, workspace: Workspace) -> impl IntoView {
    let state = state_of(instance.status);
    let quiet = matches!(instance.status, InstanceStatus::InSync | InstanceStatus::Unknown);
    let missing = instance.absent_since.map(|since| {
        view! {
            <span class="block text-[12px] leading-4 text-warn">
                "not in the inventory any more, " <RelativeTime at=since />
            </span>
        }
    });
    let disabled = (!instance.enabled).then(|| {
        view! { <span class="block text-[12px] leading-4 text-ink-faint">"disabled in its stack"</span> }
    });
    let lock = holder.map(|holder| {
        view! {
            <span class="flex items-center gap-1 text-[12px] leading-4 text-ink-muted">
                <Glyph icon=Icon::Lock class="w-3 h-3 shrink-0" />
                <span class="min-w-0 truncate">"locked by " {holder}</span>
            </span>
        }
    });
    let report = report(&instance);
    let title = instance.component.clone();
    let href = paths::instance(&workspace, &instance.id);
    view! {
        <Row tone=RowTone::Linked>
            <Cell class="max-md:col-start-1 max-md:row-start-1">
                <CoverLink href title class="cover block font-mono text-[12px] leading-5">
                    <Code text=instance.component class="wrap-words" />
                </CoverLink>
                {lock}
                {missing}
                {disabled}
            </Cell>
            <Cell class="max-md:col-start-2 max-md:row-start-1">
                <StateSignal state quiet />
            </Cell>
            <Cell class="max-lg:hidden">
                <span class="text-ink-muted">{report}</span>
            </Cell>
            <Cell class="max-lg:hidden">
                <Ran at=instance.planned_at run_url=instance.plan_run_url />
            </Cell>
            <Cell class="max-md:col-start-1 max-md:row-start-2 max-md:text-[12px]">
                <span class="md:hidden">"applied "</span>
                <Ran at=instance.applied_at run_url=instance.apply_run_url />
            </Cell>
            <Cell class="max-xl:hidden">
                <span class="block truncate text-ink-muted" title=repository.clone()>
                    {repository.clone()}
                </span>
            </Cell>
        </Row>
    }
}

/// When a plan or an apply was run, as a link to its run.
#[component]
pub(super) fn Ran(at: Option<Ts>, run_url: Option<String>) -> impl IntoView {
    let Some(at) = at else { return view! { <span class="text-ink-faint">"never"</span> }.into_any() };
    match run_url {
        // Above the link that covers a row.
        Some(href) => view! {
            <span class="relative z-10 text-ink-muted">
                <ExtLink href inline=true>
                    <RelativeTime at />
                </ExtLink>
            </span>
        }
        .into_any(),
        None => view! {
            <span class="text-ink-muted">
                <RelativeTime at />
            </span>
        }
        .into_any(),
    }
}

/// A status as the state that it is shown as.
pub(super) const fn state_of(status: InstanceStatus) -> State {
    match status {
        InstanceStatus::InSync => State::InSync,
        InstanceStatus::Drifted => State::Drifted,
        InstanceStatus::Error => State::Error,
        InstanceStatus::Unknown => State::Unknown,
    }
}

/// What the last report said, in words.
pub(super) fn report(instance: &Instance) -> String {
    match (instance.last_command, instance.last_exit_code) {
        (None, _) => "never reported".to_owned(),
        (Some(ReportCommand::Plan), Some(0)) => "plan: no change".to_owned(),
        (Some(ReportCommand::Plan), Some(2)) => "plan: changes".to_owned(),
        (Some(ReportCommand::Apply), Some(0)) => "applied".to_owned(),
        (Some(command), Some(exit_code)) => format!("{}: exit code {exit_code}", command.label()),
        (Some(command), None) => command.label().to_owned(),
    }
}
