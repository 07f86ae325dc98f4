//! Invitations as they are stored.

use diesel::prelude::*;
use stackyard_db::schema::{invitation_links, invitations};
use stackyard_model::id::{InvitationId, UserId, WorkspaceId};
use stackyard_model::invitation::{Invitation, InvitationState, LinkWay, MailState};
use stackyard_model::{Role, Ts};

/// An invitation as it is stored.
#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = invitations, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct InvitationRow {
    pub(super) id: InvitationId,
    pub(super) workspace_id: WorkspaceId,
    pub(super) email: String,
    pub(super) email_folded: String,
    pub(super) role: Role,
    pub(super) state: InvitationState,
    pub(super) way: LinkWay,
    /// The link that counts; none before its mail is sent.
    pub(super) link_hash: Option<Vec<u8>>,
    pub(super) days: i32,
    /// The person's id; empty for the operator.
    pub(super) invited_by: String,
    pub(super) invited_by_name: String,
    pub(super) created_at: Ts,
    pub(super) sent_at: Ts,
    pub(super) expires_at: Ts,
    pub(super) decided_at: Option<Ts>,
    pub(super) decided_by: Option<UserId>,
    pub(super) decided_by_name: Option<String>,
}

impl InvitationRow {
    /// As those see it who may invite.
    pub(super) fn into_invitation(
        self,
        groups: Vec<String>,
        mail: Option<(MailState, Option<String>)>,
    ) -> Invitation {
        let (mail, mail_note) = mail.unzip();
        Invitation {
            id: self.id,
            email: self.email,
            role: self.role,
            groups,
            state: self.state,
            way: self.way,
            invited_by_name: self.invited_by_name,
            sent_at: self.sent_at,
            expires_at: self.expires_at,
            mail,
            mail_note: mail_note.flatten(),
        }
    }
}

/// A link as it is stored.
#[derive(Queryable, Selectable, Insertable, Debug, Clone)]
#[diesel(table_name = invitation_links, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct LinkRow {
    pub(super) secret_hash: Vec<u8>,
    pub(super) invitation_id: InvitationId,
    pub(super) way: LinkWay,
    pub(super) created_at: Ts,
}
