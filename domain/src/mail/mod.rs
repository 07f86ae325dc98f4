//! Mail: what waits to be sent, what it says, and the server that takes it.
//!
//! A mail that waits is a row that names what it is about. What it says, links included, is made in the moment in which
//! it is sent, so no secret waits in the store. Each row is claimed before its mail goes out and never sent again when
//! nobody knows what became of it: after a kill a person may have to send an invitation anew, but nobody gets two.

mod content;
mod mailer;
mod message;
mod outbox;
mod queries;
mod smtp;

pub(crate) use content::Due;
pub use mailer::{Mail, Mailer, Undelivered};
pub(crate) use message::{Letter, short_name, when};
pub use outbox::{Step, step};
pub(crate) use queries::{MailRow, ahead_of, drop_queued, enqueue, last_of, queued_among, sweep};
pub use smtp::{Smtp, SmtpError};
