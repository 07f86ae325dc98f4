//! The forms of repository tokens.
#![allow(missing_docs, reason = "the server macro writes structs that cannot be documented")]

use leptos::prelude::*;
use stackyard_domain::access::enter_anyhow;
use stackyard_domain::{Ctx, Error, Secret, tokens};
use stackyard_model::FieldErrors;

use crate::error::AppError;
use crate::forms::{Done, Sent, finish, request};

/// Makes a repository token; the next page shows it, once.
#[server(name = CreateToken, prefix = "/forms", endpoint = "tokens/create")]
pub async fn create_token(
    #[server(default)] workspace: String,
    #[server(default)] repository: String,
    #[server(default)] name: String,
    #[server(default)] days: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("tokens/create", &back)
        .with("repository", &repository)
        .with("name", &name)
        .with("days", &days);
    let result = create(&ctx, &workspace, &repository, &name, &days).await;
    finish(&ctx, sent, result, |secret| Done::to(back).saying("The token is made.").showing(&secret)).await
}

/// Revokes a repository token.
#[server(name = RevokeToken, prefix = "/forms", endpoint = "tokens/revoke")]
pub async fn revoke_token(
    #[server(default)] workspace: String,
    #[server(default)] token: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = revoke(&ctx, &workspace, &token).await;
    finish(&ctx, Sent::button(&back), result, |()| {
        Done::to(back).saying("The token is revoked. The next request that uses it is refused.")
    })
    .await
}

async fn create(ctx: &Ctx, workspace: &str, repository: &str, name: &str, days: &str) -> Result<Secret, Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    let repository = repository
        .parse()
        .map_err(|_| Error::Invalid(FieldErrors::one("repository", "Choose a repository.")))?;
    let days = match days.trim() {
        "" => None,
        // What is no number is no number of days either; the service says which there are.
        days => Some(days.parse().unwrap_or(0)),
    };
    let (_, secret) = tokens::create(ctx, &here, &repository, name, days).await?;
    Ok(secret)
}

async fn revoke(ctx: &Ctx, workspace: &str, token: &str) -> Result<(), Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    let token = token.parse().map_err(|_| Error::NotFound)?;
    tokens::revoke(ctx, &here, &token).await
}
