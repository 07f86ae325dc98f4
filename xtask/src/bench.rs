//! `cargo xtask bench`: the figures of `docs/performance.md`, measured here.

use anyhow::Result;

use crate::build;
use crate::host::Host;
use crate::postgres::{self, Files, Postgres};
use crate::report::stage;
use crate::site::{self, Kind};

#[derive(clap::Args)]
pub struct Args {
    /// Fewer rounds: three minutes instead of twelve
    #[arg(long)]
    quick: bool,
    /// One group of figures alone: cpu, sqlite, postgres, streams, day, log, people or forest
    #[arg(long)]
    only: Option<String>,
}

pub fn run(host: &Host, args: &Args) -> Result<()> {
    site::prepare(host, Kind::Small)?.write(host)?;
    stage("server", || build::server(host, true))?;
    // Apart from the server: built together, the server would get what only the bench asks for.
    let packages = ["--package", "stackyard-bench", "--package", "stackyard-slow-flush"];
    stage("bench", || host.run(host.cargo().args(["build", "--release"]).args(packages)))?;
    let mut bench = host.command(host.target("release/stackyard-bench"));
    bench.arg("figures");
    bench.arg("--server").arg(host.target("release/stackyard"));
    bench.arg("--site").arg(host.path("dist/site"));
    bench.arg("--scratch").arg(host.target("bench"));
    let postgres = Postgres::start(host, Files::OnDisk)?;
    bench.arg("--postgres").arg(postgres.programs()).env(postgres::VARIABLE, postgres.url());
    if args.quick {
        bench.arg("--quick");
    }
    if let Some(only) = &args.only {
        bench.arg("--only").arg(only);
    }
    host.run(&mut bench)
}
