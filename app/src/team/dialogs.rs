//! The dialogs over the team, each a page of its own.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::team as service;
use stackyard_domain::{Error, groups, invitations};
use stackyard_model::id::{InvitationId, MemberId};
use stackyard_model::invitation::{Invitation, LinkWay};
use stackyard_model::team::TeamMember;
use stackyard_model::workspace::Workspace;
use stackyard_model::{Action, MemberStatus};
use stackyard_ui::{
    ButtonKind, ChoiceRow, ChoiceRows, ConfirmFoot, Dialog, DialogBody, DialogFoot, DialogWidth, Field, FieldLayout, Form,
    Hidden, LinkButton, PageHeader, Section, SubmitButton, TextInput,
};

use super::RoleRows;
use super::forms::{ChangeRole, LeaveWorkspace, OfferOwnership};
use super::leaving::{RemoveDialog, RestoreDialog, SuspendDialog};
use super::list::Loaded;
use crate::forms::FormState;
use crate::invitations::forms::ResendInvitation;
use crate::invitations::{InviteDialog, RevokeDialog};
use crate::page::{Answer, Nav, Page, Stop};
use crate::paths;
use crate::visit::{Inside, Visit};

/// The team under a dialog that needs `action`.
pub(crate) async fn under(visit: &Visit, action: Action) -> Result<(Inside, Page), Stop> {
    let inside = visit.workspace().await?;
    inside.here.require(action)?;
    let page = Loaded::load(visit, &inside).await?.page(inside.clone());
    Ok((inside, page))
}

async fn member_of(visit: &Visit, inside: &Inside) -> Result<TeamMember, Stop> {
    let id: MemberId = visit.id("member")?;
    Ok(service::get(&visit.ctx, &inside.here, &id).await?)
}

async fn invitation_of(visit: &Visit, inside: &Inside) -> Result<Invitation, Stop> {
    let id: InvitationId = visit.id("invitation")?;
    Ok(invitations::get(&visit.ctx, &inside.here, &id).await?)
}

/// `…/team/invite`.
///
/// # Errors
/// As [`list`](super::list()), and for who may not invite.
pub async fn invite(visit: Visit) -> Answer {
    let (inside, page) = under(&visit, Action::ManageMembers).await?;
    let workspace = inside.workspace().clone();
    let state = visit.form("invitations/invite");
    let mails = visit.ctx.deps().mailer().is_some();
    let groups = groups::list(&visit.ctx, &inside.here).await?;
    let back = visit.path().to_owned();
    Ok(page.under("Invite people", move || view! { <InviteDialog workspace state mails groups back /> }))
}

/// `…/team/members/{member}/role`.
///
/// # Errors
/// As [`list`](super::list()), and for who may not change roles.
pub async fn role(visit: Visit) -> Answer {
    let (inside, page) = under(&visit, Action::ManageMembers).await?;
    let member = member_of(&visit, &inside).await?;
    let state = visit.form_of("team/change-role", "member", member.id.as_str());
    let mine = member.id == inside.here.member_id;
    let workspace = inside.workspace().clone();
    let back = visit.path().to_owned();
    Ok(page.under("Change role", move || view! { <RoleDialog workspace member mine state back /> }))
}

/// `…/team/members/{member}/access`: suspends, or restores who is suspended.
///
/// # Errors
/// As [`list`](super::list()), and for who may not suspend.
pub async fn access(visit: Visit) -> Answer {
    let (inside, page) = under(&visit, Action::ManageMembers).await?;
    let member = member_of(&visit, &inside).await?;
    let workspace = inside.workspace().clone();
    if member.status == MemberStatus::Suspended {
        return Ok(page.under("Access", move || view! { <RestoreDialog workspace member /> }));
    }
    let made = service::made_by(&visit.ctx, &inside.here, &member.id).await?;
    Ok(page.under("Access", move || view! { <SuspendDialog workspace member made /> }))
}

/// `…/team/members/{member}/remove`.
///
/// # Errors
/// As [`list`](super::list()), and for who may not remove people.
pub async fn remove(visit: Visit) -> Answer {
    let (inside, page) = under(&visit, Action::ManageMembers).await?;
    let member = member_of(&visit, &inside).await?;
    let made = service::made_by(&visit.ctx, &inside.here, &member.id).await?;
    let workspace = inside.workspace().clone();
    Ok(page.under("Remove from workspace", move || view! { <RemoveDialog workspace member made /> }))
}

/// `…/team/members/{member}/transfer`.
///
/// # Errors
/// As [`list`](super::list()), and for others than the owner.
pub async fn transfer(visit: Visit) -> Answer {
    let (inside, page) = under(&visit, Action::TransferOwnership).await?;
    let member = member_of(&visit, &inside).await?;
    let state = visit.form_of("team/offer-ownership", "member", member.id.as_str());
    let workspace = inside.workspace().clone();
    let back = visit.path().to_owned();
    Ok(page.under("Transfer ownership", move || view! { <TransferDialog workspace member state back /> }))
}

/// `…/team/invitations/{invitation}/resend`.
///
/// # Errors
/// As [`list`](super::list()), and for who may not invite.
pub async fn resend(visit: Visit) -> Answer {
    let (inside, page) = under(&visit, Action::ManageMembers).await?;
    let invitation = invitation_of(&visit, &inside).await?;
    let mails = visit.ctx.deps().mailer().is_some();
    let workspace = inside.workspace().clone();
    Ok(page.under("Send a new invitation", move || view! { <ResendDialog workspace invitation mails /> }))
}

/// `…/team/invitations/{invitation}/revoke`.
///
/// # Errors
/// As [`list`](super::list()), and for who may not invite.
pub async fn revoke(visit: Visit) -> Answer {
    let (inside, page) = under(&visit, Action::ManageMembers).await?;
    let invitation = invitation_of(&visit, &inside).await?;
    let workspace = inside.workspace().clone();
    Ok(page.under("Revoke the invitation", move || view! { <RevokeDialog workspace invitation /> }))
}

/// `…/team/leave`: a page of its own, since there are roles that may leave and not see the team.
///
/// # Errors
/// As [`Visit::workspace`], and for the owner.
pub async fn leave(visit: Visit) -> Answer {
    let inside = visit.workspace().await?;
    if !inside.here.may(Action::Leave) {
        let message = "You own this workspace. Transfer ownership to somebody first, or delete it.";
        return Err(Error::Forbidden(message.to_owned()).into());
    }
    let workspace = inside.workspace().clone();
    let back = visit.path().to_owned();
    let role = inside.here.role.label();
    Ok(Page::of_workspace(&inside, Nav::Team, "Leave workspace", move || {
        let cancel = paths::overview(&workspace);
        view! {
            <PageHeader title="Leave workspace" />
            <Section id="leave" title="Leave" lead="You can come back by a new invitation." danger=true>
                <Form action=LeaveWorkspace::url() back>
                    <Hidden name="workspace" value=workspace.slug.clone() />
                    <p class="max-w-[560px] text-ink-muted wrap-words">
                        {format!(
                            "You are {role} of {}. With your next request it is gone from your workspaces. Your locks are released and your invitations taken back; tokens and keys that you made go on until an admin revokes them.",
                            workspace.name,
                        )}
                    </p>
                    <div class="mt-4 flex flex-wrap gap-2">
                        <LinkButton href=cancel>"Cancel"</LinkButton>
                        <SubmitButton kind=ButtonKind::DangerSolid>"Leave workspace"</SubmitButton>
                    </div>
                </Form>
            </Section>
        }
    }))
}

#[component]
fn RoleDialog(workspace: Workspace, member: TeamMember, mine: bool, state: FormState, back: String) -> impl IntoView {
    let team = paths::team(&workspace);
    let chosen = state.value("role", member.role.as_str());
    let wrong = state.errors.at("role").map(|error| error.message.clone());
    view! {
        <Dialog title=format!("Role of {}", member.name) close=team.clone() width=DialogWidth::Confirm>
            <Form action=ChangeRole::url() back errors=state.errors.clone()>
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="member" value=member.id.to_string() />
                <DialogBody>
                    <div class="py-3">
                        <RoleRows chosen wrong />
                        <p class="mt-2 text-[12px] leading-[18px] text-ink-muted">
                            "It is in force with the next request. Tokens and keys that they made go on as they are; they are under Workspace Settings. "
                            {mine.then_some("This is your own role: if you lower it, somebody else has to raise it again.")}
                        </p>
                    </div>
                </DialogBody>
                <DialogFoot>
                    <LinkButton href=team>"Cancel"</LinkButton>
                    <SubmitButton>"Change role"</SubmitButton>
                </DialogFoot>
            </Form>
        </Dialog>
    }
    .into_any()
}

#[component]
fn TransferDialog(workspace: Workspace, member: TeamMember, state: FormState, back: String) -> impl IntoView {
    let team = paths::team(&workspace);
    let cancel = team.clone();
    let label = format!("Type {} to confirm", workspace.name);
    view! {
        <Dialog title=format!("Transfer ownership to {}", member.name) close=team width=DialogWidth::Confirm>
            <Form action=OfferOwnership::url() back errors=state.errors.clone()>
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="member" value=member.id.to_string() />
                <DialogBody>
                    <p class="py-3 text-ink-muted wrap-words">
                        {format!(
                            "{} has seven days to take it. Until then nothing changes; afterwards they own {} and you are an admin, who can be removed.",
                            member.name,
                            workspace.name,
                        )}
                    </p>
                    <Field name="name" label value=state.value("name", "") layout=FieldLayout::Quiet class="pb-3">
                        <TextInput autocomplete="off" required=true autofocus=true />
                    </Field>
                </DialogBody>
                <ConfirmFoot cancel submit="Offer ownership" field=true />
            </Form>
        </Dialog>
    }
    .into_any()
}

#[component]
fn ResendDialog(workspace: Workspace, invitation: Invitation, mails: bool) -> impl IntoView {
    let team = paths::team(&workspace);
    let cancel = team.clone();
    let way = if mails { invitation.way } else { LinkWay::Copied };
    let mail = mails.then(|| {
        view! {
            <ChoiceRow name="way" value=LinkWay::Mailed.as_str() checked=way == LinkWay::Mailed first=true>
                {LinkWay::Mailed.label()}
            </ChoiceRow>
        }
    });
    view! {
        <Dialog title="Send a new invitation" close=team.clone() width=DialogWidth::Confirm>
            <Form action=ResendInvitation::url() back=team>
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="invitation" value=invitation.id.to_string() />
                <DialogBody>
                    <p class="py-3 text-ink-muted wrap-words">
                        {format!(
                            "{} gets a new link, as {}. The link before is dead at once.",
                            invitation.email,
                            invitation.role.label(),
                        )}
                    </p>
                    <div class="pb-3">
                        <ChoiceRows legend="How the link travels">
                            {mail}
                            <ChoiceRow
                                name="way"
                                value=LinkWay::Copied.as_str()
                                checked=way == LinkWay::Copied
                                first=!mails
                                consequence="It proves nothing: whoever holds it gets in."
                            >
                                {LinkWay::Copied.label()}
                            </ChoiceRow>
                        </ChoiceRows>
                    </div>
                </DialogBody>
                <DialogFoot>
                    <LinkButton href=cancel>"Cancel"</LinkButton>
                    <SubmitButton>"Make a new link"</SubmitButton>
                </DialogFoot>
            </Form>
        </Dialog>
    }
    .into_any()
}
