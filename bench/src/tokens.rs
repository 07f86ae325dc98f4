//! Exchange requests, each with a fresh token. Signing costs fifty times what verifying does, so it is done before
//! the clock starts, on every core.

use std::sync::Arc;
use std::thread;

use anyhow::{Context as _, Result};
use stackyard_domain::{Clock as _, SystemClock};
use stackyard_oidc::testing::{TestClaims, TestIssuer};

/// Signs `count` requests to exchange a token for a session of the workspace.
pub fn requests(issuer: &TestIssuer, workspace: &str, host: &str, count: usize) -> Result<Arc<[Vec<u8>]>> {
    let now = SystemClock.now();
    requests_of(issuer, workspace, host, count, |_| TestClaims::github(now))
}

/// The same with claims of one's own for each.
pub fn requests_of(
    issuer: &TestIssuer,
    workspace: &str,
    host: &str,
    count: usize,
    claims: impl Fn(usize) -> TestClaims + Sync,
) -> Result<Arc<[Vec<u8>]>> {
    let cores = thread::available_parallelism().map_or(2, usize::from);
    let share = count.div_ceil(cores);
    let sign = |from: usize| -> Vec<Vec<u8>> {
        let mine = from..count.min(from + share);
        mine.map(|n| request(&issuer.sign(&claims(n)), workspace, host)).collect()
    };
    let sign = &sign;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|core| scope.spawn(move || sign(core * share))).collect();
        let mut all = Vec::with_capacity(count);
        for thread in threads {
            all.extend(thread.join().ok().context("a token could not be signed")?);
        }
        Ok(all.into())
    })
}

fn request(token: &str, workspace: &str, host: &str) -> Vec<u8> {
    let body = format!(r#"{{"token":"{token}","workspaceId":"{workspace}"}}"#);
    format!(
        "POST /api/v1/auth/github-oidc HTTP/1.1\r\nHost: {host}\r\nUser-Agent: atmos-bench\r\nAccept: application/json\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
