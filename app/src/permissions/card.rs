//! One permission as a card.

use leptos::either::Either;
use leptos::prelude::*;
use stackyard_domain::permissions::Matches;
use stackyard_model::permission::Permission;
use stackyard_model::workspace::Workspace;
use stackyard_model::{Dimension, PatternKind};
use stackyard_ui::{EventsNote, Glyph, Icon, IconButton, PatternChip, RelativeTime, counted};

use crate::paths;

#[component]
pub(super) fn Card(
    permission: Permission,
    matched: Option<Matches>,
    workspace: Workspace,
    may_manage: bool,
) -> impl IntoView {
    let Permission { id, repository_id, kind, workflow, branch, environment, events, version, updated_at, .. } =
        permission;
    let any = [&workflow, &branch, &environment]
        .into_iter()
        .all(|pattern| PatternKind::of(pattern) == PatternKind::Any);
    let about = format!("{} on {branch}", kind.label());
    let edit = paths::edit_permission(&workspace, &repository_id, &id);
    let remove = paths::remove_permission(&workspace, &repository_id, &id);
    view! {
        <li
            id=id.to_string()
            class="relative grid gap-x-6 gap-y-3 border-b border-line px-4 py-4 last:border-b-0 md:px-6 lg:max-xl:grid-cols-[minmax(0,212px)_minmax(0,1fr)_116px_64px] xl:grid-cols-[minmax(0,236px)_minmax(0,1fr)_140px_64px]"
        >
            <div class="min-w-0 max-lg:col-start-1 max-lg:row-start-1 max-lg:pr-16">
                <h2 class="text-[13px] leading-5 font-semibold">{kind.label()}</h2>
                <p class="font-mono text-[12px] leading-4 text-ink-faint wrap-words">{kind.as_str()}</p>
                <p class="mt-1 text-[12px] leading-4 text-ink-muted">{kind.description()}</p>
            </div>
            <div class="min-w-0">
                <dl class="grid gap-x-4 gap-y-1.5 xl:grid-cols-[minmax(0,5fr)_minmax(0,4fr)_minmax(0,3fr)]">
                    <Pattern dimension=Dimension::Workflow pattern=workflow />
                    <Pattern dimension=Dimension::Branch pattern=branch />
                    <Pattern dimension=Dimension::Environment pattern=environment />
                </dl>
                <EventsNote events />
                {any
                    .then(|| {
                        view! {
                            <p class="mt-2 flex items-start gap-1.5 text-[12px] leading-4 text-warn">
                                <Glyph icon=Icon::Warn />
                                "Any workflow on any branch may use it."
                            </p>
                        }
                    })}
            </div>
            <div class="min-w-0 text-[12px] leading-4 max-lg:flex max-lg:items-center max-lg:gap-3 lg:text-right">
                <p class="text-ink-muted">
                    {if version > 1 { "edited " } else { "added " }} <RelativeTime at=updated_at class="text-ink" />
                </p>
                {match matched {
                    Some(Matches { count, last_at }) => {
                        Either::Left(
                            view! {
                                <p class="text-ink-muted lg:mt-1">
                                    "matched " <RelativeTime at=last_at class="text-ink" />
                                </p>
                                <p class="text-ink-faint">{counted(count, "request", "requests")}</p>
                            },
                        )
                    }
                    None => Either::Right(view! { <p class="text-ink-faint lg:mt-1">"never matched"</p> }),
                }}
            </div>
            {may_manage
                .then(|| {
                    view! {
                        <div class="flex items-start justify-end gap-0.5 max-lg:absolute max-lg:right-2">
                            <IconButton icon=Icon::Pencil label=format!("Edit {about}") href=edit id=paths::edit_permission_id(&id) />
                            <IconButton icon=Icon::Trash label=format!("Remove {about}") href=remove id=paths::remove_permission_id(&id) />
                        </div>
                    }
                })}
        </li>
    }
    .into_any()
}

#[component]
pub(super) fn Pattern(dimension: Dimension, pattern: String) -> impl IntoView {
    view! {
        <div class="flex min-w-0 gap-3 xl:block">
            <dt class="w-24 shrink-0 text-[12px] leading-[22px] text-ink-faint xl:mb-1 xl:w-auto xl:leading-4">
                {dimension.label()}
            </dt>
            <dd class="min-w-0">
                <PatternChip pattern />
            </dd>
        </div>
    }
}
