//! Locks as the CLI takes and releases them (rules §8).

use std::time::Duration;

use crate::overview::words;
use crate::support::{Answer, TestApp};
use serde_json::{Value, json};
use stackyard_domain::locks::{self, HeldCounts, Holders, LockFilter, TakeInput};
use stackyard_domain::{repositories, workspaces};
use stackyard_model::activity::{Event, Outcome, What};
use stackyard_model::{PermissionKind, Refusal, Role};

const KEY: &str = "acme/infra/dev/vpc";

async fn take(app: &TestApp, token: &str, body: &Value) -> Answer {
    app.post("/api/v1/locks").bearer(token).json(body).send().await
}

async fn release(app: &TestApp, token: &str, key: &str) -> Answer {
    app.call("DELETE", "/api/v1/locks").bearer(token).json(&json!({"key": key})).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_is_answered_with_what_the_client_decodes() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    let body = json!({"key": KEY, "ttl": 600, "lockMessage": "maintenance of the <network> & friends"});
    let answer = take(&app, &session, &body).await;
    assert_eq!(answer.status, 201);
    let data = answer.envelope()["data"].clone();
    assert_eq!(data["key"], KEY);
    assert_eq!(data["workspaceId"], acme.workspace.id.as_str());
    assert_eq!(data["lockMessage"], "maintenance of the <network> & friends");
    assert!(data["id"].as_str().unwrap().starts_with("lock_"));
    assert!(data["deletedAt"].is_null() && data.as_object().unwrap().contains_key("deletedAt"));
    let at = |name: &str| data[name].as_str().unwrap().parse::<stackyard_model::Ts>().unwrap();
    assert_eq!(at("expiresAt").since(at("createdAt")), Duration::from_secs(600));
    assert_eq!(at("updatedAt"), at("createdAt"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_lock_is_refused_naming_who_holds_it_and_until_when() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    take(&app, &session, &json!({"key": KEY, "lockMessage": "::error::pwned ##[group]"})).await;
    let again = take(&app, &session, &json!({"key": "Acme/Infra/dev/vpc"})).await;
    assert_eq!(again.status, 409, "owner and repository are compared without case: {}", again.text());
    let (_, text) = again.refusal();
    assert!(text.contains("17000000001"), "the holder: {text}");
    assert!(!text.contains("::error") && !text.contains("##[group"), "a runner would act on it: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_ends_by_release_and_by_time() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    assert_eq!(take(&app, &session, &json!({"key": KEY})).await.status, 201);
    let released = release(&app, &session, KEY).await;
    assert_eq!(released.status, 200);
    assert_eq!(released.envelope()["data"], json!({}));
    let again = release(&app, &session, KEY).await;
    assert_eq!(again.status, 404);
    again.envelope();

    assert_eq!(take(&app, &session, &json!({"key": KEY, "ttl": 0})).await.status, 201, "0 means the default");
    app.clock.advance(Duration::from_secs(29));
    assert_eq!(take(&app, &session, &json!({"key": KEY})).await.status, 409);
    app.clock.advance(Duration::from_secs(2));
    assert_eq!(take(&app, &session, &json!({"key": KEY})).await.status, 201);
    assert_eq!(app.locks(&acme).await.held.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_times_that_cannot_be_used_are_400() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    for (body, said) in [
        (json!({"key": "//dev/vpc"}), "remote"),
        (json!({"key": ""}), "key"),
        (json!({"key": KEY, "ttl": -1}), "ttl"),
        (json!({"key": KEY, "ttl": 604_801}), "7 days"),
        (json!({"key": KEY, "ttl": "soon"}), "ttl"),
        (json!({"ttl": 30}), "key"),
    ] {
        let answer = take(&app, &session, &body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        let text = answer.refusal().1;
        assert!(text.to_lowercase().contains(said), "{body}: {text}");
    }
    assert!(app.locks(&acme).await.held.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_repositorys_key_is_403() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    let answer = take(&app, &session, &json!({"key": "acme/other/dev/vpc"})).await;
    assert_eq!(answer.status, 403, "{}", answer.text());
    answer.envelope();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_verb_needs_its_own_permission() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    app.allow(&acme, PermissionKind::LocksCreate, ["*", "*", "*"]).await;
    let session = app.session(&acme).await;
    assert_eq!(take(&app, &session, &json!({"key": KEY})).await.status, 201);
    let refused = release(&app, &session, KEY).await;
    assert_eq!(refused.status, 403);
    assert!(refused.refusal().1.contains("Locks Delete"), "{}", refused.text());
    assert_eq!(app.locks(&acme).await.held.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_token_matches_only_stars() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    app.allow(&acme, PermissionKind::LocksCreate, ["*", "main", "*"]).await;
    let token = app.repository_token(&acme).await;
    assert!(token.starts_with("stackyard_repo_") && !token.contains('.'));
    let refused = take(&app, &token, &json!({"key": KEY})).await;
    assert_eq!(refused.status, 403, "it has no branch");
    let why = format!("/why/{}", refused.header("x-trace-id"));
    let why = words(&app.get(&why).cookie(&acme.owner.cookie).html().send().await.text());
    assert!(
        why.contains("By OIDC instead of the token") && !why.contains("Without a new permission"),
        "{why}"
    );
    assert!(why.contains("open to every workflow, on every branch and in every environment"), "{why}");
    app.allow(&acme, PermissionKind::LocksCreate, ["*", "*", "*"]).await;
    assert_eq!(take(&app, &token, &json!({"key": KEY})).await.status, 201);
    let held = app.locks(&acme).await.held;
    assert_eq!(held.first().map(|lock| lock.holder_name.as_str()), Some("nightly"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_lock_is_not_a_workflows_to_release() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let person = app.person("Mira").await;
    app.add_member(&acme.workspace, &person, Role::Member).await;
    let ctx = app.ctx_of(&person).await;
    let here = stackyard_domain::access::enter_anyhow(&ctx, "acme").await.unwrap();
    let input = TakeInput {
        repository: acme.repository.id.to_string(),
        stack: "dev".to_owned(),
        component: "vpc".to_owned(),
        minutes: 10,
        message: "looking".to_owned(),
    };
    locks::take(&ctx, &here, input).await.unwrap();
    let session = app.session(&acme).await;
    let refused = release(&app, &session, KEY).await;
    assert_eq!(refused.status, 403);
    assert!(refused.refusal().1.contains("Mira"), "{}", refused.text());
    assert_eq!(app.locks(&acme).await.held.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_gets_the_lock() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    let body = json!({"key": KEY});
    let answers = futures::future::join_all((0..8).map(|_| take(&app, &session, &body))).await;
    let taken = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.status == 409).count();
    assert_eq!((taken, refused), (1, 7));
    assert_eq!(app.locks(&acme).await.held.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wanted_a_held_lock_is_in_the_log_once_and_then_counted() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    take(&app, &session, &json!({"key": KEY, "ttl": 600})).await;
    for _ in 0..4 {
        assert_eq!(take(&app, &session, &json!({"key": KEY})).await.status, 409);
    }
    let failed = |event: &Event| event.outcome == Outcome::Failed && event.what() == Some(What::LockCreated);
    let log = app.log(&acme).await;
    let [event] = &log.iter().filter(|event| failed(event)).collect::<Vec<_>>()[..] else {
        panic!("{log:?}")
    };
    assert_eq!((event.target_name.as_str(), event.details.refusal), (KEY, Some(Refusal::Conflict)));
    assert!(event.details.note.as_ref().unwrap().starts_with("Run 17000000001 holds it until "), "{event:?}");
    assert!(event.details.run.is_some() && event.repository_id == Some(acme.repository.id.clone()));

    app.clock.advance(Duration::from_secs(61));
    stackyard_domain::jobs::sweep(&app.operator()).await.unwrap();
    let log = app.log(&acme).await;
    let folded = log.iter().find(|event| event.what() == Some(What::DenialsFolded)).unwrap();
    assert_eq!(folded.details.folded.as_ref().unwrap().count, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_wanted_a_held_lock_is_in_the_log() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    take(&app, &session, &json!({"key": KEY, "ttl": 600})).await;
    let ctx = app.ctx_of(&acme.owner).await;
    let here = stackyard_domain::access::enter_anyhow(&ctx, "acme").await.unwrap();
    let input = TakeInput {
        repository: acme.repository.id.to_string(),
        stack: "dev".to_owned(),
        component: "vpc".to_owned(),
        minutes: 10,
        message: String::new(),
    };
    locks::take(&ctx, &here, input).await.unwrap_err();
    let log = app.log(&acme).await;
    let event = log.iter().find(|event| event.outcome == Outcome::Failed).unwrap();
    assert_eq!((event.actor_name.as_str(), event.what()), ("Olga", Some(What::LockCreated)));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_after_the_repository_or_the_workspace_is_gone_is_in_the_log_once() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    let here = app.enter(&acme.workspace).await;
    let denied = |log: &[Event]| -> Vec<Option<String>> {
        let asked = log.iter().filter(|event| event.what() == Some(What::RequestDenied));
        asked.map(|event| event.details.note.clone()).collect()
    };
    repositories::remove(&app.operator(), &here, &acme.repository.id, "acme/infra").await.unwrap();
    for _ in 0..3 {
        assert_eq!(take(&app, &session, &json!({"key": KEY})).await.refusal().0, "RepositoryRemoved");
    }
    let log = app.log(&acme).await;
    assert_eq!(denied(&log).len(), 1, "{log:?}");
    let event = log.iter().find(|event| event.what() == Some(What::RequestDenied)).unwrap();
    assert_eq!(event.repository_id, Some(acme.repository.id.clone()));

    workspaces::delete(&app.operator(), &here, &acme.workspace.name).await.unwrap();
    for _ in 0..3 {
        assert_eq!(take(&app, &session, &json!({"key": KEY})).await.refusal().0, "WorkspaceDeleted");
    }
    // Nobody can come in any more; the operator's proof from before reads what stayed.
    let log = app.log_of(&here).await;
    assert_eq!(denied(&log).len(), 2, "{log:?}");
    assert!(denied(&log).iter().flatten().any(|note| note.contains("was deleted")), "{log:?}");
}

fn containing(q: &str) -> LockFilter {
    LockFilter { q: q.to_owned(), ..LockFilter::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn locks_are_narrowed_by_holder_and_repository_and_counted_for_all_holders() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    assert_eq!(take(&app, &session, &json!({"key": KEY})).await.status, 201);
    let owner = app.ctx_of(&acme.owner).await;
    let here = stackyard_domain::access::enter_anyhow(&owner, "acme").await.unwrap();
    let other = repositories::add(&owner, &here, "github.com", "acme/other").await.unwrap();
    for repository in [&acme.repository, &other] {
        let input = TakeInput {
            repository: repository.id.to_string(),
            stack: "prod".to_owned(),
            component: "dns".to_owned(),
            minutes: 30,
            message: String::new(),
        };
        locks::take(&owner, &here, input).await.unwrap();
    }
    let keys = async |filter: &LockFilter| {
        let page = locks::page(&owner, &here, filter, "", 50).await.unwrap();
        let keys: Vec<_> = page.held.into_iter().map(|lock| lock.key).collect();
        (keys, page.counts)
    };
    let everybodys = HeldCounts { all: 3, machines: 1, people: 2, mine: 2 };
    for (holders, held) in
        [(Holders::All, 3), (Holders::Machines, 1), (Holders::People, 2), (Holders::Mine, 2)]
    {
        let (keys, counts) = keys(&LockFilter { holders, ..LockFilter::default() }).await;
        assert_eq!((keys.len(), counts), (held, everybodys), "{holders:?}");
        assert_eq!(counts.of(holders), i64::try_from(held).unwrap());
    }
    let of_other = LockFilter { repository: Some(other.id.clone()), ..LockFilter::default() };
    assert_eq!(
        keys(&of_other).await,
        (vec!["acme/other/prod/dns".to_owned()], HeldCounts { all: 1, machines: 0, people: 1, mine: 1 })
    );
    assert_eq!(keys(&LockFilter { holders: Holders::Machines, ..of_other }).await.0, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn held_locks_are_searched_before_they_are_cut_and_come_in_pages() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    for n in 0..7 {
        // Two at a time end at the same moment, so that the moment alone is no place in the order.
        let body = json!({"key": format!("acme/infra/dev/c{n}"), "ttl": 600 + n / 2, "lockMessage": "Ärger"});
        assert_eq!(take(&app, &session, &body).await.status, 201);
    }
    let late = json!({"key": "acme/infra/prod/eks_100%", "ttl": 9000, "lockMessage": "the <last> one"});
    assert_eq!(take(&app, &session, &late).await.status, 201);
    let (ctx, here) = (app.operator(), app.enter(&acme.workspace).await);
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = locks::page(&ctx, &here, &LockFilter::default(), &after, 3).await.unwrap();
        assert_eq!(page.counts.all, 8);
        assert!(page.held.len() <= 3 && page.held.is_sorted_by_key(|lock| lock.expires_at));
        seen.extend(page.held.into_iter().map(|lock| lock.key));
        let Some(next) = page.next_cursor else { break };
        after = next;
    }
    let mut once = seen.clone();
    once.sort();
    once.dedup();
    assert_eq!((seen.len(), once.len()), (8, 8), "{seen:?}");

    // The last of them is found although the page holds one.
    for q in ["PROD", "eks_100%", "last one", "17000000001 eks", " <LAST> "] {
        let found = locks::page(&ctx, &here, &containing(q), "", 1).await.unwrap();
        assert_eq!(found.held.first().map(|lock| lock.key.as_str()), Some("acme/infra/prod/eks_100%"), "{q}");
        assert_eq!((found.counts.all, found.next_cursor), (1, None), "{q}");
    }
    assert_eq!(locks::page(&ctx, &here, &containing("ärger"), "", 5).await.unwrap().counts.all, 7);
    assert_eq!(locks::page(&ctx, &here, &containing("eks%prod"), "", 5).await.unwrap().counts.all, 0);
    for nonsense in ["x", "-", "12-lock_x", "\0", "9999999999999999999999-lock_0000000000000000000000000000"]
    {
        assert_eq!(
            locks::page(&ctx, &here, &LockFilter::default(), nonsense, 3).await.unwrap().held.len(),
            3,
            "{nonsense:?}"
        );
    }

    app.clock.advance(Duration::from_secs(700));
    let later = locks::page(&ctx, &here, &LockFilter::default(), "", 50).await.unwrap();
    assert_eq!((later.counts.all, later.ended.len()), (1, 7), "run out, though not written down yet");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_locks_leads_on_to_the_next() {
    let app = TestApp::start().await;
    let acme = app.acme_with_locks().await;
    let session = app.session(&acme).await;
    for n in 0..51 {
        let body = json!({"key": format!("acme/infra/dev/c{n}"), "ttl": 600 + n});
        assert_eq!(take(&app, &session, &body).await.status, 201);
    }
    let last = app.locks(&acme).await.held.pop().unwrap();
    let path = "/dashboard/workspaces/acme/locks";
    let first = app.get(&format!("{path}?q=infra")).cookie(&acme.owner.cookie).send().await.text();
    assert!(first.contains("50 of 51 held") && !first.contains("/c50"), "{first}");
    let (_, rest) = first.split_once("?q=infra&amp;after=").unwrap();
    let after = rest.split('"').next().unwrap();
    let second =
        app.get(&format!("{path}?q=infra&after={after}")).cookie(&acme.owner.cookie).send().await.text();
    assert!(
        second.contains("1 of 51 held") && second.contains("/c50") && !second.contains("/c49"),
        "{second}"
    );
    // A lock that is not on the page can be ended all the same.
    let force = app.get(&format!("{path}?force={}", last.id)).cookie(&acme.owner.cookie).send().await.text();
    assert!(force.contains("/forms/locks/force-release"), "{force}");
}
