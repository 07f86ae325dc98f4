//! One instance: how it stands, its deployments, its settings, its history.

use leptos::prelude::*;
use stackyard_domain::{activity, instances as service, repositories};
use stackyard_model::activity::Event;
use stackyard_model::id::InstanceId;
use stackyard_model::instance::{Instance, InstanceDetails};
use stackyard_model::lock::Lock;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    Code, CodeBlock, Crumb, EventSentence, EventTile, Fold, Live, PageHeader, PartHeader,
    RelativeTime, StateSignal, Teller, TextLink, written,
};

use super::list::{Ran, report, state_of};
use crate::deployments::DeploymentLines;
use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::visit::Visit;

/// Events of its history.
const EVENTS: u32 = 50;

/// `…/stacks/{instance}`.
///
/// # Errors
/// As [`Visit::workspace`], and when there is no such instance here.
pub async fn one(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    let here = &inside.here;
    let id: InstanceId = visit.id("instance")?;
    let InstanceDetails { instance, settings, deployments, lock } = service::get(&visit.ctx, here, &id).await?;
    let events = activity::of_target(&visit.ctx, here, id.as_str(), EVENTS).await?;
    let faces = visit.faces(events.iter().map(|event| event.actor_id.as_str())).await?;
    let repositories = repositories::names(&visit.ctx, here).await?;
    let workspace = inside.workspace().clone();
    let title = format!("{} in {}", instance.component, instance.stack);
    Ok(Page::of_workspace(&inside, Nav::Stacks, title, move || {
        provide_context(faces);
        let crumbs = vec![
            Crumb::new(paths::stacks(&workspace), "Stacks"),
            Crumb::new(paths::with_params(&paths::stacks(&workspace), &[("q", &instance.stack)]), instance.stack.clone()),
        ];
        let name = instance.component.clone();
        let repository = repositories.into_iter().find(|repository| repository.id == instance.repository_id);
        let repository = repository.map(|repository| {
            let href = paths::permissions(&workspace, &repository.id);
            view! {
                <TextLink href inline=true>
                    <Code text=repository.name class="font-mono text-[12px] wrap-words" />
                </TextLink>
            }
        });
        let settings = settings.map(|settings| {
            view! {
                <div class="border-b border-line px-4 py-2 md:px-6">
                    <Fold title="Settings" summary="settings.pro of its inventory">
                        <CodeBlock label="Settings" text=pretty(&settings) wrap=true />
                    </Fold>
                </div>
            }
        });
        let url = paths::live(&workspace);
        view! {
            <PageHeader title=name crumbs>
                <Live url />
            </PageHeader>
            <div data-live="facts">
                <Facts instance repository=repository.into_any() lock workspace=workspace.clone() />
            </div>
            {settings}
            <section aria-labelledby="deployments" class="border-b border-line">
                <PartHeader id="deployments" title="Deployments" />
                <div data-live="deployments">
                    <DeploymentLines deployments workspace />
                </div>
            </section>
            <section aria-labelledby="history">
                <PartHeader id="history" title="History" />
                <div data-live="history">
                    <History events />
                </div>
            </section>
        }
    }))
}

/// JSON with an indent; as it is when it cannot be read.
fn pretty(json: &str) -> String {
    let read: Result<serde_json::Value, _> = serde_json::from_str(json);
    read.and_then(|value| serde_json::to_string_pretty(&value)).unwrap_or_else(|_| json.to_owned())
}

#[component]
fn Facts(instance: Instance, repository: AnyView, lock: Option<Lock>, workspace: Workspace) -> impl IntoView {
    let last = report(&instance);
    let absent = instance.absent_since.map(|since| {
        view! {
            <dt>"Inventory"</dt>
            <dd class="text-warn">"not there any more, since " <RelativeTime at=since class="text-warn" /></dd>
        }
    });
    let disabled = (!instance.enabled).then(|| {
        view! {
            <dt>"Managed"</dt>
            <dd>"disabled in its stack"</dd>
        }
    });
    let lock = lock.map(|lock| {
        let href = paths::lock_history(&workspace, &lock.id);
        view! {
            <dt>"Locked by"</dt>
            <dd>
                <TextLink href inline=true>{lock.holder_name}</TextLink> ", ends " <RelativeTime at=lock.expires_at class="text-ink" />
            </dd>
        }
    });
    let kind = (!instance.component_type.is_empty()).then(|| {
        view! {
            <dt>"Type"</dt>
            <dd>
                <Code text=instance.component_type.clone() class="font-mono" />
            </dd>
        }
    });
    let drift = if instance.drift_enabled { "looked for" } else { "not looked for" };
    view! {
        <dl class="facts border-b border-line px-4 py-4 md:px-6">
            <dt>"Status"</dt>
            <dd>
                <StateSignal state=state_of(instance.status) />
            </dd>
            <dt>"Last report"</dt>
            <dd>{last}</dd>
            <dt>"Planned"</dt>
            <dd>
                <Ran at=instance.planned_at run_url=instance.plan_run_url />
            </dd>
            <dt>"Applied"</dt>
            <dd>
                <Ran at=instance.applied_at run_url=instance.apply_run_url />
            </dd>
            <dt>"Drift"</dt>
            <dd>{drift}</dd>
            {disabled}
            {absent}
            {lock}
            <dt>"Stack"</dt>
            <dd>
                <Code text=instance.stack class="font-mono" />
            </dd>
            <dt>"Component"</dt>
            <dd>
                <Code text=instance.component class="font-mono" />
            </dd>
            {kind}
            <dt>"Repository"</dt>
            <dd>{repository}</dd>
            <dt>"First uploaded"</dt>
            <dd>
                <RelativeTime at=instance.created_at class="text-ink" />
            </dd>
        </dl>
    }
    .into_any()
}

#[component]
fn History(events: Vec<Event>) -> impl IntoView {
    if events.is_empty() {
        return view! {
            <p class="border-t border-line px-4 py-4 text-ink-muted md:px-6">
                "Nothing has been reported yet. Plans and applies that are reported stand here, newest first."
            </p>
        }
        .into_any();
    }
    let rows = written(events.into_iter().map(|event| {
        let (at, note) = (event.at, event.details.note.clone());
        view! {
            <li class="flex items-start gap-2.5 border-b border-line py-2 last:border-b-0">
                <EventTile event=&event />
                <p class="min-w-0 grow text-[12px] leading-5 wrap-words text-ink-muted">
                    <EventSentence event=&event teller=Teller::Actor linked=true />
                    {note.map(|note| format!(": {note}"))}
                </p>
                <RelativeTime at class="shrink-0 text-[12px] leading-5 text-ink-faint" />
            </li>
        }
    }));
    view! { <ul class="border-t border-line px-4 md:px-6">{rows}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_indented_and_what_is_no_json_stays() {
        assert_eq!(pretty(r#"{"enabled":true}"#), "{\n  \"enabled\": true\n}");
        assert_eq!(pretty("{"), "{");
    }
}
