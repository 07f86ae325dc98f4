//! Every route, page and form as everybody (rules §13). What is not listed here fails.

use http::StatusCode;
use stackyard::routes::{ROUTES, Route, Who};
use stackyard_app::{Audience, PAGES, SERVER_FUNCTIONS};
use stackyard_domain::locks::{self, TakeInput};
use stackyard_domain::{access, permissions, tokens, workspaces};
use stackyard_model::id::{LockId, PermissionId, RepositoryTokenId};
use stackyard_model::repository::Repository;
use stackyard_model::workspace::Workspace;
use stackyard_model::{Action, PermissionKind, Role};

use crate::support::{Answer, Call, PASSWORD, PNG, Person, Place, TestApp, multipart};

/// Somebody who calls.
struct Subject {
    name: &'static str,
    /// Their role in the workspace that is called.
    role: Option<Role>,
    person: Option<Person>,
}

const WORKLOADS: [&str; 2] = ["a run", "a repository token"];

async fn subjects(app: &TestApp) -> Vec<Subject> {
    let mut all = vec![Subject { name: "nobody", role: None, person: None }];
    all.extend(WORKLOADS.map(|name| Subject { name, role: None, person: None }));
    let stranger = app.person("Stranger").await;
    app.workspace(&stranger, "elsewhere").await;
    all.push(Subject { name: "a stranger", role: None, person: Some(stranger) });
    for role in Role::ALL {
        let person = app.person(role.label()).await;
        all.push(Subject { name: role.label(), role: Some(*role), person: Some(person) });
    }
    all
}

fn person_of(subjects: &[Subject], role: Role) -> &Person {
    subjects
        .iter()
        .find(|subject| subject.role == Some(role))
        .and_then(|subject| subject.person.as_ref())
        .unwrap()
}

/// A workspace with one of everything, in which everybody but the stranger has their role.
struct World {
    place: Place,
    permission: PermissionId,
    token: RepositoryTokenId,
    /// Held by the one who calls, where their role may hold locks.
    own_lock: Option<LockId>,
    /// Held by somebody else.
    other_lock: LockId,
    run_bearer: String,
    token_bearer: String,
    /// Of a refusal.
    trace: String,
    logo: String,
}

impl World {
    async fn new(app: &TestApp, subjects: &[Subject], slug: &str, caller: &Subject) -> Self {
        let owner = person_of(subjects, Role::Owner);
        let workspace = app.workspace(owner, slug).await;
        for role in Role::ALL.iter().filter(|role| **role != Role::Owner) {
            app.add_member(&workspace, person_of(subjects, *role), *role).await;
        }
        let here = app.enter(&workspace).await;
        let operator = app.operator();
        workspaces::set_logo(&operator, &here, PNG.to_vec()).await.unwrap();
        let place = app.with_infra(workspace, owner.clone()).await;
        app.allow(&place, PermissionKind::LocksCreate, ["*", "*", "*"]).await;
        let permission =
            permissions::list(&operator, &here, &place.repository.id).await.unwrap().remove(0).id;
        let made = tokens::create(&operator, &here, &place.repository.id, "nightly", None).await;
        let (token, token_bearer) = made.unwrap();
        let run_bearer = app.session(&place).await;
        let refused =
            app.call("DELETE", "/api/v1/locks").bearer(&run_bearer).body(r#"{"key":"acme/infra/x/y"}"#);
        let trace = refused.send().await.header("x-trace-id").to_owned();
        app.allow(&place, PermissionKind::LocksDelete, ["*", "*", "*"]).await;
        let may_hold = caller.role.is_some_and(|role| role.may(Action::UseLocks));
        let own_lock = match &caller.person {
            Some(person) if may_hold => Some(lock(app, &place, person, "own").await),
            _ => None,
        };
        let other = if caller.role == Some(Role::Owner) { Role::Admin } else { Role::Owner };
        let other_lock = lock(app, &place, person_of(subjects, other), "theirs").await;
        let logo = app.enter(&place.workspace).await.workspace().logo.clone().unwrap();
        let token_bearer = token_bearer.expose().to_owned();
        let token = token.id;
        Self { place, permission, token, own_lock, other_lock, run_bearer, token_bearer, trace, logo }
    }

    fn workspace(&self) -> &Workspace {
        &self.place.workspace
    }

    fn repository(&self) -> &Repository {
        &self.place.repository
    }

    /// The call as `subject`.
    fn sent_by(&self, subject: &Subject, call: Call) -> Call {
        match (&subject.person, subject.name) {
            (Some(person), _) => call.cookie(&person.cookie),
            (None, "a run") => call.bearer(&self.run_bearer),
            (None, "a repository token") => call.bearer(&self.token_bearer),
            (None, _) => call,
        }
    }

    /// A path of a table with this world's things in it.
    fn fill(&self, path: &str) -> String {
        path.replace("{slug}", &self.workspace().slug)
            .replace("{id}", self.workspace().id.as_str())
            .replace("{repo}", self.repository().id.as_str())
            .replace("{perm}", self.permission.as_str())
            .replace("{trace}", &self.trace)
            .replace("{version}", &self.logo)
            .replace("{tag}", "NotFound")
            .replace("{*path}", "nothing.js")
    }
}

async fn lock(app: &TestApp, place: &Place, person: &Person, stack: &str) -> LockId {
    let ctx = app.ctx_of(person).await;
    let here = access::enter_anyhow(&ctx, &place.workspace.slug).await.unwrap();
    let input = TakeInput {
        repository: place.repository.id.to_string(),
        stack: stack.to_owned(),
        component: "vpc".to_owned(),
        minutes: 10,
        message: "working".to_owned(),
    };
    locks::take(&ctx, &here, input).await.unwrap().id
}

/// What becomes of a call.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// It is done, or shown.
    Done,
    /// A page or a form asks to sign in first.
    SignIn,
    /// 401, 403 or 404, as it says.
    Refused(u16),
}

fn fate(answer: &Answer) -> Fate {
    if answer.status.is_redirection() && answer.location().starts_with("/sign-in") {
        return Fate::SignIn;
    }
    match answer.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
            Fate::Refused(answer.status.as_u16())
        }
        status if status.is_success() || status.is_redirection() => Fate::Done,
        other => panic!("{other}: {}", answer.text()),
    }
}

/// What has to become of a call by `subject` where the service decides.
fn expected(audience: Audience, subject: &Subject, nobody: Fate) -> Fate {
    if audience == Audience::Public {
        return Fate::Done;
    }
    if subject.person.is_none() {
        return nobody;
    }
    match (audience, subject.role) {
        (Audience::SignedIn, _) => Fate::Done,
        (Audience::Member(action) | Audience::Hidden(action), Some(role)) if role.may(action) => Fate::Done,
        (Audience::Member(_), Some(_)) => Fate::Refused(403),
        _ => Fate::Refused(404),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_for_those_it_is_listed_for() {
    let app = TestApp::start().await;
    let subjects = subjects(&app).await;
    for (number, subject) in subjects.iter().enumerate() {
        let world = World::new(&app, &subjects, &format!("world-{number}"), subject).await;
        for page in PAGES {
            let target = world.fill(page.path);
            assert!(!target.contains('{'), "{target}: say what stands there");
            let answer = world.sent_by(subject, app.get(&target).html()).send().await;
            let wanted = expected(page.audience, subject, Fate::SignIn);
            assert_eq!(fate(&answer), wanted, "{} as {}: {}", page.path, subject.name, answer.text());
            if wanted == Fate::Refused(404) {
                assert!(
                    !answer.text().contains(&world.workspace().name),
                    "{}: 404 tells the name",
                    page.path
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_of_others_is_like_none_at_all() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    let stranger = app.person("Stan").await;
    for ending in ["", "/settings", "/repositories", "/locks", "/activity"] {
        let there = format!("/dashboard/workspaces/{}{ending}", acme.workspace.slug);
        let nowhere = format!("/dashboard/workspaces/nope{ending}");
        let there = app.get(&there).cookie(&stranger.cookie).send().await;
        let nowhere = app.get(&nowhere).cookie(&stranger.cookie).send().await;
        assert_eq!((there.status.as_u16(), nowhere.status.as_u16()), (404, 404), "{ending}");
        // Each holds its own address, to come back to.
        assert_eq!(without_nonce(&there).replace("/acme", "/nope"), without_nonce(&nowhere), "{ending}");
    }
}

fn without_nonce(answer: &Answer) -> String {
    let nonce = answer.policy().split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    answer.text().replace(nonce, "NONCE").replace(answer.header("x-trace-id"), "TRACE")
}

/// How each form is sent. Nothing is assumed: a form that is not here fails.
fn fields(path: &str, world: &World) -> Vec<(&'static str, String)> {
    let workspace = ("workspace", world.workspace().slug.clone());
    let repository = ("repository", world.repository().id.to_string());
    let permission = ("permission", world.permission.to_string());
    let kind = ("kind", PermissionKind::InstancesCreate.as_str().to_owned());
    let text = str::to_owned;
    let name = path.strip_prefix("/forms/").unwrap_or(path);
    match name {
        "setup" | "sign-out" | "account/sessions/revoke-others" => vec![],
        "sign-in" => vec![("email", text("owner@example.com")), ("password", text(PASSWORD))],
        "account/theme" => vec![("theme", text("dark"))],
        "account/profile" => vec![("name", text("Somebody"))],
        "account/preferences" => vec![("theme", text("system"))],
        "account/password" => vec![("current", text(PASSWORD)), ("new", text("another battery staple"))],
        "account/sessions/revoke" => vec![("session", text("ses_0000000000000000000000000000"))],
        "workspaces/create" => vec![("name", format!("Fresh {}", world.workspace().slug))],
        "workspaces/check-slug" => vec![("slug", format!("free-{}", world.workspace().slug))],
        "workspaces/update" => {
            vec![workspace, ("name", text("Renamed")), ("slug", world.workspace().slug.clone())]
        }
        "workspaces/remove-logo" => vec![workspace],
        "workspaces/delete" => vec![workspace, ("name", world.workspace().name.clone())],
        "repositories/add" => vec![workspace, ("name", text("acme/other"))],
        "repositories/remove" => vec![workspace, repository, ("name", text("acme/infra"))],
        "repositories/confirm-identity" | "permissions/starter-set" => vec![workspace, repository],
        "permissions/check-pattern" => vec![("pattern", text("main"))],
        "permissions/add" => vec![workspace, repository, kind],
        "permissions/update" => vec![workspace, repository, permission, kind],
        "permissions/remove" => vec![workspace, repository, permission],
        "tokens/create" => vec![workspace, repository, ("name", text("weekly"))],
        "tokens/revoke" => vec![workspace, ("token", world.token.to_string())],
        "locks/take" => {
            vec![
                workspace,
                repository,
                ("stack", text("s")),
                ("component", text("c")),
                ("minutes", text("5")),
            ]
        }
        "locks/release" => {
            let lock = world.own_lock.as_ref().unwrap_or(&world.other_lock);
            vec![workspace, ("lock", lock.to_string())]
        }
        "locks/force-release" => {
            vec![workspace, ("lock", world.other_lock.to_string()), ("reason", text("stuck"))]
        }
        _ => panic!("{path} is not in the matrix: say how it is sent"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_is_for_those_it_is_listed_for() {
    let app = TestApp::start().await;
    let subjects = subjects(&app).await;
    let mut number = 0;
    for function in SERVER_FUNCTIONS {
        for subject in &subjects {
            number += 1;
            let mut world = World::new(&app, &subjects, &format!("world-{number}"), subject).await;
            prepare(&app, function.path, &world).await;
            let stand_in = stand_in(&app, function.path, subject, number).await;
            let subject = stand_in.as_ref().unwrap_or(subject);
            if function.path.ends_with("permissions/starter-set") {
                world = without_permissions(&app, world).await;
            }
            let owned = fields(function.path, &world);
            let sent: Vec<_> = owned.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let call = app.post(function.path).header("accept", "application/json").form(&sent);
            let answer = world.sent_by(subject, call).send().await;
            let place = format!("{} as {}: {}", function.path, subject.name, answer.text());
            if ["/forms/setup", "/forms/account/sessions/revoke"].contains(&function.path)
                && expected(function.audience, subject, Fate::SignIn) == Fate::Done
            {
                // There is somebody, so the link is used up; and there is no such session.
                assert!([404, 409].contains(&answer.status.as_u16()), "{place}");
                continue;
            }
            let wanted = expected(function.audience, subject, Fate::Refused(401));
            // A form is refused by its status; the redirect to the sign-in is where signing out leads.
            let fate = if answer.status == 303 { Fate::Done } else { fate(&answer) };
            assert_eq!(fate, wanted, "{place}");
        }
    }
}

/// What a form needs to be there.
async fn prepare(app: &TestApp, path: &str, world: &World) {
    if path.ends_with("confirm-identity") {
        let renamed = app.claims().repository("acme/renamed", 74, 65);
        let held = app.exchange(&renamed, world.workspace().id.as_str()).await;
        assert_eq!(held.status, 403, "{}", held.text());
    }
}

/// Forms that end sessions or change passwords are sent by somebody else, whom nobody needs afterwards.
async fn stand_in(app: &TestApp, path: &str, subject: &Subject, number: usize) -> Option<Subject> {
    let ends = ["/sign-out", "/password", "/revoke-others"].iter().any(|ending| path.ends_with(ending));
    subject.person.as_ref().filter(|_| ends)?;
    let person = app.person(&format!("Standin{number}")).await;
    Some(Subject { name: subject.name, role: subject.role, person: Some(person) })
}

/// The starter set is for a repository that has nothing.
async fn without_permissions(app: &TestApp, world: World) -> World {
    let here = app.enter(world.workspace()).await;
    let operator = app.operator();
    for permission in permissions::list(&operator, &here, &world.repository().id).await.unwrap() {
        permissions::remove(&operator, &here, &world.repository().id, &permission.id).await.unwrap();
    }
    world
}

/// How each route is called.
fn called(route: &Route, app: &TestApp, world: &World) -> Call {
    let target = world.fill(route.path);
    assert!(!target.contains('{'), "{target}: say what stands there");
    let call = app.call(route.method.as_str(), &target).by_our_page();
    match (route.method.as_str(), route.path) {
        ("GET", _) => call,
        ("POST", "/forms/workspaces/{slug}/logo") => multipart(call, PNG),
        ("POST", "/api/v1/auth/github-oidc") => {
            let token = app.issuer.sign(&app.claims());
            call.json(&serde_json::json!({"token": token, "workspaceId": world.workspace().id.as_str()}))
        }
        ("POST", "/api/v1/locks") => call.json(&serde_json::json!({"key": "acme/infra/new/vpc"})),
        ("DELETE", "/api/v1/locks") => call.json(&serde_json::json!({"key": "acme/infra/ours/vpc"})),
        (method, path) => panic!("{method} {path} is not in the matrix: say how it is called"),
    }
}

fn expected_of(route: &Route, subject: &Subject) -> Fate {
    let nothing_there = route.path.starts_with("/pkg/");
    match route.who {
        Who::Anybody if nothing_there => Fate::Refused(404),
        Who::Anybody | Who::Public => Fate::Done,
        Who::Ci if WORKLOADS.contains(&subject.name) => Fate::Done,
        Who::Ci => Fate::Refused(401),
        Who::SignedIn => expected(Audience::SignedIn, subject, Fate::SignIn),
        Who::Member => {
            let action = if route.method == "GET" { Action::SeeOverview } else { Action::ManageSettings };
            expected(Audience::Member(action), subject, Fate::SignIn)
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_for_those_it_is_listed_for() {
    let app = TestApp::start().await;
    let subjects = subjects(&app).await;
    let mut number = 0;
    for route in ROUTES {
        for subject in &subjects {
            number += 1;
            let world = World::new(&app, &subjects, &format!("world-{number}"), subject).await;
            let ours = app.post("/api/v1/locks").bearer(&world.run_bearer);
            let taken = ours.json(&serde_json::json!({"key": "acme/infra/ours/vpc"})).send().await;
            assert_eq!(taken.status, 201);
            let answer = world.sent_by(subject, called(route, &app, &world)).send().await;
            let place = format!("{} {} as {}: {}", route.method, route.path, subject.name, answer.text());
            assert_eq!(fate(&answer), expected_of(route, subject), "{place}");
        }
    }
}
