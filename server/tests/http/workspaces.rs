//! What people type when they make a workspace and add its repositories.

use stackyard_model::Role;

use crate::support::TestApp;

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
