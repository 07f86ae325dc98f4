//! What the command palette asks.
#![allow(missing_docs, reason = "the server macro writes structs that cannot be documented")]

use leptos::prelude::*;
use stackyard_model::palette::Palette;

use super::places;
use crate::error::AppError;
use crate::forms::{refuse, request};

/// Says where somebody can go, seen from a workspace (its slug; empty for none) and by what was typed.
#[server(name = Jump, prefix = "/forms", endpoint = "jump")]
pub async fn jump(
    #[server(default)] workspace: String,
    #[server(default)] q: String,
) -> Result<Palette, AppError> {
    let ctx = request()?;
    places::find(&ctx, &workspace, &q).await.map_err(|error| refuse(&ctx, &error))
}
