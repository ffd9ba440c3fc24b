//! Stored procedures over REST: the SDK does not call them yet (azure-sdk-for-rust#5141).

use std::sync::Arc;
use std::time::Duration;

use azure_core::error::ErrorKind;
use azure_core::http::Method;
use serde::Serialize;
use serde::de::{DeserializeOwned, Error as _};

use crate::answer;
use crate::connect::Connection;

/// A stored procedure of one container. Keeps an embedded Cosmos DB running.
#[derive(Debug, Clone)]
pub struct Procedure {
    pub(crate) connection: Arc<Connection>,
    pub(crate) container: String,
    pub(crate) id: String,
}

/// What an execution answered.
#[derive(Debug, Clone)]
pub struct Executed<T> {
    /// The value the script gave to `setBody`, `null` if it gave none.
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
    /// The script ran longer than the service allows: nothing was stored. (An overloaded Azure answers the
    /// same status, 408, for other reasons; a caller that may not do its work twice treats it as `Unknown`.)
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
    /// The request was never sent, for want of a connection or a token: nothing was stored.
    #[error("the request could not be sent")]
    NotSent(#[source] azure_core::Error),
    /// No answer arrived, or one that does not tell (5xx): it may or may not have been carried out. Sending
    /// it again is safe only if the procedure recognises its own work.
    #[error("no answer arrived; the execution may have been carried out")]
    Unknown(#[source] azure_core::Error),
    /// The answer, or the arguments, are not the JSON expected.
    #[error("the JSON is not what was expected")]
    Json(#[source] serde_json::Error),
}

impl Procedure {
    /// Executes the procedure in one logical partition. Sent exactly once.
    ///
    /// `arguments` are the script's, in order: a tuple, an array, or whatever serializes as a JSON array.
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
        let arguments = serde_json::to_vec(arguments).map_err(ProcedureError::Json)?;
        if arguments.first() != Some(&b'[') {
            let reason = serde_json::Error::custom("the arguments are not a list, such as a tuple");
            return Err(ProcedureError::Json(reason));
        }
        let path = self
            .connection
            .procedure_path(&self.container, Some(&self.id));
        let sent = self
            .connection
            .rest
            .send(Method::Post, &path, Some(partition_key), arguments)
            .await;
        let response = sent.map_err(lost)?;
        let body = answer::body(&response)?;
        let body: &[u8] = if body.is_empty() { b"null" } else { body };
        Ok(Executed {
            value: serde_json::from_slice(body).map_err(ProcedureError::Json)?,
            charge: answer::charge(&response),
            session: answer::session(&response),
        })
    }
}

/// Tells a request that never left from one whose answer was lost.
pub(crate) fn lost(error: azure_core::Error) -> ProcedureError {
    match error.kind() {
        ErrorKind::Connection | ErrorKind::Credential => ProcedureError::NotSent(error),
        _ => ProcedureError::Unknown(error),
    }
}
