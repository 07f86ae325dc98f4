//! The palette as a page.

use leptos::prelude::*;
use stackyard_model::palette::{Group, Palette, Place};
use stackyard_ui::{ButtonKind, Empty, Hidden, PlainTitle, SearchForm, SearchInput, SubmitButton, TextLink};

use super::places;
use crate::page::{Answer, Page};
use crate::paths;
use crate::visit::Visit;

/// `/dashboard/jump?workspace=&q=`.
///
/// # Errors
/// [`stackyard_domain::Error::Unauthenticated`] when nobody is signed in, [`stackyard_domain::Error::NotFound`] for a
/// workspace that is not theirs.
pub async fn show(visit: Visit) -> Answer {
    let (workspace, q) = (visit.query("workspace"), visit.query("q"));
    let Palette { groups } = places::find(&visit.ctx, &workspace, &q).await?;
    Ok(Page::plain("Jump to", move || {
        let found = if groups.is_empty() {
            view! {
                <Empty title="Nothing is called that here" text="Try fewer letters, or one word of its name." class="mt-6" />
            }
            .into_any()
        } else {
            groups.into_iter().map(|group| view! { <Places group /> }).collect::<Vec<_>>().into_any()
        };
        view! {
            <PlainTitle title="Jump to" />
            <SearchForm action=paths::JUMP class="mt-4 flex flex-wrap items-center gap-3">
                {(!workspace.is_empty()).then(|| view! { <Hidden name="workspace" value=workspace.clone() /> })}
                <SearchInput
                    name="q"
                    label="Jump to"
                    value=q
                    placeholder="A page, a repository, a stack, a workspace"
                    class="relative min-w-0 grow"
                />
                <SubmitButton kind=ButtonKind::Plain>"Search"</SubmitButton>
            </SearchForm>
            {found}
        }
    }))
}

#[component]
fn Places(group: Group) -> impl IntoView {
    let rows = group
        .items
        .into_iter()
        .map(|Place { label, hint, href }| {
            view! {
                <li class="flex flex-wrap items-baseline gap-3 border-b border-line py-2">
                    <TextLink href class="min-w-0 grow wrap-words">{label}</TextLink>
                    <span class="text-[12px] wrap-words text-ink-muted">{hint}</span>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <section class="mt-6">
            <h2 class="text-[12px] font-medium text-ink-muted">{group.label}</h2>
            <ul class="mt-1">{rows}</ul>
        </section>
    }
    .into_any()
}
