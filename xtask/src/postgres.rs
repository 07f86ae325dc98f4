//! `cargo xtask postgres -- <command>`: a PostgreSQL of its own for one command, gone afterwards.

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::host::{Host, stop};
use crate::tools;

/// Where tests look for it.
pub const VARIABLE: &str = "STACKYARD_TEST_POSTGRES";

const USER: &str = "stackyard";
/// Enough for tests that run beside each other, each with a pool of its own.
const CONNECTIONS: u32 = 400;
const START_LIMIT: Duration = Duration::from_secs(60);

pub fn run(host: &Host, command: &[OsString]) -> Result<()> {
    let Some((program, arguments)) = command.split_first() else { bail!("no command was given") };
    let postgres = Postgres::start(host, Files::OnDisk)?;
    let mut command = Command::new(program);
    host.run(command.args(arguments).env(VARIABLE, postgres.url()))
}

/// A running server, stopped and removed when dropped.
pub struct Postgres {
    server: Child,
    url: String,
    programs: PathBuf,
    /// Removed after the server has been stopped.
    _folder: TempDir,
}

/// The user that the server runs as, when we are one that PostgreSQL refuses.
#[derive(Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

/// Where a cluster keeps its files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Files {
    /// On a disk: what is measured waits for it.
    OnDisk,
    /// In memory where there is enough, since tests make and drop hundreds of databases; else on a disk.
    InMemory,
}

/// Where Linux keeps files in memory.
const MEMORY: &str = "/dev/shm";
/// How much has to be free there.
const ENOUGH: u64 = 4 << 30;

impl Files {
    fn folder(self) -> Result<TempDir> {
        let mut folder = tempfile::Builder::new();
        folder.prefix("stackyard-postgres-");
        if self == Self::InMemory
            && rustix::fs::statvfs(MEMORY).is_ok_and(|space| space.f_bavail * space.f_frsize >= ENOUGH)
            && let Ok(folder) = folder.tempdir_in(MEMORY)
        {
            return Ok(folder);
        }
        Ok(folder.tempdir()?)
    }
}

impl Postgres {
    /// Creates an empty cluster and starts it on a free loopback port, with `fsync` on.
    pub fn start(host: &Host, files: Files) -> Result<Self> {
        let programs = programs(host)?;
        let owner = owner(host)?;
        let folder = files.folder()?;
        let data = folder.path().join("data");
        let password = password()?;
        let password_file = folder.path().join("password");
        fs::write(&password_file, &password)?;
        fs::set_permissions(&password_file, fs::Permissions::from_mode(0o600))?;
        if let Some(owner) = owner {
            for path in [folder.path(), &password_file] {
                chown(path, Some(owner.user), Some(owner.group))?;
            }
        }

        let mut initdb = command(host, &programs.join("initdb"), folder.path(), owner);
        initdb.args(["--username", USER, "--auth", "password", "--encoding", "UTF8", "--locale", "C"]);
        initdb.args(["--no-sync", "--no-instructions", "--pwfile"]).arg(&password_file).arg(&data);
        host.run(initdb.stdout(Stdio::null())).context("the throw-away PostgreSQL could not be created")?;

        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let log = folder.path().join("log");
        let log_file = fs::File::create(&log)?;
        let mut postgres = command(host, &programs.join("postgres"), folder.path(), owner);
        postgres.arg("-D").arg(&data).arg("-k").arg(folder.path());
        postgres.args([
            "-h",
            "127.0.0.1",
            "-p",
            &port.to_string(),
            "-c",
            &format!("max_connections={CONNECTIONS}"),
        ]);
        // In a group of its own, so that Ctrl-C reaches us first and the command can still clean up.
        let server = postgres.stdout(log_file.try_clone()?).stderr(log_file).process_group(0).spawn()?;

        let url = format!("postgres://{USER}:{password}@127.0.0.1:{port}/postgres");
        let mut started = Self { server, url, programs, _folder: folder };
        started.wait_until_ready(host, port, &log)?;
        Ok(started)
    }

    /// How to reach it, password included.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where its programs are, `pgbench` among them.
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    fn wait_until_ready(&mut self, host: &Host, port: u16, log: &Path) -> Result<()> {
        let begun = Instant::now();
        let mut is_ready = host.command(self.programs.join("pg_isready"));
        is_ready.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
        while host.output(&mut is_ready).is_none() {
            if host.interrupted() {
                bail!("interrupted");
            }
            if self.server.try_wait()?.is_some() || begun.elapsed() > START_LIMIT {
                bail!("the throw-away PostgreSQL does not start: {}", fs::read_to_string(log)?.trim());
            }
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown: it ends sessions and closes its files.
        if let Err(error) = stop(&mut self.server, Signal::INT) {
            println!("xtask: the throw-away PostgreSQL does not stop: {error}");
        }
    }
}

fn command(host: &Host, program: &Path, folder: &Path, owner: Option<Owner>) -> Command {
    let mut command = host.command(program);
    command.current_dir(folder);
    if let Some(owner) = owner {
        command.uid(owner.user).gid(owner.group);
    }
    command
}

/// The folder of the newest PostgreSQL, installed when there is none and we may.
fn programs(host: &Host) -> Result<PathBuf> {
    if let Some(folder) = newest(host) {
        return Ok(folder);
    }
    tools::install(host, "postgresql")?;
    newest(host).context("PostgreSQL is missing: install the package `postgresql`")
}

fn newest(host: &Host) -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin")))
        })
        .collect();
    versions.sort();
    let beside_initdb = tools::in_path("initdb").and_then(|initdb| Some(initdb.parent()?.to_path_buf()));
    let folders = versions.into_iter().rev().map(|(_, folder)| folder).chain(beside_initdb);
    // A program of that name may be anything, so each is asked who it is.
    folders.into_iter().find(|folder| {
        ["initdb", "postgres", "pg_isready"].iter().all(|name| {
            host.output(host.command(folder.join(name)).arg("--version"))
                .is_some_and(|version| version.contains("(PostgreSQL)"))
        })
    })
}

fn owner(host: &Host) -> Result<Option<Owner>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let id = |flag: &str, user: &str| host.output(host.command("id").args([flag, user]))?.trim().parse().ok();
    ["postgres", "nobody"]
        .iter()
        .find_map(|user| Some(Owner { user: id("-u", user)?, group: id("-g", user)? }))
        .map(Some)
        .context("PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody`")
}

/// The port is open to everybody on this machine, the cluster is not.
fn password() -> Result<String> {
    let mut bytes = [0_u8; 16];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
