//! What can go wrong with a database. None of this is for users.

use std::sync::Arc;

use diesel::result::{DatabaseErrorKind, Error as QueryError};

/// A failure of the store.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DbError {
    /// A query failed.
    #[error("query failed")]
    Query(#[source] Arc<QueryError>),
    /// There is no connection to be had.
    #[error("no connection: {0}")]
    Connect(String),
    /// The transaction could not be committed, so nothing of it was kept.
    #[error("commit failed")]
    Commit(#[source] Arc<QueryError>),
    /// The writer has stopped.
    #[error("the writer has stopped")]
    Stopped,
    /// The database was made by a newer version of the program.
    #[error(
        "the database was made by a newer version of Stackyard (it has migration {0}); start that version, or restore a backup"
    )]
    Newer(String),
    /// Bringing the tables up to date failed.
    #[error("bringing the tables up to date failed: {0}")]
    Migrate(String),
    /// The database cannot be opened.
    #[error("cannot open {path}: {reason}")]
    Open {
        /// Which file.
        path: String,
        /// Why.
        reason: String,
    },
}

impl DbError {
    /// Whether the same transaction may well succeed when it is run again.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Query(error) | Self::Commit(error) => match &**error {
                QueryError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
                // The connection was lost: before anything was committed, or nobody knows.
                QueryError::DatabaseError(DatabaseErrorKind::UnableToSendCommand, _) => {
                    matches!(self, Self::Query(_))
                }
                // Diesel has no kind of its own for 40P01.
                QueryError::DatabaseError(_, info) => info.message() == "deadlock detected",
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a key is there already.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Query(error) if matches!(&**error,
            QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
    }

    /// Whether a row refers to one that is not there: it was removed meanwhile.
    #[must_use]
    pub fn is_foreign_key_violation(&self) -> bool {
        matches!(self, Self::Query(error) if matches!(&**error,
            QueryError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)))
    }

    /// Whether the database is busy or away, so that the same may well succeed later.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Connect(_)) || self.is_transient()
    }
}

impl From<QueryError> for DbError {
    fn from(error: QueryError) -> Self {
        Self::Query(Arc::new(error))
    }
}

/// What a write answers when it fails.
pub trait WriteError: From<DbError> + Send + 'static {
    /// The database's failure, when it is one.
    fn database(&self) -> Option<&DbError>;
}

impl WriteError for DbError {
    fn database(&self) -> Option<&DbError> {
        Some(self)
    }
}
