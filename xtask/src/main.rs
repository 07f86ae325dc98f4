//! The tools of the house: `cargo xtask --help` lists them.
#![expect(clippy::print_stdout, reason = "a build tool speaks to the terminal")]

mod audit;
mod bench;
mod build;
mod dev;
mod host;
mod postgres;
mod report;
mod run;
mod site;
mod test;
mod tools;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::host::Host;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs and tests Stackyard")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds wasm, styles and the server into one binary
    Build(build::Args),
    /// Builds in release and starts the server; everything after `run` is passed on
    #[command(disable_help_flag = true)]
    Run {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Builds without optimisation, starts the server, and does both again when a source changes
    #[command(disable_help_flag = true)]
    Dev {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// Runs every check, on both databases and in Chromium
    Test(test::Args),
    /// Builds in release and measures what the server costs against floors of the same run
    Bench(bench::Args),
    /// Looks the dependencies up in the database of known vulnerabilities
    Audit,
    /// Formats all sources
    Fmt,
    /// Runs a command with a throw-away PostgreSQL in `STACKYARD_TEST_POSTGRES`
    Postgres {
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    let done = Host::new().and_then(|host| match Cli::parse().command {
        Command::Build(args) => build::run(&host, &args),
        Command::Run { args } => run::run(&host, &args),
        Command::Dev { args } => dev::run(&host, &args),
        Command::Test(args) => test::run(&host, &args),
        Command::Bench(args) => bench::run(&host, &args),
        Command::Audit => audit::run(&host),
        Command::Fmt => host.run(host.cargo().args(["fmt", "--all"])),
        Command::Postgres { command } => postgres::run(&host, &command),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
