//! Requests for access, through the router.

use std::time::Duration;

use stackyard_domain::workspaces::{self, SettingsInput};
use stackyard_domain::{access, jobs, notices};
use stackyard_model::Role;
use stackyard_model::access::{AccessRequest, RequestState};
use stackyard_model::activity::{ActorType, What};
use stackyard_model::id::AccessRequestId;

use crate::support::{Answer, Person, Place, TestApp};

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn send(app: &TestApp, person: &Person, form: &str, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("workspace", "acme")];
    all.extend_from_slice(fields);
    let call = app.post(&format!("/forms/access/{form}")).cookie(&person.cookie);
    call.header("accept", "application/json").form(&all).send().await
}

async fn member(app: &TestApp, place: &Place, name: &str, role: Role) -> Person {
    let person = app.person(name).await;
    app.add_member(&place.workspace, &person, role).await;
    person
}

async fn role(app: &TestApp, person: &Person) -> Role {
    let ctx = app.ctx_of(person).await;
    access::enter_anyhow(&ctx, "acme").await.unwrap().role
}

async fn ask_for(app: &TestApp, person: &Person, role: &str) -> AccessRequestId {
    let fields = [("what", "role"), ("role", role), ("reason", "to stand in for Olga")];
    let answer = send(app, person, "ask", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    newest(app, person, true).await.id
}

async fn newest(app: &TestApp, person: &Person, pending: bool) -> AccessRequest {
    let ctx = app.ctx_of(person).await;
    let here = access::enter_anyhow(&ctx, "acme").await.unwrap();
    let page = access::requests(&ctx, &here, pending, "", 50).await.unwrap();
    page.items.into_iter().find(|request| request.member_id == here.member_id).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_for_a_time_ends_by_the_clock_and_the_log_says_so_afterwards() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let mia = member(&app, &place, "Mia", Role::Member).await;
    let id = ask_for(&app, &mia, "admin").await;
    let twice = [("what", "role"), ("role", "viewer"), ("reason", "or that one")];
    assert_eq!(send(&app, &mia, "ask", &twice).await.status, 409, "one request about the role waits");
    assert_eq!(role(&app, &mia).await, Role::Member, "nothing changes before it is decided");
    let list = "/dashboard/workspaces/acme/team/requests";
    let page = app.get(list).cookie(&place.owner.cookie).html().send().await.text();
    assert!(page.contains("Mia") && page.contains("to stand in for Olga"), "{page}");
    let fields = [("request_id", id.as_str()), ("days", "7"), ("note", "for the week")];
    assert_eq!(send(&app, &mia, "approve", &fields).await.status, 403, "not by oneself");
    assert_eq!(send(&app, &place.owner, "approve", &fields).await.status, 303);
    assert_eq!(send(&app, &place.owner, "approve", &fields).await.status, 409, "it is decided");
    assert_eq!(role(&app, &mia).await, Role::Admin);
    assert_eq!(send(&app, &mia, "cancel", &[("request_id", id.as_str())]).await.status, 409);
    app.clock.advance(DAY * 7 - Duration::from_secs(1));
    assert_eq!(role(&app, &mia).await, Role::Admin);
    app.clock.advance(Duration::from_secs(1));
    // Nobody swept: the time alone counts.
    assert_eq!(role(&app, &mia).await, Role::Member);
    assert_eq!(newest(&app, &mia, false).await.state, RequestState::Expired);
    let page = app.get("/dashboard/workspaces/acme/team/invite").cookie(&mia.cookie).html().send().await;
    assert_eq!(page.status, 403);
    let over = |log: &[stackyard_model::activity::Event]| {
        log.iter().filter(|event| event.category.as_str() == "access" && event.action == "expired").count()
    };
    assert_eq!(over(&app.log(&place).await), 0);
    jobs::sweep(&app.operator()).await.unwrap();
    jobs::sweep(&app.operator()).await.unwrap();
    assert_eq!(over(&app.log(&place).await), 1, "once");
    assert_eq!(role(&app, &mia).await, Role::Member);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_role_for_a_time_is_told_to_who_had_it_and_to_those_who_run_the_workspace() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let ada = member(&app, &place, "Ada", Role::Admin).await;
    let mia = member(&app, &place, "Mia", Role::Member).await;
    let vera = member(&app, &place, "Vera", Role::Viewer).await;
    let id = ask_for(&app, &mia, "admin").await;
    let fields = [("request_id", id.as_str()), ("days", "7")];
    assert_eq!(send(&app, &place.owner, "approve", &fields).await.status, 303);
    let told = async |person: &Person| {
        let page = notices::list(&app.ctx_of(person).await, "", 200).await.unwrap();
        let over = |event: &stackyard_model::activity::Event| {
            event.what() == Some(What::AccessExpired) && event.actor_type == ActorType::System
        };
        page.items.iter().filter(|notice| over(&notice.event) && notice.event.target_name == "Mia").count()
    };
    app.clock.advance(DAY * 7);
    assert_eq!((told(&mia).await, told(&place.owner).await), (0, 0), "before it is swept");
    for _ in 0..2 {
        jobs::sweep(&app.operator()).await.unwrap();
        for (person, times) in [(&mia, 1), (&place.owner, 1), (&ada, 1), (&vera, 0)] {
            assert_eq!(told(person).await, times, "{}", person.account.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_turned_down_reads_why() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let mia = member(&app, &place, "Mia", Role::Member).await;
    let id = ask_for(&app, &mia, "admin").await;
    let fields = [("request_id", id.as_str()), ("note", "Olga is back tomorrow")];
    assert_eq!(send(&app, &place.owner, "reject", &fields).await.status, 303);
    let request = newest(&app, &mia, false).await;
    assert_eq!((request.id, request.state), (id, RequestState::Rejected));
    assert_eq!(request.note.as_deref(), Some("Olga is back tomorrow"));
    assert_eq!(role(&app, &mia).await, Role::Member);
    let page = app.get("/dashboard/workspaces/acme/team/requests").cookie(&mia.cookie).html().send().await;
    let page = page.text();
    assert!(page.contains("Rejected") && page.contains("Olga: “Olga is back tomorrow”"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_and_takes_back_again_and_again_is_paused() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let mia = member(&app, &place, "Mia", Role::Member).await;
    let ask =
        || send(&app, &mia, "ask", &[("what", "role"), ("role", "admin"), ("reason", "on call this week")]);
    for _ in 0..30 {
        assert_eq!(ask().await.status, 303);
        let id = newest(&app, &mia, true).await.id;
        assert_eq!(send(&app, &mia, "cancel", &[("request_id", id.as_str())]).await.status, 303);
    }
    let told = app.log(&place).await.len();
    assert_eq!(ask().await.status, 429);
    assert_eq!(app.log(&place).await.len(), told, "nobody hears of it");
    app.clock.advance(Duration::from_secs(3600));
    assert_eq!(ask().await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_is_asked_for_without_learning_whether_it_is_there() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let mia = member(&app, &place, "Mia", Role::Member).await;
    let input = SettingsInput {
        name: place.workspace.name.clone(),
        slug: "acme".into(),
        description: String::new(),
        own_audience_only: false,
        members_see_all: false,
    };
    let here = app.enter(&place.workspace).await;
    workspaces::update(&app.operator(), &here, input).await.unwrap();
    let ask = async |name: &str| {
        let fields = [
            ("what", "repository"),
            ("repository", name),
            ("resource_role", "write"),
            ("reason", "to deploy"),
        ];
        let answer = send(&app, &mia, "ask", &fields).await;
        (answer.status.as_u16(), answer.text())
    };
    assert_eq!(ask("acme/infra").await, ask("acme/nothing").await);
    let ctx = app.ctx_of(&mia).await;
    let own = access::enter_anyhow(&ctx, "acme").await.unwrap();
    let all = access::requests(&ctx, &own, true, "", 50).await.unwrap().items;
    let of =
        |name: &str| all.iter().find(|request| request.asked.label().ends_with(name)).unwrap().id.to_string();
    let page = format!("/dashboard/workspaces/acme/repositories/{}/permissions", place.repository.id);
    let sees = async || app.get(&page).cookie(&mia.cookie).html().send().await.status.as_u16();
    let nothing = of("acme/nothing");
    let fields = [("request_id", nothing.as_str()), ("days", "1")];
    assert_eq!(send(&app, &place.owner, "approve", &fields).await.status, 409, "there is none");
    let fields = [("request_id", nothing.as_str()), ("note", "")];
    assert_eq!(send(&app, &place.owner, "reject", &fields).await.status, 400, "who asked reads why");
    let fields = [("request_id", nothing.as_str()), ("note", "no such thing")];
    assert_eq!(send(&app, &place.owner, "reject", &fields).await.status, 303);
    assert_eq!(sees().await, 404);
    let infra = of("acme/infra");
    let fields = [("request_id", infra.as_str()), ("days", "1")];
    assert_eq!(send(&app, &place.owner, "approve", &fields).await.status, 303);
    assert_eq!(sees().await, 200);
    app.clock.advance(DAY);
    assert_eq!(sees().await, 404, "by the time alone");
    jobs::sweep(&app.operator()).await.unwrap();
    assert!(access::grants_on(&app.operator(), &here, &place.repository.id).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn for_good_is_for_good_and_a_role_given_by_hand_ends_what_was_lent() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let mia = member(&app, &place, "Mia", Role::Member).await;
    let id = ask_for(&app, &mia, "admin").await;
    let fields = [("request_id", id.as_str()), ("days", "30")];
    assert_eq!(send(&app, &place.owner, "approve", &fields).await.status, 303);
    let ctx = app.ctx_of(&mia).await;
    let mia_id = access::enter_anyhow(&ctx, "acme").await.unwrap().member_id.clone();
    let here = app.enter(&place.workspace).await;
    let changed = stackyard_domain::team::change_role(&app.operator(), &here, &mia_id, "viewer").await;
    assert_eq!(changed.unwrap().role, Role::Viewer);
    assert_eq!(role(&app, &mia).await, Role::Viewer);
    stackyard_domain::team::change_role(&app.operator(), &here, &mia_id, "member").await.unwrap();
    assert_eq!(newest(&app, &mia, false).await.state, RequestState::Expired);
    let id = ask_for(&app, &mia, "admin").await;
    let fields = [("request_id", id.as_str()), ("days", "0")];
    assert_eq!(send(&app, &place.owner, "approve", &fields).await.status, 303);
    app.clock.advance(DAY * 400);
    jobs::sweep(&app.operator()).await.unwrap();
    let people = stackyard_domain::team::get(&app.operator(), &here, &mia_id).await.unwrap();
    assert_eq!((people.role, people.role_until), (Role::Admin, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_decides_about_their_own_nor_gives_owner() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let ada = member(&app, &place, "Ada", Role::Admin).await;
    let vera = member(&app, &place, "Vera", Role::Viewer).await;
    let id = ask_for(&app, &ada, "billing").await;
    let fields = [("request_id", id.as_str()), ("days", "1"), ("note", "why not")];
    for form in ["approve", "reject"] {
        assert_eq!(send(&app, &ada, form, &fields).await.status, 403, "{form}");
    }
    let fields = [("what", "role"), ("role", "viewer"), ("reason", "for me too")];
    assert_eq!(send(&app, &vera, "ask", &fields).await.status, 403, "viewers do not ask");
    for (what, role, repository, resource_role, reason, field) in [
        ("role", "owner", "", "", "I want it", "role"),
        ("role", "admin", "", "", "as I am", "role"),
        ("role", "", "", "", "no role", "role"),
        ("role", "member", "", "", "", "reason"),
        ("repository", "", "no-slash", "read", "a name", "repository"),
        ("repository", "", "acme/infra", "owner", "a role", "resource_role"),
        ("", "", "", "", "nothing", "what"),
    ] {
        let fields = [
            ("what", what),
            ("role", role),
            ("repository", repository),
            ("resource_role", resource_role),
            ("reason", reason),
        ];
        let answer = send(&app, &ada, "ask", &fields).await;
        let at = answer.json()["errors"][0]["field"].as_str().map(str::to_owned);
        assert_eq!((answer.status.as_u16(), at.as_deref()), (400, Some(field)), "{fields:?}");
    }
    assert_eq!(send(&app, &ada, "cancel", &[("request_id", id.as_str())]).await.status, 303);
    assert_eq!(newest(&app, &ada, false).await.state, RequestState::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_decide_at_once_decide_once() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let ada = member(&app, &place, "Ada", Role::Admin).await;
    let mia = member(&app, &place, "Mia", Role::Member).await;
    let id = ask_for(&app, &mia, "viewer").await;
    let approve = [("request_id", id.as_str()), ("days", "0")];
    let reject = [("request_id", id.as_str()), ("note", "stay as you are")];
    let (a, b) =
        tokio::join!(send(&app, &ada, "approve", &approve), send(&app, &place.owner, "reject", &reject));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409], "{} {}", a.text(), b.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_removed_person_asked_for_is_listed_and_ends_with_them() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let mia = member(&app, &place, "Mia", Role::Member).await;
    ask_for(&app, &mia, "admin").await;
    let id = access::enter_anyhow(&app.ctx_of(&mia).await, "acme").await.unwrap().member_id.clone();
    let path = format!("/dashboard/workspaces/acme/team/members/{id}/remove");
    let page = app.get(&path).cookie(&place.owner.cookie).html().send().await.text();
    assert!(page.contains("Their requests for access end: Admin."), "{page}");
    let fields = [("workspace", "acme"), ("member", id.as_str())];
    let removed = app.post("/forms/team/remove").cookie(&place.owner.cookie);
    let removed = removed.header("accept", "application/json").form(&fields).send().await;
    assert_eq!(removed.status, 303, "{}", removed.text());
    let log = app.log(&place).await;
    let ended = |event: &&stackyard_model::activity::Event| {
        event.category.as_str() == "access" && event.action == "cancelled"
    };
    let ended: Vec<_> = log.iter().filter(ended).collect();
    assert_eq!(ended.len(), 1);
    assert_eq!(ended[0].target_name, "Mia", "who is gone is still called by their name");
    let list = app.get("/dashboard/workspaces/acme/team/requests").cookie(&place.owner.cookie).html();
    assert!(!list.send().await.text().contains("to stand in for Olga"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_decides_sees_what_somebody_has_and_gives_no_less() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let mia = member(&app, &place, "Mia", Role::Member).await;
    let less = ask_for(&app, &mia, "viewer").await;
    let notices = app.get("/notices").cookie(&place.owner.cookie).html().send().await.text();
    let decision = format!("/dashboard/workspaces/acme/team/requests/{less}");
    assert!(notices.contains(&decision), "the notice leads to the decision: {notices}");
    let dialog = app.get(&decision).cookie(&place.owner.cookie).html().send().await.text();
    assert!(dialog.contains("Mia has the role Member now"), "{dialog}");
    let fields = [("request_id", less.as_str()), ("days", "7")];
    let refused = send(&app, &place.owner, "approve", &fields).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("Mia has more already: Member."), "{}", refused.text());
    assert_eq!(role(&app, &mia).await, Role::Member);

    let on = |role: &'static str| {
        [
            ("what", "repository"),
            ("repository", "acme/infra"),
            ("resource_role", role),
            ("reason", "to help out"),
        ]
    };
    assert_eq!(send(&app, &mia, "ask", &on("admin")).await.status, 303);
    let more = newest(&app, &mia, true).await.id;
    let fields = [("request_id", more.as_str()), ("days", "0")];
    assert_eq!(send(&app, &place.owner, "approve", &fields).await.status, 303);
    assert_eq!(send(&app, &mia, "ask", &on("read")).await.status, 303);
    let again = newest(&app, &mia, true).await.id;
    let fields = [("request_id", again.as_str()), ("days", "7")];
    let refused = send(&app, &place.owner, "approve", &fields).await;
    assert!(refused.text().contains("Mia has more already: Admin on acme/infra."), "{}", refused.text());
}
