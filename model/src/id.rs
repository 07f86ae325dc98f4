//! Ids: a prefix that says what the thing is, and 28 base-62 characters. The first nine are the microsecond of
//! creation, so ids sort by age; the rest are random. An id is public and never doubles as a secret (design §2).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Ts;

/// Characters of an id after its prefix.
pub const BODY_LENGTH: usize = 28;
const TIME_LENGTH: usize = 9;
/// Random bytes that [`body`] wants: one for each character that is not time.
pub const RANDOM_LENGTH: usize = BODY_LENGTH - TIME_LENGTH;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The character that stands for `n` modulo 62, in an alphabet that sorts as ASCII does.
#[must_use]
pub fn base62(n: u64) -> char {
    ALPHABET.get(usize::try_from(n % 62).unwrap_or(0)).copied().map_or('0', char::from)
}

/// The part of an id after its prefix, from a time and random bytes.
///
/// Bytes above 247 would make some characters likelier; folding them costs 0.05 bits a character of 113 in all,
/// which is nothing for a public id.
#[must_use]
pub fn body(at: Ts, random: [u8; RANDOM_LENGTH]) -> String {
    let mut micros = u64::try_from(at.as_micros()).unwrap_or(0);
    let mut time = ['0'; TIME_LENGTH];
    for slot in time.iter_mut().rev() {
        *slot = base62(micros);
        micros /= 62;
    }
    time.into_iter().chain(random.into_iter().map(|byte| base62(u64::from(byte)))).collect()
}

/// A text that is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}…")]
pub struct BadId {
    prefix: &'static str,
}

fn check(text: &str, prefix: &'static str) -> Result<(), BadId> {
    let fits = text.strip_prefix(prefix).is_some_and(|body| {
        body.len() == BODY_LENGTH && body.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    if fits { Ok(()) } else { Err(BadId { prefix }) }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
        #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
        pub struct $name(Box<str>);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A new id for a thing made at `at`.
            #[must_use]
            pub fn mint(at: Ts, random: [u8; RANDOM_LENGTH]) -> Self {
                Self(format!("{}{}", $prefix, body(at, random)).into_boxed_str())
            }

            /// The whole id.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                check(text, $prefix)?;
                Ok(Self(text.into()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> {
                check(&text, $prefix)?;
                Ok(Self(text.into_boxed_str()))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.into_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        #[cfg(feature = "diesel")]
        $crate::sql::text_column!($name);
    )*};
}

ids! {
    /// A person.
    UserId = "usr_";
    /// A person's signed-in browser.
    SessionId = "ses_";
    /// The isolation boundary. Public, not a secret.
    WorkspaceId = "ws_";
    /// A user in a workspace.
    MemberId = "mem_";
    /// Members together, for granting access.
    GroupId = "grp_";
    /// A role on one thing that somebody was granted.
    GrantId = "grt_";
    /// What a member asked for.
    AccessRequestId = "req_";
    /// An offer of a role to an address.
    InvitationId = "inv_";
    /// Something that is to be mailed.
    MailId = "mail_";
    /// A Git repository configured in a workspace.
    RepositoryId = "repo_";
    /// What a workflow of a repository may do.
    PermissionId = "perm_";
    /// What an OIDC token was exchanged for.
    CiSessionId = "cis_";
    /// A static token for one repository in one workspace.
    RepositoryTokenId = "rtk_";
    /// A credential for a person's scripts.
    AccessTokenId = "tok_";
    /// A credential for a service.
    ApiKeyId = "apk_";
    /// A lease on a key.
    LockId = "lock_";
    /// One component in one stack.
    InstanceId = "ins_";
    /// The instances that a commit changes, with what depends on them.
    AffectedId = "aff_";
    /// One change being rolled out.
    DeploymentId = "dep_";
    /// One entry of the activity log.
    EventId = "evt_";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let earlier = WorkspaceId::mint(Ts::from_micros(1_763_000_000_000_000), [255; RANDOM_LENGTH]);
        let later = WorkspaceId::mint(Ts::from_micros(1_763_000_000_000_001), [0; RANDOM_LENGTH]);
        assert!(earlier < later);
        assert_eq!(earlier.as_str().len(), "ws_".len() + BODY_LENGTH);
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let id = WorkspaceId::mint(Ts::from_micros(1), [7; RANDOM_LENGTH]);
        assert!(id.as_str().parse::<WorkspaceId>().is_ok());
        assert!(id.as_str().parse::<UserId>().is_err());
        assert!("ws_short".parse::<WorkspaceId>().is_err());
        assert!(format!("{}\n", &id.as_str()[..30]).parse::<WorkspaceId>().is_err());
    }
}
