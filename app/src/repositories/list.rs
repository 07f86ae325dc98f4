//! Configured Repositories.

use leptos::either::Either;
use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::access::{self, Standings};
use stackyard_domain::repositories as service;
use stackyard_model::Action;
use stackyard_model::access::Standing;
use stackyard_model::id::RepositoryId;
use stackyard_model::repository::Repository;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    ButtonKind, ButtonSize, Cell, Column, ConfirmFoot, CoverLink, Dialog, DialogBody, DialogWidth, Empty, Field,
    Form, Glyph, Hidden, Icon, LinkButton, Menu, MenuItem, PageHeader, RelativeTime, Row, RowTone,
    SearchForm, SearchInput, Split, SplitMain, Table, TextInput, counted, thousands, written,
};

use super::add::AddPanel;
use super::held::HeldBanner;
use crate::forms::FormState;
use crate::page::{Answer, Nav, Page, Stop};
use crate::paths;
use crate::repositories::forms::RemoveRepository;
use crate::visit::{Inside, Visit};

/// `…/repositories`.
///
/// # Errors
/// As [`Visit::workspace`], and for a role that may not see repositories.
pub async fn list(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    under(&visit, &inside).await
}

/// `…/repositories/{repo}/remove`: the list under a dialog that asks for the name.
///
/// # Errors
/// As [`list`], and for who may not remove the repository.
pub async fn remove(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    inside.here.require(Action::ManageRepositories)?;
    let id: RepositoryId = visit.id("repo")?;
    let repository = service::get(&visit.ctx, &inside.here, &id).await?;
    let workspace = inside.workspace().clone();
    let state = visit.form_of("repositories/remove", "repository", id.as_str());
    let back = visit.here();
    let title = format!("Remove {}", repository.name);
    Ok(under(&visit, &inside).await?.under(title, move || {
        view! { <RemoveDialog workspace repository state back /> }
    }))
}

async fn under(visit: &Visit, inside: &Inside) -> Result<Page, Stop> {
    let here = &inside.here;
    let q = visit.query("q");
    let repositories = service::list(&visit.ctx, here, &q).await?;
    let workspace = inside.workspace().clone();
    let may_manage = here.may(Action::ManageRepositories);
    let (members_see_all, may_ask) = (workspace.members_see_all, here.may(Action::RequestAccess));
    let without_grant = Standing { role: here.role, members_see_all, granted: None };
    let granted_only = !without_grant.may(Action::SeeResources);
    let standings = access::standings(&visit.ctx, here).await?;
    let add = visit.form("repositories/add");
    let nothing = repositories.is_empty() && q.is_empty();
    let open = may_manage && (visit.has("add") || add.came_back());
    let hosts = service::hosts(&visit.ctx);
    let back = visit.here();
    Ok(Page::of_workspace(inside, Nav::Repositories, "Configured Repositories", move || {
        let path = paths::repositories(&workspace);
        let add_path = paths::add_repository(&workspace);
        let count = i64::try_from(repositories.len()).unwrap_or(i64::MAX);
        let held = repositories
            .iter()
            .filter(|repository| repository.held.is_some())
            .map(|repository| {
                view! {
                    <HeldBanner
                        repository=repository.clone()
                        slug=workspace.slug.clone()
                        back=back.clone()
                        may_confirm=may_manage
                    />
                }
            })
            .collect::<Vec<_>>();
        let kind = if open || nothing { ButtonKind::Plain } else { ButtonKind::Primary };
        let header_button = may_manage.then(|| view! { <AddButton href=add_path.clone() kind /> });
        let list = if nothing && granted_only {
            view! { <NothingGranted workspace=workspace.clone() may_ask /> }.into_any()
        } else if nothing {
            view! {
                <Empty
                    title="No repository yet"
                    text="Workflows of a repository can sign in once it is configured here and has a permission. Add one by its owner/name."
                >
                    {may_manage.then(|| view! { <AddButton href=add_path kind=ButtonKind::Primary /> })}
                </Empty>
            }
            .into_any()
        } else if repositories.is_empty() {
            let all = path.clone();
            view! {
                <Empty title="No repository matches" text="No configured repository has that in its name. Search for something shorter.">
                    <LinkButton href=all size=ButtonSize::Small>
                        "Show all"
                    </LinkButton>
                </Empty>
            }
            .into_any()
        } else {
            view! { <Repositories repositories standings workspace=workspace.clone() may_manage /> }.into_any()
        };
        let main = view! { <SplitMain>{held} {list}</SplitMain> };
        let panel = open.then(|| {
            view! { <AddPanel state=add hosts slug=workspace.slug.clone() back close=path.clone() /> }
        });
        view! {
            <PageHeader title="Configured Repositories" note=thousands(count)>
                <SearchForm action=path class="max-md:w-full">
                    <SearchInput
                        name="q"
                        label="Search configured repositories"
                        value=q
                        placeholder="Search"
                        small=true
                        class="relative w-56 max-md:w-full"
                    />
                </SearchForm>
                {header_button}
            </PageHeader>
            {match panel {
                Some(panel) => view! { <Split>{panel} {main}</Split> }.into_any(),
                None => main.into_any(),
            }}
        }
    }))
}

/// What somebody reads who sees only what is granted to them, and to whom nothing is.
#[component]
fn NothingGranted(workspace: Workspace, may_ask: bool) -> impl IntoView {
    let text = if may_ask {
        "You see the repositories that are granted to you or your groups. Ask for one, and an owner or admin decides.".to_owned()
    } else {
        let name = &workspace.name;
        format!("You see the repositories that are granted to you or your groups. Ask an owner or admin of {name} for one.")
    };
    let ask = may_ask.then(|| {
        view! {
            <LinkButton href=paths::ask_for_access(&workspace) kind=ButtonKind::Primary size=ButtonSize::Small>
                "Request access"
            </LinkButton>
        }
    });
    view! {
        <Empty title="Nothing here is granted to you" text>
            {ask}
        </Empty>
    }
    .into_any()
}

#[component]
fn AddButton(href: String, kind: ButtonKind) -> impl IntoView {
    view! {
        <LinkButton href kind size=ButtonSize::Small icon=Icon::Github>
            "Add Repository"
        </LinkButton>
    }
}

#[component]
fn Repositories(
    repositories: Vec<Repository>,
    standings: Standings,
    workspace: Workspace,
    may_manage: bool,
) -> impl IntoView {
    let columns = vec![
        Column::new("Repository", ""),
        Column::new("Host", "max-lg:hidden md:w-[160px]"),
        Column::new("Permissions", "md:w-[112px]"),
        Column::new("Last sign-in", "md:w-[124px]"),
        Column::silent("Settings", "md:w-[72px]"),
    ];
    let rows = repositories
        .into_iter()
        .map(|repository| {
            let may_grant = standings.on(&repository.id).may(Action::ManageAccess);
            view! { <RepositoryRow repository workspace=&workspace may_manage may_grant /> }
        });
    let rows = written(rows);
    view! {
        <Table label="Configured repositories" columns>
            {rows}
        </Table>
        <p class="border-t border-line px-4 py-3 text-[12px] text-ink-faint md:px-6">
            "A repository may do nothing here until it has a permission."
        </p>
    }
    .into_any()
}

#[component]
fn RepositoryRow<'a>(
    repository: Repository,
    workspace: &'a Workspace,
    may_manage: bool,
    may_grant: bool,
) -> impl IntoView + use<> {
    let href = paths::permissions(workspace, &repository.id);
    let mut items = vec![
        MenuItem::link(href.clone(), Icon::Key, "Permissions"),
        MenuItem::link(paths::repository_setup(workspace, &repository.id), Icon::Workflow, "Setup"),
        MenuItem::link(paths::events_of(workspace, &repository.id), Icon::Activity, "Events of this repository"),
    ];
    if may_grant {
        let access = paths::repository_access(workspace, &repository.id);
        items.insert(1, MenuItem::link(access, Icon::Team, "Access"));
    }
    if may_manage {
        let remove = paths::remove_repository(workspace, &repository.id);
        items.extend([MenuItem::Line, MenuItem::danger(remove, Icon::Trash, "Remove repository…")]);
    }
    let label = format!("Settings of {}", repository.name);
    let owner = format!("{}/", repository.owner());
    let name = repository.short_name().to_owned();
    let tone = if repository.held.is_some() { RowTone::Warn } else { RowTone::Linked };
    let icon = if repository.host.contains("github") { Icon::Github } else { Icon::Repo };
    let permissions = if repository.permissions == 0 {
        Either::Left(view! {
            <span class="flex items-center gap-1.5 text-warn">
                <Glyph icon=Icon::Warn />
                "None"
            </span>
        })
    } else {
        Either::Right(thousands(repository.permissions))
    };
    let last = match repository.last_seen_at {
        Some(at) => Either::Left(view! { <RelativeTime at /> }),
        None => Either::Right(view! { <span class="text-ink-faint">"never"</span> }),
    };
    view! {
        <Row tone>
            <Cell class="max-md:col-start-1 max-md:row-start-1">
                <span class="flex min-w-0 items-center gap-2.5">
                    <Glyph icon class="w-4 h-4 shrink-0 text-ink-muted" />
                    <CoverLink href title=repository.name.clone() id=paths::repository_id(&repository.id)>
                        <span class="font-normal text-ink-muted">{owner}</span>
                        {name}
                    </CoverLink>
                </span>
            </Cell>
            <Cell class="max-lg:hidden">
                <span class="block truncate text-ink-muted">{repository.host}</span>
            </Cell>
            <Cell class="max-md:hidden">
                {permissions}
            </Cell>
            <Cell class="max-md:col-start-1 max-md:pl-[26px] max-md:text-[12px]">
                <span class="md:hidden">
                    {counted(repository.permissions, "permission", "permissions")}
                    <span class="text-ink-faint">" · "</span>
                </span>
                {last}
            </Cell>
            <Cell class="text-right max-md:[grid-column:2] max-md:[grid-row:1/3]">
                <Menu label icon=Icon::Gear title="Settings" items />
            </Cell>
        </Row>
    }
}

#[component]
fn RemoveDialog(workspace: Workspace, repository: Repository, state: FormState, back: String) -> impl IntoView {
    let close = format!("{}#{}", paths::repositories(&workspace), paths::repository_id(&repository.id));
    let cancel = close.clone();
    let permissions = counted(repository.permissions, "permission", "permissions");
    view! {
        <Dialog title=format!("Remove {}", repository.name) close width=DialogWidth::Confirm>
            <Form action=RemoveRepository::url() back errors=state.errors.clone()>
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="repository" value=repository.id.to_string() />
                <DialogBody>
                    <p class="py-3 text-ink-muted">
                        "Gone at once: " <span class="text-ink">{permissions}</span>
                        ", its repository tokens and the CI sessions of its workflows, which are refused from now on. Its events stay in the log; nothing on "
                        {repository.host} " changes."
                    </p>
                    <Field
                        name="name"
                        label=format!("Type {} to confirm", repository.name)
                        value=state.value("name", "")
                        class="pb-3"
                    >
                        <TextInput mono=true required=true autofocus=true />
                    </Field>
                </DialogBody>
                <ConfirmFoot cancel submit="Remove repository" field=true />
            </Form>
        </Dialog>
    }
    .into_any()
}
