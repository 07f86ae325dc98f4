use super::*;
use crate::activity::{Category, Change, Details, Folded};
use crate::id::EventId;
use crate::{PermissionKind, Ts};

fn event(what: What, actor_type: ActorType, outcome: Outcome) -> Event {
    let at = Ts::from_seconds(1_763_724_600);
    Event {
        id: EventId::mint(at, [1; 19]),
        at,
        actor_type,
        actor_id: "usr_1".to_owned(),
        actor_name: "Ida Brambleford".to_owned(),
        category: what.category(),
        action: what.action().to_owned(),
        outcome,
        target_type: "thing".to_owned(),
        target_id: "t_1".to_owned(),
        target_name: "the-target".to_owned(),
        repository_id: None,
        repository: Some("acme/infra".to_owned()),
        kind: Some(PermissionKind::LocksCreate),
        workflow: None,
        branch: None,
        environment: None,
        event: None,
        address: None,
        user_agent: None,
        trace_id: "01K9V3T6QM4Z".to_owned(),
        permission_id: None,
        permission_version: None,
        details: Details::default(),
    }
}

fn told(event: &Event) -> String {
    event_text(event, Teller::Actor)
}

#[test]
fn every_event_is_a_sentence_with_and_without_its_actor() {
    for what in What::ALL {
        for outcome in Outcome::ALL {
            for actor_type in ActorType::ALL {
                let event = event(*what, *actor_type, *outcome);
                for text in [told(&event), event_text(&event, Teller::Nobody)] {
                    assert!(text.chars().next().is_some_and(char::is_uppercase), "{what:?}: {text}");
                    assert!(!text.contains("  ") && text.trim() == text, "{what:?}: {text}");
                    assert!(text.split(' ').count() > 1, "{what:?}: {text}");
                }
            }
        }
    }
}

#[test]
fn the_sentences_are_these() {
    let change = |field: &str, to: &str| Change { field: field.into(), from: String::new(), to: to.into() };
    let mut all = String::new();
    for what in What::ALL {
        let actor = match what {
            What::TokenExchanged | What::InstancesUploaded | What::AffectedUploaded => ActorType::Run,
            What::CredentialExpiring
            | What::CredentialExpired
            | What::AccessExpired
            | What::PasswordLinkMailed
            | What::AddressLinkMailed
            | What::InvitationUndelivered => ActorType::System,
            _ => ActorType::User,
        };
        let outcome = match what {
            What::TokenRefused | What::RequestDenied | What::DenialsFolded => Outcome::Denied,
            What::SignInFailed | What::InvitationUndelivered => Outcome::Failed,
            _ => Outcome::Ok,
        };
        let mut event = event(*what, actor, outcome);
        event.workflow = (actor == ActorType::Run).then(|| "deploy.yaml".to_owned());
        event.target_name = "kim@acme.example".to_owned();
        event.details.changes = vec![change("role", "admin"), change("access", "Write on acme/infra")];
        all += &format!("{}\n", told(&event));
    }
    insta::assert_snapshot!(all, @"
    Ida Brambleford gave Admin on acme/infra to kim@acme.example
    Ida Brambleford changed the role on acme/infra of kim@acme.example to Admin
    Ida Brambleford took back the role on acme/infra of kim@acme.example
    Ida Brambleford asked for Write on acme/infra
    Ida Brambleford approved Write on acme/infra for kim@acme.example
    Ida Brambleford rejected Write on acme/infra for kim@acme.example
    Ida Brambleford cancelled the request for Write on acme/infra of kim@acme.example
    Stackyard ended Write on acme/infra of kim@acme.example, whose time was over
    deploy.yaml signed in to acme/infra
    Denied a session to Ida Brambleford
    Denied Locks Create to Ida Brambleford
    Denied Locks Create to Ida Brambleford
    Ida Brambleford signed in
    Ida Brambleford tried to sign in and could not
    Ida Brambleford signed out
    Ida Brambleford changed a password
    Ida Brambleford set a new password by a mailed link
    Stackyard mailed a link for a new password to kim@acme.example
    Ida Brambleford proved the address kim@acme.example
    Stackyard mailed a link that proves the address of kim@acme.example
    Ida Brambleford changed the profile of kim@acme.example
    Ida Brambleford disabled the account of kim@acme.example
    Ida Brambleford enabled the account of kim@acme.example
    Ida Brambleford erased a person
    Ida Brambleford signed out another browser
    Ida Brambleford revoked the CI session kim@acme.example
    Ida Brambleford made the access token kim@acme.example
    Ida Brambleford gave a new secret to the access token kim@acme.example
    Ida Brambleford switched off the access token kim@acme.example
    Ida Brambleford switched on the access token kim@acme.example
    Ida Brambleford ended the old secret of the access token kim@acme.example
    Ida Brambleford revoked the access token kim@acme.example
    Stackyard will soon end the access token kim@acme.example
    Stackyard ended the access token kim@acme.example
    Ida Brambleford recorded a deployment of kim@acme.example
    Ida Brambleford started to deploy kim@acme.example
    Ida Brambleford deployed kim@acme.example
    Ida Brambleford marked the deployment of kim@acme.example as cancelled
    Ida Brambleford made the group kim@acme.example
    Ida Brambleford edited the group kim@acme.example
    Ida Brambleford deleted the group kim@acme.example
    Ida Brambleford put members into the group kim@acme.example
    Ida Brambleford took members out of the group kim@acme.example
    deploy.yaml uploaded the instances of acme/infra
    deploy.yaml uploaded what is affected in acme/infra
    Ida Brambleford reported on kim@acme.example
    Ida Brambleford took a lock on kim@acme.example
    Ida Brambleford released the lock on kim@acme.example
    Ida Brambleford ended the lock on kim@acme.example
    Ida Brambleford added Locks Create to acme/infra
    Ida Brambleford edited Locks Create of acme/infra
    Ida Brambleford removed Locks Create from acme/infra
    Ida Brambleford gave the starter set of permissions to acme/infra
    Ida Brambleford added acme/infra
    Ida Brambleford removed acme/infra
    Ida Brambleford pinned the numeric id of acme/infra
    Ida Brambleford came under another name or owner from acme/infra
    Ida Brambleford confirmed the new name or owner of acme/infra
    Ida Brambleford used the name of acme/infra
    Ida Brambleford made the repository token kim@acme.example for acme/infra
    Ida Brambleford revoked the repository token kim@acme.example
    Ida Brambleford added kim@acme.example to the workspace
    Ida Brambleford removed kim@acme.example from the workspace
    Ida Brambleford changed the role of kim@acme.example to Admin
    Ida Brambleford suspended kim@acme.example
    Ida Brambleford restored the access of kim@acme.example
    Ida Brambleford left the workspace
    Ida Brambleford invited kim@acme.example as Admin
    Ida Brambleford sent a new invitation to kim@acme.example as Admin
    Ida Brambleford took back the invitation of kim@acme.example
    Ida Brambleford declined the invitation of kim@acme.example
    Stackyard could not deliver the invitation of kim@acme.example
    Ida Brambleford joined the workspace as Admin
    Ida Brambleford offered ownership to kim@acme.example
    Ida Brambleford ended the offer of ownership to kim@acme.example
    Ida Brambleford took ownership over from kim@acme.example
    Ida Brambleford created the workspace kim@acme.example
    Ida Brambleford renamed the workspace to kim@acme.example
    Ida Brambleford changed the workspace’s slug to kim@acme.example
    Ida Brambleford changed the settings: role, access
    Ida Brambleford changed the logo
    Ida Brambleford deleted the workspace kim@acme.example
    ");
}

#[test]
fn a_request_that_ends_because_its_maker_goes_names_both() {
    let mut cancelled = event(What::AccessCancelled, ActorType::User, Outcome::Ok);
    cancelled.details.changes =
        vec![Change { field: "access".into(), from: String::new(), to: "Admin".into() }];
    cancelled.target_name = "Kim".to_owned();
    assert_eq!(told(&cancelled), "Ida Brambleford cancelled the request for Admin of Kim");
    cancelled.target_name = "Ida Brambleford".to_owned();
    assert_eq!(told(&cancelled), "Ida Brambleford cancelled the request for Admin");
}

#[test]
fn a_lock_that_was_held_again_and_again_is_counted() {
    let mut event = event(What::DenialsFolded, ActorType::User, Outcome::Failed);
    event.details.folded = Some(Folded { count: 3, first: event.at, last: event.at });
    assert_eq!(told(&event), "Ida Brambleford could not take the-target, 3 times more");
}

#[test]
fn people_are_named_and_say_what_they_did() {
    let person = |what| event(what, ActorType::User, Outcome::Ok);
    assert_eq!(told(&person(What::PermissionAssigned)), "Ida Brambleford added Locks Create to acme/infra");
    assert_eq!(
        event_text(&person(What::PermissionAssigned), Teller::Nobody),
        "Added Locks Create to acme/infra"
    );
    assert_eq!(told(&person(What::LockCreated)), "Ida Brambleford took a lock on the-target");
    let mut role = person(What::MemberRoleChanged);
    role.details.changes = vec![Change { field: "role".into(), from: "member".into(), to: "admin".into() }];
    assert_eq!(told(&role), "Ida Brambleford changed the role of the-target to Admin");
    let denied = event(What::RepositoryRemoved, ActorType::User, Outcome::Denied);
    assert_eq!(told(&denied), "Ida Brambleford may not remove acme/infra");
    let failed = event(What::LockCreated, ActorType::User, Outcome::Failed);
    assert_eq!(told(&failed), "Ida Brambleford could not take a lock on the-target");
}

#[test]
fn a_workflows_refusal_begins_with_the_word() {
    let mut refused = event(What::RequestDenied, ActorType::Run, Outcome::Denied);
    refused.workflow = Some("deploy.yaml".to_owned());
    refused.branch = Some("hotfix/x".to_owned());
    assert_eq!(told(&refused), "Denied Locks Create to deploy.yaml on hotfix/x");
    let at = refused.at;
    refused.action = What::DenialsFolded.action().to_owned();
    refused.details.folded = Some(Folded { count: 41, first: at, last: at });
    assert_eq!(told(&refused), "Denied Locks Create to deploy.yaml on hotfix/x, 41 times more");
    refused.action = What::TokenRefused.action().to_owned();
    refused.details.folded = None;
    assert_eq!(told(&refused), "Denied a session to deploy.yaml on hotfix/x");
}

#[test]
fn an_event_of_a_newer_version_is_told_in_its_own_words() {
    let mut newer = event(What::LockCreated, ActorType::System, Outcome::Ok);
    newer.category = Category::Workspace;
    newer.action = "teleported".to_owned();
    assert_eq!(told(&newer), "Stackyard workspace.teleported the-target");
}
