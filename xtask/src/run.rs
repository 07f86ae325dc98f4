//! `cargo xtask run`: builds in release, then becomes the server.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Stdio;

use anyhow::{Context, Result};

use crate::build;
use crate::host::Host;
use crate::report::stage;
use crate::site::{self, Kind};

pub fn run(host: &Host, args: &[OsString]) -> Result<()> {
    site::prepare(host, Kind::Small)?.write(host)?;
    stage("server", || build::server(host, true))?;
    let mut server = host.command(host.target("release/stackyard"));
    server.arg("serve").args(args).stdin(Stdio::inherit());
    Err(server.exec()).context("the server does not start")
}
