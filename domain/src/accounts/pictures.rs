//! Pictures of people. They are shown to those who share a workspace with them.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use stackyard_db::schema::{members, pictures, users};
use stackyard_db::{Conn, DbError, run};
use stackyard_model::MemberStatus;
use stackyard_model::activity::{Outcome, What};
use stackyard_model::id::{UserId, WorkspaceId};

use crate::activity::{Entry, record};
use crate::picture::Picture;
use crate::{Ctx, Error, workspaces};

/// Sets the picture of the person who asks from an upload, drawn anew.
///
/// # Errors
/// [`Error::Invalid`] at `picture`.
pub async fn set_picture(ctx: &Ctx, upload: Vec<u8>) -> Result<(), Error> {
    ctx.signed_in()?;
    let picture = Picture::drawn(ctx, upload, "picture").await?;
    change(ctx, Some(picture), "set a picture").await
}

/// Takes the picture of the person who asks away.
///
/// # Errors
/// [`Error::Unauthenticated`] when nobody is signed in.
pub async fn remove_picture(ctx: &Ctx) -> Result<(), Error> {
    change(ctx, None, "removed the picture").await
}

async fn change(ctx: &Ctx, picture: Option<Picture>, note: &str) -> Result<(), Error> {
    let account = &ctx.signed_in()?.account;
    let entry = Entry::new(ctx, None, What::ProfileChanged, Outcome::Ok)
        .target("user", account.id.as_str(), &account.name)
        .note(note);
    ctx.deps()
        .db
        .write((account.id.clone(), picture, entry), |conn, (me, picture, entry)| {
            Box::pin(async move {
                keep(conn, me, picture.as_ref()).await?;
                record(conn, entry).await
            })
        })
        .await
}

pub(super) async fn keep(conn: &mut Conn, user: &UserId, picture: Option<&Picture>) -> Result<(), DbError> {
    let target = users::table.find(user);
    let version = picture.map(|picture| picture.version.clone());
    run!(conn, |c| diesel::update(target).set(users::picture_version.eq(version)).execute(c).await)?;
    run!(conn, |c| diesel::delete(pictures::table.find(user)).execute(c).await)?;
    if let Some(picture) = picture {
        let row = (
            pictures::user_id.eq(user),
            pictures::version.eq(&picture.version),
            pictures::bytes.eq(&picture.bytes),
        );
        run!(conn, |c| diesel::insert_into(pictures::table).values(row).execute(c).await)?;
    }
    Ok(())
}

/// The picture of a person, for themselves and for those who share a workspace with them.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or the person who asks may not know.
pub async fn picture(ctx: &Ctx, user: &UserId) -> Result<Picture, Error> {
    let me = &ctx.signed_in()?.account.id;
    let mut conn = ctx.deps().db.read().await?;
    if user != me {
        let mine = workspaces::of_user(&mut conn, me, ctx.now()).await?;
        let mine: Vec<_> = mine.iter().map(|mine| &mine.workspace.id).collect();
        if !is_in(&mut conn, user, &mine).await? {
            return Err(Error::NotFound);
        }
    }
    find(&mut conn, user).await?.ok_or(Error::NotFound)
}

/// Whether a person may come into one of these workspaces.
async fn is_in(conn: &mut Conn, user: &UserId, workspaces: &[&WorkspaceId]) -> Result<bool, DbError> {
    let query = members::table
        .filter(members::user_id.eq(user).and(members::workspace_id.eq_any(workspaces)))
        .filter(members::status.ne(MemberStatus::Suspended))
        .count();
    let count: i64 = run!(conn, |c| query.get_result(c).await)?;
    Ok(count > 0)
}

async fn find(conn: &mut Conn, user: &UserId) -> Result<Option<Picture>, DbError> {
    let query = pictures::table.find(user).select((pictures::version, pictures::bytes));
    let found: Option<(String, Vec<u8>)> = run!(conn, |c| query.get_result(c).await.optional())?;
    Ok(found.map(|(version, bytes)| Picture { version, bytes }))
}

/// The versions of the pictures of those of these people who have one. A version shows nothing: who may see the picture
/// itself is asked when it is.
///
/// # Errors
/// When the store fails.
pub async fn pictures_of(ctx: &Ctx, people: &[UserId]) -> Result<HashMap<UserId, String>, Error> {
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let mut conn = ctx.deps().db.read().await?;
    Ok(versions(&mut conn, people).await?.into_iter().collect())
}

async fn versions(conn: &mut Conn, people: &[UserId]) -> Result<Vec<(UserId, String)>, DbError> {
    let query = users::table
        .filter(users::id.eq_any(people).and(users::picture_version.is_not_null()))
        .select((users::id, users::picture_version.assume_not_null()));
    Ok(run!(conn, |c| query.load(c).await)?)
}
