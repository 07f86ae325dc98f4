//! Permissions, through the router.

use stackyard_domain::permissions;
use stackyard_model::PermissionKind;

use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_that_was_shown_before_somebody_else_edited_it_is_not_saved() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    app.allow(&place, PermissionKind::LocksCreate, ["*", "*", "*"]).await;
    let (ctx, here) = app.inside(&place.owner, "acme").await;
    let now = async || permissions::list(&ctx, &here, &place.repository.id).await.unwrap().remove(0);
    let id = now().await.id;
    let path =
        format!("/dashboard/workspaces/acme/repositories/{}/permissions/{id}/edit", place.repository.id);
    let shown = async || app.get(&path).cookie(&place.owner.cookie).html().send().await.text();
    let version = |page: &str| {
        page.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let save = async |version: &str, branch: &str| {
        let fields = [
            ("workspace", "acme"),
            ("repository", place.repository.id.as_str()),
            ("permission", id.as_str()),
            ("version", version),
            ("kind", "ws:locks:create"),
            ("workflow", "*"),
            ("branch", branch),
            ("environment", "*"),
        ];
        let call = app.post("/forms/permissions/update").cookie(&place.owner.cookie);
        call.header("accept", "application/json").form(&fields).send().await
    };
    let before = version(&shown().await);
    assert_eq!(save(&before, "main").await.status, 303);
    let stale = save(&before, "*").await;
    assert_eq!(stale.status, 409, "{}", stale.text());
    assert_eq!(now().await.branch, "main", "what was narrowed stays so");
    assert_eq!(save(&version(&shown().await), "release/.*").await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pattern_that_can_never_match_is_refused_at_its_field() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let add = async |workflow: &str, branch: &str| {
        let fields = [
            ("workspace", "acme"),
            ("repository", place.repository.id.as_str()),
            ("kind", "ws:locks:create"),
            ("workflow", workflow),
            ("branch", branch),
        ];
        let call = app.post("/forms/permissions/add").cookie(&place.owner.cookie);
        call.header("accept", "application/json").form(&fields).send().await
    };
    let refused = add(".github/workflows/deploy.yaml", "refs/heads/main").await;
    assert_eq!(refused.status, 400, "{}", refused.text());
    for said in ["Write “deploy.yaml” instead.", "Write “main” instead."] {
        assert!(refused.text().contains(said), "{said}: {}", refused.text());
    }
    assert_eq!(add("deploy.yaml", "refs/tags/v1").await.status, 303);
}
