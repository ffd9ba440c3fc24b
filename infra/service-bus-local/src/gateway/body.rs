//! Request bodies: read within bounds.

use axum::body::Body;
use bytes::Bytes;
use http::StatusCode;
use local_server::body::{self, BodyError};

use super::failure::Refusal;

/// More than any message or batch may have; what counts is checked where the properties are known.
const KEPT: usize = 1 << 20;

/// Reads a body; never keeps more than the limit.
///
/// # Errors
///
/// 403 beyond the limit, 408 when it is slow, 400 when it breaks off.
pub async fn read(body: Body) -> Result<Bytes, Refusal> {
    body::read(body, KEPT).await.map_err(|error| match error {
        BodyError::TooLarge { limit } => Refusal::forbidden(format!(
            "the body has more than {limit} bytes, far beyond the size of a message or batch"
        )),
        BodyError::Slow => Refusal::new(StatusCode::REQUEST_TIMEOUT, error.to_string()),
        BodyError::Broken { .. } => Refusal::bad_request(error.to_string()),
    })
}
