//! What a commit affects when it is very much: five thousand instances, many of them below many others.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::load::Client;
use crate::report::{Figure, note, short};
use crate::request::{call, data};
use crate::server::Server;

/// Instances at the top, and those that stand below some of them.
const TOP: usize = 4_750;
const SHARED: usize = 250;
/// How many stand below each.
const BELOW: usize = 20;

/// Uploads it, while somebody else takes a lock and releases it, again and again.
pub async fn measure(server: &Server, session: &str) -> Result<[Figure; 2]> {
    let host = server.address.to_string();
    let shared = |n: usize| json!({"stack": "plat-ue1-production", "component": format!("shared/service-{:03}", n % SHARED), "dependents": []});
    let top = |n: usize| {
        let below: Vec<_> = (0..BELOW).map(|place| shared(n * 7 + place * 11)).collect();
        json!({"stack": "plat-ue1-production", "component": format!("top/component-{n:04}"), "dependents": below})
    };
    let stacks: Vec<_> = (0..TOP).map(top).collect();
    let body = json!({"head_sha": "4f5eefb", "base_sha": "c2bf060", "stacks": stacks}).to_string();
    note("the forest", &format!("{} instances in {} MB", TOP + SHARED, short(to_megabytes(body.len()))));
    let upload = call(&host, session, "POST", "/api/v1/affected-stacks", &body);
    let lock = r#"{"key":"acme/infra/bench/beside","ttl":600,"lockMessage":"bench"}"#;
    let others = ["POST", "DELETE"].map(|method| call(&host, session, method, "/api/v1/locks", lock));

    let (mut big, mut small) =
        (Client::connect(server.address).await?, Client::connect(server.address).await?);
    let uploading = async {
        let answer = big.send(&upload).await?;
        ensure!(answer.status == 200, "the upload is answered with {}", answer.status);
        Ok(answer.took)
    };
    tokio::pin!(uploading);
    let (mut slowest, mut calls) = (Duration::ZERO, 0);
    let took = loop {
        let beside = async {
            let mut slowest = Duration::ZERO;
            for request in &others {
                let began = std::time::Instant::now();
                data(&mut small, request).await?;
                slowest = slowest.max(began.elapsed());
            }
            Ok::<_, anyhow::Error>(slowest)
        };
        tokio::pin!(beside);
        let mut uploaded = None;
        let one = loop {
            tokio::select! {
                done = &mut uploading, if uploaded.is_none() => uploaded = Some(done?),
                one = &mut beside => break one?,
            }
        };
        calls += others.len();
        slowest = slowest.max(one);
        if let Some(took) = uploaded {
            break took;
        }
    };
    note("meanwhile", &format!("{calls} calls of somebody else"));
    Ok([
        Figure::budget("5,000 affected instances, 95,000 edges", "s", took.as_secs_f64(), 1.0),
        Figure::budget("meanwhile, the slowest lock or unlock", "ms", slowest.as_secs_f64() * 1e3, 250.0),
    ])
}

#[expect(clippy::cast_precision_loss, reason = "a few megabytes")]
fn to_megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
