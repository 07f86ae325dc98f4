//! `/api/v1/invitations`: those who are asked to join.

use axum::extract::Extension;
use serde::{Deserialize, Serialize};
use stackyard_domain::invitations::{self, InviteInput};
use stackyard_domain::{Ctx, Error};
use stackyard_model::credential::Scope;
use stackyard_model::id::InvitationId;
use stackyard_model::invitation::{Invitation as Model, LinkWay};
use stackyard_model::text;
use utoipa::ToSchema;

use super::{Answer, Ids, Listed, Params, Sent, enter, listed, made, nothing, one};
use crate::failure::Failure;

/// The part of an answer that is shown once.
const LINK: &str = "link";

/// An invitation that waits or was declined.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// Its id, `inv_…`.
    id: String,
    /// The address that is invited.
    email: String,
    /// The role that is offered.
    role: String,
    /// The names of the groups that go with it.
    groups: Vec<String>,
    /// `waiting` or `declined`.
    state: String,
    /// How its link travels: `mailed` or `copied`.
    way: String,
    /// Who invites.
    invited_by: String,
    /// When it ends by itself.
    expires_at: String,
    /// The link to hand over, where it is copied and has just been made; nowhere else and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

impl From<Model> for Invitation {
    fn from(invitation: Model) -> Self {
        Self {
            id: invitation.id.into(),
            email: invitation.email,
            role: invitation.role.to_string(),
            groups: invitation.groups,
            state: invitation.state.to_string(),
            way: invitation.way.to_string(),
            invited_by: invitation.invited_by_name,
            expires_at: invitation.expires_at.to_string(),
            link: None,
        }
    }
}

/// Whom to invite, and to what.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// The address.
    email: String,
    /// `admin`, `billing`, `member` or `viewer`.
    role: String,
    /// `mailed`, or `copied` to get the link in the answer.
    way: String,
    /// For how many days the link works: 1, 7 or 30; 7 unless said.
    days: Option<i32>,
    /// The ids of the groups that they land in.
    #[serde(default)]
    groups: Vec<String>,
}

/// How the new link travels.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resend {
    /// `mailed`, or `copied` to get the link in the answer.
    way: String,
}

/// List invitations
///
/// Those that wait, and those that were declined in the last thirty days, the newest first.
#[utoipa::path(get, path = "/api/v1/invitations", tag = "Invitations", operation_id = "listInvitations",
    params(
        ("limit" = Option<u32>, Query, description = "Entries of the page, 1 to 200; 50 unless said"),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before")),
    responses((status = 200, description = "A page of invitations", body = Listed<Invitation>)))]
pub async fn list(Extension(ctx): Extension<Ctx>, params: Params) -> Answer {
    let here = enter(&ctx, Scope::InvitationsRead).await?;
    let after = params.after::<InvitationId>()?.map(String::from).unwrap_or_default();
    let page = invitations::list(&ctx, &here, &after, params.limit()?).await?;
    listed::<Invitation>(page.items, page.next_cursor)
}

/// Read an invitation
#[utoipa::path(get, path = "/api/v1/invitations/{invitation}", tag = "Invitations", operation_id = "getInvitation",
    params(("invitation" = String, Path, description = "`inv_…`")),
    responses((status = 200, description = "The invitation", body = Invitation)))]
pub async fn show(Extension(ctx): Extension<Ctx>, Ids(id): Ids<InvitationId>) -> Answer {
    let here = enter(&ctx, Scope::InvitationsRead).await?;
    one(&Invitation::from(invitations::get(&ctx, &here, &id).await?))
}

/// Invite somebody
///
/// An earlier invitation of the same address that waits or was declined is replaced by this one, under its id.
#[utoipa::path(post, path = "/api/v1/invitations", tag = "Invitations", operation_id = "createInvitation",
    request_body = NewInvitation,
    responses((status = 201, description = "The invitation; with its link where that is copied", body = Invitation)))]
pub async fn create(sent: Sent) -> Answer {
    let here = enter(&sent.ctx, Scope::InvitationsWrite).await?;
    let new: NewInvitation = sent.read()?;
    let email = text::email(&new.email).map_err(Failure::bad_request)?;
    sent.once(&[LINK], async {
        let ctx = &sent.ctx;
        let input = InviteInput {
            people: email,
            role: new.role,
            way: new.way,
            days: new.days.unwrap_or(7).to_string(),
            groups: new.groups,
        };
        let mut outcome = invitations::invite(ctx, &here, input).await?;
        let Some(id) = outcome.ids.pop() else {
            let message = "Whoever has this address is a member already.";
            return Err(Failure::new(http::StatusCode::CONFLICT, "MemberExists", message));
        };
        let secret = outcome.links.pop().map(|(_, secret)| invitations::link(ctx, &secret));
        made(&Invitation { link: secret, ..invitations::get(ctx, &here, &id).await?.into() })
    })
    .await
}

/// Send an invitation anew
///
/// It gets a new link and its days anew; the old link is dead at once. One that was declined waits again.
#[utoipa::path(post, path = "/api/v1/invitations/{invitation}/resend", tag = "Invitations",
    operation_id = "resendInvitation",
    params(("invitation" = String, Path, description = "`inv_…`")),
    request_body = Resend,
    responses((status = 200, description = "The invitation; with its link where that is copied", body = Invitation)))]
pub async fn resend(Ids(id): Ids<InvitationId>, sent: Sent) -> Answer {
    let here = enter(&sent.ctx, Scope::InvitationsWrite).await?;
    let Resend { way } = sent.read()?;
    let way: LinkWay = way.parse().map_err(|_| Failure::bad_request("`way` is `mailed` or `copied`."))?;
    sent.once(&[LINK], async {
        let ctx = &sent.ctx;
        let secret = invitations::resend(ctx, &here, &id, way).await?;
        let secret = secret.map(|secret| invitations::link(ctx, &secret));
        one(&Invitation { link: secret, ..invitations::get(ctx, &here, &id).await?.into() })
    })
    .await
}

/// Take an invitation back
///
/// Its link is dead at once.
#[utoipa::path(delete, path = "/api/v1/invitations/{invitation}", tag = "Invitations",
    operation_id = "revokeInvitation",
    params(("invitation" = String, Path, description = "`inv_…`")),
    responses((status = 200, description = "It is taken back", body = super::document::Nothing)))]
pub async fn revoke(Extension(ctx): Extension<Ctx>, Ids(id): Ids<InvitationId>) -> Answer {
    let here = enter(&ctx, Scope::InvitationsWrite).await?;
    invitations::revoke(&ctx, &here, &id).await.map_err(|error: Error| error.into()).and_then(|()| nothing())
}
