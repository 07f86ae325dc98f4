//! `cargo xtask audit`: what is known against our dependencies. It needs the network, so `test` leaves it out.

use std::process::Command;

use anyhow::{Context, Result};

use crate::host::Host;
use crate::tools;

/// What to say when there is no cargo-deny.
pub const MISSING: &str = "cargo-deny is not installed (cargo install --locked cargo-deny)";

pub fn run(host: &Host) -> Result<()> {
    host.run(cargo_deny(host).context(MISSING)?.arg("advisories"))
}

/// `cargo deny check`, waiting for the names of the checks.
pub fn cargo_deny(host: &Host) -> Option<Command> {
    tools::in_path("cargo-deny")?;
    let mut cargo = host.cargo();
    cargo.args(["deny", "--all-features", "check"]);
    Some(cargo)
}
