//! Every page.

use stackyard_app::PAGES;

use super::{Fate, World, about_themselves, expected, fate, subjects};
use crate::support::{Answer, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_for_those_it_is_listed_for() {
    let app = TestApp::start().await;
    let subjects = subjects(&app).await;
    for (number, subject) in subjects.iter().enumerate() {
        let world = World::new(&app, &subjects, &format!("world-{number}"), subject).await;
        for page in PAGES {
            let target = world.fill(page.path);
            assert!(!target.contains('{'), "{target}: say what stands there");
            let answer = world.sent_by(subject, app.get(&target).html()).send().await;
            let wanted = if about_themselves(page.path, subject) {
                Fate::Done
            } else {
                expected(page.audience, subject, Fate::SignIn)
            };
            assert_eq!(fate(&answer), wanted, "{} as {}: {}", page.path, subject.name, answer.text());
            if wanted == Fate::Refused(404) {
                assert!(
                    !answer.text().contains(&world.workspace().name),
                    "{}: 404 tells the name",
                    page.path
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_of_others_is_like_none_at_all() {
    let app = TestApp::start().await;
    let acme = app.acme().await;
    let stranger = app.person("Stan").await;
    for ending in ["", "/settings", "/repositories", "/locks", "/activity"] {
        let there = format!("/dashboard/workspaces/{}{ending}", acme.workspace.slug);
        let nowhere = format!("/dashboard/workspaces/nope{ending}");
        let there = app.get(&there).cookie(&stranger.cookie).send().await;
        let nowhere = app.get(&nowhere).cookie(&stranger.cookie).send().await;
        assert_eq!((there.status.as_u16(), nowhere.status.as_u16()), (404, 404), "{ending}");
        // Each holds its own address, to come back to.
        assert_eq!(without_nonce(&there).replace("/acme", "/nope"), without_nonce(&nowhere), "{ending}");
    }
}

fn without_nonce(answer: &Answer) -> String {
    let nonce = answer.policy().split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    answer.text().replace(nonce, "NONCE").replace(answer.header("x-trace-id"), "TRACE")
}
