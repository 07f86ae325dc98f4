//! An event as a sentence: "Ida Brambleford added Locks Create to acme/infra". One table, for the log, for notices and for
//! the mails about them.

use crate::activity::{ActorType, Event, Outcome, What};
use crate::credential::CredentialKind;
use crate::number::counted;
use crate::text::capitalised;

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Ordinary words.
    Words(String),
    /// A name.
    Name(String),
    /// A machine word.
    Machine(String),
    /// The refusal; leads to its page.
    Denied,
}

use Piece::{Denied, Machine, Name, Words};

/// How an event is told.
struct Telling {
    /// What was done, in the past: "took a lock on".
    did: &'static str,
    /// The same as an infinitive, for what was refused or did not work.
    infinitive: &'static str,
    /// To what.
    rest: Vec<Piece>,
}

/// Who an event's sentence names first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Teller {
    /// The actor, as in a log without a column for it.
    Actor,
    /// Nobody: the actor stands in a column of its own.
    Nobody,
}

fn words(text: impl Into<String>) -> Piece {
    Words(text.into())
}

/// The new value of a changed field.
fn changed(event: &Event, field: &str) -> Option<String> {
    event.details.changes.iter().find(|change| change.field == field).map(|change| change.to.clone())
}

/// "as Admin", when the event says which role.
fn as_role(event: &Event) -> Option<Piece> {
    changed(event, "role").map(|role| words(format!("as {}", capitalised(&role))))
}

/// "kim@acme.example as Admin".
fn with_role(whom: Piece, event: &Event) -> Vec<Piece> {
    let role = as_role(event).map(|role| [words(" "), role]);
    std::iter::once(whom).chain(role.into_iter().flatten()).collect()
}

fn repository(event: &Event) -> Piece {
    Machine(event.repository.clone().unwrap_or_else(|| event.target_name.clone()))
}

/// "Write on acme/infra to Kim".
fn with_access(event: &Event, whom: Piece, to: &str) -> Vec<Piece> {
    let role = changed(event, "role").map_or_else(|| "access".to_owned(), |role| capitalised(&role));
    vec![Name(role), words(" on "), repository(event), words(format!(" {to}")), whom]
}

/// What a request for access asks for: "Admin", "Write on acme/infra".
fn asked(event: &Event) -> Piece {
    Name(changed(event, "access").unwrap_or_else(|| event.target_name.clone()))
}

/// "Ada and Ben into the group Platform".
fn of_group(event: &Event, way: &str) -> Vec<Piece> {
    let whom = event.details.note.clone().unwrap_or_else(|| "members".to_owned());
    vec![Name(whom), words(format!(" {way} the group ")), Name(event.target_name.clone())]
}

/// "the API key nightly-report"; "an API key" for who is not told which.
fn credential(event: &Event) -> Vec<Piece> {
    let is_key = event.target_type == CredentialKind::ApiKey.as_str();
    named(
        event,
        if is_key { ("an API key", "the API key ") } else { ("an access token", "the access token ") },
    )
}

/// The target by its name after the second text, or the first one for who is not told it.
fn named(event: &Event, (some, the): (&str, &str)) -> Vec<Piece> {
    if event.target_name.is_empty() {
        return vec![words(some)];
    }
    vec![words(the), Name(event.target_name.clone())]
}

/// "the repository token nightly".
fn repository_token(event: &Event) -> Vec<Piece> {
    named(event, ("a repository token", "the repository token "))
}

/// "kim@acme.example"; "somebody" for who is not told whom.
fn invited(event: &Event) -> Piece {
    if event.target_name.is_empty() { words("somebody") } else { Name(event.target_name.clone()) }
}

/// The same with its end: "…, whose time is over 2025-11-21".
fn with_end(event: &Event, how: &str) -> Vec<Piece> {
    let day = changed(event, "expires").and_then(|end| end.split('T').next().map(str::to_owned));
    let end = day.map(|day| words(format!("{how}{day}")));
    credential(event).into_iter().chain(end).collect()
}

fn kind(event: &Event) -> Piece {
    Name(event.kind.map_or_else(|| event.target_name.clone(), |kind| kind.label().to_owned()))
}

/// How each event of the vocabulary is told. Refusals of workflows have a form of their own.
fn telling(event: &Event, what: What) -> Telling {
    let target = || Name(event.target_name.clone());
    let key = || Machine(event.target_name.clone());
    let (did, infinitive, rest) = match what {
        What::AccessGranted => ("gave", "give", with_access(event, target(), "to ")),
        What::AccessChanged => (
            "changed the role on",
            "change the role on",
            vec![
                repository(event),
                words(" of "),
                target(),
                words(
                    changed(event, "role")
                        .map_or_else(String::new, |role| format!(" to {}", capitalised(&role))),
                ),
            ],
        ),
        What::AccessRevoked => (
            "took back the role on",
            "take back the role on",
            vec![repository(event), words(" of "), target()],
        ),
        What::AccessRequested => ("asked for", "ask for", vec![asked(event)]),
        What::AccessApproved => ("approved", "approve", vec![asked(event), words(" for "), target()]),
        What::AccessRejected => ("rejected", "reject", vec![asked(event), words(" for "), target()]),
        What::AccessCancelled => {
            // Most take their own back; of whoever is removed, somebody else ends it.
            let whose = (event.actor_name != event.target_name).then(|| [words(" of "), target()]);
            let rest = std::iter::once(asked(event)).chain(whose.into_iter().flatten()).collect();
            ("cancelled the request for", "cancel the request for", rest)
        }
        What::AccessExpired => {
            ("ended", "end", vec![asked(event), words(" of "), target(), words(", whose time was over")])
        }
        What::GroupCreated => ("made the group", "make the group", vec![target()]),
        What::GroupUpdated => ("edited the group", "edit the group", vec![target()]),
        What::GroupDeleted => ("deleted the group", "delete the group", vec![target()]),
        What::GroupMembersAdded => ("put", "put", of_group(event, "into")),
        What::GroupMembersRemoved => ("took", "take", of_group(event, "out of")),
        What::TokenExchanged => ("signed in to", "sign in to", vec![repository(event)]),
        What::TokenRefused => ("was refused a session for", "have a session for", vec![repository(event)]),
        What::RequestDenied => ("was refused", "use", vec![kind(event)]),
        What::DenialsFolded => ("was refused again and again:", "use", vec![kind(event)]),
        What::SignedIn => ("signed in", "sign in", vec![]),
        What::SignInFailed => ("tried to sign in and could not", "sign in", vec![]),
        What::SignedOut => ("signed out", "sign out", vec![]),
        What::PasswordChanged => ("changed a password", "change a password", vec![]),
        What::PasswordReset => {
            ("set a new password by a mailed link", "set a new password by a mailed link", vec![])
        }
        What::PasswordLinkMailed => {
            ("mailed a link for a new password to", "mail a link for a new password to", vec![target()])
        }
        What::AddressProved => ("proved the address", "prove the address", vec![target()]),
        What::AddressLinkMailed => (
            "mailed a link that proves the address of",
            "mail a link that proves the address of",
            vec![target()],
        ),
        What::ProfileChanged => ("changed the profile of", "change the profile of", vec![target()]),
        What::AccountDisabled => ("disabled the account of", "disable the account of", vec![target()]),
        What::AccountEnabled => ("enabled the account of", "enable the account of", vec![target()]),
        What::AccountErased => ("erased a person", "erase a person", vec![]),
        What::SessionRevoked => ("signed out another browser", "sign out another browser", vec![]),
        What::CiSessionRevoked => ("revoked the CI session", "revoke the CI session", vec![key()]),
        What::CredentialCreated => ("made", "make", credential(event)),
        What::CredentialRotated => ("gave a new secret to", "give a new secret to", credential(event)),
        What::CredentialDisabled => ("switched off", "switch off", credential(event)),
        What::CredentialEnabled => ("switched on", "switch on", credential(event)),
        What::CredentialOldSecretEnded => {
            ("ended the old secret of", "end the old secret of", credential(event))
        }
        What::CredentialRevoked => ("revoked", "revoke", credential(event)),
        What::CredentialExpiring => ("will soon end", "end", with_end(event, ", whose time is over on ")),
        What::CredentialExpired => ("ended", "end", with_end(event, ", whose time was over on ")),
        What::DeploymentCreated => ("recorded a deployment of", "record a deployment of", vec![key()]),
        What::DeploymentStarted => ("started to deploy", "start to deploy", vec![key()]),
        What::DeploymentFinished => {
            let cancelled = changed(event, "status").as_deref() == Some("cancelled");
            (if cancelled { "cancelled the deployment of" } else { "deployed" }, "deploy", vec![key()])
        }
        What::DeploymentCancelled => {
            ("marked the deployment of", "mark the deployment of", vec![key(), words(" as cancelled")])
        }
        What::InstancesUploaded => {
            ("uploaded the instances of", "upload the instances of", vec![repository(event)])
        }
        What::AffectedUploaded => {
            ("uploaded what is affected in", "upload what is affected in", vec![repository(event)])
        }
        What::DriftStatusUpdated => ("reported on", "report on", vec![key()]),
        What::LockCreated => ("took a lock on", "take a lock on", vec![key()]),
        What::LockDeleted => ("released the lock on", "release the lock on", vec![key()]),
        What::LockForced => ("ended the lock on", "end the lock on", vec![key()]),
        What::PermissionAssigned => ("added", "add", vec![kind(event), words(" to "), repository(event)]),
        What::PermissionUpdated => ("edited", "edit", vec![kind(event), words(" of "), repository(event)]),
        What::PermissionRemoved => {
            ("removed", "remove", vec![kind(event), words(" from "), repository(event)])
        }
        What::PermissionDefaults => (
            "gave the starter set of permissions to",
            "give the starter set of permissions to",
            vec![repository(event)],
        ),
        What::RepositoryImported => ("added", "add", vec![repository(event)]),
        What::RepositoryRemoved => ("removed", "remove", vec![repository(event)]),
        What::RepositoryPinned => {
            ("pinned the numeric id of", "pin the numeric id of", vec![repository(event)])
        }
        What::RepositoryIdentityChanged => (
            "came under another name or owner from",
            "come under another name or owner from",
            vec![repository(event)],
        ),
        What::RepositoryIdentityConfirmed => (
            "confirmed the new name or owner of",
            "confirm the new name or owner of",
            vec![repository(event)],
        ),
        What::RepositoryIdentityConflict => ("used the name of", "use the name of", vec![repository(event)]),
        What::RepositoryTokenCreated => {
            ("made", "make", [repository_token(event), vec![words(" for "), repository(event)]].concat())
        }
        What::RepositoryTokenRevoked => ("revoked", "revoke", repository_token(event)),
        What::MemberAdded => ("added", "add", vec![target(), words(" to the workspace")]),
        What::MemberRemoved => ("removed", "remove", vec![target(), words(" from the workspace")]),
        What::MemberRoleChanged => {
            let role = changed(event, "role").map(|role| words(format!(" to {}", capitalised(&role))));
            (
                "changed the role of",
                "change the role of",
                [Some(target()), role].into_iter().flatten().collect(),
            )
        }
        What::MemberSuspended => ("suspended", "suspend", vec![target()]),
        What::MemberRestored => ("restored the access of", "restore the access of", vec![target()]),
        What::MemberLeft => ("left the workspace", "leave the workspace", vec![]),
        What::MemberInvited => ("invited", "invite", with_role(invited(event), event)),
        What::InvitationResent => {
            ("sent a new invitation to", "send a new invitation to", with_role(invited(event), event))
        }
        What::InvitationRevoked => {
            ("took back the invitation of", "take back the invitation of", vec![invited(event)])
        }
        What::InvitationDeclined => {
            ("declined the invitation of", "decline the invitation of", vec![invited(event)])
        }
        What::InvitationUndelivered => {
            ("deliver the invitation of", "deliver the invitation of", vec![invited(event)])
        }
        What::MemberJoined => {
            ("joined the workspace", "join the workspace", as_role(event).into_iter().collect())
        }
        What::OwnershipOffered => ("offered ownership to", "offer ownership to", vec![target()]),
        What::OwnershipOfferEnded => {
            ("ended the offer of ownership to", "end the offer of ownership to", vec![target()])
        }
        What::OwnershipTransferred => {
            ("took ownership over from", "take ownership over from", vec![target()])
        }
        What::WorkspaceCreated => ("created the workspace", "create the workspace", vec![target()]),
        What::WorkspaceRenamed => {
            let name = changed(event, "name").unwrap_or_else(|| event.target_name.clone());
            ("renamed the workspace to", "rename the workspace to", vec![Name(name)])
        }
        What::WorkspaceSlugChanged => {
            let slug = changed(event, "slug").unwrap_or_else(|| event.target_name.clone());
            ("changed the workspace’s slug to", "change the workspace’s slug to", vec![Machine(slug)])
        }
        What::WorkspaceSettingsChanged => {
            let fields: Vec<_> = event.details.changes.iter().map(|change| change.field.clone()).collect();
            let rest = if fields.is_empty() { vec![] } else { vec![words(fields.join(", "))] };
            let did = if rest.is_empty() { "changed the settings" } else { "changed the settings:" };
            (did, "change the settings", rest)
        }
        What::WorkspaceLogoUpdated => ("changed the logo", "change the logo", vec![]),
        What::WorkspaceDeleted => ("deleted the workspace", "delete the workspace", vec![target()]),
    };
    Telling { did, infinitive, rest }
}

/// "Denied Locks Create to deploy.yaml on hotfix/x".
fn refusal(event: &Event, what: What) -> Vec<Piece> {
    let asked = match what {
        What::TokenRefused => words("a session"),
        _ => kind(event),
    };
    let to = match &event.workflow {
        Some(workflow) => Machine(workflow.clone()),
        None => Name(event.actor_name.clone()),
    };
    let mut pieces = vec![Denied, words(" "), asked, words(" to "), to];
    if let Some(branch) = &event.branch {
        pieces.extend([words(" on "), Machine(branch.clone())]);
    }
    pieces.extend(times_more(event));
    pieces
}

/// "deploy.yaml could not take dev/vpc, 3 times more".
fn held_again(event: &Event, teller: Teller) -> Vec<Piece> {
    let mut pieces = match teller {
        Teller::Actor => vec![actor(event), words(" could not take ")],
        Teller::Nobody => vec![words("Could not take ")],
    };
    pieces.push(Machine(event.target_name.clone()));
    pieces.extend(times_more(event));
    pieces
}

/// ", 3 times more", when the event stands for several.
fn times_more(event: &Event) -> Option<Piece> {
    let folded = event.details.folded.as_ref()?;
    Some(words(format!(", {}", counted(folded.count, "time more", "times more"))))
}

fn actor(event: &Event) -> Piece {
    match event.actor_type {
        ActorType::Run => Machine(event.workflow.clone().unwrap_or_else(|| event.actor_name.clone())),
        ActorType::User | ActorType::Token | ActorType::AccessToken | ActorType::ApiKey => {
            Name(event.actor_name.clone())
        }
        ActorType::Operator => words("The operator"),
        ActorType::System => words("Stackyard"),
    }
}

/// The sentence of an event, in pieces.
#[must_use]
pub fn pieces(event: &Event, teller: Teller) -> Vec<Piece> {
    let Some(what) = event.what() else {
        // Written by a newer version: its own words are all that is known.
        let did = format!(" {}.{} ", event.category.as_str(), event.action);
        return vec![actor(event), words(did), Name(event.target_name.clone())];
    };
    if event.outcome == Outcome::Denied
        && matches!(what, What::TokenRefused | What::RequestDenied | What::DenialsFolded)
    {
        return refusal(event, what);
    }
    if event.outcome == Outcome::Failed && what == What::DenialsFolded {
        return held_again(event, teller);
    }
    let Telling { did, infinitive, rest } = telling(event, what);
    let verb = match event.outcome {
        Outcome::Ok => did.to_owned(),
        // These say themselves that it did not work.
        _ if matches!(
            what,
            What::SignInFailed
                | What::TokenRefused
                | What::RepositoryIdentityConflict
                | What::RepositoryIdentityChanged
        ) =>
        {
            did.to_owned()
        }
        Outcome::Denied => format!("may not {infinitive}"),
        Outcome::Failed => format!("could not {infinitive}"),
    };
    let mut out = match teller {
        Teller::Actor => vec![actor(event), words(format!(" {verb}"))],
        Teller::Nobody => vec![words(capitalised(&verb))],
    };
    if !rest.is_empty() {
        out.push(words(" "));
        out.extend(rest);
    }
    out
}

/// The sentence as plain text: for titles.
#[must_use]
pub fn event_text(event: &Event, teller: Teller) -> String {
    pieces(event, teller)
        .into_iter()
        .map(|piece| match piece {
            Words(text) | Name(text) | Machine(text) => text,
            Denied => "Denied".to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
