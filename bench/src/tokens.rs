//! Exchange requests, each with a fresh token. Signing costs fifty times what verifying does, so it is done before
//! the clock starts, on every core.

use std::sync::Arc;
use std::thread;

use anyhow::{Context as _, Result};
use stackyard_domain::{Clock as _, SystemClock};
use stackyard_oidc::testing::{TestClaims, TestIssuer};

/// Signs `count` requests to exchange a token for a session of the workspace.
pub fn requests(issuer: &TestIssuer, workspace: &str, host: &str, count: usize) -> Result<Arc<[Vec<u8>]>> {
    let cores = thread::available_parallelism().map_or(2, usize::from);
    let sign = |count: usize| -> Vec<Vec<u8>> {
        let now = SystemClock.now();
        (0..count).map(|_| request(&issuer.sign(&TestClaims::github(now)), workspace, host)).collect()
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(|| sign(count.div_ceil(cores)))).collect();
        let mut all = Vec::with_capacity(count + cores);
        for thread in threads {
            all.extend(thread.join().ok().context("a token could not be signed")?);
        }
        all.truncate(count);
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
