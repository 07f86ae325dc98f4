//! The binary's parts: command line, configuration, routes, API, jobs.
//!
//! A request goes through `router::Front`, `middleware::trace`, `middleware::door`, the guard of its route, and then
//! to its handler, which calls one service of `domain`.

pub mod api;
pub mod cli;
pub mod config;
pub mod failure;
mod jobs;
mod listen;
mod logging;
mod metrics;
pub mod middleware;
pub mod router;
pub mod routes;
pub mod state;
pub mod web;
