//! Affected uploads, newest first; above them those of which pieces are missing.

use leptos::either::Either;
use leptos::prelude::*;
use stackyard_domain::affected::{self as service, AffectedFilter};
use stackyard_domain::{repositories, uploads};
use stackyard_model::affected::Affected;
use stackyard_model::repository::RepositoryName;
use stackyard_model::upload::UploadKind;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    ButtonKind, ButtonSize, Cell, Code, Column, CoverLink, Empty, LinkButton, Live, PageHeader, Pager,
    RelativeTime, Row, RowTone, SearchForm, SearchInput, Select, SubmitButton, Tab, Table, Tabs, counted,
    thousands, written,
};

use super::one::Uploader;
use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::repositories::{any_or, name_of};
use crate::uploads::Coming;
use crate::visit::Visit;

/// Uploads of a page.
const LIMIT: u32 = 50;

/// The two pages of Stacks.
#[component]
pub(crate) fn StacksTabs(
    /// Where.
    workspace: Workspace,
    /// Whether it is that of the uploads.
    affected: bool,
) -> impl IntoView {
    view! {
        <Tabs label="Stacks">
            <Tab href=paths::stacks(&workspace) label="Instances" current=!affected />
            <Tab href=paths::affected(&workspace) label="Affected" current=affected />
        </Tabs>
    }
}

/// `…/stacks/affected?q=&repository=&after=`.
///
/// # Errors
/// As [`Visit::workspace`], and for a role that may not see uploads.
pub async fn list(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    let here = &inside.here;
    let filter = AffectedFilter { q: visit.query("q"), repository: visit.query("repository").parse().ok() };
    let after = visit.query("after");
    let found = service::list(&visit.ctx, here, &filter, &after, LIMIT).await?;
    let coming = uploads::incomplete(&visit.ctx, here).await?;
    let repositories = repositories::names(&visit.ctx, here).await?;
    let workspace = inside.workspace().clone();
    Ok(Page::of_workspace(&inside, Nav::Stacks, "Affected", move || {
        let path = paths::affected(&workspace);
        let AffectedFilter { q, repository } = filter;
        let repository = repository.map(|id| id.to_string()).unwrap_or_default();
        let at = |after: &str| {
            paths::with_params(&path, &[("q", &q), ("repository", &repository), ("after", after)])
        };
        let narrowed = at("") != path;
        let first = (!after.is_empty()).then(|| at(""));
        let later = found.next_cursor.as_deref().map(at);
        let pager = (first.is_some() || later.is_some()).then(|| {
            let shown = counted(i64::try_from(found.items.len()).unwrap_or(i64::MAX), "upload", "uploads");
            view! { <Pager shown newer=first older=later words=("Newest", "Older") /> }
        });
        let choices = any_or(&repositories);
        let (all, url) = (path.clone(), paths::live(&workspace));
        let list = if found.items.is_empty() && narrowed {
            view! {
                <Empty title="No upload matches" text="No upload has all of this. Take a filter away.">
                    <LinkButton href=all size=ButtonSize::Small>
                        "Show all"
                    </LinkButton>
                </Empty>
            }
            .into_any()
        } else if found.items.is_empty() {
            view! { <Nothing workspace=workspace.clone() /> }.into_any()
        } else {
            view! {
                <Uploads uploads=found.items repositories=repositories.clone() workspace=workspace.clone() />
                {pager}
            }
            .into_any()
        };
        view! {
            <PageHeader title="Stacks">
                <Live url />
            </PageHeader>
            <StacksTabs workspace affected=true />
            <SearchForm action=path.clone() class="flex flex-wrap items-center gap-3 border-b border-line px-4 py-2.5 md:px-6">
                <SearchInput
                    name="q"
                    label="Search uploads"
                    value=q.clone()
                    placeholder="Branch, commit or workflow"
                    small=true
                    class="relative w-56 max-md:w-full"
                />
                <span class="grow max-md:hidden"></span>
                <Select name="repository" label="Repository" value=repository.clone() choices small=true class="max-w-64 max-md:max-w-full max-md:grow" />
                <SubmitButton kind=ButtonKind::Plain size=ButtonSize::Small>
                    "Apply"
                </SubmitButton>
            </SearchForm>
            <div data-live="uploads">
                <Coming uploads=coming kind=UploadKind::Affected repositories />
                {list}
            </div>
        }
    }))
}

/// Before the first upload: what uploads one.
#[component]
fn Nothing(workspace: Workspace) -> impl IntoView {
    view! {
        <Empty
            title="No affected stacks yet"
            text="A workflow that may create affected stacks uploads what a pull request changes: atmos describe affected --upload. Its order is drawn here."
        >
            <LinkButton href=paths::repositories(&workspace) size=ButtonSize::Small>
                "Configured Repositories"
            </LinkButton>
        </Empty>
    }
    .into_any()
}

#[component]
fn Uploads(uploads: Vec<Affected>, repositories: Vec<RepositoryName>, workspace: Workspace) -> impl IntoView {
    let columns = vec![
        Column::new("Commit and branch", ""),
        Column::new("Changed", "text-right md:w-[96px]"),
        Column::new("Downstream", "text-right max-lg:hidden md:w-[108px]")
            .meaning("Not changed, but depends on something that is"),
        Column::new("Waves", "text-right max-lg:hidden md:w-[80px]"),
        Column::new("Circles", "max-lg:hidden md:w-[96px]"),
        Column::new("Uploaded by", "max-xl:hidden md:w-[220px]"),
        Column::new("Repository", "max-xl:hidden md:w-[200px]"),
        Column::new("Uploaded", "text-right md:w-[120px]"),
    ];
    let rows = written(uploads.into_iter().map(|upload| {
        let repository = name_of(&repositories, &upload.repository_id);
        view! { <UploadRow upload repository workspace=workspace.clone() /> }
    }));
    view! {
        <Table label="Affected uploads, newest first" columns>
            {rows}
        </Table>
    }
    .into_any()
}

#[component]
fn UploadRow(upload: Affected, repository: String, workspace: Workspace) -> impl IntoView {
    let href = paths::one_affected(&workspace, &upload.id);
    let number = |count: i32| thousands(i64::from(count));
    let cycles = if upload.cycles > 0 {
        let words = counted(i64::from(upload.cycles), "circle", "circles");
        Either::Left(view! { <span class="text-warn">{words}</span> })
    } else {
        Either::Right(view! { <span class="text-ink-faint">"none"</span> })
    };
    let branch = upload.branch.clone().map(|branch| {
        view! { <Code text=branch class="font-mono text-[12px] font-normal wrap-words text-ink-muted" /> }
    });
    let at = upload.created_at;
    let (title, commit) = (upload.head_sha.clone(), short(&upload.head_sha));
    let (changed, downstream, layers) =
        (number(upload.changed), number(upload.downstream), number(upload.layers));
    let below = repository.clone();
    let circles = (upload.cycles > 0).then(|| {
        view! {
            <span class="block text-[12px] leading-4 text-warn lg:hidden">
                {counted(i64::from(upload.cycles), "circle", "circles")}
            </span>
        }
    });
    view! {
        <Row tone=RowTone::Linked>
            <Cell class="max-md:col-start-1 max-md:row-start-1">
                <CoverLink href title class="cover block font-mono text-[12px] leading-5 font-medium">
                    {commit} " " {branch}
                </CoverLink>
                <span class="block text-[12px] leading-4 wrap-words text-ink-muted xl:hidden">{below}</span>
                {circles}
            </Cell>
            <Cell class="text-right max-md:col-start-2 max-md:row-start-1">
                {changed} <span class="text-[12px] text-ink-muted md:hidden">" changed"</span>
            </Cell>
            <Cell class="text-right max-lg:hidden">
                <span class="text-ink-muted">{downstream}</span>
            </Cell>
            <Cell class="text-right max-lg:hidden">
                <span class="text-ink-muted">{layers}</span>
            </Cell>
            <Cell class="max-lg:hidden">{cycles}</Cell>
            <Cell class="max-xl:hidden">
                <Uploader upload />
            </Cell>
            <Cell class="max-xl:hidden">
                <span class="block truncate text-ink-muted" title=repository.clone()>
                    {repository.clone()}
                </span>
            </Cell>
            <Cell class="text-right max-md:col-start-2 max-md:row-start-2 max-md:text-[12px]">
                <span class="text-ink-muted">
                    <RelativeTime at />
                </span>
            </Cell>
        </Row>
    }
}

/// The beginning of a commit's hash, as people know it.
pub(crate) fn short(sha: &str) -> String {
    sha.chars().take(7).collect()
}
