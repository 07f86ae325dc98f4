//! The workspaces that somebody is in, and how they hear of changes there.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_model::Action;
use stackyard_model::notice::NoticeMail;
use stackyard_model::workspace::Membership;
use stackyard_ui::{
    Badge, ButtonKind, ButtonSize, Cell, Choice, Column, CoverLink, Empty, Form, FormErrors, LinkButton, RoleBadge, Row, Section,
    Segmented, SubmitButton, Table, TextLink, WorkspaceTile, written,
};

use crate::forms::FormState;
use crate::notices::forms::UpdateNoticeMail;
use crate::paths;

/// Every workspace of the person, with their role and the way out.
#[component]
pub(super) fn Workspaces(
    memberships: Vec<Membership>,
    /// The id of the one that opens after signing in.
    default: Option<String>,
) -> impl IntoView {
    let columns = vec![
        Column::new("Workspace", ""),
        Column::new("Role", "md:w-[100px]"),
        Column::silent("Leave", "md:w-[152px]"),
    ];
    let body = if memberships.is_empty() {
        view! {
            <Empty title="You are in no workspace" text="An invitation brings you into one, or make your own.">
                <LinkButton href=paths::WORKSPACES size=ButtonSize::Small>
                    "All workspaces"
                </LinkButton>
            </Empty>
        }
        .into_any()
    } else {
        let rows = memberships.into_iter().map(move |membership| {
            let opens = default.as_deref() == Some(membership.workspace.id.as_str());
            view! { <WorkspaceRow membership opens /> }
        });
        view! {
            <Table label="My workspaces" columns boxed=true>
                {written(rows)}
            </Table>
        }
        .into_any()
    };
    view! {
        <Section
            id="workspaces"
            title="Workspaces"
            lead="Where you are a member. Leaving one is at once."
            narrow=true
        >
            {body}
        </Section>
    }
    .into_any()
}

#[component]
fn WorkspaceRow(membership: Membership, opens: bool) -> impl IntoView {
    let may_leave = membership.may(Action::Leave);
    let Membership { workspace, role, .. } = membership;
    let logo = paths::logo(&workspace);
    let leave = if may_leave {
        let label = format!("Leave {}", workspace.name);
        view! {
            <LinkButton href=paths::leave(&workspace) kind=ButtonKind::Ghost size=ButtonSize::Small label class="-mr-2.5">
                "Leave…"
            </LinkButton>
        }
        .into_any()
    } else {
        view! { <span class="text-[12px] text-ink-faint">"Transfer it first"</span> }.into_any()
    };
    view! {
        <Row>
            <Cell class="max-md:col-start-1">
                <span class="flex min-w-0 items-center gap-2.5">
                    <WorkspaceTile name=workspace.name.clone() logo />
                    <CoverLink href=paths::overview(&workspace)>{workspace.name.clone()}</CoverLink>
                    {opens.then(|| view! { <Badge>"Default"</Badge> })}
                </span>
            </Cell>
            <Cell class="max-md:col-start-1">
                <RoleBadge role />
            </Cell>
            <Cell class="text-right max-md:[grid-column:2] max-md:[grid-row:1/3]">{leave}</Cell>
        </Row>
    }
    .into_any()
}

/// How notices come by mail.
#[component]
pub(super) fn NoticeSettings(
    state: FormState,
    mail: NoticeMail,
    /// Whether this server sends mail at all.
    mails: bool,
    back: String,
) -> impl IntoView {
    let chosen = state.value("mail", mail.as_str());
    let choices = NoticeMail::ALL.iter().map(|mail| Choice::new(mail.as_str(), mail.label())).collect();
    let form = if mails {
        view! {
            <Form
                action=UpdateNoticeMail::url()
                back=format!("{back}#notices")
                errors=state.errors
                class="flex flex-col gap-5"
            >
                <div>
                    <Segmented legend="By mail" name="mail" choices value=chosen />
                    <p class="mt-1 text-[12px] leading-4 text-ink-muted">
                        "Once a day is at 8 in the morning, what you have not read by then. What happens to your own account is always told at once."
                    </p>
                </div>
                <div class="flex items-center gap-3">
                    <SubmitButton kind=ButtonKind::Plain>"Save notices"</SubmitButton>
                    <FormErrors />
                </div>
            </Form>
        }
        .into_any()
    } else {
        view! { <p class="text-ink-muted">"This server sends no mail. Notices wait for you behind the bell."</p> }.into_any()
    };
    view! {
        <Section
            id="notices"
            title="Notices"
            lead="You hear when somebody changes whom your workspaces trust, or your own account."
            narrow=true
        >
            {form}
            <p class="mt-4">
                <TextLink href=paths::NOTICES>"Read your notices"</TextLink>
            </p>
        </Section>
    }
    .into_any()
}
