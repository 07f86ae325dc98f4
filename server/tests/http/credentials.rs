//! Access tokens and API keys: making, showing once, ending.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use stackyard_domain::credentials::{self, CredentialInput};
use stackyard_domain::team::{self, Decisions};
use stackyard_domain::{Actor, Error, access, jobs, notices};
use stackyard_model::Role;
use stackyard_model::activity::{ActorType, What};
use stackyard_model::credential::{Credential, CredentialKind, DAYS_DEFAULT, DAYS_NEVER, Overlap, Scope};
use tower::ServiceExt as _;

use crate::notices::{mails_to, send_all};
use crate::support::{Answer, Person, Place, SmtpServer, Temper, TestApp};

const DAY: Duration = Duration::from_secs(24 * 3600);
const SETTINGS: &str = "/dashboard/workspaces/acme/settings";

async fn send(app: &TestApp, person: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    app.post(path).cookie(&person.cookie).html().form(fields).send().await
}

async fn page(app: &TestApp, person: &Person, target: &str) -> String {
    app.get(target).cookie(&person.cookie).html().send().await.text()
}

/// Makes a credential that lasts for these days, as the owner.
async fn make(app: &TestApp, place: &Place, kind: CredentialKind, days: Option<u32>) -> (Credential, String) {
    let ctx = app.ctx_of(&place.owner).await;
    let here = access::enter_anyhow(&ctx, "acme").await.unwrap();
    let input = CredentialInput {
        kind,
        name: "nightly".to_owned(),
        description: String::new(),
        scopes: vec![Scope::GroupsRead.to_string()],
        days,
    };
    let (credential, secret) = credentials::create(&ctx, &here, input).await.unwrap();
    (credential, secret.expose().to_owned())
}

async fn listed(app: &TestApp, place: &Place) -> Vec<Credential> {
    credentials::list(&app.operator(), &app.enter(&place.workspace).await).await.unwrap()
}

/// The secret on a page, when there is one of the kind.
fn secret_on(page: &str, kind: CredentialKind) -> Option<String> {
    page.split(kind.prefix()).skip(1).find_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric())?;
        (end == 38).then(|| format!("{}{}", kind.prefix(), &rest[..end]))
    })
}

/// Sends a form that makes a secret: the next page shows it, and none after that.
async fn shown_once(
    app: &TestApp,
    place: &Place,
    form: &str,
    kind: CredentialKind,
    fields: &[(&str, &str)],
) -> String {
    let sent = send(app, &place.owner, &format!("/forms/credentials/{form}"), fields).await;
    let part = if kind == CredentialKind::ApiKey { "#api-keys" } else { "#access-tokens" };
    assert!(sent.location().ends_with(part), "{}", sent.location());
    let next = sent.location().split('#').next().unwrap();
    let shown = page(app, &place.owner, next).await;
    let secret = secret_on(&shown, kind).unwrap_or_else(|| panic!("{}: {shown}", sent.location()));
    for later in [next, SETTINGS] {
        let text = page(app, &place.owner, later).await;
        assert!(!text.contains(&secret), "it is shown once");
    }
    secret
}

async fn opens(app: &TestApp, secret: &str) -> bool {
    match credentials::authenticate(&app.operator().with_actor(Actor::Anonymous), secret).await {
        Ok(Actor::Credential(_)) => true,
        Err(Error::Refused(refused)) => {
            assert_eq!(refused.tag, "Unauthorized");
            false
        }
        other => panic!("{:?}", other.err()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_and_only_its_hash_is_kept() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let fields = [
        ("workspace", "acme"),
        ("kind", "access_token"),
        ("name", "nightly-report"),
        ("scopes[0]", "groups:read"),
        ("scopes[5]", "locks:write"),
        ("days", "90"),
        ("back", "/dashboard/workspaces/acme/settings?new=access_token"),
    ];
    let secret = shown_once(&app, &place, "create", CredentialKind::AccessToken, &fields).await;
    assert!(opens(&app, &secret).await);
    let again = page(&app, &place.owner, SETTINGS).await;
    assert!(again.contains(&format!("workspace_token_…{}", &secret[secret.len() - 4..])));
    let token = listed(&app, &place).await.remove(0);
    assert_eq!((token.kind, token.created_by.as_str()), (CredentialKind::AccessToken, "Olga"));
    assert_eq!(token.scopes, [Scope::GroupsRead, Scope::LocksWrite]);
    assert_eq!(token.expires_at, Some(app.now() + 90 * DAY));
    let log = app.log(&place).await;
    assert!(log.iter().any(|event| event.what() == Some(What::CredentialCreated)));
    assert!(!format!("{log:?}").contains(&secret), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_once_and_so_is_what_comes_in_its_place() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let kind = CredentialKind::ApiKey;
    let fields =
        [("workspace", "acme"), ("kind", "api_key"), ("name", "nightly"), ("scopes[0]", "groups:read")];
    let first = shown_once(&app, &place, "create", kind, &fields).await;
    let id = listed(&app, &place).await.remove(0).id;
    let fields = [("workspace", "acme"), ("credential", id.as_str()), ("overlap", "1h")];
    let second = shown_once(&app, &place, "rotate", kind, &fields).await;
    assert_ne!(first, second);
    assert!(opens(&app, &first).await && opens(&app, &second).await);
    let log = format!("{:?}", app.log(&place).await);
    assert!(!log.contains(&first) && !log.contains(&second), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_names_no_days_makes_ninety() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    for (name, days, lasts) in [
        ("no field", None, Some(DAYS_DEFAULT)),
        ("an empty field", Some(""), Some(DAYS_DEFAULT)),
        ("without an end", Some(DAYS_NEVER), None),
    ] {
        let fixed =
            [("workspace", "acme"), ("kind", "api_key"), ("name", name), ("scopes[0]", "groups:read")];
        let fields: Vec<_> = fixed.into_iter().chain(days.map(|days| ("days", days))).collect();
        send(&app, &place.owner, "/forms/credentials/create", &fields).await;
        let made = listed(&app, &place).await.into_iter().find(|made| made.name == name).unwrap();
        assert_eq!(made.expires_at, lasts.map(|days| app.now() + days * DAY), "{name}");
    }
    assert_eq!(DAYS_DEFAULT, 90);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_comes_back_at_its_field_with_what_was_ticked() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let back = "/dashboard/workspaces/acme/settings?new=api_key";
    let base = [("workspace", "acme"), ("kind", "api_key"), ("back", back)];
    for (changed, said) in [
        ([("name", "ab"), ("scopes[0]", "groups:read"), ("days", "90")], "A name has 3 to 255 characters."),
        ([("name", "abc"), ("scopes[0]", "owner:all"), ("days", "90")], "Choose from the list."),
        ([("name", "abc"), ("scopes[0]", "groups:read"), ("days", "366")], "It lasts from 1 to 365 days"),
        ([("name", "abc"), ("scopes[0]", "groups:read"), ("days", "0")], "It lasts from 1 to 365 days"),
    ] {
        let fields: Vec<_> = base.iter().chain(&changed).copied().collect();
        let answer = send(&app, &place.owner, "/forms/credentials/create", &fields).await;
        let shown = page(&app, &place.owner, answer.location()).await;
        assert!(shown.contains(said), "{changed:?}");
    }
    let none: Vec<_> = base.iter().chain(&[("name", "abc"), ("days", "90")]).copied().collect();
    let answer = send(&app, &place.owner, "/forms/credentials/create", &none).await;
    assert!(page(&app, &place.owner, answer.location()).await.contains("Choose at least one."));
    assert!(listed(&app, &place).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_lasts_as_long_as_was_chosen() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (_, short) = make(&app, &place, CredentialKind::AccessToken, Some(1)).await;
    let (_, endless) = make(&app, &place, CredentialKind::AccessToken, None).await;
    app.clock.advance(DAY - Duration::from_micros(1));
    assert!(opens(&app, &short).await);
    app.clock.advance(Duration::from_micros(1));
    assert!(!opens(&app, &short).await);
    app.clock.advance(3650 * DAY);
    assert!(opens(&app, &endless).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_secret_goes_on_for_the_overlap_and_no_longer_than_it_would_have() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (credential, first) = make(&app, &place, CredentialKind::ApiKey, Some(2)).await;
    let ctx = app.ctx_of(&place.owner).await;
    let here = access::enter_anyhow(&ctx, "acme").await.unwrap();
    let rotate = async |overlap| {
        let (_, secret) = credentials::rotate(&ctx, &here, &credential.id, overlap).await.unwrap();
        secret.expose().to_owned()
    };
    let second = rotate(Overlap::Hour).await;
    assert!(opens(&app, &first).await && opens(&app, &second).await);
    app.clock.advance(Duration::from_secs(3600));
    assert!(!opens(&app, &first).await && opens(&app, &second).await);
    // The second would have ended two days after it was made.
    let third = rotate(Overlap::Week).await;
    assert!(opens(&app, &second).await && opens(&app, &third).await);
    app.clock.advance(2 * DAY - Duration::from_secs(1));
    assert!(!opens(&app, &second).await && opens(&app, &third).await);
    let fourth = rotate(Overlap::None).await;
    assert!(!opens(&app, &third).await && opens(&app, &fourth).await);
    credentials::revoke(&ctx, &here, &credential.id).await.unwrap();
    assert!(!opens(&app, &fourth).await);
    let again = credentials::rotate(&ctx, &here, &credential.id, Overlap::None).await;
    assert!(matches!(again, Err(Error::NotFound)), "what is revoked is not brought back");
}

#[tokio::test(flavor = "multi_thread")]
async fn revoking_ends_both_secrets() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (credential, first) = make(&app, &place, CredentialKind::ApiKey, None).await;
    let here = app.enter(&place.workspace).await;
    let rotated = credentials::rotate(&app.operator(), &here, &credential.id, Overlap::Day).await;
    let second = rotated.unwrap().1.expose().to_owned();
    assert!(opens(&app, &first).await && opens(&app, &second).await);
    credentials::revoke(&app.operator(), &here, &credential.id).await.unwrap();
    assert!(!opens(&app, &first).await && !opens(&app, &second).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_the_last_use_is_listed() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (_, secret) = make(&app, &place, CredentialKind::ApiKey, None).await;
    let call = Request::get("/api/v1/groups").header("host", "localhost:3000");
    let call = call.header("authorization", format!("Bearer {secret}"));
    let mut request = call.body(Body::empty()).unwrap();
    let peer: SocketAddr = "192.0.2.7:4242".parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    assert_eq!(app.service().oneshot(request).await.unwrap().status(), 200);
    let mut from = None;
    // The request does not wait until it is written.
    for _ in 0..200 {
        from = listed(&app, &place).await.remove(0).last_used_from;
        if from.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(from.as_deref(), Some("192.0.2.7"));
    assert!(page(&app, &place.owner, SETTINGS).await.contains("192.0.2.7"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_switched_off_and_on_and_a_token_is_not() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (key, secret) = make(&app, &place, CredentialKind::ApiKey, None).await;
    let (token, _) = make(&app, &place, CredentialKind::AccessToken, None).await;
    let switch = async |id: &str, active| {
        let fields = [("workspace", "acme"), ("credential", id), ("active", active)];
        let call = app.post("/forms/credentials/switch").cookie(&place.owner.cookie);
        call.header("accept", "application/json").form(&fields).send().await.status.as_u16()
    };
    assert_eq!(switch(key.id.as_str(), "false").await, 303);
    assert!(!opens(&app, &secret).await);
    assert_eq!(switch(key.id.as_str(), "true").await, 303);
    assert!(opens(&app, &secret).await);
    assert_eq!(switch(token.id.as_str(), "false").await, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_run_the_workspace_are_told_once_before_it_ends_and_once_when_it_has() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    make(&app, &place, CredentialKind::ApiKey, Some(30)).await;
    make(&app, &place, CredentialKind::ApiKey, Some(7)).await;
    let owner = app.ctx_of(&place.owner).await;
    let told = async |what: What| {
        let page = notices::list(&owner, "", 200).await.unwrap();
        page.items.into_iter().filter(|notice| notice.event.what() == Some(what)).collect::<Vec<_>>()
    };
    jobs::sweep(&app.operator()).await.unwrap();
    assert!(told(What::CredentialExpiring).await.is_empty(), "who chose seven days knows");
    app.clock.advance(DAY);
    let settings = page(&app, &place.owner, SETTINGS).await;
    assert!(settings.contains("expires "), "the page says it too");
    app.clock.advance(23 * DAY);
    for _ in 0..2 {
        jobs::sweep(&app.operator()).await.unwrap();
        let warned = told(What::CredentialExpiring).await;
        assert_eq!(warned.len(), 1);
        assert_eq!(warned[0].event.actor_type, ActorType::System);
    }
    app.clock.advance(7 * DAY);
    for _ in 0..2 {
        jobs::sweep(&app.operator()).await.unwrap();
        assert_eq!(told(What::CredentialExpired).await.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_warning_before_the_end_comes_by_mail_once() {
    let server = SmtpServer::start(Temper::Good).await;
    let app = TestApp::start().await.mailing(server.mailer());
    let place = app.acme().await;
    make(&app, &place, CredentialKind::ApiKey, Some(30)).await;
    let warnings = async || {
        jobs::sweep(&app.operator()).await.unwrap();
        app.clock.advance(Duration::from_secs(60));
        send_all(&app).await;
        let mails = mails_to(&server, "olga@example.com");
        let warns = |mail: &&String| mail.contains("will soon end") && mail.contains("nightly");
        mails.iter().filter(warns).count()
    };
    app.clock.advance(22 * DAY);
    assert_eq!(warnings().await, 0, "eight days before");
    app.clock.advance(DAY);
    assert_eq!(warnings().await, 1);
    app.clock.advance(DAY);
    assert_eq!(warnings().await, 1, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_secret_or_one_of_the_other_kind_is_none() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    for kind in CredentialKind::ALL {
        let (_, secret) = make(&app, &place, *kind, Some(90)).await;
        assert!(opens(&app, &secret).await);
        let (prefix, payload) = secret.split_at(kind.prefix().len());
        let other = if payload.starts_with('a') { "b" } else { "a" };
        assert!(!opens(&app, &format!("{prefix}{other}{}", &payload[1..])).await, "one letter is another");
        let kinds = CredentialKind::ALL.iter().filter(|other| *other != kind);
        for foreign in kinds.map(|kind| kind.prefix()) {
            assert!(!opens(&app, &format!("{foreign}{payload}")).await, "{foreign}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_rotated_a_credential_is_asked_about_when_they_go_also_while_it_is_off() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (key, _) = make(&app, &place, CredentialKind::ApiKey, Some(90)).await;
    let eve = app.person("Eve").await;
    app.add_member(&place.workspace, &eve, Role::Admin).await;
    let (ctx, here) = app.inside(&eve, "acme").await;
    credentials::rotate(&ctx, &here, &key.id, Overlap::Week).await.unwrap();
    credentials::switch(&ctx, &here, &key.id, false).await.unwrap();
    let made = team::made_by(&app.operator(), &app.enter(&place.workspace).await, &here.member_id).await;
    let held: Vec<_> = made.unwrap().api_keys.iter().map(|key| key.id.clone()).collect();
    assert_eq!(held, [key.id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_the_secret_before_is_asked_about_and_loses_that_one_alone() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let eve = app.person("Eve").await;
    app.add_member(&place.workspace, &eve, Role::Admin).await;
    let (hers, as_eve) = app.inside(&eve, "acme").await;
    let input = CredentialInput {
        kind: CredentialKind::ApiKey,
        name: "nightly".to_owned(),
        description: String::new(),
        scopes: vec![Scope::GroupsRead.to_string()],
        days: Some(90),
    };
    let (key, old) = credentials::create(&hers, &as_eve, input).await.unwrap();
    let (owner, here) = app.inside(&place.owner, "acme").await;
    let (_, new) = credentials::rotate(&owner, &here, &key.id, Overlap::Week).await.unwrap();
    let made = async || team::made_by(&owner, &here, &as_eve.member_id).await.unwrap();
    assert!(made().await.api_keys.is_empty(), "the new one is not hers");
    assert_eq!(made().await.old_secrets.iter().map(|one| &one.id).collect::<Vec<_>>(), [&key.id]);
    let dialog = format!("/dashboard/workspaces/acme/team/members/{}/remove", as_eve.member_id);
    let dialog = page(&app, &place.owner, &dialog).await;
    assert!(dialog.contains("End 1 replaced secret") && ticked(&dialog, "end_old_secrets"), "{dialog}");
    let decisions = Decisions { revoke_api_keys: true, ..Decisions::default() };
    team::suspend(&owner, &here, &as_eve.member_id, decisions).await.unwrap();
    assert!(opens(&app, old.expose()).await, "it was to go on");
    team::restore(&owner, &here, &as_eve.member_id).await.unwrap();
    let decisions = Decisions { end_old_secrets: true, ..Decisions::default() };
    team::suspend(&owner, &here, &as_eve.member_id, decisions).await.unwrap();
    assert!(!opens(&app, old.expose()).await, "hers");
    assert!(opens(&app, new.expose()).await, "a service works by it");
    assert!(app.log(&place).await.iter().any(|event| event.what() == Some(What::CredentialOldSecretEnded)));
    assert!(made().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_with_a_secret_that_goes_on_leaves_a_word_about_it() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let eve = app.person("Eve").await;
    app.add_member(&place.workspace, &eve, Role::Admin).await;
    let (hers, as_eve) = app.inside(&eve, "acme").await;
    let (key, _) = make(&app, &place, CredentialKind::ApiKey, Some(90)).await;
    credentials::rotate(&hers, &as_eve, &key.id, Overlap::Week).await.unwrap();
    let (owner, here) = app.inside(&place.owner, "acme").await;
    credentials::rotate(&owner, &here, &key.id, Overlap::Week).await.unwrap();
    team::leave(&hers, &as_eve).await.unwrap();
    let log = app.log(&place).await;
    let left = log.iter().find(|event| event.what() == Some(What::MemberLeft)).unwrap();
    assert!(format!("{left:?}").contains("old secrets that go on: 1"), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_a_secret_whose_overlap_is_over_is_not_asked_about() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (key, old) = make(&app, &place, CredentialKind::AccessToken, Some(90)).await;
    let eve = app.person("Eve").await;
    app.add_member(&place.workspace, &eve, Role::Admin).await;
    let (hers, as_eve) = app.inside(&eve, "acme").await;
    credentials::rotate(&hers, &as_eve, &key.id, Overlap::Week).await.unwrap();
    let (owner, here) = app.inside(&place.owner, "acme").await;
    let held = async || team::made_by(&owner, &here, &here.member_id).await.unwrap().old_secrets;
    assert_eq!(held().await.len(), 1);
    app.clock.advance(DAY * 8);
    assert!(held().await.is_empty() && !opens(&app, &old).await);
}

/// Whether a checkbox of a page is ticked.
fn ticked(page: &str, name: &str) -> bool {
    let before = page.split(&format!("name=\"{name}\"")).next().unwrap();
    let start = before.rfind('<').unwrap();
    page[start..].split('>').next().unwrap().contains("checked")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_removed_leaves_their_access_tokens_and_keys_to_be_decided_about() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let ada = app.person("Ada").await;
    app.add_member(&place.workspace, &ada, Role::Admin).await;
    let ctx = app.ctx_of(&ada).await;
    let here = access::enter_anyhow(&ctx, "acme").await.unwrap();
    let member = here.member_id.clone();
    for kind in CredentialKind::ALL {
        let input = CredentialInput {
            kind: *kind,
            name: format!("made by Ada, {kind}"),
            description: String::new(),
            scopes: vec![Scope::GroupsRead.to_string()],
            days: Some(90),
        };
        credentials::create(&ctx, &here, input).await.unwrap();
    }
    let (owner, of_owner) = (app.ctx_of(&place.owner).await, app.enter(&place.workspace).await);
    let made = team::made_by(&app.operator(), &of_owner, &member).await.unwrap();
    assert_eq!((made.access_tokens.len(), made.api_keys.len()), (1, 1), "a key is a service's");
    let dialog = format!("/dashboard/workspaces/acme/team/members/{member}/remove");
    let dialog = page(&app, &place.owner, &dialog).await;
    assert!(dialog.contains("Revoke 1 access token") && dialog.contains("Revoke 1 API key"), "{dialog}");
    assert!(!ticked(&dialog, "revoke_api_keys") && ticked(&dialog, "revoke_access_tokens"), "{dialog}");
    let here = access::enter_anyhow(&owner, "acme").await.unwrap();
    let decisions = Decisions { revoke_access_tokens: true, ..Decisions::default() };
    team::remove(&owner, &here, &member, decisions).await.unwrap();
    for credential in listed(&app, &place).await {
        let revoked = credential.revoked_at.is_some();
        assert_eq!(revoked, credential.kind == CredentialKind::AccessToken, "{credential:?}");
    }
}
