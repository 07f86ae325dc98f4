//! The command line.

mod admin;
mod backup;
mod doctor;
mod open;
mod say;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stackyard_db::DbError;
use stackyard_db::backup::BackupError;
use stackyard_domain::Error;

use crate::config::{ConfigError, ISSUERS_HELP, ServeFlags, StoreConfig, StoreFlags};

/// A self-hosted workspace control plane for teams that run infrastructure from Git repositories
#[derive(Parser)]
#[command(name = "stackyard", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the server
    #[command(after_long_help = ISSUERS_HELP)]
    Serve(ServeFlags),
    /// Brings the tables of the database up to date, which serve does too
    Migrate(StoreFlags),
    /// Writes a backup of the database, while a server may be using it
    Backup(backup::BackupArgs),
    /// Checks a backup, or puts one where a server finds it
    Restore(backup::RestoreArgs),
    /// Looks for what would keep the server from working well, and changes nothing
    Doctor(doctor::Args),
    /// Manages accounts, workspaces, repositories and permissions without the pages
    Admin(admin::Args),
}

/// Why the program stops with exit code 1; one line.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Issuer(#[from] stackyard_oidc::ConfigError),
    #[error("The database cannot be used: {0}.")]
    Db(#[from] DbError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error("{}", .0.user_message())]
    Refused(Error),
    #[error("The store failed: {0}.")]
    Failed(String),
    #[error("{0}")]
    Other(String),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            // The operator may read what users may not.
            Error::Db(error) => Self::Failed(crate::failure::chain(&error)),
            Error::Internal(text) => Self::Other(text),
            other => Self::Refused(other),
        }
    }
}

/// Runs the program.
#[must_use]
pub fn run() -> ExitCode {
    let command = Cli::parse().command;
    let workers = std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(execute(command));
            // What was acknowledged is flushed; what was not waited for above is not waited for here.
            runtime.shutdown_background();
            outcome
        }
        Err(error) => Err(Stop::Other(format!("The runtime cannot be started: {error}."))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            say::failure(&stop.to_string());
            ExitCode::FAILURE
        }
    }
}

async fn execute(command: Command) -> Result<(), Stop> {
    match command {
        Command::Serve(flags) => Box::pin(serve::run(&flags)).await,
        Command::Migrate(flags) => {
            open::database(&StoreConfig::read(&flags)?).await?.close().await;
            say::line("The tables are up to date.");
            Ok(())
        }
        Command::Backup(args) => backup::create(args).await,
        Command::Restore(args) => backup::restore(args).await,
        Command::Doctor(args) => Box::pin(doctor::run(&args)).await,
        Command::Admin(args) => Box::pin(admin::run(args)).await,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_help_of_serve_names_every_setting() {
        let mut cli = Cli::command();
        let help = cli.find_subcommand_mut("serve").unwrap().render_long_help().to_string();
        for name in crate::config::NAMES {
            let variable = format!("STACKYARD_{}", name.to_uppercase());
            let named = help.contains(&variable) || help.contains(&format!("[[{name}]]"));
            assert!(named, "{variable} is not in the help:\n{help}");
        }
    }
}
