//! The dialog in which a request for access is decided.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::access as service;
use stackyard_model::{Action, Ts};
use stackyard_model::access::{AccessRequest, Asked, GRANTED_DAYS, RequestState};
use stackyard_model::id::AccessRequestId;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    ButtonKind, Choice, Dialog, DialogBody, DialogFoot, DialogWidth, Field, FieldLayout, Form, FormErrors, Hidden,
    LinkButton, RelativeTime, Select, SubmitButton, TextArea, counted,
};

use super::forms::{ApproveRequest, RejectRequest};
use super::requests::Loaded;
use crate::forms::FormState;
use crate::page::{Answer, Stop};
use crate::paths;
use crate::visit::{Inside, Visit};

/// `…/team/requests/{request}`: the list under the dialog that decides.
///
/// # Errors
/// As the list, and for who may not decide.
pub async fn decide(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    inside.here.require(Action::ManageMembers)?;
    let id: AccessRequestId = visit.id("request")?;
    let request = service::request(&visit.ctx, &inside.here, &id).await?;
    let mine = request.member_id == inside.here.member_id;
    let workspace = inside.workspace().clone();
    let approve = visit.form_of("access/approve", "request_id", id.as_str());
    let reject = visit.form_of("access/reject", "request_id", id.as_str());
    let back = visit.path().to_owned();
    let page = Loaded::load(&visit, &inside).await?.page(&inside);
    let has = match request.state {
        RequestState::Pending => Some(has_now(&visit, &inside, &request).await?),
        _ => None,
    };
    Ok(page.under("Decide a request", move || {
        view! { <DecideDialog workspace request has mine approve reject back /> }
    }))
}

/// What somebody has already of that which they ask for, and until when.
struct Has {
    what: String,
    until: Option<Ts>,
}

async fn has_now(visit: &Visit, inside: &Inside, request: &AccessRequest) -> Result<Has, Stop> {
    let (member, reached) = service::reached_by(&visit.ctx, &inside.here, &request.member_id).await?;
    let role = format!("the role {}", member.role.label());
    Ok(match &request.asked {
        Asked::Role(_) => Has { what: role, until: member.role_until },
        Asked::Repository(name, _) => {
            let on = reached.into_iter().find(|reached| reached.repository.eq_ignore_ascii_case(name));
            let on = on.map_or_else(
                || format!("nothing on {name}"),
                |on| format!("{} on {}", on.comes_to.label(), on.repository),
            );
            Has { what: format!("{role}, and {on}"), until: None }
        }
    })
}

#[component]
fn DecideDialog(
    workspace: Workspace,
    request: AccessRequest,
    has: Option<Has>,
    mine: bool,
    approve: FormState,
    reject: FormState,
    back: String,
) -> impl IntoView {
    let close = paths::access_requests(&workspace);
    let cancel = close.clone();
    let title = format!("{} for {}", request.asked.label(), request.member_name);
    let said = view! {
        <p class="py-3 text-ink-muted wrap-words">
            {format!("{} asked ", request.member_name)} <RelativeTime at=request.created_at class="" />
            {format!(": “{}”", request.reason)}
        </p>
        {has
            .map(|Has { what, until }| {
                let until = until.map(|at| view! { ", which ends " <RelativeTime at class="" /> });
                view! {
                    <p class="pb-3 wrap-words">
                        {format!("{} has {what} now", request.member_name)} {until} "."
                    </p>
                }
            })}
    };
    if mine || request.state != RequestState::Pending {
        let text = if mine {
            "Somebody else has to decide about your own request.".to_owned()
        } else {
            format!("This request is {} by now.", request.state.label().to_lowercase())
        };
        return view! {
            <Dialog title close width=DialogWidth::Confirm>
                <DialogBody>
                    {said} <p class="pb-3">{text}</p>
                </DialogBody>
                <DialogFoot>
                    <LinkButton href=cancel>"Close"</LinkButton>
                </DialogFoot>
            </Dialog>
        }
        .into_any();
    }
    let days = GRANTED_DAYS
        .into_iter()
        .map(|days| {
            let label = if days == 0 { "for good".to_owned() } else { counted(days.into(), "day", "days") };
            Choice::new(days.to_string(), label)
        })
        .collect();
    let fields = || {
        let (slug, id) = (workspace.slug.clone(), request.id.to_string());
        view! {
            <Hidden name="workspace" value=slug />
            <Hidden name="request_id" value=id />
        }
    };
    let (to_approve, to_reject) = (fields(), fields());
    view! {
        <Dialog title close width=DialogWidth::Confirm>
            <DialogBody>
                {said}
                <Form
                    action=ApproveRequest::url()
                    back=back.clone()
                    errors=approve.errors.clone()
                    class="flex flex-col gap-3 border-t border-line py-3"
                >
                    {to_approve}
                    <Field name="days" label="Grant it" value=approve.value("days", "7") layout=FieldLayout::Small>
                        <Select choices=days class="sm:w-40" />
                    </Field>
                    <Field
                        name="note"
                        id="approve-note"
                        label="Note"
                        note="optional"
                        value=approve.value("note", "")
                        layout=FieldLayout::Small
                    >
                        <TextArea rows=2 maxlength=500_u32 />
                    </Field>
                    <div class="flex flex-wrap items-center gap-3">
                        <SubmitButton>"Approve"</SubmitButton>
                        <FormErrors />
                    </div>
                </Form>
                <Form
                    action=RejectRequest::url()
                    back
                    errors=reject.errors.clone()
                    class="flex flex-col gap-3 border-t border-line py-3"
                >
                    {to_reject}
                    <Field
                        name="note"
                        id="reject-note"
                        label="Why not"
                        value=reject.value("note", "")
                        layout=FieldLayout::Small
                    >
                        <TextArea rows=2 maxlength=500_u32 required=true />
                    </Field>
                    <div class="flex flex-wrap items-center gap-3">
                        <SubmitButton kind=ButtonKind::Danger>"Reject"</SubmitButton>
                        <FormErrors />
                    </div>
                </Form>
            </DialogBody>
            <DialogFoot>
                <LinkButton href=cancel>"Cancel"</LinkButton>
            </DialogFoot>
        </Dialog>
    }
    .into_any()
}
