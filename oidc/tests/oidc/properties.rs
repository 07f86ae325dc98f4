//! What holds for every token, found by trying many.

use std::sync::LazyLock;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use stackyard_oidc::testing::{TestClaims, TestKey};
use tokio::runtime::Runtime;

use crate::{NOW, Scene};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
static SCENE: LazyLock<Scene> = LazyLock::new(|| RUNTIME.block_on(Scene::new()));
static TOKEN: LazyLock<String> = LazyLock::new(|| SCENE.issuer.sign(&TestClaims::github(NOW)));

fn is_accepted(token: &str) -> bool {
    RUNTIME.block_on(SCENE.issuers.verify(token, NOW)).is_ok()
}

/// What another implementation says about signature, issuer and audience (it has its own clock, so not the times).
fn is_accepted_elsewhere(token: &str) -> bool {
    let key = TestKey::RsaA.jwk("test-1");
    let part = |name: &str| key[name].as_str().unwrap_or_default().to_owned();
    let key = DecodingKey::from_rsa_components(&part("n"), &part("e")).expect("a key");
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.set_audience(&["atmos-pro.com", "https://stackyard.example"]);
    validation.set_issuer(&[SCENE.issuer.url()]);
    validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
    decode::<Value>(token, &key, &validation).is_ok()
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{0,4}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn a_claims_name() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "iss",
            "aud",
            "exp",
            "iat",
            "nbf",
            "jti",
            "sub",
            "repository",
            "repository_id",
            "ref",
            "workflow_ref",
            "environment",
            "event_name",
            "run_id",
        ])
        .prop_map(str::to_owned),
        "[a-z_]{1,12}",
    ]
}

#[test]
fn the_test_issuers_tokens_are_accepted_by_another_implementation() {
    assert!(is_accepted(&TOKEN));
    assert!(is_accepted_elsewhere(&TOKEN));
}

proptest! {
    #[test]
    fn arbitrary_text_is_refused(text in ".{0,200}") {
        prop_assert!(!is_accepted(&text));
    }

    #[test]
    fn arbitrary_parts_are_refused(header in any_json(), claims in any_json(), key in prop::sample::select(vec![TestKey::RsaA, TestKey::Ec])) {
        prop_assert!(!is_accepted(&key.sign(&header.to_string(), &claims.to_string())));
    }

    #[test]
    fn a_token_with_one_character_changed_is_refused(place: Index, with in "[A-Za-z0-9_.=+/ \u{e9}-]") {
        let mut characters: Vec<char> = TOKEN.chars().collect();
        let place = place.index(characters.len());
        let with = with.chars().next().unwrap();
        prop_assume!(characters[place] != with);
        characters[place] = with;
        prop_assert!(!is_accepted(&characters.into_iter().collect::<String>()));
    }

    #[test]
    fn a_token_with_a_piece_cut_out_or_put_in_is_refused(from: Index, length in 1..40usize, piece in "[A-Za-z0-9_.-]{0,40}") {
        let from = from.index(TOKEN.len());
        let to = (from + length).min(TOKEN.len());
        let changed = format!("{}{piece}{}", &TOKEN[..from], &TOKEN[to..]);
        prop_assume!(changed != *TOKEN);
        prop_assert!(!is_accepted(&changed));
    }

    #[test]
    fn what_is_accepted_here_is_accepted_by_another_implementation(name in a_claims_name(), value in any_json()) {
        let token = SCENE.issuer.sign(&TestClaims::github(NOW).set(&name, value));
        if is_accepted(&token) {
            prop_assert!(is_accepted_elsewhere(&token), "{name}");
        }
    }
}
