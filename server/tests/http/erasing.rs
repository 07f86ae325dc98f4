//! Erasing a person: nothing says any more who they were, and what they did still belongs to somebody.

use stackyard_domain::accounts;
use stackyard_domain::locks::{self, TakeInput};
use stackyard_domain::{Error, invitations, sessions, team};
use stackyard_model::Role;

use crate::giving::{key, member};
use crate::support::{PASSWORD, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_erased_is_out_of_everything_and_has_no_name() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (_, link) = app.invite(&place, "ida@example.com", Role::Admin).await;
    let ida = app.person("Ida").await;
    invitations::accept(&app.ctx_of(&ida).await, link.as_str(), "").await.unwrap();
    let (hers, as_ida) = app.inside(&ida, "acme").await;
    let secret = key(&hers, &as_ida).await;
    let operator = app.operator();
    let id = accounts::erase(&operator, "ida@example.com").await.unwrap();
    assert_eq!(id, ida.account.id);
    assert!(sessions::authenticate(&operator, &ida.cookie).await.unwrap().is_none());
    assert!(sessions::sign_in(&operator, "ida@example.com", PASSWORD).await.is_err());
    let left = accounts::named(&operator, id.as_str()).await.unwrap();
    assert_eq!((left.name.as_str(), left.email.contains(id.as_str())), ("Erased person", true));
    assert!(matches!(accounts::named(&operator, "ida@example.com").await, Err(Error::NotFound)));

    let (owner, as_owner) = app.inside(&place.owner, "acme").await;
    let page = team::page(&owner, &as_owner, &team::TeamFilter::default(), "", 50).await.unwrap();
    assert!(page.members.iter().all(|member| member.user_id != id));
    assert!(app.get("/api/v1/groups").bearer(&secret).send().await.status.is_success(), "a service's");
    assert!(app.log(&place).await.iter().any(|event| event.actor_id == id.as_str()), "what she did stays");
    let page = app.get("/dashboard/workspaces/acme/team").cookie(&place.owner.cookie).html().send().await;
    assert!(!page.text().contains("ida@example.com"), "{}", page.text());
    // Half done or done twice, it comes to the same; and the address is free again.
    accounts::erase(&operator, id.as_str()).await.unwrap();
    assert_ne!(app.person("Ida").await.account.id, id);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_owns_a_workspace_is_not_erased() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let refused = accounts::erase(&app.operator(), "olga@example.com").await.unwrap_err();
    assert!(refused.to_string().contains("They own The acme"), "{refused}");
    let (ctx, here) = app.inside(&place.owner, "acme").await;
    assert_eq!(here.role, Role::Owner);
    assert!(matches!(accounts::erase(&ctx, "olga@example.com").await, Err(Error::NotFound)), "no operator");
    let (ben, _) = member(&app, &place, "Ben", Role::Member).await;
    let (his, as_ben) = app.inside(&ben, "acme").await;
    let input = TakeInput {
        repository: place.repository.id.to_string(),
        stack: "dev".to_owned(),
        component: "vpc".to_owned(),
        minutes: 10,
        message: "looking".to_owned(),
    };
    locks::take(&his, &as_ben, input).await.unwrap();
    assert_eq!(app.locks(&place).await.held.len(), 1);
    accounts::erase(&app.operator(), "ben@example.com").await.unwrap();
    assert!(app.locks(&place).await.held.is_empty(), "a lock goes with who holds it");
}
