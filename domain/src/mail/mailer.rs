//! What takes a mail away.

use futures::future::BoxFuture;

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// By which it is the same mail wherever it turns up: the left part of its `Message-ID`.
    pub id: String,
    /// The address it goes to.
    pub to: String,
    /// Its subject, on one line.
    pub subject: String,
    /// What it says, as plain text.
    pub plain: String,
    /// The same as HTML.
    pub html: String,
}

/// Why a mail was not delivered, which decides whether it is tried again. The texts are the server's, made harmless.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// The server does not answer, or does not let us in: none of the mails can go out now.
    #[error("the mail server cannot be reached: {0}")]
    Unreachable(String),
    /// The server does not want this mail now.
    #[error("not taken for now: {0}")]
    Later(String),
    /// The server does not want this mail at all.
    #[error("refused: {0}")]
    Never(String),
    /// The server had all of it and did not say whether it took it.
    #[error("the mail server did not say whether it took it: {0}")]
    Unsure(String),
}

/// Something that takes mails away: a mail server.
pub trait Mailer: Send + Sync {
    /// Whether a mail could go to this address at all. What is wrong, for people, when not.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    fn check(&self, address: &str) -> Result<(), &'static str>;

    /// Delivers one mail, or says why not, within a time that is much shorter than a lease.
    ///
    /// # Errors
    /// Why not, and whether it makes sense to try again.
    fn deliver<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), Undelivered>>;
}
