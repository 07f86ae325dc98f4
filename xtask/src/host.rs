//! Where the checkout is, and how other programs are run from it.

use std::ffi::OsStr;
use std::iter::once;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// How long a program may take to end after it was asked to.
const PATIENCE: Duration = Duration::from_secs(10);

/// The checkout, and whether somebody wants us to stop.
pub struct Host {
    root: PathBuf,
    interrupted: Arc<AtomicBool>,
}

impl Host {
    /// Takes over Ctrl-C and its kin, so that what was started is also stopped.
    pub fn new() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no folder above it")?;
        let interrupted = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&interrupted))?;
        }
        Ok(Self { root: root.to_path_buf(), interrupted })
    }

    /// A path inside the checkout.
    pub fn path(&self, inside: impl AsRef<Path>) -> PathBuf {
        self.root.join(inside)
    }

    /// A path inside cargo's one target folder.
    pub fn target(&self, inside: impl AsRef<Path>) -> PathBuf {
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        self.root.join(target).join(inside)
    }

    /// Whether Ctrl-C or a request to end has arrived.
    pub fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// A program that runs in the checkout and reads nothing.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).stdin(Stdio::null());
        // What `cargo run` told us about ourselves would make build scripts of others run again.
        for (name, _) in std::env::vars_os() {
            let ours = ["CARGO_PKG_", "CARGO_MANIFEST_"];
            if name.to_str().is_some_and(|name| ours.iter().any(|prefix| name.starts_with(prefix))) {
                command.env_remove(name);
            }
        }
        command
    }

    /// The cargo that runs us.
    pub fn cargo(&self) -> Command {
        self.command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// Runs to the end; fails when the program does, or when we are asked to stop.
    pub fn run(&self, command: &mut Command) -> Result<()> {
        let name = words(command);
        let mut child = command.spawn().with_context(|| format!("`{name}` does not start"))?;
        let status = self.wait(&mut child)?;
        if !status.success() {
            bail!("`{name}` failed ({status})");
        }
        Ok(())
    }

    /// The standard output of a short program, `None` when it is not there or fails.
    pub fn output(&self, command: &mut Command) -> Option<String> {
        let output = command.stderr(Stdio::null()).output().ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).ok()
    }

    fn wait(&self, child: &mut Child) -> Result<ExitStatus> {
        loop {
            if let Some(status) = child.try_wait()? {
                if self.interrupted() {
                    bail!("interrupted");
                }
                return Ok(status);
            }
            if self.interrupted() {
                stop(child, Signal::TERM)?;
                bail!("interrupted");
            }
            sleep(Duration::from_millis(20));
        }
    }
}

/// A command as one would type it.
fn words(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let all: Vec<_> = once(program).chain(command.get_args()).map(OsStr::to_string_lossy).collect();
    all.join(" ")
}

/// Asks a program to end with `signal`, and makes it when it does not.
pub fn stop(child: &mut Child, signal: Signal) -> Result<()> {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // It may have ended by itself meanwhile, which is what we want.
        let _ = kill_process(pid, signal);
    }
    let asked = Instant::now();
    while child.try_wait()?.is_none() {
        if asked.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            break;
        }
        sleep(Duration::from_millis(20));
    }
    Ok(())
}
