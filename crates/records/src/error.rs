//! The one error of operations, and what becomes of it.
//!
//! | error | page | what people read | what is logged |
//! |---|---|---|---|
//! | `NotFound` | 404 | there is no such record, or it is not theirs: the two look the same | nothing |
//! | `Forbidden` | 403 | what their role may not do, and how to change role | nothing |
//! | `Conflict` | 409 | what has changed meanwhile, and what to do | nothing |
//! | `Invalid` | 422 | the form again, each field with what is wrong | nothing |
//! | `Repeated` | 303 | the page of what the first sending did | nothing |
//! | `Unavailable` | 500 | something went wrong here, nothing was lost, try again | the cause |

use domain::access::Operation;

use crate::db::BadAddress;

/// The result of an operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What is wrong with one field of a form; `field` is the form's name for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in the form; empty for the form as a whole.
    pub field: String,
    /// What is wrong and how to mend it, as a sentence without a full stop.
    pub message: String,
}

/// Why a change was refused although it was well-formed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// The record was changed by somebody else since it was read.
    #[error("Somebody else changed this while you were editing")]
    Stale,
    /// The slot was taken by another booking.
    #[error("That slot has just gone")]
    SlotGone,
    /// The rules refuse it: the sentence says why and what can be done.
    #[error("{0}")]
    Refused(String),
}

/// Why an operation was not done. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such record, or another tenant's.
    #[error("not found")]
    NotFound,
    /// The role may not do this at all.
    #[error("this role may not {}", .0.label().to_lowercase())]
    Forbidden(Operation),
    /// Well-formed, but it no longer fits the records.
    #[error("{0}")]
    Conflict(Conflict),
    /// Fields to mend.
    #[error("invalid: {}", .0.iter().map(|e| format!("{}: {}", e.field, e.message)).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<FieldError>),
    /// The same form was sent before and did its work: the id of what it made or changed.
    #[error("already done")]
    Repeated(String),
    /// The database did not answer, or answered with something that cannot be.
    #[error("the records are unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// An unexpected failure; its cause goes to the log.
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }

    /// One field to mend.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { field: field.into(), message: message.into() }])
    }

    /// A refusal with its sentence.
    pub fn refused(why: impl Into<String>) -> Self {
        Self::Conflict(Conflict::Refused(why.into()))
    }

    /// Whether a unique index refused the write.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        self.database_error().is_some_and(|e| e.is_unique_violation())
    }

    /// Whether another record refers to what was to be deleted.
    pub(crate) fn is_foreign_key_violation(&self) -> bool {
        self.database_error().is_some_and(|e| e.is_foreign_key_violation())
    }

    fn database_error(&self) -> Option<&dyn sqlx::error::DatabaseError> {
        match self {
            Self::Unavailable(cause) => cause.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            other => Self::unavailable(other),
        }
    }
}

impl From<BadAddress> for Error {
    fn from(error: BadAddress) -> Self {
        Self::unavailable(error)
    }
}

impl From<Conflict> for Error {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

impl From<domain::import::CannotTakeBack> for Error {
    fn from(why: domain::import::CannotTakeBack) -> Self {
        Self::refused(why.to_string())
    }
}

impl From<domain::session::Refused> for Error {
    fn from(refused: domain::session::Refused) -> Self {
        Self::refused(refused.to_string())
    }
}

impl From<Vec<domain::Fault>> for Error {
    fn from(faults: Vec<domain::Fault>) -> Self {
        let errors = faults.into_iter().map(|f| FieldError { field: f.field.into(), message: f.message });
        Self::Invalid(errors.collect())
    }
}
