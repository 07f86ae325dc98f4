//! The dialogs over the settings in which credentials are made, given a new secret, switched and revoked.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::{Error, Here};
use stackyard_model::Action;
use stackyard_model::credential::{Credential, CredentialId, CredentialKind, DAYS_DEFAULT, DAYS_NEVER, Overlap, Scope};
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    Choice, ConfirmFoot, Dialog, DialogBody, DialogFoot, DialogWidth, Field, FieldLayout, Form, Hidden, LinkButton,
    RelativeTime, Select, SubmitButton, TextInput,
};

use super::forms::{CreateCredential, RevokeCredential, RotateCredential, SwitchCredential};
use super::scopes::ScopeBoxes;
use super::{listed, named};
use crate::forms::FormState;
use crate::visit::Visit;

/// How long a credential lasts.
const TIMES: &[(&str, &str)] = &[
    ("7", "7 days"),
    ("30", "30 days"),
    ("90", "90 days"),
    ("180", "180 days"),
    ("365", "1 year"),
    (DAYS_NEVER, "Never"),
];

/// The dialog that the address asks for, with its title.
///
/// # Errors
/// [`Error::Forbidden`] for a role that may not manage tokens, [`Error::NotFound`] when the credential is not there.
pub(crate) fn dialog(
    visit: &Visit,
    here: &Here,
    credentials: &[Credential],
) -> Result<Option<(&'static str, ViewFnOnce)>, Error> {
    let workspace = here.workspace().clone();
    let back = visit.here();
    if visit.has("new") {
        here.require(Action::ManageTokens)?;
        let kind: CredentialKind = visit.query("new").parse().map_err(|_| Error::NotFound)?;
        let state = visit.form("credentials/create");
        let title = match kind {
            CredentialKind::AccessToken => "Generate an access token",
            CredentialKind::ApiKey => "Generate an API key",
        };
        return Ok(Some((title, (move || view! { <NewDialog kind title workspace state back /> }).into())));
    }
    if !visit.has("credential") {
        return Ok(None);
    }
    here.require(Action::ManageTokens)?;
    let id: CredentialId = visit.query("credential").parse().map_err(|_| Error::NotFound)?;
    let found = credentials.iter().find(|credential| credential.id == id && credential.revoked_at.is_none());
    let credential = found.cloned().ok_or(Error::NotFound)?;
    let state = visit.form("credentials/rotate");
    Ok(Some(match visit.query("do").as_str() {
        "rotate" => {
            ("New secret", (move || view! { <RotateDialog credential workspace state back /> }).into())
        }
        "switch" if credential.kind == CredentialKind::ApiKey => {
            ("Switch an API key", (move || view! { <SwitchDialog credential workspace /> }).into())
        }
        "revoke" => ("Revoke", (move || view! { <RevokeDialog credential workspace /> }).into()),
        _ => return Err(Error::NotFound),
    }))
}

#[component]
fn NewDialog(
    kind: CredentialKind,
    title: &'static str,
    workspace: Workspace,
    state: FormState,
    back: String,
) -> impl IntoView {
    let close = listed(&workspace, kind);
    let cancel = close.clone();
    let ends = TIMES.iter().map(|(days, label)| Choice::new(*days, *label)).collect();
    let chosen = state.value("scopes", "").split_whitespace().map(str::to_owned).collect();
    let wrong = state.errors.at("scopes").map(|error| error.message.clone());
    let (placeholder, action) = match kind {
        CredentialKind::AccessToken => ("nightly-report", "Generate Token"),
        CredentialKind::ApiKey => ("inventory-service", "Generate Key"),
    };
    let description = (kind == CredentialKind::ApiKey).then(|| {
        view! {
            <Field
                name="description"
                id="credential-description"
                label="Description"
                note="optional"
                value=state.value("description", "")
                layout=FieldLayout::Beside
                hint="Which service has it, and who looks after that."
            >
                <TextInput maxlength=300_u32 autocomplete="off" />
            </Field>
        }
    });
    view! {
        <Dialog title close>
            <Form action=CreateCredential::url() back errors=state.errors.clone()>
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="kind" value=kind.as_str() />
                <DialogBody>
                    <Field
                        name="name"
                        id="credential-name"
                        label="Name"
                        value=state.value("name", "")
                        layout=FieldLayout::Beside
                    >
                        <TextInput
                            placeholder
                            required=true
                            minlength=3_u32
                            maxlength=255_u32
                            autocomplete="off"
                            autofocus=true
                        />
                    </Field>
                    {description}
                    <Field
                        name="days"
                        id="credential-days"
                        label="Ends after"
                        value=state.value("days", &DAYS_DEFAULT.to_string())
                        layout=FieldLayout::Beside
                        hint="Owners and admins are told a week before."
                    >
                        <Select choices=ends />
                    </Field>
                    <ScopeBoxes chosen wrong />
                </DialogBody>
                <DialogFoot>
                    <LinkButton href=cancel>"Cancel"</LinkButton>
                    <SubmitButton>{action}</SubmitButton>
                </DialogFoot>
            </Form>
        </Dialog>
    }
    .into_any()
}

#[component]
fn RotateDialog(credential: Credential, workspace: Workspace, state: FormState, back: String) -> impl IntoView {
    let close = listed(&workspace, credential.kind);
    let cancel = close.clone();
    let overlaps = Overlap::ALL.iter().map(|overlap| Choice::new(overlap.as_str(), overlap.label())).collect();
    view! {
        <Dialog title=format!("New secret for {}", credential.name) close width=DialogWidth::Confirm>
            <Form action=RotateCredential::url() back errors=state.errors.clone()>
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="credential" value=credential.id.to_string() />
                <DialogBody>
                    <p class="py-3 text-ink-muted wrap-words">
                        "The new one is shown on the next page, and its days begin anew. Put it where the old one is used before that ends."
                    </p>
                    <Field
                        name="overlap"
                        label="The old one goes on for"
                        value=state.value("overlap", Overlap::Day.as_str())
                        class="pb-3"
                    >
                        <Select choices=overlaps />
                    </Field>
                </DialogBody>
                <DialogFoot>
                    <LinkButton href=cancel>"Cancel"</LinkButton>
                    <SubmitButton>"Make new secret"</SubmitButton>
                </DialogFoot>
            </Form>
        </Dialog>
    }
    .into_any()
}

#[component]
fn SwitchDialog(credential: Credential, workspace: Workspace) -> impl IntoView {
    let close = listed(&workspace, credential.kind);
    let cancel = close.clone();
    let (title, text, action) = if credential.active {
        ("Switch off", "The next request that uses it is refused, until it is switched on again.", "Switch off")
    } else {
        ("Switch on", "The next request that uses it is let in again.", "Switch on")
    };
    view! {
        <Dialog title=format!("{title} {}", credential.name) close=close.clone() width=DialogWidth::Confirm>
            <Form action=SwitchCredential::url() back=close>
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="credential" value=credential.id.to_string() />
                <Hidden name="active" value=(!credential.active).to_string() />
                <DialogBody>
                    <p class="py-3 text-ink-muted">{text}</p>
                </DialogBody>
                <DialogFoot>
                    <LinkButton href=cancel>"Cancel"</LinkButton>
                    <SubmitButton>{action}</SubmitButton>
                </DialogFoot>
            </Form>
        </Dialog>
    }
    .into_any()
}

#[component]
fn RevokeDialog(credential: Credential, workspace: Workspace) -> impl IntoView {
    let close = listed(&workspace, credential.kind);
    let cancel = close.clone();
    let used = match credential.last_used_at {
        Some(at) => view! { "It was last used " <RelativeTime at class="text-ink" /> "." }.into_any(),
        None => "It was never used.".into_any(),
    };
    let text = format!(
        "The next request that uses this {} is refused. What is revoked cannot be brought back. ",
        named(credential.kind)
    );
    let wide = (credential.scopes.len() == Scope::ALL.len()).then_some(" It may do everything.");
    view! {
        <Dialog title=format!("Revoke {}", credential.name) close=close.clone() width=DialogWidth::Confirm>
            <Form action=RevokeCredential::url() back=close>
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="credential" value=credential.id.to_string() />
                <DialogBody>
                    <p class="py-3 text-ink-muted">
                        {text} {used} {wide}
                    </p>
                </DialogBody>
                <ConfirmFoot cancel submit="Revoke" />
            </Form>
        </Dialog>
    }
    .into_any()
}
