//! Tokens that are not what they seem: form, header, key and signature.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use stackyard_oidc::testing::{TestClaims, TestKey, assemble, hmac};
use stackyard_oidc::{Part, TOKEN_MAX, TokenError};

use crate::{NOW, Scene};

fn with_header(name: &str, value: Value) -> String {
    let mut header = json!({"typ": "JWT", "alg": "RS256", "kid": "test-1"});
    header[name] = value;
    header.to_string()
}

#[tokio::test]
async fn alg_none_is_refused_with_and_without_a_signature() {
    let scene = Scene::new().await;
    let claims = scene.issuer.claims_json(&TestClaims::github(NOW));
    for name in ["none", "None", "NONE", ""] {
        let header = with_header("alg", name.into());
        let unsigned = assemble(&header, &claims, |_| Vec::new());
        assert_eq!(scene.refusal_of(&unsigned).await, TokenError::Algorithm(name.to_owned()));
        let signed = scene.issuer.sign_with(&header, &claims, TestKey::RsaA);
        assert_eq!(scene.refusal_of(&signed).await, TokenError::Algorithm(name.to_owned()));
    }
}

#[tokio::test]
async fn hs256_with_the_public_key_as_secret_is_refused() {
    let scene = Scene::new().await;
    let header = with_header("alg", "HS256".into());
    let claims = scene.issuer.claims_json(&TestClaims::github(NOW));
    let pem = TestKey::RsaA.public_pem();
    let modulus = TestKey::RsaA.jwk("test-1")["n"].as_str().unwrap().to_owned();
    for secret in [pem.as_bytes(), pem.trim_end().as_bytes(), modulus.as_bytes()] {
        let token = assemble(&header, &claims, |message| hmac(secret, message));
        assert_eq!(scene.refusal_of(&token).await, TokenError::Algorithm("HS256".to_owned()));
        let relabelled = assemble(&scene.issuer.header(), &claims, |message| hmac(secret, message));
        assert_eq!(scene.refusal_of(&relabelled).await, TokenError::Signature);
    }
}

#[tokio::test]
async fn other_algorithms_of_the_same_key_are_refused() {
    let scene = Scene::new().await;
    for name in ["RS384", "RS512", "PS256", "ES384", "EdDSA", "rs256", "RS256 "] {
        let error = scene.refusal_of_header(&with_header("alg", name.into())).await;
        assert_eq!(error, TokenError::Algorithm(name.to_owned()));
    }
    let error = scene.refusal_of_header(&with_header("alg", json!(["RS256"]))).await;
    assert_eq!(error, TokenError::Malformed { part: Part::Header });
    let error = scene.refusal_of_header(r#"{"typ":"JWT","kid":"test-1"}"#).await;
    assert_eq!(error, TokenError::Malformed { part: Part::Header });
}

#[tokio::test]
async fn a_key_is_used_with_its_own_algorithm_only() {
    let scene = Scene::new().await;
    let claims = scene.issuer.claims_json(&TestClaims::github(NOW));
    let rs256_of_ec = r#"{"typ":"JWT","alg":"RS256","kid":"test-ec"}"#;
    let es256_of_rsa = r#"{"typ":"JWT","alg":"ES256","kid":"test-1"}"#;
    for (header, kid) in [(rs256_of_ec, "test-ec"), (es256_of_rsa, "test-1")] {
        for key in [TestKey::RsaA, TestKey::Ec] {
            let token = scene.issuer.sign_with(header, &claims, key);
            assert_eq!(scene.refusal_of(&token).await, TokenError::KeyMismatch { kid: kid.to_owned() });
        }
    }
}

#[tokio::test]
async fn a_token_that_brings_its_own_key_is_refused() {
    let scene = Scene::new().await;
    let own = TestKey::RsaB.jwk("test-1");
    for (name, value) in [
        ("jku", json!("https://attacker.example/jwks")),
        ("x5u", json!("https://attacker.example/cert")),
        ("jwk", own),
        ("x5c", json!(["MIIB"])),
    ] {
        let header = with_header(name, value);
        assert_eq!(scene.refusal_of_header(&header).await, TokenError::OwnKey(name.to_owned()));
        let claims = scene.issuer.claims_json(&TestClaims::github(NOW));
        let forged = scene.issuer.sign_with(&header, &claims, TestKey::RsaB);
        assert_eq!(scene.refusal_of(&forged).await, TokenError::OwnKey(name.to_owned()));
    }
    assert_eq!(scene.issuer.discovery_requests(), 0);
}

#[tokio::test]
async fn critical_extensions_are_refused() {
    let scene = Scene::new().await;
    for value in [json!(["b64"]), json!([]), json!("exp")] {
        assert_eq!(scene.refusal_of_header(&with_header("crit", value)).await, TokenError::Critical);
    }
}

#[tokio::test]
async fn the_type_is_jwt_in_any_case_or_absent() {
    let scene = Scene::new().await;
    let claims = scene.issuer.claims_json(&TestClaims::github(NOW));
    for header in [
        r#"{"typ":"JWT","alg":"RS256","kid":"test-1"}"#,
        r#"{"typ":"jwt","alg":"RS256","kid":"test-1"}"#,
        r#"{"alg":"RS256","kid":"test-1"}"#,
    ] {
        let token = scene.issuer.sign_with(header, &claims, TestKey::RsaA);
        assert!(scene.issuers.verify(&token, NOW).await.is_ok(), "{header}");
    }
    for kind in ["at+jwt", "JWS", ""] {
        let error = scene.refusal_of_header(&with_header("typ", kind.into())).await;
        assert_eq!(error, TokenError::Type(kind.to_owned()));
    }
    let error = scene.refusal_of_header(&with_header("typ", json!(1))).await;
    assert_eq!(error, TokenError::Malformed { part: Part::Header });
}

#[tokio::test]
async fn a_missing_key_id_is_refused() {
    let scene = Scene::new().await;
    for header in [
        r#"{"typ":"JWT","alg":"RS256"}"#,
        r#"{"typ":"JWT","alg":"RS256","kid":""}"#,
        r#"{"typ":"JWT","alg":"RS256","kid":1}"#,
        r#"{"typ":"JWT","alg":"RS256","kid":null}"#,
    ] {
        assert_eq!(scene.refusal_of_header(header).await, TokenError::KeyIdMissing);
    }
}

#[tokio::test]
async fn an_unknown_key_id_is_refused() {
    let scene = Scene::new().await;
    let error = scene.refusal_of_header(&with_header("kid", "test-9".into())).await;
    let issuer = scene.issuer.url().to_owned();
    assert_eq!(error, TokenError::UnknownKey { issuer, kid: "test-9".to_owned() });
}

#[tokio::test]
async fn a_control_character_in_the_header_is_refused() {
    let scene = Scene::new().await;
    let error = scene.refusal_of_header(&with_header("kid", "test-1\n".into())).await;
    assert_eq!(error, TokenError::Malformed { part: Part::Header });
}

#[tokio::test]
async fn an_unknown_issuer_is_refused_without_any_request() {
    let scene = Scene::new().await;
    let url = scene.issuer.url().to_owned();
    for issuer in [
        "https://attacker.example".to_owned(),
        format!("{url}/"),
        format!("{url}/acme"),
        url.replace("http", "HTTP"),
        format!("{url}\n"),
        String::new(),
    ] {
        let error = scene.refusal(&TestClaims::github(NOW).set("iss", issuer.as_str())).await;
        assert_eq!(error, TokenError::UnknownIssuer(issuer));
    }
    assert_eq!(scene.issuer.discovery_requests() + scene.issuer.key_requests(), 0);
}

#[tokio::test]
async fn another_key_under_a_published_key_id_is_refused() {
    let scene = Scene::new().await;
    let claims = scene.issuer.claims_json(&TestClaims::github(NOW));
    let forged = scene.issuer.sign_with(&scene.issuer.header(), &claims, TestKey::RsaB);
    assert_eq!(scene.refusal_of(&forged).await, TokenError::Signature);
}

#[tokio::test]
async fn claims_changed_after_signing_are_refused() {
    let scene = Scene::new().await;
    let token = scene.issuer.sign(&TestClaims::github(NOW));
    let other = scene.issuer.sign(&TestClaims::github(NOW).repository("acme/secrets", 75, 65));
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (other_signed, _) = other.rsplit_once('.').unwrap();
    assert_eq!(scene.refusal_of(&format!("{other_signed}.{signature}")).await, TokenError::Signature);
    assert!(scene.issuers.verify(&format!("{signed}.{signature}"), NOW).await.is_ok());
}

#[tokio::test]
async fn a_signature_of_the_wrong_length_is_refused() {
    let scene = Scene::new().await;
    for token in [scene.issuer.sign(&TestClaims::github(NOW)), scene.issuer.sign_ec(&TestClaims::github(NOW))]
    {
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let shorter = bytes[..bytes.len() - 1].to_vec();
        let longer_in_front = [&[0], bytes.as_slice()].concat();
        let longer_behind = [bytes.as_slice(), &[0]].concat();
        for changed in [vec![], vec![0], shorter, longer_in_front, longer_behind] {
            let error = scene.refusal_of(&format!("{signed}.{}", URL_SAFE_NO_PAD.encode(changed))).await;
            assert_eq!(error, TokenError::Signature);
        }
    }
}

#[tokio::test]
async fn a_signature_has_one_spelling() {
    let scene = Scene::new().await;
    let token = scene.issuer.sign(&TestClaims::github(NOW));
    // 256 bytes leave four unused bits in the last character; setting one changes no byte.
    let (rest, last) = token.split_at(token.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let next = alphabet.chars().nth(alphabet.find(last).unwrap() + 1).unwrap();
    let error = scene.refusal_of(&format!("{rest}{next}")).await;
    assert_eq!(error, TokenError::Malformed { part: Part::Signature });
}

#[tokio::test]
async fn an_oversized_token_is_refused_unread() {
    let scene = Scene::new().await;
    assert_eq!(scene.refusal_of(&"a".repeat(TOKEN_MAX + 1)).await, TokenError::TooLarge);
    assert_eq!(scene.refusal_of(&"a".repeat(TOKEN_MAX)).await, TokenError::Malformed { part: Part::Token });
    let padded = TestClaims::github(NOW).set("padding", vec!["x".repeat(1000); 16]);
    assert_eq!(scene.refusal(&padded).await, TokenError::TooLarge);
    assert_eq!(scene.issuer.discovery_requests(), 0);
}

#[tokio::test]
async fn anything_but_three_parts_is_refused() {
    let scene = Scene::new().await;
    let token = scene.issuer.sign(&TestClaims::github(NOW));
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    for (bad, part) in [
        (String::new(), Part::Token),
        (header.to_owned(), Part::Token),
        (signed.to_owned(), Part::Token),
        (format!("{token}."), Part::Token),
        (format!("{token}.{signature}"), Part::Token),
        (format!(".{token}"), Part::Token),
        ("..".to_owned(), Part::Header),
        (format!(".{payload}.{signature}"), Part::Header),
        (format!("{header}..{signature}"), Part::Claims),
    ] {
        assert_eq!(scene.refusal_of(&bad).await, TokenError::Malformed { part }, "{bad}");
    }
}

#[tokio::test]
async fn anything_but_base64url_without_padding_is_refused() {
    let scene = Scene::new().await;
    let token = scene.issuer.sign(&TestClaims::github(NOW));
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    for (bad, part) in [
        (format!("{signed}.{signature}=="), Part::Signature),
        (format!("{signed}.{signature}\n"), Part::Signature),
        (format!("{signed}. {signature}"), Part::Signature),
        (format!("{signed}.+/{}", &signature[2..]), Part::Signature),
        (format!("{header}.{payload}=.{signature}"), Part::Claims),
        (format!("{header}.{payload}\u{e9}.{signature}"), Part::Claims),
        (format!("{header}=.{payload}.{signature}"), Part::Header),
        (format!("Bearer {token}"), Part::Header),
        (format!(" {token}"), Part::Header),
    ] {
        assert_eq!(scene.refusal_of(&bad).await, TokenError::Malformed { part }, "{bad}");
    }
}

#[tokio::test]
async fn a_name_twice_in_the_header_is_refused() {
    let scene = Scene::new().await;
    for header in [
        r#"{"alg":"none","alg":"RS256","typ":"JWT","kid":"test-1"}"#,
        r#"{"alg":"RS256","typ":"JWT","kid":"test-1","\u0061lg":"none"}"#,
    ] {
        let error = scene.refusal_of_header(header).await;
        assert_eq!(error, TokenError::Duplicate { part: Part::Header, name: "alg".to_owned() });
    }
}

#[tokio::test]
async fn a_claim_twice_is_refused_even_when_signed() {
    let scene = Scene::new().await;
    let claims = scene.issuer.claims_json(&TestClaims::github(NOW));
    let rest = claims.strip_prefix('{').unwrap();
    for (twice, name) in [
        (format!(r#"{{"repository":"acme/secrets",{rest}"#), "repository"),
        (format!(r#"{{"repository":"acme/infra",{rest}"#), "repository"),
        (format!(r#"{{"repositor\u0079_id":"75",{rest}"#), "repository_id"),
        (format!(r#"{{"iss":"https://attacker.example",{rest}"#), "iss"),
        (format!(r#"{{"extra":{{"a":1,"a":1}},{rest}"#), "a"),
    ] {
        let token = scene.issuer.sign_with(&scene.issuer.header(), &twice, TestKey::RsaA);
        let error = scene.refusal_of(&token).await;
        assert_eq!(error, TokenError::Duplicate { part: Part::Claims, name: name.to_owned() });
    }
}

#[tokio::test]
async fn deep_nesting_is_refused() {
    let scene = Scene::new().await;
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(4000), "]".repeat(4000));
    let token = scene.issuer.sign_with(&scene.issuer.header(), &deep, TestKey::RsaA);
    assert_eq!(scene.refusal_of(&token).await, TokenError::TooDeep { part: Part::Claims });
    let error =
        scene.refusal_of_header(&with_header("extra", json!([[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]))).await;
    assert_eq!(error, TokenError::TooDeep { part: Part::Header });
}

#[tokio::test]
async fn claims_that_are_not_an_object_are_refused() {
    let scene = Scene::new().await;
    for claims in ["", "null", "[]", "\"text\"", "{", "{}{}", "{\"iss\":}", "\u{0}"] {
        let token = scene.issuer.sign_with(&scene.issuer.header(), claims, TestKey::RsaA);
        assert_eq!(scene.refusal_of(&token).await, TokenError::Malformed { part: Part::Claims }, "{claims}");
    }
}

#[tokio::test]
async fn the_refusal_never_holds_the_token() {
    let scene = Scene::new().await;
    let token = scene.issuer.sign(&TestClaims::github(NOW).set("aud", "other"));
    let error = scene.refusal_of(&token).await;
    for part in token.split('.') {
        assert!(!error.to_string().contains(part) && !format!("{error:?}").contains(part));
    }
}
