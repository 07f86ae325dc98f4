//! Invitations, through the router.

use std::time::Duration;

use stackyard_domain::team::{self, Decisions};
use stackyard_domain::{access, invitations};
use stackyard_model::Role;

use crate::support::{Answer, PASSWORD, Person, TestApp};

async fn send(app: &TestApp, person: Option<&Person>, form: &str, fields: &[(&str, &str)]) -> Answer {
    let call = app.post(&format!("/forms/invitations/{form}")).header("accept", "application/json");
    let call = match person {
        Some(person) => call.cookie(&person.cookie),
        None => call,
    };
    call.form(fields).send().await
}

async fn invite(app: &TestApp, person: &Person, people: &str) -> Answer {
    let fields =
        [("workspace", "acme"), ("people", people), ("role", "member"), ("way", "copied"), ("days", "7")];
    send(app, Some(person), "invite", &fields).await
}

async fn page(app: &TestApp, person: Option<&Person>, link: &str) -> String {
    let call = app.get(&format!("/invite/{link}")).html();
    let call = match person {
        Some(person) => call.cookie(&person.cookie),
        None => call,
    };
    let answer = call.send().await;
    assert_eq!(answer.status, 200);
    answer.text()
}

async fn join(app: &TestApp, link: &str) -> Answer {
    send(app, None, "join", &[("link", link), ("name", "Kim"), ("password", PASSWORD)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_with_mistakes_invites_nobody_and_says_each_at_its_line() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let list =
        "kim@acme.example\nfarrow@@acme.example\n\nIda <ida@acme.example>\nnobody\n\u{212a}im@acme.example";
    let answer = invite(&app, &place.owner, list).await;
    assert_eq!(answer.status, 400);
    let told: Vec<_> = answer.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["message"].to_string())
        .collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(
        told[0].contains("Line 2") && told[1].contains("Line 5") && told[2].contains("Line 6"),
        "{told:?}"
    );
    let mailed =
        [("workspace", "acme"), ("people", "a@b.co"), ("role", "owner"), ("way", "mailed"), ("days", "8")];
    let answer = send(&app, Some(&place.owner), "invite", &mailed).await;
    let fields: Vec<_> =
        answer.json()["errors"].as_array().unwrap().iter().map(|error| error["field"].to_string()).collect();
    assert_eq!(fields, ["\"role\"", "\"way\"", "\"days\""], "no owner, no mail server, no such days");
    let team =
        app.get("/dashboard/workspaces/acme/team").cookie(&place.owner.cookie).html().send().await.text();
    assert!(!team.contains("kim@acme.example"), "{team}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_shown_once_to_who_made_it_and_never_listed() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let member = app.person("Mia").await;
    app.add_member(&place.workspace, &member, Role::Member).await;
    let fields = [
        ("workspace", "acme"),
        ("people", "kim@acme.example\nOlga@example.com"),
        ("role", "member"),
        ("way", "copied"),
        ("days", "7"),
        ("back", "/dashboard/workspaces/acme/team/invite"),
    ];
    let made =
        app.post("/forms/invitations/invite").html().cookie(&place.owner.cookie).form(&fields).send().await;
    let shown = app.get(made.location()).html().cookie(&place.owner.cookie).send().await.text();
    assert!(shown.contains("/invite/invite_") && shown.contains("Olga is here already"), "{shown}");
    for person in [&place.owner, &member] {
        let team =
            app.get("/dashboard/workspaces/acme/team").html().cookie(&person.cookie).send().await.text();
        assert!(!team.contains("/invite/"), "{team}");
        assert_eq!(
            team.contains("kim@acme.example"),
            person.account.name == "Olga",
            "who is invited is for admins"
        );
    }
    let resent = app.log(&place).await;
    assert!(resent.iter().any(|event| event.action == "invited" && event.target_name == "kim@acme.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_new_joins_by_a_copied_link_unverified_and_only_once() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (_, link) = app.invite(&place, "kim@acme.example", Role::Admin).await;
    for _ in 0..3 {
        let text = page(&app, None, &link).await;
        assert!(text.contains("Join The acme") && text.contains("Not proven"), "{text}");
    }
    let bad = send(&app, None, "join", &[("link", &link), ("name", ""), ("password", "short")]).await;
    assert_eq!(bad.status, 400, "{}", bad.text());
    // Two at once with one link: one is in, the other is told.
    let (a, b) = tokio::join!(join(&app, &link), join(&app, &link));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409], "{} {}", a.text(), b.text());
    let here = app.enter(&place.workspace).await;
    let all = team::page(&app.operator(), &here, &team::TeamFilter::default(), "", 10).await.unwrap();
    let kim = all.members.iter().find(|member| member.email == "kim@acme.example").unwrap();
    assert_eq!((kim.role, kim.email_verified), (Role::Admin, false));
    assert!(page(&app, None, &link).await.contains("This invitation was used"));
    assert_eq!(join(&app, &link).await.status, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_does_not_count_says_why() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let nothing = page(&app, None, "invite_nonsense").await;
    assert!(nothing.contains("Nobody knows this link"), "{nothing}");
    let (id, old) = app.invite(&place, "kim@acme.example", Role::Member).await;
    let fields = [("workspace", "acme"), ("invitation", id.as_str()), ("way", "copied")];
    assert_eq!(send(&app, Some(&place.owner), "resend", &fields).await.status, 303);
    assert!(page(&app, None, &old).await.contains("A newer invitation was sent"));
    assert_eq!(join(&app, &old).await.status, 409);
    let (_, newer) = app.invite(&place, "KIM@acme.example", Role::Member).await;
    let revoke = [("workspace", "acme"), ("invitation", id.as_str())];
    assert_eq!(send(&app, Some(&place.owner), "revoke", &revoke).await.status, 303, "one for each address");
    assert!(page(&app, None, &newer).await.contains("This invitation was taken back"));
    let (_, late) = app.invite(&place, "ida@acme.example", Role::Member).await;
    app.clock.advance(Duration::from_secs(7 * 24 * 3600));
    let text = page(&app, None, &late).await;
    assert!(text.contains("This invitation has expired") && text.contains("for a new one"), "{text}");
    assert!(text.contains("href=\"/sign-in\""), "{text}");
    assert_eq!(join(&app, &late).await.status, 409);
    let (_, declined) = app.invite(&place, "mei@acme.example", Role::Member).await;
    assert_eq!(send(&app, None, "decline", &[("link", &declined)]).await.status, 303);
    assert!(page(&app, None, &declined).await.contains("This invitation was declined"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_of_somebody_who_may_not_invite_any_more_lets_nobody_in() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let ada = app.person("Ada").await;
    app.add_member(&place.workspace, &ada, Role::Admin).await;
    let ctx = app.ctx_of(&ada).await;
    let here = access::enter_anyhow(&ctx, "acme").await.unwrap();
    let input = invitations::InviteInput {
        people: "friend@evil.example".into(),
        role: "admin".into(),
        way: "copied".into(),
        days: "30".into(),
        groups: Vec::new(),
    };
    let made = invitations::invite(&ctx, &here, input).await.unwrap();
    let link = made.links[0].1.expose();
    let owner = app.ctx_of(&place.owner).await;
    let as_owner = access::enter_anyhow(&owner, "acme").await.unwrap();
    team::change_role(&owner, &as_owner, &here.member_id, "viewer").await.unwrap();
    assert!(page(&app, None, link).await.contains("may not invite into this workspace now"));
    assert_eq!(join(&app, link).await.status, 409);
    let decisions = Decisions { revoke_invitations: true, ..Decisions::default() };
    team::remove(&owner, &as_owner, &here.member_id, decisions).await.unwrap();
    assert!(page(&app, None, link).await.contains("This invitation was taken back"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_signed_in_sees_as_whom_they_join_and_a_member_just_gets_in() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let kim = app.person("Kim").await;
    let odo = app.person("Odo").await;
    let (_, link) = app.invite(&place, "kim@example.com", Role::Member).await;
    assert!(page(&app, Some(&kim), &link).await.contains("Join as Kim"));
    let other = page(&app, Some(&odo), &link).await;
    assert!(other.contains("for another address") && other.contains("Switch account"), "{other}");
    assert_eq!(send(&app, Some(&kim), "accept", &[("link", &link)]).await.status, 303);
    let again = send(&app, Some(&kim), "accept", &[("link", &link)]).await;
    assert!(
        again.location().starts_with("/dashboard/workspaces/acme?"),
        "a second click is in too: {}",
        again.text()
    );
    // A member who follows another link keeps their role, and closes it.
    let (_, second) = app.invite(&place, "odo@example.com", Role::Admin).await;
    assert!(page(&app, Some(&kim), &second).await.contains("You are in already"));
    assert_eq!(send(&app, Some(&kim), "accept", &[("link", &second)]).await.status, 303);
    assert_eq!(send(&app, Some(&odo), "accept", &[("link", &second)]).await.status, 409);
    let ctx = app.ctx_of(&kim).await;
    let here = access::enter_anyhow(&ctx, "acme").await.unwrap();
    assert_eq!(here.role, Role::Member);
    let log = app.log(&place).await;
    let joined = |email: &str| {
        let mut joined = log.iter().filter(|event| event.action == "joined");
        joined.find(|event| event.target_name == email).unwrap()
    };
    assert_eq!(joined("kim@example.com").details.changes.len(), 1);
    let again = joined("odo@example.com");
    assert!(again.details.changes.is_empty(), "who was here already became nothing: {again:?}");
    assert_eq!(again.target_id, here.member_id.as_str());
    // Who is kept out stays out.
    let owner = app.ctx_of(&place.owner).await;
    let as_owner = access::enter_anyhow(&owner, "acme").await.unwrap();
    team::suspend(&owner, &as_owner, &here.member_id, Decisions::default()).await.unwrap();
    let (_, third) = app.invite(&place, "someone@example.com", Role::Admin).await;
    let text = page(&app, Some(&kim), &third).await;
    assert!(text.contains("Your access is suspended") && text.contains("My workspaces"), "{text}");
    assert!(!text.contains("The link works once"), "nothing can be joined by it: {text}");
    assert_eq!(send(&app, Some(&kim), "accept", &[("link", &third)]).await.status, 403);
}

async fn team_page(app: &TestApp, person: &Person) -> String {
    app.get("/dashboard/workspaces/acme/team").cookie(&person.cookie).html().send().await.text()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_declined_is_seen_for_a_month_and_can_be_sent_again_or_taken_off() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    for email in ["kim@example.com", "odo@example.com"] {
        let (_, link) = app.invite(&place, email, Role::Member).await;
        assert_eq!(send(&app, None, "decline", &[("link", &link)]).await.status, 303);
    }
    let text = team_page(&app, &place.owner).await;
    assert_eq!(text.matches("Declined<").count(), 2, "{text}");
    let here = app.enter(&place.workspace).await;
    let listed = invitations::list(&app.operator(), &here, "", 10).await.unwrap().items;
    let of = |email: &str| listed.iter().find(|one| one.email == email).unwrap().id.to_string();
    // Sent again it waits, under the same id, and by a new link alone.
    let again = [("workspace", "acme"), ("invitation", &of("kim@example.com")), ("way", "copied")];
    assert_eq!(send(&app, Some(&place.owner), "resend", &again).await.status, 303);
    let (id, link) = app.invite(&place, "kim@example.com", Role::Viewer).await;
    assert_eq!(id.as_str(), of("kim@example.com"), "one of each address");
    assert_eq!(join(&app, &link).await.status, 303);
    let off = [("workspace", "acme"), ("invitation", &of("odo@example.com"))];
    assert_eq!(send(&app, Some(&place.owner), "revoke", &off).await.status, 303);
    assert!(!team_page(&app, &place.owner).await.contains("odo@example.com"));
    let (_, link) = app.invite(&place, "mei@example.com", Role::Member).await;
    assert_eq!(send(&app, None, "decline", &[("link", &link)]).await.status, 303);
    app.clock.advance(Duration::from_secs(30 * 24 * 3600));
    let listed = invitations::list(&app.operator(), &here, "", 10).await.unwrap().items;
    assert!(listed.is_empty(), "{listed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn invitations_are_found_by_address_and_role() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    app.invite(&place, "kim@example.com", Role::Member).await;
    app.invite(&place, "odo_x@example.com", Role::Admin).await;
    for (query, found) in [
        ("q=kim", "kim"),
        ("status=invited&q=KIM", "kim"),
        ("status=invited&role=admin", "odo_x"),
        ("status=invited&q=o_x", "odo_x"),
        ("q=example.com", "kim odo_x"),
        ("status=invited&q=nobody", ""),
        ("status=invited&q=%25", ""),
    ] {
        let target = format!("/dashboard/workspaces/acme/team?{query}");
        let text = app.get(&target).cookie(&place.owner.cookie).html().send().await.text();
        let there = ["kim", "odo_x"].into_iter().filter(|name| text.contains(&format!("{name}@example.com")));
        assert_eq!(there.collect::<Vec<_>>().join(" "), found, "{query}");
        assert_eq!(text.contains("Nobody matches"), found.is_empty(), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dialog_offers_seven_days_unless_others_are_chosen() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let dialog = app.get("/dashboard/workspaces/acme/team/invite").cookie(&place.owner.cookie).html();
    let text = dialog.send().await.text();
    let chosen: Vec<_> = text.split("<option").filter(|option| option.contains(" selected")).collect();
    assert!(chosen.iter().any(|option| option.contains("7 days")), "{chosen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_says_what_became_of_each() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    app.invite(&place, "kim@example.com", Role::Member).await;
    assert!(team_page(&app, &place.owner).await.contains("Waiting<"));
    app.clock.advance(Duration::from_secs(7 * 24 * 3600 - 1));
    assert!(team_page(&app, &place.owner).await.contains("Waiting<"));
    app.clock.advance(Duration::from_secs(1));
    assert!(team_page(&app, &place.owner).await.contains("Expired<"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_one_in_whatever_case_and_composition_and_a_look_alike_is_another() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (first, _) = app.invite(&place, "Zo\u{eb}@Example.com", Role::Member).await;
    let (second, _) = app.invite(&place, "zoe\u{308}@EXAMPLE.com", Role::Member).await;
    assert_eq!(first, second, "composed and decomposed");
    // A Cyrillic letter: another address, which is shown with a warning.
    let (third, _) = app.invite(&place, "zo\u{435}@example.com", Role::Member).await;
    assert_ne!(second, third);
    let text = team_page(&app, &place.owner).await;
    assert_eq!(text.matches("Compare it letter by letter").count(), 2, "{text}");
    // Letters that fold into others, and what reverses or hides text, are in no address.
    for bad in ["\u{212a}im@example.com", "kim\u{202e}@example.com", "ki\u{200b}m@example.com"] {
        let answer = invite(&app, &place.owner, bad).await;
        assert_eq!(answer.status, 400, "{bad:?}: {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn under_a_copied_link_only_who_goes_as_far_as_to_join_learns_of_an_account() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    app.person("Kim").await;
    let (_, link) = app.invite(&place, "kim@example.com", Role::Member).await;
    let text = page(&app, None, &link).await;
    assert!(text.contains("Create account and join") && !text.contains("There is an account"), "{text}");
    let refused = join(&app, &link).await;
    let error = &refused.json()["errors"][0];
    // At no field: the address cannot be changed here.
    assert_eq!((refused.status.as_u16(), error["field"].as_str()), (400, Some("")), "{}", refused.text());
    assert!(page(&app, None, &link).await.contains("Join The acme"), "it was not used up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_taken_at_once_by_two_or_twice_by_one_lets_one_in() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let kim = app.person("Kim").await;
    let odo = app.person("Odo").await;
    let (_, link) = app.invite(&place, "someone@example.com", Role::Member).await;
    let accept = |who: &Person, link: &str| {
        let (app, who, link) = (&app, who.clone(), link.to_owned());
        async move { send(app, Some(&who), "accept", &[("link", &link)]).await.status.as_u16() }
    };
    let (a, b) = tokio::join!(accept(&kim, &link), accept(&odo, &link));
    let mut both = [a, b];
    both.sort_unstable();
    assert_eq!(both, [303, 409], "one of them");
    let (outside, first) = if a == 303 { (odo, kim) } else { (kim, odo) };
    assert_eq!(app.get("/dashboard/workspaces/acme").cookie(&outside.cookie).send().await.status, 404);
    assert_eq!(app.get("/dashboard/workspaces/acme").cookie(&first.cookie).send().await.status, 200);

    let (_, second) = app.invite(&place, "another@example.com", Role::Member).await;
    let (a, b) = tokio::join!(accept(&outside, &second), accept(&outside, &second));
    assert_eq!((a, b), (303, 303), "a double click is in");
    let joined = app.log(&place).await.iter().filter(|event| event.action == "joined").count();
    assert_eq!(joined, 2, "once each");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_a_link_goes_to_no_other_page() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (_, link) = app.invite(&place, "kim@example.com", Role::Member).await;
    for link in [link.as_str(), "invite_unknown"] {
        let answer = app.get(&format!("/invite/{link}")).html().send().await;
        assert_eq!(answer.header("referrer-policy"), "strict-origin", "{link}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_nothing_proved_is_matched_to_no_invitation() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let kim = app.unproved("Kim").await;
    let (id, _) = app.invite(&place, "kim@example.com", Role::Admin).await;
    let list = app.get("/dashboard/workspaces").cookie(&kim.cookie).html().send().await.text();
    assert!(!list.contains("The acme"), "{list}");
    for form in ["accept", "decline"] {
        let answer = send(&app, Some(&kim), form, &[("invitation", id.as_str())]).await;
        assert_eq!(answer.status, 404, "{form}: {}", answer.text());
    }
}
