//! The program `stackyard`.

use std::process::ExitCode;

/// Pages are made of thousands of small texts (`docs/decisions/0009-allocator.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    stackyard::cli::run()
}
