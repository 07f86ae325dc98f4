//! What a member may see of the log: the events of what they reach, and of those not what is for them alone who run the
//! workspace.

use stackyard_model::Action;
use stackyard_model::activity::{ActorType, Category, Event, What};

use super::words::Findable;
use crate::Here;

/// What of an event is for those alone who run the workspace, beside addresses and user agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Withheld {
    /// Nothing.
    Nothing,
    /// What was said: why somebody asked for access, or was told no.
    Words,
    /// Whom or what it is about: who was invited, what a token is called and what it may do.
    Subject,
}

/// The categories of which every event withholds its subject.
const CATEGORIES: [Category; 2] = [Category::Credential, Category::RepositoryToken];

const fn withheld(what: What) -> Withheld {
    match what {
        What::AccessRequested | What::AccessApproved | What::AccessRejected => Withheld::Words,
        What::MemberInvited
        | What::MemberJoined
        | What::InvitationResent
        | What::InvitationRevoked
        | What::InvitationDeclined
        | What::InvitationUndelivered => Withheld::Subject,
        _ => match what.category() {
            Category::Credential | Category::RepositoryToken => Withheld::Subject,
            _ => Withheld::Nothing,
        },
    }
}

/// The events that no search of who may not see all of them finds: it would tell what they hold.
pub(super) struct Unsearched {
    /// All of these categories.
    pub(super) categories: [Category; 2],
    /// And these actions of others.
    pub(super) actions: Vec<&'static str>,
}

/// What a search leaves out; none for those who see everything.
pub(super) fn unsearched(here: &Here) -> Option<Unsearched> {
    if here.may(Action::SeeSensitive) {
        return None;
    }
    let of_others =
        |what: &&What| withheld(**what) != Withheld::Nothing && !CATEGORIES.contains(&what.category());
    let actions = What::ALL.iter().filter(of_others).map(|what| what.action()).collect();
    Some(Unsearched { categories: CATEGORIES, actions })
}

/// Who finds an event by a search.
pub(super) fn findable(what: Option<What>) -> Findable {
    let withholds = what.is_none_or(|what| withheld(what) != Withheld::Nothing);
    if withholds { Findable::ByFew } else { Findable::ByAll }
}

/// Whether a search of this member may find an event.
pub(super) fn may_find(here: &Here, event: &Event) -> bool {
    findable(event.what()) == Findable::ByAll || here.may(Action::SeeSensitive)
}

/// Whether an event may be shown to this member: it is of no repository, or of one that they may see. The same as what
/// lists leave out.
pub(crate) fn may_see(here: &Here, event: &Event) -> bool {
    match &event.repository_id {
        Some(repository) => here.reaches(repository),
        None => event.repository.is_none() || here.within().is_none(),
    }
}

/// The event as this member may see it.
pub(crate) fn visible(here: &Here, event: Event) -> Event {
    if here.may(Action::SeeSensitive) { event } else { without_withheld(event) }
}

/// The event as those see it who do not run the workspace.
pub(crate) fn without_withheld(mut event: Event) -> Event {
    event.address = None;
    event.user_agent = None;
    match event.what().map_or(Withheld::Nothing, withheld) {
        Withheld::Nothing => {}
        Withheld::Words => event.details.note = None,
        Withheld::Subject => {
            // Who declines without an account is named by the address that was invited.
            if event.actor_type == ActorType::User && event.actor_id.is_empty() {
                event.actor_name = "Somebody".to_owned();
            }
            event.target_name.clear();
            event.details.note = None;
            event.details.changes.clear();
        }
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_that_searches_leave_out_is_left_out_wherever_it_occurs() {
        for what in What::ALL.iter().filter(|what| withheld(**what) == Withheld::Nothing) {
            let namesake =
                |other: &What| withheld(*other) != Withheld::Nothing && other.action() == what.action();
            let by_action = |other: &&What| namesake(other) && !CATEGORIES.contains(&other.category());
            assert_eq!(What::ALL.iter().find(by_action), None, "{what:?}");
        }
        for what in What::ALL.iter().filter(|what| CATEGORIES.contains(&what.category())) {
            assert_eq!(withheld(*what), Withheld::Subject, "{what:?}");
        }
    }
}
