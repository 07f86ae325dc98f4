//! Invitations, as pages show them. A link is shown once, when it is made, or goes out by mail; it is never among
//! what is listed (rules §11).

use serde::{Deserialize, Serialize};

use crate::id::InvitationId;
use crate::role::words;
use crate::workspace::Workspace;
use crate::{Role, Ts};

words! {
    /// What became of an invitation.
    InvitationState {
        /// Nobody answered it yet; it may have run out.
        Waiting = "waiting", "Waiting";
        /// Somebody joined by it.
        Accepted = "accepted", "Accepted";
        /// Who was invited said no.
        Declined = "declined", "Declined";
        /// Who may invite took it back.
        Revoked = "revoked", "Revoked";
    }
}

words! {
    /// How a link travels, which decides what it proves (rules §11).
    LinkWay {
        /// By mail: nobody else sees it, so using it proves the address.
        Mailed = "mailed", "Mail it";
        /// Handed over by whoever made it: it proves nothing.
        Copied = "copied", "Copy the link";
    }
}

words! {
    /// Where a mail is.
    MailState {
        /// It waits to be sent, for the first time or again.
        Queued = "queued", "To be mailed";
        /// It is being sent.
        Sending = "sending", "Being mailed";
        /// The mail server took it.
        Sent = "sent", "Mailed";
        /// It was refused, or tried too often.
        Failed = "failed", "Not delivered";
        /// The mail server said nothing after it had all of it; sending again might send it twice.
        Unsure = "unsure", "Perhaps delivered";
        /// There was nothing to send any more.
        Dropped = "dropped", "Not sent";
    }
}

/// Days that an invitation may last; the middle one unless another is chosen.
pub const INVITATION_DAYS: [i32; 3] = [1, 7, 30];
/// Most addresses that are invited at once.
pub const INVITED_AT_ONCE: usize = 10_000;
/// Most links that are made at once to be copied: they are shown on one page.
pub const COPIED_AT_ONCE: usize = 100;

/// An invitation, for those who may invite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The address as it was typed.
    pub email: String,
    /// The role that is offered.
    pub role: Role,
    /// The groups that go with it, by name.
    pub groups: Vec<String>,
    /// What became of it.
    pub state: InvitationState,
    /// How its link travels.
    pub way: LinkWay,
    /// Who invites.
    pub invited_by_name: String,
    /// When its link was last made, or put up to be mailed.
    pub sent_at: Ts,
    /// When it ends by itself.
    pub expires_at: Ts,
    /// Where its last mail is.
    pub mail: Option<MailState>,
    /// What the mail server said against it.
    pub mail_note: Option<String>,
}

impl Invitation {
    /// Whether its time is over.
    #[must_use]
    pub fn is_over(&self, now: Ts) -> bool {
        self.expires_at <= now
    }
}

/// An invitation, for whoever it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invited {
    /// Its id.
    pub id: InvitationId,
    /// The workspace.
    pub workspace: Workspace,
    /// The address that was invited.
    pub email: String,
    /// The role that is offered.
    pub role: Role,
    /// Who invites.
    pub invited_by_name: String,
    /// When it ends by itself.
    pub expires_at: Ts,
}
