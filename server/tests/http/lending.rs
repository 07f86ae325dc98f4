//! The ways around what a right to give does not give: by somebody else's account, by an invitation, by a setting.

use serde_json::{Value, json};
use stackyard_domain::accounts;
use stackyard_domain::team::{self, Decisions};
use stackyard_domain::workspaces::{self, SettingsInput};
use stackyard_domain::{Ctx, Here, access, groups, invitations};
use stackyard_model::invitation::LinkWay;
use stackyard_model::workspace::Workspace;
use stackyard_model::{MemberStatus, Role};

use crate::giving::{assert_lent, for_repository, for_role, group, invitation, key, lend, member};
use crate::support::TestApp;

fn settings(workspace: &Workspace, members_see_all: bool) -> SettingsInput {
    SettingsInput {
        name: workspace.name.clone(),
        slug: workspace.slug.clone(),
        description: workspace.description.clone(),
        own_audience_only: workspace.own_audience_only,
        members_see_all,
    }
}

async fn show_only_granted(ctx: &Ctx, here: &Here) {
    workspaces::update(ctx, here, settings(here.workspace(), false)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_kept_out_comes_back_by_no_invitation_of_their_own_key() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (mia, mia_id) = member(&app, &place, "Mia", Role::Admin).await;
    let (hers, as_mia) = app.inside(&mia, "acme").await;
    let secret = key(&hers, &as_mia).await;
    let before = invitations::invite(&hers, &as_mia, invitation("her.other@x.example", "admin", &[])).await;
    let before = before.unwrap().links.remove(0).1;
    let (owner, as_owner) = app.inside(&place.owner, "acme").await;
    let call = async |method: &str, path: &str, body: Option<Value>| {
        let call = app.call(method, path).bearer(&secret);
        let answer = match body {
            Some(body) => call.json(&body).send().await,
            None => call.send().await,
        };
        (answer.status.as_u16(), answer.text())
    };
    let invites = async |email: &str, role: &str| {
        let body = json!({"email": email, "role": role, "way": "copied", "days": 7});
        call("POST", "/api/v1/invitations", Some(body)).await
    };
    // While she is an admin, what her key offers is what she could offer.
    let (status, text) = invites("her.second@x.example", "admin").await;
    assert_eq!(status, 201, "{text}");
    let link = serde_json::from_str::<Value>(&text).unwrap()["data"]["link"].as_str().unwrap().to_owned();
    let link = link.rsplit('/').next().unwrap().to_owned();

    team::suspend(&owner, &as_owner, &mia_id, Decisions::default()).await.unwrap();
    let (status, text) = call("DELETE", &format!("/api/v1/members/{mia_id}"), None).await;
    assert!(status == 403 && text.contains("who made its secret"), "{text}");
    let (status, text) = invites("her.third@x.example", "admin").await;
    assert!(status == 403 && text.contains("A person has to"), "{text}");
    let (status, text) = call("PATCH", "/api/v1/workspace", Some(json!({"membersSeeAll": true}))).await;
    assert_eq!(status, 200, "it is so already: {text}");
    show_only_granted(&owner, &as_owner).await;
    let (status, text) = call("PATCH", "/api/v1/workspace", Some(json!({"membersSeeAll": true}))).await;
    assert_eq!(status, 403, "{text}");

    // What was offered before makes nobody an admin now, whoever comes with it.
    let zoe = app.person("Zoe").await;
    for link in [link.as_str(), before.expose()] {
        let refused = invitations::accept(&app.ctx_of(&zoe).await, link, "").await.unwrap_err();
        assert!(refused.to_string().contains("may not invite any more"), "{refused}");
    }
    // Nor does it let its maker in as something less.
    team::restore(&owner, &as_owner, &mia_id).await.unwrap();
    let (status, text) = invites("her.fourth@x.example", "viewer").await;
    assert_eq!(status, 201, "{text}");
    let link = serde_json::from_str::<Value>(&text).unwrap()["data"]["link"].as_str().unwrap().to_owned();
    let link = link.rsplit('/').next().unwrap().to_owned();
    team::leave(&hers, &as_mia).await.unwrap();
    let (status, text) = invites("MIA@example.com", "viewer").await;
    assert!(status == 403 && text.contains("who made its secret"), "{text}");
    let refused = invitations::accept(&app.ctx_of(&mia).await, &link, "").await.unwrap_err();
    assert!(refused.to_string().contains("who made its secret"), "{refused}");
    invitations::accept(&app.ctx_of(&zoe).await, &link, "").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_an_admin_for_a_time_brings_no_admin_back() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (mia, _) = member(&app, &place, "Mia", Role::Member).await;
    let (_, admin) = member(&app, &place, "Ben", Role::Admin).await;
    let (_, by_group) = member(&app, &place, "Gil", Role::Member).await;
    let (_, plain) = member(&app, &place, "Pia", Role::Member).await;
    let deciding = group(&app, &place, "Deciding").await;
    let (owner, as_owner) = app.inside(&place.owner, "acme").await;
    groups::add(&owner, &as_owner, &deciding, std::slice::from_ref(&by_group)).await.unwrap();
    access::grant(&owner, &as_owner, &place.repository.id, "Deciding", "admin").await.unwrap();
    for id in [&admin, &by_group, &plain] {
        team::suspend(&owner, &as_owner, id, Decisions::default()).await.unwrap();
    }
    lend(&app, &place, &mia, for_role("admin")).await;
    let (ctx, here) = app.inside(&mia, "acme").await;
    assert_lent("an admin", team::restore(&ctx, &here, &admin).await);
    assert_lent("one who decides by a group", team::restore(&ctx, &here, &by_group).await);
    assert_eq!(team::restore(&ctx, &here, &plain).await.unwrap().status, MemberStatus::Active);
    assert_eq!(team::restore(&owner, &as_owner, &admin).await.unwrap().status, MemberStatus::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_does_not_count_is_nobody_elses_when_its_maker_is_removed() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (mia, _) = member(&app, &place, "Mia", Role::Member).await;
    let (ben, ben_id) = member(&app, &place, "Ben", Role::Admin).await;
    let (cy, cy_id) = member(&app, &place, "Cy", Role::Admin).await;
    let (bens, as_ben) = app.inside(&ben, "acme").await;
    let (cys, as_cy) = app.inside(&cy, "acme").await;
    let zoe = app.person("Zoe").await;
    let offer = async |ctx: &Ctx, here: &Here, email: &str, role: &str| {
        invitations::invite(ctx, here, invitation(email, role, &[])).await.unwrap().ids.remove(0)
    };
    let unbacked = offer(&bens, &as_ben, "zoe@example.com", "admin").await;
    let an_admin = offer(&cys, &as_cy, "kim@example.com", "admin").await;
    let a_viewer = offer(&cys, &as_cy, "lee@example.com", "viewer").await;
    let (owner, as_owner) = app.inside(&place.owner, "acme").await;
    team::change_role(&owner, &as_owner, &ben_id, "viewer").await.unwrap();
    lend(&app, &place, &mia, for_role("admin")).await;
    let (ctx, here) = app.inside(&mia, "acme").await;
    team::remove(&ctx, &here, &ben_id, Decisions::default()).await.unwrap();
    team::remove(&ctx, &here, &cy_id, Decisions::default()).await.unwrap();
    let left: Vec<_> = invitations::list(&ctx, &here, "", 10).await.unwrap().items;
    let left: Vec<_> = left.into_iter().map(|one| one.id).collect();
    assert_eq!(left, std::slice::from_ref(&a_viewer), "what she could not offer herself is taken back");
    let refused = invitations::accept(&app.ctx_of(&zoe).await, "", unbacked.as_str()).await.unwrap_err();
    assert!(refused.to_string().contains("was taken back"), "{refused}");
    assert!(invitations::resend(&owner, &as_owner, &an_admin, LinkWay::Copied).await.is_err());
    invitations::resend(&owner, &as_owner, &a_viewer, LinkWay::Copied).await.unwrap();
    let said: Vec<_> = app.log(&place).await.into_iter().filter(|event| event.action == "removed").collect();
    let notes: Vec<_> = said.iter().filter_map(|event| event.details.note.as_deref()).collect();
    assert!(notes.contains(&"invitations ended: 1"), "{notes:?}");
    assert!(notes.contains(&"invitations ended: 1, invitations kept: 1"), "{notes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_of_somebody_who_is_an_admin_for_a_time_makes_no_admin() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (mia, mia_id) = member(&app, &place, "Mia", Role::Admin).await;
    let (hers, as_mia) = app.inside(&mia, "acme").await;
    let offer = async |role: &str| {
        let offered = invitations::invite(&hers, &as_mia, invitation("zoe@example.com", role, &[])).await;
        offered.unwrap().links.remove(0).1
    };
    let zoe = app.ctx_of(&app.person("Zoe").await).await;
    let (owner, as_owner) = app.inside(&place.owner, "acme").await;
    let link = offer("admin").await;
    team::change_role(&owner, &as_owner, &mia_id, "member").await.unwrap();
    lend(&app, &place, &mia, for_role("admin")).await;
    let refused = invitations::accept(&zoe, link.expose(), "").await.unwrap_err();
    assert!(refused.to_string().contains("may not invite any more"), "{refused}");
    let link = offer("viewer").await;
    invitations::accept(&zoe, link.expose(), "").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_an_admin_for_a_time_does_not_open_all_repositories_to_all() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (mia, _) = member(&app, &place, "Mia", Role::Member).await;
    let (owner, as_owner) = app.inside(&place.owner, "acme").await;
    show_only_granted(&owner, &as_owner).await;
    lend(&app, &place, &mia, for_role("admin")).await;
    let (ctx, here) = app.inside(&mia, "acme").await;
    assert_lent("all", workspaces::update(&ctx, &here, settings(here.workspace(), true)).await);
    let renamed = SettingsInput { name: "Acme".to_owned(), ..settings(here.workspace(), false) };
    assert_eq!(workspaces::update(&ctx, &here, renamed).await.unwrap().name, "Acme");
    workspaces::update(&owner, &as_owner, settings(as_owner.workspace(), true)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_to_whom_something_is_lent_do_not_give_it_to_each_other_for_good() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let repository = &place.repository.id;
    let (mia, _) = member(&app, &place, "Mia", Role::Member).await;
    let (ben, ben_id) = member(&app, &place, "Ben", Role::Member).await;
    let (_, pia_id) = member(&app, &place, "Pia", Role::Member).await;
    let (owner, as_owner) = app.inside(&place.owner, "acme").await;
    show_only_granted(&owner, &as_owner).await;
    let team = group(&app, &place, "Team").await;
    groups::add(&owner, &as_owner, &team, &[ben_id.clone(), pia_id.clone()]).await.unwrap();
    for person in [&mia, &ben] {
        lend(&app, &place, person, for_repository("admin")).await;
    }
    let (hers, as_mia) = app.inside(&mia, "acme").await;
    let (his, as_ben) = app.inside(&ben, "acme").await;
    for role in ["read", "write"] {
        assert_lent(role, access::grant(&hers, &as_mia, repository, "ben@example.com", role).await);
        assert_lent(role, access::grant(&his, &as_ben, repository, "mia@example.com", role).await);
        assert_lent(role, access::grant(&hers, &as_mia, repository, "Team", role).await);
    }
    access::grant(&hers, &as_mia, repository, "pia@example.com", "write").await.unwrap();
    access::grant(&owner, &as_owner, repository, "ben@example.com", "write").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_disabled_while_their_key_goes_on_makes_no_admin_by_it() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (mia, _) = member(&app, &place, "Mia", Role::Admin).await;
    let (_, bo) = member(&app, &place, "Bo", Role::Member).await;
    let (hers, as_mia) = app.inside(&mia, "acme").await;
    let secret = key(&hers, &as_mia).await;
    let promotes = async || {
        let path = format!("/api/v1/members/{bo}");
        app.call("PATCH", &path).bearer(&secret).json(&json!({"role": "admin"})).send().await.status
    };
    accounts::disable(&app.operator(), "mia@example.com").await.unwrap();
    assert_eq!(promotes().await, 403);
    accounts::enable(&app.operator(), "mia@example.com").await.unwrap();
    assert_eq!(promotes().await, 200);
}
