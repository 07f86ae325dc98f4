//! The ways through: the narrowest permission that would have let the run in, wider ones beside it. A repository token says
//! neither workflow nor branch nor environment, so that what lets it in lets everything in: for it there is a better way.

use leptos::prelude::*;
use stackyard_domain::refusals::Suggestion;
use stackyard_model::PermissionKind;
use stackyard_model::activity::{ActorType, Event};
use stackyard_model::permission::PermissionInput;
use stackyard_model::repository::Repository;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{ButtonKind, EventsNote, LinkButton, PatternChip, TextLink};

use crate::paths;

#[component]
pub(super) fn Through(
    suggestion: Suggestion,
    repository: Repository,
    workspace: Workspace,
    may_create: bool,
    event: Event,
) -> impl IntoView {
    let Suggestion { exact, wider } = suggestion;
    let kind = exact.kind.parse::<PermissionKind>().map_or_else(|_| exact.kind.clone(), |kind| kind.label().to_owned());
    let new = paths::new_permission(&workspace, &repository.id);
    let foot = if may_create {
        let wider = wider
            .into_iter()
            .map(|(label, input)| {
                view! {
                    <li class="flex flex-wrap items-center gap-x-2 gap-y-1 border-t border-line px-3 py-2">
                        <PatternChip pattern=input.branch.clone() />
                        <span class="min-w-0 grow text-[12px] text-ink-muted">{label.clone()}</span>
                        <TextLink href=filled_in(&new, &input) class="shrink-0 text-[12px]">
                            "Use this"
                            <span class="sr-only">{format!(": {label}")}</span>
                        </TextLink>
                    </li>
                }
            })
            .collect::<Vec<_>>();
        view! {
            <div class="flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line p-3">
                <LinkButton href=filled_in(&new, &exact) kind=ButtonKind::Primary>
                    "Create a permission from this denial"
                </LinkButton>
                <p class="min-w-0 text-[12px] leading-4 text-ink-muted">
                    "Opens the dialog, filled in. Nothing is saved before you say so there."
                </p>
            </div>
            {(!wider.is_empty())
                .then(|| {
                    view! {
                        <h4 class="border-t border-line px-3 pt-2 pb-1 text-[12px] leading-4 text-ink-faint">
                            "Wider, if it has to be"
                        </h4>
                        <ul>{wider}</ul>
                    }
                })}
        }
        .into_any()
    } else {
        view! {
            <p class="border-t border-line p-3 text-[12px] leading-[18px] text-ink-muted">
                "Owners and admins of this workspace can add it. Send them the link to this page."
            </p>
        }
        .into_any()
    };
    let events = exact.events;
    let by_token = event.actor_type == ActorType::Token;
    let title = if by_token {
        "With a permission for everything"
    } else {
        "The narrowest permission that lets it through"
    };
    let setup = paths::repository_setup(&workspace, &repository.id);
    let first = by_token.then(|| view! { <ByOidc setup /> });
    let open_to = by_token.then(|| {
        view! {
            <p class="border-t border-line p-3 text-[12px] leading-[18px] text-warn">
                "It is open to every workflow, on every branch and in every environment of this repository: only * matches a token."
            </p>
        }
    });
    let elsewhere = (!by_token).then(|| view! { <Elsewhere event /> });
    view! {
        <section id="through" class="min-w-0" aria-labelledby="through-t">
            {first}
            <h3 id="through-t" class="flex min-h-6 items-center text-[12px] font-medium">
                {title}
            </h3>
            <div class="mt-1 rounded-[6px] border border-line-strong bg-surface-raised">
                <div class="p-3">
                    <dl class="grid grid-cols-[88px_minmax(0,1fr)] gap-x-3 gap-y-1.5">
                        <dt class="text-[12px] leading-[22px] text-ink-faint">"Permission"</dt>
                        <dd class="min-w-0 leading-[22px] font-medium">{kind}</dd>
                        <dt class="text-[12px] leading-[22px] text-ink-faint">"Workflow"</dt>
                        <dd class="min-w-0">
                            <PatternChip pattern=exact.workflow />
                        </dd>
                        <dt class="text-[12px] leading-[22px] text-ink-faint">"Branch"</dt>
                        <dd class="min-w-0">
                            <PatternChip pattern=exact.branch />
                        </dd>
                        <dt class="text-[12px] leading-[22px] text-ink-faint">"Environment"</dt>
                        <dd class="min-w-0">
                            <PatternChip pattern=exact.environment />
                        </dd>
                    </dl>
                    <EventsNote events />
                </div>
                {open_to}
                {foot}
            </div>
            {elsewhere}
        </section>
    }
    .into_any()
}

/// The better way for a workflow that came with a repository token.
#[component]
fn ByOidc(setup: String) -> impl IntoView {
    view! {
        <section class="mb-4">
            <h3 class="flex min-h-6 items-center text-[12px] font-medium">"By OIDC instead of the token"</h3>
            <p class="text-[12px] leading-[18px] text-ink-muted">
                "A repository token says neither workflow nor branch nor environment. A workflow that signs in by OIDC says all three, so that a permission can be for it alone. "
                <TextLink href=setup inline=true>"Set it up"</TextLink>
            </p>
        </section>
    }
}

/// What needs no change: run it from where the nearest permission wants it.
#[component]
fn Elsewhere(event: Event) -> impl IntoView {
    use stackyard_model::PatternKind;
    let nearest = event.details.trace.and_then(|trace| trace.lanes.into_iter().next());
    let wanted = nearest
        .filter(|lane| lane.misses() == 1)
        .and_then(|lane| lane.closed().next().cloned())
        .filter(|gate| gate.kind == PatternKind::Exact);
    wanted.map(|gate| {
        view! {
            <section class="mt-4">
                <h3 class="flex min-h-6 items-center text-[12px] font-medium">"Without a new permission"</h3>
                <p class="text-[12px] leading-[18px] text-ink-muted wrap-words">
                    "Run it with " {gate.dimension.as_str()} " "
                    <span class="font-mono text-ink">{gate.pattern}</span> ". That needs no change here."
                </p>
            </section>
        }
    })
}

/// The address of the dialog, filled in.
fn filled_in(new: &str, input: &PermissionInput) -> String {
    paths::with_params(
        new,
        &[
            ("kind", &input.kind),
            ("workflow", &input.workflow),
            ("branch", &input.branch),
            ("environment", &input.environment),
            ("events", &input.events.to_list()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use stackyard_model::permission::Events;

    #[test]
    fn the_dialog_opens_with_the_very_patterns() {
        let input = PermissionInput {
            kind: "ws:locks:create".to_owned(),
            workflow: r"deploy\+x.yaml".to_owned(),
            branch: "a|b&c%41".to_owned(),
            environment: "*".to_owned(),
            events: Events::default(),
        };
        assert_eq!(
            filled_in("/new", &input),
            "/new?kind=ws%3Alocks%3Acreate&workflow=deploy%5C%2Bx.yaml&branch=a%7Cb%26c%2541&environment=*&events=pull_request"
        );
    }
}
