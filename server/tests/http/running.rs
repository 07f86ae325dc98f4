//! The program over real connections, on whichever database the run is for.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use diesel::QueryDsl as _;
use diesel_async::RunQueryDsl as _;
use parking_lot::Mutex;
use serde_json::{Value, json};
use stackyard_db::run;
use stackyard_db::schema::locks;
use stackyard_db::testing::TestDb;
use stackyard_domain::{
    Clock as _, Ctx, Deps, Limits, RequestInfo, Site, SystemClock, SystemRandom, sessions,
};
use stackyard_oidc::testing::{TestClaims, TestIssuer};
use stackyard_oidc::{Issuers, http_client};
use tempfile::TempDir;

/// A folder with the settings of a server, its database, and the issuer that it trusts.
pub struct House {
    pub folder: TempDir,
    pub database: TestDb,
    pub issuer: TestIssuer,
    pub workspace: String,
    /// Olga's, who owns it.
    pub password: String,
}

impl House {
    /// With the workspace `acme` and its repository `acme/infra`, every workflow of which may take and release locks.
    pub async fn new() -> Self {
        let house = Self {
            folder: TempDir::new().unwrap(),
            database: TestDb::untouched(),
            issuer: TestIssuer::start().await,
            workspace: String::new(),
            password: String::new(),
        };
        // As an operator would write it: without this server's own audience, which is taken anyway.
        let settings = format!(
            "database_url = \"{}\"\n[[issuers]]\nkind = \"github\"\nhost = \"github.com\"\nurl = \"{}\"\n\
             audiences = [\"atmos-pro.com\"]\n",
            house.database.url(),
            house.issuer.url()
        );
        std::fs::write(house.folder.path().join("stackyard.toml"), settings).unwrap();
        let olga = house.admin(&["create-user", "--email", "olga@example.com", "--name", "Olga"]);
        let password = olga.lines().nth(1).unwrap().to_owned();
        let workspace = house.admin(&[
            "create-workspace",
            "--name",
            "Acme",
            "--slug",
            "acme",
            "--owner",
            "olga@example.com",
        ]);
        house.admin(&["add-repository", "--workspace", "acme", "--name", "acme/infra"]);
        for kind in ["ws:locks:create", "ws:locks:delete"] {
            house.admin(&[
                "add-permission",
                "--workspace",
                "acme",
                "--repository",
                "acme/infra",
                "--kind",
                kind,
            ]);
        }
        Self { workspace, password, ..house }
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stackyard"));
        command.current_dir(self.folder.path()).args(words).env_clear();
        command
    }

    pub fn admin(&self, words: &[&str]) -> String {
        let output = self.command(&[&["admin"], words].concat()).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// What services need to work on its database beside the program, as if they were at `url`.
    pub async fn deps(&self, url: &str) -> Deps {
        let issuers = Arc::new(Issuers::new(Vec::new(), http_client().unwrap()).unwrap());
        let site =
            Site { public_url: url.to_owned(), anyone_may_create_workspaces: true, this_machine_only: false };
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        Deps::new(self.database.open().await, clock, random, issuers, site, Limits::default())
    }

    /// The cookie of Olga's browser. The program that tests run has no pages, and so no form to sign in with.
    pub async fn sign_in(&self, url: &str) -> String {
        let ctx = Ctx::new(Arc::new(self.deps(url).await), RequestInfo::default());
        let session = sessions::sign_in(&ctx, "olga@example.com", &self.password).await.unwrap();
        ctx.deps().db.close().await;
        format!("stackyard_{}={}", url.rsplit_once(':').unwrap().1, session.cookie.expose())
    }

    pub fn serve(&self) -> Serving {
        self.serve_with(&[])
    }

    /// With more flags.
    pub fn serve_with(&self, flags: &[&str]) -> Serving {
        let mut command = self.command(&[&["serve", "--listen", "127.0.0.1:0"], flags].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let first = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        let url = first.strip_prefix("Stackyard is at ").unwrap().to_owned();
        Serving { child, url }
    }

    pub fn token(&self, audience: &str) -> String {
        self.issuer.sign(&TestClaims::github(SystemClock.now()).set("aud", audience))
    }
}

/// A server that is running.
pub struct Serving {
    pub child: Child,
    pub url: String,
}

impl Serving {
    pub async fn send(&self, method: &str, path: &str, bearer: &str, body: &Value) -> (u16, Value) {
        send(&self.url, method, path, bearer, body).await.unwrap()
    }

    pub async fn session(&self, house: &House) -> String {
        let body = json!({"token": house.token("atmos-pro.com"), "workspaceId": house.workspace});
        let (status, answer) = self.send("POST", "/api/v1/auth/github-oidc", "", &body).await;
        assert_eq!(status, 200, "{answer}");
        answer["data"]["token"].as_str().unwrap().to_owned()
    }

    /// As a machine that loses its power would.
    pub fn kill(self) {
        drop(self);
    }
}

/// So that a test that fails leaves nothing behind.
impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request on a connection of its own. None when the server went away.
async fn send(url: &str, method: &str, path: &str, bearer: &str, body: &Value) -> Option<(u16, Value)> {
    let client = http_client().unwrap();
    let request = client
        .request(method.parse().unwrap(), format!("{url}{path}"))
        .header("authorization", format!("Bearer {bearer}"))
        .header("content-type", "application/json");
    let request = if body.is_null() { request } else { request.body(body.to_string()) };
    let answer = request.send().await.ok()?;
    let status = answer.status().as_u16();
    let bytes = answer.bytes().await.ok()?;
    Some((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_takes_a_lock_and_a_second_server_on_the_same_database_knows_it() {
    let house = House::new().await;
    let first = house.serve();
    let session = first.session(&house).await;
    let key = json!({"key": "acme/infra/dev/vpc", "ttl": 600});
    let (status, taken) = first.send("POST", "/api/v1/locks", &session, &key).await;
    assert_eq!(status, 201, "{taken}");
    let second = house.serve();
    assert_eq!(second.send("POST", "/api/v1/locks", &session, &key).await.0, 409);
    assert_eq!(second.send("DELETE", "/api/v1/locks", &session, &key).await.0, 200);
    assert_eq!(second.send("GET", "/readyz", "", &Value::Null).await.0, 200);
    second.kill();
    assert_eq!(first.send("POST", "/api/v1/locks", &session, &key).await.0, 201);
    first.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_connections_gets_a_session_for_one_token() {
    let house = House::new().await;
    let server = house.serve();
    for audience in ["atmos-pro.com", server.url.as_str()] {
        let body = json!({"token": house.token(audience), "workspaceId": house.workspace});
        let send = || server.send("POST", "/api/v1/auth/github-oidc", "", &body);
        let (a, b, c, d) = tokio::join!(send(), send(), send(), send());
        let mut statuses = [a.0, b.0, c.0, d.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 400, 400, 400], "{audience}: {a:?}");
    }
    server.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_lock_that_was_acknowledged_is_there_after_kill_9() {
    const ROUNDS: u64 = 20;
    let house = House::new().await;
    let mut server = house.serve();
    let session = server.session(&house).await;
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    for round in 0..ROUNDS {
        let clients: Vec<_> = (0..8)
            .map(|client| {
                let (url, session) = (server.url.clone(), session.clone());
                let acknowledged = Arc::clone(&acknowledged);
                tokio::spawn(async move {
                    for number in 0.. {
                        let key = format!("acme/infra/dev/{round}-{client}-{number}");
                        let body = json!({"key": key, "ttl": 86_400});
                        match send(&url, "POST", "/api/v1/locks", &session, &body).await {
                            Some((201, _)) => acknowledged.lock().push(key),
                            Some((status, answer)) => panic!("{status} {answer}"),
                            None => return,
                        }
                    }
                })
            })
            .collect();
        let before = acknowledged.lock().len();
        while acknowledged.lock().len() == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(10 + 7 * round)).await;
        server.kill();
        for client in clients {
            client.await.unwrap();
        }
        server = house.serve();
    }
    server.kill();
    let db = house.database.open().await;
    let mut conn = db.read().await.unwrap();
    let stored: Vec<String> = run!(&mut conn, |c| locks::table.select(locks::key).load(c).await).unwrap();
    let stored: HashSet<_> = stored.into_iter().collect();
    let acknowledged = acknowledged.lock();
    let lost = acknowledged.iter().filter(|key| !stored.contains(*key)).count();
    assert_eq!(lost, 0, "of {}", acknowledged.len());
    // Each round goes on until something was acknowledged.
    assert!(acknowledged.len() >= usize::try_from(ROUNDS).unwrap(), "{}", acknowledged.len());
}

#[test]
fn a_database_that_cannot_be_used_is_one_clear_line() {
    let folder = TempDir::new().unwrap();
    for (url, said) in [
        // Nobody may make files there, the superuser neither.
        ("sqlite:///proc/stackyard/stackyard.db", "/proc/stackyard"),
        ("sqlite:///proc/stackyard.db", "/proc/stackyard.db"),
        ("postgres://nobody:secret@127.0.0.1:9/none", "127.0.0.1"),
        ("postgres://", "postgres"),
        ("postgres://[::", ""),
    ] {
        let started = std::time::Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_stackyard"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database-url", url])
            .current_dir(Path::new(folder.path()))
            .env_clear()
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{url}: {text}");
        let lines: Vec<_> = text.trim_end().lines().collect();
        assert_eq!(lines.len(), 1, "{url}: {text}");
        assert!(text.starts_with("stackyard: ") && text.contains(said), "{url}: {text}");
        assert!(!text.contains("secret"), "{text}");
        assert!(started.elapsed() < Duration::from_secs(20), "{url}");
    }
}
