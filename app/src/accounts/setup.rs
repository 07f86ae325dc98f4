//! The one-time link: the first account.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::setup as service;
use stackyard_ui::{
    ButtonSize, Field, FirstRunTitle, Form, FormErrors, Hidden, Step, Steps, SubmitButton, TextInput, TextLink,
};

use crate::accounts::forms::CompleteSetup;
use crate::page::{Answer, Page};
use crate::paths;
use crate::visit::Visit;

/// `/setup?token=…`. Looking at it uses nothing up: mail scanners and link previews look too.
///
/// # Errors
/// Those of the service.
pub async fn setup(visit: Visit) -> Answer {
    let token = visit.query("token");
    let works = service::check_link(&visit.ctx, &token).await?;
    let state = visit.form("setup");
    let back = visit.here();
    Ok(Page::first_run(
        "Create the first account",
        move || {
            if works {
                view! {
                    <Form
                        action=CompleteSetup::url()
                        back
                        errors=state.errors.clone()
                        class="flex flex-col gap-5"
                    >
                        <Hidden name="token" value=token />
                        <FirstRunTitle title="Create the first account">
                            "This link works once. Afterwards people join by invitation."
                        </FirstRunTitle>
                        <FormErrors />
                        <Field name="name" label="Name" value=state.value("name", "")>
                            <TextInput large=true required=true autocomplete="name" autofocus=true />
                        </Field>
                        <Field name="email" label="E-mail" value=state.value("email", "")>
                            <TextInput large=true required=true kind="email" autocomplete="username" />
                        </Field>
                        <Field name="password" label="Password" hint="12 characters or more.">
                            <TextInput
                                large=true
                                required=true
                                kind="password"
                                autocomplete="new-password"
                                minlength=12_u32
                            />
                        </Field>
                        <SubmitButton size=ButtonSize::Large class="w-full">
                            "Create account"
                        </SubmitButton>
                    </Form>
                }
                .into_any()
            } else {
                view! {
                    <div class="flex flex-col gap-5">
                        <FirstRunTitle title="This link does not work">
                            "It was used, it is older than 24 hours, or another took its place. While there is no account, the server prints a new one when it starts."
                        </FirstRunTitle>
                        <p>
                            <TextLink href=paths::SIGN_IN>"Sign in"</TextLink>
                        </p>
                    </div>
                }
                .into_any()
            }
        },
        || view! { <FirstSteps current=0 /> },
        || (),
    ))
}

/// The way from a fresh server to the first workflow that is let in.
#[component]
pub(crate) fn FirstSteps(
    /// Where one is.
    current: usize,
) -> impl IntoView {
    let steps = vec![
        Step { title: "Create the first account", text: "It owns the workspaces that it makes." },
        Step { title: "Create a workspace", text: "A home base for one team." },
        Step { title: "Add a repository", text: "By owner/name. Its numeric id is pinned by the first workflow." },
        Step { title: "Add a permission", text: "Which workflow, on which branch, may do what." },
    ];
    view! { <Steps title="To the first workflow that is let in" steps current /> }
}
