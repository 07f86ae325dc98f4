//! The program itself: what it prints, how it ends, what is there afterwards.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use stackyard_db::testing::TestDb;
use tempfile::TempDir;

use crate::support::TestApp;

/// `stackyard` in a folder, without the settings of whoever runs the tests.
fn stackyard(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stackyard"));
    command.current_dir(folder).args(arguments).env_clear();
    command
}

fn output(folder: &Path, arguments: &[&str]) -> Output {
    stackyard(folder, arguments).output().unwrap()
}

fn stdout(folder: &Path, arguments: &[&str]) -> String {
    let output = output(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// The one line with which it refuses.
fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(text.trim_end().lines().count(), 1, "{text}");
    assert!(text.starts_with("stackyard: "), "{text}");
    text
}

/// A running server.
struct Running {
    child: Child,
    port: u16,
    printed: Vec<String>,
    /// Kept open, since what is written to a closed terminal is an error.
    _output: Box<dyn Iterator<Item = std::io::Result<String>>>,
}

impl Running {
    /// With its output kept by a program, as this one.
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = Self::spawn(folder, arguments, Stdio::piped());
        let output = child.stdout.take().unwrap();
        Self::read(child, output)
    }

    /// With its output on a terminal.
    fn start_on_a_terminal(folder: &Path, arguments: &[&str]) -> Self {
        use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let theirs = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        let child = Self::spawn(folder, arguments, theirs.into());
        Self::read(child, File::from(ours))
    }

    fn spawn(folder: &Path, arguments: &[&str], output: Stdio) -> Child {
        let mut command = stackyard(folder, &[&["serve", "--listen", "127.0.0.1:0"], arguments].concat());
        command.stdout(output).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn read(child: Child, output: impl Read + 'static) -> Self {
        let mut lines = BufReader::new(output).lines();
        let first = lines.next().unwrap().unwrap();
        let port = first.trim_end().rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap();
        // What is printed about the first account ends with an empty line.
        let printed = lines.by_ref().map_while(Result::ok).take(4).collect();
        Self { child, port, printed, _output: Box::new(lines) }
    }

    fn get(&self, target: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let host = format!("localhost:{}", self.port);
        write!(stream, "GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Asks it to stop, and gives its log.
    fn stop(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        assert!(self.child.wait().unwrap().success(), "{log}");
        log
    }
}

#[test]
fn without_settings_it_serves_from_a_private_folder_and_prints_the_link_to_the_terminal_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let server = Running::start_on_a_terminal(folder.path(), &["--log-format", "json"]);
    let printed = server.printed.join("\n");
    let link = printed.split_whitespace().find(|word| word.contains("/setup?token=")).unwrap().to_owned();
    assert!(link.starts_with(&format!("http://localhost:{}/setup?token=setup_", server.port)), "{link}");
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
    let (_, query) = link.split_once('?').unwrap();
    server.get(&format!("/setup?{query}"));
    for (path, rights) in [("data", 0o700), ("data/stackyard.db", 0o600), ("data/stackyard.db-wal", 0o600)] {
        let mode = std::fs::metadata(folder.path().join(path)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, rights, "{path}");
    }

    let log = server.stop();
    let secret = link.split_once("token=").unwrap().1;
    assert!(!log.contains(secret), "{log}");
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let asked = lines.iter().find(|line| line["route"] == "/setup").unwrap();
    assert_eq!((asked["method"].as_str(), asked["trace_id"].as_str().map(str::len)), (Some("GET"), Some(20)));
    assert!(asked["status"].is_u64() && asked["ms"].is_f64(), "{asked}");
}

#[test]
fn where_its_output_is_kept_the_link_is_not_printed_but_can_be_had() {
    let folder = TempDir::new().unwrap();
    let server = Running::start(folder.path(), &["--log-format", "json"]);
    let printed = server.printed.join("\n");
    assert!(printed.contains("stackyard admin setup-link") && !printed.contains("setup_"), "{printed}");
    let port = server.port.to_string();
    let made = stackyard(folder.path(), &["admin", "setup-link"]).env("PORT", &port).output().unwrap();
    let link = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    assert!(link.starts_with(&format!("http://localhost:{port}/setup?token=setup_")), "{link}");
    let log = server.stop();
    assert!(!log.contains("setup_"), "{log}");

    stdout(folder.path(), &["admin", "create-user", "--email", "olga@example.com", "--name", "Olga"]);
    let mut child = Running::spawn(folder.path(), &[], Stdio::piped());
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().starts_with("Stackyard is at "));
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    assert!(lines.next().is_none(), "there is somebody");
}

#[test]
fn a_database_of_a_newer_version_is_one_clear_line() {
    let folder = TempDir::new().unwrap();
    let database = TestDb::new();
    database.make_newer("29990101000000");
    let url = database.url();
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["migrate"], &["admin", "setup-link"]] {
        let refused = output(folder.path(), &[arguments, &["--database-url", &url]].concat());
        let text = refusal(&refused);
        assert!(text.contains("newer version of Stackyard") && text.contains("29990101000000"), "{text}");
        assert!(refused.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_taken_port_is_one_clear_line() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let refused = stackyard(folder.path(), &["serve"]).env("PORT", &port).output().unwrap();
    let text = refusal(&refused);
    assert!(text.contains(&port) && text.contains("taken"), "{text}");
    assert!(!folder.path().join("data").exists(), "nothing is made before the port is ours");
}

#[test]
fn what_cannot_be_used_is_one_clear_line() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    for (arguments, said) in [
        (&["--database-url", "sqlite://file/data/stackyard.db"][..], "file/data"),
        (&["--database-url", "mysql://localhost/x"], "mysql"),
        (&["--public-url", "stackyard.example"], "stackyard.example"),
        (&["--public-url", "http://stackyard.example"], "--insecure-http"),
        (&["--config", "missing.toml"], "missing.toml"),
        (&["--log", "stackyard=loud"], "loud"),
    ] {
        let text =
            refusal(&output(folder.path(), &[&["serve", "--listen", "127.0.0.1:0"], arguments].concat()));
        assert!(text.contains(said), "{arguments:?}: {text}");
    }
    let port = stackyard(folder.path(), &["serve"]).env("PORT", "many").output().unwrap();
    assert!(refusal(&port).contains("PORT"));
    let variable =
        stackyard(folder.path(), &["serve"]).env("STACKYARD_CI_SESSION_MINUTES", "61").output().unwrap();
    assert!(refusal(&variable).contains("between 1 and 60"));
    std::fs::write(folder.path().join("stackyard.toml"), "listn = '127.0.0.1:1'").unwrap();
    assert!(refusal(&output(folder.path(), &["migrate"])).contains("listn"));
}

#[test]
fn flags_win_over_variables_and_these_over_the_file() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("stackyard.toml"), "database_url = 'sqlite://file.db'").unwrap();
    assert!(output(folder.path(), &["migrate"]).status.success());
    assert!(folder.path().join("file.db").exists());
    let variable = ("STACKYARD_DATABASE_URL", "sqlite://variable.db");
    let mut command = stackyard(folder.path(), &["migrate"]);
    assert!(command.env(variable.0, variable.1).output().unwrap().status.success());
    assert!(folder.path().join("variable.db").exists());
    let mut command = stackyard(folder.path(), &["migrate", "--database-url", "sqlite://flag.db"]);
    assert!(command.env(variable.0, variable.1).output().unwrap().status.success());
    assert!(folder.path().join("flag.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_took_an_address_by_a_link_that_was_handed_over_is_not_taken_for_its_owner() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    app.unproved("Mallory").await;
    app.workspace(&place.owner, "treasury").await;
    let folder = TempDir::new().unwrap();
    let database = ["--database-url", &app.database().url()];
    let add = |email: &str| {
        let named = ["admin", "add-member", "--workspace", "treasury", "--role", "admin", "--email", email];
        output(folder.path(), &[&named[..], &database].concat())
    };
    let text = refusal(&add("mallory@example.com"));
    assert!(text.contains("Nobody has proved") && text.contains("Mallory"), "{text}");
    let id = text.split_once("account ").unwrap().1.split(' ').next().unwrap();
    assert!(add(id).status.success(), "who knows better says which account is meant");
    assert!(refusal(&add("olga@example.com")).contains("member already"), "what the operator made is known");
}

#[test]
fn the_operator_can_do_everything_for_a_first_lock_at_the_command_line() {
    let folder = TempDir::new().unwrap();
    let admin = |arguments: &[&str]| stdout(folder.path(), &[&["admin"], arguments].concat());
    assert!(admin(&["setup-link"]).starts_with("http://localhost:3000/setup?token=setup_"));
    let public = admin(&["setup-link", "--public-url", "https://stackyard.example"]);
    assert!(public.starts_with("https://stackyard.example/setup?token=setup_"), "{public}");
    let made = admin(&["create-user", "--email", "olga@example.com", "--name", "Olga"]);
    let (id, password) = made.split_once('\n').unwrap();
    assert!(id.starts_with("usr_") && password.len() == 24, "{made}");
    let text = refusal(&output(folder.path(), &["admin", "setup-link"]));
    assert!(text.contains("account already"), "{text}");
    admin(&["create-user", "--email", "mira@example.com", "--name", "Mira"]);
    let workspace = admin(&["create-workspace", "--name", "Acme Platform", "--owner", "olga@example.com"]);
    assert!(workspace.starts_with("ws_"), "{workspace}");
    let here = ["--workspace", "acme-platform"];
    admin(&[&["add-member", "--email", "mira@example.com", "--role", "viewer"], &here[..]].concat());
    admin(&[&["add-repository", "--name", "acme/infra"], &here[..]].concat());
    let repository = ["--repository", "Acme/Infra"];
    let kind = ["add-permission", "--kind", "ws:locks:create", "--branch", "main|release/.*"];
    assert!(admin(&[&kind[..], &here, &repository].concat()).starts_with("perm_"));
    let token = admin(&[&["create-repository-token", "--name", "nightly"], &here[..], &repository].concat());
    assert!(token.starts_with("stackyard_repo_"), "{token}");
    let key = ["create-api-key", "--name", "robot", "--scopes", "groups:read,locks:write"];
    assert!(admin(&[&key[..], &here].concat()).starts_with("key_"));
    assert_eq!(admin(&[&["revoke-sessions"], &here[..], &repository].concat()), "0");
    assert_eq!(admin(&[&["revoke-sessions"], &here[..]].concat()), "0");
    assert_eq!(admin(&["disable-user", "--email", "mira@example.com"]), "");
    assert_eq!(admin(&["enable-user", "--email", "mira@example.com"]), "");
    assert_eq!(admin(&["disable-user", "--email", id]), "", "by the account's id");

    for (arguments, said) in [
        (&["add-repository", "--name", "acme/x", "--workspace", "nope"][..], "no workspace"),
        (&["revoke-sessions", "--workspace", "nope"], "no workspace"),
        (&["revoke-sessions", "--workspace", "acme-platform", "--repository", "acme/x"], "no repository"),
        (&["disable-user", "--email", "who@example.com"], "no account"),
        (&["enable-user", "--email", "who@example.com"], "no account"),
        (&["enable-user", "--email", "usr_00000000000000000000000000"], "no account"),
        (&["create-workspace", "--name", "X", "--owner", "olga@example.com"], "characters"),
        (&["create-workspace", "--name", "Other", "--owner", "who@example.com"], "no account"),
        (&["add-member", "--workspace", "acme-platform", "--email", "mira@example.com"], "member already"),
    ] {
        let text = refusal(&output(folder.path(), &[&["admin"], arguments].concat()));
        assert!(text.contains(said), "{arguments:?}: {text}");
    }
    // What is no word of a list is refused with the list.
    for (arguments, said) in [
        (
            vec![
                "add-member",
                "--workspace",
                "acme-platform",
                "--email",
                "mira@example.com",
                "--role",
                "owner",
            ],
            "possible values: admin, billing, member, viewer",
        ),
        (
            [&kind[..], &here, &repository, &["--events", "pul_request"]].concat(),
            "possible values: pull_request, pull_request_target, workflow_run, issue_comment",
        ),
    ] {
        let refused = output(folder.path(), &[&["admin"], &arguments[..]].concat());
        let text = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(2) && text.contains(said), "{arguments:?}: {text}");
    }
}

#[test]
fn a_password_can_be_given_and_changed() {
    let folder = TempDir::new().unwrap();
    let with_password = |arguments: &[&str], password: &str| {
        let mut child = stackyard(folder.path(), &[&["admin"], arguments, &["--password-stdin"]].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let new = ["create-user", "--email", "olga@example.com", "--name", "Olga"];
    assert!(refusal(&with_password(&new, "short\n")).contains("characters"));
    let made = with_password(&new, "correct horse battery staple\n");
    let printed = String::from_utf8(made.stdout).unwrap();
    assert!(printed.starts_with("usr_") && printed.trim_end().lines().count() == 1, "{printed}");
    let change = ["set-password", "--email", "olga@example.com"];
    assert!(with_password(&change, "another battery staple").status.success());
}
