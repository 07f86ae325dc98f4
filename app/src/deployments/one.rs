//! One deployment: its facts and its log.

use leptos::prelude::*;
use stackyard_domain::deployments as service;
use stackyard_domain::repositories;
use stackyard_model::deployment::Deployment;
use stackyard_model::id::DeploymentId;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    Code, CopyButton, Crumb, Live, Now, PageHeader, RelativeTime, StateSignal, Strip, TextLink, duration_words,
};

use super::list::{Deployer, short, state_of, took};
use super::log::{Log, read};
use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::visit::Visit;

/// `…/deployments/{deployment}?from=&q=`.
///
/// # Errors
/// As [`Visit::workspace`], and when there is no such deployment here.
pub async fn one(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    let here = &inside.here;
    let id: DeploymentId = visit.id("deployment")?;
    let deployment = service::get(&visit.ctx, here, &id).await?;
    let from: Option<u64> = visit.query("from").parse().ok();
    let shown = read(&visit.ctx, here, &deployment, from, visit.query("q")).await?;
    let repositories = repositories::names(&visit.ctx, here).await?;
    let workspace = inside.workspace().clone();
    let title = format!("{} to {}", deployment.component, deployment.stack);
    Ok(Page::of_workspace(&inside, Nav::Deployments, title.clone(), move || {
        let crumbs = vec![Crumb::new(paths::deployments(&workspace), "Deployments")];
        let id = deployment.id.clone();
        let repository = repositories.into_iter().find(|repository| repository.id == deployment.repository_id);
        let repository = repository.map(|repository| repository.name).unwrap_or_default();
        let live = (!deployment.status.is_final()).then(|| view! { <Live url=paths::live_with_log(&workspace, &id) /> });
        view! {
            <PageHeader title crumbs>
                {live}
            </PageHeader>
            <div data-live="facts">
                <Facts deployment repository workspace=workspace.clone() />
            </div>
            <Log shown workspace id />
        }
    }))
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
    }
    .into_any()
}
