//! What every request goes through before its handler, and every answer after it.

pub mod client;
pub mod cookies;
pub mod door;
pub mod guard;
mod headers;
pub mod trace;
