//! The dialog that invites.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_model::Role;
use stackyard_model::access::Group;
use stackyard_model::invitation::{INVITATION_DAYS, LinkWay};
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    Checkbox, Choice, ChoiceRow, ChoiceRows, Dialog, DialogBody, DialogFoot, Field, FieldLayout, Form, Hidden, LinkButton, Select,
    SubmitButton, TextArea, TextFromFile, counted,
};

use crate::forms::FormState;
use crate::invitations::forms::Invite;
use crate::paths;
use crate::team::RoleRows;

#[component]
pub(crate) fn InviteDialog(
    workspace: Workspace,
    state: FormState,
    mails: bool,
    groups: Vec<Group>,
    back: String,
) -> impl IntoView {
    let close = format!("{}#invite", paths::team(&workspace));
    let cancel = close.clone();
    let about = format!("to {}", workspace.name);
    let role = state.value("role", Role::Member.as_str());
    let proves_nothing = if mails {
        "One link for each address, handed over by you. It proves nothing: whoever holds it gets in here, with an account marked unverified."
    } else {
        "One link for each address, handed over by you. It proves nothing: whoever holds it gets in here."
    };
    let first_way = if mails { LinkWay::Mailed } else { LinkWay::Copied };
    let way = state.value("way", first_way.as_str());
    let ticked = state.value("groups", "");
    let wrong_groups = state.errors.at("groups").map(|error| error.message.clone());
    let in_groups = (!groups.is_empty()).then(|| {
        let boxes = groups
            .into_iter()
            .enumerate()
            .map(|(index, group)| {
                let checked = ticked.split(' ').any(|id| id == group.id.as_str());
                view! {
                    <Checkbox name=format!("groups[{index}]") value=group.id.to_string() checked>
                        <span class="wrap-words">{group.name}</span>
                    </Checkbox>
                }
            })
            .collect::<Vec<_>>();
        view! {
            <fieldset class="grid gap-x-4 gap-y-1 py-3 sm:grid-cols-[124px_minmax(0,1fr)]">
                <legend class="sr-only">"Groups"</legend>
                <span class="text-[13px] leading-8 font-medium max-sm:leading-5" aria-hidden="true">
                    "Groups"
                </span>
                <div class="min-w-0 pt-1">
                    {boxes}
                    {wrong_groups
                        .map(|message| view! { <p class="mt-1 text-[12px] leading-4 text-danger">{message}</p> })}
                </div>
            </fieldset>
        }
    });
    let days = INVITATION_DAYS
        .into_iter()
        .map(|days| Choice::new(days.to_string(), counted(days.into(), "day", "days")))
        .collect();
    let at = |field: &str| state.errors.at(field).map(|error| error.message.clone());
    let (wrong_role, wrong_way) = (at("role"), at("way"));
    let mail = mails.then(|| {
        view! {
            <ChoiceRow
                name="way"
                value=LinkWay::Mailed.as_str()
                checked=way == LinkWay::Mailed.as_str()
                first=true
                consequence="Nobody else sees the link, so using it proves that the address is theirs."
            >
                {LinkWay::Mailed.label()}
            </ChoiceRow>
        }
    });
    view! {
        <Dialog
            title="Invite people"
            close
            about=move || view! { <p class="text-[13px] text-ink-muted wrap-words">{about}</p> }
        >
            <Form action=Invite::url() back errors=state.errors.clone()>
                <Hidden name="workspace" value=workspace.slug />
                <DialogBody>
                    <Field
                        name="people"
                        label="E-mail"
                        value=state.value("people", "")
                        hint="One a line. A line may also be Name <address>, or come from a CSV, whose column “role” says the role."
                        layout=FieldLayout::Beside
                    >
                        <TextArea rows=5 required=true placeholder="kim@acme.example" />
                        <TextFromFile
                            target="people".to_owned()
                            words="Read a CSV file".to_owned()
                            accept=".csv,.txt,text/csv,text/plain".to_owned()
                        />
                    </Field>
                    <div class="grid gap-x-4 gap-y-1 py-3 sm:grid-cols-[124px_minmax(0,1fr)]">
                        <span class="text-[13px] leading-8 font-medium max-sm:leading-5" aria-hidden="true">
                            "Role"
                        </span>
                        <div class="min-w-0">
                            <RoleRows chosen=role wrong=wrong_role />
                            <p class="mt-1.5 text-[12px] leading-4 text-ink-muted">
                                "There is one owner. Ownership is transferred, not given."
                            </p>
                        </div>
                    </div>
                    <div class="grid gap-x-4 gap-y-1 py-3 sm:grid-cols-[124px_minmax(0,1fr)]">
                        <span class="text-[13px] leading-8 font-medium max-sm:leading-5" aria-hidden="true">
                            "The link"
                        </span>
                        <div class="min-w-0">
                            <ChoiceRows legend="How the link travels">
                                {mail}
                                <ChoiceRow
                                    name="way"
                                    value=LinkWay::Copied.as_str()
                                    checked=way == LinkWay::Copied.as_str()
                                    first=!mails
                                    consequence=proves_nothing
                                >
                                    {LinkWay::Copied.label()}
                                </ChoiceRow>
                            </ChoiceRows>
                            {wrong_way
                                .map(|message| view! { <p class="mt-1 text-[12px] leading-4 text-danger">{message}</p> })}
                            {(!mails)
                                .then(|| {
                                    view! {
                                        <p class="mt-1.5 text-[12px] leading-4 text-ink-muted">
                                            "This server sends no mail: its operator has set no mail server."
                                        </p>
                                    }
                                })}
                        </div>
                    </div>
                    {in_groups}
                    <Field
                        name="days"
                        label="Works once, for"
                        value=state.value("days", "7")
                        layout=FieldLayout::Beside
                    >
                        <Select choices=days class="sm:w-32" />
                    </Field>
                </DialogBody>
                <DialogFoot>
                    <LinkButton href=cancel>"Cancel"</LinkButton>
                    <SubmitButton>"Invite"</SubmitButton>
                </DialogFoot>
            </Form>
        </Dialog>
    }
    .into_any()
}
