//! The forms of locks.
#![allow(missing_docs, reason = "the server macro writes structs that cannot be documented")]

use leptos::prelude::*;
use stackyard_domain::access::enter_anyhow;
use stackyard_domain::locks::{self, TakeInput};
use stackyard_domain::{Ctx, Error};
use stackyard_model::lock::Lock;
use stackyard_model::workspace::Workspace;

use crate::error::AppError;
use crate::forms::{Done, Sent, finish, request};
use crate::paths;

/// Takes a lock for whoever is signed in.
#[server(name = TakeLock, prefix = "/forms", endpoint = "locks/take")]
pub async fn take_lock(
    #[server(default)] workspace: String,
    #[server(default)] repository: String,
    #[server(default)] stack: String,
    #[server(default)] component: String,
    #[server(default)] minutes: String,
    #[server(default)] message: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("locks/take", &back)
        .with("repository", &repository)
        .with("stack", &stack)
        .with("component", &component)
        .with("minutes", &minutes)
        .with("message", &message);
    // What is no number is no time either; the service says which there are.
    let minutes = minutes.trim().parse().unwrap_or(0);
    let input = TakeInput { repository, stack, component, minutes, message };
    let result = take(&ctx, &workspace, input).await;
    finish(&ctx, sent, result, |(workspace, lock)| {
        Done::to(paths::locks(&workspace)).saying(format!("You hold {}, grant {}.", lock.key, lock.fence))
    })
    .await
}

/// Gives one's own lock back.
#[server(name = ReleaseLock, prefix = "/forms", endpoint = "locks/release")]
pub async fn release_lock(
    #[server(default)] workspace: String,
    #[server(default)] lock: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = release(&ctx, &workspace, &lock).await;
    finish(&ctx, Sent::button(&back), result, |()| Done::to(back).saying("The lock is released.")).await
}

/// Ends somebody else's lock, with a reason.
#[server(name = ForceRelease, prefix = "/forms", endpoint = "locks/force-release")]
pub async fn force_release(
    #[server(default)] workspace: String,
    #[server(default)] lock: String,
    #[server(default)] reason: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("locks/force-release", &back).with("lock", &lock).with("reason", &reason);
    let result = force(&ctx, &workspace, &lock, &reason).await;
    finish(&ctx, sent, result, |workspace| {
        Done::to(paths::locks(&workspace)).saying("The lock is ended. Your reason is kept in Activity.")
    })
    .await
}

async fn take(ctx: &Ctx, workspace: &str, input: TakeInput) -> Result<(Workspace, Lock), Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    let lock = locks::take(ctx, &here, input).await?;
    Ok((here.workspace().clone(), lock))
}

async fn release(ctx: &Ctx, workspace: &str, lock: &str) -> Result<(), Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    let lock = lock.parse().map_err(|_| Error::NotFound)?;
    locks::release(ctx, &here, &lock).await
}

async fn force(ctx: &Ctx, workspace: &str, lock: &str, reason: &str) -> Result<Workspace, Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    let lock = lock.parse().map_err(|_| Error::NotFound)?;
    locks::force_release(ctx, &here, &lock, reason).await?;
    Ok(here.workspace().clone())
}
