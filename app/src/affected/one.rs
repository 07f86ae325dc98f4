//! One upload: its facts and the order of its instances.

use leptos::either::Either;
use leptos::prelude::*;
use stackyard_domain::affected as service;
use stackyard_domain::repositories;
use stackyard_model::activity::ActorType;
use stackyard_model::affected::{Affected, AffectedDetails};
use stackyard_model::id::AffectedId;
use stackyard_ui::{
    Code, CopyButton, Crumb, Empty, ExtLink, OrderGraph, PageHeader, RelativeTime, Strip, counted,
};

use super::list::short;
use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::visit::Visit;

/// `…/stacks/affected/{affected}`.
///
/// # Errors
/// As [`Visit::workspace`], and when there is no such upload here.
pub async fn one(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    let id: AffectedId = visit.id("affected")?;
    let AffectedDetails { upload, graph } = service::get(&visit.ctx, &inside.here, &id).await?;
    let repositories = repositories::names(&visit.ctx, &inside.here).await?;
    let workspace = inside.workspace().clone();
    let title = format!("Affected by {}", short(&upload.head_sha));
    Ok(Page::of_workspace(&inside, Nav::Stacks, title.clone(), move || {
        let crumbs = vec![
            Crumb::new(paths::stacks(&workspace), "Stacks"),
            Crumb::new(paths::affected(&workspace), "Affected"),
        ];
        let repository = repositories.into_iter().find(|repository| repository.id == upload.repository_id);
        let repository = repository.map(|repository| repository.name).unwrap_or_default();
        let order = if graph.nodes.is_empty() {
            view! {
                <Empty title="Nothing is affected" text="The commit changes no instance, so there is nothing to apply." />
            }
            .into_any()
        } else {
            view! {
                <section aria-labelledby="order">
                    <div class="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 pt-3 md:px-6">
                        <h2 id="order" class="text-[13px] font-semibold">
                            "Order"
                        </h2>
                        <p class="flex items-center gap-1.5 text-[12px] text-ink-muted">
                            <span class="bar h-3 w-[3px] bg-ink" aria-hidden="true"></span>
                            "changed by the commit; the others depend on that"
                        </p>
                    </div>
                    <OrderGraph graph />
                </section>
            }
            .into_any()
        };
        view! {
            <PageHeader title crumbs />
            <Facts upload repository />
            {order}
        }
    }))
}

#[component]
fn Facts(upload: Affected, repository: String) -> impl IntoView {
    let number = |count: i32, one: &str, many: &str| counted(i64::from(count), one, many);
    let cycles = (upload.cycles > 0).then(|| {
        view! { <span class="text-warn">{number(upload.cycles, "circle", "circles")}</span> }
    });
    let base = (!upload.base_sha.is_empty()).then(|| {
        view! {
            <span title=upload.base_sha.clone()>
                "against " <Code text=short(&upload.base_sha) />
            </span>
        }
    });
    let branch = upload.branch.clone().map(|branch| {
        view! {
            <span>
                "on " <Code text=branch />
            </span>
        }
    });
    let event = upload.event.clone().map(|event| {
        view! {
            <span>
                "by " <Code text=event />
            </span>
        }
    });
    view! {
        <Strip>
            <span>
                <Code text=repository />
            </span>
            {branch}
            {event}
            <span class="flex items-center gap-1">
                "commit " <Code text=short(&upload.head_sha) />
                <CopyButton
                    text=upload.head_sha.clone()
                    label="Copy the commit".to_owned()
                    words=String::new()
                    attached=false
                />
            </span>
            {base}
            <span class="text-ink">{number(upload.changed, "instance changed", "instances changed")}</span>
            <span>{number(upload.downstream, "downstream", "downstream")}</span>
            <span>{number(upload.edges, "dependency", "dependencies")}</span>
            <span>{number(upload.layers, "wave", "waves")}</span>
            {cycles}
            <Uploader upload=upload.clone() />
            <RelativeTime at=upload.created_at />
        </Strip>
    }
    .into_any()
}

/// Who uploaded it, with the way to the run.
#[component]
pub(super) fn Uploader(upload: Affected) -> impl IntoView {
    let who = match (upload.actor_type, upload.workflow) {
        (ActorType::Run, Some(workflow)) => workflow,
        (ActorType::Token, _) => format!("token {}", upload.actor_name),
        _ => upload.actor_name,
    };
    let words = view! { <Code text=who class="font-mono text-[12px] wrap-words" /> };
    match upload.run_url {
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
