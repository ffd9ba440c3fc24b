//! What a refusal looks like on the wire: status, sub-status and `{"code", "message"}`.

use http::StatusCode;
use serde_json::{Value, json};

use crate::engine::Failure;
use crate::query::SqlError;
use crate::scripts::ScriptError;

/// Sub-statuses that clients act on.
pub mod sub_status {
    /// The partition key of the header is not that of the document.
    pub const KEY_MISMATCH: u32 = 1001;
    /// The partition-key range has gone: the client refreshes its ranges.
    pub const RANGE_GONE: u32 = 1002;
    /// The session token is ahead of this server: the client tries again.
    pub const SESSION_NOT_AVAILABLE: u32 = 1002;
    /// What should hold the resource is absent.
    pub const OWNER_NOT_FOUND: u32 = 1003;
    /// The container is another one than the client opened under this name: the client opens it anew.
    pub const CONTAINER_RECREATED: u32 = 1024;
    /// The throughput is used up: the client waits and tries again.
    pub const THROTTLED: u32 = 3200;
    /// A script that does not compile.
    pub const SCRIPT_COMPILE: u32 = 65_535;
}

/// Why a request is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: StatusCode,
    pub sub_status: Option<u32>,
    pub message: String,
    /// What the client is told to wait.
    pub retry_after_ms: Option<u64>,
}

impl Refusal {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, sub_status: None, message: message.into(), retry_after_ms: None }
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub fn not_implemented(feature: &str) -> Self {
        Failure::NotImplemented { feature: feature.to_owned() }.into()
    }

    pub fn too_large(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    }

    /// Something panicked. The reason is on the server's standard error.
    pub fn defect(what: &str) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("{what} ended unexpectedly, which is a defect of cosmos-local"),
        )
    }

    /// A failure to find what holds the resource that was asked for.
    pub fn owner(failure: Failure) -> Self {
        match failure {
            Failure::NotFound { kind, id } => Failure::ParentNotFound { kind, id }.into(),
            other => other.into(),
        }
    }

    pub fn with_sub_status(mut self, sub_status: u32) -> Self {
        self.sub_status = Some(sub_status);
        self
    }

    pub fn body(&self) -> Value {
        json!({ "code": code(self.status), "message": self.message })
    }
}

fn code(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        408 => "RequestTimeout",
        409 => "Conflict",
        410 => "Gone",
        412 => "PreconditionFailed",
        413 => "RequestEntityTooLarge",
        429 => "TooManyRequests",
        449 => "RetryWith",
        500 => "InternalServerError",
        501 => "NotImplemented",
        503 => "ServiceUnavailable",
        _ => "BadRequest",
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let refusal = Self::bad_request(failure.to_string());
        let (status, sub_status) = match failure {
            Failure::Invalid { .. } => (StatusCode::BAD_REQUEST, None),
            Failure::KeyMismatch { .. } => {
                (StatusCode::BAD_REQUEST, Some(sub_status::KEY_MISMATCH))
            }
            Failure::RangeGone { .. } => (StatusCode::GONE, Some(sub_status::RANGE_GONE)),
            Failure::NotFound { .. } => (StatusCode::NOT_FOUND, None),
            Failure::ParentNotFound { .. } => {
                (StatusCode::NOT_FOUND, Some(sub_status::OWNER_NOT_FOUND))
            }
            Failure::Conflict { .. } => (StatusCode::CONFLICT, None),
            Failure::PreconditionFailed => (StatusCode::PRECONDITION_FAILED, None),
            Failure::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, None),
            Failure::NotImplemented { .. } => (StatusCode::NOT_IMPLEMENTED, None),
            Failure::Timeout { .. } => (StatusCode::REQUEST_TIMEOUT, None),
            Failure::Storage { .. } => (StatusCode::INTERNAL_SERVER_ERROR, None),
        };
        Self { status, sub_status, ..refusal }
    }
}

impl From<SqlError> for Refusal {
    fn from(error: SqlError) -> Self {
        let status = match error {
            SqlError::NotImplemented(_) => StatusCode::NOT_IMPLEMENTED,
            SqlError::Deadline(_) => StatusCode::REQUEST_TIMEOUT,
            SqlError::Syntax(_) | SqlError::Continuation => StatusCode::BAD_REQUEST,
        };
        Self::new(status, error.to_string())
    }
}

impl From<ScriptError> for Refusal {
    fn from(error: ScriptError) -> Self {
        match error {
            ScriptError::Engine(failure) => failure.into(),
            ScriptError::Compile { message } => Self::bad_request(script_message(&format!(
                "Encountered exception while compiling Javascript. Exception = {message}"
            )))
            .with_sub_status(sub_status::SCRIPT_COMPILE),
            ScriptError::Thrown { number, message, stack } => Self {
                sub_status: number,
                ..Self::bad_request(script_message(&format!(
                    "Encountered exception while executing function. Exception = {message}\r\n\
                     Stack trace: {stack}"
                )))
            },
            ScriptError::Timeout(_) => Self::new(
                StatusCode::REQUEST_TIMEOUT,
                "The requested operation exceeded maximum alloted time.",
            ),
            ScriptError::Memory(_) => Self::bad_request(script_message(&format!(
                "Encountered exception while executing function. Exception = {error}"
            ))),
        }
    }
}

/// The service sends the errors of a script as JSON inside the message.
fn script_message(error: &str) -> String {
    format!("Message: {}", json!({ "Errors": [error] }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Kind;
    use std::time::Duration;

    fn wire(refusal: impl Into<Refusal>) -> (u16, Option<u32>) {
        let refusal = refusal.into();
        (refusal.status.as_u16(), refusal.sub_status)
    }

    #[test]
    fn an_absent_parent_is_told_from_an_absent_document() {
        let id = "x".to_owned();
        let kind = Kind::Container;
        let parent = Failure::ParentNotFound { kind, id };
        assert_eq!(wire(parent), (404, Some(1003)));
        let (kind, id) = (Kind::Document, "x".to_owned());
        assert_eq!(wire(Failure::NotFound { kind, id }), (404, None));
    }

    #[test]
    fn a_gone_range_and_a_wrong_key_carry_their_sub_status() {
        let id = "7".to_owned();
        assert_eq!(wire(Failure::RangeGone { id }), (410, Some(1002)));
        let reason = "a is not b".to_owned();
        assert_eq!(wire(Failure::KeyMismatch { reason }), (400, Some(1001)));
    }

    #[test]
    fn the_number_a_script_throws_is_the_sub_status() {
        let refusal = Refusal::from(ScriptError::Thrown {
            number: Some(404),
            message: "Error: no such order".to_owned(),
            stack: "at place".to_owned(),
        });
        assert_eq!((refusal.status.as_u16(), refusal.sub_status), (400, Some(404)));
        assert_eq!(
            refusal.message,
            r#"Message: {"Errors":["Encountered exception while executing function. Exception = Error: no such order\r\nStack trace: at place"]}"#
        );
    }

    #[test]
    fn a_script_that_takes_too_long_is_a_request_timeout() {
        let refusal = Refusal::from(ScriptError::Timeout(Duration::from_secs(5)));
        assert_eq!(refusal.body()["code"], "RequestTimeout");
        assert_eq!(refusal.status.as_u16(), 408);
    }

    #[test]
    fn a_missing_feature_is_named() {
        let refusal = Refusal::not_implemented("patch");
        assert_eq!(
            refusal.body(),
            json!({"code": "NotImplemented", "message": "patch is not implemented by cosmos-local"})
        );
    }
}
