//! What an operator does: looks, backs up, restores, watches.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use stackyard::config::NAMES;
use stackyard_db::Backend;
use stackyard_db::testing::backend;
use stackyard_domain::{Clock, Deps, SystemClock};
use stackyard_model::{PermissionKind, Ts};
use stackyard_oidc::{Issuers, http_client};

use crate::running::House;
use crate::support::TestApp;

impl House {
    fn told(&self, words: &[&str]) -> Output {
        self.command(words).env("PATH", std::env::var_os("PATH").unwrap_or_default()).output().unwrap()
    }

    fn done(&self, words: &[&str]) -> String {
        let output = self.told(words);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn refused(&self, words: &[&str]) -> String {
        let output = self.told(words);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), text.trim_end().lines().count()),
            (Some(1), 1),
            "{words:?}: {text}"
        );
        text
    }

    /// What the doctor says, by check, and whether all is well enough.
    fn doctor(&self, words: &[&str]) -> (Vec<(String, String, String)>, bool) {
        let output = self.told(&[&["doctor", "--json"], words].concat());
        let found: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
        let found = found.iter().map(|one| (text(one, "check"), text(one, "status"), text(one, "text")));
        (found.collect(), output.status.success())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_server_that_runs_is_restored_and_served() {
    let house = House::new().await;
    let server = house.serve();
    let session = server.session(&house).await;
    let key = json!({"key": "acme/infra/dev/vpc", "ttl": 600});
    assert_eq!(server.send("POST", "/api/v1/locks", &session, &key).await.0, 201);
    let said = house.done(&["backup", "--to", "monday"]);
    let mode = std::fs::metadata(house.folder.path().join("monday")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(house.refused(&["backup", "--to", "monday"]).contains("monday is there already"));
    if backend() == Backend::Postgres {
        assert!(said.contains("pg_dump"), "{said}");
        assert!(house.refused(&["restore", "--verify", "monday"]).contains("pg_restore"));
        let mut list = std::process::Command::new("pg_restore");
        let list = list.arg("--list").arg(house.folder.path().join("monday")).output().unwrap();
        assert!(String::from_utf8_lossy(&list.stdout).contains("TABLE DATA public locks"), "{list:?}");
        // No password is in what the machine's other users can read, nor in what is printed.
        assert!(
            house
                .refused(&["backup", "--to", "x", "--database-url", "postgres://a:hunter2@127.0.0.1:9/x"])
                .split("hunter2")
                .count()
                == 1
        );
        return server.kill();
    }
    assert!(said.starts_with("monday: ") && said.contains(" rows in "), "{said}");
    assert!(house.done(&["restore", "--verify", "monday"]).starts_with("monday is sound: "));
    assert!(house.refused(&["restore", "--verify", "stackyard.toml"]).contains("no whole backup"));
    let path = house.database.sqlite_options().path;
    let target = path.to_str().unwrap();
    assert!(house.refused(&["restore", "monday", "--to", target]).contains("--force"));
    assert!(house.refused(&["restore", "monday", "--to", target, "--force"]).contains("is in use"));
    assert_eq!(server.send("DELETE", "/api/v1/locks", &session, &key).await.0, 200);
    server.kill();
    house.done(&["restore", "monday", "--to", target, "--force"]);
    let server = house.serve();
    assert_eq!(server.send("POST", "/api/v1/locks", &session, &key).await.0, 409, "it is held again");
    server.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_what_is_well_and_what_is_not() {
    let house = House::new().await;
    let (found, well) = house.doctor(&[]);
    assert!(well, "{found:?}");
    let named = |check: &str| {
        found.iter().find(|(name, ..)| name == check).unwrap_or_else(|| panic!("{check}: {found:?}"))
    };
    for check in ["settings", "address", "proxy", "metrics", "database", "durability", "clock", "issuer"] {
        assert_eq!(named(check).1, "ok", "{found:?}");
    }
    assert!(named("issuer").2.contains(house.issuer.url()), "{found:?}");
    let lines = house.done(&["doctor"]);
    assert_eq!(lines.lines().count(), found.len());
    assert!(lines.lines().all(|line| line.starts_with("ok ") || line.starts_with("warn ")), "{lines}");
    if backend() == Backend::Sqlite {
        for check in ["folder", "room", "flush", "integrity"] {
            assert!(found.iter().any(|(name, ..)| name == check), "{check}: {found:?}");
        }
    }

    let failed = |words: &[&str], check: &str, said: &str| {
        let (found, well) = house.doctor(words);
        let one = found.iter().find(|(name, status, _)| name == check && status == "fail");
        assert!(!well && one.is_some_and(|(_, _, text)| text.contains(said)), "{words:?}: {found:?}");
    };
    failed(&["--listen", "nowhere"], "settings", "nowhere");
    failed(&["--database-url", "postgres://nobody:secret@127.0.0.1:9/none"], "database", "does not answer");
    failed(&["--database-url", "sqlite:///proc/stackyard.db"], "folder", "cannot be written");
    let settings = house.folder.path().join("other.toml");
    let url = house.database.url();
    std::fs::write(
        &settings,
        format!(
            "database_url = \"{url}\"\n[[issuers]]\nkind = \"github\"\nhost = \"github.com\"\n\
             url = \"http://127.0.0.1:9\"\naudiences = [\"x\"]\n"
        ),
    )
    .unwrap();
    failed(&["--config", "other.toml"], "issuer", "http://127.0.0.1:9");
    let (found, _) = house.doctor(&["--public-url", "https://stackyard.example"]);
    assert!(found.iter().any(|(name, status, _)| name == "proxy" && status == "warn"), "{found:?}");
    house.database.make_newer("29990101000000");
    failed(&[], "database", "29990101000000");
    let told = house.told(&["doctor", "--database-url", "postgres://nobody:secret@127.0.0.1:9/none"]);
    assert!(!String::from_utf8_lossy(&told.stdout).contains("secret"));
}

#[test]
fn the_doctor_makes_and_migrates_nothing() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_stackyard"));
    command.args(["doctor", "--json"]).current_dir(folder.path()).env_clear();
    let found: Vec<Value> = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    assert!(found.iter().any(|one| one["check"] == "folder" && one["status"] == "warn"), "{found:?}");
    assert!(!folder.path().join("data").exists());
}

/// This machine's clock, wrong by some time.
struct Ahead(Duration);

impl Clock for Ahead {
    fn now(&self) -> Ts {
        SystemClock.now() + self.0
    }
}

/// A server by whose clock it is later than it is.
pub async fn ahead(by: Duration) -> TestApp {
    TestApp::start_with(|parts| {
        let Deps { db, random, site, limits, .. } = &*parts.deps;
        let issuers = Arc::new(Issuers::new(Vec::new(), http_client().unwrap()).unwrap());
        let clock = Arc::new(Ahead(by));
        let deps = Deps::new(db.clone(), clock, Arc::clone(random), issuers, site.clone(), limits.clone());
        parts.deps = Arc::new(deps);
    })
    .await
}

/// Rules §8: whether a lock is held is a matter of the database's clock.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_clock_is_a_day_off_takes_locks_by_the_databases() {
    let app = ahead(Duration::from_secs(86_400)).await;
    let acme = app.acme().await;
    app.allow(&acme, PermissionKind::LocksCreate, ["*", "*", "*"]).await;
    let token = app.repository_token(&acme).await;
    let lock = json!({"key": "acme/infra/dev/vpc", "ttl": 30});
    let taken = app.post("/api/v1/locks").bearer(&token).json(&lock).send().await;
    assert_eq!(taken.status, 201, "{}", taken.text());
    let expires: Ts = taken.envelope()["data"]["expiresAt"].as_str().unwrap().parse().unwrap();
    let (now, tomorrow) = (SystemClock.now(), Duration::from_secs(86_400));
    // SQLite has no other clock than the server's.
    let now = if backend() == Backend::Sqlite { now + tomorrow } else { now };
    assert!(expires > now && expires < now + Duration::from_secs(31), "{expires:?} at {now:?}");
    let again = app.post("/api/v1/locks").bearer(&token).json(&lock).send().await;
    assert_eq!(again.status, 409, "{}", again.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_clock_is_not_the_databases_is_not_ready() {
    for (apart, ready) in [(0, true), (300, true), (3000, false)] {
        let app = ahead(Duration::from_millis(apart)).await;
        let answer = app.get("/readyz").send().await;
        // SQLite has no other clock than this machine's.
        let ready = ready || backend() == Backend::Sqlite;
        assert_eq!(answer.status == 200, ready, "{apart} ms: {}", answer.text());
        assert!(ready || answer.text().contains("clocks"), "{}", answer.text());
        assert_eq!(app.get("/healthz").send().await.status, 200);
    }
}

#[test]
fn the_operators_guide_names_every_setting_and_no_other() {
    let guide = include_str!("../../../docs/operating.md");
    let (_, settings) = guide.split_once("\n## Settings\n").unwrap();
    let settings = settings.split("\n## ").next().unwrap();
    let rows = settings.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let mut rows: Vec<_> = rows.collect();
    let mut names = NAMES.to_vec();
    rows.sort_unstable();
    names.sort_unstable();
    assert_eq!(rows, names, "the table of docs/operating.md");
    let unit = include_str!("../../../packaging/stackyard.service");
    let image = include_str!("../../../packaging/Containerfile");
    let readme = include_str!("../../../README.md");
    let letters = |c: char| c.is_ascii_uppercase() || c == '_';
    for text in [guide, unit, image, readme] {
        for rest in text.split("STACKYARD_").skip(1) {
            let name = &rest[..rest.find(|c| !letters(c)).unwrap_or(rest.len())];
            // `STACKYARD_…` stands for all of them.
            assert!(name.is_empty() || NAMES.contains(&name.to_lowercase().as_str()), "STACKYARD_{name}");
        }
    }
}
