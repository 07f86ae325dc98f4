//! The dialog in which a permission is added or edited, and the one in which it is removed.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_model::PermissionKind;
use stackyard_model::id::PermissionId;
use stackyard_model::permission::{Permission, PermissionInput, SpecialEvent};
use stackyard_model::repository::Repository;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    Checkbox, Choice, ConfirmFoot, Dialog, DialogBody, DialogFoot, DialogWidth, Field, FieldLayout, Fold, Form,
    Hidden, LinkButton, PatternField, Select, SubmitButton,
};

use super::card::Pattern;
use super::list::ADD;
use crate::forms::FormState;
use crate::paths;
use crate::permissions::forms::{AddPermission, CheckPattern, RemovePermission, UpdatePermission};

/// What the dialog is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A new permission.
    Add,
    /// This one, of this version.
    Edit(PermissionId, i32),
}

#[component]
pub(super) fn PermissionDialog(
    purpose: Purpose,
    workspace: Workspace,
    repository: Repository,
    input: PermissionInput,
    state: FormState,
    back: String,
) -> impl IntoView {
    // Closing leads back to what opened the dialog, and the focus with it.
    let opener = match &purpose {
        Purpose::Add => ADD.to_owned(),
        Purpose::Edit(id, _) => paths::edit_permission_id(id),
    };
    let close = format!("{}#{opener}", paths::permissions(&workspace, &repository.id));
    let cancel = close.clone();
    let (title, action, submit) = match &purpose {
        Purpose::Add => ("Add Permissions", AddPermission::url(), "Add permission"),
        Purpose::Edit(..) => ("Edit permission", UpdatePermission::url(), "Save permission"),
    };
    let permission = match purpose {
        Purpose::Add => None,
        Purpose::Edit(id, version) => Some(view! {
            <Hidden name="permission" value=id.to_string() />
            <Hidden name="version" value=version.to_string() />
        }),
    };
    let kind = state.value("kind", &input.kind);
    let kinds = PermissionKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), kind.label())).collect();
    let about = {
        let (repository, workspace) = (repository.name.clone(), workspace.name.clone());
        move || {
            view! {
                <p class="text-ink-muted wrap-words">
                    "to " <span class="font-mono text-[12px] text-ink">{repository}</span>
                    {format!(" in {workspace}")}
                </p>
            }
        }
    };
    let events = view! { <EventsFold state=state.clone() input=input.clone() /> };
    view! {
        <Dialog title close about>
            <Form action back errors=state.errors.clone()>
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="repository" value=repository.id.to_string() />
                {permission}
                <DialogBody>
                    <Field
                        name="kind"
                        label="Permission"
                        value=kind
                        layout=FieldLayout::Beside
                    >
                        <Select choices=kinds autofocus=true />
                        {descriptions()}
                    </Field>
                    <Typed
                        state=state.clone()
                        name="workflow"
                        label="Workflow"
                        given=input.workflow
                        hint="The file name alone, such as atmos-terraform-apply.yaml."
                    />
                    <Typed
                        state=state.clone()
                        name="branch"
                        label="Branch"
                        given=input.branch
                        hint="Without refs/heads/. A regex must match the whole name; \\\\ is read as \\."
                    />
                    <Typed
                        state
                        name="environment"
                        label="Environment"
                        given=input.environment
                        hint="Compared without case. A run without an environment matches only *."
                    />
                    {events}
                </DialogBody>
                <DialogFoot>
                    <LinkButton href=cancel>"Cancel"</LinkButton>
                    <SubmitButton>{submit}</SubmitButton>
                </DialogFoot>
            </Form>
        </Dialog>
    }
    .into_any()
}

/// What each kind allows. The style sheet shows the one that is chosen, also without a script.
fn descriptions() -> impl IntoView {
    let about = |kind: &PermissionKind| {
        view! {
            <p class="kind-about mt-1.5 text-[12px] leading-4 text-ink-muted" data-kind=kind.as_str()>
                {kind.description()}
            </p>
        }
    };
    PermissionKind::ALL.iter().map(about).collect::<Vec<_>>()
}

/// One of the patterns, as typed before or as given. A component, since only inside the form is its error known.
#[component]
fn Typed(
    state: FormState,
    name: &'static str,
    label: &'static str,
    given: String,
    hint: &'static str,
) -> impl IntoView {
    let value = state.value(name, &given);
    view! { <PatternField name label value check=CheckPattern::url() hint /> }
}

#[component]
fn EventsFold(state: FormState, input: PermissionInput) -> impl IntoView {
    let ticked = |event: &SpecialEvent| state.ticked(event.as_str(), input.events.has(*event));
    let allowed: Vec<_> = SpecialEvent::ALL.iter().filter(|event| ticked(event)).map(SpecialEvent::as_str).collect();
    let summary = if allowed.is_empty() { "none of them allowed".to_owned() } else { format!("{} allowed", allowed.join(", ")) };
    let open = SpecialEvent::ALL.iter().any(|event| event.is_risky() == ticked(event));
    let boxes = SpecialEvent::ALL
        .iter()
        .map(|event| {
            view! {
                <Checkbox name=event.as_str() checked=ticked(event)>
                    <span class="font-mono text-[12px]">{event.as_str()}</span>
                </Checkbox>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <Fold title="More" summary open>
            <fieldset
                class="grid gap-x-4 gap-y-1 pt-1 sm:grid-cols-[124px_minmax(0,1fr)]"
                aria-describedby="events-h"
            >
                <legend class="sr-only">"Also allow events"</legend>
                <p class="text-[13px] leading-6 font-medium" aria-hidden="true">
                    "Also allow events"
                </p>
                <div class="min-w-0">
                    <div class="grid gap-x-4 sm:grid-cols-2">{boxes}</div>
                    <p id="events-h" class="mt-1.5 text-[12px] leading-4 text-ink-muted">
                        "The last three run with trust that the author of the change does not have."
                    </p>
                </div>
            </fieldset>
        </Fold>
    }
    .into_any()
}

#[component]
pub(super) fn RemoveDialog(workspace: Workspace, repository: Repository, permission: Permission) -> impl IntoView {
    use stackyard_model::Dimension;
    let back = paths::permissions(&workspace, &repository.id);
    let close = format!("{back}#{}", paths::remove_permission_id(&permission.id));
    let cancel = close.clone();
    view! {
        <Dialog title=format!("Remove {}", permission.kind.label()) close width=DialogWidth::Confirm>
            <Form action=RemovePermission::url() back>
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="repository" value=repository.id.to_string() />
                <Hidden name="permission" value=permission.id.to_string() />
                <DialogBody>
                    <p class="py-3 text-ink-muted">
                        "The next request of " <span class="font-mono text-[12px] text-ink">{repository.name}</span>
                        " that no other permission lets through is refused."
                    </p>
                    <dl class="flex flex-col gap-1.5 pb-3 xl:gap-3">
                        <Pattern dimension=Dimension::Workflow pattern=permission.workflow />
                        <Pattern dimension=Dimension::Branch pattern=permission.branch />
                        <Pattern dimension=Dimension::Environment pattern=permission.environment />
                    </dl>
                </DialogBody>
                <ConfirmFoot cancel submit="Remove permission" />
            </Form>
        </Dialog>
    }
    .into_any()
}
