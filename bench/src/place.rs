//! Where servers run that are measured: a folder that is thrown away, with a workspace of fifty repositories in it.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use stackyard_oidc::testing::TestIssuer;
use tempfile::TempDir;

/// How many repositories the workspace has, and so rows its page.
pub const REPOSITORIES: usize = 50;
/// Who is signed in.
pub const EMAIL: &str = "ida@bench.example";
/// Their password.
pub const PASSWORD: &str = "a long enough password";
/// The workspace's part of the address.
pub const SLUG: &str = "bench";

/// The folder, and what was made in it.
pub struct Place {
    folder: TempDir,
    program: PathBuf,
    /// The workspace's id.
    pub workspace: String,
}

impl Place {
    /// Makes the workspace with `stackyard admin`, trusting `issuer`.
    pub fn new(scratch: &Path, program: &Path, issuer: &TestIssuer) -> Result<Self> {
        fs::create_dir_all(scratch)?;
        let folder = tempfile::tempdir_in(scratch)?;
        let mut place = Self { folder, program: program.to_path_buf(), workspace: String::new() };
        let trust = format!(
            "[[issuers]]\nkind = \"github\"\nhost = \"github.com\"\nurl = \"{}\"\naudiences = [\"atmos-pro.com\"]\n",
            issuer.url()
        );
        fs::write(place.path("stackyard.toml"), trust)?;
        place.admin(&["create-user", "--email", EMAIL, "--name", "Ida", "--password-stdin"])?;
        place.workspace =
            place.admin(&["create-workspace", "--name", "Bench", "--slug", SLUG, "--owner", EMAIL])?;
        for name in names() {
            place.admin(&["add-repository", "--workspace", SLUG, "--name", &name])?;
        }
        for kind in ["ws:locks:create", "ws:locks:delete", "ws:instances:create", "ws:affected_stacks:create"]
        {
            let patterns = ["--workflow", r"deploy.*\.yaml", "--branch", "main|release/.*"];
            let command =
                ["add-permission", "--workspace", SLUG, "--repository", "acme/infra", "--kind", kind];
            place.admin(&[&command[..], &patterns[..]].concat())?;
        }
        Ok(place)
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The server that is measured, with its log in a file.
    pub fn serve(&self) -> Result<Command> {
        let mut command = self.command();
        command.arg("serve").arg("--config").arg(self.path("stackyard.toml"));
        command.args(["--listen", "127.0.0.1:0"]);
        command.arg("--database-url").arg(self.database_url());
        command.stderr(File::create(self.path("log"))?);
        Ok(command)
    }

    /// A copy of the database, for a floor. Nothing may be running yet.
    pub fn copy(&self, name: &str) -> Result<PathBuf> {
        let copy = self.path(name);
        fs::copy(self.path("stackyard.db"), &copy)?;
        Ok(copy)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        // Settings of whoever runs this are not what is measured.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name == "PORT" || name.starts_with("STACKYARD_")) {
                command.env_remove(name);
            }
        }
        command.current_dir(self.folder.path());
        command
    }

    fn database_url(&self) -> String {
        format!("sqlite://{}", self.path("stackyard.db").display())
    }

    /// Runs a command of `stackyard admin` and gives the line that it prints.
    fn admin(&self, words: &[&str]) -> Result<String> {
        let mut command = self.command();
        command.arg("admin").arg("--config").arg(self.path("stackyard.toml"));
        command.arg("--database-url").arg(self.database_url()).args(words);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} does not start", self.program.display()))?;
        child.stdin.take().context("no standard input")?.write_all(PASSWORD.as_bytes())?;
        let output = child.wait_with_output()?;
        ensure!(output.status.success(), "`stackyard admin {}` failed", words.join(" "));
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }
}

/// The repositories' names; the tokens are of the first.
pub fn names() -> Vec<String> {
    let mut names = vec!["acme/infra".to_owned()];
    names.extend((1..REPOSITORIES).map(|n| format!("acme/service-{n:02}")));
    names
}
