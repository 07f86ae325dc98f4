//! The API against its own description: what the OpenAPI document allows is sent, and what it does not allow, and every answer
//! has to be one that is described. Each kind of thing has a workspace and a key of its own, so that none takes away what
//! another needs, and what takes away comes last.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Outcome, SERVER_SIDE};
use crate::host::{Host, stop};
use crate::tools;

/// The tags of the document, and the scopes of those who try them.
const KINDS: [(&str, &str); 10] = [
    ("Workspace", "workspace:write"),
    ("Members", "members:write"),
    ("Invitations", "invitations:write"),
    ("Groups", "groups:write,members:read"),
    ("Repositories", "repositories:write"),
    ("Permissions", "permissions:write"),
    ("Locks", "locks:write"),
    ("Deployments", "deployments:read"),
    ("Instances", "instances:read"),
    ("Activity", "activity:read"),
];
/// The tag of what the CLI calls in a workflow's name: the recordings hold that to what it really sends and reads.
const OF_WORKFLOWS: &str = "Workflows";
/// What only a workflow makes, and a credential reads.
const MADE_BY_WORKFLOWS: [Made; 3] = [
    Made {
        tag: "Locks",
        name: "lock",
        steps: &[Step {
            kind: "ws:locks:create",
            path: "/api/v1/locks",
            body: r#"{"key": "acme/infra/dev/vpc", "ttl": 86400}"#,
        }],
        list: "/api/v1/locks",
    },
    Made { tag: "Instances", name: "instance", steps: &[INVENTORY], list: "/api/v1/instances" },
    Made {
        tag: "Deployments",
        name: "deployment",
        steps: &[
            INVENTORY,
            Step {
                kind: "ws:deployments:create",
                path: "/api/v1/deployments",
                body: r#"{"stack": "dev", "component": "vpc"}"#,
            },
        ],
        list: "/api/v1/workspace/deployments",
    },
];
const INVENTORY: Step = Step {
    kind: "ws:instances:create",
    path: "/api/v1/instances",
    body: r#"{"instances": [{"stack": "dev", "component": "vpc"}]}"#,
};

/// How a workflow makes something, and where it is listed.
struct Made {
    tag: &'static str,
    /// What its id is called in paths.
    name: &'static str,
    steps: &'static [Step],
    list: &'static str,
}

/// A request of a workflow, with the permission that it takes.
struct Step {
    kind: &'static str,
    path: &'static str,
    body: &'static str,
}

/// Those of the tags that have something to take away.
const TAKING_AWAY: [&str; 5] = ["Members", "Invitations", "Groups", "Repositories", "Permissions"];
const CHECKS: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
/// Requests of one operation in each phase.
const EXAMPLES: &str = "30";
const SEED: &str = "20251121";
/// All of it takes at most so long.
const BUDGET: Duration = Duration::from_secs(180);
const START_LIMIT: Duration = Duration::from_secs(30);

pub fn run(host: &Host) -> Result<Outcome> {
    let program = tools::schemathesis(host)?;
    // The binary that the tests before were built with.
    host.run(host.cargo().args(["test", "--no-run"]).args(SERVER_SIDE))?;
    let begun = Instant::now();
    let server = Server::start(host)?;
    server.every_operation_is_tried()?;
    let mut wrong = Vec::new();
    let mut places = Vec::new();
    for (tag, scopes) in KINDS {
        places.push((tag, server.arrange(host, tag, scopes)?));
    }
    for (tag, place) in &places {
        if !server.try_out(host, &program, tag, place, "^DELETE$")? {
            wrong.push(*tag);
        }
    }
    for (tag, place) in places.iter().filter(|(tag, _)| TAKING_AWAY.contains(tag)) {
        if !server.try_out(host, &program, tag, place, "^(GET|POST|PATCH)$")? {
            wrong.push(*tag);
        }
    }
    ensure!(wrong.is_empty(), "answers that are not described, or errors of ours: {}", wrong.join(", "));
    let took = begun.elapsed();
    ensure!(took <= BUDGET, "it took {} s, and may take {}", took.as_secs(), BUDGET.as_secs());
    Ok(Outcome::Passed(format!("seed {SEED}")))
}

/// A server with a database of its own, stopped and removed when dropped.
struct Server {
    child: Child,
    port: u16,
    folder: TempDir,
    binary: PathBuf,
}

/// A workspace to try something in.
struct Place {
    key: String,
    /// The settings of whoever tries: what there is.
    settings: PathBuf,
}

impl Server {
    fn start(host: &Host) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("stackyard-api-").tempdir()?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let binary = host.target("debug/stackyard");
        let log = fs::File::create(folder.path().join("server.log"))?;
        let mut command = program(host, &binary, folder.path());
        command.arg("serve").env("PORT", port.to_string());
        let child = command.stdout(log.try_clone()?).stderr(log).spawn()?;
        let mut server = Self { child, port, folder, binary };
        server.wait_until_ready()?;
        server.admin(host, &["create-user", "--email", "ida@example.com", "--name", "Ida"])?;
        server.admin(host, &["create-user", "--email", "vic@example.com", "--name", "Vic"])?;
        Ok(server)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let begun = Instant::now();
        while self.ask("GET", "/readyz", "", "").is_err() {
            if self.child.try_wait()?.is_some() || begun.elapsed() > START_LIMIT {
                bail!("the server does not start:\n{}", self.log());
            }
            sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default()
    }

    /// Runs a command of the operator, and gives what it printed.
    fn admin(&self, host: &Host, words: &[&str]) -> Result<String> {
        let mut command = program(host, &self.binary, self.folder.path());
        let printed = host.output(command.arg("admin").args(words));
        Ok(printed
            .with_context(|| format!("`stackyard admin {}` failed", words.join(" ")))?
            .trim()
            .to_owned())
    }

    /// A workspace with one of everything that can be arranged from outside.
    fn arrange(&self, host: &Host, tag: &str, scopes: &str) -> Result<Place> {
        let slug = tag.to_ascii_lowercase();
        let here = ["--workspace", slug.as_str()];
        let admin = |words: &[&str], more: &[&str]| self.admin(host, &[words, &here, more].concat());
        self.admin(
            host,
            &["create-workspace", "--name", tag, "--slug", &slug, "--owner", "ida@example.com"],
        )?;
        let repository = admin(&["add-repository"], &["--name", "acme/infra"])?;
        let infra = ["--repository", "acme/infra"];
        let allow = |kind| admin(&["add-permission"], &[&infra[..], &["--kind", kind]].concat());
        let permission = allow("ws:affected_stacks:create")?;
        let member = admin(&["add-member"], &["--email", "vic@example.com", "--role", "viewer"])?;
        let key = admin(&["create-api-key"], &["--name", "trying", "--scopes", scopes])?;
        let mut there = vec![("repository", repository), ("permission", permission), ("member", member)];
        let mut made = |name: &'static str, path: &str, body: Value| -> Result<()> {
            let answer = self.ask("POST", path, &key, &body.to_string())?;
            let id = answer.pointer("/data/id").and_then(Value::as_str).context("nothing was made")?;
            there.push((name, id.to_owned()));
            Ok(())
        };
        if tag == "Groups" {
            made("group", "/api/v1/groups", json!({"name": "Platform"}))?;
        }
        if tag == "Invitations" {
            let kim = json!({"email": "kim@example.com", "role": "viewer", "way": "copied"});
            made("invitation", "/api/v1/invitations", kim)?;
        }
        if tag == "Activity" {
            there.push(("event", self.first_of("/api/v1/activity", &key)?));
        }
        if let Some(made) = MADE_BY_WORKFLOWS.iter().find(|made| made.tag == tag) {
            let named = [&infra[..], &["--name", "nightly"]].concat();
            let token = admin(&["create-repository-token"], &named)?;
            for step in made.steps {
                allow(step.kind)?;
                self.ask("POST", step.path, &token, step.body)?;
            }
            there.push((made.name, self.first_of(made.list, &key)?));
        }
        let lines = there.iter().map(|(name, id)| format!("\"path.{name}\" = \"{id}\"\n"));
        let settings = self.folder.path().join(format!("{slug}.toml"));
        fs::write(&settings, format!("[parameters]\n{}", lines.collect::<String>()))?;
        Ok(Place { key, settings })
    }

    /// The id of the first entry of a list.
    fn first_of(&self, list: &str, key: &str) -> Result<String> {
        let answer = self.ask("GET", list, key, "")?;
        let first = answer.pointer("/data/items/0/id").and_then(Value::as_str);
        Ok(first.with_context(|| format!("{list} is empty"))?.to_owned())
    }

    /// Fails when the document has an operation whose tag nobody tries.
    fn every_operation_is_tried(&self) -> Result<()> {
        let document = self.ask("GET", "/api/v1/openapi.json", "", "")?;
        let paths = document.pointer("/paths").and_then(Value::as_object).context("it has no paths")?;
        let operations = paths.values().filter_map(Value::as_object).flat_map(|path| path.values());
        let tags = operations.filter_map(|operation| operation.pointer("/tags/0")?.as_str());
        for tag in tags {
            let tried = KINDS.iter().any(|(known, _)| *known == tag);
            ensure!(tried || tag == OF_WORKFLOWS, "nobody tries the operations of {tag}");
        }
        Ok(())
    }

    /// Tries the operations of a tag, without those of some methods. False when an answer was not as described.
    fn try_out(&self, host: &Host, program: &Path, tag: &str, place: &Place, without: &str) -> Result<bool> {
        let mut command = host.command(program);
        command.current_dir(self.folder.path()).arg("--config-file").arg(&place.settings);
        command.args(["run", &format!("http://localhost:{}/api/v1/openapi.json", self.port)]);
        command.args(["--include-tag", tag, "--exclude-method-regex", without]);
        command.args(["--header", &format!("Authorization: Bearer {}", place.key)]);
        command.args(["--checks", CHECKS, "--phases", "coverage,fuzzing", "--max-examples", EXAMPLES]);
        command.args(["--seed", SEED, "--workers", "1", "--warnings", "off"]);
        match host.run(&mut command) {
            Err(error) if host.interrupted() => Err(error),
            outcome => Ok(outcome.is_ok()),
        }
    }

    /// One request, and the JSON of its answer.
    fn ask(&self, method: &str, path: &str, bearer: &str, body: &str) -> Result<Value> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        let (port, length) = (self.port, body.len());
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: localhost:{port}\r\nauthorization: Bearer {bearer}\r\n\
             content-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
        let status = head.lines().next().unwrap_or_default();
        ensure!(status.contains(" 200") || status.contains(" 201"), "{method} {path}: {answer}");
        Ok(serde_json::from_str(body).unwrap_or_default())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = stop(&mut self.child, Signal::TERM) {
            println!("xtask: the server does not stop: {error}");
        }
    }
}

/// The server's program in a folder of its own.
fn program(host: &Host, binary: &Path, folder: &Path) -> Command {
    let mut command = host.command(binary);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("STACKYARD_")) {
            command.env_remove(name);
        }
    }
    let database = format!("sqlite://{}", folder.join("stackyard.db").display());
    command.current_dir(folder).stdin(Stdio::null()).env("STACKYARD_DATABASE_URL", database);
    command
}
