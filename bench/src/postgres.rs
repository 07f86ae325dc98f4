//! The throw-away PostgreSQL that `xtask` started, and its own `pgbench`, which writes the same rows as the server does
//! and nothing else. The scripts are SQL, since that is what `pgbench` runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

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

/// Runs of a script for each batch of events that is sealed, as many as the server seals at once under load.
const RUNS_A_SEAL: u32 = 300;

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
        self.make(name, "template1")
    }

    /// Makes a copy of the database at an address, to which nothing may be connected, and gives the copy's address.
    pub fn copy(&self, name: &str, url: &str) -> Result<String> {
        let (_, template) = url.rsplit_once('/').context("the address names no database")?;
        self.make(name, template)
    }

    fn make(&self, name: &str, template: &str) -> Result<String> {
        let output = self.command("createdb", &self.url)?.args(["--template", template, name]).output()?;
        ensure!(output.status.success(), "createdb: {}", String::from_utf8_lossy(&output.stderr));
        let (base, _) = self.url.rsplit_once('/').context("the address names no database")?;
        Ok(format!("{base}/{name}"))
    }

    /// Runs a script in a database, and now and then what seals its events. Gives how the script did.
    pub fn pgbench(&self, url: &str, folder: &Path, script: Script<'_>) -> Result<Outcome> {
        let (file, seal) = (folder.join("pgbench.sql"), folder.join("seal.sql"));
        fs::write(&file, script.sql)?;
        fs::write(&seal, include_str!("pgbench/seal.sql"))?;
        let mut command = self.command("pgbench", url)?;
        command.args(["--no-vacuum", "--protocol", "prepared", "--jobs", "2"]);
        command.args(["--client", &script.clients.to_string(), "--time", &script.seconds.to_string()]);
        command.arg("--file").arg(format!("{}@{RUNS_A_SEAL}", file.display()));
        command.arg("--file").arg(format!("{}@1", seal.display()));
        for (name, value) in script.variables {
            command.arg("--define").arg(format!("{name}={value}"));
        }
        let output = command.output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "pgbench: {wrong}");
        outcome(&said).with_context(|| format!("pgbench: {said}{wrong}"))
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

/// How the first script did, by what `pgbench` says of it apart; none when a transaction failed.
fn outcome(said: &str) -> Option<Outcome> {
    let number = |text: &str, before: &str| {
        let (_, rest) = text.split_once(before)?;
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        rest.get(..end)?.parse::<f64>().ok()
    };
    let failed = number(said, "number of failed transactions: ").unwrap_or(0.0);
    let (_, first) = said.split_once("SQL script 1")?;
    let rate = number(first, "tps = ")?;
    let latency = number(first, "latency average = ")?;
    (failed == 0.0).then_some(Outcome { rate, latency })
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
    #[test]
    fn what_is_measured_is_the_script_without_the_sealing() {
        let said = "number of failed transactions: 0 (0.000%)\ntps = 4744.4 (without initial connection time)\n\
                    SQL script 1: a\n - 4694 transactions (99.5% of total, tps = 4722.5)\n - latency average = 0.4 ms\n\
                    SQL script 2: b\n - 22 transactions (0.5% of total, tps = 22.1)\n - latency average = 0.3 ms\n";
        let Outcome { rate, latency } = outcome(said).unwrap();
        assert_eq!((rate, latency), (4722.5, 0.4));
        assert!(outcome(&said.replacen("transactions: 0", "transactions: 3", 1)).is_none());
    }
}
