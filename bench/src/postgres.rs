//! The throw-away PostgreSQL that `xtask` started, and its own `pgbench`, which writes the same rows as the server does
//! and nothing else. The scripts are SQL, since that is what `pgbench` runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

/// Where `xtask` says how the server is reached, as for tests.
const VARIABLE: &str = "STACKYARD_TEST_POSTGRES";

/// The server, and where its programs are.
pub struct Postgres {
    url: String,
    programs: PathBuf,
}

/// What a run of `pgbench` came to.
pub struct Outcome {
    /// Runs of the script a second.
    pub rate: f64,
    /// Milliseconds of one, on average.
    pub latency: f64,
}

/// What `pgbench` is to do.
#[derive(Clone, Copy)]
pub struct Script<'a> {
    /// The script.
    pub sql: &'a str,
    /// What stands for its variables.
    pub variables: &'a [(&'a str, &'a str)],
    /// Connections.
    pub clients: usize,
    /// For how long.
    pub seconds: u32,
}

impl Postgres {
    /// The server that the environment names, with its programs in a folder.
    pub fn new(programs: &Path) -> Result<Self> {
        let url = std::env::var(VARIABLE).with_context(|| format!("{VARIABLE} names no server"))?;
        Ok(Self { url, programs: programs.to_path_buf() })
    }

    /// Makes an empty database and gives its address.
    pub fn database(&self, name: &str) -> Result<String> {
        let output = self.command("createdb", &self.url)?.arg(name).output()?;
        ensure!(output.status.success(), "createdb: {}", String::from_utf8_lossy(&output.stderr));
        let (base, _) = self.url.rsplit_once('/').context("the address names no database")?;
        Ok(format!("{base}/{name}"))
    }

    /// Runs a script in a database.
    pub fn pgbench(&self, url: &str, folder: &Path, script: Script<'_>) -> Result<Outcome> {
        let file = folder.join("pgbench.sql");
        fs::write(&file, script.sql)?;
        let mut command = self.command("pgbench", url)?;
        command.args(["--no-vacuum", "--protocol", "prepared", "--jobs", "2"]);
        command.args(["--client", &script.clients.to_string(), "--time", &script.seconds.to_string()]);
        command.arg("--file").arg(&file);
        for (name, value) in script.variables {
            command.arg("--define").arg(format!("{name}={value}"));
        }
        let output = command.output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "pgbench: {wrong}");
        let number = |before: &str| {
            let rest = said.lines().find_map(|line| line.strip_prefix(before))?;
            rest.split_whitespace().next()?.parse::<f64>().ok()
        };
        match (number("tps = "), number("latency average = "), number("number of failed transactions: ")) {
            (Some(rate), Some(latency), None | Some(0.0)) => Ok(Outcome { rate, latency }),
            _ => bail!("pgbench: {said}{wrong}"),
        }
    }

    /// One of its programs, told how to reach a database.
    fn command(&self, name: &str, url: &str) -> Result<Command> {
        let parts = parts(url).context("the address is not as xtask makes it")?;
        let mut command = Command::new(self.programs.join(name));
        let names = ["PGUSER", "PGPASSWORD", "PGHOST", "PGPORT", "PGDATABASE"];
        command.envs(names.into_iter().zip(parts));
        Ok(command)
    }
}

/// User, password, host, port and database of `postgres://user:password@host:port/database`.
fn parts(url: &str) -> Option<[&str; 5]> {
    let (who, place) = url.strip_prefix("postgres://")?.split_once('@')?;
    let (user, password) = who.split_once(':')?;
    let (server, database) = place.split_once('/')?;
    let (host, port) = server.split_once(':')?;
    Some([user, password, host, port, database])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let url = "postgres://stackyard:secret@127.0.0.1:5432/postgres";
        assert_eq!(parts(url), Some(["stackyard", "secret", "127.0.0.1", "5432", "postgres"]));
        assert_eq!(parts("sqlite://x"), None);
    }
}
