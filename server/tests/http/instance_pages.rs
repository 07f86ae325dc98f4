//! Stacks and one instance as they are shown.

use serde_json::json;
use stackyard_domain::{instances, repositories};
use stackyard_model::PermissionKind;

use crate::instances::{CLIENT, page, piece, report, upload_as};
use crate::overview::words;
use crate::support::{Place, TestApp};

const STACKS: &str = "/dashboard/workspaces/acme/stacks";

/// Acme, whose workflows may do everything to instances and locks.
async fn acme(app: &TestApp) -> Place {
    let acme = app.acme().await;
    let kinds =
        [PermissionKind::InstancesCreate, PermissionKind::InstancesUpdate, PermissionKind::LocksCreate];
    for kind in kinds {
        app.allow(&acme, kind, ["*", "*", "*"]).await;
    }
    acme
}

/// A session of the run with this id.
async fn run(app: &TestApp, acme: &Place, id: &str) -> String {
    let claims = app.claims().set("run_id", id);
    let answer = app.exchange(&claims, acme.workspace.id.as_str()).await;
    answer.envelope()["data"]["token"].as_str().unwrap().to_owned()
}

async fn shown(app: &TestApp, acme: &Place, target: &str) -> String {
    let answer = app.get(target).cookie(&acme.owner.cookie).html().send().await;
    assert_eq!(answer.status, 200, "{target}");
    answer.text()
}

/// The row of a page with this in it.
fn row<'a>(page: &'a str, has: &str) -> &'a str {
    page.split("<tr").find(|row| row.contains(has)).unwrap_or_else(|| panic!("{has}: {page}"))
}

/// Where the links of a part of a page lead that stand around a time.
fn runs(part: &str) -> Vec<&str> {
    let links = part.split("href=\"").skip(1).filter_map(|rest| rest.split_once('"'));
    links.map(|(href, _)| href).filter(|href| href.contains("/actions/runs/")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_says_of_each_how_it_stands_and_links_the_runs_of_its_last_plan_and_apply() {
    let app = TestApp::start().await;
    let acme = acme(&app).await;
    let (apply, plan) = (run(&app, &acme, "71").await, run(&app, &acme, "72").await);
    let all = piece(0, 1, &["dev:vpc", "dev:eks/cluster", "prod:vpc"]);
    assert_eq!(upload_as(&app, &apply, CLIENT, &all).await.status, 200);
    assert_eq!(report(&app, &apply, "vpc", &json!({"command": "apply", "exit_code": 0})).await.status, 200);
    app.clock.advance(std::time::Duration::from_secs(60));
    assert_eq!(report(&app, &plan, "vpc", &json!({"command": "plan", "exit_code": 2})).await.status, 200);
    let lock = json!({"key": "acme/infra/dev/vpc", "ttl": 600});
    assert_eq!(app.post("/api/v1/locks").bearer(&plan).json(&lock).send().await.status, 201);

    let stacks = shown(&app, &acme, STACKS).await;
    let (dev, prod) = stacks.split_once(">prod<").unwrap();
    let vpc = row(dev, ">vpc<");
    let said = words(vpc);
    for has in ["locked by", "Drifted", "plan: changes", "acme/infra"] {
        assert!(said.contains(has), "{has}: {said}");
    }
    let expected = ["72", "71"].map(|run| format!("https://github.com/acme/infra/actions/runs/{run}"));
    assert_eq!(runs(vpc), expected, "planned, applied");
    for never in [row(dev, "eks/cluster"), row(prod, ">vpc<")] {
        let said = words(never);
        assert!(said.contains("never reported") && !said.contains("locked by"), "{said}");
        assert!(runs(never).is_empty());
    }

    let filter = instances::InstanceFilter { q: "dev vpc".to_owned(), ..Default::default() };
    let id = page(&app, &acme, &filter, "", 1).await.items.remove(0).id;
    let one = shown(&app, &acme, &format!("{STACKS}/{id}")).await;
    let facts = one.split_once("class=\"facts").unwrap().1.split_once("</dl>").unwrap().0;
    assert_eq!(runs(facts), expected);
    let said = words(facts);
    for has in ["Drifted", "plan: changes", "Locked by", "Stack dev"] {
        assert!(said.contains(has), "{has}: {said}");
    }
    let deployments = words(one.split_once("id=\"deployments\"").unwrap().1);
    assert!(deployments.contains("Done Commit"), "its apply: {deployments}");
    let history = words(one.split_once("id=\"history\"").unwrap().1);
    for has in ["plan with exit code 2: Drifted", "apply with exit code 0: In sync"] {
        assert!(history.contains(has), "{has}: {history}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_is_narrowed_to_a_repository_and_says_what_is_on_its_way() {
    let app = TestApp::start().await;
    let acme = acme(&app).await;
    let session = run(&app, &acme, "71").await;
    assert_eq!(upload_as(&app, &session, CLIENT, &piece(0, 1, &["dev:vpc"])).await.status, 200);
    let here = app.enter(&acme.workspace).await;
    let other = repositories::add(&app.operator(), &here, "", "acme/apps").await.unwrap();
    let apps =
        Place { repository: other.clone(), workspace: acme.workspace.clone(), owner: acme.owner.clone() };
    app.allow(&apps, PermissionKind::InstancesCreate, ["*", "*", "*"]).await;
    let token = app.repository_token(&apps).await;
    assert_eq!(upload_as(&app, &token, CLIENT, &piece(0, 1, &["dev:web"])).await.status, 200);
    let both = shown(&app, &acme, STACKS).await;
    assert!(both.contains(">vpc<") && both.contains(">web<"));
    for (repository, has, not) in [(&acme.repository, ">vpc<", ">web<"), (&other, ">web<", ">vpc<")] {
        let page = shown(&app, &acme, &format!("{STACKS}?repository={}", repository.id)).await;
        let table = page.split_once("<table").unwrap().1;
        assert!(table.contains(has) && !table.contains(not), "{}: {table}", repository.name);
    }
    for (query, has, not) in [("status=unknown&q=vp", ">vpc<", ">web<"), ("q=WEB", ">web<", ">vpc<")] {
        let page = shown(&app, &acme, &format!("{STACKS}?{query}")).await;
        let table = page.split_once("<table").unwrap().1;
        assert!(table.contains(has) && !table.contains(not), "{query}: {table}");
    }
    let drifted = shown(&app, &acme, &format!("{STACKS}?status=drifted")).await;
    assert!(!drifted.contains(">vpc<") && !drifted.contains(">web<"), "{drifted}");

    let begun = json!({"batch_id": "b-9", "batch_index": 1, "batch_total": 4, "instances": []});
    assert_eq!(upload_as(&app, &session, CLIENT, &begun).await.status, 200);
    let said = words(&shown(&app, &acme, STACKS).await);
    assert!(said.contains("1 of 4"), "{said}");
}
