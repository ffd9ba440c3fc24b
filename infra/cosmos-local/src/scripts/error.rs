//! Why a call was rolled back, and the numbers that scripts know failures by.

use std::time::Duration;

use crate::engine::Failure;

/// Why a call was rolled back.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ScriptError {
    /// The text is not one function. The message has line and column.
    #[error("{message}")]
    Compile { message: String },
    /// The script threw, or aborted.
    #[error("{message}")]
    Thrown {
        /// That of `new Error(number, message)`, or of the operation that failed.
        number: Option<u32>,
        /// As JavaScript shows it: `Error: …`, `TypeError: …`.
        message: String,
        /// A line for each frame of the procedure, innermost first: `    at append (id:12:5)`. Lines
        /// are those of the body as it was stored, the first is 1.
        stack: String,
    },
    /// It took longer than it may.
    #[error("the script ran longer than {0:?}")]
    Timeout(Duration),
    /// It used more bytes of memory than it may, even if it caught that.
    #[error("the script used more than {0} bytes of memory")]
    Memory(usize),
    /// The engine failed, before or after the script.
    #[error(transparent)]
    Engine(#[from] Failure),
}

/// The `number` of the error that a script sees: the status the client would have seen.
pub(super) fn number(failure: &Failure) -> u16 {
    match failure {
        // A script has no 501: to it, what is not implemented is a request that cannot be done.
        Failure::Invalid { .. } | Failure::KeyMismatch { .. } | Failure::NotImplemented { .. } => {
            400
        }
        Failure::NotFound { .. } | Failure::ParentNotFound { .. } => 404,
        Failure::Timeout { .. } => 408,
        Failure::Conflict { .. } => 409,
        Failure::RangeGone { .. } => 410,
        Failure::PreconditionFailed => 412,
        Failure::TooLarge { .. } => 413,
        Failure::Storage { .. } => 500,
    }
}
