//! Notices: who is told, in the app and by mail.

use std::time::Duration;

use stackyard_domain::access::AskInput;
use stackyard_domain::accounts::{self, NewAccount};
use stackyard_domain::credentials::CredentialInput;
use stackyard_domain::mail::{self, Step};
use stackyard_domain::{
    Actor, access, credentials, groups, invitations, jobs, notices, permissions, repositories, sessions,
    team, tokens, workspaces,
};
use stackyard_model::Role;
use stackyard_model::activity::What;
use stackyard_model::credential::{CredentialKind, Scope};
use stackyard_model::id::{AccessRequestId, MemberId};
use stackyard_model::permission::{Events, PermissionInput};

use crate::support::{
    Answer, PASSWORD, Person, Place, SmtpServer, Temper, TestApp, assert_let_in, assert_refused,
};

async fn send(app: &TestApp, person: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    app.post(path).cookie(&person.cookie).header("accept", "application/json").form(fields).send().await
}

async fn unread(app: &TestApp, person: &Person) -> i32 {
    app.ctx_of(person).await.signed_in().unwrap().account.notices_unread
}

/// The ids of a person's notices, the newest first.
async fn told(app: &TestApp, person: &Person) -> Vec<String> {
    let page = notices::list(&app.ctx_of(person).await, "", 200).await.unwrap();
    page.items.iter().map(|notice| notice.event.id.to_string()).collect()
}

async fn read_all(app: &TestApp, person: &Person) {
    if let Some(last) = told(app, person).await.first() {
        assert_eq!(send(app, person, "/forms/notices/read-all", &[("last", last)]).await.status, 303);
    }
}

async fn membership(app: &TestApp, place: &Place, person: &Person) -> MemberId {
    app.inside(person, &place.workspace.slug).await.1.member_id.clone()
}

/// Asks for a role.
async fn ask_for(app: &TestApp, person: &Person, role: &str) -> AccessRequestId {
    let (ctx, here) = app.inside(person, "acme").await;
    let input = AskInput {
        what: "role".to_owned(),
        role: role.to_owned(),
        repository: String::new(),
        resource_role: String::new(),
        reason: "to stand in for Olga".to_owned(),
    };
    access::ask(&ctx, &here, input).await.unwrap();
    access::requests(&ctx, &here, true, "", 1).await.unwrap().items.remove(0).id
}

/// An owner, an admin and a viewer, who have read everything so far.
async fn people(app: &TestApp) -> (Place, Person, Person) {
    let place = app.acme().await;
    let (ada, vic) = (app.person("Ada").await, app.person("Vic").await);
    app.add_member(&place.workspace, &ada, Role::Admin).await;
    app.add_member(&place.workspace, &vic, Role::Viewer).await;
    for person in [&place.owner, &ada, &vic] {
        read_all(app, person).await;
        assert_eq!(unread(app, person).await, 0);
    }
    (place, ada, vic)
}

/// Ada makes Vic something else.
async fn change_role(app: &TestApp, place: &Place, ada: &Person, vic: &Person, role: &str) {
    let member = membership(app, place, vic).await;
    let (ctx, here) = app.inside(ada, "acme").await;
    team::change_role(&ctx, &here, &member, role).await.unwrap();
}

/// Makes a repository token, as the operator.
async fn make_token(app: &TestApp, place: &Place, name: &str) {
    let here = app.enter(&place.workspace).await;
    tokens::create(&app.operator(), &here, &place.repository.id, name, None).await.unwrap();
}

/// Sends until nothing is due.
pub(crate) async fn send_all(app: &TestApp) -> Step {
    loop {
        match mail::step(&app.operator()).await.unwrap() {
            Step::Went => {}
            step => return step,
        }
    }
}

/// The mails to somebody, unfolded.
pub(crate) fn mails_to(server: &SmtpServer, email: &str) -> Vec<String> {
    let to = format!("To: {email}\n");
    let unfolded = |text: String| text.replace("=\n", "").replace("=3D", "=");
    server.taken().into_iter().filter(|text| text.contains(&to)).map(unfolded).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_run_the_workspace_and_the_one_it_is_about_hear_of_it_and_the_doer_does_not() {
    let app = TestApp::start().await;
    let (place, ada, vic) = people(&app).await;
    let mo = app.person("Mo").await;
    app.add_member(&place.workspace, &mo, Role::Member).await;
    for person in [&place.owner, &ada, &mo] {
        read_all(&app, person).await;
    }
    change_role(&app, &place, &ada, &vic, "member").await;
    let counts = [unread(&app, &place.owner).await, unread(&app, &ada).await, unread(&app, &vic).await];
    assert_eq!((counts, unread(&app, &mo).await), ([1, 0, 1], 0));
    let page = app.get("/notices").cookie(&vic.cookie).html().send().await.text();
    assert!(
        page.contains("Notices, 1 unread") && page.contains("The acme") && page.contains("to Member"),
        "{page}"
    );
    // The link leads to the event, in the log of the workspace.
    let start = page.find("/dashboard/workspaces/acme/activity?q=").unwrap();
    let link: String = page[start..].chars().take_while(|c| *c != '"').collect();
    app.seal().await;
    let log = app.get(&link).cookie(&vic.cookie).html().send().await;
    assert!(log.status == 200 && log.text().contains("Changed the role of"), "{}", log.text());
    // Every page has the bell.
    let overview =
        app.get("/dashboard/workspaces/acme").cookie(&place.owner.cookie).html().send().await.text();
    assert!(overview.contains("Notices, 1 unread"), "{overview}");
    // What somebody is refused is no change.
    let (ctx, here) = app.inside(&vic, "acme").await;
    let member = membership(&app, &place, &mo).await;
    assert!(team::suspend(&ctx, &here, &member, team::Decisions::default()).await.is_err());
    assert_eq!(unread(&app, &place.owner).await, 1);
}

/// Ada changes what a repository's workflows may do, which one it is, and who has a secret.
async fn trusts_machines(app: &TestApp, place: &Place, ada: &Person) {
    let (ctx, here) = app.inside(ada, "acme").await;
    let repository = &place.repository.id;
    let input = |branch: &str| PermissionInput {
        kind: "ws:locks:create".to_owned(),
        workflow: String::new(),
        branch: branch.to_owned(),
        environment: String::new(),
        events: Events::default(),
    };
    let permission = permissions::add(&ctx, &here, repository, input("*")).await.unwrap().id;
    assert_let_in(&app.try_exchange(place, &app.claims()).await);
    let renamed = app.claims().repository("acme/platform", 74, 65);
    assert_refused(&app.try_exchange(place, &renamed).await, 403, "RepositoryHeld");
    repositories::confirm_identity(&ctx, &here, repository, "acme/platform", 65).await.unwrap();
    permissions::update(&ctx, &here, repository, &permission, input("main")).await.unwrap();
    permissions::remove(&ctx, &here, repository, &permission).await.unwrap();
    tokens::create(&ctx, &here, repository, "nightly", None).await.unwrap();
    for kind in CredentialKind::ALL {
        let input = CredentialInput {
            kind: *kind,
            name: "nightly".to_owned(),
            description: String::new(),
            scopes: vec![Scope::GroupsRead.to_string()],
            days: Some(90),
        };
        credentials::create(&ctx, &here, input).await.unwrap();
    }
}

/// Ada changes what those in a group may do, which is Nia alone.
async fn trusts_a_group(app: &TestApp, place: &Place, ada: &Person, nia: &Person) {
    let (ctx, here) = app.inside(ada, "acme").await;
    let group = groups::create(&ctx, &here, "Release", "").await.unwrap();
    let member = membership(app, place, nia).await;
    groups::set_for(&ctx, &here, &member, &[], std::slice::from_ref(&group)).await.unwrap();
    let repository = &place.repository.id;
    access::grant(&ctx, &here, repository, "Release", "write").await.unwrap();
    let granted = access::grants_on(&ctx, &here, repository).await.unwrap().remove(0).id;
    access::revoke(&ctx, &here, repository, &granted).await.unwrap();
    groups::delete(&ctx, &here, &group).await.unwrap();
}

/// Ada changes what Mo may do; Olga hands the workspace over to him.
async fn trusts_mo(app: &TestApp, place: &Place, ada: &Person, mo: &Person) {
    let (ctx, here) = app.inside(ada, "acme").await;
    let member = membership(app, place, mo).await;
    let group = groups::create(&ctx, &here, "Platform", "").await.unwrap();
    groups::add(&ctx, &here, &group, std::slice::from_ref(&member)).await.unwrap();
    groups::remove(&ctx, &here, &group, std::slice::from_ref(&member)).await.unwrap();
    for role in ["admin", "member"] {
        change_role(app, place, ada, mo, role).await;
    }
    let asked = ask_for(app, mo, "billing").await;
    access::reject(&ctx, &here, &asked, "stay as you are").await.unwrap();
    let asked = ask_for(app, mo, "billing").await;
    access::approve(&ctx, &here, &asked, "7", "").await.unwrap();
    let (ctx, here) = app.inside(&place.owner, "acme").await;
    team::offer_ownership(&ctx, &here, &member, "The acme").await.unwrap();
    let (ctx, here) = app.inside(mo, "acme").await;
    team::accept_ownership(&ctx, &here).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_of_trust_reaches_those_concerned() {
    let app = TestApp::start().await;
    let (place, ada, vic) = people(&app).await;
    let (ben, mo) = (app.person("Ben").await, app.person("Mo").await);
    let (nia, kim) = (app.person("Nia").await, app.person("Kim").await);
    for (person, role) in [(&ben, Role::Admin), (&mo, Role::Member), (&nia, Role::Member)] {
        app.add_member(&place.workspace, person, role).await;
    }
    trusts_machines(&app, &place, &ada).await;
    trusts_a_group(&app, &place, &ada, &nia).await;
    trusts_mo(&app, &place, &ada, &mo).await;
    // Mo owns it by now, and Olga is an admin.
    let (_, link) = app.invite(&place, "kim@example.com", Role::Admin).await;
    invitations::accept(&app.ctx_of(&kim).await, &link, "").await.unwrap();

    let mut told = Vec::new();
    for person in [&place.owner, &ada, &ben, &mo, &nia, &vic, &kim] {
        let page = notices::list(&app.ctx_of(person).await, "", 200).await.unwrap();
        told.push((person.account.name.as_str(), page.items));
    }
    for (what, whom) in [
        (What::PermissionAssigned, "Olga Ben"),
        (What::PermissionUpdated, "Olga Ben"),
        (What::PermissionRemoved, "Olga Ben"),
        (What::RepositoryIdentityChanged, "Olga Ada Ben"),
        (What::RepositoryIdentityConfirmed, "Olga Ben"),
        (What::RepositoryTokenCreated, "Olga Ben"),
        (What::CredentialCreated, "Olga Ben"),
        (What::GroupMembersAdded, "Olga Ben Mo Nia"),
        (What::GroupMembersRemoved, "Olga Ben Mo"),
        (What::GroupDeleted, "Olga Ben Nia"),
        (What::AccessGranted, "Olga Ben Nia"),
        (What::AccessRevoked, "Olga Ben Nia"),
        (What::MemberRoleChanged, "Olga Ben Mo"),
        (What::AccessRequested, "Olga Ada Ben"),
        (What::AccessRejected, "Olga Ben Mo"),
        (What::AccessApproved, "Olga Ben Mo"),
        (What::OwnershipOffered, "Ada Ben Mo"),
        (What::OwnershipTransferred, "Olga Ada Ben"),
        (What::MemberJoined, "Olga Ada Ben Mo"),
    ] {
        let heard = told.iter().filter(|(_, all)| all.iter().any(|notice| notice.event.what() == Some(what)));
        let names: Vec<_> = heard.map(|(name, _)| *name).collect();
        assert_eq!(names.join(" "), whom, "{what:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_for_a_time_is_told_too() {
    let app = TestApp::start().await;
    let (place, ..) = people(&app).await;
    let mo = app.person("Mo").await;
    app.add_member(&place.workspace, &mo, Role::Member).await;
    let heard = async |name: &str| {
        read_all(&app, &mo).await;
        make_token(&app, &place, name).await;
        unread(&app, &mo).await
    };
    let asked = ask_for(&app, &mo, "admin").await;
    assert_eq!(heard("before").await, 0, "it is not decided");
    let (ctx, here) = app.inside(&place.owner, "acme").await;
    access::approve(&ctx, &here, &asked, "7", "").await.unwrap();
    assert_eq!(heard("at once").await, 1);
    let week = Duration::from_secs(7 * 24 * 3600);
    app.clock.advance(week - Duration::from_secs(1));
    assert_eq!(heard("to the end").await, 1);
    // Nobody swept: the time alone counts.
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(heard("afterwards").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_to_whom_a_lesser_role_is_lent_is_not_told_meanwhile() {
    let app = TestApp::start().await;
    let (place, ada, _) = people(&app).await;
    let asked = ask_for(&app, &ada, "billing").await;
    let (ctx, here) = app.inside(&place.owner, "acme").await;
    access::approve(&ctx, &here, &asked, "1", "").await.unwrap();
    let heard = async |name: &str| {
        read_all(&app, &ada).await;
        make_token(&app, &place, name).await;
        unread(&app, &ada).await
    };
    assert_eq!(heard("for the invoices").await, 0);
    app.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(heard("as an admin again").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_kept_out_or_sees_no_repositories_hears_nothing_of_their_group() {
    let app = TestApp::start().await;
    let (place, ada, _) = people(&app).await;
    let here = app.enter(&place.workspace).await;
    let group = groups::create(&app.operator(), &here, "Release", "").await.unwrap();
    let mut all = Vec::new();
    for name in ["Sue", "Bill", "Mia"] {
        let person = app.person(name).await;
        app.add_member(&place.workspace, &person, Role::Member).await;
        all.push((membership(&app, &place, &person).await, person));
    }
    let ids: Vec<_> = all.iter().map(|(id, _)| id.clone()).collect();
    groups::add(&app.operator(), &here, &group, &ids).await.unwrap();
    let (ctx, as_ada) = app.inside(&ada, "acme").await;
    team::suspend(&ctx, &as_ada, &ids[0], team::Decisions::default()).await.unwrap();
    team::change_role(&ctx, &as_ada, &ids[1], "billing").await.unwrap();
    let heard = async || {
        let mut counts = Vec::new();
        for (_, person) in &all {
            counts.push(unread(&app, person).await);
        }
        counts
    };
    let before = heard().await;
    access::grant(&ctx, &as_ada, &place.repository.id, "Release", "write").await.unwrap();
    assert_eq!(heard().await, [before[0], before[1], before[2] + 1], "Mia alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_may_invite_hear_that_an_invitation_was_declined() {
    let app = TestApp::start().await;
    let (place, ada, vic) = people(&app).await;
    let (_, link) = app.invite(&place, "kim@example.com", Role::Member).await;
    invitations::decline(&app.operator().with_actor(Actor::Anonymous), &link, "").await.unwrap();
    let counts = [unread(&app, &place.owner).await, unread(&app, &ada).await, unread(&app, &vic).await];
    assert_eq!(counts, [1, 1, 0]);
    let page = app.get("/notices").cookie(&ada.cookie).html().send().await.text();
    assert!(page.contains("eclined the invitation of"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_are_read_one_by_one_or_all_and_only_by_who_got_them() {
    let app = TestApp::start().await;
    let (place, ada, vic) = people(&app).await;
    for role in ["member", "billing", "viewer"] {
        change_role(&app, &place, &ada, &vic, role).await;
    }
    let ids = told(&app, &vic).await;
    assert_eq!(unread(&app, &vic).await, 3);
    app.get("/notices").cookie(&vic.cookie).html().send().await;
    assert_eq!(unread(&app, &vic).await, 3, "looking reads nothing");
    let read = |person: Person, id: String| {
        let app = &app;
        async move { send(app, &person, "/forms/notices/read", &[("event", &id)]).await.status.as_u16() }
    };
    assert_eq!(read(ada.clone(), ids[0].clone()).await, 404, "none of hers");
    assert_eq!(read(vic.clone(), ids[0].clone()).await, 303);
    assert_eq!(read(vic.clone(), ids[0].clone()).await, 404, "once");
    assert_eq!(unread(&app, &vic).await, 2);
    // One that came after the page was shown stays.
    let answer = send(&app, &vic, "/forms/notices/read-all", &[("last", &ids[1])]).await;
    assert_eq!(answer.status, 303);
    assert_eq!(unread(&app, &vic).await, 0);
    app.clock.advance(Duration::from_secs(1));
    change_role(&app, &place, &ada, &vic, "member").await;
    send(&app, &vic, "/forms/notices/read-all", &[("last", &ids[0])]).await;
    assert_eq!(unread(&app, &vic).await, 1);
    assert_eq!(unread(&app, &place.owner).await, 4, "another's are another's");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_read_in_a_year_counts_as_read_and_is_forgotten_in_time() {
    let app = TestApp::start().await;
    let (place, ada, vic) = people(&app).await;
    change_role(&app, &place, &ada, &vic, "member").await;
    let day = Duration::from_secs(24 * 3600);
    app.clock.advance(day * 364);
    let (ada, vic) = (app.sign_in(ada.account).await, app.sign_in(vic.account).await);
    change_role(&app, &place, &ada, &vic, "viewer").await;
    let swept = async |later: u32| {
        app.clock.advance(day * later);
        jobs::sweep(&app.operator()).await.unwrap();
        let vic = app.sign_in(vic.account.clone()).await;
        (unread(&app, &vic).await, told(&app, &vic).await.len())
    };
    assert_eq!(swept(0).await, (2, 2));
    assert_eq!(swept(2).await, (1, 2), "the younger one waits");
    assert_eq!(swept(91).await, (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_close_together_go_into_one_mail_at_once() {
    let server = SmtpServer::start(Temper::Good).await;
    let app = TestApp::start().await.mailing(server.mailer());
    let (place, _, vic) = people(&app).await;
    app.clock.advance(Duration::from_secs(60));
    send_all(&app).await;
    let before = mails_to(&server, "olga@example.com").len();
    make_token(&app, &place, "nightly").await;
    make_token(&app, &place, "weekly").await;
    assert_eq!(send_all(&app).await, Step::Idle);
    assert_eq!(mails_to(&server, "olga@example.com").len(), before, "they are gathered first");
    app.clock.advance(Duration::from_secs(31));
    send_all(&app).await;
    let mails = mails_to(&server, "olga@example.com");
    assert_eq!(mails.len(), before + 1, "{mails:?}");
    let mail = mails.last().unwrap();
    assert!(mail.contains("nightly") && mail.contains("weekly") && mail.contains("/notices"), "{mail}");
    assert!(mails_to(&server, "vic@example.com").iter().all(|mail| !mail.contains("nightly")));
    app.clock.advance(Duration::from_secs(3600));
    send_all(&app).await;
    assert_eq!(mails_to(&server, "olga@example.com").len(), before + 1, "none twice");
    assert_eq!(unread(&app, &vic).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daily_mail_comes_in_the_morning_with_what_is_not_read_and_a_kill_doubles_none() {
    let server = SmtpServer::start(Temper::Good).await;
    let app = TestApp::start().await.mailing(server.mailer());
    let (place, ..) = people(&app).await;
    app.clock.advance(Duration::from_secs(60));
    send_all(&app).await;
    let olga = &place.owner;
    let before = mails_to(&server, "olga@example.com").len();
    assert_eq!(send(&app, olga, "/forms/account/notices", &[("mail", "hourly")]).await.status, 400);
    assert_eq!(send(&app, olga, "/forms/account/notices", &[("mail", "daily")]).await.status, 303);
    make_token(&app, &place, "read-by-then").await;
    read_all(&app, olga).await;
    make_token(&app, &place, "not-read").await;
    app.clock.advance(Duration::from_secs(120));
    send_all(&app).await;
    assert_eq!(mails_to(&server, "olga@example.com").len(), before, "not before the morning");
    app.clock.advance(Duration::from_secs(24 * 3600));
    // Killed between claiming the mail and hearing from its server.
    server.becomes(Temper::HangsUp);
    send_all(&app).await;
    server.becomes(Temper::Good);
    for _ in 0..3 {
        app.clock.advance(Duration::from_secs(24 * 3600));
        send_all(&app).await;
    }
    let mails = mails_to(&server, "olga@example.com");
    assert_eq!(mails.len(), before + 1, "{mails:?}");
    assert!(mails.last().unwrap().contains("not-read") && !mails.last().unwrap().contains("read-by-then"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_no_mail_gets_it_only_about_their_own_account() {
    let server = SmtpServer::start(Temper::Good).await;
    let app = TestApp::start().await.mailing(server.mailer());
    let (place, ..) = people(&app).await;
    app.clock.advance(Duration::from_secs(60));
    send_all(&app).await;
    let before = mails_to(&server, "olga@example.com").len();
    assert_eq!(send(&app, &place.owner, "/forms/account/notices", &[("mail", "never")]).await.status, 303);
    make_token(&app, &place, "nightly").await;
    app.clock.advance(Duration::from_secs(2 * 24 * 3600));
    send_all(&app).await;
    assert_eq!(mails_to(&server, "olga@example.com").len(), before);
    assert_eq!(unread(&app, &place.owner).await, 1, "in the app all the same");
    let fields = [("current", PASSWORD), ("new", "another battery staple")];
    assert_eq!(send(&app, &place.owner, "/forms/account/password", &fields).await.status, 303);
    send_all(&app).await;
    let mails = mails_to(&server, "olga@example.com");
    assert!(mails.len() == before + 1 && mails.last().unwrap().contains("changed a password"), "{mails:?}");
    let nobody = app.operator().with_actor(Actor::Anonymous);
    let session = sessions::sign_in(&nobody, "olga@example.com", "another battery staple").await.unwrap();
    let owner = Person { cookie: session.cookie.expose().to_owned(), ..place.owner };
    assert_eq!(unread(&app, &owner).await, 1, "who did it need not be told here");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_admins_are_told_at_once_and_each_by_one_mail() {
    let server = SmtpServer::start(Temper::Good).await;
    let app = TestApp::start().await.mailing(server.mailer());
    let place = app.acme().await;
    let here = app.enter(&place.workspace).await;
    for n in 0..50 {
        let new = NewAccount {
            name: format!("Admin {n}"),
            email: format!("admin-{n}@example.com"),
            password: PASSWORD.to_owned(),
        };
        let account = accounts::create(&app.operator(), new).await.unwrap();
        workspaces::add_member(&app.operator(), &here, &account, Role::Admin).await.unwrap();
    }
    app.clock.advance(Duration::from_secs(60));
    send_all(&app).await;
    let before = server.taken().len();
    let began = std::time::Instant::now();
    make_token(&app, &place, "nightly").await;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    app.clock.advance(Duration::from_secs(60));
    send_all(&app).await;
    assert_eq!(server.taken().len(), before + 51);
}
