//! Access tokens and API keys, as pages and the API show them. The secret itself is shown once, when it is made.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::activity::ActorType;
use crate::id::{AccessTokenId, ApiKeyId, BadId, RANDOM_LENGTH};
use crate::role::words;
use crate::{Action, Ts};

/// How long before its end a credential is warned about.
pub const WARNED_BEFORE: Duration = Duration::from_secs(7 * 24 * 3600);
/// Days that a credential lasts unless another number is chosen.
pub const DAYS_DEFAULT: u32 = 90;
/// What a form says for a credential without an end.
pub const DAYS_NEVER: &str = "never";
/// Most days that a credential with an end lasts.
pub const DAYS_MAX: u32 = 365;

words! {
    /// Whom a credential is for.
    CredentialKind {
        /// For a person's scripts.
        AccessToken = "access_token", "Access token";
        /// For a service: with a description, and a switch to turn it off for a while.
        ApiKey = "api_key", "API key";
    }
}

impl CredentialKind {
    /// What its secrets begin with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::AccessToken => "workspace_token_",
            Self::ApiKey => "key_",
        }
    }

    /// How the log names what it does.
    #[must_use]
    pub const fn actor_type(self) -> ActorType {
        match self {
            Self::AccessToken => ActorType::AccessToken,
            Self::ApiKey => ActorType::ApiKey,
        }
    }
}

words! {
    /// What a credential may be used for. Whatever may be changed with a scope may also be read with it.
    Scope {
        /// Read the workspace's name and settings.
        WorkspaceRead = "workspace:read", "Read the workspace’s settings";
        /// Change them.
        WorkspaceWrite = "workspace:write", "Change the workspace’s settings";
        /// Read who is a member.
        MembersRead = "members:read", "Read members";
        /// Change roles, suspend, restore and remove.
        MembersWrite = "members:write", "Change, suspend and remove members";
        /// Read invitations that wait.
        InvitationsRead = "invitations:read", "Read invitations";
        /// Invite, send anew, take back.
        InvitationsWrite = "invitations:write", "Invite people, and take invitations back";
        /// Read groups and who is in them.
        GroupsRead = "groups:read", "Read groups";
        /// Make, fill and delete groups.
        GroupsWrite = "groups:write", "Make, fill and delete groups";
        /// Read the configured repositories.
        RepositoriesRead = "repositories:read", "Read repositories";
        /// Add and remove repositories.
        RepositoriesWrite = "repositories:write", "Add and remove repositories";
        /// Read what workflows may do.
        PermissionsRead = "permissions:read", "Read repository permissions";
        /// Change what workflows may do.
        PermissionsWrite = "permissions:write", "Change repository permissions";
        /// Read what is locked.
        LocksRead = "locks:read", "Read locks";
        /// End anybody's lock, with a reason.
        LocksWrite = "locks:write", "Force-release locks";
        /// Read deployments.
        DeploymentsRead = "deployments:read", "Read deployments";
        /// Read instances.
        InstancesRead = "instances:read", "Read instances";
        /// Read the log, with addresses.
        ActivityRead = "activity:read", "Read the activity log, with addresses";
    }
}

impl Scope {
    /// Whether whoever has this scope may do what `wanted` is for.
    #[must_use]
    pub fn covers(self, wanted: Self) -> bool {
        let writes = self.as_str().strip_suffix(":write");
        self == wanted || writes.is_some_and(|thing| wanted.as_str().strip_suffix(":read") == Some(thing))
    }

    /// The actions that services ask for where this scope is needed; an admin's at most, and never those on tokens.
    #[must_use]
    pub const fn actions(self) -> &'static [Action] {
        match self {
            Self::WorkspaceRead => &[Action::SeeOverview],
            Self::WorkspaceWrite => &[Action::SeeOverview, Action::ManageSettings],
            Self::MembersWrite => &[Action::SeeResources, Action::ManageMembers],
            Self::InvitationsRead => &[Action::SeeSensitive],
            Self::InvitationsWrite => &[Action::SeeSensitive, Action::ManageMembers],
            Self::GroupsWrite => &[Action::SeeResources, Action::ManageGroups],
            Self::RepositoriesWrite => &[Action::SeeResources, Action::ManageRepositories],
            Self::PermissionsWrite => &[Action::SeeResources, Action::ManagePermissions],
            Self::LocksWrite => &[Action::SeeResources, Action::ForceRelease],
            Self::ActivityRead => &[Action::SeeResources, Action::SeeSensitive],
            Self::MembersRead
            | Self::GroupsRead
            | Self::RepositoriesRead
            | Self::PermissionsRead
            | Self::LocksRead
            | Self::DeploymentsRead
            | Self::InstancesRead => &[Action::SeeResources],
        }
    }
}

/// Scopes as one text, with spaces between them.
#[must_use]
pub fn scopes_text(scopes: &[Scope]) -> String {
    scopes.iter().map(Scope::as_str).collect::<Vec<_>>().join(" ")
}

/// The scopes of such a text. What this version does not know counts for nothing.
#[must_use]
pub fn scopes_of(text: &str) -> Vec<Scope> {
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

words! {
    /// For how long the secret before goes on when a credential gets a new one.
    Overlap {
        /// It ends at once.
        None = "0", "It ends at once";
        /// For an hour.
        Hour = "1h", "1 hour";
        /// For a day.
        Day = "24h", "24 hours";
        /// For a week.
        Week = "7d", "7 days";
    }
}

impl Overlap {
    /// How long that is.
    #[must_use]
    pub const fn duration(self) -> Duration {
        match self {
            Self::None => Duration::ZERO,
            Self::Hour => Duration::from_secs(3600),
            Self::Day => Duration::from_secs(24 * 3600),
            Self::Week => Duration::from_secs(7 * 24 * 3600),
        }
    }
}

/// The id of an access token (`tok_`) or of an API key (`apk_`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
pub struct CredentialId(String);

impl CredentialId {
    /// A new id for a credential made at `at`.
    #[must_use]
    pub fn mint(kind: CredentialKind, at: Ts, random: [u8; RANDOM_LENGTH]) -> Self {
        Self(match kind {
            CredentialKind::AccessToken => AccessTokenId::mint(at, random).into(),
            CredentialKind::ApiKey => ApiKeyId::mint(at, random).into(),
        })
    }

    /// The whole id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CredentialId {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        let token = text.parse::<AccessTokenId>().map(String::from);
        token.or_else(|_| text.parse::<ApiKeyId>().map(String::from)).map(Self)
    }
}

impl TryFrom<String> for CredentialId {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<CredentialId> for String {
    fn from(id: CredentialId) -> Self {
        id.0
    }
}

impl fmt::Display for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(feature = "diesel")]
crate::sql::text_column!(CredentialId);

/// An access token or an API key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// Whom it is for.
    pub kind: CredentialKind,
    /// What people call it; the actor in the log.
    pub name: String,
    /// What an API key is for; empty for a token.
    pub description: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// The last four characters of its secret.
    pub hint: String,
    /// Whether it is switched on.
    pub active: bool,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Ts,
    /// When it stops working by itself.
    pub expires_at: Option<Ts>,
    /// Until when the secret before is still taken.
    pub old_until: Option<Ts>,
    /// When it was last used; written at most once a minute.
    pub last_used_at: Option<Ts>,
    /// From which address.
    pub last_used_from: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<Ts>,
}

impl Credential {
    /// Whether its time is over.
    #[must_use]
    pub fn is_over(&self, now: Ts) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// Whether a request with its secret is let in at a moment.
    #[must_use]
    pub fn works(&self, now: Ts) -> bool {
        self.active && self.revoked_at.is_none() && !self.is_over(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    #[test]
    fn what_may_be_changed_may_be_read_and_nothing_else() {
        for scope in Scope::ALL {
            for wanted in Scope::ALL {
                let thing = |scope: &Scope| scope.as_str().split(':').next().map(str::to_owned);
                let reads = scope.as_str().ends_with(":write") && wanted.as_str().ends_with(":read");
                let expected = scope == wanted || (reads && thing(scope) == thing(wanted));
                assert_eq!(scope.covers(*wanted), expected, "{scope} for {wanted}");
            }
        }
    }

    #[test]
    fn no_scope_gives_what_an_admin_may_not_nor_tokens() {
        for scope in Scope::ALL {
            for action in scope.actions() {
                assert!(Role::Admin.may(*action), "{scope}: {action}");
                assert!(*action != Action::ManageTokens && *action != Action::Leave, "{scope}: {action}");
            }
        }
    }

    #[test]
    fn an_id_is_of_a_token_or_of_a_key() {
        for kind in CredentialKind::ALL {
            let id = CredentialId::mint(*kind, Ts::from_micros(1), [7; RANDOM_LENGTH]);
            assert_eq!(id.as_str().parse::<CredentialId>().unwrap(), id);
        }
        assert!("usr_0000000000000000000000000000".parse::<CredentialId>().is_err());
    }

    #[test]
    fn scopes_are_read_back_and_unknown_ones_count_for_nothing() {
        let scopes = [Scope::GroupsRead, Scope::LocksWrite];
        assert_eq!(scopes_of(&scopes_text(&scopes)), scopes);
        assert_eq!(scopes_of("owner:everything groups:read"), [Scope::GroupsRead]);
    }
}
