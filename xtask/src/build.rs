//! `cargo xtask build`: one binary with everything inside.

use anyhow::Result;

use crate::host::Host;
use crate::report::stage;
use crate::site::{self, Kind};

#[derive(clap::Args)]
pub struct Args {
    /// Optimises the server
    #[arg(long)]
    release: bool,
}

pub fn run(host: &Host, args: &Args) -> Result<()> {
    site::prepare(host, Kind::Small)?.write(host)?;
    stage("server", || server(host, args.release))
}

/// Compiles the binary `stackyard`, which embeds the site.
pub fn server(host: &Host, release: bool) -> Result<()> {
    let mut cargo = host.cargo();
    cargo.args(["build", "--package", "stackyard"]);
    if release {
        cargo.arg("--release");
    }
    host.run(&mut cargo)
}
