//! Pictures of people.

use stackyard_model::Role;

use crate::support::{Answer, PNG, Person, TestApp, multipart};

async fn upload(app: &TestApp, person: &Person, file: &[u8]) -> Answer {
    let call = app.post("/forms/account/picture").cookie(&person.cookie).by_our_page().html();
    multipart(call, "picture", file).send().await
}

/// The address of a person's picture, as they find it on their account's page.
async fn address(app: &TestApp, person: &Person) -> Option<String> {
    let page = app.get("/account").cookie(&person.cookie).html().send().await.text();
    let start = page.find("/people/")?;
    Some(page[start..].chars().take_while(|c| *c != '"').collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_drawn_anew_and_shown_to_those_who_share_a_workspace() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (mira, stan) = (app.person("Mira").await, app.person("Stan").await);
    app.add_member(&place.workspace, &mira, Role::Member).await;
    assert_eq!(address(&app, &mira).await, None);
    let mut polyglot = PNG.to_vec();
    polyglot.extend_from_slice(b"<script>alert(1)</script>");
    assert_eq!(upload(&app, &mira, &polyglot).await.status, 303);
    let picture = address(&app, &mira).await.unwrap();
    for (person, status) in [(&mira, 200), (&place.owner, 200), (&stan, 404)] {
        let answer = app.get(&picture).cookie(&person.cookie).send().await;
        assert_eq!(answer.status, status, "{}", person.account.name);
        assert!(!answer.text().contains("<script>alert"));
    }
    assert_eq!(app.get(&picture).send().await.status, 303, "nobody has to sign in first");
    let shown = app.get(&picture).cookie(&mira.cookie).send().await;
    assert_eq!(shown.header("content-type"), "image/png");
    assert!(shown.policy().contains("sandbox"), "{}", shown.policy());
    let team = app.get("/dashboard/workspaces/acme/team").cookie(&place.owner.cookie).html().send().await;
    assert!(team.text().contains(&picture), "{}", team.text());
    let removed = app.post("/forms/account/remove-picture").cookie(&mira.cookie).form(&[]).send().await;
    assert_eq!(removed.status, 303);
    assert_eq!(app.get(&picture).cookie(&mira.cookie).send().await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_picture_is_refused_at_its_field() {
    let app = TestApp::start().await;
    let mira = app.person("Mira").await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    for (file, told) in
        [(&svg[..], "Use a PNG, JPEG, WebP or GIF picture."), (&vec![0; 9 << 20], "at most 5 MB")]
    {
        let answer = upload(&app, &mira, file).await;
        assert_eq!(answer.status, 303);
        let page = app.get(answer.location()).cookie(&mira.cookie).html().send().await.text();
        assert!(page.contains(told), "{page}");
    }
    assert_eq!(address(&app, &mira).await, None);
}
