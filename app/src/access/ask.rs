//! The panel in which somebody asks for access.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_model::Role;
use stackyard_model::access::ResourceRole;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    Choice, ChoiceRow, ChoiceRows, Field, Form, FormErrors, Hidden, Panel, Select, SubmitButton, TextArea, TextInput,
};

use super::forms::AskForAccess;
use crate::forms::FormState;
use crate::paths;

/// The id of the panel's heading.
pub(super) const ASK: &str = "ask";

#[component]
pub(super) fn AskPanel(workspace: Workspace, mine: Role, state: FormState, back: String) -> impl IntoView {
    let what = state.value("what", "repository");
    let roles = [Role::Viewer, Role::Member, Role::Admin, Role::Billing]
        .into_iter()
        .filter(|role| *role != mine)
        .map(|role| Choice::new(role.as_str(), role.label()))
        .collect();
    let resource_roles =
        ResourceRole::ALL.iter().map(|role| Choice::new(role.as_str(), role.label())).collect();
    let close = paths::access_requests(&workspace);
    view! {
        <Panel id=ASK title="Request access" close before=true>
            <Form
                action=AskForAccess::url()
                back
                errors=state.errors.clone()
                class="flex flex-col gap-4 p-4 max-xl:md:px-6"
            >
                <Hidden name="workspace" value=workspace.slug />
                <ChoiceRows legend="What you ask for">
                    <ChoiceRow
                        name="what"
                        value="repository"
                        checked=what != "role"
                        first=true
                        consequence="A role on one repository."
                    >
                        "Access to a repository"
                    </ChoiceRow>
                    <ChoiceRow
                        name="what"
                        value="role"
                        checked=what == "role"
                        consequence=format!("Another role in the workspace; yours is {}.", mine.label())
                    >
                        "A role"
                    </ChoiceRow>
                </ChoiceRows>
                <Field
                    name="repository"
                    label="Repository"
                    value=state.value("repository", "")
                    hint="When you ask for one: owner/name."
                >
                    <TextInput mono=true autocomplete="off" placeholder="acme/infra" />
                </Field>
                <Field
                    name="resource_role"
                    label="Role on it"
                    value=state.value("resource_role", ResourceRole::Read.as_str())
                >
                    <Select choices=resource_roles />
                </Field>
                <Field
                    name="role"
                    label="Role in the workspace"
                    value=state.value("role", "")
                    hint="When you ask for one."
                >
                    <Select choices=roles />
                </Field>
                <Field name="reason" label="Why" value=state.value("reason", "")>
                    <TextArea rows=3 maxlength=500_u32 required=true />
                </Field>
                <div class="flex flex-wrap items-center gap-3">
                    <SubmitButton>"Request access"</SubmitButton>
                    <FormErrors />
                </div>
            </Form>
        </Panel>
    }
    .into_any()
}
