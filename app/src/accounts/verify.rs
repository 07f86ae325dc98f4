//! The page that a link leads to which proves an address.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::accounts::{self, Proof};
use stackyard_ui::{ButtonSize, FirstRunTitle, Form, FormErrors, Hidden, SubmitButton, TextLink};

use crate::accounts::forms::ProveAddress;
use crate::forms::tell_no_path;
use crate::page::{Answer, Page};
use crate::paths;
use crate::visit::Visit;

/// `/verify/{token}`. Looking at it uses nothing up: mail scanners and link previews look too.
///
/// # Errors
/// [`stackyard_domain::Error::Unauthenticated`] when nobody is signed in: only the account that asked can use its link.
pub async fn verify(visit: Visit) -> Answer {
    tell_no_path();
    let link = visit.param("token");
    let proof = accounts::look_at_proof(&visit.ctx, &link).await?;
    let me = visit.account()?.email.clone();
    let state = visit.form("verify");
    let back = visit.path().to_owned();
    Ok(match proof {
        Proof::Open(email) => Page::first_run(
            "Confirm your address",
            move || {
                view! {
                    <Form action=ProveAddress::url() back errors=state.errors.clone() class="flex flex-col gap-5">
                        <Hidden name="link" value=link />
                        <FirstRunTitle title="Confirm your address">
                            <span class="text-ink wrap-words">{email}</span>
                            " is yours, since its mail reached you. Invitations to it then wait in your list of workspaces."
                        </FirstRunTitle>
                        <FormErrors />
                        <SubmitButton size=ButtonSize::Large class="w-full">
                            "Confirm this address"
                        </SubmitButton>
                    </Form>
                }
            },
            || (),
            || "Nothing was used up by opening this page.",
        ),
        Proof::Over => Page::first_run(
            "This link does not work",
            move || {
                view! {
                    <div class="flex flex-col gap-5">
                        <FirstRunTitle title="This link does not work">
                            "It was used, it is older than a day, a newer one took its place, or it is for another account. You are signed in as "
                            <span class="text-ink wrap-words">{me}</span> "."
                        </FirstRunTitle>
                        <p>
                            <TextLink href=paths::ACCOUNT>"My account"</TextLink>
                        </p>
                    </div>
                }
            },
            || (),
            || (),
        ),
    })
}
