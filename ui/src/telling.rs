//! The sentences of events as pages show them, and who stands beside them.

use leptos::prelude::*;
use stackyard_model::activity::{ActorType, Event, Outcome};
use stackyard_model::sentence::Piece::{Denied, Machine, Name, Words};
use stackyard_model::sentence::{Teller, pieces};

use crate::icon::Icon;
use crate::signal::State;
use crate::tile::{MachineTile, PersonTile};

/// The sentence of an event. "Denied" leads to the refusal's page when `linked`.
#[component]
pub fn EventSentence<'a>(
    /// The event.
    event: &'a Event,
    /// Who is named first.
    teller: Teller,
    /// Lead from the refusal to its page; off where the whole row can be opened.
    #[prop(optional)]
    linked: bool,
) -> impl IntoView + use<> {
    let (name, machine) = match teller {
        Teller::Actor => ("font-medium text-ink", "font-mono text-[11px] text-ink"),
        Teller::Nobody => ("font-medium text-ink", "font-mono text-[12px] text-ink"),
    };
    let why = format!("/why/{}", event.trace_id);
    pieces(event, teller)
        .into_iter()
        .map(|piece| match piece {
            Words(text) => text.into_any(),
            Name(text) => view! { <span class=name>{text}</span> }.into_any(),
            Machine(text) => view! { <span class=machine>{text}</span> }.into_any(),
            Denied if linked => view! {
                <a href=why.clone() class="font-medium text-danger underline-offset-[3px] hover:underline">
                    "Denied"
                </a>
            }
            .into_any(),
            Denied => view! { <span class="font-medium text-danger">"Denied"</span> }.into_any(),
        })
        .collect::<Vec<_>>()
}

/// The tile of an event's actor: people are round, machines square.
#[component]
pub fn EventTile<'a>(
    /// The event.
    event: &'a Event,
) -> impl IntoView + use<> {
    let machine = |icon| view! { <MachineTile icon /> }.into_any();
    match event.actor_type {
        ActorType::User => view! { <PersonTile name=event.actor_name.clone() person=event.actor_id.clone() /> }.into_any(),
        ActorType::Run => machine(Icon::Workflow),
        ActorType::Token | ActorType::AccessToken | ActorType::ApiKey => machine(Icon::Key),
        ActorType::Operator => machine(Icon::Shield),
        ActorType::System => machine(Icon::Stacks),
    }
}

/// The state that an event's outcome is shown as: a machine's success is *Allowed*, a person's *Done*.
#[must_use]
pub fn event_state(event: &Event) -> State {
    match (event.outcome, event.actor_type) {
        (Outcome::Ok, ActorType::Run | ActorType::Token) => State::Allowed,
        (Outcome::Ok, _) => State::Done,
        (Outcome::Denied, _) => State::Denied,
        (Outcome::Failed, _) => State::Failed,
    }
}

#[cfg(test)]
mod tests {
    use stackyard_model::PermissionKind;
    use stackyard_model::activity::{Details, What};
    use stackyard_model::id::EventId;
    use stackyard_model::Ts;

    use super::*;
    use crate::testing::render;

    fn event(what: What, actor_type: ActorType, outcome: Outcome) -> Event {
        let at = Ts::from_seconds(1_763_724_600);
        Event {
            id: EventId::mint(at, [1; 19]),
            at,
            actor_type,
            actor_id: "usr_1".to_owned(),
            actor_name: "<script>alert(1)</script>".to_owned(),
            category: what.category(),
            action: what.action().to_owned(),
            outcome,
            target_type: "thing".to_owned(),
            target_id: "t_1".to_owned(),
            target_name: "</span><img src=x>".to_owned(),
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

    #[test]
    fn a_refusal_leads_to_its_page() {
        let mut refused = event(What::RequestDenied, ActorType::Run, Outcome::Denied);
        refused.workflow = Some("deploy.yaml".to_owned());
        let html = render(|| view! { <EventSentence event=&refused teller=Teller::Actor linked=true /> });
        assert!(html.contains("href=\"/why/01K9V3T6QM4Z\""), "{html}");
    }

    #[test]
    fn hostile_names_stay_text() {
        let event = event(What::LockCreated, ActorType::User, Outcome::Ok);
        let html = render(|| view! { <EventTile event=&event /> <EventSentence event=&event teller=Teller::Actor /> });
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    }
}
