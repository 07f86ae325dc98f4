//! The panel in which a repository is added by hand.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_ui::{
    ButtonKind, Choice, Field, FieldLayout, Form, FormErrors, Hidden, Panel, Select, SubmitButton, TextInput,
};

use crate::forms::FormState;
use crate::repositories::forms::AddRepository;

#[component]
pub(super) fn AddPanel(
    state: FormState,
    hosts: Vec<String>,
    slug: String,
    back: String,
    close: String,
) -> impl IntoView {
    let host = state.value("host", hosts.first().map_or("", String::as_str));
    let choices = hosts.into_iter().map(|host| Choice::new(host.clone(), host)).collect();
    view! {
        <Panel id="add" title="Add Repository" close before=true>
            <Form
                action=AddRepository::url()
                back
                errors=state.errors.clone()
                class="flex flex-col gap-4 p-4 md:max-xl:px-6"
            >
                <Hidden name="workspace" value=slug />
                <Field name="host" label="Host" value=host layout=FieldLayout::Small>
                    <Select choices />
                </Field>
                <Field
                    name="name"
                    label="Repository"
                    value=state.value("name", "")
                    hint="Written as owner/name. The first workflow that signs in pins the repository’s numeric id; from then on the id decides."
                    layout=FieldLayout::Small
                >
                    <TextInput mono=true required=true placeholder="acme/infra" autofocus=true />
                </Field>
                <div class="flex flex-wrap items-center gap-3">
                    <SubmitButton kind=ButtonKind::Primary>"Add"</SubmitButton>
                    <FormErrors />
                </div>
            </Form>
        </Panel>
    }
    .into_any()
}
