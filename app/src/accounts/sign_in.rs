//! Signing in.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_ui::{ButtonSize, Field, FirstRunTitle, Form, FormErrors, Hidden, SubmitButton, TextInput, TextLink};

use crate::accounts::forms::SignIn;
use crate::page::{Answer, Page, Stop};
use crate::paths;
use crate::visit::Visit;

/// `/sign-in?next=…`.
///
/// # Errors
/// [`Stop::See`] for somebody who is signed in.
pub async fn sign_in(visit: Visit) -> Answer {
    let next = paths::checked(&visit.query("next")).unwrap_or("/").to_owned();
    if visit.person().is_some() {
        return Err(Stop::See(next));
    }
    let state = visit.form("sign-in");
    let back = visit.here();
    let public_url = visit.ctx.deps().site.public_url.clone();
    let host = public_url.split_once("://").map_or(public_url.as_str(), |(_, host)| host).to_owned();
    Ok(Page::first_run(
        "Sign in",
        move || {
            let known = !state.value("email", "").is_empty();
            view! {
                <div class="flex flex-col gap-5">
                    <FirstRunTitle title="Sign in">
                        "to Stackyard at " <span class="text-ink">{host}</span>
                    </FirstRunTitle>
                    <Form action=SignIn::url() back errors=state.errors.clone() class="flex flex-col gap-4">
                        <Hidden name="next" value=next />
                        <FormErrors />
                        <Field name="email" label="E-mail" value=state.value("email", "")>
                            <TextInput
                                large=true
                                required=true
                                kind="email"
                                autocomplete="username"
                                autofocus=!known
                            />
                        </Field>
                        <Field name="password" label="Password">
                            <TextInput
                                large=true
                                required=true
                                kind="password"
                                autocomplete="current-password"
                                autofocus=known
                            />
                        </Field>
                        <SubmitButton size=ButtonSize::Large class="w-full">
                            "Sign in"
                        </SubmitButton>
                    </Form>
                    <p>
                        <TextLink href=paths::FORGOT>"Forgot your password?"</TextLink>
                    </p>
                    <p class="text-[12px] leading-[18px] text-ink-muted">
                        "No account? The first one is made by the one-time link that the server printed on its start; others by its operator."
                    </p>
                </div>
            }
        },
        || (),
        || (),
    ))
}
