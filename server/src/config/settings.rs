//! What an operator may set, as it is written: a flag, then `STACKYARD_…`, then `stackyard.toml`.

use std::path::PathBuf;

use figment::Figment;
use figment::providers::{Env, Format as _, Serialized, Toml};
use serde::{Deserialize, Deserializer, Serialize};

use super::ConfigError;

/// The file that is read when no other is named; it need not be there.
const FILE: &str = "stackyard.toml";
const PREFIX: &str = "STACKYARD_";
/// Every setting, by its name in the file; a variable is the same in capitals.
pub const NAMES: [&str; 16] = [
    "database_url",
    "database_connections",
    "listen",
    "public_url",
    "trusted_proxies",
    "insecure_http",
    "issuers",
    "ci_session_minutes",
    "anyone_may_create_workspaces",
    "metrics_listen",
    "log_format",
    "log",
    "path_prefix",
    "stop_seconds",
    "smtp_url",
    "mail_from",
];

/// Where the data is and how the server is known: what every command needs.
#[derive(Debug, Clone, Default, clap::Args, Serialize)]
pub struct StoreFlags {
    /// A file of settings instead of `stackyard.toml`; it must be there
    #[arg(long, global = true, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// `sqlite://` and a file, or `postgres://…` [STACKYARD_DATABASE_URL; default sqlite://data/stackyard.db]
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
    /// The address people and workflows use, without a path [STACKYARD_PUBLIC_URL; default http://localhost and
    /// the port]
    #[arg(long, global = true, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
}

/// What `serve` can be told on the command line.
#[derive(Debug, Clone, Default, clap::Args, Serialize)]
pub struct ServeFlags {
    #[command(flatten)]
    #[serde(flatten)]
    store: StoreFlags,
    /// Address and port to listen on; 0.0.0.0 means every network. PORT changes the port alone
    /// [STACKYARD_LISTEN; default 127.0.0.1:3000]
    #[arg(long, value_name = "ADDRESS:PORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    listen: Option<String>,
    /// Connections to PostgreSQL of this process [STACKYARD_DATABASE_CONNECTIONS; default 16]
    #[arg(long, value_name = "NUMBER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    database_connections: Option<String>,
    /// Proxies whose X-Forwarded-For is believed, as networks with commas between [STACKYARD_TRUSTED_PROXIES;
    /// default none]
    #[arg(long, value_name = "NETWORKS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    trusted_proxies: Option<String>,
    /// Starts although the public address is plain http and not this machine: passwords and tokens can be read on
    /// the way [STACKYARD_INSECURE_HTTP; default false]
    #[arg(long)]
    #[serde(skip_serializing_if = "is_false")]
    insecure_http: bool,
    /// How long a workflow's session lasts, at most 60 [STACKYARD_CI_SESSION_MINUTES; default 60]
    #[arg(long, value_name = "MINUTES")]
    #[serde(skip_serializing_if = "Option::is_none")]
    ci_session_minutes: Option<String>,
    /// Whether every signed-in person may create workspaces, or only `stackyard admin`: true or false
    /// [STACKYARD_ANYONE_MAY_CREATE_WORKSPACES; default true]
    #[arg(long, value_name = "BOOL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    anyone_may_create_workspaces: Option<String>,
    /// Address and port for Prometheus' /metrics, apart from everything else [STACKYARD_METRICS_LISTEN; default
    /// none]
    #[arg(long, value_name = "ADDRESS:PORT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics_listen: Option<String>,
    /// `text` or `json` [STACKYARD_LOG_FORMAT; default text on a terminal, else json]
    #[arg(long, value_name = "FORMAT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    log_format: Option<String>,
    /// Which log lines are written, such as `info` or `warn,stackyard=debug` [STACKYARD_LOG; default info]
    #[arg(long, value_name = "FILTER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<String>,
    /// A path before /api/v1 that is accepted too, such as /stackyard [STACKYARD_PATH_PREFIX; default none]
    #[arg(long, value_name = "PATH")]
    #[serde(skip_serializing_if = "Option::is_none")]
    path_prefix: Option<String>,
    /// How long requests that are being answered may take to end after SIGTERM or SIGINT; a second signal ends at once
    /// [STACKYARD_STOP_SECONDS; default 10]
    #[arg(long, value_name = "SECONDS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_seconds: Option<String>,
    /// The mail server: smtps://user:password@host, or smtp://… which asks for TLS unless ?tls=none says otherwise. Better
    /// as a variable, since others see flags [STACKYARD_SMTP_URL; default none, so links are copied]
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    smtp_url: Option<String>,
    /// The sender of mails, an address or `Name <address>` [STACKYARD_MAIL_FROM; default Stackyard <stackyard@ and the host
    /// of the public address>]
    #[arg(long, value_name = "SENDER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    mail_from: Option<String>,
}

/// What `serve --help` says about the setting that is too big for a flag.
pub const ISSUERS_HELP: &str = "\
Settings come from flags, then from STACKYARD_… variables (and PORT), then from stackyard.toml in the current folder,
where they have the flags' names with _ for -. The trusted issuers of workflow tokens are set in the file; without
them GitHub's own is trusted, for the audiences atmos-pro.com and the public address:

  [[issuers]]
  kind = \"github-enterprise\"   # or \"github\"
  host = \"ghes.example.com\"
  url = \"https://ghes.example.com/_services/token\"
  audiences = [\"atmos-pro.com\"]";

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// Everything that was set, not yet checked.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    pub database_url: Option<String>,
    #[serde(deserialize_with = "number")]
    pub database_connections: Option<u32>,
    pub listen: Option<String>,
    pub public_url: Option<String>,
    #[serde(deserialize_with = "list")]
    pub trusted_proxies: Vec<String>,
    #[serde(deserialize_with = "truth")]
    pub insecure_http: Option<bool>,
    pub issuers: Option<Vec<Issuer>>,
    #[serde(deserialize_with = "number")]
    pub ci_session_minutes: Option<u32>,
    #[serde(deserialize_with = "truth")]
    pub anyone_may_create_workspaces: Option<bool>,
    pub metrics_listen: Option<String>,
    pub log_format: Option<String>,
    pub log: Option<String>,
    pub path_prefix: Option<String>,
    #[serde(deserialize_with = "number")]
    pub stop_seconds: Option<u32>,
    pub smtp_url: Option<String>,
    pub mail_from: Option<String>,
}

/// A trusted issuer of workflow tokens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Issuer {
    pub kind: String,
    pub host: String,
    pub url: String,
    pub audiences: Vec<String>,
}

/// Text or list of texts, as a variable or the file says it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match Texts::deserialize(deserializer)? {
        Texts::Many(texts) => texts,
        Texts::One(text) => {
            text.split([',', ' ']).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        }
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Truth(bool),
    Number(u32),
    Text(String),
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    match Scalar::deserialize(deserializer) {
        Ok(Scalar::Number(number)) => Some(number),
        Ok(Scalar::Text(text)) => text.parse().ok(),
        _ => None,
    }
    .map(Some)
    .ok_or_else(|| serde::de::Error::custom("must be a whole number"))
}

fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match Scalar::deserialize(deserializer) {
        Ok(Scalar::Truth(truth)) => Some(truth),
        Ok(Scalar::Number(number @ 0..=1)) => Some(number == 1),
        Ok(Scalar::Text(text)) => text.parse().ok(),
        _ => None,
    }
    .map(Some)
    .ok_or_else(|| serde::de::Error::custom("must be true or false"))
}

impl StoreFlags {
    /// Reads everything that was set, where the command has no flags of its own.
    pub(super) fn read(&self) -> Result<Settings, ConfigError> {
        read(self.config.as_ref(), self)
    }
}

impl ServeFlags {
    pub(super) fn read(&self) -> Result<Settings, ConfigError> {
        read(self.store.config.as_ref(), self)
    }
}

fn read(file: Option<&PathBuf>, flags: &impl Serialize) -> Result<Settings, ConfigError> {
    let toml = match file {
        Some(path) if !path.is_file() => {
            return Err(ConfigError(format!("The settings file {} is not there.", path.display())));
        }
        Some(path) => Toml::file_exact(path),
        None => Toml::file(FILE),
    };
    let environment = Env::prefixed(PREFIX).only(&NAMES);
    let figment = Figment::from(toml).merge(environment).merge(Serialized::defaults(flags));
    let mut settings: Settings = figment.extract().map_err(|error| one_line(&error))?;
    let listen_is_chosen = figment
        .find_metadata("listen")
        .is_some_and(|metadata| metadata.source.as_ref().is_none_or(|source| source.file_path().is_none()));
    if !listen_is_chosen
        && let Ok(port) = std::env::var("PORT")
        && !port.is_empty()
    {
        let port: u16 =
            port.parse().map_err(|_| ConfigError("PORT must be a number between 0 and 65535.".to_owned()))?;
        let host =
            settings.listen.as_deref().and_then(|listen| listen.rsplit_once(':')).map(|(host, _)| host);
        settings.listen = Some(format!("{}:{port}", host.unwrap_or("127.0.0.1")));
    }
    Ok(settings)
}

/// The first of figment's errors, with the place where the value came from.
fn one_line(error: &figment::Error) -> ConfigError {
    let name = error.path.join(".");
    let place = error.metadata.as_ref().map_or_else(String::new, |metadata| {
        let from = metadata.source.as_ref().and_then(|source| source.file_path()).map_or_else(
            || {
                if metadata.name.contains("environment") {
                    "the environment".to_owned()
                } else {
                    "the flags".to_owned()
                }
            },
            |path| path.display().to_string(),
        );
        format!(" (from {from})")
    });
    let text = error.kind.to_string().replace('\n', " ");
    ConfigError(if name.is_empty() {
        format!("The settings cannot be read{place}: {text}.")
    } else {
        format!("The setting {name}{place} cannot be used: {text}.")
    })
}
