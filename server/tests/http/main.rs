//! The server as its clients see it: through the router, without a socket. One binary, since linking is what takes
//! the time.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers stop a test as tests do"
)]

mod attacks;
mod bad_input;
mod door;
mod endings;
mod envelope;
mod exchange;
mod flash;
mod jobs;
mod locks;
mod log;
mod matrix;
mod program;
mod recordings;
mod support;
mod workspaces;
