//! Where servers run that are measured: a folder that is thrown away, with a workspace of repositories in a database.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use stackyard_oidc::testing::TestIssuer;
use tempfile::TempDir;

use crate::home::Home;

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
    /// Where the database is.
    pub database_url: String,
    /// The workspace's id.
    pub workspace: String,
}

/// What a place is made of.
pub struct Plan<'a> {
    /// Where its folder is made.
    pub scratch: &'a Path,
    /// The server.
    pub program: &'a Path,
    /// Whom the server trusts.
    pub issuer: &'a TestIssuer,
    /// An empty database; SQLite in the folder when none is given.
    pub database_url: Option<String>,
    /// The repositories' names.
    pub names: &'a [String],
    /// The runs of how many of them may do everything.
    pub able: usize,
}

impl Place {
    /// Makes the folder and what is in the database.
    pub async fn new(plan: Plan<'_>) -> Result<Self> {
        fs::create_dir_all(plan.scratch)?;
        let folder = tempfile::tempdir_in(plan.scratch)?;
        let beside = || format!("sqlite://{}", folder.path().join("stackyard.db").display());
        let database_url = plan.database_url.unwrap_or_else(beside);
        let home = Home::open(&database_url).await?;
        let workspace = home.furnish(plan.names, plan.able).await?;
        home.close().await;
        let place = Self { folder, program: plan.program.to_path_buf(), database_url, workspace };
        let trust = format!(
            "[[issuers]]\nkind = \"github\"\nhost = \"github.com\"\nurl = \"{}\"\naudiences = [\"atmos-pro.com\"]\n",
            plan.issuer.url()
        );
        fs::write(
            place.path("stackyard.toml"),
            format!("database_url = \"{}\"\n{trust}", place.database_url),
        )?;
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
        let mut command = Command::new(&self.program);
        // Settings of whoever runs this are not what is measured.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name == "PORT" || name.starts_with("STACKYARD_")) {
                command.env_remove(name);
            }
        }
        command.current_dir(self.folder.path());
        command.arg("serve").arg("--config").arg(self.path("stackyard.toml"));
        command.args(["--listen", "127.0.0.1:0"]);
        command.stderr(File::create(self.path("log"))?);
        Ok(command)
    }

    /// A copy of the database, for a floor. Nothing may be running yet.
    pub fn copy(&self, name: &str) -> Result<PathBuf> {
        let copy = self.path(name);
        fs::copy(self.path("stackyard.db"), &copy)?;
        Ok(copy)
    }
}

/// The repositories' names; the tokens are of the first.
pub fn names(count: usize) -> Vec<String> {
    let mut names = vec!["acme/infra".to_owned()];
    names.extend((1..count).map(|n| format!("acme/service-{n:02}")));
    names
}
