//! Request bodies: read within bounds.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;

/// A client that sends too much is read on this far, in bytes, so that it can read the answer.
const DRAINED: usize = 32 << 20;

/// A body has to arrive within this time.
const ARRIVAL: Duration = Duration::from_secs(30);

/// Why a body was not read.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// It has more bytes than are kept.
    #[error("the body has more than {limit} bytes")]
    TooLarge {
        /// How many are kept.
        limit: usize,
    },
    /// It took too long to arrive.
    #[error("the body did not arrive within {ARRIVAL:?}")]
    Slow,
    /// The connection ended before it did.
    #[error("the body broke off after {received} bytes: {reason}")]
    Broken {
        /// Bytes that had arrived.
        received: usize,
        /// What the connection said.
        reason: String,
    },
}

/// Reads a body; never keeps more than `limit` bytes.
///
/// # Errors
///
/// It is longer, it is slow, or it breaks off.
pub async fn read(body: Body, limit: usize) -> Result<Bytes, BodyError> {
    tokio::time::timeout(ARRIVAL, collect(body, limit)).await.unwrap_or(Err(BodyError::Slow))
}

async fn collect(body: Body, limit: usize) -> Result<Bytes, BodyError> {
    let mut stream = body.into_data_stream();
    let mut kept = BytesMut::new();
    let mut received = 0;
    while let Some(chunk) = stream.next().await {
        let chunk =
            chunk.map_err(|error| BodyError::Broken { received, reason: error.to_string() })?;
        received += chunk.len();
        if received <= limit {
            kept.extend_from_slice(&chunk);
        } else if received > DRAINED {
            break;
        }
    }
    if received > limit { Err(BodyError::TooLarge { limit }) } else { Ok(kept.freeze()) }
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    #[tokio::test]
    async fn what_is_within_the_limit_is_read_and_no_byte_more() {
        assert_eq!(read(Body::from("four"), 4).await.unwrap(), "four");
        let refused = read(Body::from("fives"), 4).await;
        assert!(matches!(refused, Err(BodyError::TooLarge { limit: 4 })), "{refused:?}");
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_says_how_far_it_came() {
        let parts = [Ok("four"), Err(std::io::Error::other("reset"))];
        let refused = read(Body::from_stream(stream::iter(parts)), 100).await.unwrap_err();
        assert_eq!(refused.to_string(), "the body broke off after 4 bytes: reset");
    }

    #[tokio::test]
    async fn who_sends_without_end_is_not_listened_to_for_ever() {
        let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 1 << 20]));
        let refused = read(Body::from_stream(endless), 4).await;
        assert!(matches!(refused, Err(BodyError::TooLarge { .. })), "{refused:?}");
    }
}
