//! A disk as slow as the one for which a limit was set.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// Milliseconds that a flush takes at least.
pub const LEAST_MS: f64 = 0.28;
/// The same in microseconds, as the stand-in is told.
const MICROSECONDS: &str = "280";

/// The same program, with flushes that take as long as on that disk.
pub fn on_slow_disk(mut command: Command) -> Result<Command> {
    let myself = std::env::current_exe()?;
    let library = myself.parent().context("no folder")?.join("libstackyard_slow_flush.so");
    ensure!(library.exists(), "{} is not there: cargo xtask bench builds it", library.display());
    command.env("LD_PRELOAD", library).env("STACKYARD_FLUSH_MICROSECONDS", MICROSECONDS);
    Ok(command)
}
