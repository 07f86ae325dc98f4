//! Marking a deployment as cancelled.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::access;
use stackyard_model::Action;
use stackyard_model::deployment::Deployment;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{ConfirmFoot, Dialog, DialogBody, DialogWidth, Field, Form, Hidden, TextInput};

use super::forms::CancelDeployment;
use super::one::Loaded;
use crate::forms::FormState;
use crate::page::Answer;
use crate::paths;
use crate::visit::Visit;

/// `…/deployments/{deployment}/cancel`: the deployment under a dialog that asks for a reason.
///
/// # Errors
/// As [`one`](super::one::one), and for who may not.
pub async fn cancel(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    let loaded = Loaded::load(&visit, &inside).await?;
    let deployment = loaded.deployment().clone();
    access::require_on(&visit.ctx, &inside.here, Action::ForceRelease, &deployment.repository_id).await?;
    let workspace = inside.workspace().clone();
    let state = visit.form_of("deployments/cancel", "deployment", deployment.id.as_str());
    let back = visit.here();
    Ok(loaded.page(&inside).under("Mark as cancelled", move || {
        view! { <CancelDialog workspace deployment state back /> }
    }))
}

#[component]
fn CancelDialog(workspace: Workspace, deployment: Deployment, state: FormState, back: String) -> impl IntoView {
    let close = paths::deployment(&workspace, &deployment.id);
    let cancel = close.clone();
    view! {
        <Dialog title="Mark as cancelled" close width=DialogWidth::Confirm>
            <Form action=CancelDeployment::url() back errors=state.errors.clone()>
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="deployment" value=deployment.id.to_string() />
                <DialogBody>
                    <p class="py-3 text-ink-muted wrap-words">
                        "The deployment of "
                        <span class="text-ink">{format!("{} to {}", deployment.component, deployment.stack)}</span>
                        " then counts as cancelled for good. Its run is not stopped: what it reports later is refused. Do this when its job has died."
                    </p>
                    <Field name="reason" label="Reason, kept in Activity" value=state.value("reason", "") class="pb-3">
                        <TextInput required=true maxlength=500_u32 autocomplete="off" autofocus=true />
                    </Field>
                </DialogBody>
                <ConfirmFoot cancel submit="Mark as cancelled" field=true />
            </Form>
        </Dialog>
    }
    .into_any()
}
