//! The forms of the team.
#![allow(missing_docs, reason = "the server macro writes structs that cannot be documented")]
#![allow(clippy::too_many_arguments, reason = "a form's fields are its function's arguments")]

use leptos::prelude::*;
use stackyard_domain::access::enter_anyhow;
use stackyard_domain::team::{self, Decisions};
use stackyard_domain::{Ctx, Error, Here};
use stackyard_model::id::MemberId;
use stackyard_model::team::TeamMember;

use crate::error::AppError;
use crate::forms::{Done, Sent, finish, request, ticked};
use crate::paths;

/// Gives a member another role.
#[server(name = ChangeRole, prefix = "/forms", endpoint = "team/change-role")]
pub async fn change_role(
    #[server(default)] workspace: String,
    #[server(default)] member: String,
    #[server(default)] role: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("team/change-role", &back).with("member", &member).with("role", &role);
    let result = async {
        let (here, id) = named(&ctx, &workspace, &member).await?;
        let changed = team::change_role(&ctx, &here, &id, &role).await?;
        Ok((here, changed))
    };
    finish(&ctx, sent, result.await, |(here, member)| {
        said(&here, format!("{} is {} from the next request on.", member.name, member.role.label()))
    })
    .await
}

/// Keeps a member out for now.
#[server(name = SuspendMember, prefix = "/forms", endpoint = "team/suspend")]
pub async fn suspend_member(
    #[server(default)] workspace: String,
    #[server(default)] member: String,
    #[server(default)] release_locks: String,
    #[server(default)] revoke_tokens: String,
    #[server(default)] revoke_access_tokens: String,
    #[server(default)] revoke_api_keys: String,
    #[server(default)] end_old_secrets: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let decisions = Decisions {
        release_locks: ticked(&release_locks),
        revoke_tokens: ticked(&revoke_tokens),
        revoke_access_tokens: ticked(&revoke_access_tokens),
        revoke_api_keys: ticked(&revoke_api_keys),
        end_old_secrets: ticked(&end_old_secrets),
        revoke_invitations: false,
    };
    let result = async {
        let (here, id) = named(&ctx, &workspace, &member).await?;
        let member = team::suspend(&ctx, &here, &id, decisions).await?;
        Ok((here, member))
    };
    finish(&ctx, Sent::button(&back), result.await, |(here, member)| {
        said(&here, format!("{} is suspended. The role is kept.", member.name))
    })
    .await
}

/// Lets a suspended member in again.
#[server(name = RestoreMember, prefix = "/forms", endpoint = "team/restore")]
pub async fn restore_member(
    #[server(default)] workspace: String,
    #[server(default)] member: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = async {
        let (here, id) = named(&ctx, &workspace, &member).await?;
        let member = team::restore(&ctx, &here, &id).await?;
        Ok((here, member))
    };
    finish(&ctx, Sent::button(&back), result.await, |(here, member)| {
        said(&here, format!("{} may come in again, as {}.", member.name, member.role.label()))
    })
    .await
}

/// Removes a member; what they made is ended or goes on.
#[server(name = RemoveMember, prefix = "/forms", endpoint = "team/remove")]
pub async fn remove_member(
    #[server(default)] workspace: String,
    #[server(default)] member: String,
    #[server(default)] release_locks: String,
    #[server(default)] revoke_tokens: String,
    #[server(default)] revoke_access_tokens: String,
    #[server(default)] revoke_api_keys: String,
    #[server(default)] end_old_secrets: String,
    #[server(default)] revoke_invitations: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let decisions = Decisions {
        release_locks: ticked(&release_locks),
        revoke_tokens: ticked(&revoke_tokens),
        revoke_access_tokens: ticked(&revoke_access_tokens),
        revoke_api_keys: ticked(&revoke_api_keys),
        end_old_secrets: ticked(&end_old_secrets),
        revoke_invitations: ticked(&revoke_invitations),
    };
    let result = async {
        let (here, id) = named(&ctx, &workspace, &member).await?;
        let member = team::remove(&ctx, &here, &id, decisions).await?;
        Ok((here, member))
    };
    finish(&ctx, Sent::button(&back), result.await, |(here, member)| {
        said(&here, format!("{} is removed from the workspace.", member.name))
    })
    .await
}

/// Goes out of the workspace.
#[server(name = LeaveWorkspace, prefix = "/forms", endpoint = "team/leave")]
pub async fn leave_workspace(
    #[server(default)] workspace: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = async {
        let here = enter_anyhow(&ctx, &workspace).await?;
        team::leave(&ctx, &here).await?;
        Ok(here)
    };
    finish(&ctx, Sent::button(&back), result.await, |here| {
        Done::to(paths::WORKSPACES).saying(format!("You left {}.", here.workspace().name))
    })
    .await
}

/// Offers ownership to a member.
#[server(name = OfferOwnership, prefix = "/forms", endpoint = "team/offer-ownership")]
pub async fn offer_ownership(
    #[server(default)] workspace: String,
    #[server(default)] member: String,
    #[server(default)] name: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("team/offer-ownership", &back).with("member", &member).with("name", &name);
    let result = async {
        let (here, id) = named(&ctx, &workspace, &member).await?;
        let member = team::offer_ownership(&ctx, &here, &id, &name).await?;
        Ok::<(Here, TeamMember), Error>((here, member))
    };
    finish(&ctx, sent, result.await, |(here, member)| {
        said(&here, format!("Ownership is offered to {}. It is yours until they take it.", member.name))
    })
    .await
}

/// Takes ownership that was offered.
#[server(name = AcceptOwnership, prefix = "/forms", endpoint = "team/accept-ownership")]
pub async fn accept_ownership(
    #[server(default)] workspace: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = async {
        let here = enter_anyhow(&ctx, &workspace).await?;
        team::accept_ownership(&ctx, &here).await?;
        Ok(here)
    };
    finish(&ctx, Sent::button(&back), result.await, |here| {
        said(&here, format!("{} is yours. Who had it stays as an admin.", here.workspace().name))
    })
    .await
}

/// Takes an offer of ownership back, or turns it down.
#[server(name = EndOffer, prefix = "/forms", endpoint = "team/end-offer")]
pub async fn end_offer(
    #[server(default)] workspace: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = async {
        let here = enter_anyhow(&ctx, &workspace).await?;
        team::end_offer(&ctx, &here).await?;
        Ok(here)
    };
    finish(&ctx, Sent::button(&back), result.await, |here| {
        said(&here, "The offer is over. Ownership stays where it was.".to_owned())
    })
    .await
}

async fn named(ctx: &Ctx, workspace: &str, member: &str) -> Result<(Here, MemberId), Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    Ok((here, member.parse().map_err(|_| Error::NotFound)?))
}

fn said(here: &Here, said: String) -> Done {
    Done::to(paths::team(here.workspace())).saying(said)
}
