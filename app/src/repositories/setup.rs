//! How the workflows of a repository are set up, with this server's own values filled in.

use leptos::prelude::*;
use stackyard_domain::{access, repositories as service};
use stackyard_model::id::RepositoryId;
use stackyard_model::text::in_words;
use stackyard_model::{Action, PermissionKind};
use stackyard_ui::{Banner, ButtonSize, Code, CodeBlock, CopyButton, Crumb, Icon, LinkButton, PageHeader, TextLink};

use super::tabs::{RepositoryTab, RepositoryTabs};
use super::workflow::{DEPLOYMENT_STEP, NEEDED, workflow};
use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::visit::Visit;

/// `…/repositories/{repo}/setup`.
///
/// # Errors
/// As [`Visit::workspace`], and when the repository is not one of the workspace's.
pub async fn setup(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    inside.here.require(Action::SeeResources)?;
    let id: RepositoryId = visit.id("repo")?;
    let repository = service::get(&visit.ctx, &inside.here, &id).await?;
    let standing = access::standing(&visit.ctx, &inside.here, &id).await?;
    let may_grant = standing.may(Action::ManageAccess);
    let workspace = inside.workspace().clone();
    let site = &visit.ctx.deps().site;
    let (public_url, this_machine_only) = (site.public_url.clone(), site.this_machine_only);
    let workflow = workflow(&public_url, workspace.id.as_str());
    let needed = in_words(&NEEDED.each_ref().map(PermissionKind::label), "and");
    let step = DEPLOYMENT_STEP.to_owned();
    Ok(Page::of_workspace(&inside, Nav::Repositories, format!("Setup of {}", repository.name), move || {
        let list = paths::repositories(&workspace);
        let permissions = paths::permissions(&workspace, &id);
        let crumbs = vec![
            Crumb::new(list, "Configured Repositories"),
            Crumb::new(permissions.clone(), repository.name.clone()),
        ];
        let first = permissions.clone();
        let elsewhere = this_machine_only.then(|| {
            view! {
                <Banner class="mb-4">
                    "This server is known as " <Code text=public_url />
                    ", an address that only this machine reaches. For runners elsewhere, set " <Code text="STACKYARD_PUBLIC_URL" />
                    " to one that they reach."
                </Banner>
            }
        });
        view! {
            <PageHeader title="Setup" crumbs>
                <LinkButton href=permissions size=ButtonSize::Small icon=Icon::Key>
                    "Permissions"
                </LinkButton>
            </PageHeader>
            <RepositoryTabs
                workspace=&workspace
                repository=&repository
                current=RepositoryTab::Setup
                may_grant
                permissions=repository.permissions
            />
            <div class="max-w-[760px] px-4 py-6 md:px-6">
                {elsewhere}
                <p class="text-ink-muted">
                    "Workflows of "
                    <span class="font-mono text-[12px] text-ink">{repository.name.clone()}</span>
                    " sign in with the token that GitHub Actions gives them. No secret is stored anywhere."
                </p>
                <ol class="mt-3 flex flex-col gap-1 text-ink-muted">
                    <li>
                        "1. Put this into "
                        <span class="font-mono text-[12px] text-ink">".github/workflows/atmos.yaml"</span>
                        ", or its "
                        <span class="font-mono text-[12px] text-ink">"permissions"</span> " and "
                        <span class="font-mono text-[12px] text-ink">"env"</span>
                        " into a workflow that is there."
                    </li>
                    <li>
                        "2. Set stack and component to one of yours. Only components with "
                        <span class="font-mono text-[12px] text-ink">"settings.pro.enabled: true"</span>
                        " report their status."
                    </li>
                    <li>
                        "3. Add the permissions that it needs: " {needed} ". "
                        <TextLink href=first inline=true>
                            "Permissions of this repository"
                        </TextLink>
                    </li>
                    <li>"4. Run it."</li>
                </ol>
                <div class="relative mt-4 rounded-[6px] border border-line bg-surface-sunken">
                    <CodeBlock label="Workflow" text=workflow.clone() />
                    <span class="absolute top-1.5 right-1.5">
                        <CopyButton
                            text=workflow
                            label="Copy the workflow".to_owned()
                            words="Copy".to_owned()
                            attached=false
                        />
                    </span>
                </div>
                <h2 class="mt-8 text-[14px] leading-5 font-semibold">"A deployment with its log"</h2>
                <p class="mt-1 text-ink-muted">
                    "Every apply that "
                    <span class="font-mono text-[12px] text-ink">"--upload-status"</span>
                    " reports is a deployment here. This step in place of the deploy above also keeps its log. It needs the permission Deployments Create, and the instance in the inventory."
                </p>
                <div class="relative mt-4 rounded-[6px] border border-line bg-surface-sunken">
                    <CodeBlock label="Deployment step" text=step.clone() />
                    <span class="absolute top-1.5 right-1.5">
                        <CopyButton
                            text=step
                            label="Copy the step".to_owned()
                            words="Copy".to_owned()
                            attached=false
                        />
                    </span>
                </div>
                <p class="mt-3 text-[12px] leading-[18px] text-ink-muted">
                    "The CLI sends command names and the workspace’s id to its makers unless "
                    <span class="font-mono text-ink">"ATMOS_TELEMETRY_ENABLED"</span>
                    " is false, as it is here."
                </p>
            </div>
        }
    }))
}
