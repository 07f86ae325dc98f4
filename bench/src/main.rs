//! What the server costs, as ratios to floors that are measured in the same run. `cargo xtask bench` builds
//! everything and runs this; `docs/performance.md` says what the figures mean.
#![expect(clippy::print_stdout, reason = "the figures go to the terminal")]

mod alike;
mod bare;
mod cpu;
mod day;
mod decision;
mod exchange;
mod figures;
mod flush;
mod forest;
mod home;
mod load;
mod log;
mod page;
mod people;
mod place;
mod postgres;
mod report;
mod request;
mod rounds;
mod server;
mod slow_flush;
mod streams;
mod tokens;
mod verify;
mod weight;
mod writes;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "stackyard-bench", about = "Measures what the server costs")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measures everything and prints the figures; exit code 1 when one is over its limit
    Figures(figures::Args),
    /// The floor of the exchange: a server that does nothing but verify and write
    BareExchange {
        /// A database that `stackyard admin` made
        #[arg(long)]
        database: PathBuf,
        /// The issuer of the tokens
        #[arg(long)]
        issuer: String,
    },
    /// The floor of a page: a table out of the database, and nothing around it
    BarePage {
        /// A database that `stackyard admin` made
        #[arg(long)]
        database: PathBuf,
    },
    /// The floor of locks and reports: a server that writes their rows and nothing else
    BareWrites {
        /// A database with an inventory
        #[arg(long)]
        database: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    match command {
        Command::Figures(args) => figures::run(&runtime, &args),
        Command::BareExchange { database, issuer } => {
            runtime.block_on(bare::exchange::serve(&database, issuer))?;
            Ok(true)
        }
        Command::BarePage { database } => {
            runtime.block_on(bare::page::serve(&database))?;
            Ok(true)
        }
        Command::BareWrites { database } => {
            runtime.block_on(bare::writes::serve(&database))?;
            Ok(true)
        }
    }
}
