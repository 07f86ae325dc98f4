//! `stackyard backup` and `stackyard restore`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use stackyard_db::backup::{self, BackupError, Manifest};
use stackyard_domain::{Clock as _, SystemClock};

use super::{Stop, say};
use crate::config::{Database, StoreConfig, StoreFlags};

/// The arguments of `backup`.
#[derive(Args)]
pub struct BackupArgs {
    #[command(flatten)]
    store: StoreFlags,
    /// The file to make; it must not be there yet
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// The arguments of `restore`.
#[derive(Args)]
#[command(group = ArgGroup::new("what").required(true).args(["verify", "to"]))]
pub struct RestoreArgs {
    /// The backup
    file: PathBuf,
    /// Checks the backup and touches nothing
    #[arg(long)]
    verify: bool,
    /// Where the database shall be, such as data/stackyard.db
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Replaces a database that is there; what is in it is lost
    #[arg(long, requires = "to")]
    force: bool,
}

/// Writes a backup and says what is in it.
pub async fn create(args: BackupArgs) -> Result<(), Stop> {
    let config = StoreConfig::read(&args.store)?;
    let BackupArgs { to, .. } = args;
    match config.database {
        Database::Sqlite(path) => {
            let named = to.display().to_string();
            let program = env!("CARGO_PKG_VERSION");
            let manifest = blocking(move || backup::create(&path, &to, program, SystemClock.now())).await?;
            say::line(&format!("{named}: {}", described(&manifest)));
        }
        Database::Postgres { url, .. } => {
            let named = to.display().to_string();
            let bytes = blocking(move || backup::dump(&url, &to)).await?;
            say::line(&format!("{named}: {bytes} bytes, written by pg_dump. pg_restore reads it."));
        }
    }
    Ok(())
}

/// Checks a backup, or puts it in place.
pub async fn restore(args: RestoreArgs) -> Result<(), Stop> {
    let RestoreArgs { file, to, force, .. } = args;
    let Some(to) = to else {
        let named = file.display().to_string();
        let manifest = blocking(move || backup::verify(&file)).await?;
        say::line(&format!("{named} is sound: {}", described(&manifest)));
        return Ok(());
    };
    let named = to.display().to_string();
    let manifest = blocking(move || backup::restore(&file, &to, force)).await?;
    say::line(&format!("{named} is restored: {}", described(&manifest)));
    Ok(())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, Stop> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(error) => Err(Stop::Other(format!("The work was broken off: {error}."))),
    }
}

fn described(manifest: &Manifest) -> String {
    let rows: i64 = manifest.rows.values().sum();
    format!(
        "{} bytes, {rows} rows in {} tables, as of {}, by version {} with migration {}.",
        manifest.bytes,
        manifest.rows.len(),
        manifest.made_at.to_rfc3339_seconds(),
        manifest.program,
        manifest.migration
    )
}
