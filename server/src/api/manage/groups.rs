//! `/api/v1/groups`: members together.

use axum::extract::Extension;
use serde::{Deserialize, Serialize};
use stackyard_domain::{Ctx, Error, groups};
use stackyard_model::access::{Group as Model, NamedMember};
use stackyard_model::credential::Scope;
use stackyard_model::id::{GroupId, MemberId};
use utoipa::ToSchema;

use super::{Answer, Ids, Listed, Params, Sent, enter, made, nothing, one, paged, shown};

/// A group.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Its id, `grp_…`.
    id: String,
    /// Its name, unique in the workspace without regard to case.
    name: String,
    /// What it is for; may be empty.
    description: String,
    /// How many are in it.
    members: i64,
    /// On how many repositories it has a role.
    grants: i64,
    /// When it was made.
    created_at: String,
}

impl From<Model> for Group {
    fn from(group: Model) -> Self {
        Self {
            id: group.id.into(),
            name: group.name,
            description: group.description,
            members: group.members,
            grants: group.grants,
            created_at: group.created_at.to_string(),
        }
    }
}

/// A group to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// 1 to 100 characters.
    name: String,
    /// At most 300 characters.
    #[serde(default)]
    description: String,
}

/// What to change of a group; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupChange {
    /// 1 to 100 characters.
    name: Option<String>,
    /// At most 300 characters.
    description: Option<String>,
}

/// Somebody in a group.
#[derive(Serialize, ToSchema)]
pub struct GroupMember {
    /// The membership's id, `mem_…`.
    id: String,
    /// Their name.
    name: String,
    /// Their e-mail address.
    email: String,
    /// Their role in the workspace.
    role: String,
}

impl From<NamedMember> for GroupMember {
    fn from(member: NamedMember) -> Self {
        Self { id: member.id.into(), name: member.name, email: member.email, role: member.role.to_string() }
    }
}

/// Who is to be put into a group.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Adding {
    /// The ids of members of the workspace, at most 500.
    members: Vec<String>,
}

/// How many were put into a group.
#[derive(Serialize, ToSchema)]
pub struct Added {
    /// Those who were not in it before.
    added: usize,
}

/// List groups
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/groups", tag = "Groups", operation_id = "listGroups",
    params(
        ("limit" = Option<u32>, Query, description = "Entries of the page, 1 to 200; 50 unless said"),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before")),
    responses((status = 200, description = "A page of groups", body = Listed<Group>)))]
pub async fn list(Extension(ctx): Extension<Ctx>, params: Params) -> Answer {
    let here = enter(&ctx, Scope::GroupsRead).await?;
    let all = groups::list(&ctx, &here).await?;
    paged::<Group, _, _>(all, |group| group.id.clone(), params.after()?.as_ref(), params.limit()?)
}

/// Read a group
#[utoipa::path(get, path = "/api/v1/groups/{group}", tag = "Groups", operation_id = "getGroup",
    params(("group" = String, Path, description = "`grp_…`")),
    responses((status = 200, description = "The group", body = Group)))]
pub async fn show(Extension(ctx): Extension<Ctx>, Ids(id): Ids<GroupId>) -> Answer {
    let here = enter(&ctx, Scope::GroupsRead).await?;
    one(&Group::from(groups::get(&ctx, &here, &id).await?))
}

/// Make a group
///
/// With nobody in it.
#[utoipa::path(post, path = "/api/v1/groups", tag = "Groups", operation_id = "createGroup",
    request_body = NewGroup,
    responses((status = 201, description = "The group", body = Group)))]
pub async fn create(sent: Sent) -> Answer {
    let here = enter(&sent.ctx, Scope::GroupsWrite).await?;
    let new: NewGroup = sent.read()?;
    sent.once(&[], async {
        let id = groups::create(&sent.ctx, &here, &new.name, &new.description).await?;
        made(&Group::from(groups::get(&sent.ctx, &here, &id).await?))
    })
    .await
}

/// Change a group
#[utoipa::path(patch, path = "/api/v1/groups/{group}", tag = "Groups", operation_id = "updateGroup",
    params(("group" = String, Path, description = "`grp_…`")),
    request_body = GroupChange,
    responses((status = 200, description = "The group as it is now", body = Group)))]
pub async fn update(Ids(id): Ids<GroupId>, sent: Sent) -> Answer {
    let ctx = &sent.ctx;
    let here = enter(ctx, Scope::GroupsWrite).await?;
    let change: GroupChange = sent.read()?;
    let now = groups::get(ctx, &here, &id).await?;
    sent.meant(&Group::from(now.clone()))?;
    let name = change.name.as_deref().unwrap_or(&now.name);
    let description = change.description.as_deref().unwrap_or(&now.description);
    let updated = groups::update_seen(ctx, &here, &id, (name, description), Some(&now)).await;
    updated.map_err(|error| sent.failed(error))?;
    one(&Group::from(groups::get(ctx, &here, &id).await?))
}

/// Delete a group
///
/// The roles that it had on repositories go with it; its members stay.
#[utoipa::path(delete, path = "/api/v1/groups/{group}", tag = "Groups", operation_id = "deleteGroup",
    params(("group" = String, Path, description = "`grp_…`")),
    responses((status = 200, description = "It is deleted", body = super::document::Nothing)))]
pub async fn delete(Extension(ctx): Extension<Ctx>, Ids(id): Ids<GroupId>) -> Answer {
    let here = enter(&ctx, Scope::GroupsWrite).await?;
    groups::delete(&ctx, &here, &id).await?;
    nothing()
}

/// List who is in a group
///
/// Who joined the workspace last comes first.
#[utoipa::path(get, path = "/api/v1/groups/{group}/members", tag = "Groups", operation_id = "listGroupMembers",
    params(
        ("group" = String, Path, description = "`grp_…`"),
        ("limit" = Option<u32>, Query, description = "Entries of the page, 1 to 200; 50 unless said"),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before")),
    responses((status = 200, description = "A page of members", body = Listed<GroupMember>)))]
pub async fn members(Extension(ctx): Extension<Ctx>, Ids(id): Ids<GroupId>, params: Params) -> Answer {
    let here = enter(&ctx, Scope::GroupsRead).await?;
    let all = groups::members(&ctx, &here, &id).await?;
    paged::<GroupMember, _, _>(all, |member| member.id.clone(), params.after()?.as_ref(), params.limit()?)
}

/// Put members into a group
///
/// Who is in it already stays in it.
#[utoipa::path(post, path = "/api/v1/groups/{group}/members", tag = "Groups", operation_id = "addGroupMembers",
    params(("group" = String, Path, description = "`grp_…`")),
    request_body = Adding,
    responses((status = 200, description = "How many were put into it", body = Added)))]
pub async fn add(Ids(id): Ids<GroupId>, sent: Sent) -> Answer {
    let here = enter(&sent.ctx, Scope::GroupsWrite).await?;
    let Adding { members } = sent.read()?;
    let members: Result<Vec<MemberId>, _> = members.iter().map(|id| id.parse()).collect();
    let members = members.map_err(|_| Error::NotFound)?;
    sent.once(&[], async {
        let added = groups::add(&sent.ctx, &here, &id, &members).await?;
        shown(&Added { added })
    })
    .await
}

/// Take a member out of a group
#[utoipa::path(delete, path = "/api/v1/groups/{group}/members/{member}", tag = "Groups",
    operation_id = "removeGroupMember",
    params(
        ("group" = String, Path, description = "`grp_…`"),
        ("member" = String, Path, description = "`mem_…`")),
    responses((status = 200, description = "They are not in it", body = super::document::Nothing)))]
pub async fn remove(
    Extension(ctx): Extension<Ctx>,
    Ids((group, member)): Ids<(GroupId, MemberId)>,
) -> Answer {
    let here = enter(&ctx, Scope::GroupsWrite).await?;
    groups::remove(&ctx, &here, &group, std::slice::from_ref(&member)).await?;
    nothing()
}
