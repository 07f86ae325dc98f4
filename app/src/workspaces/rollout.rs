//! What is rolled out, on the overview: the latest deployments, and the instances that are not as they are written.

use leptos::prelude::*;
use stackyard_domain::deployments::{self, DeploymentFilter};
use stackyard_domain::instances::{self, InstanceFilter};
use stackyard_domain::{Ctx, Error, Here};
use stackyard_model::deployment::Deployment;
use stackyard_model::instance::{Instance, InstanceStatus};
use stackyard_model::workspace::{Totals, Workspace};
use stackyard_ui::{Code, PartHeader, RelativeTime, State, StateSignal, TextLink, counted, thousands};

use crate::deployments::DeploymentLines;
use crate::paths::{self, with_params};

/// Deployments that are shown; the others are on their page.
const DEPLOYMENTS: u32 = 8;
/// Instances that are shown of those that drifted, and of those that failed.
const INSTANCES: u32 = 4;

/// What the overview shows of it.
pub(super) struct Rollout {
    pub(super) deployments: Vec<Deployment>,
    /// Those that failed, then those that drifted.
    pub(super) amiss: Vec<Instance>,
}

impl Rollout {
    /// Reads it.
    ///
    /// # Errors
    /// As the services.
    pub(super) async fn load(ctx: &Ctx, here: &Here) -> Result<Self, Error> {
        let latest = deployments::page(ctx, here, &DeploymentFilter::default(), "", DEPLOYMENTS).await?;
        let mut amiss = Vec::new();
        for status in [InstanceStatus::Error, InstanceStatus::Drifted] {
            let filter = InstanceFilter { status: Some(status), ..InstanceFilter::default() };
            amiss.extend(instances::page(ctx, here, &filter, "", INSTANCES).await?.items);
        }
        Ok(Self { deployments: latest.items, amiss })
    }
}

/// The latest deployments.
#[component]
pub(super) fn RecentDeployments(deployments: Vec<Deployment>, workspace: Workspace) -> impl IntoView {
    let all = paths::deployments(&workspace);
    view! {
        <section aria-labelledby="deployments" class="border-b border-line">
            <PartHeader id="deployments" title="Recent deployments">
                <TextLink href=all class="text-[12px]">
                    "All deployments"
                </TextLink>
            </PartHeader>
            <DeploymentLines deployments workspace named=true />
        </section>
    }
    .into_any()
}

/// How many instances are as they are written, and some of those that are not.
#[component]
pub(super) fn Drift(amiss: Vec<Instance>, totals: Totals, workspace: Workspace) -> impl IntoView {
    let rows = amiss
        .into_iter()
        .map(|instance| {
            let state =
                if instance.status == InstanceStatus::Error { State::Error } else { State::Drifted };
            let at = instance.planned_at.max(instance.applied_at);
            view! {
                <li class="flex items-center gap-3 border-b border-line py-2 last:border-b-0">
                    <span class="w-20 shrink-0 text-[12px]">
                        <StateSignal state />
                    </span>
                    <a
                        href=paths::instance(&workspace, &instance.id)
                        class="min-w-0 grow font-mono text-[12px] wrap-words hover:text-accent hover:underline underline-offset-[3px]"
                    >
                        <Code text=instance.component class="font-medium" />
                        " "
                        <span class="text-ink-muted">{instance.stack}</span>
                    </a>
                    <span class="shrink-0 text-[12px] text-ink-faint">
                        {at.map(|at| view! { <RelativeTime at /> })}
                    </span>
                </li>
            }
        })
        .collect::<Vec<_>>();
    let list = if rows.is_empty() {
        let said = if totals.instances == 0 {
            "No inventory yet. atmos list instances --upload brings it."
        } else {
            "Nothing has drifted, and no last plan or apply failed."
        };
        view! { <p class="border-t border-line px-4 py-4 text-ink-muted md:px-6">{said}</p> }.into_any()
    } else {
        view! { <ul class="border-t border-line px-4 md:px-6">{rows}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby="drift">
            <PartHeader id="drift" title="Drift" note=counted(totals.instances, "instance", "instances")>
                <TextLink href=paths::stacks(&workspace) class="text-[12px]">
                    "All stacks"
                </TextLink>
            </PartHeader>
            {list}
        </section>
    }
    .into_any()
}

/// What the total of the instances says beside their number.
#[component]
pub(super) fn DriftNote(totals: Totals, workspace: Workspace, linked: bool) -> impl IntoView {
    let said = |count: i64, word: &str, status: InstanceStatus| {
        let href = with_params(&paths::stacks(&workspace), &[("status", status.as_str())]);
        let words = format!("{} {word}", thousands(count));
        if linked {
            view! {
                <TextLink href inline=true>
                    {words}
                </TextLink>
            }
            .into_any()
        } else {
            words.into_any()
        }
    };
    view! {
        {said(totals.drifted, "drifted", InstanceStatus::Drifted)} ", " {said(totals.broken, "failed", InstanceStatus::Error)}
    }
    .into_any()
}
