//! What people type when they make a workspace and add its repositories.

use std::time::Duration;

use stackyard_domain::workspaces;
use stackyard_model::Role;

use crate::support::{Answer, Person, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn who_typed_no_slug_is_not_told_that_one_is_taken() {
    let app = TestApp::start().await;
    let olga = app.person("Olga").await;
    for slug in ["acme-platform", "acme-platform-2", "acme-platform-3"] {
        let fields = [("name", "Acme Platform"), ("slug", ""), ("back", "/start")];
        let answer =
            app.post("/forms/workspaces/create").html().cookie(&olga.cookie).form(&fields).send().await;
        let path = format!("/dashboard/workspaces/{slug}");
        assert!(answer.location().starts_with(&path), "{}", answer.location());
    }
    let typed = [("name", "Acme Platform"), ("slug", "acme-platform"), ("back", "/start")];
    let answer = app.post("/forms/workspaces/create").html().cookie(&olga.cookie).form(&typed).send().await;
    let page = app.get(answer.location()).html().cookie(&olga.cookie).send().await;
    assert!(page.text().contains("This slug is taken."), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_another_host_is_not_taken_for_a_repository_of_the_chosen_one() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let add = |name: &'static str| {
        let fields = [
            ("workspace", "acme"),
            ("host", "github.com"),
            ("name", name),
            ("back", "/dashboard/workspaces/acme/repositories"),
        ];
        app.post("/forms/repositories/add").html().cookie(&place.owner.cookie).form(&fields).send()
    };
    let answer = add("https://gitlab.example/acme/site").await;
    let page = app.get(answer.location()).html().cookie(&place.owner.cookie).send().await;
    assert!(
        page.text().contains("This address is on gitlab.example, not on the chosen host."),
        "{}",
        page.text()
    );
    assert!(page.text().contains("https://gitlab.example/acme/site"), "what was typed comes back");
    let answer = add("https://oauth2:ghp_SECRET@GitHub.com:443/acme/site.git").await;
    assert!(answer.location().contains("/permissions"), "{}", answer.location());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logo_that_is_far_too_large_is_told_at_its_field() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let call = app.post("/forms/workspaces/acme/logo").html().cookie(&place.owner.cookie).by_our_page();
    let answer = crate::support::multipart(call, "logo", &vec![0; 9 << 20]).send().await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let page = app.get(answer.location()).html().cookie(&place.owner.cookie).send().await;
    assert!(page.text().contains("A picture has at most 5 MB."), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_change_the_logo_is_refused_before_the_file_is_read() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let viewer = app.person("Vera").await;
    app.add_member(&place.workspace, &viewer, Role::Viewer).await;
    let call = app.post("/forms/workspaces/acme/logo").html().cookie(&viewer.cookie).by_our_page();
    // No form at all: whoever reads it says that it is broken.
    assert_eq!(call.body("nothing").send().await.status, 403);
}

/// Sends the settings as the page's form does, with what is changed.
async fn save(app: &TestApp, person: &Person, mark: &str, changed: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("workspace", "acme"), ("name", "The acme"), ("slug", "acme"), ("mark", mark)];
    for (name, value) in changed {
        fields.retain(|(field, _)| field != name);
        fields.push((name, value));
    }
    let call = app.post("/forms/workspaces/update").cookie(&person.cookie);
    call.header("accept", "application/json").form(&fields).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_were_shown_before_somebody_else_changed_them_are_not_saved() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let path = "/dashboard/workspaces/acme/settings";
    let page = app.get(path).cookie(&place.owner.cookie).html().send().await.text();
    let mark = page.split("name=\"mark\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(save(&app, &place.owner, &mark, &[("only_granted", "true")]).await.status, 303);
    let stale = save(&app, &place.owner, &mark, &[("description", "What we run")]).await;
    assert_eq!(stale.status, 409, "{}", stale.text());
    let now = app.enter(&place.workspace).await.workspace().clone();
    assert!(!now.members_see_all && now.description.is_empty(), "{now:?}");
    let fresh = workspaces::mark(&now);
    let saved =
        save(&app, &place.owner, &fresh, &[("only_granted", "true"), ("description", "What we run")]).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_keeps_five_slugs_from_others_and_no_more() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let mut slug = "acme".to_owned();
    let rename =
        async |from: &str, to: &str| save(&app, &place.owner, "", &[("workspace", from), ("slug", to)]).await;
    for n in 0..5 {
        let to = format!("name-{n}");
        assert_eq!(rename(&slug, &to).await.status, 303, "{to}");
        slug = to;
    }
    let refused = rename(&slug, "name-5").await;
    assert_eq!(refused.status, 400, "{}", refused.text());
    assert!(refused.text().contains("five slugs"), "{}", refused.text());
    assert_eq!(rename(&slug, "acme").await.status, 303, "back to one of its own");
    app.clock.advance(Duration::from_secs(90 * 24 * 3600));
    let olga = app.sign_in(place.owner.account.clone()).await;
    let later = save(&app, &olga, "", &[("slug", "name-5")]).await;
    assert_eq!(later.status, 303, "{}", later.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_workspaces_without_end() {
    let app = TestApp::start().await;
    let olga = app.person("Olga").await;
    let make = async |n: u32| {
        let name = format!("Team {n}");
        let call = app.post("/forms/workspaces/create").cookie(&olga.cookie);
        call.header("accept", "application/json")
            .form(&[("name", name.as_str())])
            .send()
            .await
            .status
            .as_u16()
    };
    for n in 0..30 {
        assert_eq!(make(n).await, 303, "{n}");
    }
    assert_eq!(make(30).await, 429);
    app.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(make(30).await, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_deletes_a_workspace_is_offered_its_log_first() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let settings = "/dashboard/workspaces/acme/settings";
    let page = app.get(settings).cookie(&place.owner.cookie).html().send().await.text();
    let export = "/dashboard/workspaces/acme/activity/export?format=csv";
    let (offered, confirmed) = (page.find(export).unwrap(), page.find("to confirm").unwrap());
    assert!(offered < confirmed);
    assert!(page.contains("the operator of this server keeps it"), "{page}");
    assert_eq!(app.get(export).cookie(&place.owner.cookie).send().await.status, 200);
}
