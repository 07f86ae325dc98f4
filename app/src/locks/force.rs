//! Ending somebody else's lock.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_model::lock::Lock;
use stackyard_ui::{
    ButtonKind, ClockTime, Code, Field, FieldLayout, Form, FormErrors, Hidden, LinkButton, SubmitButton, TextInput,
};

use super::row::{RowContext, split_key};
use crate::forms::FormState;
use crate::locks::forms::ForceRelease;
use crate::paths;

#[component]
pub(super) fn ForceForm(lock: Lock, state: FormState, row: RowContext) -> impl IntoView {
    let (_, rest) = split_key(&lock.key);
    let cancel = paths::locks(&row.workspace);
    view! {
        <div id="force" class="border-b border-line bg-surface-sunken px-4 py-4 md:px-6">
            <Form
                action=ForceRelease::url()
                back=format!("{}#force", row.back)
                errors=state.errors.clone()
                class="rounded-[6px] border border-danger-line bg-surface-raised p-4"
            >
                <Hidden name="workspace" value=row.workspace.slug />
                <Hidden name="lock" value=lock.id.to_string() />
                <h3 class="font-medium">"Force-release " <Code text=rest /></h3>
                <p class="mt-0.5 max-w-[680px] text-[12px] leading-[18px] text-ink-muted">
                    {lock.holder_name.clone()} " holds it until " <ClockTime at=lock.expires_at />
                    ". The next one to ask gets it, with the next fencing number. A lock is advice: what "
                    {lock.holder_name} " is doing goes on."
                </p>
                <div class="mt-3 flex flex-wrap items-start gap-3">
                    <Field
                        name="reason"
                        label="Reason, kept in Activity"
                        value=state.value("reason", "")
                        layout=FieldLayout::Quiet
                        class="min-w-0 grow basis-72"
                    >
                        <TextInput required=true maxlength=500_u32 autocomplete="off" />
                    </Field>
                    <div class="mt-6 flex gap-2">
                        <LinkButton href=cancel>"Cancel"</LinkButton>
                        <SubmitButton kind=ButtonKind::DangerSolid>"Force-release"</SubmitButton>
                    </div>
                </div>
                <FormErrors class="mt-2 text-[12px] text-danger" />
            </Form>
        </div>
    }
    .into_any()
}
