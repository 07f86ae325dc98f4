//! A forgotten password: asking for a link, and setting a new one by it.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::accounts;
use stackyard_ui::{
    ButtonSize, Code, Field, FirstRunTitle, Form, FormErrors, Hidden, SubmitButton, TextInput, TextLink,
};

use super::whose_password::WhosePassword;
use crate::accounts::forms::{ForgotPassword, ResetPassword};
use crate::forms::tell_no_path;
use crate::page::{Answer, Page};
use crate::paths;
use crate::visit::Visit;

/// `/forgot`.
///
/// # Errors
/// None of its own.
pub async fn forgot(visit: Visit) -> Answer {
    let mails = visit.ctx.deps().mailer().is_some();
    let state = visit.form("forgot");
    let back = visit.here();
    Ok(Page::first_run(
        "Forgot your password?",
        move || {
            if !mails {
                return view! {
                    <div class="flex flex-col gap-5">
                        <FirstRunTitle title="Forgot your password?">
                            "This server sends no mail, so it cannot send you a link. Ask its operator: this command sets a new password."
                        </FirstRunTitle>
                        <p>
                            <Code text="stackyard admin set-password" />
                        </p>
                        <p>
                            <TextLink href=paths::SIGN_IN>"Back to the sign-in"</TextLink>
                        </p>
                    </div>
                }
                .into_any();
            }
            view! {
                <div class="flex flex-col gap-5">
                    <FirstRunTitle title="Forgot your password?">
                        "A link to set a new one goes to your address. It works once, for an hour."
                    </FirstRunTitle>
                    <Form action=ForgotPassword::url() back errors=state.errors.clone() class="flex flex-col gap-4">
                        <FormErrors />
                        <Field name="email" label="E-mail" value=state.value("email", "")>
                            <TextInput large=true required=true kind="email" autocomplete="username" autofocus=true />
                        </Field>
                        <SubmitButton size=ButtonSize::Large class="w-full">
                            "Mail me a link"
                        </SubmitButton>
                    </Form>
                    <p>
                        <TextLink href=paths::SIGN_IN>"Back to the sign-in"</TextLink>
                    </p>
                </div>
            }
            .into_any()
        },
        || (),
        || "Whether there is an account with an address is not told here.",
    ))
}

/// `/reset/{token}`. Looking at it uses nothing up: mail scanners and link previews look too.
///
/// # Errors
/// Those of the service.
pub async fn reset(visit: Visit) -> Answer {
    tell_no_path();
    let link = visit.param("token");
    let email = accounts::look_at_reset(&visit.ctx, &link).await?;
    let state = visit.form("reset");
    let back = visit.path().to_owned();
    let Some(email) = email else { return Ok(over()) };
    Ok(Page::first_run(
        "Set a new password",
        move || {
            let whose = email.clone();
            view! {
                <Form action=ResetPassword::url() back errors=state.errors.clone() class="flex flex-col gap-5">
                    <Hidden name="link" value=link />
                    <FirstRunTitle title="Set a new password">
                        "for " <span class="text-ink wrap-words">{whose}</span>
                    </FirstRunTitle>
                    <FormErrors />
                    <WhosePassword email />
                    <Field name="new" label="New password" hint="12 characters or more.">
                        <TextInput
                            large=true
                            required=true
                            kind="password"
                            autocomplete="new-password"
                            minlength=12_u32
                            autofocus=true
                        />
                    </Field>
                    <SubmitButton size=ButtonSize::Large class="w-full">
                        "Set password"
                    </SubmitButton>
                </Form>
            }
        },
        || (),
        || "Every browser that is signed in with this account is signed out.",
    ))
}

fn over() -> Page {
    Page::first_run(
        "This link does not work",
        || {
            view! {
                <div class="flex flex-col gap-5">
                    <FirstRunTitle title="This link does not work">
                        "It was used, it is older than an hour, or a newer one took its place. Your password is as it was."
                    </FirstRunTitle>
                    <p class="flex flex-wrap gap-x-4">
                        <TextLink href=paths::FORGOT>"Ask for a new link"</TextLink>
                        <TextLink href=paths::SIGN_IN>"Sign in"</TextLink>
                    </p>
                </div>
            }
        },
        || (),
        || (),
    )
}
