use figment::Figment;
use figment::providers::{Format as _, Toml};

use super::*;

fn check(toml: &str) -> Result<Config, String> {
    let settings: Settings =
        Figment::from(Toml::string(toml)).extract().map_err(|error| error.to_string())?;
    Config::check(settings).map_err(|error| error.to_string())
}

fn refused(toml: &str) -> String {
    let text = check(toml).unwrap_err();
    assert!(!text.contains('\n'), "{text}");
    text
}

#[test]
fn without_settings_it_is_sqlite_on_this_machine() {
    let config = check("").unwrap();
    assert_eq!(config.store.database, Database::Sqlite("data/stackyard.db".into()));
    assert_eq!(config.listen, "127.0.0.1:3000".parse().unwrap());
    let public_url = config.store.public_url(Some(4000));
    assert_eq!(public_url.origin(), "http://localhost:4000");
    assert_eq!(config.store.issuers(&public_url), [IssuerConfig::github("http://localhost:4000")]);
    assert!(config.store.site(&public_url).this_machine_only);
    assert_eq!(config.store.limits().ci_session, Duration::from_secs(3600));
}

#[test]
fn everything_can_be_set() {
    let config = check(
        r#"
        database_url = "postgres://stackyard@db/stackyard"
        database_connections = "40"
        listen = "0.0.0.0:8080"
        public_url = "https://Stackyard.Acme.example:443/"
        trusted_proxies = "10.0.0.0/8, 192.0.2.7"
        ci_session_minutes = 15
        anyone_may_create_workspaces = false
        metrics_listen = "127.0.0.1:9100"
        log_format = "json"
        log = "warn"
        path_prefix = "/stackyard/"
        stop_seconds = 25
        [[issuers]]
        kind = "github-enterprise"
        host = "ghes.example"
        url = "https://ghes.example/_services/token"
        audiences = ["atmos-pro.com"]
        "#,
    )
    .unwrap();
    let url = "postgres://stackyard@db/stackyard".to_owned();
    assert_eq!(config.store.database, Database::Postgres { url, connections: 40 });
    assert_eq!(config.store.public_url(Some(8080)).origin(), "https://stackyard.acme.example");
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(config.path_prefix.as_deref(), Some("/stackyard"));
    assert_eq!(config.stop, Duration::from_secs(25));
    let site = config.store.site(&config.store.public_url(None));
    assert!(!site.anyone_may_create_workspaces && !site.this_machine_only);
    let issuers = config.store.issuers(&config.store.public_url(None));
    assert_eq!(issuers.first().map(|issuer| issuer.kind), Some(IssuerKind::GitHubEnterprise));
}

#[test]
fn a_value_that_cannot_be_used_is_one_clear_line() {
    for (toml, named) in [
        ("listen = 'here'", "listen"),
        ("listen = '127.0.0.1:99999'", "127.0.0.1:99999"),
        ("database_url = 'mysql://db/x'", "mysql"),
        ("database_url = 'sqlite://'", "database URL"),
        ("public_url = 'stackyard.example'", "stackyard.example"),
        ("public_url = 'https://stackyard.example/path'", "without a path"),
        ("public_url = 'ftp://stackyard.example'", "ftp://"),
        ("public_url = 'https://me@stackyard.example'", "public URL"),
        ("trusted_proxies = ['10.0.0.0/99']", "10.0.0.0/99"),
        ("ci_session_minutes = 61", "between 1 and 60"),
        ("ci_session_minutes = 'soon'", "whole number"),
        ("insecure_http = 'perhaps'", "true or false"),
        ("log_format = 'xml'", "xml"),
        ("stop_seconds = 3601", "between 0 and 3600"),
        ("path_prefix = '/a b'", "/a b"),
        ("listn = '127.0.0.1:1'", "listn"),
        ("[[issuers]]\nkind='gitlab'\nhost='x'\nurl='https://x'\naudiences=[]", "gitlab"),
    ] {
        let text = refused(toml);
        assert!(text.contains(named), "{toml}: {text}");
    }
}

#[test]
fn the_password_in_a_database_url_is_not_repeated() {
    assert!(!refused("database_url = 'mongodb://admin:hunter2@db'").contains("hunter2"));
}

#[test]
fn plain_http_is_for_this_machine_unless_insisted_on() {
    for url in ["http://localhost:3000", "http://127.0.0.1:8080", "http://[::1]:3000"] {
        assert!(check(&format!("public_url = '{url}'")).is_ok(), "{url}");
    }
    assert!(refused("public_url = 'http://stackyard.example'").contains("--insecure-http"));
    assert!(refused("public_url = 'http://192.168.1.5:3000'").contains("plain http"));
    assert!(check("public_url = 'http://stackyard.example'\ninsecure_http = true").is_ok());
    assert!(check("listen = '0.0.0.0:3000'\npublic_url = 'https://stackyard.example'").is_ok());
}
