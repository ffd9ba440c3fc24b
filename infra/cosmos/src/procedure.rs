//! Stored procedures over REST: the SDK does not call them yet (azure-sdk-for-rust#5141).

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A stored procedure of one container.
#[derive(Clone)]
pub struct Procedure {}

/// What an execution answered.
#[derive(Debug, Clone)]
pub struct Executed<T> {
    /// The value the script gave to `setBody`.
    pub value: T,
    /// Request units.
    pub charge: f64,
    /// The session token, to read one's own write with the SDK.
    pub session: Option<String>,
}

/// Why an execution gave no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProcedureError {
    /// The script threw: nothing was stored.
    #[error("the procedure threw: {message}")]
    Script {
        /// The number of `new Error(number, message)`, if any.
        number: Option<u32>,
        /// The script's message with its line.
        message: String,
    },
    /// The script ran longer than the service allows: nothing was stored.
    #[error("the procedure took longer than allowed")]
    Timeout,
    /// Too many request units a second: nothing was stored, wait.
    #[error("throttled, retry after {retry_after:?}")]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The request is larger than the service takes: nothing was stored.
    #[error("the request is too large")]
    TooLarge,
    /// The procedure or its container does not exist: provision first.
    #[error("the procedure does not exist")]
    NotFound,
    /// The service refused for another reason: nothing was stored.
    #[error("status {status}, sub-status {substatus:?}: {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// `x-ms-substatus`.
        substatus: Option<u32>,
        /// The service's words.
        message: String,
        /// `x-ms-activity-id`, for support.
        activity_id: Option<String>,
    },
    /// No answer arrived: it may or may not have been carried out. Sending it again is safe only if the
    /// procedure recognises its own work.
    #[error("no answer arrived; the execution may have been carried out")]
    Unknown(#[source] azure_core::Error),
    /// The answer, or the arguments, are not the JSON expected.
    #[error("the JSON is not what was expected")]
    Json(#[source] serde_json::Error),
}

impl Procedure {
    /// Executes the procedure in one logical partition. Sent exactly once.
    ///
    /// # Errors
    ///
    /// See [`ProcedureError`]: every variant but `Unknown` and `Json` means that nothing was stored.
    pub async fn execute<A, T>(
        &self,
        partition_key: &str,
        arguments: &A,
    ) -> Result<Executed<T>, ProcedureError>
    where
        A: Serialize + Sync + ?Sized,
        T: DeserializeOwned,
    {
        let _ = (partition_key, arguments);
        todo!()
    }
}
