//! The activity log: its vocabulary and its entries (rules §10).

use serde::{Deserialize, Serialize};

use crate::id::{EventId, PermissionId, RepositoryId};
use crate::role::words;
use crate::trace::Trace;
use crate::{PermissionKind, Refusal, Ts};

words! {
    /// How it went.
    Outcome {
        /// Done, or allowed.
        Ok = "ok", "Done";
        /// Refused by a decision.
        Denied = "denied", "Denied";
        /// Tried, and did not work.
        Failed = "failed", "Failed";
    }
}

words! {
    /// Who did it.
    ActorType {
        /// A workflow's run.
        Run = "run", "Workflows";
        /// A person.
        User = "user", "People";
        /// A repository token.
        Token = "token", "Repository tokens";
        /// An access token: a person's script.
        AccessToken = "access_token", "Access tokens";
        /// An API key: a service.
        ApiKey = "api_key", "API keys";
        /// The operator's command line.
        Operator = "operator", "Operator";
        /// Stackyard itself.
        System = "system", "Stackyard";
    }
}

words! {
    /// What it was about.
    Category {
        /// Roles on single things, and requests for access.
        Access = "access", "Access";
        /// Signing in, and exchanges of tokens.
        Auth = "auth", "Signing in";
        /// Access tokens and API keys.
        Credential = "credential", "Access tokens and API keys";
        /// Deployments.
        Deployment = "deployment", "Deployments";
        /// Groups of members.
        Group = "group", "Groups";
        /// Instances.
        Instance = "instance", "Instances";
        /// Locks.
        Lock = "lock", "Locks";
        /// Permissions.
        Permission = "permission", "Permissions";
        /// Repositories.
        Repository = "repository", "Repositories";
        /// Repository tokens.
        RepositoryToken = "repository_token", "Repository tokens";
        /// People of the workspace.
        TeamMember = "team_member", "Team";
        /// The workspace itself.
        Workspace = "workspace", "Workspace";
    }
}

/// Makes the vocabulary: every event that can happen, with its category, action and meaning.
macro_rules! vocabulary {
    ($($variant:ident = $category:ident . $action:literal, $meaning:literal;)*) => {
        /// What happened. The whole vocabulary, from which filters and documentation are made.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum What { $(#[doc = $meaning] $variant,)* }

        impl What {
            /// Every event.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its category.
            #[must_use]
            pub const fn category(self) -> Category {
                match self { $(Self::$variant => Category::$category),* }
            }

            /// Its action, unique in its category.
            #[must_use]
            pub const fn action(self) -> &'static str {
                match self { $(Self::$variant => $action),* }
            }

            /// What it means, in one sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),* }
            }

            /// The event of a category and an action.
            #[must_use]
            pub fn of(category: Category, action: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|what| what.category() == category && what.action() == action)
            }
        }
    };
}

vocabulary! {
    AccessGranted = Access."granted", "Somebody, or a group, was given a role on a repository.";
    AccessChanged = Access."changed", "A role on a repository was made another one.";
    AccessRevoked = Access."revoked", "A role on a repository was taken back.";
    AccessRequested = Access."requested", "A member asked for a role, or for one on a repository.";
    AccessApproved = Access."approved", "A request for access was granted, for a time or for good.";
    AccessRejected = Access."rejected", "A request for access was turned down.";
    AccessCancelled = Access."cancelled", "A request for access was taken back by who asked, or ended because they went.";
    AccessExpired = Access."expired", "What a request had been granted for a time is over.";
    TokenExchanged = Auth."oidc_token_exchange_success", "A workflow's OIDC token was exchanged for a CI session.";
    TokenRefused = Auth."oidc_token_exchange_failure", "A workflow's OIDC token was refused.";
    RequestDenied = Auth."request_denied", "A request needed a permission that the workflow does not have.";
    DenialsFolded = Auth."denials_folded", "The same request was refused again and again; here is how often.";
    SignedIn = Auth."signed_in", "Somebody signed in.";
    SignInFailed = Auth."sign_in_failed", "Somebody tried to sign in and could not.";
    SignedOut = Auth."signed_out", "Somebody signed out.";
    PasswordChanged = Auth."password_changed", "A password was changed.";
    PasswordReset = Auth."password_reset", "A new password was set by a mailed link.";
    PasswordLinkMailed = Auth."password_link_mailed", "Somebody asked for a link to set a new password, and it was mailed to the address of the account.";
    AddressProved = Auth."address_proved", "A mailed link proved an address.";
    AddressLinkMailed = Auth."address_link_mailed", "A link that proves an address was mailed to it.";
    ProfileChanged = Auth."profile_changed", "Somebody changed their name, picture or notices.";
    AccountDisabled = Auth."account_disabled", "The operator disabled an account.";
    AccountEnabled = Auth."account_enabled", "The operator enabled an account again.";
    AccountErased = Auth."account_erased", "The operator erased a person.";
    SessionRevoked = Auth."session_revoked", "A browser was signed out from elsewhere.";
    CiSessionRevoked = Auth."ci_session_revoked", "A CI session was revoked.";
    CredentialCreated = Credential."created", "An access token or an API key was made.";
    CredentialRotated = Credential."rotated", "An access token or an API key got a new secret.";
    CredentialDisabled = Credential."disabled", "An API key was switched off.";
    CredentialEnabled = Credential."enabled", "An API key was switched on again.";
    CredentialOldSecretEnded = Credential."old_secret_ended", "The secret that an access token or an API key had before was ended before its time.";
    CredentialRevoked = Credential."revoked", "An access token or an API key was revoked.";
    CredentialExpiring = Credential."expiring", "An access token or an API key ends within seven days.";
    CredentialExpired = Credential."expired", "The time of an access token or an API key is over.";
    DeploymentCreated = Deployment."created", "A workflow recorded a deployment.";
    DeploymentStarted = Deployment."started", "A deployment that was queued began to run.";
    DeploymentFinished = Deployment."finished", "A deployment ended: it worked, failed, or was cancelled.";
    DeploymentCancelled = Deployment."cancelled", "An admin marked a deployment as cancelled, of which nothing came any more.";
    GroupCreated = Group."created", "A group was made.";
    GroupUpdated = Group."updated", "A group got another name or description.";
    GroupDeleted = Group."deleted", "A group was deleted, with the roles that it had.";
    GroupMembersAdded = Group."members_added", "Members were put into a group.";
    GroupMembersRemoved = Group."members_removed", "Members were taken out of a group.";
    InstancesUploaded = Instance."uploaded", "A workflow uploaded which instances its repository manages.";
    AffectedUploaded = Instance."affected_uploaded", "A workflow uploaded which instances a commit changes, and what depends on them.";
    DriftStatusUpdated = Instance."drift_status_updated", "A workflow reported what a plan or an apply of an instance came to.";
    LockCreated = Lock."created", "A lock was taken.";
    LockDeleted = Lock."deleted", "A lock was released.";
    LockForced = Lock."forced", "An admin ended somebody else's lock.";
    PermissionAssigned = Permission."assigned", "A permission was added to a repository.";
    PermissionUpdated = Permission."updated", "A permission was edited.";
    PermissionRemoved = Permission."removed", "A permission was removed from a repository.";
    PermissionDefaults = Permission."default_created", "A repository got the starter set of permissions.";
    RepositoryImported = Repository."imported", "A repository was added to the workspace.";
    RepositoryRemoved = Repository."removed", "A repository was removed from the workspace.";
    RepositoryPinned = Repository."pinned", "The first exchange tied a repository to its numeric id.";
    RepositoryIdentityChanged = Repository."identity_changed", "A repository turned up under another name or owner.";
    RepositoryIdentityConfirmed = Repository."identity_confirmed", "An admin confirmed a repository's new name or owner.";
    RepositoryIdentityConflict = Repository."identity_conflict", "Another repository used the name of a configured one.";
    RepositoryTokenCreated = RepositoryToken."created", "A repository token was made.";
    RepositoryTokenRevoked = RepositoryToken."revoked", "A repository token was revoked.";
    MemberAdded = TeamMember."added", "Somebody was added to the workspace.";
    MemberRemoved = TeamMember."removed", "Somebody was removed from the workspace.";
    MemberRoleChanged = TeamMember."role_changed", "A member's role was changed.";
    MemberSuspended = TeamMember."suspended", "A member was kept out for now; the role stays.";
    MemberRestored = TeamMember."restored", "A suspended member may come in again.";
    MemberLeft = TeamMember."left", "Somebody left the workspace.";
    MemberInvited = TeamMember."invited", "Somebody was invited, or invited again with another role.";
    InvitationResent = TeamMember."invitation_resent", "An invitation got a new link in place of the old one.";
    InvitationRevoked = TeamMember."invitation_revoked", "An invitation was taken back.";
    InvitationDeclined = TeamMember."invitation_declined", "Who was invited said no.";
    InvitationUndelivered = TeamMember."invitation_undelivered", "The mail with an invitation could not be delivered.";
    MemberJoined = TeamMember."joined", "Somebody accepted an invitation.";
    OwnershipOffered = TeamMember."ownership_offered", "The owner offered ownership to a member.";
    OwnershipOfferEnded = TeamMember."ownership_offer_ended", "An offer of ownership was taken back or turned down.";
    OwnershipTransferred = TeamMember."ownership_transferred", "A member took ownership over from the owner.";
    WorkspaceCreated = Workspace."created", "The workspace was made.";
    WorkspaceRenamed = Workspace."renamed", "The workspace got another name.";
    WorkspaceSlugChanged = Workspace."slug_changed", "The workspace got another slug.";
    WorkspaceSettingsChanged = Workspace."settings_changed", "The workspace's settings were changed.";
    WorkspaceLogoUpdated = Workspace."logo_updated", "The workspace's logo was changed or removed.";
    WorkspaceDeleted = Workspace."deleted", "The workspace was deleted.";
}

/// A changed value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What was changed.
    pub field: String,
    /// Its value before.
    pub from: String,
    /// Its value after.
    pub to: String,
}

impl Change {
    /// A value that was `from` and is `to`; either is empty where there was or is none.
    pub fn new(field: &str, from: impl Into<String>, to: impl Into<String>) -> Self {
        Self { field: field.to_owned(), from: from.into(), to: to.into() }
    }
}

/// What is known of the run behind a request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunFacts {
    /// GitHub's id of the run.
    pub run_id: String,
    /// Which attempt of it.
    pub attempt: String,
    /// Where it can be watched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Who started it, by the host's name for them.
    pub started_by: String,
    /// The commit.
    pub sha: String,
    /// The full ref.
    pub git_ref: String,
    /// The host's numeric id of the repository.
    pub remote_id: i64,
}

/// Denials that were counted instead of written one by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folded {
    /// How many.
    pub count: i64,
    /// The first of them.
    pub first: Ts,
    /// The last of them.
    pub last: Ts,
}

/// What else is known of an event. Stored as JSON with its fields in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// One sentence: a reason, a lock's message, why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What was changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// The run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunFacts>,
    /// How it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
    /// What the caller was told, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    /// What stood against it, when it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// Denials that were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folded: Option<Folded>,
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// When.
    pub at: Ts,
    /// What kind of actor.
    pub actor_type: ActorType,
    /// The actor's id.
    pub actor_id: String,
    /// The actor's name then.
    pub actor_name: String,
    /// What it was about.
    pub category: Category,
    /// What was done.
    pub action: String,
    /// How it went.
    pub outcome: Outcome,
    /// What kind of thing it was done to.
    pub target_type: String,
    /// That thing's id.
    pub target_id: String,
    /// That thing's name then.
    pub target_name: String,
    /// The repository it concerns.
    pub repository_id: Option<RepositoryId>,
    /// That repository's name then.
    pub repository: Option<String>,
    /// The permission kind that was needed.
    pub kind: Option<PermissionKind>,
    /// The workflow seen.
    pub workflow: Option<String>,
    /// The branch seen.
    pub branch: Option<String>,
    /// The environment seen.
    pub environment: Option<String>,
    /// The event that started the run.
    pub event: Option<String>,
    /// Where it came from; only for those who may see addresses.
    pub address: Option<String>,
    /// What the client called itself; only for those who may see addresses.
    pub user_agent: Option<String>,
    /// The request's trace id.
    pub trace_id: String,
    /// The permission that decided.
    pub permission_id: Option<PermissionId>,
    /// That permission's version.
    pub permission_version: Option<i32>,
    /// What else is known.
    pub details: Details,
}

impl Event {
    /// What happened, when this version of Stackyard knows the word.
    #[must_use]
    pub fn what(&self) -> Option<What> {
        What::of(self.category, &self.action)
    }
}

/// Which events a page wants. Empty fields do not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityFilter {
    /// A [`Category`] word.
    #[serde(default)]
    pub category: String,
    /// An [`ActorType`] word.
    #[serde(default)]
    pub actor: String,
    /// An [`Outcome`] word.
    #[serde(default)]
    pub outcome: String,
    /// A repository's id.
    #[serde(default)]
    pub repository: String,
    /// Words that must all appear in actor, action, target, workflow, branch, environment or note.
    #[serde(default)]
    pub q: String,
    /// Find a single word inside others too.
    #[serde(default)]
    pub within: bool,
    /// Only events from then on.
    #[serde(default)]
    pub from: Option<Ts>,
    /// Only events before then.
    #[serde(default)]
    pub until: Option<Ts>,
    /// Only events before this id: the last of the page before.
    #[serde(default)]
    pub before: String,
}

/// A page of something that is read backwards in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The entries, newest first.
    pub items: Vec<T>,
    /// Where the next page begins; none when this is the last.
    pub next_cursor: Option<String>,
}

/// A page of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogPage {
    /// The events, newest first.
    pub items: Vec<Event>,
    /// Where the next page begins; none when this is the last.
    pub next_cursor: Option<String>,
    /// How far back a search went that ended before the page was full; it goes on at the cursor.
    pub searched_to: Option<Ts>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_event_has_words_of_its_own() {
        let mut seen = HashSet::new();
        for what in What::ALL {
            assert!(seen.insert((what.category(), what.action())), "{what:?}");
            assert_eq!(What::of(what.category(), what.action()), Some(*what));
        }
    }
}
