//! The program `stackyard`.

use std::process::ExitCode;

fn main() -> ExitCode {
    stackyard::cli::run()
}
