//! The forms of invitations.
#![allow(missing_docs, reason = "the server macro writes structs that cannot be documented")]

use leptos::prelude::*;
use stackyard_domain::access::enter_anyhow;
use stackyard_domain::invitations::{self, InviteInput, Joining, Outcome};
use stackyard_domain::{Ctx, Error, Secret};
use stackyard_model::invitation::LinkWay;
use stackyard_model::workspace::Workspace;
use stackyard_ui::counted;

use crate::accounts::forms::keep_session;
use crate::error::AppError;
use crate::forms::{Done, Sent, finish, request};
use crate::paths;

/// Invites everybody on a list.
#[server(name = Invite, prefix = "/forms", endpoint = "invitations/invite")]
pub async fn invite(
    #[server(default)] workspace: String,
    #[server(default)] people: String,
    #[server(default)] role: String,
    #[server(default)] way: String,
    #[server(default)] days: String,
    #[server(default)] groups: Vec<String>,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("invitations/invite", &back)
        .with("people", &people)
        .with("role", &role)
        .with("way", &way)
        .with("days", &days)
        .with("groups", &groups.join(" "));
    let result = send(&ctx, &workspace, InviteInput { people, role, way, days, groups }).await;
    finish(&ctx, sent, result, |(workspace, outcome)| {
        let done = Done::to(paths::team(&workspace)).saying(told(&outcome));
        if outcome.links.is_empty() { done } else { done.showing_text(handed_over(&ctx, &outcome.links)) }
    })
    .await
}

/// Gives an invitation a new link.
#[server(name = ResendInvitation, prefix = "/forms", endpoint = "invitations/resend")]
pub async fn resend_invitation(
    #[server(default)] workspace: String,
    #[server(default)] invitation: String,
    #[server(default)] way: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = resend(&ctx, &workspace, &invitation, &way).await;
    finish(&ctx, Sent::button(&back), result, |secret| match secret {
        Some(secret) => Done::to(back)
            .saying("There is a new link. The one before does not work any more.")
            .showing_text(invitations::link(&ctx, &secret)),
        None => Done::to(back).saying("A new link goes out by mail. The one before does not work any more."),
    })
    .await
}

/// Takes an invitation back.
#[server(name = RevokeInvitation, prefix = "/forms", endpoint = "invitations/revoke")]
pub async fn revoke_invitation(
    #[server(default)] workspace: String,
    #[server(default)] invitation: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = revoke(&ctx, &workspace, &invitation).await;
    finish(&ctx, Sent::button(&back), result, |()| {
        Done::to(back).saying("The invitation is taken back. Its link does not work any more.")
    })
    .await
}

/// Joins as the person who is signed in: by a link, or by the id of an invitation that waits for their address.
#[server(name = AcceptInvitation, prefix = "/forms", endpoint = "invitations/accept")]
pub async fn accept_invitation(
    #[server(default)] link: String,
    #[server(default)] invitation: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = invitations::accept(&ctx, &link, &invitation).await;
    finish(&ctx, Sent::button(&back), result, |workspace| into(&workspace)).await
}

/// Makes an account for the address that was invited, joins, and signs in.
#[server(name = JoinByInvitation, prefix = "/forms", endpoint = "invitations/join")]
pub async fn join_by_invitation(
    #[server(default)] link: String,
    #[server(default)] name: String,
    #[server(default)] password: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("invitations/join", &back).with("name", &name);
    let result = invitations::join(&ctx, &link, Joining { name, password }).await;
    finish(&ctx, sent, result, |(workspace, session)| {
        keep_session(&session);
        // The page is read by who has just signed in; what is left for nobody in particular they would not find.
        Done::to(paths::overview(&workspace))
    })
    .await
}

/// Says no to an invitation.
#[server(name = DeclineInvitation, prefix = "/forms", endpoint = "invitations/decline")]
pub async fn decline_invitation(
    #[server(default)] link: String,
    #[server(default)] invitation: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = invitations::decline(&ctx, &link, &invitation).await;
    finish(&ctx, Sent::button(&back), result, |workspace| {
        Done::to(back).saying(format!("You declined the invitation to {}.", workspace.name))
    })
    .await
}

async fn send(ctx: &Ctx, workspace: &str, input: InviteInput) -> Result<(Workspace, Outcome), Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    let outcome = invitations::invite(ctx, &here, input).await?;
    Ok((here.workspace().clone(), outcome))
}

async fn resend(ctx: &Ctx, workspace: &str, invitation: &str, way: &str) -> Result<Option<Secret>, Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    let id = invitation.parse().map_err(|_| Error::NotFound)?;
    invitations::resend(ctx, &here, &id, way.parse().unwrap_or(LinkWay::Copied)).await
}

async fn revoke(ctx: &Ctx, workspace: &str, invitation: &str) -> Result<(), Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    let id = invitation.parse().map_err(|_| Error::NotFound)?;
    invitations::revoke(ctx, &here, &id).await
}

fn into(workspace: &Workspace) -> Done {
    Done::to(paths::overview(workspace)).saying(format!("You are in {}.", workspace.name))
}

/// What became of a list, in one line.
fn told(outcome: &Outcome) -> String {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let mut parts = Vec::new();
    if outcome.invited > 0 {
        parts.push(format!("{} invited.", counted(count(outcome.invited), "person is", "people are")));
    }
    if outcome.replaced > 0 {
        let replaced = counted(count(outcome.replaced), "of them had an invitation", "of them had invitations");
        parts.push(format!("{replaced} before, which this one replaces."));
    }
    match outcome.members.as_slice() {
        [] => {}
        [one] => parts.push(format!("{one} is here already; nothing was sent.")),
        many => parts.push(format!("{} are here already; nothing was sent to them.", many.len())),
    }
    parts.join(" ")
}

/// The links that are to be handed over, an address and its link a line.
fn handed_over(ctx: &Ctx, links: &[(String, Secret)]) -> String {
    match links {
        [(_, secret)] => invitations::link(ctx, secret),
        many => {
            let line = |(email, secret): &(String, Secret)| format!("{email} {}", invitations::link(ctx, secret));
            many.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    }
}
