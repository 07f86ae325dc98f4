//! The permissions of a repository, and the dialogs over them.

use std::collections::HashMap;

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::permissions::{self as service, Matches};
use stackyard_domain::{access, repositories};
use stackyard_model::access::Standing;
use stackyard_model::id::{PermissionId, RepositoryId};
use stackyard_model::permission::{Events, Permission, PermissionInput};
use stackyard_model::repository::Repository;
use stackyard_model::workspace::Workspace;
use stackyard_model::{Action, PermissionKind};
use stackyard_ui::{
    ButtonKind, ButtonSize, Crumb, Empty, Form, Hidden, Icon, LinkButton, PageHeader, Strip, SubmitButton,
    TextLink, counted,
};

use super::card::Card;
use super::dialog::{PermissionDialog, Purpose, RemoveDialog};
use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::permissions::forms::AddStarterSet;
use crate::repositories::{RepositoryTab, RepositoryTabs};
use crate::visit::{Inside, Visit};

/// The id of the button that opens the dialog of a new permission.
pub(super) const ADD: &str = "add";

/// The page under every dialog here.
struct Loaded {
    inside: Inside,
    repository: Repository,
    permissions: Vec<Permission>,
    matches: HashMap<PermissionId, Matches>,
    standing: Standing,
}

impl Loaded {
    async fn load(visit: &Visit) -> Result<Self, crate::page::Stop> {
        let inside = visit.workspace().await?;
        let id: RepositoryId = visit.id("repo")?;
        let repository = repositories::get(&visit.ctx, &inside.here, &id).await?;
        let permissions = service::list(&visit.ctx, &inside.here, &id).await?;
        let matches = service::matches(&visit.ctx, &inside.here, &id).await?;
        let standing = access::standing(&visit.ctx, &inside.here, &id).await?;
        Ok(Self { inside, repository, permissions, matches, standing })
    }

    fn find(&self, visit: &Visit) -> Result<Permission, stackyard_domain::Error> {
        let id: PermissionId = visit.id("perm")?;
        let found = self.permissions.iter().find(|permission| permission.id == id);
        found.cloned().ok_or(stackyard_domain::Error::NotFound)
    }

    /// For who may change the permissions of the repository.
    async fn managed(&self, visit: &Visit) -> Result<(), stackyard_domain::Error> {
        access::require_on(&visit.ctx, &self.inside.here, Action::ManagePermissions, &self.repository.id).await
    }

    fn place(&self) -> (Workspace, Repository) {
        (self.inside.workspace().clone(), self.repository.clone())
    }

    fn page(self, visit: &Visit) -> Page {
        let Self { inside, repository, permissions, matches, standing } = self;
        let workspace = inside.workspace().clone();
        let may_manage = standing.may(Action::ManagePermissions);
        let may_grant = standing.may(Action::ManageAccess);
        let back = visit.path().to_owned();
        let title = format!("Permissions of {}", repository.name);
        Page::of_workspace(&inside, Nav::Repositories, title, move || {
            view! { <Permissions workspace repository permissions matches may_manage may_grant back /> }
        })
    }
}

/// `…/repositories/{repo}/permissions`.
///
/// # Errors
/// As [`Visit::workspace`], and when the repository is not one of the workspace's.
pub async fn list(visit: Visit) -> Answer {
    Ok(Loaded::load(&visit).await?.page(&visit))
}

/// `…/permissions/new`: the list under the dialog. `kind`, `workflow`, `branch`, `environment` and `events` in the
/// query fill it in, as a denial's page does; nothing is saved before the form is sent.
///
/// # Errors
/// As [`list`], and for who may not add permissions.
pub async fn new(visit: Visit) -> Answer {
    let loaded = Loaded::load(&visit).await?;
    loaded.managed(&visit).await?;
    let (workspace, repository) = loaded.place();
    let given = |name: &str| {
        let value = visit.query(name);
        if value.is_empty() { "*".to_owned() } else { value }
    };
    let kind = visit.query("kind").parse().unwrap_or(PermissionKind::AffectedStacksCreate);
    let events =
        if visit.has("events") { Events::from_list(&visit.query("events")) } else { Events::default() };
    let input = PermissionInput {
        kind: kind.as_str().to_owned(),
        workflow: given("workflow"),
        branch: given("branch"),
        environment: given("environment"),
        events,
    };
    let state = visit.form("permissions/add");
    let back = visit.here();
    Ok(loaded.page(&visit).under("Add Permissions", move || {
        view! { <PermissionDialog purpose=Purpose::Add workspace repository input state back /> }
    }))
}

/// `…/permissions/{perm}/edit`: the list under the dialog.
///
/// # Errors
/// As [`list`], and for who may not edit permissions.
pub async fn edit(visit: Visit) -> Answer {
    let loaded = Loaded::load(&visit).await?;
    loaded.managed(&visit).await?;
    let permission = loaded.find(&visit)?;
    let (workspace, repository) = loaded.place();
    let state = visit.form_of("permissions/update", "permission", permission.id.as_str());
    let input = PermissionInput {
        kind: permission.kind.as_str().to_owned(),
        workflow: permission.workflow,
        branch: permission.branch,
        environment: permission.environment,
        events: permission.events,
    };
    let purpose = Purpose::Edit(permission.id, permission.version);
    let back = visit.here();
    Ok(loaded.page(&visit).under("Edit permission", move || {
        view! { <PermissionDialog purpose workspace repository input state back /> }
    }))
}

/// `…/permissions/{perm}/remove`: the list under a dialog that asks once more.
///
/// # Errors
/// As [`list`], and for who may not remove permissions.
pub async fn remove(visit: Visit) -> Answer {
    let loaded = Loaded::load(&visit).await?;
    loaded.managed(&visit).await?;
    let permission = loaded.find(&visit)?;
    let (workspace, repository) = loaded.place();
    Ok(loaded.page(&visit).under("Remove permission", move || {
        view! { <RemoveDialog workspace repository permission /> }
    }))
}

#[component]
fn Permissions(
    workspace: Workspace,
    repository: Repository,
    permissions: Vec<Permission>,
    matches: HashMap<PermissionId, Matches>,
    may_manage: bool,
    may_grant: bool,
    back: String,
) -> impl IntoView {
    let new = paths::new_permission(&workspace, &repository.id);
    let crumbs = vec![
        Crumb::new(paths::repositories(&workspace), "Configured Repositories"),
        Crumb::new(paths::permissions(&workspace, &repository.id), repository.name.clone()),
    ];
    let count = i64::try_from(permissions.len()).unwrap_or(i64::MAX);
    let mut kinds: Vec<_> = permissions.iter().map(|permission| permission.kind).collect();
    kinds.dedup();
    let kinds = i64::try_from(kinds.len()).unwrap_or(i64::MAX);
    let denied = paths::with_params(
        &paths::activity(&workspace),
        &[("outcome", "denied"), ("repository", repository.id.as_str())],
    );
    let body = if permissions.is_empty() {
        view! { <NoPermission workspace=workspace.clone() repository=repository.clone() may_manage back /> }
            .into_any()
    } else {
        let cards = permissions
            .into_iter()
            .map(|permission| {
                let matched = matches.get(&permission.id).copied();
                view! { <Card permission matched workspace=workspace.clone() may_manage /> }
            })
            .collect::<Vec<_>>();
        view! {
            <Strip>
                <p>
                    <span class="font-semibold text-ink">
                        {counted(count, "permission", "permissions")}
                    </span>
                    {format!(", {}", counted(kinds, "kind", "kinds"))}
                </p>
                <TextLink href=denied>"Show the denied requests"</TextLink>
                <p class="xl:ml-auto">
                    "A request passes when one permission of its kind matches "
                    <span class="text-ink">"workflow, branch and environment"</span> "."
                </p>
            </Strip>
            <ol>{cards}</ol>
            <p class="border-t border-line px-4 py-4 text-[12px] leading-[18px] text-ink-faint md:px-6">
                "Removing a permission takes effect on the next request. Runs started by "
                <span class="font-mono">"pull_request_target"</span> ", "
                <span class="font-mono">"workflow_run"</span> " or "
                <span class="font-mono">"issue_comment"</span>
                " are refused unless a permission says otherwise."
            </p>
        }
        .into_any()
    };
    view! {
        <PageHeader title="Permissions" crumbs>
            {may_manage
                .then(|| {
                    view! {
                        <LinkButton
                            href=new
                            id=ADD
                            kind=ButtonKind::Primary
                            size=ButtonSize::Small
                            icon=Icon::Plus
                        >
                            "Add Permissions"
                        </LinkButton>
                    }
                })}
        </PageHeader>
        <RepositoryTabs
            workspace=&workspace
            repository=&repository
            current=RepositoryTab::Permissions
            may_grant
            permissions=count
        />
        {body}
    }
    .into_any()
}

#[component]
fn NoPermission(workspace: Workspace, repository: Repository, may_manage: bool, back: String) -> impl IntoView {
    let text = format!(
        "Whatever a workflow of {} asks for is refused until there is one. The starter set lets every branch report, and takes and releases locks from main alone.",
        repository.name
    );
    view! {
        <Empty title="No permission yet" text>
            {may_manage
                .then(|| {
                    view! {
                        <Form action=AddStarterSet::url() back class="inline-flex">
                            <Hidden name="workspace" value=workspace.slug />
                            <Hidden name="repository" value=repository.id.to_string() />
                            <SubmitButton kind=ButtonKind::Plain size=ButtonSize::Small>
                                "Add the starter set"
                            </SubmitButton>
                        </Form>
                    }
                })}
        </Empty>
    }
    .into_any()
}
