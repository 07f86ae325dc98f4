//! `/api/v1/members`: the people of the workspace.

use axum::extract::Extension;
use serde::{Deserialize, Serialize};
use stackyard_domain::Ctx;
use stackyard_domain::team::{self, Decisions, Standing, TeamFilter, TeamSort};
use stackyard_model::credential::Scope;
use stackyard_model::id::MemberId;
use stackyard_model::team::TeamMember;
use stackyard_model::{MemberStatus, Role};
use utoipa::ToSchema;

use super::{Answer, Ids, Listed, Params, Sent, enter, listed, nothing, one};
use crate::failure::Failure;

/// Somebody in the workspace.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The membership's id, `mem_…`.
    id: String,
    /// The person's id, `usr_…`.
    user_id: String,
    /// Their name.
    name: String,
    /// Their e-mail address.
    email: String,
    /// Whether a mail proved that the address is theirs.
    email_verified: bool,
    /// `owner`, `admin`, `billing`, `member` or `viewer`.
    role: String,
    /// Until when they have it, when it was lent to them for a time.
    role_until: Option<String>,
    /// `active`, `inactive` for who was not here for ninety days, or `suspended`.
    status: String,
    /// When they joined.
    joined_at: String,
    /// When they were last here, to the minute.
    last_active_at: Option<String>,
}

impl From<TeamMember> for Member {
    fn from(member: TeamMember) -> Self {
        Self {
            id: member.id.into(),
            user_id: member.user_id.into(),
            name: member.name,
            email: member.email,
            email_verified: member.email_verified,
            role: member.role.to_string(),
            role_until: member.role_until.map(|at| at.to_string()),
            status: member.status.to_string(),
            joined_at: member.joined_at.to_string(),
            last_active_at: member.last_active_at.map(|at| at.to_string()),
        }
    }
}

/// What to change of a member: one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    /// `admin`, `billing`, `member` or `viewer`. Ownership is transferred, not given.
    role: Option<String>,
    /// `suspended` keeps them out with their role kept, and what they made goes on unless a parameter ends it; `active` lets
    /// them in again.
    status: Option<String>,
}

/// List members
///
/// Who joined last comes first.
#[utoipa::path(get, path = "/api/v1/members", tag = "Members", operation_id = "listMembers",
    params(
        ("q" = Option<String>, Query, description = "Words that name or address have to contain"),
        ("role" = Option<String>, Query, description = "Only this role"),
        ("status" = Option<String>, Query, description = "Only `active`, `inactive` or `suspended`"),
        ("limit" = Option<u32>, Query, description = "Entries of the page, 1 to 200; 50 unless said"),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before")),
    responses((status = 200, description = "A page of members", body = Listed<Member>)))]
pub async fn list(Extension(ctx): Extension<Ctx>, params: Params) -> Answer {
    let here = enter(&ctx, Scope::MembersRead).await?;
    let filter = TeamFilter {
        q: params.text("q").unwrap_or_default().to_owned(),
        role: params.read::<Role>("role", "a role")?,
        status: params.read("status", "`active`, `inactive` or `suspended`")?,
        sort: TeamSort::Joined,
    };
    let after = params.after::<MemberId>()?.map(String::from).unwrap_or_default();
    let page = team::page(&ctx, &here, &filter, &after, params.limit()?).await?;
    listed::<Member>(page.members, page.next_cursor)
}

/// Read a member
#[utoipa::path(get, path = "/api/v1/members/{member}", tag = "Members", operation_id = "getMember",
    params(("member" = String, Path, description = "`mem_…`")),
    responses((status = 200, description = "The member", body = Member)))]
pub async fn show(Extension(ctx): Extension<Ctx>, Ids(id): Ids<MemberId>) -> Answer {
    let here = enter(&ctx, Scope::MembersRead).await?;
    one(&Member::from(team::get(&ctx, &here, &id).await?))
}

/// Change a role, suspend or restore
///
/// In force with the member's next request. The owner's membership is not changed.
#[utoipa::path(patch, path = "/api/v1/members/{member}", tag = "Members", operation_id = "updateMember",
    params(
        ("member" = String, Path, description = "`mem_…`"),
        ("releaseLocks" = Option<bool>, Query, description = "Of who is suspended: release their locks; false unless said"),
        ("revokeTokens" = Option<bool>, Query, description = "Revoke their repository and access tokens; false unless said, since what is revoked does not come back with them"),
        ("revokeKeys" = Option<bool>, Query, description = "Revoke the API keys that they made; false unless said"),
        ("endOldSecrets" = Option<bool>, Query, description = "End the secrets of theirs that others have replaced; false unless said")),
    request_body = MemberChange,
    responses((status = 200, description = "The member as they are now", body = Member)))]
pub async fn update(Ids(id): Ids<MemberId>, params: Params, sent: Sent) -> Answer {
    let ctx = &sent.ctx;
    let here = enter(ctx, Scope::MembersWrite).await?;
    let change: MemberChange = sent.read()?;
    let now = team::get(ctx, &here, &id).await?;
    sent.meant(&Member::from(now.clone()))?;
    let changed = match (change.role, change.status) {
        (Some(role), None) => team::change_role_seen(ctx, &here, &id, &role, Some(&now)).await,
        (None, Some(status)) => {
            let standing = match status.parse() {
                Ok(MemberStatus::Active) => Standing::In,
                Ok(MemberStatus::Suspended) => Standing::Out(of_suspended(&params)?),
                _ => return Err(Failure::bad_request("`status` is `active` or `suspended`.")),
            };
            team::set_standing(ctx, &here, &id, standing, Some(&now)).await
        }
        _ => return Err(Failure::bad_request("Send `role` or `status`, one of the two.")),
    };
    one(&Member::from(changed.map_err(|error| sent.failed(error))?))
}

/// What is ended of what somebody made who is suspended: they may be back tomorrow, and what is revoked is not.
fn of_suspended(params: &Params) -> Result<Decisions, Failure> {
    let says = |name| Ok::<_, Failure>(params.read(name, "`true` or `false`")?.unwrap_or(false));
    let revoke_tokens = says("revokeTokens")?;
    Ok(Decisions {
        release_locks: says("releaseLocks")?,
        revoke_tokens,
        revoke_access_tokens: revoke_tokens,
        revoke_api_keys: says("revokeKeys")?,
        end_old_secrets: says("endOldSecrets")?,
        revoke_invitations: false,
    })
}

/// Remove a member
///
/// What they made is ended, unless a parameter says that it goes on.
#[utoipa::path(delete, path = "/api/v1/members/{member}", tag = "Members", operation_id = "removeMember",
    params(
        ("member" = String, Path, description = "`mem_…`"),
        ("releaseLocks" = Option<bool>, Query, description = "Release their locks; true unless said"),
        ("revokeTokens" = Option<bool>, Query, description = "Revoke their repository and access tokens; true unless said"),
        ("revokeKeys" = Option<bool>, Query, description = "Revoke the API keys that they made, by which services may work; false unless said"),
        ("endOldSecrets" = Option<bool>, Query, description = "End the secrets of theirs that others have replaced and that go on for an overlap; true unless said"),
        ("revokeInvitations" = Option<bool>, Query, description = "Take their invitations back; true unless said")),
    responses((status = 200, description = "They are removed", body = super::document::Nothing)))]
pub async fn remove(Extension(ctx): Extension<Ctx>, Ids(id): Ids<MemberId>, params: Params) -> Answer {
    let here = enter(&ctx, Scope::MembersWrite).await?;
    let revoke_tokens = params.unless_not("revokeTokens")?;
    let decisions = Decisions {
        release_locks: params.unless_not("releaseLocks")?,
        revoke_tokens,
        revoke_access_tokens: revoke_tokens,
        revoke_api_keys: params.read("revokeKeys", "`true` or `false`")?.unwrap_or(false),
        end_old_secrets: params.unless_not("endOldSecrets")?,
        revoke_invitations: params.unless_not("revokeInvitations")?,
    };
    team::remove(&ctx, &here, &id, decisions).await?;
    nothing()
}
