//! One deployment: its facts and its log.

use leptos::prelude::*;
use stackyard_domain::deployments as service;
use stackyard_domain::{access, repositories};
use stackyard_model::Action;
use stackyard_model::deployment::Deployment;
use stackyard_model::id::DeploymentId;
use stackyard_model::repository::RepositoryName;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    Banner, ButtonSize, Code, CopyButton, Crumb, LinkButton, Live, Now, PageHeader, RelativeTime, StateSignal, Strip,
    TextLink, duration_words,
};

use super::list::{Deployer, short, state_of, took};
use super::log::{Log, Shown, read};
use crate::page::{Answer, Nav, Page, Stop};
use crate::paths;
use crate::visit::{Inside, Visit};

/// `…/deployments/{deployment}?from=&q=`.
///
/// # Errors
/// As [`Visit::workspace`], and when there is no such deployment here.
pub async fn one(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    Ok(Loaded::load(&visit, &inside).await?.page(&inside))
}

/// What the page shows.
pub(super) struct Loaded {
    workspace: Workspace,
    deployment: Deployment,
    shown: Shown,
    repositories: Vec<RepositoryName>,
    may_cancel: bool,
}

impl Loaded {
    pub(super) async fn load(visit: &Visit, inside: &Inside) -> Result<Self, Stop> {
        let here = &inside.here;
        let id: DeploymentId = visit.id("deployment")?;
        let deployment = service::get(&visit.ctx, here, &id).await?;
        let from: Option<u64> = visit.query("from").parse().ok();
        let shown = read(&visit.ctx, here, &deployment, from, visit.query("q")).await?;
        let repositories = repositories::names(&visit.ctx, here).await?;
        let standing = access::standing(&visit.ctx, here, &deployment.repository_id).await?;
        let may_cancel = !deployment.status.is_final() && standing.may(Action::ForceRelease);
        let workspace = inside.workspace().clone();
        Ok(Self { workspace, deployment, shown, repositories, may_cancel })
    }

    pub(super) const fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    pub(super) fn page(self, inside: &Inside) -> Page {
        let title = format!("{} to {}", self.deployment.component, self.deployment.stack);
        Page::of_workspace(inside, Nav::Deployments, title.clone(), move || view! { <One loaded=self title /> })
    }
}

#[component]
fn One(loaded: Loaded, title: String) -> impl IntoView {
    let Loaded { workspace, deployment, shown, repositories, may_cancel } = loaded;
    let crumbs = vec![Crumb::new(paths::deployments(&workspace), "Deployments")];
    let id = deployment.id.clone();
    let repository = repositories.into_iter().find(|repository| repository.id == deployment.repository_id);
    let repository = repository.map(|repository| repository.name).unwrap_or_default();
    let live = (!deployment.status.is_final()).then(|| view! { <Live url=paths::live_with_log(&workspace, &id) /> });
    let cancel = may_cancel.then(|| {
        view! {
            <LinkButton href=paths::cancel_deployment(&workspace, &id) size=ButtonSize::Small>
                "Mark as cancelled"
            </LinkButton>
        }
    });
    view! {
        <PageHeader title crumbs>
            {live} <span data-live="cancel">{cancel}</span>
        </PageHeader>
        <div data-live="facts">
            <Facts deployment repository workspace=workspace.clone() />
        </div>
        <Log shown workspace id />
    }
    .into_any()
}

#[component]
fn Facts(deployment: Deployment, repository: String, workspace: Workspace) -> impl IntoView {
    let instance = paths::instance(&workspace, &deployment.instance_id);
    let took = took(&deployment, Now::here().at).map(|seconds| {
        let words = duration_words(seconds);
        if deployment.status.is_final() { format!("took {words}") } else { format!("for {words}") }
    });
    let machine = |before: &'static str, text: Option<String>| {
        text.map(|text| {
            view! {
                <span>
                    {before} <Code text />
                </span>
            }
        })
    };
    let commit = deployment.commit.clone().map(|sha| {
        view! {
            <span class="flex items-center gap-1">
                "commit " <Code text=short(&sha) />
                <CopyButton text=sha label="Copy the commit".to_owned() words=String::new() attached=false />
            </span>
        }
    });
    let exit = deployment.exit_code.map(|code| view! { <span>{format!("exit code {code}")}</span> });
    let said = [deployment.title.clone(), deployment.message.clone()];
    let said: Vec<_> = said.into_iter().flatten().filter(|text| !text.trim().is_empty()).collect();
    let said = (!said.is_empty()).then(|| {
        let rows = said.into_iter().map(|text| view! { <p class="wrap-words">{text}</p> }).collect::<Vec<_>>();
        view! { <div class="border-b border-line px-4 py-2.5 text-ink-muted md:px-6">{rows}</div> }
    });
    let silent = deployment.silent_since(Now::here().at).map(|since| {
        view! {
            <Banner class="mx-4 my-3 md:mx-6">
                "Nothing heard since " <RelativeTime at=since class="" /> ". Its job may have died; its run can tell."
            </Banner>
        }
    });
    let at = deployment.started_at.unwrap_or(deployment.created_at);
    view! {
        <Strip>
            <span class="text-ink">
                <StateSignal state=state_of(deployment.status) />
            </span>
            {took}
            {exit}
            <TextLink href=instance inline=true>"The instance"</TextLink>
            {machine("", Some(repository))}
            {machine("to ", deployment.environment.clone())}
            {machine("on ", deployment.branch.clone())}
            {commit}
            <Deployer deployment=deployment.clone() />
            <RelativeTime at />
        </Strip>
        {said}
        {silent}
    }
    .into_any()
}
