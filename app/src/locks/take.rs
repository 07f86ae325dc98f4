//! Taking a lock by hand.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_model::repository::RepositoryName;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    ButtonKind, ButtonSize, Choice, Field, Form, FormErrors, Glyph, Hidden, Icon, Select, SubmitButton, TextInput,
    TextLink, button_class,
};

use crate::forms::FormState;
use crate::locks::forms::TakeLock;
use crate::paths;

/// How long a lock can be taken for.
const TIMES: &[(&str, &str)] = &[
    ("15", "15 minutes"),
    ("30", "30 minutes"),
    ("60", "1 hour"),
    ("120", "2 hours"),
    ("480", "8 hours"),
    ("1440", "1 day"),
    ("10080", "7 days"),
];

#[component]
pub(super) fn TakeMenu(
    state: FormState,
    /// Whether it is open from the beginning.
    open: bool,
    repositories: Vec<RepositoryName>,
    workspace: Workspace,
    back: String,
) -> impl IntoView {
    let body = if repositories.is_empty() {
        view! {
            <p class="absolute top-full right-0 z-30 mt-1 w-[360px] max-sm:w-[calc(100vw-32px)] rounded-[8px] bg-surface-raised p-4 shadow-[var(--shadow-dialog)]">
                "A lock belongs to a repository, and none is configured. "
                <TextLink href=paths::repositories(&workspace) inline=true>
                    "Configured Repositories"
                </TextLink>
            </p>
        }
        .into_any()
    } else {
        view! { <TakeForm state=state.clone() repositories slug=workspace.slug back /> }.into_any()
    };
    view! {
        <details class="relative" name="take" open=open || state.came_back()>
            <summary class=button_class(ButtonKind::Primary, ButtonSize::Small, "")>
                <Glyph icon=Icon::Lock />
                "Take a lock"
            </summary>
            {body}
        </details>
    }
    .into_any()
}

#[component]
fn TakeForm(state: FormState, repositories: Vec<RepositoryName>, slug: String, back: String) -> impl IntoView {
    let choices = repositories.into_iter().map(|repository| Choice::new(repository.id, repository.name)).collect();
    let times = TIMES.iter().map(|(minutes, label)| Choice::new(*minutes, *label)).collect();
    view! {
        <Form
            action=TakeLock::url()
            back
            errors=state.errors.clone()
            class="absolute top-full right-0 z-30 mt-1 flex w-[360px] max-sm:w-[calc(100vw-32px)] flex-col gap-4 rounded-[8px] bg-surface-raised p-4 shadow-[var(--shadow-dialog)]"
        >
            <Hidden name="workspace" value=slug />
            <Field name="repository" label="Repository" value=state.value("repository", "")>
                <Select choices />
            </Field>
            <div class="grid grid-cols-2 gap-3">
                <Field name="stack" label="Stack" value=state.value("stack", "")>
                    <TextInput mono=true required=true placeholder="plat-ue1-prod" />
                </Field>
                <Field name="component" label="Component" value=state.value("component", "")>
                    <TextInput mono=true required=true placeholder="vpc" />
                </Field>
            </div>
            <Field
                name="message"
                label="Message"
                note="optional"
                value=state.value("message", "")
                hint="Shown to every workflow that asks for it meanwhile."
            >
                <TextInput maxlength=1000_u32 placeholder="What others should know" autocomplete="off" />
            </Field>
            <Field name="minutes" label="For" value=state.value("minutes", "60")>
                <Select choices=times />
            </Field>
            <div class="flex items-center justify-end gap-3">
                <FormErrors class="mr-auto min-w-0 text-[12px] text-danger wrap-words" />
                <SubmitButton>"Take lock"</SubmitButton>
            </div>
        </Form>
    }
    .into_any()
}
