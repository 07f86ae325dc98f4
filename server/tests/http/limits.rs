//! How many there may be of what people and programs make.

use stackyard_domain::access::{self, AskInput};
use stackyard_domain::credentials::{self, CredentialInput};
use stackyard_domain::{Error, groups, permissions};
use stackyard_model::Role;
use stackyard_model::credential::{CredentialKind, Scope};
use stackyard_model::permission::{Events, PermissionInput};

use crate::giving::{for_role, member};
use crate::support::TestApp;

#[track_caller]
fn assert_conflict<T: std::fmt::Debug>(result: Result<T, Error>, tag: &str) {
    assert!(matches!(&result, Err(Error::Conflict(conflict)) if conflict.tag == tag), "{tag}: {result:?}");
}

/// Makes one after the other until one is refused, and gives how many were made.
async fn until_refused(tag: &str, make: impl AsyncFn(usize) -> Result<(), Error>) -> usize {
    for count in 0.. {
        if let Err(error) = make(count).await {
            assert_conflict::<()>(Err(error), tag);
            return count;
        }
    }
    0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_has_so_many_groups_and_keys_and_a_repository_so_many_permissions() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ctx, here) = app.inside(&place.owner, "acme").await;
    let groups = until_refused("TooManyGroups", async |n| {
        groups::create(&ctx, &here, &format!("group {n}"), "").await.map(drop)
    });
    assert_eq!(groups.await, 500);
    let keys = until_refused("TooManyCredentials", async |n| {
        let input = CredentialInput {
            kind: CredentialKind::ApiKey,
            name: format!("key {n}"),
            description: String::new(),
            scopes: vec![Scope::GroupsRead.to_string()],
            days: Some(90),
        };
        credentials::create(&ctx, &here, input).await.map(drop)
    });
    assert_eq!(keys.await, 200);
    let permissions = until_refused("TooManyPermissions", async |n| {
        let input = PermissionInput {
            kind: "ws:locks:create".to_owned(),
            workflow: "*".to_owned(),
            branch: format!("branch-{n}"),
            environment: "*".to_owned(),
            events: Events::default(),
        };
        permissions::add(&ctx, &here, &place.repository.id, input).await.map(drop)
    });
    assert_eq!(permissions.await, 150);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_asks_for_the_same_once_and_for_so_much_at_once() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (mia, _) = member(&app, &place, "Mia", Role::Member).await;
    let (ctx, here) = app.inside(&mia, "acme").await;
    access::ask(&ctx, &here, for_role("admin")).await.unwrap();
    assert_conflict(access::ask(&ctx, &here, for_role("admin")).await, "RequestExists");
    let to_read = async |repository: String| {
        let input = AskInput {
            what: "repository".to_owned(),
            role: String::new(),
            repository,
            resource_role: "read".to_owned(),
            reason: "to look".to_owned(),
        };
        access::ask(&ctx, &here, input).await.map(drop)
    };
    let asked = until_refused("TooManyAccessRequests", async |n| to_read(format!("acme/other-{n}")).await);
    assert_eq!(asked.await, 19, "twenty wait with the first one");
    let first = access::requests(&ctx, &here, true, "", 1).await.unwrap().items.remove(0);
    access::cancel(&ctx, &here, &first.id).await.unwrap();
    to_read("acme/one-more".to_owned()).await.unwrap();
}
