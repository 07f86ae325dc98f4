//! The dialogs that keep somebody out, let them in again, or remove them; with what they made, to be decided.

use leptos::prelude::*;
use server_fn::ServerFn;
use stackyard_domain::team::Made;
use stackyard_model::credential::Credential;
use stackyard_model::id::MemberId;
use stackyard_model::team::TeamMember;
use stackyard_model::workspace::Workspace;
use stackyard_ui::{
    Checkbox, ConfirmFoot, Dialog, DialogBody, DialogFoot, DialogWidth, Form, Hidden, LinkButton, SubmitButton, counted,
};

use super::forms::{RemoveMember, RestoreMember, SuspendMember};
use crate::paths;

/// Names that a row spells out; the others are counted.
const SPELT: usize = 5;

/// A dialog about one member: what is said and decided inside, over its foot.
#[component]
fn MemberDialog(
    title: String,
    action: &'static str,
    workspace: Workspace,
    member: MemberId,
    foot: AnyView,
    children: Children,
) -> impl IntoView {
    let team = paths::team(&workspace);
    view! {
        <Dialog title close=team.clone() width=DialogWidth::Confirm>
            <Form action back=team>
                <Hidden name="workspace" value=workspace.slug />
                <Hidden name="member" value=member.to_string() />
                <DialogBody>{children()}</DialogBody>
                {foot}
            </Form>
        </Dialog>
    }
    .into_any()
}

#[component]
pub(super) fn RestoreDialog(workspace: Workspace, member: TeamMember) -> impl IntoView {
    let title = format!("Restore access of {}", member.name);
    let text = format!("{} may come in again, as {}.", member.name, member.role.label());
    let cancel = paths::team(&workspace);
    let foot = view! {
        <DialogFoot>
            <LinkButton href=cancel>"Cancel"</LinkButton>
            <SubmitButton>"Restore access"</SubmitButton>
        </DialogFoot>
    }
    .into_any();
    view! {
        <MemberDialog title action=RestoreMember::url() workspace member=member.id foot>
            <p class="py-3 text-ink-muted wrap-words">{text}</p>
        </MemberDialog>
    }
}

#[component]
pub(super) fn SuspendDialog(workspace: Workspace, member: TeamMember, made: Made) -> impl IntoView {
    let title = format!("Suspend {}", member.name);
    let text = format!(
        "{} is kept out with the next request, and pages that are open hear nothing more within half a minute. The role {} \
         is kept.",
        member.name,
        member.role.label()
    );
    let goes_on = made.goes_on().then_some(" What you do not end here goes on without them.");
    let invitations = (made.invitations > 0).then(|| {
        let count = counted(made.invitations, "invitation", "invitations");
        format!(" Nobody gets in by their {count} until they may come in again.")
    });
    let foot = view! { <ConfirmFoot cancel=paths::team(&workspace) submit="Suspend" /> }.into_any();
    view! {
        <MemberDialog title action=SuspendMember::url() workspace member=member.id foot>
            <p class="py-3 text-ink-muted wrap-words">{text} {invitations} {goes_on}</p>
            // They may be back tomorrow, and what is revoked is not.
            <MadeRows made checked=false />
        </MemberDialog>
    }
}

#[component]
pub(super) fn RemoveDialog(workspace: Workspace, member: TeamMember, made: Made) -> impl IntoView {
    let title = format!("Remove {}", member.name);
    let gone = format!("{} finds nothing here with the next request. What they did stays in Activity. ", member.name);
    let invitations = if made.invitations > 0 {
        let label = format!("Take back {}", counted(made.invitations, "invitation", "invitations"));
        let which = "Those that you keep become yours; links that were copied end, and you copy new ones.".to_owned();
        view! { <Decision name="revoke_invitations" label which checked=true /> }.into_any()
    } else {
        unseen("revoke_invitations", true).into_any()
    };
    let requests = (!made.requests.is_empty()).then(|| {
        let asked = made.requests.iter().map(|request| request.asked.label());
        format!("Their requests for access end: {}.", spelt(asked))
    });
    let nothing = made.is_empty().then_some("Nothing that they made goes on without them.");
    let foot = view! { <ConfirmFoot cancel=paths::team(&workspace) submit="Remove" /> }.into_any();
    view! {
        <MemberDialog title action=RemoveMember::url() workspace member=member.id foot>
            <p class="py-3 text-ink-muted wrap-words">{gone} {nothing} {requests}</p>
            <MadeRows made checked=true />
            {invitations}
        </MemberDialog>
    }
}

/// What was not there when the dialog was shown, and is made before it is sent, is ended where that is the rule: nobody chose
/// to keep it.
fn unseen(name: &'static str, ends: bool) -> impl IntoView {
    ends.then(|| view! { <Hidden name value="true" /> })
}

/// The locks and tokens that somebody made, to be ended or kept.
#[component]
fn MadeRows(made: Made, checked: bool) -> impl IntoView {
    let Made { locks, tokens, access_tokens, api_keys, old_secrets, .. } = made;
    let row = |name, verb: &str, (one, many), names: Vec<String>, ticked: bool| {
        if names.is_empty() {
            return unseen(name, checked).into_any();
        }
        let label = format!("{verb} {}", counted(i64::try_from(names.len()).unwrap_or(i64::MAX), one, many));
        view! { <Decision name label which=spelt(names.into_iter()) checked=ticked /> }.into_any()
    };
    let locks = locks.into_iter().map(|lock| lock.key).collect();
    let tokens = tokens.into_iter().map(|token| format!("{} for {}", token.name, token.repository)).collect();
    let names = |all: Vec<Credential>| all.into_iter().map(|one| one.name).collect();
    let (access_tokens, api_keys, old_secrets) = (names(access_tokens), names(api_keys), names(old_secrets));
    [
        row("release_locks", "Release", ("lock", "locks"), locks, checked),
        row("revoke_tokens", "Revoke", ("repository token", "repository tokens"), tokens, checked),
        row("revoke_access_tokens", "Revoke", ("access token", "access tokens"), access_tokens, checked),
        // Services work by them; who made one has read it.
        row("revoke_api_keys", "Revoke", ("API key that they made", "API keys that they made"), api_keys, false),
        // Whoever works by one has been given a new secret.
        row("end_old_secrets", "End", ("replaced secret that they know", "replaced secrets that they know"), old_secrets, checked),
    ]
    .into_iter()
    .collect_view()
}

#[component]
fn Decision(name: &'static str, label: String, which: String, checked: bool) -> impl IntoView {
    view! {
        <div class="border-t border-line py-2">
            <Checkbox name checked>
                {label}
            </Checkbox>
            <p class="ml-6 text-[12px] leading-4 text-ink-muted wrap-words">{which}</p>
        </div>
    }
}

/// "a, b, c, d, e and 3 more".
fn spelt(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<_> = names.collect();
    let more = names.len().saturating_sub(SPELT);
    names.truncate(SPELT);
    let spelt = names.join(", ");
    if more > 0 { format!("{spelt} and {more} more") } else { spelt }
}
