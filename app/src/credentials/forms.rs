//! The forms of access tokens and API keys.
#![allow(missing_docs, reason = "the server macro writes structs that cannot be documented")]

use leptos::prelude::*;
use stackyard_domain::access::enter_anyhow;
use stackyard_domain::credentials::{self, CredentialInput};
use stackyard_domain::{Ctx, Error, Here};
use stackyard_model::FieldErrors;
use stackyard_model::credential::{Credential, CredentialId, DAYS_DEFAULT, DAYS_NEVER};

use super::{listed, named};
use crate::error::AppError;
use crate::forms::{Done, Sent, finish, request, ticked};

/// Makes an access token or an API key; the next page shows it, once.
#[server(name = CreateCredential, prefix = "/forms", endpoint = "credentials/create")]
pub async fn create_credential(
    #[server(default)] workspace: String,
    #[server(default)] kind: String,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] scopes: Vec<String>,
    #[server(default)] days: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("credentials/create", &back)
        .with("name", &name)
        .with("description", &description)
        .with("scopes", &scopes.join(" "))
        .with("days", &days);
    let result = async {
        let here = enter_anyhow(&ctx, &workspace).await?;
        let kind = kind
            .parse()
            .map_err(|_| Error::Invalid(FieldErrors::one("", "Choose an access token or an API key.")))?;
        let days = match days.trim() {
            "" => Some(DAYS_DEFAULT),
            DAYS_NEVER => None,
            // What is no number is no number of days either; the service says which there are.
            days => Some(days.parse().unwrap_or(0)),
        };
        let input = CredentialInput { kind, name, description, scopes, days };
        let (credential, secret) = credentials::create(&ctx, &here, input).await?;
        Ok((here, credential, secret))
    };
    finish(&ctx, sent, result.await, |(here, credential, secret)| {
        said(&here, &credential, &format!("The {} is made.", named(credential.kind))).showing(&secret)
    })
    .await
}

/// Gives an access token or an API key a new secret; the next page shows it, once.
#[server(name = RotateCredential, prefix = "/forms", endpoint = "credentials/rotate")]
pub async fn rotate_credential(
    #[server(default)] workspace: String,
    #[server(default)] credential: String,
    #[server(default)] overlap: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let sent = Sent::new("credentials/rotate", &back).with("overlap", &overlap);
    let result = async {
        let (here, id) = meant(&ctx, &workspace, &credential).await?;
        let overlap = overlap.parse().map_err(|_| {
            Error::Invalid(FieldErrors::one("overlap", "Choose for how long the old one goes on."))
        })?;
        let (credential, secret) = credentials::rotate(&ctx, &here, &id, overlap).await?;
        Ok((here, credential, secret))
    };
    finish(&ctx, sent, result.await, |(here, credential, secret)| {
        said(&here, &credential, &format!("{} has a new secret.", credential.name)).showing(&secret)
    })
    .await
}

/// Switches an API key off, or on again.
#[server(name = SwitchCredential, prefix = "/forms", endpoint = "credentials/switch")]
pub async fn switch_credential(
    #[server(default)] workspace: String,
    #[server(default)] credential: String,
    #[server(default)] active: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = async {
        let (here, id) = meant(&ctx, &workspace, &credential).await?;
        let credential = credentials::switch(&ctx, &here, &id, ticked(&active)).await?;
        Ok((here, credential))
    };
    finish(&ctx, Sent::button(&back), result.await, |(here, credential)| {
        let state = if credential.active { "on" } else { "off" };
        said(&here, &credential, &format!("{} is switched {state}.", credential.name))
    })
    .await
}

/// Revokes an access token or an API key.
#[server(name = RevokeCredential, prefix = "/forms", endpoint = "credentials/revoke")]
pub async fn revoke_credential(
    #[server(default)] workspace: String,
    #[server(default)] credential: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    let ctx = request()?;
    let result = async {
        let (here, id) = meant(&ctx, &workspace, &credential).await?;
        let credential = credentials::revoke(&ctx, &here, &id).await?;
        Ok((here, credential))
    };
    finish(&ctx, Sent::button(&back), result.await, |(here, credential)| {
        let said_so = format!("{} is revoked. The next request that uses it is refused.", credential.name);
        said(&here, &credential, &said_so)
    })
    .await
}

async fn meant(ctx: &Ctx, workspace: &str, credential: &str) -> Result<(Here, CredentialId), Error> {
    let here = enter_anyhow(ctx, workspace).await?;
    Ok((here, credential.parse().map_err(|_| Error::NotFound)?))
}

fn said(here: &Here, credential: &Credential, said: &str) -> Done {
    Done::to(listed(here.workspace(), credential.kind)).saying(said)
}
