//! What the `atmos` CLI sends, sent again: every answer must be of the class that the client takes as it did, and
//! the server must hold what the client was told.

use crate::support::{Answer, Place, TestApp};
use serde::Deserialize;
use serde_json::Value;
use stackyard_domain::affected::{self, AffectedFilter};
use stackyard_domain::deployments::{self, DeploymentFilter};
use stackyard_domain::instances::{self, InstanceFilter};
use stackyard_domain::{ci, repositories};
use stackyard_model::PermissionKind;
use stackyard_model::deployment::DeploymentStatus;
use stackyard_model::instance::InstanceStatus;
use stackyard_oidc::testing::TestIssuer;
use stackyard_oidc::{Issuers, http_client};

/// One run of the client.
#[derive(Deserialize)]
struct Recording {
    /// The kinds of permission that the repository has, for everything.
    permissions: Vec<String>,
    requests: Vec<Sent>,
    /// The keys that are locked afterwards.
    locked: Vec<String>,
    /// The inventory was uploaded before.
    #[serde(default)]
    inventory: bool,
    /// How many instances there are afterwards, all of them present.
    #[serde(default)]
    instances: Option<usize>,
    /// Those that are not `unknown` afterwards.
    #[serde(default)]
    statuses: Vec<(String, InstanceStatus)>,
    /// Of each affected upload afterwards: how many instances are changed, and how many only depend on those.
    #[serde(default)]
    affected: Vec<(i32, i32)>,
    /// The instances of the affected upload, in the order in which they go: wave, name, whether it is changed.
    #[serde(default)]
    waves: Vec<(u32, String, bool)>,
    /// What was deployed, and how that ended.
    #[serde(default)]
    deployed: Vec<(String, DeploymentStatus)>,
    /// Host and name of the repository, where it is not `acme/infra`.
    #[serde(default)]
    repository: Option<(String, String)>,
}

#[derive(Deserialize)]
struct Sent {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    /// Exactly as it was on the wire, except for what is made up anew.
    body: String,
    status: u16,
    /// All sessions are revoked before.
    #[serde(default)]
    revoked: bool,
}

/// A server that has no place yet, and trusts the two hosts that are in the recordings.
async fn server() -> TestApp {
    let app = TestApp::start_with(|parts| parts.path_prefix = Some("/stackyard".to_owned())).await;
    let other = TestIssuer::start().await;
    let configs = vec![app.issuer.config("github.com"), other.config("gitlab.example.com")];
    app.trusting(Issuers::new(configs, http_client().unwrap()).unwrap())
}

async fn replay(recording: &str) {
    let app = server().await;
    let acme = app.acme().await;
    replay_in(&app, acme, recording).await;
}

/// All of them at once, each in a workspace of its own: what one holds is not another's.
async fn replay_all(recordings: &[&str]) {
    let app = server().await;
    let owner = app.person("Olga").await;
    let all = recordings.iter().enumerate().map(|(number, recording)| {
        let (app, owner) = (&app, owner.clone());
        async move {
            let workspace = app.workspace(&owner, &format!("acme-{number}")).await;
            let acme = app.with_infra(workspace, owner).await;
            replay_in(app, acme, recording).await;
        }
    });
    futures::future::join_all(all).await;
}

async fn replay_in(app: &TestApp, mut acme: Place, recording: &str) {
    let recording: Recording = serde_json::from_str(recording).unwrap();
    if let Some((host, name)) = &recording.repository {
        let here = app.enter(&acme.workspace).await;
        acme.repository = repositories::add(&app.operator(), &here, host, name).await.unwrap();
    }
    for kind in &recording.permissions {
        let kind: PermissionKind = kind.parse().unwrap();
        app.allow(&acme, kind, ["*", "*", "*"]).await;
    }
    let token = app.repository_token(&acme).await;
    let mut session = String::new();
    if recording.inventory {
        let inventory: Recording =
            serde_json::from_str(include_str!("recordings/instances-plain.json")).unwrap();
        let mut body: Value = serde_json::from_str(&inventory.requests[0].body).unwrap();
        for name in ["repo_url", "repo_host", "repo_owner", "repo_name"] {
            body[name] = "".into();
        }
        let call = app.post("/api/v1/instances").bearer(&token).header("user-agent", "atmos/1.226.1");
        assert_eq!(call.json(&body).send().await.status, 200);
    }
    for sent in &recording.requests {
        if sent.revoked {
            let here = app.enter(&acme.workspace).await;
            ci::revoke_sessions(&app.operator(), &here, None).await.unwrap();
        }
        let answer = send(app, &acme, sent, &token, &session).await;
        assert_eq!(answer.status, sent.status, "{} {}: {}", sent.method, sent.target, answer.text());
        let body = answer.envelope();
        if let Some(fresh) = body["data"]["token"].as_str() {
            fresh.clone_into(&mut session);
        }
        let asked: Value = serde_json::from_str(&sent.body).unwrap();
        if answer.status == 201 {
            // The client prints the answer's key.
            assert_eq!(body["data"]["key"], asked["key"]);
            assert_eq!(body["data"]["lockMessage"], asked["lockMessage"]);
        }
    }
    assert!(!app.database().holds("ghs_secret"), "the credentials in a remote's address are not kept");
    let held: Vec<_> = app.locks(&acme).await.held.into_iter().map(|lock| lock.key).collect();
    assert_eq!(held, recording.locked);
    let here = app.enter(&acme.workspace).await;
    let uploads = affected::list(&app.operator(), &here, &AffectedFilter::default(), "", 100).await.unwrap();
    let counts: Vec<_> = uploads.items.iter().map(|one| (one.changed, one.downstream)).collect();
    assert_eq!(counts, recording.affected);
    if !recording.waves.is_empty() {
        let upload = affected::get(&app.operator(), &here, &uploads.items[0].id).await.unwrap();
        let nodes = upload.graph.nodes.into_iter();
        let waves: Vec<_> = nodes
            .map(|node| (node.layer, format!("{}/{}", node.stack, node.component), node.changed))
            .collect();
        assert_eq!(waves, recording.waves);
    }
    let filter = InstanceFilter::default();
    let there = instances::page(&app.operator(), &here, &filter, "", 500).await.unwrap().items;
    if let Some(count) = recording.instances {
        assert_eq!(there.len(), count);
        assert!(there.iter().all(|one| one.absent_since.is_none()), "{there:?}");
    }
    let reported: Vec<_> = there
        .into_iter()
        .filter(|one| one.status != InstanceStatus::Unknown)
        .map(|one| (format!("{}/{}", one.stack, one.component), one.status))
        .collect();
    assert_eq!(reported, recording.statuses);
    let filter = DeploymentFilter::default();
    let deployed = deployments::page(&app.operator(), &here, &filter, "", 100).await.unwrap().items;
    let deployed: Vec<_> =
        deployed.into_iter().map(|one| (format!("{}/{}", one.stack, one.component), one.status)).collect();
    assert_eq!(deployed, recording.deployed);
}

async fn send(app: &TestApp, acme: &Place, sent: &Sent, token: &str, session: &str) -> Answer {
    let oidc = app.issuer.sign(&app.claims());
    let fill = |text: &str| {
        text.replace("$OIDC_TOKEN", &oidc)
            .replace("$WORKSPACE", acme.workspace.id.as_str())
            .replace("$REPOSITORY_TOKEN", token)
            .replace("$SESSION", session)
    };
    let mut call = app.call(&sent.method, &sent.target);
    for (name, value) in &sent.headers {
        call = call.header(name, &fill(value));
    }
    let body = fill(&sent.body);
    call.header("content-length", &body.len().to_string()).body(body).send().await
}

macro_rules! recordings {
    ($($name:ident = $file:literal;)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            replay(include_str!(concat!("recordings/", $file, ".json"))).await;
        }
    )*

        #[tokio::test(flavor = "multi_thread")]
        async fn all_of_them_at_once() {
            replay_all(&[$(include_str!(concat!("recordings/", $file, ".json"))),*]).await;
        }
    };
}

recordings! {
    a_lock_of_a_component_with_a_slash = "lock-nested";
    a_lock_with_time_and_message = "lock-ttl-message";
    a_lock_taken_twice_and_released_twice = "lock-unlock";
    a_lock_taken_and_released_with_sessions = "lock-oidc";
    a_lock_without_the_permission = "lock-403";
    what_a_commit_affects = "affected-plain";
    what_a_commit_affects_with_a_session = "affected-oidc";
    what_a_commit_affects_when_it_is_nothing = "affected-empty";
    what_a_commit_affects_in_four_pieces = "affected-chunked";
    what_a_merge_queue_affects = "affected-merge-group";
    what_a_pull_request_affects = "affected-pull-request";
    what_a_commit_affects_under_an_address_with_a_slash_at_its_end = "affected-double-slash";
    what_a_commit_affects_under_an_address_with_a_path = "affected-path-prefix";
    what_a_commit_affects_of_a_remote_with_credentials = "affected-remote-credentials";
    what_a_commit_affects_of_a_remote_over_ssh = "affected-remote-ssh";
    what_a_commit_affects_of_a_remote_in_upper_case = "affected-remote-uppercase";
    what_a_commit_affects_of_a_repository_in_a_group_of_groups = "affected-remote-subgroup";
    what_a_commit_affects_without_the_permission = "affected-403";
    what_a_commit_affects_with_a_token_that_nobody_made = "affected-401-static";
    what_a_commit_affects_once_a_session_was_revoked_and_exchanged_again = "affected-401-then-ok-oidc";
    an_exchange_without_any_permission = "exchange-403";
    an_exchange_for_a_workspace_that_is_not_there = "exchange-404-workspace";
    a_base_address_with_a_slash_at_its_end = "lock-double-slash";
    a_base_address_with_a_path = "lock-path-prefix";
    an_inventory = "instances-plain";
    an_inventory_with_a_session = "instances-oidc";
    an_inventory_in_seven_pieces = "instances-chunked";
    an_inventory_of_a_checkout_without_a_remote = "instances-no-remote";
    an_inventory_of_one_stack_that_says_nothing_of_it = "instances-one-stack";
    an_inventory_with_drift_and_no_workflow_that_mends = "instances-drift-validation";
    a_status_of_an_apply = "status-apply";
    a_status_of_a_deploy_and_of_the_plan_after_it = "status-deploy-then-plan";
    a_status_of_a_component_that_is_sent_without_its_folder = "status-nested-component";
    a_status_with_a_session = "status-oidc";
    a_status_of_a_plan_with_changes = "status-plan-changes";
    a_status_of_a_run_with_an_id = "status-run-id";
    a_status_without_the_permission = "status-403";
    a_status_of_a_repository_in_a_group_of_groups = "status-subgroup";
    a_commit_of_two_files_that_needs_the_github_app = "commit-add-delete";
    a_commit_without_forbidden_paths_that_needs_the_github_app = "commit-forbidden-paths";
    a_refused_commit_that_is_not_tried_again = "commit-409";
    a_sign_in_for_tokens_that_need_the_github_app = "sts-login";
}
