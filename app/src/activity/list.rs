//! Activity: the log by day, narrowed by filters, a denial opening to its trace.

use leptos::prelude::*;
use stackyard_domain::{activity as service, repositories};
use stackyard_model::Ts;
use stackyard_model::activity::{ActivityFilter, Event, Outcome};
use stackyard_model::repository::RepositoryName;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    ButtonSize, ClockTime, Empty, EventSentence, EventTile, Glyph, Icon, LinkButton, Live, Menu, MenuItem, Now, PageHeader, Pager,
    StateGlyph, StateSignal, Teller, counted, event_state, written,
};

use super::details::Details;
use super::filters::Filters;
use super::strip::HourStrip;
use crate::page::{Answer, Nav, Page};
use crate::paths;
use crate::visit::Visit;

/// Events of a page.
const LIMIT: u32 = 50;
/// Hours of the strip over it.
const HOURS: u32 = 48;
/// Decisions that are drawn on it, the newest; a page of fifty would weigh a megabyte. The others say their verdict.
const DRAWN: usize = 10;

/// `…/activity?outcome=&category=&actor=&repository=&q=&within=&first=&last=&from=&until=&before=`; `first` and `last` are
/// days in the reader's zone.
///
/// # Errors
/// As [`Visit::workspace`], and for a role that may not see the log.
pub async fn list(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    let now = visit.now();
    let day = |name: &str, after: bool| now.day_begins(&visit.query(name), after);
    let mut filter = filter_of(|name| visit.query(name));
    filter.from = day("first", false).or(filter.from);
    filter.until = day("last", true).or(filter.until);
    let hours = service::strip(&visit.ctx, &inside.here, &filter, HOURS).await?;
    let page = service::list(&visit.ctx, &inside.here, &filter, LIMIT).await?;
    let repositories = repositories::names(&visit.ctx, &inside.here).await?;
    let faces = visit.faces(page.items.iter().map(|event| event.actor_id.as_str())).await?;
    let workspace = inside.workspace().clone();
    let here = workspace.clone();
    Ok(Page::of_workspace(&inside, Nav::Activity, "Activity", move || {
        provide_context(faces);
        let path = paths::activity(&workspace);
        let at = |before: &str| address(&path, &ActivityFilter { before: before.to_owned(), ..filter.clone() });
        let newer = (!filter.before.is_empty()).then(|| at(""));
        let older = page.next_cursor.as_deref().map(at);
        let shown = counted(i64::try_from(page.items.len()).unwrap_or(i64::MAX), "event", "events");
        let narrowed = address(&path, &filter) != path;
        let whole_words = !filter.q.is_empty() && !filter.within;
        let within = whole_words.then(|| {
            address(&path, &ActivityFilter { within: true, before: String::new(), ..filter.clone() })
        });
        let searched = page.searched_to.map(|at| view! { <Searched at more=older.clone().unwrap_or_default() /> });
        let ended = searched.is_some();
        let list = if page.items.is_empty() && !ended {
            view! { <Nothing narrowed all=path.clone() within /> }.into_any()
        } else {
            let pager = (!ended).then(|| view! { <Pager shown newer older /> });
            view! {
                <Days events=page.items workspace repositories=repositories.clone() />
                {searched}
                {pager}
            }
            .into_any()
        };
        // Older pages stay as they are.
        let first = filter.before.is_empty();
        let live = first.then(|| view! { <Live url=paths::live(&here) /> });
        let strip = view! { <HourStrip hours filter=filter.clone() path=path.clone() /> };
        let export = view! { <ExportMenu path=paths::export(&here) filter=filter.clone() /> };
        view! {
            <PageHeader title="Activity">
                {live} {export}
            </PageHeader>
            <div class="xl:grid xl:min-h-[calc(100dvh-49px)] xl:grid-cols-[232px_minmax(0,1fr)]">
                <div class="border-line max-xl:border-b xl:border-r">
                    <Filters filter repositories path />
                </div>
                <div class="min-w-0" data-live=first.then_some("events")>
                    {strip} {list}
                </div>
            </div>
        }
    }))
}

/// What the parameters of an address choose.
pub fn filter_of(query: impl Fn(&str) -> String) -> ActivityFilter {
    ActivityFilter {
        category: query("category"),
        actor: query("actor"),
        outcome: query("outcome"),
        repository: query("repository"),
        q: query("q"),
        within: !query("within").is_empty(),
        from: query("from").parse().ok(),
        until: query("until").parse().ok(),
        before: query("before"),
    }
}

/// The address of a page of the log.
pub(super) fn address(path: &str, filter: &ActivityFilter) -> String {
    let time = |at: Option<Ts>| at.map(Ts::to_rfc3339_seconds).unwrap_or_default();
    let (from, until) = (time(filter.from), time(filter.until));
    paths::with_params(
        path,
        &[
            ("outcome", &filter.outcome),
            ("category", &filter.category),
            ("actor", &filter.actor),
            ("repository", &filter.repository),
            ("q", &filter.q),
            ("within", if filter.within { "1" } else { "" }),
            ("from", &from),
            ("until", &until),
            ("before", &filter.before),
        ],
    )
}

/// The events that the filters leave, as files.
#[component]
fn ExportMenu(path: String, filter: ActivityFilter) -> impl IntoView {
    let all = address(&path, &ActivityFilter { before: String::new(), ..filter });
    let file = |format: &str, label| MenuItem::link(paths::with_query(&all, "format", format), Icon::Download, label);
    let items = vec![file("csv", "CSV"), file("jsonl", "JSON Lines")];
    view! { <Menu label="Export" icon=Icon::Download title="Export" items /> }
}

#[component]
fn Nothing(narrowed: bool, all: String, within: Option<String>) -> impl IntoView {
    if narrowed {
        let within = within.map(|href| {
            view! {
                <LinkButton href size=ButtonSize::Small>
                    "Search inside words"
                </LinkButton>
            }
        });
        view! {
            <Empty title="No event matches" text="Nothing in this log fits all of the filters. A word is found whole; take a filter away, or look for it inside others.">
                {within}
                <LinkButton href=all size=ButtonSize::Small>
                    "Show all"
                </LinkButton>
            </Empty>
        }
        .into_any()
    } else {
        view! {
            <Empty title="Nothing has happened yet" text="What people and workflows do here is kept in this log, refusals with their reasons." />
        }
        .into_any()
    }
}

/// How far a search went, and the way on.
#[component]
fn Searched(at: Ts, more: String) -> impl IntoView {
    view! {
        <p class="flex flex-wrap items-center gap-3 border-b border-line bg-surface-sunken px-4 py-2.5 text-[12px] leading-5 text-ink-muted md:px-6">
            <span>"Searched back to " <ClockTime at seconds=true class="text-ink" />" on "{Now::here().day(at)}</span>
            <LinkButton href=more size=ButtonSize::Small>
                "Search further back"
            </LinkButton>
        </p>
    }
    .into_any()
}

#[component]
fn Days(events: Vec<Event>, workspace: Workspace, repositories: Vec<RepositoryName>) -> impl IntoView {
    let now = Now::here();
    let mut day = String::new();
    let mut decisions = 0;
    let rows = written(events.into_iter().map(|event| {
            let of = now.day(event.at);
            let heading = (of != day).then(|| {
                day.clone_from(&of);
                view! {
                    <h2 class="border-b border-line bg-surface-sunken px-4 py-1 text-[12px] leading-5 text-ink-muted md:px-6">
                        {of}
                    </h2>
                }
            });
            // A repository that was removed has no page any more.
            let permissions = event
                .repository_id
                .as_ref()
                .filter(|id| repositories.iter().any(|repository| repository.id == **id))
                .map(|id| paths::permissions(&workspace, id));
            decisions += usize::from(event.details.trace.is_some());
            let whole = event.details.trace.is_none() || decisions <= DRAWN;
            view! {
                {heading}
                <EventRow event permissions whole />
            }
        }));
    view! {
        <div
            class="event-grid h-8 border-b border-line text-[12px] text-ink-faint max-md:hidden"
            aria-hidden="true"
        >
            <span class="col-span-2">"Time"</span>
            <span>"Outcome"</span>
            <span>"What happened"</span>
            <span>"Who"</span>
            <span></span>
        </div>
        {rows}
    }
    .into_any()
}

#[component]
fn EventRow(event: Event, permissions: Option<String>, whole: bool) -> impl IntoView {
    let state = event_state(&event);
    let fine = event.outcome == Outcome::Ok;
    let who = match (&event.repository, &event.details.run) {
        (Some(repository), Some(run)) => format!("run {} · {repository}", run.run_id),
        _ => event.actor_name.clone(),
    };
    let details = view! { <Details event=event.clone() permissions whole /> };
    view! {
        <details class="event" id=event.id.to_string()>
            <summary class="focus-inset event-grid">
                <span class="md:hidden">
                    <StateGlyph state />
                </span>
                <span class="font-mono text-[12px] text-ink-faint max-md:[grid-area:1/3] md:[grid-column:1/3]">
                    <ClockTime at=event.at seconds=true class="" />
                </span>
                <span class="max-md:sr-only">
                    <StateSignal state quiet=fine loud=true />
                </span>
                <span class="min-w-0 wrap-words text-ink-muted max-md:[grid-area:1/2]">
                    <EventSentence event=&event teller=Teller::Nobody />
                </span>
                <span class="flex min-w-0 items-center gap-2 max-md:col-start-2 max-md:text-[12px]">
                    <EventTile event=&event />
                    <span class="min-w-0 wrap-words text-ink-muted">{who}</span>
                </span>
                <Glyph icon=Icon::ChevRight class="turns w-4 h-4" />
            </summary>
            {details}
        </details>
    }
}
