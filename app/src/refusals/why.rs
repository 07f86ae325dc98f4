//! Why a request was refused, and what would let it through.

use leptos::prelude::*;
use stackyard_domain::refusals::{self as service, Why};
use stackyard_domain::repositories;
use stackyard_model::activity::Event;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    ButtonSize, ClockTime, CopyButton, Crumb, EventSentence, Icon, LinkButton, Marked, Now, PageHeader, State,
    StateGlyph, Strip, Teller, TraceDrawing, TraceVerdict,
};

use super::through::Through;
use crate::activity::{Facts, Reply};
use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::visit::{Inside, Visit};

/// `/why/{trace id}`.
///
/// # Errors
/// [`stackyard_domain::Error::NotFound`] for everybody who may not see it, whether or not it exists.
pub async fn why(visit: Visit) -> Answer {
    let Why { here, event, may_create, suggestion } = service::why(&visit.ctx, &visit.param("trace")).await?;
    let memberships = stackyard_domain::workspaces::list(&visit.ctx, "").await?;
    let inside = Inside { here, memberships };
    // The repository may have been removed since.
    let repository = match &event.repository_id {
        Some(id) => match repositories::get(&visit.ctx, &inside.here, id).await {
            Ok(repository) => Some(repository),
            Err(stackyard_domain::Error::NotFound) => None,
            Err(error) => return Err(error.into()),
        },
        None => None,
    };
    let workspace = inside.workspace().clone();
    let public_url = visit.ctx.deps().site.public_url.clone();
    Ok(Page::of_workspace(&inside, Nav::Activity, title(&event), move || {
        let permissions = repository.as_ref().map(|repository| paths::permissions(&workspace, &repository.id));
        let through = suggestion.zip(repository).map(|(suggestion, repository)| {
            view! { <Through suggestion repository workspace=workspace.clone() may_create event=event.clone() /> }
        });
        let link = format!("{public_url}{}", paths::why(&event.trace_id));
        let trace = event.details.trace.clone().map(|trace| {
            view! {
                <section class="px-4 py-4 md:px-6" aria-label="Decision trace">
                    <TraceVerdict trace=trace.clone() large=true />
                    <TraceDrawing trace permissions />
                </section>
            }
            .into_any()
        });
        let note = event
            .details
            .note
            .clone()
            .map(|note| view! { <p class="px-4 py-4 text-ink-muted wrap-words md:px-6"><Marked text=note /></p> });
        let reply =
            event.details.reply.clone().map(|reply| view! { <Reply reply refusal=event.details.refusal /> });
        view! {
            <Head event=event.clone() workspace link />
            {trace}
            {note}
            <div class="grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-6 border-t border-line px-4 py-4 md:px-6 lg:max-xl:grid-cols-2 xl:grid-cols-3">
                {through} {reply} <Facts event />
            </div>
        }
    }))
}

fn title(event: &Event) -> String {
    match &event.details.run {
        Some(run) => format!("Why run {} was refused", run.run_id),
        None => format!("Why {} was refused", event.actor_name),
    }
}

#[component]
fn Head(event: Event, workspace: Workspace, link: String) -> impl IntoView {
    let crumbs = vec![Crumb::new(paths::activity(&workspace), "Activity")];
    let at = event.at;
    let day = Now::here().day(at);
    view! {
        <PageHeader title=title(&event) crumbs>
            <LinkButton
                href="#through"
                size=ButtonSize::Small
                icon_after=Icon::ArrowDown
                class="xl:hidden"
            >
                "Ways through"
            </LinkButton>
            <CopyButton
                text=link
                label="Copy link to this page".to_owned()
                words="Copy link".to_owned()
                attached=false
            />
        </PageHeader>
        <Strip>
            <StateGlyph state=State::Denied />
            <p class="min-w-0 wrap-words">
                <EventSentence event=&event teller=Teller::Nobody />
            </p>
            <p>
                "in " <span class="font-mono text-[12px] text-ink">{event.repository.clone()}</span>
            </p>
            <p class="md:ml-auto">{day} ", " <ClockTime at seconds=true /></p>
        </Strip>
    }
    .into_any()
}
