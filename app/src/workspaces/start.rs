//! Making a workspace.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::{Error, workspaces};
use stackyard_ui::{
    ButtonSize, Field, FirstRunTitle, Form, FormErrors, SubmitButton, TextArea, TextInput, TextLink,
};

use crate::accounts::FirstSteps;
use crate::islands::SlugInput;
use crate::page::{Answer, Page};
use crate::paths;
use crate::visit::Visit;
use crate::workspaces::forms::{CheckSlug, CreateWorkspace};

/// `/start`.
///
/// # Errors
/// [`Error::Unauthenticated`] when nobody is signed in, [`Error::Forbidden`] when only the operator makes
/// workspaces.
pub async fn start(visit: Visit) -> Answer {
    visit.account()?;
    if !visit.ctx.deps().site.anyone_may_create_workspaces {
        return Err(Error::Forbidden(
            "On this server the operator makes workspaces. Ask them for one.".to_owned(),
        )
        .into());
    }
    let has_some = !workspaces::list(&visit.ctx, "").await?.is_empty();
    let state = visit.form("workspaces/create");
    let back = visit.here();
    Ok(Page::first_run(
        "Create a workspace",
        move || {
            let slug = state.value("slug", "");
            let problem = state.errors.at("slug").map(|error| error.message.clone()).unwrap_or_default();
            view! {
                <Form
                    action=CreateWorkspace::url()
                    back
                    errors=state.errors.clone()
                    class="flex flex-col gap-5"
                >
                    <FirstRunTitle title="Create a workspace">
                        "A home base for one team: its repositories, what their workflows may do, and a log of it all."
                    </FirstRunTitle>
                    <FormErrors />
                    <Field name="name" label="Name" value=state.value("name", "")>
                        <TextInput
                            large=true
                            required=true
                            autofocus=true
                            minlength=3_u32
                            maxlength=255_u32
                            autocomplete="off"
                        />
                    </Field>
                    <div>
                        <label for="slug" class="flex text-[13px] font-medium">
                            "Slug"
                            <span class="ml-1.5 font-normal text-ink-faint">"optional"</span>
                        </label>
                        <SlugInput value=slug problem check=CheckSlug::url().to_owned() prefix=format!("{}/", paths::WORKSPACES) />
                    </div>
                    <Field
                        name="description"
                        label="Description"
                        note="optional"
                        value=state.value("description", "")
                    >
                        <TextArea
                            maxlength=1000_u32
                            placeholder="Accounts, networks and clusters that every team builds on"
                        />
                    </Field>
                    <div class="flex flex-wrap items-center gap-3 pt-1">
                        <SubmitButton size=ButtonSize::Large>"Create Workspace"</SubmitButton>
                        <span class="text-[12px] text-ink-muted">"You become its owner."</span>
                    </div>
                </Form>
            }
        },
        || view! { <FirstSteps current=1 /> },
        move || {
            has_some.then(|| {
                view! {
                    "A logo can be added in its settings. Yours are under "
                    <TextLink href=paths::WORKSPACES inline=true>
                        "Workspaces"
                    </TextLink>
                    "."
                }
            })
        },
    ))
}
