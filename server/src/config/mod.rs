//! What the operator decided, checked. A value that cannot be used is one clear line.

mod settings;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use ipnet::IpNet;
use stackyard_domain::mail::{Mailer, Smtp};
use stackyard_domain::{Limits, Site};
use stackyard_oidc::{IssuerConfig, IssuerKind};

use settings::Settings;
pub use settings::{ISSUERS_HELP, NAMES, ServeFlags, StoreFlags};

/// A setting that cannot be used; one line for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

fn wrong<T>(text: impl Into<String>) -> Result<T, ConfigError> {
    Err(ConfigError(text.into()))
}

/// Which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// A server, with the most connections of this process.
    Postgres {
        /// `postgres://…`
        url: String,
        /// Most connections.
        connections: usize,
    },
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For collectors.
    Json,
}

/// Where the data is and how the server is known.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// The database.
    pub database: Database,
    /// The public address, when it was set.
    public_url: Option<PublicUrl>,
    /// The port that is listened on, when no public address says another.
    port: u16,
    anyone_may_create_workspaces: bool,
    ci_session: Duration,
    issuers: Option<Vec<IssuerConfig>>,
    /// The mail server's address, and the sender when it was set.
    mail: Option<(String, Option<String>)>,
}

/// Everything for `serve`.
#[derive(Debug, Clone)]
pub struct Config {
    /// What every command needs.
    pub store: StoreConfig,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Where `/metrics` is, when it is wanted.
    pub metrics_listen: Option<SocketAddr>,
    /// How log lines are written; none means that the terminal decides.
    pub log_format: Option<LogFormat>,
    /// Which log lines are written.
    pub log: String,
    /// A path before the API's that is accepted too.
    pub path_prefix: Option<String>,
    /// How long requests that are being answered may take to end after the signal to stop.
    pub stop: Duration,
}

/// The address that people and workflows use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    /// `https` rather than `http`.
    pub https: bool,
    /// Host and port as in a `Host` header, in lower case.
    pub authority: String,
}

impl PublicUrl {
    /// Reads an address without path, query and user name.
    ///
    /// # Errors
    /// When it is not one.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let form = "an address such as https://stackyard.example.com";
        let parsed: Option<(bool, String)> = text.parse::<Uri>().ok().and_then(|uri| {
            let https = match uri.scheme_str()? {
                "https" => true,
                "http" => false,
                _ => return None,
            };
            let authority = uri.authority()?.as_str();
            let plain = uri.path().trim_end_matches('/').is_empty() && uri.query().is_none();
            let usable = plain && !authority.contains('@') && !uri.host()?.is_empty() && !text.contains('#');
            let standard = if https { ":443" } else { ":80" };
            let authority = authority.strip_suffix(standard).unwrap_or(authority);
            usable.then(|| (https, authority.to_ascii_lowercase()))
        });
        match parsed {
            Some((https, authority)) => Ok(Self { https, authority }),
            None => {
                wrong(format!("The public URL {text:?} cannot be used: it must be {form}, without a path."))
            }
        }
    }

    /// This machine itself, at `port`.
    #[must_use]
    pub fn localhost(port: u16) -> Self {
        let authority = if port == 80 { "localhost".to_owned() } else { format!("localhost:{port}") };
        Self { https: false, authority }
    }

    /// The host without its port.
    #[must_use]
    pub fn host(&self) -> &str {
        match self.authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => &self.authority,
        }
    }

    /// Whether the host is this machine itself.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// The port that a browser connects to.
    #[must_use]
    pub fn port(&self) -> u16 {
        let given = self.authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        given.unwrap_or(if self.https { 443 } else { 80 })
    }

    /// As an origin, which is also how links begin.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }
}

impl StoreConfig {
    /// Reads the settings for a command that does not serve.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn read(flags: &StoreFlags) -> Result<Self, ConfigError> {
        let settings = flags.read()?;
        let listen = listen(&settings)?;
        Self::check(settings, listen.port())
    }

    fn check(settings: Settings, port: u16) -> Result<Self, ConfigError> {
        let minutes = settings.ci_session_minutes.unwrap_or(60);
        if !(1..=60).contains(&minutes) {
            return wrong(format!("ci_session_minutes is {minutes}; it must be between 1 and 60."));
        }
        Ok(Self {
            database: database(settings.database_url.as_deref(), settings.database_connections)?,
            public_url: settings.public_url.as_deref().map(PublicUrl::parse).transpose()?,
            port,
            anyone_may_create_workspaces: settings.anyone_may_create_workspaces.unwrap_or(true),
            ci_session: Duration::from_secs(u64::from(minutes) * 60),
            mail: settings.smtp_url.map(|url| (url, settings.mail_from)),
            issuers: settings.issuers.map(|issuers| issuers.into_iter().map(issuer).collect()).transpose()?,
        })
    }

    /// How the server is known; `bound` is the port that it really listens on.
    #[must_use]
    pub fn public_url(&self, bound: Option<u16>) -> PublicUrl {
        self.public_url.clone().unwrap_or_else(|| PublicUrl::localhost(bound.unwrap_or(self.port)))
    }

    /// The mail server, when there is one.
    ///
    /// # Errors
    /// The part of its settings that cannot be used.
    pub fn mailer(&self, public_url: &PublicUrl) -> Result<Option<Arc<dyn Mailer>>, ConfigError> {
        let Some((url, from)) = &self.mail else { return Ok(None) };
        let host = public_url.host();
        let from = from.clone().unwrap_or_else(|| format!("Stackyard <stackyard@{host}>"));
        let smtp = Smtp::new(url, &from, host).map_err(|error| ConfigError(error.to_string()))?;
        Ok(Some(Arc::new(smtp)))
    }

    /// The part of this that the services need.
    #[must_use]
    pub fn site(&self, public_url: &PublicUrl) -> Site {
        Site {
            public_url: public_url.origin(),
            this_machine_only: public_url.is_loopback(),
            anyone_may_create_workspaces: self.anyone_may_create_workspaces,
        }
    }

    /// What the operator turned down.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits { ci_session: self.ci_session, ..Limits::default() }
    }

    /// The trusted issuers: the operator's, else GitHub's. This server's own audience is taken from each (rules §5).
    #[must_use]
    pub fn issuers(&self, public_url: &PublicUrl) -> Vec<IssuerConfig> {
        let own = public_url.origin();
        let Some(mut issuers) = self.issuers.clone() else { return vec![IssuerConfig::github(&own)] };
        for issuer in issuers.iter_mut().filter(|issuer| !issuer.audiences.contains(&own)) {
            issuer.audiences.push(own.clone());
        }
        issuers
    }
}

impl Config {
    /// Reads the settings for `serve`.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn read(flags: &ServeFlags) -> Result<Self, ConfigError> {
        Self::check(flags.read()?)
    }

    fn check(settings: Settings) -> Result<Self, ConfigError> {
        let listen = listen(&settings)?;
        let insecure = settings.insecure_http.unwrap_or(false);
        let trusted_proxies =
            settings.trusted_proxies.iter().map(|text| network(text)).collect::<Result<_, _>>()?;
        let metrics_listen =
            settings.metrics_listen.as_deref().map(|text| address("metrics_listen", text)).transpose()?;
        let log_format = settings.log_format.as_deref().map(log_format).transpose()?;
        let path_prefix = settings.path_prefix.as_deref().map(path_prefix).transpose()?;
        let log = settings.log.clone().unwrap_or_else(|| "info".to_owned());
        let stop = settings.stop_seconds.unwrap_or(10);
        if stop > 3600 {
            return wrong(format!("stop_seconds is {stop}; it must be between 0 and 3600."));
        }
        let store = StoreConfig::check(settings, listen.port())?;
        let public = store.public_url(None);
        if !public.https && !public.is_loopback() && !insecure {
            return wrong(format!(
                "{} is plain http: passwords and tokens could be read on the way. Put a proxy with https in front \
                 and set STACKYARD_PUBLIC_URL to its address, or start with --insecure-http.",
                public.origin()
            ));
        }
        Ok(Self {
            store,
            listen,
            trusted_proxies,
            metrics_listen,
            log_format,
            log,
            path_prefix: path_prefix.flatten(),
            stop: Duration::from_secs(u64::from(stop)),
        })
    }
}

fn listen(settings: &Settings) -> Result<SocketAddr, ConfigError> {
    address("listen", settings.listen.as_deref().unwrap_or("127.0.0.1:3000"))
}

fn address(name: &str, text: &str) -> Result<SocketAddr, ConfigError> {
    let text =
        text.strip_prefix("localhost:").map_or_else(|| text.to_owned(), |port| format!("127.0.0.1:{port}"));
    match text.parse() {
        Ok(address) => Ok(address),
        Err(_) => {
            wrong(format!("{name} is {text:?}; it must be an address and a port, such as 127.0.0.1:3000."))
        }
    }
}

fn database(url: Option<&str>, connections: Option<u32>) -> Result<Database, ConfigError> {
    let url = url.unwrap_or("sqlite://data/stackyard.db");
    let connections = connections.unwrap_or(16);
    if !(2..=1000).contains(&connections) {
        return wrong(format!("database_connections is {connections}; it must be between 2 and 1000."));
    }
    match url.split_once("://") {
        Some(("sqlite", path)) if !path.is_empty() && !path.ends_with('/') => {
            Ok(Database::Sqlite(path.into()))
        }
        Some(("postgres" | "postgresql", rest)) if !rest.is_empty() => Ok(Database::Postgres {
            url: url.to_owned(),
            connections: usize::try_from(connections).unwrap_or(16),
        }),
        // The rest of the address may hold a password.
        Some((scheme, _)) if scheme != "sqlite" => wrong(format!(
            "The database URL begins with {scheme:?}; it must be sqlite:// and a file, or postgres://…"
        )),
        _ => wrong("The database URL cannot be used; it must be sqlite:// and a file, or postgres://…"),
    }
}

fn network(text: &str) -> Result<IpNet, ConfigError> {
    let parsed = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    match parsed {
        Some(network) => Ok(network),
        None => wrong(format!("trusted_proxies has {text:?}; it must be a network such as 10.0.0.0/8.")),
    }
}

fn log_format(text: &str) -> Result<LogFormat, ConfigError> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => wrong(format!("log_format is {text:?}; it must be text or json.")),
    }
}

fn path_prefix(text: &str) -> Result<Option<String>, ConfigError> {
    let trimmed = text.trim_matches('/');
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_./~".contains(c);
    if trimmed.is_empty() {
        Ok(None)
    } else if trimmed.chars().all(safe) && !trimmed.contains("//") {
        Ok(Some(format!("/{trimmed}")))
    } else {
        wrong(format!("path_prefix is {text:?}; it must be a path such as /stackyard."))
    }
}

fn issuer(issuer: settings::Issuer) -> Result<IssuerConfig, ConfigError> {
    let kind = match issuer.kind.as_str() {
        "github" => IssuerKind::GitHub,
        "github-enterprise" => IssuerKind::GitHubEnterprise,
        other => {
            return wrong(format!(
                "The issuer {} has the kind {other:?}; it must be github or github-enterprise.",
                issuer.url
            ));
        }
    };
    Ok(IssuerConfig { kind, host: issuer.host, url: issuer.url, audiences: issuer.audiences })
}

#[cfg(test)]
mod tests;
