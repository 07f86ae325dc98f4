//! From the text of a token to a decision, in CPU time.

use std::hint::black_box;

use anyhow::{Context as _, Result, anyhow, ensure};
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use stackyard_domain::permissions::{Compiled, decide};
use stackyard_domain::{Clock as _, SystemClock, ci};
use stackyard_model::PermissionKind;
use stackyard_oidc::testing::{TestClaims, TestIssuer, TestKey};
use stackyard_oidc::{Issuers, http_client};
use tokio::runtime::Runtime;

use crate::report::{Figure, Limit, note};
use crate::rounds::Pairs;
use crate::{cpu, decision};

/// Measures verification, reading the claims, and a decision among a hundred permissions.
pub fn measure(runtime: &Runtime, rounds: u32) -> Result<Figure> {
    const TIMES: u32 = 500;
    let issuer = runtime.block_on(TestIssuer::start());
    let now = SystemClock.now();
    let last = decision::seen();
    let claims = TestClaims::github(now)
        .branch(last.branch.as_deref().unwrap_or_default())
        .workflow_file(last.workflow.as_deref().unwrap_or_default())
        .environment(last.environment.as_deref().unwrap_or_default());
    let token = issuer.sign(&claims);
    let issuers = Issuers::new(vec![issuer.config("github.com")], http_client()?)?;
    let permissions = decision::permissions()?;
    let wanted = Some(PermissionKind::LocksCreate);
    // The first one fetches the keys.
    ensure!(runtime.block_on(through(&issuers, &token, &permissions)), "the token is not let through");

    let key = public_key(TestKey::RsaA)?;
    let (signed, signature) = token.rsplit_once('.').context("a token without a signature")?;
    let signature = URL_SAFE_NO_PAD.decode(signature)?;
    ensure!(key.verify_sig(signed.as_bytes(), &signature).is_ok(), "the bare signature does not hold");

    let mut pairs = Pairs::default();
    for _ in 0..rounds {
        let floor = cpu::micros(TIMES, || {
            black_box(key.verify_sig(black_box(signed.as_bytes()), black_box(&signature)).is_ok());
        });
        let subject = cpu::micros(TIMES, || {
            let verified = runtime.block_on(issuers.verify(black_box(&token), now));
            let seen = verified.ok().and_then(|verified| ci::values(&verified.claims).ok());
            black_box(seen.and_then(|seen| decide(&permissions, wanted, &seen)));
        });
        pairs.add(floor, subject);
    }
    note("the token", &format!("{} bytes, RS256 with 2048 bits", token.len()));
    Ok(Figure {
        name: "verify, read the claims, decide",
        unit: "µs",
        value: pairs.subject(),
        floor_name: "bare RSA verification",
        floor: pairs.floor(),
        ratio: pairs.ratio(),
        limit: Limit::AtMost(1.85),
        goal: Some(25.0),
    })
}

async fn through(issuers: &Issuers, token: &str, permissions: &[Compiled]) -> bool {
    let verified = issuers.verify(token, SystemClock.now()).await.ok();
    let seen = verified.and_then(|verified| ci::values(&verified.claims).ok());
    seen.is_some_and(|seen| decide(permissions, Some(PermissionKind::LocksCreate), &seen).is_some())
}

fn public_key(key: TestKey) -> Result<ParsedPublicKey> {
    let jwk = key.jwk("");
    let number = |name: &str| {
        let text = jwk.get(name).and_then(Value::as_str).context("a key without its numbers")?;
        anyhow::Ok(URL_SAFE_NO_PAD.decode(text)?)
    };
    let components = RsaPublicKeyComponents { n: number("n")?, e: number("e")? };
    components
        .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
        .map_err(|_| anyhow!("the key of the tests is not a key"))
}
