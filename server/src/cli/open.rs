//! Opening what the commands work on.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;

use stackyard_db::{Db, DbError, PostgresOptions, SqliteOptions};
use stackyard_domain::{Deps, SystemClock, SystemRandom};
use stackyard_oidc::{Issuers, http_client};

use super::Stop;
use crate::config::{Database, PublicUrl, StoreConfig};

/// Opens the database, making its directory when it is a file, and brings its tables up to date.
pub async fn database(config: &StoreConfig) -> Result<Db, Stop> {
    match &config.database {
        Database::Sqlite(path) => {
            make_directory(path)?;
            Ok(Db::sqlite(SqliteOptions::new(path)).await?)
        }
        Database::Postgres { url, connections } => {
            let options = PostgresOptions { url: url.clone(), connections: *connections };
            Db::postgres(options).await.map_err(|error| match error {
                DbError::Connect(reason) => Stop::Other(format!(
                    "The database at {} cannot be used: {reason}. Check that it runs there, and the user and password.",
                    host(url)
                )),
                other => other.into(),
            })
        }
    }
}

/// The part of a database's address that is no secret: host and port.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or_default()
}

/// What the services need.
pub fn deps(config: &StoreConfig, public_url: &PublicUrl, db: Db) -> Result<Arc<Deps>, Stop> {
    let issuers = Issuers::new(config.issuers(public_url), http_client()?)?;
    let mailer = config.mailer(public_url)?;
    let deps = Deps::new(
        db,
        Arc::new(SystemClock),
        Arc::new(SystemRandom),
        Arc::new(issuers),
        config.site(public_url),
        config.limits(),
    );
    Ok(Arc::new(deps.mailing(mailer)))
}

/// The directory of the data, for its owner alone.
fn make_directory(file: &Path) -> Result<(), Stop> {
    let Some(directory) = file.parent().filter(|directory| !directory.as_os_str().is_empty()) else {
        return Ok(());
    };
    if directory.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(|error| {
        Stop::Other(format!(
            "The directory {} cannot be made: {error}. Make it, or choose another with STACKYARD_DATABASE_URL.",
            directory.display()
        ))
    })
}
