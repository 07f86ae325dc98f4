//! The browser's part: compiled to wasm, then given its JavaScript glue.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::Kind;
use crate::host::Host;
use crate::tools;

/// What wasm-bindgen makes of the compiled library.
pub struct Scripts {
    pub glue: String,
    pub wasm: Vec<u8>,
}

/// Compiles the islands, and the target for them when rustup has to fetch it.
pub fn compile(host: &Host, kind: Kind) -> Result<()> {
    tools::wasm_target(host)?;
    let mut cargo = host.cargo();
    cargo.args(["build", "--package", "stackyard-frontend", "--target", tools::WASM_TARGET]);
    if kind == Kind::Small {
        cargo.args(["--profile", "wasm-release"]).env("CARGO_ENCODED_RUSTFLAGS", short_paths(host)?);
    }
    host.run(&mut cargo)
}

/// Panics name their source file. Where that lies on the machine that built is nobody's business, and is long.
fn short_paths(host: &Host) -> Result<OsString> {
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"));
    let cargo_home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home);
    let registry = cargo_home.context("neither CARGO_HOME nor HOME is set")?.join("registry/src");
    let mut folders: Vec<_> =
        fs::read_dir(registry).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    folders.push(host.path(""));
    folders.sort();
    let mut flags = OsString::new();
    for folder in folders {
        if !flags.is_empty() {
            flags.push("\u{1f}");
        }
        flags.push("--remap-path-prefix=");
        flags.push(folder);
        flags.push("=");
    }
    Ok(flags)
}

/// Reads the compiled library and writes the glue for it.
pub fn bind(host: &Host, kind: Kind) -> Result<Scripts> {
    let profile = match kind {
        Kind::Small => "wasm-release",
        Kind::Quick => "debug",
    };
    let library = host.target(Path::new(tools::WASM_TARGET).join(profile).join("stackyard_frontend.wasm"));
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(library)
        .out_name("stackyard")
        .web(true)?
        .typescript(false)
        // The page names the wasm file; its hashed name is not known yet here.
        .omit_default_module_path(true)
        .remove_name_section(kind == Kind::Small)
        .remove_producers_section(true);
    let mut output = bindgen.generate_output()?;
    ensure!(
        output.snippets().values().all(Vec::is_empty) && output.local_modules().is_empty(),
        "a dependency of the browser's part brings JavaScript files of its own, which nothing embeds"
    );
    Ok(Scripts { glue: output.js().to_owned(), wasm: output.wasm_mut().emit_wasm() })
}

/// Fails when an island of the sources is not in the wasm: the linker leaves out crates that nothing names.
pub fn check_islands(sources: &str, glue: &str) -> Result<()> {
    let islands = sources.split("\n#[island").skip(1).filter_map(|rest| {
        let (_, name) = rest.split_once("fn ")?;
        name.split(|c: char| !c.is_alphanumeric()).next()
    });
    for island in islands {
        ensure!(
            glue.contains(&format!("export function {island}_")),
            "the island {island} is not part of the wasm: name its crate in frontend/src/lib.rs"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_island_that_is_not_linked_is_named() {
        let sources = "\n#[island]\npub fn CopyButton() {}\n#[island(lazy)]\npub fn Countdown() {}\n";
        let glue = "export function CopyButton_1() {}\nexport function Countdown_2() {}";
        assert!(check_islands(sources, glue).is_ok());
        let error = check_islands(sources, "export function CopyButton_1() {}").unwrap_err();
        assert!(error.to_string().contains("Countdown"), "{error}");
    }

    fn locked(lock: &str, package: &str) -> String {
        let entry = format!("name = \"{package}\"\nversion = \"");
        let (_, rest) = lock.split_once(&entry).unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    #[test]
    fn the_glue_is_written_by_the_version_of_wasm_bindgen_that_the_wasm_is_made_with() {
        let lock = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock")).unwrap();
        assert_eq!(locked(&lock, "wasm-bindgen"), locked(&lock, "wasm-bindgen-cli-support"));
    }
}
