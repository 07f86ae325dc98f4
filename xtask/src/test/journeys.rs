//! The journeys: people's tasks in a real Chromium against a server of their own.

use std::fs;

use anyhow::{Result, ensure};

use super::{Outcome, SERVER_SIDE};
use crate::host::Host;
use crate::site::{self, Kind};
use crate::tools::{self, Node};

pub fn run(host: &Host) -> Result<Outcome> {
    let chromium = tools::chromium(host)?;
    let node = tools::node(host)?;
    install_packages(host, &node)?;
    site::prepare(host, Kind::Small)?.write(host)?;
    // The binary that the tests before were built with: another selection of crates would compile all again.
    host.run(host.cargo().args(["test", "--no-run"]).args(SERVER_SIDE))?;
    let folder = host.path("end2end");
    let files = tools::files_below(&folder.join("journeys"), "mjs")?;
    ensure!(!files.is_empty(), "there are no journeys in end2end/journeys");
    // Short names: they stand in what is said of a failure, below the failure itself.
    let files = files.iter().map(|file| file.strip_prefix(&folder).unwrap_or(file));

    let mut command = host.command(&node.program);
    command
        .current_dir(&folder)
        .args(["--test", "--test-concurrency", "2"])
        .args(["--test-reporter", "spec", "--test-reporter-destination", "stdout"])
        .args(["--test-reporter", "./harness/failures.mjs", "--test-reporter-destination", "stderr"])
        .args(files);
    command.env("CHROMIUM", chromium).env("STACKYARD_BINARY", host.target("debug/stackyard"));
    host.run(&mut command)?;
    Ok(Outcome::Passed(String::new()))
}

/// Installs exactly what the lock file says, when it changed since the last time.
fn install_packages(host: &Host, node: &Node) -> Result<()> {
    let modified = |path: &str| fs::metadata(host.path(path)).and_then(|metadata| metadata.modified()).ok();
    let installed = modified("end2end/node_modules/.package-lock.json");
    if installed.is_some() && installed >= modified("end2end/package-lock.json") {
        return Ok(());
    }
    let mut npm = node.npm(host);
    npm.current_dir(host.path("end2end"));
    host.run(npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"]))
}
