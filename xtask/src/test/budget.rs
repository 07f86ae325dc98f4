//! The asset build, and what a first visit may weigh.

use anyhow::{Result, ensure};

use super::Outcome;
use crate::host::Host;
use crate::report::kilobytes;
use crate::site::{self, Kind};

/// All wasm, JavaScript and styles of a first visit, as brotli sends them, in bytes.
const BUDGET: usize = 120_000;

pub fn check(host: &Host) -> Result<Outcome> {
    let site = site::prepare(host, Kind::Small)?;
    site.write(host)?;
    for (path, size) in site.sizes() {
        println!("{:>12}  {path}", kilobytes(*size));
    }
    let total = site.sizes().values().sum();
    ensure!(
        total <= BUDGET,
        "a first visit weighs {}, the budget is {}",
        kilobytes(total),
        kilobytes(BUDGET)
    );
    Ok(Outcome::Passed(format!("{} of {}", kilobytes(total), kilobytes(BUDGET))))
}
