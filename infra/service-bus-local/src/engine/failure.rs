//! What the engine refuses, by condition. The gateway turns each into a status.

/// Why an operation was not done. Nothing of it was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The request cannot be carried out as it stands; `reason` names the field and the remedy.
    #[error("{reason}")]
    Invalid { reason: String },
    #[error("there is no {path}")]
    NoSuchEntity { path: String },
    /// The lock has expired, or the message was settled.
    #[error("the lock supplied is invalid: it expired, or the message was removed from the queue")]
    LockLost,
    #[error("{what} has {bytes} bytes, the limit is {limit}")]
    TooLarge { what: &'static str, bytes: usize, limit: usize },
    #[error("storage: {reason}")]
    Storage { reason: String },
}

impl Failure {
    pub fn invalid(reason: impl Into<String>) -> Self {
        Self::Invalid { reason: reason.into() }
    }
}

/// The file holds what this program never writes.
pub fn damaged(what: &str) -> Failure {
    Failure::Storage { reason: format!("{what} cannot be read; the data is damaged") }
}

/// A failure of the file, told by its own words: nobody can act on more.
macro_rules! storage_failures {
    ($($error:ty),*) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::Storage { reason: error.to_string() }
            }
        })*
    };
}

storage_failures!(redb::StorageError, redb::TableError, redb::TransactionError, redb::CommitError);
