//! The forms of groups.
#![allow(missing_docs, reason = "the server macro writes structs that cannot be documented")]

use leptos::prelude::*;
use stackyard_domain::access::enter_anyhow;
use stackyard_domain::{Ctx, Error, Here, groups};
use stackyard_model::id::{GroupId, MemberId};
use stackyard_ui::counted;

use crate::error::AppError;
use crate::forms::{Done, Sent, finish, request};
use crate::paths;

/// Makes a group.
#[server(name = CreateGroup, prefix = "/forms", endpoint = "groups/create")]
pub async fn create_group(
    #[server(default)] workspace: String,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("groups/create", &back).with("name", &name).with("description", &description);
    let result = async {
        let here = enter_anyhow(&ctx, &workspace).await?;
        let id = groups::create(&ctx, &here, &name, &description).await?;
        Ok::<(Here, GroupId), Error>((here, id))
    };
    finish(&ctx, sent, result.await, |(here, id)| {
        Done::to(paths::group(here.workspace(), &id)).saying("The group is made. Put people into it.")
    })
    .await
}

/// Gives a group another name and description.
#[server(name = UpdateGroup, prefix = "/forms", endpoint = "groups/update")]
pub async fn update_group(
    #[server(default)] workspace: String,
    #[server(default)] group: String,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("groups/update", &back).with("name", &name).with("description", &description);
    let result = async {
        let (here, id) = named(&ctx, &workspace, &group).await?;
        groups::update(&ctx, &here, &id, &name, &description).await?;
        Ok::<(Here, GroupId), Error>((here, id))
    };
    finish(&ctx, sent, result.await, |(here, id)| said(&here, &id, "The group is saved.".to_owned())).await
}

/// Deletes a group with what it was granted.
#[server(name = DeleteGroup, prefix = "/forms", endpoint = "groups/delete")]
pub async fn delete_group(
    #[server(default)] workspace: String,
    #[server(default)] group: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = async {
        let (here, id) = named(&ctx, &workspace, &group).await?;
        let name = groups::delete(&ctx, &here, &id).await?;
        Ok::<(Here, String), Error>((here, name))
    };
    finish(&ctx, Sent::button(&back), result.await, |(here, name)| {
        Done::to(paths::groups(here.workspace())).saying(format!("{name} is deleted, with the roles that it had."))
    })
    .await
}

/// Puts members into a group.
#[server(name = AddToGroup, prefix = "/forms", endpoint = "groups/add")]
pub async fn add_to_group(
    #[server(default)] workspace: String,
    #[server(default)] group: String,
    #[server(default)] members: Vec<String>,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = async {
        let (here, id) = named(&ctx, &workspace, &group).await?;
        let added = groups::add(&ctx, &here, &id, &ids(&members)?).await?;
        Ok::<(Here, GroupId, usize), Error>((here, id, added))
    };
    finish(&ctx, Sent::button(&back), result.await, |(here, id, added)| {
        let people = counted(i64::try_from(added).unwrap_or(i64::MAX), "person is", "people are");
        said(&here, &id, format!("{people} in the group from the next request on."))
    })
    .await
}

/// Takes members out of a group.
#[server(name = RemoveFromGroup, prefix = "/forms", endpoint = "groups/remove")]
pub async fn remove_from_group(
    #[server(default)] workspace: String,
    #[server(default)] group: String,
    #[server(default)] members: Vec<String>,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = async {
        let (here, id) = named(&ctx, &workspace, &group).await?;
        let removed = groups::remove(&ctx, &here, &id, &ids(&members)?).await?;
        Ok::<(Here, GroupId, usize), Error>((here, id, removed))
    };
    finish(&ctx, Sent::button(&back), result.await, |(here, id, removed)| {
        let people = counted(i64::try_from(removed).unwrap_or(i64::MAX), "person is", "people are");
        said(&here, &id, format!("{people} out of the group with the next request."))
    })
    .await
}

/// Says in which groups a member is, of which some were ticked.
#[server(name = SetGroups, prefix = "/forms", endpoint = "groups/set")]
pub async fn set_groups(
    #[server(default)] workspace: String,
    #[server(default)] member: String,
    #[server(default)] ticked: Vec<String>,
    #[server(default)] groups: Vec<String>,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = async {
        let here = enter_anyhow(&ctx, &workspace).await?;
        let member: MemberId = member.parse().map_err(|_| Error::NotFound)?;
        let member = groups::set_for(&ctx, &here, &member, &ids(&ticked)?, &ids(&groups)?).await?;
        Ok::<_, Error>((here, member.name))
    };
    finish(&ctx, Sent::button(&back), result.await, |(here, name)| {
        Done::to(paths::team(here.workspace())).saying(format!("The groups of {name} are saved."))
    })
    .await
}

async fn named(ctx: &Ctx, workspace: &str, group: &str) -> Result<(Here, GroupId), Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    Ok((here, group.parse().map_err(|_| Error::NotFound)?))
}

/// What was ticked, as ids.
fn ids<T: std::str::FromStr>(ticked: &[String]) -> Result<Vec<T>, Error> {
    ticked.iter().map(|id| id.parse().map_err(|_| Error::NotFound)).collect()
}

fn said(here: &Here, id: &GroupId, said: String) -> Done {
    Done::to(paths::group(here.workspace(), id)).saying(said)
}
