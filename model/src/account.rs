//! People, as their own pages show them.

use serde::{Deserialize, Serialize};

use crate::Ts;
use crate::id::{SessionId, UserId, WorkspaceId};
use crate::notice::NoticeMail;
use crate::role::words;

words! {
    /// Which of the two looks a person wants.
    Theme {
        /// What the system says.
        System = "system", "System";
        /// Light.
        Light = "light", "Light";
        /// Dark.
        Dark = "dark", "Dark";
    }
}

words! {
    /// What a link is for that was mailed to a person.
    LinkPurpose {
        /// Setting a new password without the old one.
        Password = "password", "New password";
        /// Proving that the address is theirs.
        Address = "address", "Proof of the address";
    }
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Their id.
    pub id: UserId,
    /// Their address.
    pub email: String,
    /// Whether a mail to the address proved it.
    pub email_verified: bool,
    /// Their name.
    pub name: String,
    /// An IANA time zone; none means the browser's.
    pub time_zone: Option<String>,
    /// The look they chose.
    pub theme: Theme,
    /// The workspace that opens after signing in.
    pub default_workspace: Option<WorkspaceId>,
    /// The version of their picture, part of its address; none when they have no picture.
    pub picture: Option<String>,
    /// When they hear of changes of trust by mail.
    pub notice_mail: NoticeMail,
    /// Notices that they have not read.
    pub notices_unread: i32,
}

/// A signed-in browser of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its id; not the secret in the cookie.
    pub id: SessionId,
    /// When the person signed in.
    pub created_at: Ts,
    /// When it was last used; written at most once a minute.
    pub last_seen_at: Ts,
    /// The address it was last used from.
    pub address: Option<String>,
    /// What the browser called itself.
    pub user_agent: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}
