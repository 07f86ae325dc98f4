//! What a service answers when it does not do what was asked.

use std::time::Duration;

use stackyard_db::{DbError, WriteError};
use stackyard_model::{FieldErrors, Refusal};

use crate::permissions::{Reply, Wanted};

/// Why not. `Display` is for the log; [`Error::user_message`] is for people.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or the credential is not one.
    #[error("not signed in")]
    Unauthenticated,
    /// There is no such thing, or the one who asks may not know of it.
    #[error("not found")]
    NotFound,
    /// It is there and seen, but this may not be done to it. The text says why.
    #[error("forbidden: {0}")]
    Forbidden(String),
    /// Something that was typed is wrong.
    #[error("invalid: {0}")]
    Invalid(FieldErrors),
    /// Things are not as they would have to be.
    #[error("conflict: {}", .0.message)]
    Conflict(Conflict),
    /// A workflow has no permission that lets it do this.
    #[error("denied: {}", .0.message)]
    Denied(Box<Denied>),
    /// A workflow's request was refused before any permission was looked at.
    #[error("refused: {}", .0.message)]
    Refused(Refused),
    /// Tried too often.
    #[error("throttled for {} s", .retry_after.as_secs())]
    Throttled {
        /// When it may be tried again.
        retry_after: Duration,
    },
    /// Something outside that is needed does not answer.
    #[error("unavailable: {}", .0.cause)]
    Unavailable(Unavailable),
    /// The store failed.
    #[error("the store failed")]
    Db(#[source] DbError),
    /// A decision needs patterns that are not compiled. Whoever runs the transaction compiles them and runs it again.
    #[error("{} patterns are not compiled", .0.len())]
    NotCompiled(Vec<Wanted>),
    /// A bug, or a machine in trouble.
    #[error("internal: {0}")]
    Internal(String),
}

/// Things are not as they would have to be.
#[derive(Debug, Clone)]
pub struct Conflict {
    /// Which kind of conflict.
    pub tag: &'static str,
    /// What is in the way and what to do, for people; Markdown on the CLI's routes.
    pub message: String,
    /// The same as data.
    pub context: serde_json::Value,
}

/// A workflow was refused, with the reasons.
#[derive(Debug, Clone)]
pub struct Denied {
    /// Which kind of refusal.
    pub tag: &'static str,
    /// The reasons as Markdown (rules §4).
    pub message: String,
    /// The same as data.
    pub context: serde_json::Value,
}

/// A workflow's request was refused before any permission was looked at.
#[derive(Debug, Clone)]
pub struct Refused {
    /// What stood against it.
    pub kind: Refusal,
    /// The same, finer.
    pub tag: &'static str,
    /// Finer still where a token was refused, for figures alone; else the tag.
    pub reason: &'static str,
    /// What was wrong and what to do.
    pub message: String,
    /// Single things that are wrong, when there are several.
    pub problems: Vec<String>,
}

impl Refused {
    /// A refusal whose tag says all.
    pub(crate) fn new(kind: Refusal, tag: &'static str, message: impl Into<String>) -> Self {
        Self { kind, tag, reason: tag, message: message.into(), problems: Vec::new() }
    }

    /// The same, with everything that is wrong.
    pub(crate) fn listing(self, problems: Vec<String>) -> Self {
        Self { problems, ..self }
    }
}

/// Something outside that is needed does not answer.
#[derive(Debug, Clone)]
pub struct Unavailable {
    /// What, for figures.
    pub reason: &'static str,
    /// What happened, for the log.
    pub cause: String,
}

impl Error {
    /// One field is wrong.
    pub(crate) fn field(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(FieldErrors::one(field, message))
    }

    pub(crate) fn conflict(tag: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict(Conflict { tag, message: message.into(), context: serde_json::Value::Null })
    }

    /// A [`ChangedMeanwhile`](Self::conflict) unless a thing is still what whoever changes it saw; who saw nothing changes
    /// whatever is there.
    pub(crate) fn unless_same<T: PartialEq>(seen: Option<&T>, now: &T) -> Result<(), Self> {
        if seen.is_none_or(|seen| seen == now) {
            return Ok(());
        }
        let message =
            "Somebody else changed it at the same moment. Look at it again, then send what you want.";
        Err(Self::conflict("ChangedMeanwhile", message))
    }

    /// A workflow's request was refused for a reason that is no permission's.
    pub(crate) fn denied(tag: &'static str, message: String) -> Self {
        Self::Denied(Box::new(Denied { tag, message, context: serde_json::json!({}) }))
    }

    /// No permission lets a workflow's request through.
    pub(crate) fn no_permission(reply: Reply) -> Self {
        let Reply { message, context } = reply;
        Self::Denied(Box::new(Denied { tag: "NoPermission", message, context }))
    }

    /// The tag that the API answers with and that `/help/{tag}` explains.
    #[must_use]
    pub fn tag(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "Unauthorized",
            Self::NotFound => "NotFound",
            Self::Forbidden(_) => "Forbidden",
            Self::Invalid(_) => "ValidationError",
            Self::Conflict(conflict) => conflict.tag,
            Self::Denied(denied) => denied.tag,
            Self::Refused(refused) => refused.tag,
            Self::Throttled { .. } => "TooManyRequests",
            Self::Unavailable(_) => "Unavailable",
            Self::Db(error) if error.is_unavailable() => "Unavailable",
            Self::Db(_) | Self::NotCompiled(_) | Self::Internal(_) => "InternalError",
        }
    }

    /// The tag, finer where a token was refused: what exchanges are counted by.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Refused(refused) => refused.reason,
            Self::Unavailable(unavailable) => unavailable.reason,
            _ => self.tag(),
        }
    }

    /// Whether this is our fault and belongs into the error log.
    #[must_use]
    pub const fn is_internal(&self) -> bool {
        matches!(self, Self::Db(_) | Self::NotCompiled(_) | Self::Internal(_))
    }

    /// What people read. Never the text of an infrastructure error.
    #[must_use]
    pub fn user_message(&self) -> String {
        match self {
            Self::Unauthenticated => "Sign in first.".to_owned(),
            Self::NotFound => "There is nothing here that you may see.".to_owned(),
            Self::Forbidden(message) => message.clone(),
            Self::Invalid(errors) => errors.to_string(),
            Self::Conflict(conflict) => conflict.message.clone(),
            Self::Denied(denied) => denied.message.clone(),
            Self::Refused(refused) => refused.message.clone(),
            Self::Throttled { retry_after } => {
                let minutes = retry_after.as_secs().div_ceil(60);
                format!("Tried too often. Wait {minutes} min, then try again.")
            }
            Self::Unavailable(_) => {
                "A service that is needed does not answer. Try again in a moment.".to_owned()
            }
            Self::Db(error) if error.is_unavailable() => {
                "The database is busy or does not answer. Try again in a moment.".to_owned()
            }
            Self::Db(_) | Self::NotCompiled(_) | Self::Internal(_) => {
                "Something went wrong here. Try again; if it stays, give the operator the trace id."
                    .to_owned()
            }
        }
    }
}

impl From<DbError> for Error {
    /// What a new row refers to was removed meanwhile: to who asked, it is not there.
    fn from(error: DbError) -> Self {
        if error.is_foreign_key_violation() { Self::NotFound } else { Self::Db(error) }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

impl WriteError for Error {
    fn database(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}
