//! Groups of members, through the router.

use stackyard_domain::{access, groups};
use stackyard_model::Role;
use stackyard_model::id::{GroupId, MemberId};

use crate::support::{Answer, Person, Place, TestApp};

async fn send(app: &TestApp, person: &Person, form: &str, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("workspace", "acme")];
    all.extend_from_slice(fields);
    let call = app.post(&format!("/forms/{form}")).cookie(&person.cookie);
    call.header("accept", "application/json").form(&all).send().await
}

async fn member(app: &TestApp, place: &Place, name: &str) -> MemberId {
    let person = app.person(name).await;
    app.add_member(&place.workspace, &person, Role::Member).await;
    app.inside(&person, "acme").await.1.member_id.clone()
}

async fn only(app: &TestApp, place: &Place) -> GroupId {
    let here = app.enter(&place.workspace).await;
    groups::list(&app.operator(), &here).await.unwrap().remove(0).id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_made_filled_renamed_and_deleted_with_what_it_had() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, ben) = (member(&app, &place, "Ada").await, member(&app, &place, "Ben").await);
    let made =
        send(&app, &place.owner, "groups/create", &[("name", " Platform "), ("description", "on call")]);
    assert_eq!(made.await.status, 303);
    let id = only(&app, &place).await;
    let fields = [("group", id.as_str()), ("members[0]", ada.as_str()), ("members[7]", ben.as_str())];
    let added = send(&app, &place.owner, "groups/add", &fields).await;
    assert_eq!(added.status, 303, "{}", added.text());
    let here = app.enter(&place.workspace).await;
    let granted = access::grant(&app.operator(), &here, &place.repository.id, "Platform", "write").await;
    granted.unwrap();
    let page = format!("/dashboard/workspaces/acme/team/groups/{id}");
    let get = async |path: &str| app.get(path).cookie(&place.owner.cookie).html().send().await.text();
    let text = get(&page).await;
    assert!(text.contains("Ada") && text.contains("Ben") && text.contains("acme/infra"), "{text}");
    let text = get(&format!("{page}?delete=1")).await;
    assert!(text.contains("Write on acme/infra"), "what is lost is listed first: {text}");
    let text = get("/dashboard/workspaces/acme/team").await;
    assert!(text.contains("in Platform"), "{text}");
    let fields = [("group", id.as_str()), ("members[0]", ben.as_str())];
    assert_eq!(send(&app, &place.owner, "groups/remove", &fields).await.status, 303);
    let fields = [("group", id.as_str()), ("name", "Infra"), ("description", "")];
    assert_eq!(send(&app, &place.owner, "groups/update", &fields).await.status, 303);
    assert_eq!(send(&app, &place.owner, "groups/delete", &[("group", id.as_str())]).await.status, 303);
    assert!(groups::list(&app.operator(), &here).await.unwrap().is_empty());
    assert!(access::grants_on(&app.operator(), &here, &place.repository.id).await.unwrap().is_empty());
    let log = app.log(&place).await;
    for action in ["created", "members_added", "members_removed", "updated", "deleted"] {
        let told = |event: &&stackyard_model::activity::Event| {
            event.category.as_str() == "group" && event.action == action
        };
        assert!(log.iter().any(|event| told(&event)), "{action}");
    }
    let deleted = log.iter().find(|event| event.category.as_str() == "group" && event.action == "deleted");
    let note = deleted.unwrap().details.note.clone().unwrap_or_default();
    assert!(!note.contains("acme/infra"), "not everybody who reads the log may know of it: {note}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_unique_in_whatever_case_and_not_empty() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    assert_eq!(send(&app, &place.owner, "groups/create", &[("name", "Platform")]).await.status, 303);
    assert_eq!(send(&app, &place.owner, "groups/create", &[("name", "Other")]).await.status, 303);
    let here = app.enter(&place.workspace).await;
    let other = groups::list(&app.operator(), &here).await.unwrap().remove(0).id;
    let long = "x".repeat(101);
    for name in ["PLATFORM", "", "  ", "a\u{0}b", long.as_str()] {
        let made = send(&app, &place.owner, "groups/create", &[("name", name)]).await;
        let at = made.json()["errors"][0]["field"].as_str().map(str::to_owned);
        assert_eq!((made.status.as_u16(), at.as_deref()), (400, Some("name")), "{name:?}");
    }
    let fields = [("group", other.as_str()), ("name", "platform")];
    assert_eq!(send(&app, &place.owner, "groups/update", &fields).await.status, 400);
    let fields = [("group", other.as_str()), ("name", "OTHER")];
    assert_eq!(send(&app, &place.owner, "groups/update", &fields).await.status, 303, "its own name");
    let nobody = send(&app, &place.owner, "groups/add", &[("group", other.as_str())]).await;
    assert_eq!(nobody.status, 400, "{}", nobody.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_by_an_invitation_lands_in_its_groups() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    assert_eq!(send(&app, &place.owner, "groups/create", &[("name", "Platform")]).await.status, 303);
    let id = only(&app, &place).await;
    let fields = [
        ("people", "kim@example.com"),
        ("role", "member"),
        ("way", "copied"),
        ("days", "7"),
        ("groups[0]", id.as_str()),
    ];
    let foreign = [("groups[0]", "grp_0000000000000000000000000000")];
    let wrong = [&fields[..4], &foreign[..]].concat();
    assert_eq!(send(&app, &place.owner, "invitations/invite", &wrong).await.status, 404);
    let (ctx, here) = app.inside(&place.owner, "acme").await;
    let input = stackyard_domain::invitations::InviteInput {
        people: "kim@example.com".into(),
        role: "member".into(),
        way: "copied".into(),
        days: "7".into(),
        groups: vec![id.to_string()],
    };
    let outcome = stackyard_domain::invitations::invite(&ctx, &here, input).await.unwrap();
    let link = outcome.links[0].1.expose().to_owned();
    let team = app.get("/dashboard/workspaces/acme/team").cookie(&place.owner.cookie).html().send().await;
    assert!(team.text().contains("in Platform"), "the list says so: {}", team.text());
    let kim = app.person("Kim").await;
    let joined = app.post("/forms/invitations/accept").cookie(&kim.cookie);
    let joined = joined.header("accept", "application/json").form(&[("link", link.as_str())]).send().await;
    assert_eq!(joined.status, 303, "{}", joined.text());
    let within = groups::members(&app.operator(), &app.enter(&place.workspace).await, &id).await.unwrap();
    assert_eq!(within.iter().map(|member| member.name.as_str()).collect::<Vec<_>>(), ["Kim"]);
    let log = app.log(&place).await;
    let joined = log.iter().find(|event| event.action == "joined").unwrap();
    let became: Vec<_> =
        joined.details.changes.iter().map(|change| (change.field.as_str(), change.to.as_str())).collect();
    assert_eq!(became, [("role", "member"), ("groups", "Platform")], "how Kim came into it is in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_changed_while_the_groups_of_somebody_were_shown_stays() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let ada = member(&app, &place, "Ada").await;
    let here = app.enter(&place.workspace).await;
    let mut ids = Vec::new();
    for name in ["Audit", "Build", "Chaos"] {
        ids.push(groups::create(&app.operator(), &here, name, "").await.unwrap());
    }
    let [audit, build, chaos] = <[GroupId; 3]>::try_from(ids).unwrap();
    let only = std::slice::from_ref(&ada);
    groups::add(&app.operator(), &here, &audit, only).await.unwrap();
    groups::add(&app.operator(), &here, &chaos, only).await.unwrap();
    let page = format!("/dashboard/workspaces/acme/team/members/{ada}/groups");
    let page = app.get(&page).cookie(&place.owner.cookie).html().send().await.text();
    for (name, id) in [("ticked[0]", &audit), ("ticked[1]", &chaos)] {
        assert!(page.contains(&format!("name=\"{name}\" value=\"{id}\"")), "{name}: {page}");
    }
    // While the form is open somebody takes her out of Audit; it is still ticked, Build is ticked too, Chaos is not.
    groups::remove(&app.operator(), &here, &audit, only).await.unwrap();
    let fields = [
        ("member", ada.as_str()),
        ("ticked[0]", audit.as_str()),
        ("ticked[1]", chaos.as_str()),
        ("groups[0]", audit.as_str()),
        ("groups[1]", build.as_str()),
    ];
    let saved = send(&app, &place.owner, "groups/set", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let of = groups::of_member(&app.operator(), &here, &ada).await.unwrap();
    let within: Vec<_> =
        of.iter().filter(|(_, is_in)| *is_in).map(|(group, _)| group.name.as_str()).collect();
    assert_eq!(within, ["Build"], "nobody gave Audit back");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_ticked_stays_ticked_when_one_searches_on() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    groups::create(&app.operator(), &app.enter(&place.workspace).await, "Platform", "").await.unwrap();
    let group = only(&app, &place).await;
    let ada = member(&app, &place, "Ada").await;
    member(&app, &place, "Ben").await;
    let dialog = async |query: &str| {
        let target = format!("/dashboard/workspaces/acme/team/groups/{group}?add=1&q=ben{query}");
        app.get(&target).cookie(&place.owner.cookie).html().send().await.text()
    };
    let found = dialog("").await;
    assert!(found.contains("ben@example.com") && !found.contains("ada@example.com"), "{found}");
    assert!(found.contains("formmethod=\"get\""), "the search takes the ticks along");
    let ticked = format!("value=\"{ada}\" checked");
    let kept = dialog(&format!("&members%5B7%5D={ada}")).await;
    assert!(kept.contains("ben@example.com") && kept.contains("ada@example.com"), "{kept}");
    assert!(kept.contains(&ticked) && !found.contains(&ticked), "{kept}");
}
