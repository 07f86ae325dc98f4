//! Keys over HTTP: rotation, refreshes, and issuers that misbehave.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use stackyard_model::Ts;
use stackyard_oidc::TokenError;
use stackyard_oidc::testing::{Answer, TestClaims, TestKey};
use tokio::time::timeout;

use crate::{NOW, Scene};

fn after(seconds: u64) -> Ts {
    NOW + Duration::from_secs(seconds)
}

impl Scene {
    async fn verify_at(&self, seconds: u64) -> Result<(), &'static str> {
        let token = self.issuer.sign(&TestClaims::github(after(seconds)));
        self.issuers.verify(&token, after(seconds)).await.map(drop).map_err(|error| error.tag())
    }

    /// Waits for the fetch that runs behind a verification, as every token with an unknown key does.
    async fn settle(&self, seconds: u64) {
        let claims = self.issuer.claims_json(&TestClaims::github(after(seconds)));
        let made_up = TestKey::RsaA.sign(r#"{"alg":"RS256","kid":"made-up"}"#, &claims);
        assert!(self.issuers.verify(&made_up, after(seconds)).await.is_err());
    }
}

#[tokio::test]
async fn keys_are_fetched_once_for_many_tokens() {
    let scene = Scene::new().await;
    for seconds in 0..20 {
        assert_eq!(scene.verify_at(seconds * 20).await, Ok(()));
    }
    assert_eq!((scene.issuer.discovery_requests(), scene.issuer.key_requests()), (1, 1));
}

#[tokio::test]
async fn a_rotated_key_is_found_by_its_unknown_id() {
    let scene = Scene::new().await;
    assert_eq!(scene.verify_at(0).await, Ok(()));
    let old = scene.issuer.sign(&TestClaims::github(after(90)));
    scene.issuer.rotate();
    assert_eq!(scene.verify_at(61).await, Ok(()));
    assert!(matches!(scene.issuers.verify(&old, after(90)).await, Err(TokenError::UnknownKey { .. })));
    assert_eq!(scene.issuer.key_requests(), 2);
}

#[tokio::test]
async fn unknown_keys_refresh_at_most_once_a_minute() {
    let scene = Scene::new().await;
    assert_eq!(scene.verify_at(0).await, Ok(()));
    scene.issuer.rotate();
    for seconds in [0, 1, 30, 59] {
        assert_eq!(scene.verify_at(seconds).await, Err("TokenUnknownKey"));
    }
    assert_eq!(scene.issuer.key_requests(), 1);
    assert_eq!(scene.verify_at(60).await, Ok(()));
    assert_eq!(scene.issuer.key_requests(), 2);
}

#[tokio::test]
async fn made_up_key_ids_cannot_flood_the_issuer() {
    let scene = Scene::new().await;
    for number in 0..200 {
        let header = json!({"alg": "RS256", "kid": format!("made-up-{number}")}).to_string();
        assert_eq!(scene.refusal_of_header(&header).await.tag(), "TokenUnknownKey");
    }
    assert_eq!(scene.issuer.key_requests(), 1);
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_stop_refreshes() {
    let scene = Scene::new().await;
    assert_eq!(scene.verify_at(3600).await, Ok(()));
    scene.issuer.rotate();
    assert_eq!(scene.verify_at(0).await, Ok(()));
}

#[tokio::test]
async fn fifty_verifications_at_once_share_one_fetch() {
    let scene = Arc::new(Scene::new().await);
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let scene = Arc::clone(&scene);
            tokio::spawn(async move { scene.verify_at(0).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(()));
    }
    assert_eq!((scene.issuer.discovery_requests(), scene.issuer.key_requests()), (1, 1));
}

#[tokio::test]
async fn callers_who_go_away_neither_stop_a_fetch_nor_repeat_it() {
    let scene = Scene::impatient().await;
    assert_eq!(scene.verify_at(0).await, Ok(()));
    scene.issuer.rotate();
    scene.issuer.discovery_answers(Answer::Hang);
    for _ in 0..10 {
        // Whether it is still waiting by then does not matter: the issuer may be asked once either way.
        let _ = timeout(Duration::from_millis(20), scene.verify_at(61)).await;
    }
    assert_eq!(scene.issuer.discovery_requests(), 2);
    assert_eq!(scene.verify_at(61).await, Err("IssuerUnavailable"));
    scene.issuer.discovery_answers(Answer::Honest);
    assert_eq!(scene.verify_at(121).await, Ok(()));
    assert_eq!(scene.issuer.discovery_requests(), 3);
}

#[tokio::test]
async fn old_keys_are_refreshed_behind_a_verification() {
    let scene = Scene::new().await;
    assert_eq!(scene.verify_at(0).await, Ok(()));
    assert_eq!(scene.verify_at(599).await, Ok(()));
    assert_eq!(scene.issuer.key_requests(), 1);
    assert_eq!(scene.verify_at(600).await, Ok(()));
    scene.settle(601).await;
    assert_eq!(scene.issuer.key_requests(), 2);
}

#[tokio::test]
async fn refreshes_behind_a_verification_keep_to_the_minute_too() {
    let scene = Scene::new().await;
    assert_eq!(scene.verify_at(0).await, Ok(()));
    scene.issuer.keys_answer(Answer::Error);
    for seconds in [1000, 1001, 1030, 1059] {
        assert_eq!(scene.verify_at(seconds).await, Ok(()));
        scene.settle(seconds).await;
        assert_eq!(scene.issuer.key_requests(), 2);
    }
    assert_eq!(scene.verify_at(1060).await, Ok(()));
    scene.settle(1060).await;
    assert_eq!(scene.issuer.key_requests(), 3);
}

#[tokio::test]
async fn a_withdrawn_key_is_no_longer_trusted_after_a_refresh() {
    let scene = Scene::new().await;
    let withdrawn = scene.issuer.sign(&TestClaims::github(after(700)));
    assert_eq!(scene.verify_at(0).await, Ok(()));
    scene.issuer.rotate();
    assert_eq!(scene.verify_at(600).await, Ok(()));
    assert!(matches!(scene.issuers.verify(&withdrawn, after(700)).await, Err(TokenError::UnknownKey { .. })));
}

#[tokio::test]
async fn old_keys_survive_a_failed_refresh() {
    for answer in [
        Answer::Error,
        Answer::Huge,
        Answer::Redirect,
        Answer::Text("{".to_owned()),
        Answer::Text("{\"keys\":[]}".to_owned()),
        Answer::Hang,
    ] {
        let scene = Scene::impatient().await;
        assert_eq!(scene.verify_at(0).await, Ok(()));
        scene.issuer.keys_answer(answer);
        assert_eq!(scene.verify_at(1000).await, Ok(()));
        scene.settle(1001).await;
        assert_eq!(scene.issuer.key_requests(), 2);
        // The stale keys still serve while the issuer is ill, for known keys without waiting.
        for seconds in [1001, 5000] {
            assert_eq!(scene.verify_at(seconds).await, Ok(()));
        }
        scene.issuer.rotate();
        assert_eq!(scene.verify_at(9000).await, Err("IssuerUnavailable"));
        scene.issuer.keys_answer(Answer::Honest);
        assert_eq!(scene.verify_at(9060).await, Ok(()));
    }
}

#[tokio::test]
async fn without_keys_an_ill_issuer_is_unavailable_and_soon_asked_again() {
    let answers = [
        Answer::Error,
        Answer::Huge,
        Answer::Redirect,
        Answer::Hang,
        Answer::Text(String::new()),
        Answer::Text("[]".to_owned()),
        Answer::Text("{\"keys\":{}}".to_owned()),
        Answer::Text("{\"issuer\":1,\"jwks_uri\":2}".to_owned()),
    ];
    for answer in answers {
        for discovery in [true, false] {
            let scene = Scene::impatient().await;
            if discovery {
                scene.issuer.discovery_answers(answer.clone());
            } else {
                scene.issuer.keys_answer(answer.clone());
            }
            assert_eq!(scene.verify_at(0).await, Err("IssuerUnavailable"), "{answer:?}");
            assert_eq!(scene.verify_at(4).await, Err("IssuerUnavailable"));
            assert_eq!(scene.issuer.discovery_requests(), 1);
            scene.issuer.discovery_answers(Answer::Honest);
            scene.issuer.keys_answer(Answer::Honest);
            assert_eq!(scene.verify_at(5).await, Ok(()));
        }
    }
}

#[tokio::test]
async fn a_hundred_megabytes_are_not_read() {
    for discovery in [true, false] {
        let scene = Scene::new().await;
        if discovery {
            scene.issuer.discovery_answers(Answer::Huge);
        } else {
            scene.issuer.keys_answer(Answer::Huge);
        }
        assert_eq!(scene.verify_at(0).await, Err("IssuerUnavailable"));
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for discovery in [true, false] {
        let scene = Scene::new().await;
        if discovery {
            scene.issuer.discovery_answers(Answer::Redirect);
        } else {
            scene.issuer.keys_answer(Answer::Redirect);
        }
        assert_eq!(scene.verify_at(0).await, Err("IssuerUnavailable"));
    }
}

#[tokio::test]
async fn discovery_that_lies_is_not_believed() {
    let attacker = Scene::new().await;
    let scene = Scene::new().await;
    let (own, other) = (scene.issuer.url().to_owned(), attacker.issuer.url().to_owned());
    for lie in [
        json!({"issuer": other, "jwks_uri": format!("{own}/jwks")}),
        json!({"issuer": format!("{own}/"), "jwks_uri": format!("{own}/jwks")}),
        json!({"issuer": own, "jwks_uri": format!("{other}/jwks")}),
        json!({"issuer": own, "jwks_uri": "http://keys.example/jwks"}),
        json!({"issuer": own, "jwks_uri": "file:///etc/passwd"}),
        json!({"issuer": own, "jwks_uri": "/jwks"}),
        json!({"issuer": own, "jwks_uri": format!("{}/jwks", own.replace("http://", "http://user@"))}),
    ] {
        scene.issuer.discovery_answers(Answer::Text(lie.to_string()));
        let at = after(60 * u64::try_from(scene.issuer.discovery_requests()).unwrap());
        let error = scene.issuers.verify(&scene.issuer.sign(&TestClaims::github(at)), at).await;
        assert!(matches!(error, Err(TokenError::Unavailable(_))), "{lie}");
    }
    assert_eq!(scene.issuer.discovery_requests(), 7);
    assert_eq!(scene.issuer.key_requests() + attacker.issuer.key_requests(), 0);
}

/// Whether a token signed by the first RSA key under the `kid` `test-1` is accepted when this set is published.
async fn accepted_with(keys: Vec<Value>) -> Result<(), &'static str> {
    let scene = Scene::new().await;
    scene.issuer.keys_answer(Answer::Text(json!({ "keys": keys }).to_string()));
    scene.verify_at(0).await
}

fn changed(name: &str, value: impl Into<Value>) -> Value {
    let mut key = TestKey::RsaA.jwk("test-1");
    key[name] = value.into();
    key
}

/// The EC key with a byte of `y` moved to `x`: the same bytes in all, but no two coordinates.
fn uneven_coordinates() -> Value {
    let mut key = TestKey::Ec.jwk("test-1");
    let decode =
        |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().expect("a coordinate")).expect("base64url");
    let (mut x, mut y) = (decode("x"), decode("y"));
    x.push(y.remove(0));
    key["x"] = URL_SAFE_NO_PAD.encode(x).into();
    key["y"] = URL_SAFE_NO_PAD.encode(y).into();
    key
}

#[tokio::test]
async fn keys_that_cannot_be_used_are_passed_over() {
    let good = TestKey::RsaA.jwk("test-1");
    let weak = "3ykIU6pPcXH4MawoM9E7b0e4uJBUUb4HZkREWEqxQQn1pFnf0qLxo-d30O2ZYRAPJu0DPm7QaZ5tA2cVN3mvCUsLWgJPoNZOea_gFljYNUw04-9-xWGiyObY2JGi1Vi5ZI9H1J3DvWfbjZqsMuLf2yYd17EYjObmxZnSuFX3WAgN";
    let mut no_kid = good.clone();
    no_kid.as_object_mut().unwrap().remove("kid");
    for unusable in [
        changed("kid", ""),
        changed("use", "enc"),
        changed("alg", "RS512"),
        changed("alg", "ES256"),
        changed("kty", "oct"),
        changed("n", weak),
        changed("n", "!"),
        changed("n", ""),
        changed("e", ""),
        no_kid,
        json!("text"),
        json!({"kty": "oct", "kid": "test-1", "k": "c2VjcmV0"}),
        json!({"kty": "EC", "kid": "test-1", "crv": "P-256", "x": "AAAA", "y": "AAAA"}),
        uneven_coordinates(),
        json!({"kty": "EC", "kid": "test-1", "crv": "P-384", "x": "AAAA", "y": "AAAA"}),
    ] {
        assert_eq!(accepted_with(vec![unusable.clone()]).await, Err("IssuerUnavailable"), "{unusable}");
        assert_eq!(accepted_with(vec![unusable.clone(), good.clone()]).await, Ok(()), "{unusable}");
    }
}

#[tokio::test]
async fn keys_without_use_and_algorithm_are_used_by_their_type() {
    let mut bare = TestKey::RsaA.jwk("test-1");
    let members = bare.as_object_mut().unwrap();
    members.remove("use");
    members.remove("alg");
    assert_eq!(accepted_with(vec![bare]).await, Ok(()));
}

#[tokio::test]
async fn more_than_64_keys_are_refused() {
    let good = TestKey::RsaA.jwk("test-1");
    let others = |count: usize| (0..count).map(|number| TestKey::Ec.jwk(&number.to_string()));
    assert_eq!(accepted_with(others(63).chain([good.clone()]).collect()).await, Ok(()));
    assert_eq!(accepted_with(others(64).chain([good]).collect()).await, Err("IssuerUnavailable"));
}
