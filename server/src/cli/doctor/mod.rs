//! `stackyard doctor`: a line for each thing that a server needs, and what to do where one is missing. Nothing is
//! changed, not even migrated.

mod settings;
mod store;

use std::fmt;

use serde::Serialize;
use stackyard_oidc::{Issuers, http_client};

use super::{Stop, say};
use crate::config::{Config, Database, ServeFlags};

/// The arguments of `doctor`: those of `serve`, since it is what they mean that is looked at.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    serve: ServeFlags,
    /// Writes one JSON array instead of lines
    #[arg(long)]
    json: bool,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    /// As it should be.
    Ok,
    /// It works, but the operator should know.
    Warn,
    /// The server does not work, or not safely.
    Fail,
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        })
    }
}

/// One line.
#[derive(Debug, Serialize)]
struct Finding {
    status: Status,
    check: &'static str,
    text: String,
}

/// What has been found so far.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, status: Status, check: &'static str, text: impl Into<String>) {
        self.0.push(Finding { status, check, text: text.into().replace('\n', " ") });
    }

    fn ok(&mut self, check: &'static str, text: impl Into<String>) {
        self.add(Status::Ok, check, text);
    }

    fn warn(&mut self, check: &'static str, text: impl Into<String>) {
        self.add(Status::Warn, check, text);
    }

    fn fail(&mut self, check: &'static str, text: impl Into<String>) {
        self.add(Status::Fail, check, text);
    }
}

/// Looks at everything and says what it found. An error when something would keep a server from working.
pub async fn run(args: &Args) -> Result<(), Stop> {
    let mut found = Findings::default();
    match Config::read(&args.serve) {
        Err(error) => found.fail("settings", error.to_string()),
        Ok(config) => {
            settings::look(&config, &mut found);
            match &config.store.database {
                Database::Sqlite(path) => store::sqlite(path, &mut found).await,
                Database::Postgres { url, connections } => {
                    store::postgres(url, *connections, &mut found).await;
                }
            }
            issuers(&config, &mut found).await;
        }
    }
    show(&found, args.json)?;
    match found.0.iter().filter(|finding| finding.status == Status::Fail).count() {
        0 => Ok(()),
        failed => Err(Stop::Other(format!("{failed} of {} checks failed.", found.0.len()))),
    }
}

async fn issuers(config: &Config, found: &mut Findings) {
    const CHECK: &str = "issuer";
    let configs = config.store.issuers(&config.store.public_url(None));
    let issuers = match http_client().and_then(|client| Issuers::new(configs, client)) {
        Ok(issuers) => issuers,
        Err(error) => return found.fail(CHECK, error.to_string()),
    };
    for (url, keys) in issuers.probe().await {
        match keys {
            Ok(keys) => found.ok(CHECK, format!("{url} publishes {keys} keys that can be used")),
            Err(reason) => found.fail(
                CHECK,
                format!("{url} cannot be asked for its keys, so its workflows are not let in: {reason}"),
            ),
        }
    }
}

fn show(found: &Findings, as_json: bool) -> Result<(), Stop> {
    if as_json {
        let text = serde_json::to_string_pretty(&found.0);
        say::line(&text.map_err(|error| Stop::Other(format!("The findings cannot be written: {error}.")))?);
        return Ok(());
    }
    for Finding { status, check, text } in &found.0 {
        say::line(&format!("{status:<4}  {check:<10}  {text}"));
    }
    Ok(())
}
