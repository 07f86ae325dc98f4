//! Notices: what a person is told of, in the app and by mail.

use serde::{Deserialize, Serialize};

use crate::activity::Event;
use crate::id::WorkspaceId;
use crate::role::words;

words! {
    /// When somebody hears of changes of trust by mail. What happens to their own account is always told at once.
    NoticeMail {
        /// With each change.
        AtOnce = "at_once", "At once";
        /// Once a day, what is not read by then.
        Daily = "daily", "Once a day";
        /// Not at all.
        Never = "never", "Never";
    }
}

/// The workspace that a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NoticePlace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
}

/// Something that a person is told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// What happened.
    pub event: Event,
    /// Where; none when it is about the person's account.
    pub place: Option<NoticePlace>,
    /// Whether they read it.
    pub read: bool,
}
