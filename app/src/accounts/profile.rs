//! Who others see: name, address, picture.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_model::account::Account;
use stackyard_ui::{
    ButtonKind, ButtonSize, Field, FieldLayout, FileInput, Form, FormErrors, Glyph, Icon, PersonTile, Section, SubmitButton,
    TextInput, TileSize,
};

use crate::accounts::forms::{AskProof, RemovePicture, UpdateProfile};
use crate::forms::FormState;
use crate::paths;

#[component]
pub(super) fn Profile(
    state: FormState,
    picture: FormState,
    person: Account,
    /// Whether this server can mail a link that proves the address.
    mails: bool,
    back: String,
) -> impl IntoView {
    let back = format!("{back}#profile");
    let (email, proved) = (person.email.clone(), person.email_verified);
    let name = state.value("name", &person.name);
    view! {
        <Section id="profile" title="Profile" lead="Who others see." narrow=true>
            <Form
                action=UpdateProfile::url()
                back=back.clone()
                errors=state.errors.clone()
                class="flex max-w-[560px] flex-col gap-5"
            >
                <Field name="name" label="Name" value=name>
                    <TextInput required=true autocomplete="name" />
                </Field>
                <div class="flex items-center gap-3">
                    <SubmitButton kind=ButtonKind::Plain>"Save profile"</SubmitButton>
                    <FormErrors />
                </div>
            </Form>
            <Address email proved mails back=back.clone() />
            <Picture person state=picture back />
        </Section>
    }
    .into_any()
}

/// The address, and whether a mail proved it.
#[component]
fn Address(email: String, proved: bool, mails: bool, back: String) -> impl IntoView {
    let state = if proved {
        view! {
            <p class="mt-1 flex items-center gap-1.5 text-[12px] leading-4 text-ink-muted">
                <Glyph icon=Icon::Check class="w-4 h-4 text-ok" />
                "Confirmed: a mail to it was answered."
            </p>
        }
        .into_any()
    } else if mails {
        view! {
            <Form action=AskProof::url() back class="mt-2 flex flex-wrap items-center gap-3">
                <SubmitButton kind=ButtonKind::Plain size=ButtonSize::Small>
                    "Confirm it by mail"
                </SubmitButton>
                <span class="text-[12px] leading-4 text-ink-muted">
                    "Nothing proved this address yet, so no invitation to it finds you."
                </span>
            </Form>
        }
        .into_any()
    } else {
        view! {
            <p class="mt-1 text-[12px] leading-4 text-ink-muted">
                "Nothing proved this address yet, and this server sends no mail that could."
            </p>
        }
        .into_any()
    };
    view! {
        <div class="mt-7 max-w-[560px]">
            <span class="text-[13px] font-medium">"E-mail"</span>
            <p class="mt-1 flex min-h-8 items-center rounded-[5px] border border-line-strong bg-surface-sunken px-2.5 wrap-words max-md:min-h-10">
                {email}
            </p>
            {state}
        </div>
    }
    .into_any()
}

#[component]
fn Picture(person: Account, state: FormState, back: String) -> impl IntoView {
    let picture = person.picture.as_ref().map(|version| paths::picture(&person.id, version));
    let has_one = picture.is_some();
    let remove = has_one.then(|| {
        view! {
            <Form action=RemovePicture::url() back=back.clone()>
                <SubmitButton kind=ButtonKind::DangerGhost size=ButtonSize::Small>
                    "Remove picture"
                </SubmitButton>
            </Form>
        }
    });
    view! {
        <div class="mt-7 flex max-w-[560px] flex-wrap items-center gap-4">
            <PersonTile name=person.name picture size=TileSize::Px64 />
            <div class="min-w-0 grow">
                <Form action=paths::UPLOAD_PICTURE back=back.clone() errors=state.errors files=true>
                    <Field
                        name="picture"
                        label="Picture"
                        hint="PNG, JPEG, GIF or WebP, up to 5 MB, cut to a circle. Without one, your initials."
                        layout=FieldLayout::Stacked
                    >
                        <div class="mt-1 flex flex-wrap gap-2">
                            <FileInput />
                            <SubmitButton kind=ButtonKind::Plain size=ButtonSize::Small>
                                {if has_one { "Replace picture" } else { "Add picture" }}
                            </SubmitButton>
                        </div>
                    </Field>
                </Form>
                {remove}
            </div>
        </div>
    }
    .into_any()
}
