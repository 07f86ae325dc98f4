//! The invitations of a workspace, under its members, and what can be done with one.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::invitations::InvitationPage;
use stackyard_model::invitation::{Invitation, InvitationState, LinkWay, MailState};
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    Cell, Column, ConfirmFoot, Dialog, DialogBody, DialogWidth, Form, Glyph, Hidden, Icon, Menu, MenuItem, Now, Pager,
    RelativeTime, RoleBadge, Row, State, StateSignal, Table, counted, thousands, written,
};

use crate::invitations::forms::RevokeInvitation;
use crate::paths;

#[component]
pub(crate) fn Invitations(
    page: InvitationPage,
    /// How many there are in all; none when these are only some of them.
    count: Option<i64>,
    workspace: Workspace,
    /// Whether links can be mailed.
    mails: bool,
    /// Where the first page is, when this is another.
    first: Option<String>,
    /// Where the next page is.
    later: Option<String>,
) -> impl IntoView {
    let columns = vec![
        Column::new("E-mail", ""),
        Column::new("Invited by", "max-2xl:hidden 2xl:w-[260px]"),
        Column::new("Role", "md:w-[96px]"),
        Column::new("Status", "md:w-[150px]"),
        Column::new("Sent", "max-xl:hidden xl:w-[150px]"),
        Column::new("Expires", "md:w-[124px]"),
        Column::silent("Actions", "md:w-[56px]"),
    ];
    let shown = i64::try_from(page.items.len()).unwrap_or(i64::MAX);
    let pager = (first.is_some() || later.is_some()).then(|| {
        let shown = match count {
            Some(count) => format!("{} of {} invited", thousands(shown), thousands(count)),
            None => format!("{} invited", thousands(shown)),
        };
        view! { <Pager shown newer=first older=later words=("First", "Later") /> }
    });
    let ahead = (page.to_be_mailed > 0).then(|| {
        view! {
            <p class="text-[12px] text-ink-muted">
                {format!("{} still to be mailed; this goes on by itself.", counted(page.to_be_mailed, "invitation is", "invitations are"))}
            </p>
        }
    });
    let rows = written(
        page.items
            .into_iter()
            .map(|invitation| view! { <InvitationRow invitation workspace=workspace.clone() mails /> }),
    );
    view! {
        <div class="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 border-y border-line bg-surface-sunken px-4 py-2 md:px-6">
            <h2 id="invitations" class="text-[13px] font-semibold">
                "Invitations " <span class="font-normal text-ink-faint">{count.map(thousands)}</span>
            </h2>
            <p class="text-[12px] text-ink-muted">"A link works once. It is never shown again; resending replaces it."</p>
            {ahead}
        </div>
        <Table label="Invitations, the newest first" columns>
            {rows}
        </Table>
        {pager}
    }
    .into_any()
}

/// Where an invitation stands, and what was said against its mail.
fn standing(invitation: &Invitation, over: bool) -> (State, &'static str, Option<String>) {
    let note = invitation.mail_note.clone();
    if invitation.state == InvitationState::Declined {
        return (State::Denied, "Declined", None);
    }
    match (over, invitation.mail) {
        (true, _) => (State::Expired, "Expired", None),
        (_, Some(MailState::Queued | MailState::Sending)) => (State::Queued, "To be mailed", note),
        (_, Some(MailState::Failed)) => (State::Error, "Not delivered", note),
        (_, Some(MailState::Unsure)) => (State::Unknown, "Perhaps delivered", note),
        _ => (State::Waiting, "Waiting", None),
    }
}

#[component]
fn InvitationRow(invitation: Invitation, workspace: Workspace, mails: bool) -> impl IntoView {
    let over = invitation.is_over(Now::here().at);
    let (state, word, note) = standing(&invitation, over);
    let (icon, way) = match invitation.way {
        LinkWay::Mailed => (Icon::Mail, "mailed "),
        LinkWay::Copied => (Icon::Link, "copied "),
    };
    let declined = invitation.state == InvitationState::Declined;
    let resend = match (over || declined, mails) {
        (true, _) => "Invite again",
        (false, true) => "Resend, or make a link to copy",
        (false, false) => "Make a new link to copy",
    };
    let to = |what: &str| paths::invitation(&workspace, &invitation.id, what);
    let items = vec![
        MenuItem::link(to("resend"), Icon::Replay, resend),
        MenuItem::link(paths::events_with(&workspace, &invitation.email), Icon::Activity, "Events"),
        MenuItem::Line,
        MenuItem::danger(to("revoke"), Icon::Trash, if declined { "Take off the list…" } else { "Revoke invitation…" }),
    ];
    let label = format!("What can be done about the invitation of {}", invitation.email);
    let (inviter, by) = (invitation.invited_by_name.clone(), format!("by {}", invitation.invited_by_name));
    let ends = match (declined, over) {
        (true, _) => None,
        (false, true) => Some(("Expired ", "text-warn")),
        (false, false) => Some(("Expires ", "text-ink-muted")),
    };
    let groups = (!invitation.groups.is_empty()).then(|| {
        view! {
            <span class="block text-[12px] leading-4 text-ink-muted wrap-words">
                {format!("in {}", invitation.groups.join(", "))}
            </span>
        }
    });
    let strange = (!invitation.email.is_ascii()).then(|| {
        view! {
            <span class="block text-[12px] leading-4 text-warn">
                "Has letters outside a–z, which can look like others. Compare it letter by letter."
            </span>
        }
    });
    view! {
        <Row wide=true>
            <Cell class="max-md:col-start-1 max-md:row-start-1">
                <span class="flex min-w-0 items-start gap-2.5">
                    <span class="mt-0.5 text-ink-faint">
                        <Glyph icon />
                    </span>
                    <span class="min-w-0">
                        <span class="block truncate font-medium max-md:whitespace-normal wrap-words" title=invitation.email.clone()>
                            {invitation.email.clone()}
                        </span>
                        {strange}
                        {groups}
                        {note
                            .map(|note| {
                                view! {
                                    <span class="block text-[12px] leading-4 text-danger wrap-words">{note}</span>
                                }
                            })}
                        <span class="block truncate text-[12px] leading-4 text-ink-muted 2xl:hidden max-md:whitespace-normal wrap-words">
                            {by}
                        </span>
                    </span>
                </span>
            </Cell>
            <Cell class="max-2xl:hidden">
                <span class="block truncate text-ink-muted" title=inviter.clone()>
                    {inviter.clone()}
                </span>
            </Cell>
            <Cell class="max-md:col-start-1 max-md:row-start-2 max-md:pl-[26px]">
                <RoleBadge role=invitation.role />
            </Cell>
            <Cell class="max-md:col-start-2 max-md:row-start-1 max-md:justify-self-end max-md:text-[12px]">
                <StateSignal state word />
            </Cell>
            <Cell class="max-xl:hidden">
                <span class="text-ink-muted">{way}</span>
                <RelativeTime at=invitation.sent_at />
            </Cell>
            <Cell class="max-md:col-start-2 max-md:row-start-2 max-md:text-right max-md:text-[12px]">
                {ends
                    .map(|(word, class)| {
                        view! {
                            <span class="sr-only md:hidden">{word}</span>
                            <RelativeTime at=invitation.expires_at class />
                        }
                    })}
            </Cell>
            <Cell class="text-right max-md:[grid-column:3] max-md:[grid-row:1/3]">
                <Menu label items />
            </Cell>
        </Row>
    }
    .into_any()
}

#[component]
pub(crate) fn RevokeDialog(workspace: Workspace, invitation: Invitation) -> impl IntoView {
    let team = paths::team(&workspace);
    let (title, submit, before, after) = if invitation.state == InvitationState::Declined {
        (
            "Take the invitation off the list",
            "Take off the list",
            "",
            " declined it, and Activity keeps that. You can invite them again.",
        )
    } else {
        (
            "Revoke the invitation",
            "Revoke invitation",
            "The link of ",
            " is dead at once, and a mail that was not sent yet stays here. You can invite them again.",
        )
    };
    view! {
        <Dialog title close=team.clone() width=DialogWidth::Confirm>
            <Form action=RevokeInvitation::url() back=team.clone()>
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="invitation" value=invitation.id.to_string() />
                <DialogBody>
                    <p class="py-3 text-ink-muted">
                        {before} <span class="text-ink wrap-words">{invitation.email}</span> {after}
                    </p>
                </DialogBody>
                <ConfirmFoot cancel=team submit />
            </Form>
        </Dialog>
    }
    .into_any()
}
