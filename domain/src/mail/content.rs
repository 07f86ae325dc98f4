//! What a mail that is about to be sent says: each feature answers for its own.

use stackyard_db::Conn;
use stackyard_model::Ts;
use stackyard_model::activity::{Outcome, What};
use stackyard_model::mail::MailKind;

use super::Mail;
use super::message::invitation;
use super::queries::{self, MailRow};
use crate::accounts::{self, LinkMail};
use crate::activity::Entry;
use crate::invitations::{self, ToBeMailed};
use crate::notices::{self, Told};
use crate::{Ctx, Error, Secret};

/// Whether a mail that was claimed is to leave.
#[derive(Debug, Clone)]
pub(crate) enum Due<T> {
    /// It leaves, and says this.
    Now(T),
    /// Its mailbox is spared until then.
    Later(Ts),
    /// There is no reason for it any more.
    Never,
}

impl<T> Due<T> {
    fn unless_none(content: Option<T>) -> Self {
        content.map_or(Self::Never, Self::Now)
    }

    fn map<U>(self, into: impl FnOnce(T) -> U) -> Due<U> {
        match self {
            Self::Now(content) => Due::Now(into(content)),
            Self::Later(until) => Due::Later(until),
            Self::Never => Due::Never,
        }
    }
}

/// What a mail says.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// An invitation, with the link that counts from now on.
    Invitation(ToBeMailed, Secret),
    /// A link to a new password or that proves an address.
    Link(LinkMail),
    /// What a person is told of.
    Notices(Told),
}

impl Content {
    /// What a mail that was just claimed says.
    pub(super) async fn of(ctx: &Ctx, conn: &mut Conn, row: &MailRow, now: Ts) -> Result<Due<Self>, Error> {
        let subject = &row.subject_id;
        Ok(match row.kind {
            // One that was put off while somebody sent the invitation again.
            MailKind::Invitation if queries::has_later(conn, row).await? => Due::Never,
            MailKind::Invitation => {
                let secret = invitations::mint(ctx);
                let content = invitations::to_be_mailed(conn, subject, &secret.hash(), now).await?;
                content.map(|content| Self::Invitation(content, secret))
            }
            MailKind::PasswordReset => {
                Due::unless_none(accounts::reset_mail(ctx, conn, subject, now).await?).map(Self::Link)
            }
            MailKind::AddressProof => {
                Due::unless_none(accounts::proof_mail(ctx, conn, subject, now).await?).map(Self::Link)
            }
            MailKind::Notices | MailKind::Digest => {
                let told = notices::to_be_mailed(conn, row.kind, subject, &row.id, now).await?;
                Due::unless_none(told).map(Self::Notices)
            }
        })
    }

    /// The mail itself.
    pub(super) fn mail(&self, ctx: &Ctx, id: String) -> Mail {
        let letter = match self {
            Self::Invitation(content, secret) => invitation(ctx, content, secret),
            Self::Link(link) => link.letter(ctx),
            Self::Notices(told) => told.letter(ctx),
        };
        letter.into_mail(id)
    }

    /// Counts what has left, where a mailbox gets so many.
    pub(super) async fn left(&self, conn: &mut Conn, now: Ts) -> Result<(), Error> {
        match self {
            Self::Invitation(content, _) => invitations::count_mailed(conn, &content.email, now).await,
            Self::Link(_) | Self::Notices(_) => Ok(()),
        }
    }

    /// What is written down when it could not be delivered; an invitation's workspace has to know.
    pub(super) fn undelivered(&self, ctx: &Ctx, row: &MailRow) -> Option<Entry> {
        let Self::Invitation(content, _) = self else { return None };
        let what = What::InvitationUndelivered;
        let entry = Entry::new(ctx, row.workspace_id.as_ref(), what, Outcome::Failed)
            .target("invitation", &row.subject_id, &content.email)
            .note(row.note.clone().unwrap_or_default());
        Some(entry)
    }
}
