//! `cargo xtask test`: everything that must hold, one stage after the other, with the time of each.

mod api;
mod budget;
mod journeys;
mod rules;

use std::fmt::Write;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::audit;
use crate::host::Host;
use crate::postgres::{self, Files, Postgres};
use crate::report::line;
use crate::tools;

/// The browser's part compiles for wasm alone, and xtask shares no features with the rest.
const SERVER_SIDE: [&str; 5] = ["--workspace", "--exclude", "stackyard-frontend", "--exclude", "xtask"];
const DATABASE_VARIABLE: &str = "STACKYARD_TEST_DB";

#[derive(clap::Args)]
pub struct Args {
    /// Runs one stage alone
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(STAGES.map(|stage| stage.name)))]
    only: Option<String>,
}

/// One line of the closing table.
struct Stage {
    name: &'static str,
    run: fn(&Host) -> Result<Outcome>,
}

enum Outcome {
    Passed(String),
    /// Said in the table, so that nobody takes it for passed.
    NotRun(&'static str),
}

const STAGES: [Stage; 10] = [
    Stage { name: "format", run: format },
    Stage { name: "rules", run: rules::check },
    // Early, since the server embeds what it makes and would be compiled again by every later stage.
    Stage { name: "assets", run: budget::check },
    Stage { name: "clippy", run: clippy },
    Stage { name: "clippy-wasm", run: clippy_wasm },
    Stage { name: "sqlite", run: sqlite },
    Stage { name: "postgres", run: postgres },
    Stage { name: "api", run: api::run },
    Stage { name: "journeys", run: journeys::run },
    Stage { name: "deny", run: deny },
];

pub fn run(host: &Host, args: &Args) -> Result<()> {
    let begun = Instant::now();
    let mut table = String::new();
    let mut failed = Vec::new();
    for stage in STAGES.iter().filter(|stage| args.only.as_deref().is_none_or(|only| only == stage.name)) {
        println!("\n── {} ──", stage.name);
        let stage_begun = Instant::now();
        let result = (stage.run)(host);
        if host.interrupted() {
            bail!("interrupted");
        }
        let text = match result {
            Ok(Outcome::Passed(remark)) => format!("passed  {remark}"),
            Ok(Outcome::NotRun(reason)) => format!("not run: {reason}"),
            Err(error) => {
                println!("{error:#}");
                failed.push(stage.name);
                "FAILED".to_owned()
            }
        };
        line(stage.name, stage_begun, &text);
        writeln!(table, "{:>12} {:>8}  {text}", stage.name, minutes(stage_begun.elapsed()))?;
    }
    println!("\n{table}{:>12} {:>8}", "all", minutes(begun.elapsed()));
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

fn format(host: &Host) -> Result<Outcome> {
    passed(host, host.cargo().args(["fmt", "--all", "--check"]))
}

fn clippy(host: &Host) -> Result<Outcome> {
    let deny = ["--all-targets", "--", "-D", "warnings"];
    passed(host, host.cargo().arg("clippy").args(SERVER_SIDE).args(deny))?;
    passed(host, host.cargo().args(["clippy", "-p", "xtask"]).args(deny))
}

fn clippy_wasm(host: &Host) -> Result<Outcome> {
    tools::wasm_target(host)?;
    let mut cargo = host.cargo();
    cargo.args([
        "clippy",
        "-p",
        "stackyard-frontend",
        "--target",
        tools::WASM_TARGET,
        "--",
        "-D",
        "warnings",
    ]);
    passed(host, &mut cargo)
}

/// `cargo test` with twice as many tests at once as there are processors: half of them wait for something.
fn cargo_test(host: &Host) -> Command {
    let mut cargo = host.cargo();
    let threads = thread::available_parallelism().map_or(2, |processors| processors.get() * 2);
    cargo.arg("test").args(SERVER_SIDE).env("RUST_TEST_THREADS", threads.to_string());
    cargo
}

fn sqlite(host: &Host) -> Result<Outcome> {
    passed(host, cargo_test(host).env(DATABASE_VARIABLE, "sqlite"))?;
    passed(host, host.cargo().args(["test", "-p", "xtask"]))
}

fn postgres(host: &Host) -> Result<Outcome> {
    let postgres = Postgres::start(host, Files::InMemory)?;
    let mut cargo = cargo_test(host);
    // The same crates, since others would mean other features and compiling all again. What stands beside the code opens no
    // database, and has been run.
    cargo.args(["--test", "*"]);
    cargo.env(DATABASE_VARIABLE, "postgres").env(postgres::VARIABLE, postgres.url());
    passed(host, &mut cargo)
}

fn deny(host: &Host) -> Result<Outcome> {
    match audit::cargo_deny(host) {
        Some(mut check) => passed(host, check.args(["bans", "licenses", "sources"])),
        None => Ok(Outcome::NotRun(audit::MISSING)),
    }
}

fn passed(host: &Host, command: &mut Command) -> Result<Outcome> {
    host.run(command)?;
    Ok(Outcome::Passed(String::new()))
}

fn minutes(duration: Duration) -> String {
    let seconds = duration.as_secs();
    format!("{}m {:02}s", seconds / 60, seconds % 60)
}
