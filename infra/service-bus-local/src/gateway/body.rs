//! Request bodies: read within bounds.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use http::StatusCode;

use super::failure::Refusal;

/// More than any message or batch may have; what counts is checked where the properties are known.
const KEPT: usize = 1 << 20;

/// A client that sends too much is read on this far, so that it can read the answer.
const DRAINED: usize = 32 << 20;

/// A body has to arrive within this time.
const ARRIVAL: Duration = Duration::from_secs(30);

/// Reads a body; never keeps more than the limit.
///
/// # Errors
///
/// 403 beyond the limit, 408 when it is slow, 400 when it breaks off.
pub async fn read(body: Body) -> Result<Bytes, Refusal> {
    match tokio::time::timeout(ARRIVAL, collect(body)).await {
        Ok(read) => read,
        Err(_) => Err(Refusal::new(
            StatusCode::REQUEST_TIMEOUT,
            format!("the body did not arrive within {ARRIVAL:?}"),
        )),
    }
}

async fn collect(body: Body) -> Result<Bytes, Refusal> {
    let mut stream = body.into_data_stream();
    let mut kept = BytesMut::new();
    let mut received = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| {
            Refusal::bad_request(format!("the body broke off after {received} bytes: {error}"))
        })?;
        received += chunk.len();
        if received <= KEPT {
            kept.extend_from_slice(&chunk);
        } else if received > DRAINED {
            break;
        }
    }
    if received > KEPT {
        return Err(Refusal::forbidden(format!(
            "the body has more than {KEPT} bytes, far beyond the size of a message or batch"
        )));
    }
    Ok(kept.freeze())
}
