//! The people of a workspace, through the router.

use std::collections::HashSet;
use std::time::Duration;

use stackyard_domain::access;
use stackyard_domain::team::{self, TeamFilter, TeamSort};
use stackyard_model::Role;
use stackyard_model::id::MemberId;

use crate::support::{Answer, Person, Place, TestApp};

async fn send(app: &TestApp, person: &Person, form: &str, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("workspace", "acme")];
    all.extend_from_slice(fields);
    let call = app.post(&format!("/forms/team/{form}")).cookie(&person.cookie);
    call.header("accept", "application/json").form(&all).send().await
}

async fn member(app: &TestApp, place: &Place, name: &str, role: Role) -> (Person, MemberId) {
    let person = app.person(name).await;
    app.add_member(&place.workspace, &person, role).await;
    let ctx = app.ctx_of(&person).await;
    let id = access::enter_anyhow(&ctx, "acme").await.unwrap().member_id.clone();
    (person, id)
}

async fn owners(app: &TestApp, place: &Place) -> Vec<String> {
    let here = app.enter(&place.workspace).await;
    let filter = TeamFilter { role: Some(Role::Owner), ..TeamFilter::default() };
    let page = team::page(&app.operator(), &here, &filter, "", 10).await.unwrap();
    page.members.into_iter().map(|member| member.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_in_force_with_the_next_request_also_ones_own() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, ada_id) = member(&app, &place, "Ada", Role::Admin).await;
    let (_, vera) = member(&app, &place, "Vera", Role::Viewer).await;
    let invite = "/dashboard/workspaces/acme/team/invite";
    assert_eq!(app.get(invite).cookie(&ada.cookie).html().send().await.status, 200);
    let lowered = send(&app, &ada, "change-role", &[("member", ada_id.as_str()), ("role", "member")]).await;
    assert_eq!(lowered.status, 303, "{}", lowered.text());
    assert_eq!(app.get(invite).cookie(&ada.cookie).html().send().await.status, 403);
    let late = send(&app, &ada, "change-role", &[("member", vera.as_str()), ("role", "admin")]).await;
    assert_eq!(late.status, 403, "{}", late.text());
    let owner =
        send(&app, &place.owner, "change-role", &[("member", vera.as_str()), ("role", "owner")]).await;
    assert_eq!((owner.status.as_u16(), owner.json()["errors"][0]["field"].as_str()), (400, Some("role")));
    let log = app.log(&place).await;
    assert!(log.iter().any(|event| event.action == "role_changed" && event.target_name == "Ada"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_began_before_a_role_was_lowered_does_nothing() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, ada_id) = member(&app, &place, "Ada", Role::Admin).await;
    let (_, vera) = member(&app, &place, "Vera", Role::Viewer).await;
    let ctx = app.ctx_of(&ada).await;
    let here = access::enter_anyhow(&ctx, "acme").await.unwrap();
    send(&app, &place.owner, "change-role", &[("member", ada_id.as_str()), ("role", "viewer")]).await;
    assert!(team::change_role(&ctx, &here, &vera, "admin").await.is_err());
    assert!(team::remove(&ctx, &here, &vera, team::Decisions::default()).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_at_the_owner_and_the_owner_does_not_leave() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, _) = member(&app, &place, "Ada", Role::Admin).await;
    let ctx = app.ctx_of(&place.owner).await;
    let owner = access::enter_anyhow(&ctx, "acme").await.unwrap().member_id.clone();
    for form in ["change-role", "suspend", "remove"] {
        for person in [&ada, &place.owner] {
            let answer = send(&app, person, form, &[("member", owner.as_str()), ("role", "viewer")]).await;
            assert_eq!(answer.status, 403, "{form}: {}", answer.text());
        }
    }
    let left = send(&app, &place.owner, "leave", &[]).await;
    assert_eq!(left.status, 403, "{}", left.text());
    assert!(left.text().contains("Transfer ownership"), "{}", left.text());
    assert_eq!(owners(&app, &place).await, ["Olga"]);
    assert_eq!(send(&app, &ada, "leave", &[]).await.status, 303);
    assert_eq!(app.get("/dashboard/workspaces/acme").cookie(&ada.cookie).send().await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_suspended_finds_nothing_and_comes_back_as_what_they_were() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, id) = member(&app, &place, "Ada", Role::Admin).await;
    let own = app.workspace(&ada, "adas").await;
    assert_eq!(send(&app, &place.owner, "suspend", &[("member", id.as_str())]).await.status, 303);
    assert_eq!(app.get("/dashboard/workspaces/acme").cookie(&ada.cookie).send().await.status, 404);
    let elsewhere = app.get(&format!("/dashboard/workspaces/{}", own.slug)).cookie(&ada.cookie).send().await;
    assert_eq!(elsewhere.status, 200, "their session goes on");
    let again = send(&app, &ada, "restore", &[("member", id.as_str())]).await;
    assert_eq!(again.status, 404, "not by themselves");
    assert_eq!(send(&app, &place.owner, "restore", &[("member", id.as_str())]).await.status, 303);
    let back = app.get("/dashboard/workspaces/acme/team/invite").cookie(&ada.cookie).html().send().await;
    assert_eq!(back.status, 200, "an admin as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_removed_person_made_is_listed_and_decided() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, id) = member(&app, &place, "Ada", Role::Admin).await;
    let fields = [
        ("workspace", "acme"),
        ("repository", place.repository.id.as_str()),
        ("name", "nightly"),
        ("days", ""),
    ];
    app.post("/forms/tokens/create").html().cookie(&ada.cookie).form(&fields).send().await;
    let fields = [
        ("workspace", "acme"),
        ("repository", place.repository.id.as_str()),
        ("stack", "dev"),
        ("component", "vpc"),
        ("minutes", "60"),
    ];
    app.post("/forms/locks/take").html().cookie(&ada.cookie).form(&fields).send().await;
    let path = format!("/dashboard/workspaces/acme/team/members/{id}/remove");
    let page = app.get(&path).cookie(&place.owner.cookie).html().send().await.text();
    assert!(page.contains("Release 1 lock") && page.contains("acme/infra/dev/vpc"), "{page}");
    assert!(page.contains("Revoke 1 repository token") && page.contains("nightly for acme/infra"), "{page}");
    let decided = [("member", id.as_str()), ("release_locks", "true")];
    let removed = send(&app, &place.owner, "remove", &decided).await;
    assert_eq!(removed.status, 303, "{}", removed.text());
    assert!(app.locks(&place).await.held.is_empty());
    let tokens =
        stackyard_domain::tokens::list(&app.operator(), &app.enter(&place.workspace).await).await.unwrap();
    assert!(tokens[0].revoked_at.is_none(), "it was to go on");
    assert_eq!(app.get("/dashboard/workspaces/acme").cookie(&ada.cookie).send().await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn ownership_passes_when_both_confirm_and_there_is_one_at_every_moment() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ada, ada_id) = member(&app, &place, "Ada", Role::Admin).await;
    let (ben, ben_id) = member(&app, &place, "Ben", Role::Viewer).await;
    let offer = |to: MemberId, name: &'static str| {
        let (app, owner) = (&app, &place.owner);
        async move { send(app, owner, "offer-ownership", &[("member", to.as_str()), ("name", name)]).await }
    };
    assert_eq!(offer(ada_id.clone(), "acme").await.status, 400, "the name is asked for");
    assert_eq!(offer(ada_id, "The acme").await.status, 303);
    assert_eq!(owners(&app, &place).await, ["Olga"], "nothing changes before it is taken");
    // A later offer takes the place of the earlier one; then both try to take it at once, and twice.
    assert_eq!(offer(ben_id, "The acme").await.status, 303);
    let take = |who: &Person| {
        let (app, who) = (&app, who.clone());
        async move { send(app, &who, "accept-ownership", &[]).await }
    };
    let (a, b, c) = tokio::join!(take(&ada), take(&ben), take(&ben));
    assert_eq!(a.status, 404, "{}", a.text());
    let done = [&b, &c].iter().filter(|answer| answer.status == 303).count();
    assert_eq!(done, 1, "{} {}", b.text(), c.text());
    assert_eq!(owners(&app, &place).await, ["Ben"]);
    let late =
        send(&app, &place.owner, "offer-ownership", &[("member", "mem_0"), ("name", "The acme")]).await;
    assert!([403, 404].contains(&late.status.as_u16()), "{}", late.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_people_are_read_in_pages_that_miss_and_double_nobody() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    app.fill_team(&place.workspace, 1_000).await;
    let here = app.enter(&place.workspace).await;
    for sort in [TeamSort::Seen, TeamSort::Name, TeamSort::Joined] {
        let filter = TeamFilter { sort, ..TeamFilter::default() };
        let (mut seen, mut cursor, mut pages) = (HashSet::new(), String::new(), 0);
        loop {
            let page = team::page(&app.operator(), &here, &filter, &cursor, 50).await.unwrap();
            assert_eq!(page.counts.members(), 1_001);
            for member in &page.members {
                assert!(seen.insert(member.id.clone()), "{} twice", member.name);
            }
            pages += 1;
            match page.next_cursor {
                Some(next) => cursor = next,
                None => break,
            }
        }
        assert_eq!((seen.len(), pages), (1_001, 21), "{sort:?}");
    }
    let find = |q: &str| format!("/dashboard/workspaces/acme/team?q={q}");
    let page = app.get(&find("person%20777")).cookie(&place.owner.cookie).html().send().await.text();
    assert!(page.contains("Person 777") && !page.contains("Person 778"), "{page}");
    let nobody = app.get(&find("%25_")).cookie(&place.owner.cookie).html().send().await.text();
    assert!(nobody.contains("Nobody matches"), "{nobody}");
    let began = std::time::Instant::now();
    let page = app.get("/dashboard/workspaces/acme/team").cookie(&place.owner.cookie).html().send().await;
    assert_eq!(page.status, 200);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}
