//! `cargo xtask dev`: build, serve, and again when a source changes.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use rustix::process::Signal;

use crate::build;
use crate::host::{Host, stop};
use crate::report::stage;
use crate::site::{self, Kind};

const WATCHED: [&str; 11] =
    ["app", "db", "domain", "frontend", "migrations", "model", "oidc", "server", "style", "ui", "Cargo.toml"];
const INTERVAL: Duration = Duration::from_millis(400);

pub fn run(host: &Host, args: &[OsString]) -> Result<()> {
    let mut server = Server(None);
    loop {
        let built_from = times(host);
        if let Err(error) = build_and_start(host, args, &mut server) {
            if host.interrupted() {
                return Ok(());
            }
            println!("xtask: {error:#}");
        }
        println!("watching for changes");
        while times(host) == built_from {
            if host.interrupted() {
                return Ok(());
            }
            sleep(INTERVAL);
        }
    }
}

/// The running server, which goes on while a change does not compile.
struct Server(Option<Child>);

impl Server {
    fn stop(&mut self) -> Result<()> {
        self.0.take().map_or(Ok(()), |mut child| stop(&mut child, Signal::TERM))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            println!("xtask: the server does not stop: {error}");
        }
    }
}

fn build_and_start(host: &Host, args: &[OsString], server: &mut Server) -> Result<()> {
    stage("server", || build::server(host, false))?;
    let site = site::prepare(host, Kind::Quick)?;
    // An unoptimised server reads the site from the folder: it must not see the files of another build.
    server.stop()?;
    site.write(host)?;
    let mut command = host.command(host.target("debug/stackyard"));
    server.0 = Some(command.arg("serve").args(args).spawn()?);
    Ok(())
}

fn times(host: &Host) -> BTreeMap<PathBuf, SystemTime> {
    let mut times = BTreeMap::new();
    for path in WATCHED {
        collect(&host.path(path), &mut times);
    }
    times
}

fn collect(path: &Path, times: &mut BTreeMap<PathBuf, SystemTime>) {
    // A file may go away while we look; the next look tells.
    let Ok(metadata) = fs::metadata(path) else { return };
    if metadata.is_dir() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            collect(&entry.path(), times);
        }
    } else if let Ok(modified) = metadata.modified() {
        times.insert(path.to_path_buf(), modified);
    }
}
