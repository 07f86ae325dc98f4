//! Truly signed tokens: which claims are accepted, and how they are read.

use serde_json::{Value, json};
use stackyard_model::Ts;
use stackyard_oidc::testing::{TestClaims, TestIssuer};
use stackyard_oidc::{ConfigError, IssuerConfig, IssuerKind, Issuers, TokenError};

use crate::{NOW, Scene, claim_missing, invalid_claim};

const NOW_SECONDS: i64 = NOW.as_seconds();

#[tokio::test]
async fn githubs_claims_are_read() {
    let scene = Scene::new().await;
    let token = scene.verify(&TestClaims::github(NOW).set("jti", "one").environment("prod")).await.unwrap();
    assert_eq!((token.kind, token.host.as_str()), (IssuerKind::GitHub, "github.com"));
    assert_eq!((token.issuer.as_str(), token.audience.as_str()), (scene.issuer.url(), "atmos-pro.com"));
    assert_eq!(token.jti, "one");
    assert_eq!((token.issued_at, token.expires_at), (NOW, Ts::from_seconds(NOW_SECONDS + 300)));
    assert_eq!(token.usable_until(), Ts::from_seconds(NOW_SECONDS + 360));
    let claims = token.claims;
    assert_eq!(claims.sub, "repo:acme/infra:environment:prod");
    assert_eq!((claims.repository.as_str(), claims.repository_id), ("acme/infra", 74));
    assert_eq!((claims.repository_owner.as_str(), claims.repository_owner_id), ("acme", 65));
    let workflow = "acme/infra/.github/workflows/deploy.yaml@refs/heads/main";
    assert_eq!(
        (claims.workflow_ref.as_str(), claims.job_workflow_ref.as_deref()),
        (workflow, Some(workflow))
    );
    assert_eq!((claims.git_ref.as_str(), claims.ref_type.as_str()), ("refs/heads/main", "branch"));
    assert_eq!((claims.head_ref.as_str(), claims.base_ref.as_str()), ("", ""));
    assert_eq!((claims.environment.as_deref(), claims.event_name.as_str()), (Some("prod"), "push"));
    assert_eq!((claims.actor.as_str(), claims.actor_id.as_deref()), ("octocat", Some("12")));
    assert_eq!((claims.run_id.as_str(), claims.run_number.as_deref()), ("17000000001", Some("10")));
    assert_eq!((claims.run_attempt.as_str(), claims.workflow.as_deref()), ("1", Some("Deploy")));
    assert_eq!(claims.sha, "3f2c1d0e9b8a7654321fedcba0987654321fedcb");
    assert_eq!(claims.repository_visibility.as_deref(), Some("private"));
    assert_eq!(claims.runner_environment.as_deref(), Some("github-hosted"));
}

#[tokio::test]
async fn both_algorithms_and_both_forms_of_sub_are_accepted() {
    let scene = Scene::new().await;
    let claims = TestClaims::github(NOW).immutable_sub();
    let token = scene.verify(&claims).await.unwrap();
    assert_eq!(token.claims.sub, "repo:acme@65/infra@74:ref:refs/heads/main");
    let by_ec = scene.issuers.verify(&scene.issuer.sign_ec(&claims), NOW).await.unwrap();
    assert_eq!(by_ec, token);
}

#[tokio::test]
async fn a_pull_requests_branches_are_read() {
    let scene = Scene::new().await;
    let claims = scene.verify(&TestClaims::github(NOW).pull_request(7, "fix", "main")).await.unwrap().claims;
    assert_eq!((claims.head_ref.as_str(), claims.base_ref.as_str()), ("fix", "main"));
    assert_eq!((claims.git_ref.as_str(), claims.event_name.as_str()), ("refs/pull/7/merge", "pull_request"));
}

#[tokio::test]
async fn claims_that_github_may_add_are_passed_over() {
    let scene = Scene::new().await;
    let claims = TestClaims::github(NOW)
        .set("repo_property_team", "platform")
        .set("later", json!({"list": [1, null, true, 1.5]}))
        .set("workflow", "Déploiement 👩‍💻");
    let token = scene.verify(&claims).await.unwrap();
    assert_eq!(token.claims.workflow.as_deref(), Some("Déploiement 👩‍💻"));
}

#[tokio::test]
async fn each_registered_claim_is_required() {
    let scene = Scene::new().await;
    for name in ["iss", "aud", "exp", "iat", "nbf", "jti"] {
        assert_eq!(scene.refusal(&TestClaims::github(NOW).remove(name)).await, claim_missing(name));
    }
}

#[tokio::test]
async fn times_must_be_whole_seconds() {
    let scene = Scene::new().await;
    for name in ["exp", "iat", "nbf"] {
        for wrong in [
            json!("1800000000"),
            json!(1_800_000_000.5),
            json!(-1),
            json!(null),
            json!(i64::MAX),
            json!(u64::MAX),
        ] {
            let error = scene.refusal(&TestClaims::github(NOW).set(name, wrong)).await;
            assert_eq!(invalid_claim(&error), name);
        }
    }
}

#[tokio::test]
async fn another_audience_is_refused_and_both_accepted_are_named() {
    let scene = Scene::new().await;
    for audience in ["https://github.com/acme", "atmos-pro.com/", "ATMOS-PRO.COM", "sts.amazonaws.com", ""] {
        let error = scene.refusal(&TestClaims::github(NOW).set("aud", audience)).await;
        assert!(matches!(&error, TokenError::Audience { audience: seen, .. } if seen == audience), "{error}");
        assert!(error.to_string().contains("`atmos-pro.com` or `https://stackyard.example`"), "{error}");
    }
    let own = scene.verify(&TestClaims::github(NOW).set("aud", "https://stackyard.example")).await.unwrap();
    assert_eq!(own.audience, "https://stackyard.example");
}

#[tokio::test]
async fn an_array_of_audiences_is_refused() {
    let scene = Scene::new().await;
    for audience in
        [json!(["atmos-pro.com"]), json!(["atmos-pro.com", "other"]), json!([]), json!(null), json!(1)]
    {
        let error = scene.refusal(&TestClaims::github(NOW).set("aud", audience)).await;
        assert_eq!(invalid_claim(&error), "aud");
    }
}

#[tokio::test]
async fn an_expired_token_is_refused_after_the_leeway() {
    let scene = Scene::new().await;
    let expired =
        |ago: i64| TestClaims::github(NOW).set("iat", NOW_SECONDS - 900).set("exp", NOW_SECONDS - ago);
    assert!(scene.verify(&expired(59)).await.is_ok());
    for ago in [60, 61, 600] {
        let error = scene.refusal(&expired(ago)).await;
        assert_eq!(error, TokenError::Expired(Ts::from_seconds(NOW_SECONDS - ago)));
    }
}

#[tokio::test]
async fn a_token_is_refused_from_the_moment_that_its_jti_may_be_forgotten() {
    let scene = Scene::new().await;
    let token = scene.issuer.sign(&TestClaims::github(NOW));
    let until = scene.issuers.verify(&token, NOW).await.unwrap().usable_until();
    let last = Ts::from_micros(until.as_micros() - 1);
    assert!(scene.issuers.verify(&token, last).await.is_ok());
    assert!(matches!(scene.issuers.verify(&token, until).await, Err(TokenError::Expired(_))));
}

#[tokio::test]
async fn a_token_issued_in_the_future_is_refused() {
    let scene = Scene::new().await;
    let issued = |ahead: i64| TestClaims::github(NOW).set("iat", NOW_SECONDS + ahead);
    assert!(scene.verify(&issued(60)).await.is_ok());
    let error = scene.refusal(&issued(61)).await;
    assert_eq!(error, TokenError::NotYet(Ts::from_seconds(NOW_SECONDS + 61)));
}

#[tokio::test]
async fn a_token_that_is_not_valid_yet_is_refused() {
    let scene = Scene::new().await;
    let valid = |ahead: i64| TestClaims::github(NOW).set("nbf", NOW_SECONDS + ahead);
    assert!(scene.verify(&valid(60)).await.is_ok());
    let error = scene.refusal(&valid(61)).await;
    assert_eq!(error, TokenError::NotYet(Ts::from_seconds(NOW_SECONDS + 61)));
}

#[tokio::test]
async fn a_lifetime_over_an_hour_is_refused() {
    let scene = Scene::new().await;
    let living = |seconds: i64| TestClaims::github(NOW).set("exp", NOW_SECONDS + seconds);
    assert!(scene.verify(&living(3600)).await.is_ok());
    assert_eq!(scene.refusal(&living(3601)).await, TokenError::Lifetime(3601));
    assert_eq!(scene.refusal(&living(-1)).await, TokenError::Lifetime(-1));
}

#[tokio::test]
async fn a_token_id_has_1_to_256_bytes() {
    let scene = Scene::new().await;
    assert!(scene.verify(&TestClaims::github(NOW).set("jti", "x".repeat(256))).await.is_ok());
    for wrong in [json!(""), json!("x".repeat(257)), json!(7), json!(null)] {
        let error = scene.refusal(&TestClaims::github(NOW).set("jti", wrong)).await;
        assert_eq!(invalid_claim(&error), "jti");
    }
}

#[tokio::test]
async fn a_persons_sign_in_token_is_refused() {
    let scene = Scene::new().await;
    let id_token = json!({
        "iss": scene.issuer.url(), "aud": "atmos-pro.com", "sub": "248289761001", "nonce": "n-0S6_WzA2Mj",
        "exp": NOW_SECONDS + 300, "iat": NOW_SECONDS, "nbf": NOW_SECONDS, "jti": "person-1",
        "name": "Ida Example", "email": "ida@acme.example", "email_verified": true,
    });
    let key = scene.issuer.key();
    let token = scene.issuer.sign_with(&scene.issuer.header(), &id_token.to_string(), key);
    assert_eq!(scene.refusal_of(&token).await, claim_missing("repository"));
}

#[tokio::test]
async fn each_claim_about_the_run_is_required_as_a_string() {
    let scene = Scene::new().await;
    let required = [
        "sub",
        "repository",
        "repository_id",
        "repository_owner",
        "repository_owner_id",
        "workflow_ref",
        "ref",
        "ref_type",
        "head_ref",
        "base_ref",
        "event_name",
        "actor",
        "run_id",
        "run_attempt",
        "sha",
    ];
    for name in required {
        assert_eq!(scene.refusal(&TestClaims::github(NOW).remove(name)).await, claim_missing(name));
        for wrong in [json!(74), json!(null), json!(["74"]), json!({"value": "74"}), json!(true)] {
            let error = scene.refusal(&TestClaims::github(NOW).set(name, wrong)).await;
            assert_eq!(invalid_claim(&error), name);
        }
    }
    for name in required.into_iter().filter(|name| !["head_ref", "base_ref"].contains(name)) {
        let error = scene.refusal(&TestClaims::github(NOW).set(name, "")).await;
        assert_eq!(invalid_claim(&error), name);
    }
}

#[tokio::test]
async fn numbers_are_strings_of_digits() {
    let scene = Scene::new().await;
    for name in ["repository_id", "repository_owner_id", "run_id", "run_attempt"] {
        for wrong in ["+74", "-74", " 74", "74 ", "7_4", "0x4a", "74.0", "٧٤"] {
            let error = scene.refusal(&TestClaims::github(NOW).set(name, wrong)).await;
            assert_eq!(invalid_claim(&error), name, "{wrong}");
        }
    }
    for name in ["repository_id", "repository_owner_id"] {
        let error = scene.refusal(&TestClaims::github(NOW).set(name, "9223372036854775808")).await;
        assert_eq!(invalid_claim(&error), name);
    }
}

#[tokio::test]
async fn optional_claims_are_absent_or_strings() {
    let scene = Scene::new().await;
    let optional = [
        "environment",
        "job_workflow_ref",
        "actor_id",
        "run_number",
        "workflow",
        "repository_visibility",
        "runner_environment",
    ];
    let mut claims = TestClaims::github(NOW);
    for name in optional {
        claims = claims.remove(name);
        for wrong in [json!(1), json!(null), json!(["prod"])] {
            let error = scene.refusal(&TestClaims::github(NOW).set(name, wrong)).await;
            assert_eq!(invalid_claim(&error), name);
        }
    }
    let read = scene.verify(&claims).await.unwrap().claims;
    assert_eq!((read.environment, read.job_workflow_ref, read.actor_id), (None, None, None));
    assert_eq!((read.run_number, read.workflow, read.runner_environment), (None, None, None));
    let empty = scene.verify(&TestClaims::github(NOW).set("environment", "")).await.unwrap().claims;
    assert_eq!(empty.environment, None);
}

#[tokio::test]
async fn a_control_character_in_any_claim_is_refused_by_name() {
    let scene = Scene::new().await;
    let Value::Object(all) =
        serde_json::from_str(&scene.issuer.claims_json(&TestClaims::github(NOW).environment("prod")))
            .unwrap()
    else {
        panic!("claims are an object");
    };
    let texts = all
        .iter()
        .filter_map(|(name, value)| Some((name, value.as_str()?)))
        .filter(|(name, _)| *name != "iss");
    for (name, value) in texts {
        for bad in ["\n", "\r", "\t", "\u{0}", "\u{1b}", "\u{7f}", "\u{85}", "\u{9b}", "\u{2028}", "\u{2029}"]
        {
            let error = scene.refusal(&TestClaims::github(NOW).set(name, format!("{value}{bad}"))).await;
            assert_eq!(error, TokenError::ControlCharacter(name.clone()), "{bad:?}");
        }
    }
    let error = scene.refusal(&TestClaims::github(NOW).set("later", json!([{"deep": "a\u{0}b"}]))).await;
    assert_eq!(error, TokenError::ControlCharacter("later".to_owned()));
}

#[tokio::test]
async fn an_overlong_claim_is_refused_by_name() {
    let scene = Scene::new().await;
    let with = |length: usize| TestClaims::github(NOW).set("workflow", "x".repeat(length));
    assert!(scene.verify(&with(1024)).await.is_ok());
    assert_eq!(scene.refusal(&with(1025)).await, TokenError::ClaimTooLong("workflow".to_owned()));
}

#[tokio::test]
async fn an_issuer_stands_for_its_own_host() {
    let ours = TestIssuer::start().await;
    let theirs = TestIssuer::start().await;
    let server = IssuerConfig { kind: IssuerKind::GitHubEnterprise, ..theirs.config("ghes.example") };
    let client = stackyard_oidc::http_client().unwrap();
    let issuers = Issuers::new(vec![ours.config("github.com"), server], client).unwrap();
    let claims = TestClaims::github(NOW);
    let (a, b) = (
        issuers.verify(&ours.sign(&claims), NOW).await.unwrap(),
        issuers.verify(&theirs.sign(&claims), NOW).await.unwrap(),
    );
    assert_eq!((a.host.as_str(), a.kind, a.claims.repository_id), ("github.com", IssuerKind::GitHub, 74));
    assert_eq!(
        (b.host.as_str(), b.kind, b.claims.repository_id),
        ("ghes.example", IssuerKind::GitHubEnterprise, 74)
    );
}

#[tokio::test]
async fn an_issuer_does_not_speak_for_another() {
    let ours = TestIssuer::start().await;
    let theirs = TestIssuer::start().await;
    theirs.rotate();
    let client = stackyard_oidc::http_client().unwrap();
    let issuers =
        Issuers::new(vec![ours.config("github.com"), theirs.config("ghes.example")], client).unwrap();
    assert!(issuers.verify(&theirs.sign(&TestClaims::github(NOW)), NOW).await.is_ok());
    let posing = theirs.sign(&TestClaims::github(NOW).set("iss", ours.url()));
    assert!(matches!(issuers.verify(&posing, NOW).await, Err(TokenError::UnknownKey { .. })));
}

#[tokio::test]
async fn an_issuer_is_configured_once() {
    let issuer = TestIssuer::start().await;
    let twice = vec![issuer.config("github.com"), issuer.config("ghes.example")];
    let client = stackyard_oidc::http_client().unwrap();
    assert!(matches!(Issuers::new(twice, client), Err(ConfigError::Twice(_))));
}
