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
