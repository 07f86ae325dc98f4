//! What is known of one event: its trace, the exact reply, the facts of the request.

use leptos::prelude::*;
use stackyard_model::Refusal;
use stackyard_model::activity::{Change, Event, Outcome};
use stackyard_ui::{
    Code, CodeBlock, CopyButton, ExtLink, Marked, RelativeTime, TextLink, TraceDrawing, TraceVerdict, counted,
};

use crate::error::status_of;
use crate::paths;

/// An opened row of the log.
#[component]
pub(super) fn Details(
    /// The event.
    event: Event,
    /// The page of its repository's permissions.
    permissions: Option<String>,
    /// With the drawing of its trace, its reply and its facts; else with the verdict, which leads to them.
    whole: bool,
) -> impl IntoView {
    let details = event.details.clone();
    let trace = details.trace.map(|trace| {
        let drawing = whole.then(|| view! { <TraceDrawing trace=trace.clone() permissions /> }.into_any());
        view! {
            <TraceVerdict trace />
            {drawing}
        }
    });
    let note = details.note.filter(|note| !note.is_empty()).map(|note| view! { <p class="wrap-words"><Marked text=note /></p> });
    let changes = (!details.changes.is_empty()).then(|| view! { <Changes changes=details.changes /> });
    let folded = details.folded.map(|folded| {
        view! {
            <p>
                {counted(folded.count, "more refusal", "more refusals")} " between "
                <RelativeTime at=folded.first /> " and " <RelativeTime at=folded.last /> "."
            </p>
        }
    });
    let reply = details.reply.filter(|_| whole).map(|reply| view! { <Reply reply refusal=details.refusal /> });
    let why = (event.outcome == Outcome::Denied).then(|| {
        view! {
            <p>
                <TextLink href=paths::why(&event.trace_id)>"This refusal on a page of its own"</TextLink>
            </p>
        }
    });
    let facts = whole.then(|| {
        view! {
            <div class="mt-3 grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-4 lg:grid-cols-2">
                {reply} <Facts event />
            </div>
        }
    });
    view! {
        <div class="border-t border-line bg-surface px-4 py-4 md:px-6">
            {trace}
            <div class="flex flex-col gap-3 text-[12px] leading-[18px] text-ink-muted">
                {note} {changes} {folded} {why}
            </div>
            {facts}
        </div>
    }
    .into_any()
}

#[component]
fn Changes(changes: Vec<Change>) -> impl IntoView {
    let rows = changes
        .into_iter()
        .map(|change| {
            let shown = |text: String| if text.is_empty() { "nothing".to_owned() } else { text };
            view! {
                <li class="wrap-words">
                    {change.field} ": " <span class="font-mono text-ink-faint line-through">{shown(change.from)}</span>
                    " " <span class="font-mono text-ink">{shown(change.to)}</span>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! { <ul>{rows}</ul> }
}

/// What the workflow was told, as it was sent.
#[component]
pub(crate) fn Reply(
    /// The text.
    reply: String,
    /// What stood against it; told by its HTTP status.
    refusal: Option<Refusal>,
) -> impl IntoView {
    let status = refusal.map(|refusal| status_of(refusal).as_u16());
    view! {
        <section class="min-w-0">
            <div class="flex min-h-6 items-center gap-2">
                <h3 class="grow text-[12px] font-medium">"What the workflow was told"</h3>
                <span class="font-mono text-[11px] text-danger">{status}</span>
                <CopyButton
                    text=reply.clone()
                    label="Copy the reply".to_owned()
                    words=String::new()
                    attached=false
                />
            </div>
            <CodeBlock label="Reply" text=reply.trim_end().to_owned() wrap=true />
        </section>
    }
    .into_any()
}

/// The facts of the request behind an event.
#[component]
pub(crate) fn Facts(
    /// The event.
    event: Event,
) -> impl IntoView {
    let run = event.details.run.clone();
    let machine = |label: &'static str, value: Option<String>| {
        value.filter(|value| !value.is_empty()).map(|value| {
            view! {
                <Fact label>
                    <Code text=value class="font-mono" />
                </Fact>
            }
        })
    };
    let number = run.as_ref().map(|run| {
        let words = format!("{}, attempt {}", run.run_id, run.attempt);
        let link = match run.url.clone() {
            Some(href) => view! {
                <ExtLink href inline=true>
                    {words}
                </ExtLink>
            }
            .into_any(),
            None => words.into_any(),
        };
        view! { <Fact label="Run">{link}</Fact> }
    });
    let of_run = |pick: fn(&stackyard_model::activity::RunFacts) -> String| run.as_ref().map(pick);
    view! {
        <section class="min-w-0">
            <h3 class="flex min-h-6 items-center text-[12px] font-medium">"Request"</h3>
            <dl class="facts mt-1">
                <Fact label="When">
                    <RelativeTime at=event.at class="text-ink" />
                </Fact>
                <Fact label="Actor">{event.actor_name.clone()}</Fact>
                {number}
                {machine("Event", event.event.clone())}
                {machine("Started by", of_run(|run| run.started_by.clone()))}
                {machine("Commit", of_run(|run| run.sha.clone()))}
                {machine("Ref", of_run(|run| run.git_ref.clone()))}
                {machine("Repository id", of_run(|run| run.remote_id.to_string()))}
                {machine("Client", event.user_agent.clone())}
                {machine("Address", event.address.clone())}
                {machine("Decided by", event.permission_id.as_ref().map(ToString::to_string))}
                {machine("Event id", Some(event.id.to_string()))}
                {machine("Trace id", Some(event.trace_id))}
            </dl>
        </section>
    }
    .into_any()
}

#[component]
fn Fact(label: &'static str, children: Children) -> impl IntoView {
    view! {
        <dt>{label}</dt>
        <dd>{children()}</dd>
    }
}
