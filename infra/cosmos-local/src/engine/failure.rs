//! What the engine refuses, by condition. The gateway turns each into a status.

/// A resource that can be absent or taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Database,
    Container,
    Document,
    Procedure,
}

/// Why an operation was not done. Nothing of it was stored.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    /// The request cannot be carried out as it stands; `reason` names the field and the remedy.
    #[error("{reason}")]
    Invalid { reason: String },
    /// The partition key of the request is not that of the document.
    #[error("the partition key of the request does not match the document's: {reason}")]
    KeyMismatch { reason: String },
    #[error("{kind:?} '{id}' does not exist")]
    NotFound { kind: Kind, id: String },
    /// What should hold the resource does not exist.
    #[error("{kind:?} '{id}', the parent of what was asked for, does not exist")]
    ParentNotFound { kind: Kind, id: String },
    /// The id is taken, or a unique key is.
    #[error("{reason}")]
    Conflict { reason: String },
    #[error("the document has changed: its ETag is not the one given")]
    PreconditionFailed,
    #[error("{what} has {bytes} bytes, the limit is {limit}")]
    TooLarge { what: &'static str, bytes: usize, limit: usize },
    /// A partition-key range that does not exist (any more): clients refresh and retry.
    #[error("partition key range '{id}' is gone")]
    RangeGone { id: String },
    #[error("{feature} is not implemented by cosmos-local")]
    NotImplemented { feature: String },
    /// It takes longer than it may.
    #[error("{reason}")]
    Timeout { reason: String },
    #[error("storage: {reason}")]
    Storage { reason: String },
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
