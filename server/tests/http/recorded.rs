//! That what is done is written down.

use std::collections::HashSet;

use stackyard_domain::team::{self, Decisions};
use stackyard_domain::workspaces::{self, SettingsInput};
use stackyard_domain::{credentials, invitations};
use stackyard_model::Role;
use stackyard_model::activity::What;
use stackyard_model::credential::{Overlap, Scope};
use stackyard_model::invitation::LinkWay;

use crate::support::{PASSWORD, Person, Place, TestApp};

/// Does something, which has to write this event and no other: in the name of `who`, about `whom`.
async fn writes(
    app: &TestApp,
    place: &Place,
    (what, who, whom): (What, &str, &str),
    done: impl Future<Output = ()>,
) {
    let before: HashSet<_> = app.log(place).await.into_iter().map(|event| event.id).collect();
    done.await;
    let log = app.log(place).await;
    let new = log.iter().filter(|event| !before.contains(&event.id));
    let told: Vec<_> =
        new.map(|event| (event.what(), event.actor_name.as_str(), event.target_name.as_str())).collect();
    assert_eq!(told, [(Some(what), who, whom)]);
}

async fn member(app: &TestApp, place: &Place, name: &str) -> Person {
    let person = app.person(name).await;
    app.add_member(&place.workspace, &person, Role::Member).await;
    person
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_with_a_key_is_written_down() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (id, _) = app.key_for(&place.workspace, &[Scope::GroupsRead], None).await;
    let (ctx, here) = app.inside(&place.owner, "acme").await;
    writes(&app, &place, (What::CredentialRotated, "Olga", "robot"), async {
        credentials::rotate(&ctx, &here, &id, Overlap::None).await.unwrap();
    })
    .await;
    for (active, what) in [(false, What::CredentialDisabled), (true, What::CredentialEnabled)] {
        writes(&app, &place, (what, "Olga", "robot"), async {
            credentials::switch(&ctx, &here, &id, active).await.unwrap();
        })
        .await;
    }
    writes(&app, &place, (What::CredentialRevoked, "Olga", "robot"), async {
        credentials::revoke(&ctx, &here, &id).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_with_invitations_members_and_settings_is_written_down() {
    let app = TestApp::start().await;
    let place = app.acme().await;
    let (ctx, here) = app.inside(&place.owner, "acme").await;
    let (invitation, _) = app.invite(&place, "kim@example.com", Role::Member).await;
    writes(&app, &place, (What::InvitationResent, "Olga", "kim@example.com"), async {
        invitations::resend(&ctx, &here, &invitation, LinkWay::Copied).await.unwrap();
    })
    .await;
    writes(&app, &place, (What::InvitationRevoked, "Olga", "kim@example.com"), async {
        invitations::revoke(&ctx, &here, &invitation).await.unwrap();
    })
    .await;

    let (ada, ben) = (member(&app, &place, "Ada").await, member(&app, &place, "Ben").await);
    let ben = app.inside(&ben, "acme").await.1.member_id.clone();
    team::suspend(&ctx, &here, &ben, Decisions::default()).await.unwrap();
    writes(&app, &place, (What::MemberRestored, "Olga", "Ben"), async {
        team::restore(&ctx, &here, &ben).await.unwrap();
    })
    .await;
    writes(&app, &place, (What::MemberRemoved, "Olga", "Ben"), async {
        team::remove(&ctx, &here, &ben, Decisions::default()).await.unwrap();
    })
    .await;
    let (hers, as_ada) = app.inside(&ada, "acme").await;
    writes(&app, &place, (What::MemberLeft, "Ada", "Ada"), async {
        team::leave(&hers, &as_ada).await.unwrap();
    })
    .await;

    let input = SettingsInput {
        name: place.workspace.name.clone(),
        slug: place.workspace.slug.clone(),
        description: place.workspace.description.clone(),
        own_audience_only: false,
        members_see_all: false,
    };
    writes(&app, &place, (What::WorkspaceSettingsChanged, "Olga", "The acme"), async {
        workspaces::update(&ctx, &here, input).await.unwrap();
    })
    .await;
    let log = app.log(&place).await;
    let changed = log.iter().find(|event| event.what() == Some(What::WorkspaceSettingsChanged)).unwrap();
    let change = &changed.details.changes[0];
    let change = (change.field.as_str(), change.from.as_str(), change.to.as_str());
    assert_eq!(change, ("what members see", "all repositories", "those granted to them"));
}

// It stands in the log of no workspace, and most of it is told to nobody: it is looked for in the store.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_with_an_account_is_written_down() {
    let app = TestApp::start().await;
    let olga = app.person("Olga").await;
    let send = async |form: &str, fields: &[(&str, &str)]| {
        let call = app.post(&format!("/forms/account/{form}")).cookie(&olga.cookie);
        let answer = call.header("accept", "application/json").form(fields).send().await;
        assert_eq!(answer.status, 303, "{form}: {}", answer.text());
    };
    let (name, nothing): (_, [(&str, &str); 0]) = ([("name", "Olga Ångström")], []);
    let password = [("current", PASSWORD), ("new", "another battery staple")];
    for (form, fields, what) in [
        ("profile", &name[..], What::ProfileChanged),
        ("sessions/revoke-others", &nothing[..], What::SessionRevoked),
        ("password", &password[..], What::PasswordChanged),
    ] {
        assert!(!app.database().holds(what.action()), "{form}: before");
        send(form, fields).await;
        assert!(app.database().holds(what.action()), "{form}: after");
    }
}
