//! Who reaches which repository: members who see only what is granted to them, through everything that reads.

use std::time::Duration;

use stackyard_app::{Audience, PAGES, SERVER_FUNCTIONS};
use stackyard_domain::access::AskInput;
use stackyard_domain::activity;
use stackyard_domain::affected::{self, AffectedFilter};
use stackyard_domain::deployments::{self, DeploymentFilter};
use stackyard_domain::instances::{self, InstanceFilter};
use stackyard_domain::locks::{self, LockFilter};
use stackyard_domain::workspaces::{self, SettingsInput};
use stackyard_domain::{access, accounts, groups, live, repositories, team};
use stackyard_model::activity::ActivityFilter;
use stackyard_model::id::{AccessRequestId, MemberId};
use stackyard_model::workspace::Workspace;
use stackyard_model::{Action, Role};

use crate::matrix::{Subject, World, forms::fields, subjects};
use crate::overview::words;
use crate::support::{Answer, PASSWORD, Person, Place, TestApp, follow};

/// Lets members see only what is granted to them, or all again.
async fn only_granted(app: &TestApp, workspace: &Workspace, only: bool) {
    let input = SettingsInput {
        name: workspace.name.clone(),
        slug: workspace.slug.clone(),
        description: workspace.description.clone(),
        own_audience_only: false,
        members_see_all: !only,
    };
    workspaces::update(&app.operator(), &app.enter(workspace).await, input).await.unwrap();
}

async fn member(app: &TestApp, workspace: &Workspace, name: &str, role: Role) -> Person {
    let person = app.person(name).await;
    app.add_member(workspace, &person, role).await;
    person
}

async fn member_id(app: &TestApp, workspace: &Workspace, person: &Person) -> MemberId {
    app.inside(person, &workspace.slug).await.1.member_id.clone()
}

async fn send(app: &TestApp, person: &Person, form: &str, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("workspace", "acme")];
    all.extend_from_slice(fields);
    let call = app.post(&format!("/forms/access/{form}")).cookie(&person.cookie);
    call.header("accept", "application/json").form(&all).send().await
}

async fn grant(app: &TestApp, place: &Place, who: &str, role: &str) {
    let here = app.enter(&place.workspace).await;
    access::grant(&app.operator(), &here, &place.repository.id, who, role).await.unwrap();
}

/// A world in which Nora sees nothing and Gina may read the one repository.
async fn world(app: &TestApp) -> (World, Person, Person) {
    let subjects = subjects(app).await;
    let owner = subjects.iter().find(|subject| subject.role == Some(Role::Owner)).unwrap();
    let world = World::new(app, &subjects, "world", owner).await;
    let nora = member(app, world.workspace(), "Nora", Role::Member).await;
    let gina = member(app, world.workspace(), "Gina", Role::Member).await;
    let here = app.enter(world.workspace()).await;
    let operator = app.operator();
    let granted = access::grant(&operator, &here, &world.repository().id, "gina@example.com", "read").await;
    granted.unwrap();
    only_granted(app, world.workspace(), true).await;
    app.seal().await;
    (world, nora, gina)
}

fn subject(name: &'static str, person: &Person) -> Subject {
    Subject { name, role: Some(Role::Member), person: Some(person.clone()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_what_is_not_granted_is_like_none_at_all() {
    let app = TestApp::start().await;
    let (world, nora, gina) = world(&app).await;
    let things = ["{repo}", "{affected}", "{instance}", "{deployment}", "{trace}"];
    let mut seen = 0;
    for page in PAGES.iter().filter(|page| things.iter().any(|thing| page.path.contains(thing))) {
        seen += 1;
        let target = world.fill(page.path);
        let get = async |person: &Person| app.get(&target).cookie(&person.cookie).html().send().await;
        let hidden = get(&nora).await;
        // Who may not remove any repository is told so before it is looked for.
        let by_role_alone = matches!(page.audience, Audience::Member(Action::ManageRepositories));
        assert_eq!(hidden.status, if by_role_alone { 403 } else { 404 }, "{target}: {}", hidden.text());
        assert!(!hidden.text().contains("acme/infra"), "{target}: {}", hidden.text());
        let shown = get(&gina).await;
        let reads = matches!(
            page.audience,
            Audience::Member(Action::SeeResources) | Audience::Hidden(Action::SeeResources)
        );
        assert_eq!(shown.status, if reads { 200 } else { 403 }, "{target}: {}", shown.text());
    }
    assert!(seen >= 10, "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_leaves_out_what_is_not_granted() {
    let app = TestApp::start().await;
    let (world, nora, gina) = world(&app).await;
    let base = format!("/dashboard/workspaces/{}", world.workspace().slug);
    let told = |text: &str| text.contains("acme/infra") || text.contains("dev/vpc");
    for path in [
        "",
        "/repositories",
        "/repositories?q=infra",
        "/stacks",
        "/stacks?q=vpc",
        "/stacks/affected",
        "/deployments",
        "/deployments?q=vpc",
        "/locks",
        "/locks?q=vpc",
        "/activity",
        "/activity?q=infra",
        "/activity?category=lock",
        "/activity?outcome=denied",
        "/activity?q=in&within=true",
        "/activity/export?format=csv",
        "/activity/export?format=jsonl",
    ] {
        let target = format!("{base}{path}");
        let get = async |person: &Person| app.get(&target).cookie(&person.cookie).html().send().await;
        let (hidden, shown) = (get(&nora).await, get(&gina).await);
        assert_eq!((hidden.status.as_u16(), shown.status.as_u16()), (200, 200), "{target}");
        // What somebody searched for stands in the field again.
        assert!(!told(&hidden.text()), "{target}: {}", hidden.text());
        assert!(told(&shown.text()) || shown.text().contains("vpc"), "{target}: {}", shown.text());
    }
    for (person, finds) in [(&nora, false), (&gina, true)] {
        let fields = [("workspace", world.workspace().slug.as_str()), ("q", "infra")];
        let jump = app.post("/forms/jump").cookie(&person.cookie).header("accept", "application/json");
        let text = jump.form(&fields).send().await.text();
        assert_eq!(text.contains("acme/infra"), finds, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_service_counts_and_finds_only_what_is_granted() {
    let app = TestApp::start().await;
    let (world, nora, gina) = world(&app).await;
    let repository = &world.repository().id;
    for (person, granted) in [(&nora, false), (&gina, true)] {
        let (ctx, here) = app.inside(person, &world.workspace().slug).await;
        let some = |count: i64| assert_eq!(count > 0, granted, "{}: {count}", person.account.name);
        let len = |length: usize| i64::try_from(length).unwrap();
        some(len(repositories::list(&ctx, &here, "").await.unwrap().len()));
        assert_eq!(repositories::get(&ctx, &here, repository).await.is_ok(), granted);
        let page = instances::page(&ctx, &here, &InstanceFilter::default(), "", 50).await.unwrap();
        some(len(page.items.len()));
        some(page.counts.all());
        let page = deployments::page(&ctx, &here, &DeploymentFilter::default(), "", 50).await.unwrap();
        some(len(page.items.len()));
        some(page.counts.all());
        let filter = DeploymentFilter { repository: Some(repository.clone()), ..DeploymentFilter::default() };
        some(len(deployments::page(&ctx, &here, &filter, "", 50).await.unwrap().items.len()));
        let page = locks::page(&ctx, &here, &LockFilter::default(), "", 50).await.unwrap();
        some(len(page.held.len()));
        some(page.counts.all);
        some(len(locks::soonest(&ctx, &here, 50).await.unwrap().len()));
        let listed = affected::list(&ctx, &here, &AffectedFilter::default(), "", 50).await.unwrap();
        some(len(listed.items.len()));
        assert_eq!(affected::latest(&ctx, &here, repository, None).await.unwrap().is_some(), granted);
        let totals = workspaces::totals(&ctx, &here).await.unwrap();
        for count in [
            totals.repositories,
            totals.permissions,
            totals.locks,
            totals.instances,
            totals.deployments,
            totals.allowed,
            totals.denied,
        ] {
            some(count);
        }
        assert!(totals.members > 5, "people are not of a repository");
        let narrowed = ActivityFilter { repository: repository.to_string(), ..ActivityFilter::default() };
        some(len(activity::list(&ctx, &here, &narrowed, 50).await.unwrap().items.len()));
        some(len(activity::of_target(&ctx, &here, repository.as_str(), 50).await.unwrap().len()));
        let runs = ActivityFilter { actor: "run".to_owned(), ..ActivityFilter::default() };
        some(activity::strip(&ctx, &here, &runs, 2).await.unwrap().iter().map(|hour| hour.count).sum());
    }
    let operator = app.operator();
    let owners = app.enter(world.workspace()).await;
    let all = activity::list(&operator, &owners, &ActivityFilter::default(), 200).await.unwrap().items;
    let (ctx, here) = app.inside(&nora, &world.workspace().slug).await;
    for event in all.iter().filter(|event| event.repository.is_some()) {
        assert!(activity::get(&ctx, &here, &event.id).await.is_err(), "{}", event.action);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_about_what_is_not_granted_finds_nothing() {
    let app = TestApp::start().await;
    let (world, nora, gina) = world(&app).await;
    let about = ["repository", "permission", "lock", "deployment"];
    let mut seen = 0;
    for function in SERVER_FUNCTIONS {
        let owned = fields(function.path, &world);
        let is_about = owned.iter().any(|(name, _)| about.contains(name));
        let asks = function.path.ends_with("access/ask");
        // Those are decided by the role in the workspace alone.
        let Audience::Member(action) = function.audience else { continue };
        let by_role = [Action::ManageRepositories, Action::ManageTokens].contains(&action);
        if !is_about || asks || by_role {
            continue;
        }
        seen += 1;
        let sent: Vec<_> = owned.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let send = async |subject: Subject| {
            let call = app.post(function.path).header("accept", "application/json").form(&sent);
            world.sent_by(&subject, call).send().await
        };
        let hidden = send(subject("Nora", &nora)).await;
        assert_eq!(hidden.status, 404, "{}: {}", function.path, hidden.text());
        assert!(!hidden.text().contains("infra"), "{}: {}", function.path, hidden.text());
        let reads = send(subject("Gina", &gina)).await;
        let wanted = if action == Action::SeeResources { 200 } else { 403 };
        assert_eq!(reads.status, wanted, "{}: {}", function.path, reads.text());
    }
    assert!(seen >= 9, "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_tells_only_of_what_is_granted() {
    let app = TestApp::start().await;
    let place = app.acme_with_locks().await;
    let nora = member(&app, &place.workspace, "Nora", Role::Member).await;
    let gina = member(&app, &place.workspace, "Gina", Role::Member).await;
    grant(&app, &place, "gina@example.com", "read").await;
    only_granted(&app, &place.workspace, true).await;
    let session = app.session(&place).await;
    app.seal().await;
    let mark = live::look(&app.operator(), 0).await.unwrap();
    let address = "/dashboard/workspaces/acme/live";
    let mut hidden = follow(&app, &nora, address, None).await;
    let mut shown = follow(&app, &gina, address, None).await;
    assert_eq!(hidden.next().await.unwrap().0, "following");
    assert_eq!(shown.next().await.unwrap().0, "following");
    let key = serde_json::json!({"key": "acme/infra/dev/vpc"});
    assert_eq!(app.post("/api/v1/locks").bearer(&session).json(&key).send().await.status, 201);
    app.seal().await;
    let mark = live::look(&app.operator(), mark).await.unwrap();
    assert_eq!(shown.next().await.unwrap().2["events"], 1);
    // Of no repository: everybody hears of it. What comes first for Nora is this one alone.
    only_granted(&app, &place.workspace, false).await;
    app.seal().await;
    live::look(&app.operator(), mark).await.unwrap();
    let (name, _, data) = hidden.next().await.unwrap();
    assert_eq!((name.as_str(), data["events"].as_i64()), ("changed", Some(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_on_a_repository_adds_to_the_one_in_the_workspace_and_ends_with_the_next_request() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let vera = member(&app, &place.workspace, "Vera", Role::Viewer).await;
    let repository = place.repository.id.to_string();
    let lock = async |person: &Person, component: &str| {
        let fields = [
            ("workspace", "acme"),
            ("repository", repository.as_str()),
            ("stack", "dev"),
            ("component", component),
            ("minutes", "5"),
        ];
        let call = app.post("/forms/locks/take").cookie(&person.cookie);
        call.header("accept", "application/json").form(&fields).send().await.status.as_u16()
    };
    let add = async |person: &Person| {
        let fields = [("workspace", "acme"), ("repository", &repository), ("kind", "ws:commits:create")];
        let call = app.post("/forms/permissions/add").cookie(&person.cookie);
        call.header("accept", "application/json").form(&fields).send().await.status.as_u16()
    };
    assert_eq!((lock(&vera, "a").await, add(&vera).await), (403, 403), "a viewer by role");
    grant(&app, &place, "vera@example.com", "write").await;
    assert_eq!((lock(&vera, "b").await, add(&vera).await), (303, 403), "write is what a member may");
    grant(&app, &place, "VERA@example.com", "admin").await;
    assert_eq!(add(&vera).await, 303, "admin is what an admin may there");
    let settings = app.get("/dashboard/workspaces/acme/team/invite").cookie(&vera.cookie).html();
    assert_eq!(settings.send().await.status, 403, "and nothing of the workspace");
    let access_page = format!("/dashboard/workspaces/acme/repositories/{repository}/access");
    let page = app.get(&access_page).cookie(&vera.cookie).html().send().await;
    assert!(page.status == 200 && page.text().contains("Vera"), "{}", page.text());
    let here = app.enter(&place.workspace).await;
    let grants = access::grants_on(&app.operator(), &here, &place.repository.id).await.unwrap();
    assert_eq!(grants.len(), 1, "one for good to each");
    let fields = [("repository", repository.as_str()), ("grant", grants[0].id.as_str())];
    assert_eq!(send(&app, &place.owner, "revoke", &fields).await.status, 303);
    assert_eq!(send(&app, &place.owner, "revoke", &fields).await.status, 404, "it is gone");
    assert_eq!((lock(&vera, "c").await, add(&vera).await), (403, 403));
    let log = app.log(&place).await;
    for action in ["granted", "changed", "revoked"] {
        assert!(
            log.iter().any(|event| event.category.as_str() == "access" && event.action == action),
            "{action}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_gives_what_it_was_granted_for_as_long_as_one_is_in_it() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let nora = member(&app, &place.workspace, "Nora", Role::Member).await;
    only_granted(&app, &place.workspace, true).await;
    let here = app.enter(&place.workspace).await;
    let operator = app.operator();
    let group = groups::create(&operator, &here, "Platform", "").await.unwrap();
    grant(&app, &place, "platform", "read").await;
    let page = format!("/dashboard/workspaces/acme/repositories/{}/permissions", place.repository.id);
    let sees = async || app.get(&page).cookie(&nora.cookie).html().send().await.status.as_u16();
    assert_eq!(sees().await, 404);
    let id = member_id(&app, &place.workspace, &nora).await;
    groups::add(&operator, &here, &group, std::slice::from_ref(&id)).await.unwrap();
    assert_eq!(sees().await, 200);
    groups::remove(&operator, &here, &group, std::slice::from_ref(&id)).await.unwrap();
    assert_eq!(sees().await, 404);
    groups::set_for(&operator, &here, &id, &[], std::slice::from_ref(&group)).await.unwrap();
    assert_eq!(sees().await, 200);
    groups::delete(&operator, &here, &group).await.unwrap();
    assert_eq!(sees().await, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn effective_access_says_why_both_ways_and_as_a_file() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let gina = member(&app, &place.workspace, "Gina", Role::Viewer).await;
    let nora = member(&app, &place.workspace, "Nora", Role::Member).await;
    only_granted(&app, &place.workspace, true).await;
    let here = app.enter(&place.workspace).await;
    let group = groups::create(&app.operator(), &here, "=Platform", "").await.unwrap();
    let id = member_id(&app, &place.workspace, &gina).await;
    groups::add(&app.operator(), &here, &group, std::slice::from_ref(&id)).await.unwrap();
    grant(&app, &place, "gina@example.com", "read").await;
    grant(&app, &place, "=platform", "write").await;
    let of_gina = format!("/dashboard/workspaces/acme/team/members/{id}/effective");
    let of_repository = format!("/dashboard/workspaces/acme/repositories/{}/access", place.repository.id);
    let get = async |person: &Person, path: &str| app.get(path).cookie(&person.cookie).html().send().await;
    let page = get(&place.owner, &of_gina).await.text();
    assert!(page.contains("Write by the group =Platform") && page.contains("Read granted to them"), "{page}");
    assert_eq!(get(&gina, &of_gina).await.status, 200, "one’s own");
    assert_eq!(get(&nora, &of_gina).await.status, 403);
    let page = get(&place.owner, &of_repository).await.text();
    assert!(page.contains("as Owner of the workspace") && page.contains("Gina"), "{page}");
    assert!(!page.contains("nora@example.com"), "{page}");
    assert_eq!(get(&gina, &of_repository).await.status, 403, "who may write may not say who else may");
    assert_eq!(get(&nora, &of_repository).await.status, 404);
    let file = get(&place.owner, &format!("{of_gina}/export")).await;
    assert!(file.header("content-type").starts_with("text/csv"));
    let line = file.text().lines().nth(1).unwrap().to_owned();
    assert!(line.contains("acme/infra,write,Write by the group =Platform; Read granted to them"), "{line}");
    let file = get(&place.owner, &format!("{of_repository}/export")).await.text();
    assert_eq!(file.lines().count(), 3, "the head, the owner and Gina: {file}");
    assert_eq!(get(&nora, &format!("{of_gina}/export")).await.status, 403);
    assert_eq!(get(&nora, &format!("{of_repository}/export")).await.status, 404);
}

/// What the pages and files of effective access are, of one member and of the repository.
struct Effective {
    member: String,
    member_file: String,
    repository: String,
    repository_file: String,
}

async fn effective(app: &TestApp, place: &Place, id: &MemberId) -> Effective {
    let base = "/dashboard/workspaces/acme";
    let get = async |path: String| {
        let answer = app.get(&path).cookie(&place.owner.cookie).html().send().await;
        assert_eq!(answer.status, 200, "{path}");
        answer.text()
    };
    let of_member = format!("{base}/team/members/{id}/effective");
    let of_repository = format!("{base}/repositories/{}/access", place.repository.id);
    Effective {
        member: words(&get(of_member.clone()).await),
        member_file: get(format!("{of_member}/export")).await,
        repository: words(&get(of_repository.clone()).await),
        repository_file: get(format!("{of_repository}/export")).await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_suspended_reaches_nothing_and_is_not_among_those_who_reach() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let gina = member(&app, &place.workspace, "Gina", Role::Member).await;
    let id = member_id(&app, &place.workspace, &gina).await;
    grant(&app, &place, "gina@example.com", "write").await;
    let before = effective(&app, &place, &id).await;
    assert!(before.member.contains("acme/infra") && before.member_file.contains("acme/infra"));
    assert!(before.repository.contains("2 people can reach it"), "{}", before.repository);
    let here = app.enter(&place.workspace).await;
    team::suspend(&app.operator(), &here, &id, team::Decisions::default()).await.unwrap();
    let after = effective(&app, &place, &id).await;
    assert!(after.member.contains("Who is suspended reaches nothing."), "{}", after.member);
    assert!(!after.member.contains("acme/infra"), "{}", after.member);
    assert_eq!(after.member_file.lines().count(), 1, "the head alone: {}", after.member_file);
    assert!(after.repository.contains("1 person can reach it"), "{}", after.repository);
    assert!(!after.repository_file.contains("gina@example.com"), "{}", after.repository_file);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_became_billing_reaches_nothing_whatever_they_were_granted() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let bill = member(&app, &place.workspace, "Bill", Role::Member).await;
    let id = member_id(&app, &place.workspace, &bill).await;
    grant(&app, &place, "bill@example.com", "admin").await;
    let page = format!("/dashboard/workspaces/acme/repositories/{}/permissions", place.repository.id);
    let sees = async || app.get(&page).cookie(&bill.cookie).html().send().await.status.as_u16();
    assert_eq!(sees().await, 200);
    let here = app.enter(&place.workspace).await;
    team::change_role(&app.operator(), &here, &id, "billing").await.unwrap();
    assert_eq!(access::grants_on(&app.operator(), &here, &place.repository.id).await.unwrap().len(), 1);
    assert_eq!(sees().await, 403);
    let after = effective(&app, &place, &id).await;
    assert!(after.member.contains("The role Billing sees no repositories, whatever is granted."));
    assert_eq!(after.member_file.lines().count(), 1, "the head alone: {}", after.member_file);
    assert!(after.repository.contains("1 person can reach it"), "{}", after.repository);
    assert!(!after.repository_file.contains("bill@example.com"), "{}", after.repository_file);
}

/// Asks for a role on the repository, as the member.
async fn ask(app: &TestApp, person: &Person, role: &str) -> AccessRequestId {
    let (ctx, here) = app.inside(person, "acme").await;
    let input = AskInput {
        what: "repository".to_owned(),
        role: String::new(),
        repository: "acme/infra".to_owned(),
        resource_role: role.to_owned(),
        reason: "to deploy".to_owned(),
    };
    access::ask(&ctx, &here, input).await.unwrap();
    access::requests(&ctx, &here, true, "", 1).await.unwrap().items.remove(0).id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_for_a_time_says_when_it_ends_on_the_pages_and_in_the_files() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let mia = member(&app, &place.workspace, "Mia", Role::Member).await;
    let id = member_id(&app, &place.workspace, &mia).await;
    let request = ask(&app, &mia, "write").await;
    let here = app.enter(&place.workspace).await;
    access::approve(&app.operator(), &here, &request, "7", "").await.unwrap();
    let week = Duration::from_secs(7 * 24 * 3600);
    let until = (app.now() + week).to_rfc3339_seconds();
    let shown = effective(&app, &place, &id).await;
    for page in [&shown.member, &shown.repository] {
        assert!(page.contains("Write granted to them") && page.contains(", ends in 7 days"), "{page}");
    }
    assert!(shown.repository.contains("Ends: in 7 days"), "{}", shown.repository);
    for file in [&shown.member_file, &shown.repository_file] {
        let line = file.lines().find(|line| line.contains("mia@example.com")).unwrap();
        assert!(line.contains("Write granted to them; as Member of the workspace"), "{line}");
        assert!(line.ends_with(&format!(",{until}")), "{line}");
    }
    app.clock.advance(week);
    let over = effective(&app, &place, &id).await;
    assert!(!over.member.contains("granted to them") && !over.repository_file.contains("granted to them"));
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_requests_and_notices_tell_nothing_of_what_is_not_granted() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let nora = member(&app, &place.workspace, "Nora", Role::Member).await;
    let gina = member(&app, &place.workspace, "Gina", Role::Member).await;
    let here = app.enter(&place.workspace).await;
    let group = groups::create(&app.operator(), &here, "Platform", "").await.unwrap();
    let id = member_id(&app, &place.workspace, &gina).await;
    groups::add(&app.operator(), &here, &group, std::slice::from_ref(&id)).await.unwrap();
    grant(&app, &place, "platform", "read").await;
    only_granted(&app, &place.workspace, true).await;
    ask(&app, &gina, "write").await;
    let base = "/dashboard/workspaces/acme/team";
    for (path, told) in [
        (format!("{base}/groups"), "1 repository"),
        (format!("{base}/groups/{group}"), "acme/infra"),
        (format!("{base}/requests"), "acme/infra"),
        ("/notices".to_owned(), "acme/infra"),
    ] {
        let get = async |person: &Person| app.get(&path).cookie(&person.cookie).html().send().await;
        let (hidden, shown) = (get(&nora).await, get(&gina).await);
        assert_eq!((hidden.status.as_u16(), shown.status.as_u16()), (200, 200), "{path}");
        assert!(shown.text().contains(told), "{path}: {}", shown.text());
        let hidden = hidden.text();
        assert!(!hidden.contains(told) && !hidden.contains("acme/infra"), "{path}: {hidden}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_who_reaches_what_know_nothing_of_another_workspace_and_run_nothing() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let evil = accounts::NewAccount {
        name: "=HYPERLINK(\"http://evil.example\")".to_owned(),
        email: "eve@example.com".to_owned(),
        password: PASSWORD.to_owned(),
    };
    let eve = accounts::create(&app.operator(), evil).await.unwrap();
    let here = app.enter(&place.workspace).await;
    workspaces::add_member(&app.operator(), &here, &eve, Role::Admin).await.unwrap();
    let filter = team::TeamFilter { q: "eve@example.com".to_owned(), ..team::TeamFilter::default() };
    let page = team::page(&app.operator(), &here, &filter, "", 1).await.unwrap();
    let of_eve = format!("team/members/{}/effective/export", page.members[0].id);
    let of_repository = format!("repositories/{}/access/export", place.repository.id);
    let stan = app.person("Stan").await;
    app.workspace(&stan, "foreign").await;
    for path in [of_eve, of_repository] {
        let get = async |slug: &str, person: &Person| {
            let target = format!("/dashboard/workspaces/{slug}/{path}");
            app.get(&target).cookie(&person.cookie).send().await
        };
        let file = get("acme", &place.owner).await;
        assert_eq!(file.status, 200, "{path}");
        assert!(
            file.text().contains("'=HYPERLINK") && !file.text().contains(",=HYPERLINK"),
            "{}",
            file.text()
        );
        assert_eq!(get("foreign", &stan).await.status, 404, "its ids under another workspace: {path}");
        assert_eq!(get("acme", &stan).await.status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_are_checked_at_their_fields() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    member(&app, &place.workspace, "Bill", Role::Billing).await;
    let stranger = app.person("Stan").await;
    for (who, role, field) in [
        ("", "read", "who"),
        ("nobody at all", "read", "who"),
        (stranger.account.email.as_str(), "read", "who"),
        ("bill@example.com", "read", "who"),
        ("olga@example.com", "owner", "role"),
        ("olga@example.com", "", "role"),
    ] {
        let fields = [("repository", place.repository.id.as_str()), ("who", who), ("role", role)];
        let answer = send(&app, &place.owner, "grant", &fields).await;
        let at = answer.json()["errors"][0]["field"].as_str().map(str::to_owned);
        assert_eq!((answer.status.as_u16(), at.as_deref()), (400, Some(field)), "{who} {role}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_comes_again_has_none_of_the_grants_of_the_old_one() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let gina = member(&app, &place.workspace, "Gina", Role::Member).await;
    grant(&app, &place, "gina@example.com", "admin").await;
    only_granted(&app, &place.workspace, true).await;
    let here = app.enter(&place.workspace).await;
    repositories::remove(&app.operator(), &here, &place.repository.id, "acme/infra").await.unwrap();
    repositories::add(&app.operator(), &here, "github.com", "acme/infra").await.unwrap();
    let (ctx, here) = app.inside(&gina, &place.workspace.slug).await;
    assert!(repositories::list(&ctx, &here, "").await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn to_whom_nothing_is_granted_is_told_how_to_ask() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let nora = member(&app, &place.workspace, "Nora", Role::Member).await;
    let vic = member(&app, &place.workspace, "Vic", Role::Viewer).await;
    let list = async |person: &Person| {
        let call = app.get("/dashboard/workspaces/acme/repositories").cookie(&person.cookie);
        call.html().send().await.text()
    };
    assert!(list(&nora).await.contains("acme/infra"));
    only_granted(&app, &place.workspace, true).await;
    let (asks, may_not) = (list(&nora).await, list(&vic).await);
    for page in [&asks, &may_not] {
        assert!(
            page.contains("Nothing here is granted to you") && !page.contains("Add one by its"),
            "{page}"
        );
    }
    assert!(asks.contains("/team/requests?ask=1"), "{asks}");
    assert!(!may_not.contains("/team/requests?ask=1"), "{may_not}");
    assert!(may_not.contains("Ask an owner or admin of The acme for one."), "{may_not}");
}
