//! The tabs of one repository.

use leptos::prelude::*;
use stackyard_model::repository::Repository;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{Tab, Tabs};

use crate::paths;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RepositoryTab {
    /// Which workflows may do what.
    Permissions,
    /// Which people may.
    Access,
    /// How its workflows are set up.
    Setup,
}

/// The tabs over the pages of a repository.
#[component]
pub(crate) fn RepositoryTabs<'a>(
    /// The workspace.
    workspace: &'a Workspace,
    /// The repository.
    repository: &'a Repository,
    /// Which one is shown.
    current: RepositoryTab,
    /// Whether whoever looks may say who has access.
    may_grant: bool,
    /// How many permissions it has.
    permissions: i64,
) -> AnyView {
    let id = &repository.id;
    let access = may_grant.then(|| {
        let href = paths::repository_access(workspace, id);
        view! { <Tab href label="Access" current=current == RepositoryTab::Access /> }
    });
    let of_permissions = paths::permissions(workspace, id);
    let of_setup = paths::repository_setup(workspace, id);
    view! {
        <Tabs label=repository.name.clone()>
            <Tab
                href=of_permissions
                label="Permissions"
                current=current == RepositoryTab::Permissions
                count=permissions
            />
            {access}
            <Tab href=of_setup label="Setup" current=current == RepositoryTab::Setup />
        </Tabs>
    }
    .into_any()
}
