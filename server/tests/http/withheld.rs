//! What the log keeps from those who do not run the workspace: who is invited, what tokens are called, why access was asked
//! for. They see that it happened; no search tells them more, and no export.

use stackyard_db::log::find_word;
use stackyard_domain::access::{self, AskInput};
use stackyard_domain::credentials::{self, CredentialInput};
use stackyard_domain::team::{self, Decisions};
use stackyard_domain::{Actor, Ctx, Here, activity, invitations, notices, tokens};
use stackyard_model::Role;
use stackyard_model::activity::ActivityFilter;
use stackyard_model::credential::{CredentialKind, Scope};
use stackyard_model::sentence::{Teller, event_text};

use crate::giving::{for_role, key, member};
use crate::support::{Person, TestApp, fill_log};

/// What must not be told, each a single word of the log.
const SECRETS: [&str; 5] =
    ["kim@elsewhere.example", "nightly-robot", "payroll-token", "harassment", "elsewhere"];

struct Told {
    app: TestApp,
    owner: Person,
    viewer: Person,
}

async fn told() -> Told {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (viewer, mia) = (app.person("Vera").await, app.person("Mia").await);
    app.add_member(&place.workspace, &viewer, Role::Viewer).await;
    app.add_member(&place.workspace, &mia, Role::Member).await;
    let (_, link) = app.invite(&place, "kim@elsewhere.example", Role::Admin).await;
    let (owner, here) = app.inside(&place.owner, "acme").await;
    tokens::create(&owner, &here, &place.repository.id, "payroll-token", None).await.unwrap();
    let input = CredentialInput {
        kind: CredentialKind::ApiKey,
        name: "nightly-robot".to_owned(),
        description: String::new(),
        scopes: vec![Scope::GroupsRead.to_string()],
        days: Some(30),
    };
    credentials::create(&owner, &here, input).await.unwrap();
    let (hers, as_mia) = app.inside(&mia, "acme").await;
    let asked = AskInput {
        what: "role".to_owned(),
        role: "admin".to_owned(),
        repository: String::new(),
        resource_role: String::new(),
        reason: "to look into the harassment of a colleague".to_owned(),
    };
    access::ask(&hers, &as_mia, asked).await.unwrap();
    let nobody = app.operator().with_actor(Actor::Anonymous);
    invitations::decline(&nobody, &link, "").await.unwrap();
    app.seal().await;
    Told { app, owner: place.owner, viewer }
}

async fn found(ctx: &Ctx, here: &Here, q: &str, category: &str) -> Vec<String> {
    let filter =
        ActivityFilter { q: q.to_owned(), category: category.to_owned(), ..ActivityFilter::default() };
    let page = activity::list(ctx, here, &filter, 50).await.unwrap();
    page.items.iter().map(|event| event_text(event, Teller::Actor)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_sees_that_it_happened_and_not_to_whom() {
    let Told { app, viewer, owner } = told().await;
    let (ctx, here) = app.inside(&viewer, "acme").await;
    let sentences = found(&ctx, &here, "", "").await.join("\n");
    for said in [
        "invited somebody",
        "declined the invitation of somebody",
        "made an API key",
        "made a repository token for acme/infra",
        "Mia asked for Admin",
    ] {
        assert!(sentences.contains(said), "{said}: {sentences}");
    }
    let page =
        app.get("/dashboard/workspaces/acme/activity").cookie(&viewer.cookie).html().send().await.text();
    let jsonl = "/dashboard/workspaces/acme/activity/export?format=jsonl";
    let csv = "/dashboard/workspaces/acme/activity/export?format=csv";
    let export = async |cookie: &str, target: &str| app.get(target).cookie(cookie).send().await.text();
    for text in [sentences, page, export(&viewer.cookie, jsonl).await, export(&viewer.cookie, csv).await] {
        for secret in SECRETS {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
    let all = export(&owner.cookie, jsonl).await;
    assert!(SECRETS.iter().all(|secret| all.contains(secret)), "{all}");
    let counted = export(&viewer.cookie, jsonl).await.lines().count();
    assert_eq!(counted, all.lines().count(), "none is left out");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_search_of_a_viewer_finds_what_is_kept_from_them() {
    let Told { app, viewer, owner } = told().await;
    let (theirs, as_viewer) = app.inside(&viewer, "acme").await;
    let (owners, as_owner) = app.inside(&owner, "acme").await;
    for secret in SECRETS {
        // Alone it is found by an index, with a category or half a word by looking through the log.
        let half = &secret[1..secret.len() - 1];
        for q in [secret, half, &format!("{secret} 2")] {
            assert_eq!(found(&theirs, &as_viewer, q, "").await, Vec::<String>::new(), "{q}");
        }
        assert!(!found(&owners, &as_owner, secret, "").await.is_empty(), "{secret}");
        let target = format!(
            "/dashboard/workspaces/acme/activity/export?format=jsonl&q={}",
            secret.replace('@', "%40")
        );
        let export = async |cookie: &str| app.get(&target).cookie(cookie).send().await.text();
        assert_eq!(export(&viewer.cookie).await, "", "{secret}");
        assert!(!export(&owner.cookie).await.is_empty(), "{secret}");
    }
    for category in ["credential", "team_member", "access", "repository_token"] {
        for secret in SECRETS {
            assert_eq!(found(&theirs, &as_viewer, secret, category).await, Vec::<String>::new(), "{secret}");
        }
    }
    assert_eq!(found(&theirs, &as_viewer, "acme/infra", "repository").await.len(), 1, "the rest is found");
    assert!(!found(&theirs, &as_viewer, "Operator", "").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_what_is_kept_from_some_stand_where_their_searches_do_not_look() {
    let Told { app, owner, .. } = told().await;
    let (ctx, here) = app.inside(&owner, "acme").await;
    let noted = async |key: String| {
        let mut conn = ctx.deps().db.read().await.unwrap();
        find_word(&mut conn, &key, i64::MAX, 10).await.unwrap().len()
    };
    let workspace = &here.workspace().id;
    for secret in SECRETS {
        assert_eq!(noted(format!("{workspace}:{secret}")).await, 0, "{secret}");
        assert!(noted(format!("{workspace}::{secret}")).await > 0, "{secret}");
    }
    assert!(noted(format!("{workspace}:acme/infra")).await > 0);
    // Who sees all of the log finds both, in the order of the log.
    let filter = ActivityFilter { q: "acme/infra".to_owned(), ..ActivityFilter::default() };
    let found = activity::list(&ctx, &here, &filter, 50).await.unwrap().items;
    assert!(found.iter().any(|event| event.action == "imported"), "{found:?}");
    assert!(found.iter().any(|event| event.target_name == "payroll-token"), "{found:?}");
    assert!(found.is_sorted_by(|a, b| a.id > b.id), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_keeps_back_what_the_log_does_once_somebody_runs_the_workspace_no_more() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, id) = member(&app, &place, "Ada", Role::Admin).await;
    let (owner, here) = app.inside(&place.owner, "acme").await;
    key(&owner, &here).await;
    let told = async || {
        let page = notices::list(&app.ctx_of(&ada).await, "", 200).await.unwrap();
        let said = page.items.iter().map(|notice| event_text(&notice.event, Teller::Actor));
        said.collect::<Vec<_>>().join("\n")
    };
    assert!(told().await.contains("nightly"), "{}", told().await);
    team::change_role(&owner, &here, &id, "member").await.unwrap();
    assert!(
        !told().await.contains("nightly") && told().await.contains("made an API key"),
        "{}",
        told().await
    );
    // What answers her own request is hers.
    let (hers, as_ada) = app.inside(&ada, "acme").await;
    access::ask(&hers, &as_ada, for_role("admin")).await.unwrap();
    let asked = access::requests(&hers, &as_ada, true, "", 1).await.unwrap().items.remove(0).id;
    access::reject(&owner, &here, &asked, "not before the harvest").await.unwrap();
    let page = notices::list(&app.ctx_of(&ada).await, "", 200).await.unwrap();
    let answer = page.items.iter().find(|notice| notice.event.action == "rejected").unwrap();
    assert_eq!(answer.event.details.note.as_deref(), Some("not before the harvest"));
    team::remove(&owner, &here, &id, Decisions::default()).await.unwrap();
    assert!(!told().await.contains("nightly"), "{}", told().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_ends_when_who_reads_it_is_kept_out() {
    let Told { app, viewer, owner } = told().await;
    let (ctx, here) = app.inside(&viewer, "acme").await;
    fill_log(&app, &here, 4_500).await;
    app.seal().await;
    let mut export = activity::export(&ctx, &here, ActivityFilter::default()).await.unwrap();
    assert!(export.next(&ctx).await.unwrap().is_some());
    let (owners, as_owner) = app.inside(&owner, "acme").await;
    let member = here.member_id.clone();
    team::suspend(&owners, &as_owner, &member, Decisions::default()).await.unwrap();
    assert!(export.next(&ctx).await.is_err());
}
